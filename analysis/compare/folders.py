"""Finished folders beside each other, whatever they hold: runs, studies, or some of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.analysis.compare.events import check_events
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.results.folder import Results
from anlan.analysis.study.naming import measure_named
from anlan.sim.scenario.errors import BadInput, shown, worded
from anlan.sim.scenario.schema import Target
from anlan.sim.study import KEYS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Together:
    """The runs of several folders in one table; their variants are numbered one after the other.

    `called`: what each variant is, by its number; `holds`: the results of each by itself.
    `targets`: those of the first folder's plan that runs judge and that all folders can be judged
    by.
    """

    runs: pd.DataFrame
    called: dict[int, str]
    holds: dict[int, Results]
    targets: tuple[Target, ...]


def put_together(
    results: Sequence[Results],
    other_events: bool = False,
    option: str = "other_events=True",
    called: Sequence[str] = (),
) -> Together:
    """The runs of finished folders as one table. Raises BadInput where they make no pairs.

    `other_events`: folders of other storms, places or hours are meant; else they are refused, and
    `option` is named as what says so. `called`: what each is called, else by its folder.
    """
    import pandas as pd

    if not results:
        raise BadInput(worded("give the folder of a study, or folders to compare"))
    _check_pairs(results)
    names = list(called) or [str(one.folder) for one in results]
    if not other_events:
        check_events([(n, one.scenario) for n, one in zip(names, results, strict=True)], option)
    check_own(results)
    known = [m for m in MEASURES if all(one.has_measure(m) for one in results)]
    frames: list[pd.DataFrame] = []
    told: dict[int, str] = {}
    holds: dict[int, Results] = {}
    first = 0
    for name, one in zip(names, results, strict=True):
        frames.append(one.measures[[*KEYS, *known]].assign(variant=one.measures["variant"] + first))
        for v, text in _called(one, name if len(results) > 1 else "").items():
            told[first + v], holds[first + v] = text, one.only(v)
        first += len(one.variants)
    plan = results[0].scenario.plan
    judged = (t for t in plan.targets if t.kind == "performance" and t.measure in known)
    return Together(pd.concat(frames, ignore_index=True), told, holds, tuple(judged))


def check_measures(found: Together, measures: Sequence[str]) -> list[str]:
    """The names of measures that were given by name or label. Raises BadInput for one that some
    folder does not have.
    """
    known = [str(c) for c in found.runs.columns if c in MEASURES]  # its keys are no measures
    return [measure_named(str(name), known) for name in measures]


def check_own(results: Sequence[Results]) -> None:
    """Raise BadInput where folders were made with other code of a measure of the same name."""
    seen: dict[str, tuple[str, str]] = {}
    for one in results:
        for told in one.manifest.get("own", {}).get("measures", ()):
            name, found = str(told["name"]), (str(told["sha256"]), str(one.folder))
            if seen.setdefault(name, found)[0] != found[0]:
                raise BadInput(
                    worded(
                        "{folder}: its measure {name} was worked out by other code than that of "
                        "{other}; play one of them anew",
                        folder=one.folder,
                        name=shown(name),
                        other=seen[name][1],
                    )
                )


def _check_pairs(results: Sequence[Results]) -> None:
    for one in results:
        if not one.study.common_random_numbers:
            raise BadInput(
                worded(
                    "{folder}: its variants have chances of their own, so runs are no pairs; "
                    "see targets.parquet for each by itself",
                    folder=one.folder,
                )
            )
    seed = results[0].study.seed
    for one in results[1:]:
        if one.study.seed != seed:
            raise BadInput(
                worded(
                    "{folder}: its seed is {seed}, the other's {wanted}; runs are pairs only "
                    "with the same seed",
                    folder=one.folder,
                    seed=one.study.seed,
                    wanted=seed,
                )
            )


def _called(one: Results, name: str) -> dict[int, str]:
    """What each variant of a folder is: what it sets, after the folder's name if one is given."""
    found = {}
    for row in one.variants.to_dict("records"):
        said = [f"{factor}={_value(row[factor])}" for factor in one.factors]
        parts = ([name] if name else []) + ([", ".join(said)] if said else [])
        found[int(row["variant"])] = ": ".join(parts)
    return found


def _value(value: object) -> str:
    return value if isinstance(value, str) else format(value, "g")
