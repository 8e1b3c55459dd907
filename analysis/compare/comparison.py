"""Plans beside each other: every difference as a table, worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from anlan.analysis.compare.differences import differences
from anlan.analysis.compare.folders import Together, check_measures
from anlan.analysis.compare.moved import Moved, moved
from anlan.analysis.compare.places import place_differences
from anlan.analysis.compare.verdicts import COLUMNS, verdicts_of
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.paired import Method
from anlan.analysis.study.edited import Edit, between
from anlan.sim.scenario.errors import BadInput, nearest, shown, worded
from anlan.sim.study import check_number, fingerprint

if TYPE_CHECKING:
    import pandas as pd

EDIT_COLUMNS = ("variant", "file", "row", "column", "how", "was", "is")
# How a comparison is written as a page: (comparison, folder) -> files. The pipeline says it, since
# pages are made from comparisons and not the other way round.
writing: list[Callable[[Comparison, Path], list[Path]]] = []


@dataclass(frozen=True)
class Comparison:
    """Two plans, or more, that met the same chance; all is `other` minus `base`, run by run.

    `measures`: those that were asked for, none for the targets. `at_once`: the intervals of
    `differences` hold all at once. `other_events`: it was said that other storms are meant.
    """

    together: Together
    base: int = 0
    measures: Sequence[str] = ()
    confidence: float = 0.95
    method: Method = "t"
    at_once: bool = False
    other_events: bool = False

    @property
    def others(self) -> list[int]:
        """The numbers of all plans but the base."""
        return [number for number in self.together.called if number != self.base]

    def called(self, number: int) -> str:
        """What a plan is called; its number where it has no name."""
        return self.together.called[number] or str(number)

    def plan(self, number: int) -> Results:
        """The results of one plan by itself."""
        return self.together.holds[number]

    @cached_property
    def plans(self) -> pd.DataFrame:
        """A row a plan: variant, called, scenario, runs, failures, seed, folder."""
        import pandas as pd

        rows = [
            (n, self.called(n), one.scenario.id, one.run_count, len(one.failures),
             one.study.seed, str(one.folder))
            for n, one in self.together.holds.items()
        ]  # fmt: skip
        columns = ["variant", "called", "scenario", "runs", "failures", "seed", "folder"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Paired differences of the measures asked for, else of the first plan's targets.

        The columns are those of `differences.differences`.
        """
        targets = () if self.measures else self.together.targets
        return differences(
            self.together.runs, self.base, self.measures, targets, self.confidence, self.method,
            self.at_once,
        )  # fmt: skip

    @cached_property
    def all_measures(self) -> pd.DataFrame:
        """Paired differences of every measure that all plans have, each interval by itself."""
        kept = [m for m in MEASURES if m in self.together.runs.columns]
        return differences(self.together.runs, self.base, kept, (), self.confidence, self.method)

    @cached_property
    def moved(self) -> Moved:
        """The measures that differ in any run, the clearest first; intervals hold all at once."""
        return moved(self.together.runs, self.base, self.confidence)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """A row a (plan, target): its verdict, the base's, and how it turns."""
        return verdicts_of(self.together.holds, self.base)

    @property
    def turned(self) -> pd.DataFrame:
        """Those of the verdicts that turn."""
        return self.verdicts[self.verdicts["turns"] != ""][list(COLUMNS)]

    @cached_property
    def places(self) -> pd.DataFrame:
        """A row a (place or town, quantity, plan): who wins and who loses, with intervals."""
        return place_differences(self.together.holds, self.base, self.confidence)

    def edits_of(self, number: int) -> list[Edit]:
        """What a plan's scenario holds otherwise than the base's: rows and cells."""
        return between(self.plan(self.base).scenario, self.plan(number).scenario)

    @cached_property
    def edits(self) -> pd.DataFrame:
        """What the plans hold otherwise than the base: a row a cell or row that differs."""
        import pandas as pd

        rows = [{"variant": n, **edit} for n in self.others for edit in self.edits_of(n)]
        return pd.DataFrame(rows, columns=list(EDIT_COLUMNS))

    def same_scenario(self, number: int) -> bool:
        """Whether a plan's scenario is the base's to the last cell: then nothing can differ."""
        pair = (self.plan(n).scenario for n in (self.base, number))
        return len({fingerprint(scenario) for scenario in pair}) == 1

    def write(self, folder: str | Path) -> list[Path]:
        """Write the page in every language, its pictures and all tables as CSV; the files."""
        return writing[0](self, Path(folder))

    def __str__(self) -> str:
        return str(self.differences.to_string(index=False))


def comparison(
    together: Together,
    base: int = 0,
    measures: Sequence[str] = (),
    confidence: float = 0.95,
    method: Method = "t",
    at_once: bool = False,
    other_events: bool = False,
) -> Comparison:
    """What was asked for, checked. Raises BadInput."""
    check_how(confidence, method)
    if base not in together.called:
        last = len(together.called) - 1
        raise BadInput(
            worded(
                "no variant {base} to compare with: there are variants 0 to {last}",
                base=base,
                last=last,
            )
        )
    asked = check_measures(together, (measures,) if isinstance(measures, str) else measures)
    return Comparison(together, base, asked, confidence, method, at_once, other_events)


def check_how(confidence: float, method: Method) -> None:
    """Raise BadInput for a level of confidence, or a method, that there is not."""
    check_number("confidence", confidence, 0.0, 1.0)
    if method not in get_args(Method):
        raise BadInput(
            worded(
                "method {method}: {near}",
                method=shown(method),
                near=nearest(str(method), get_args(Method)),
            )
        )
