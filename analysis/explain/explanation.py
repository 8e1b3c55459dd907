"""Why the targets of a plan are not met: links, places, causes, the worst cases, experiments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.analysis.capabilities.played import Tell
from anlan.analysis.chains.targets import has_chain
from anlan.analysis.explain.confirmed import confirm as experiments
from anlan.analysis.explain.confirmed import saved
from anlan.analysis.explain.counted import FAILED, TABLE, late_rows, links, parts
from anlan.analysis.explain.said import sentences
from anlan.analysis.explain.worst import worst_cases
from anlan.analysis.results.folder import Results
from anlan.analysis.words import FALLBACK
from anlan.analysis.words.names import names
from anlan.sim.scenario.errors import BadInput, nearest, shown, worded
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study import LARGEST_COUNT, MOST_WORKERS, check_number, check_whole, texts_given

if TYPE_CHECKING:
    import pandas as pd

EXPLAINED = "explanation"


@dataclass(frozen=True)
class Explanation:
    """What `explain` finds; prints as one sentence a target.

    `links`: a row a target and link that binds late cases: share, interval, alone, never, cases a
    run. `places`, `causes`: the same by place and by cause, with the link that binds most there.
    `worst`: the chains of the worst cases, a row a link. `gains`: a row a target and link that was
    relaxed; empty where nothing was tried. See docs/explain.md.
    """

    scenario: Scenario
    targets: tuple[Target, ...]
    links: pd.DataFrame
    places: pd.DataFrame
    causes: pd.DataFrame
    worst: pd.DataFrame
    gains: pd.DataFrame

    def sentences(self, lang: str = FALLBACK) -> dict[str, str]:
        """Target -> what hinders it, in a language."""
        called = names(self.scenario, lang)
        return {
            target.id: sentences(target, self.links, self.gains, self.places, called, lang)
            for target in self.targets
        }

    def __str__(self) -> str:
        return "\n".join(self.sentences().values())


def explained(runs: Results) -> Explanation:
    """`explain(runs)`, worked out once for the results; whoever confirms it has it made anew."""
    if EXPLAINED not in runs.worked_out:
        runs.worked_out[EXPLAINED] = explain(runs)
    found: Explanation = runs.worked_out[EXPLAINED]
    return found


def explain(
    runs: Results,
    targets: Sequence[str] | None = None,
    confirm: int = 0,
    workers: int = 1,
    confidence: float = 0.95,
    tell: Tell | None = None,
) -> Explanation:
    """Why targets are not met: what their late cases waited for, over the runs.

    A link binds a late case if, had it been instant, the case would have been in time; of several
    the longest, and where none alone would do, the fewest together. `targets`: ids of the plan,
    else those that are not met. `confirm`: play so many runs with each link relaxed, with the same
    seeds, and set the gain beside the share; with 0 those that were kept with the results before.
    Raises BadInput for results of several variants, or whose late cases were not kept.
    """
    if not isinstance(runs, Results):
        raise BadInput(
            worded("explain takes results (anlan.results(folder)), not {runs}", runs=shown(runs))
        )
    check_whole("confirm", confirm, 0, LARGEST_COUNT)
    check_whole("workers", workers, 1, MOST_WORKERS)
    check_number("confidence", confidence, 0.0, 1.0)
    targets = None if targets is None else texts_given("targets", targets)
    if len(runs.variants) > 1:
        raise BadInput(
            worded("targets are explained of one variant's runs: choose one with only(number)")
        )
    if not runs.has(TABLE):
        raise BadInput(
            worded(
                "{folder}: its table {table} was not kept; play it again with it",
                folder=runs.folder,
                table=TABLE,
            )
        )
    chosen = chosen_targets(runs, targets)
    ids = [t.id for t in chosen if has_chain(t)]
    rows = late_rows(runs, ids)
    found = links(rows, ids, confidence)
    if confirm:
        of = [t for t in chosen if t.id in set(found["target"])]
        runs.worked_out.pop(EXPLAINED, None)
        gains = experiments(runs, found, of, confirm, workers, confidence, tell)
    else:
        gains = saved(runs)
    return Explanation(
        runs.scenario,
        chosen,
        found,
        parts(rows, ids, "place", confidence),
        parts(rows, ids, "cause", confidence),
        worst_cases(runs, ids),
        gains[gains["target"].isin(ids)],
    )


def chosen_targets(runs: Results, wanted: Sequence[str] | None) -> tuple[Target, ...]:
    """The targets of some ids that runs judge; without any those that are not met."""
    judged = {t.id: t for t in runs.scenario.plan.targets if t.kind == "performance"}
    if wanted is None:
        failed = {v.id for v in runs.verdicts if v.verdict == FAILED}
        return tuple(t for name, t in judged.items() if name in failed)
    wanted = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    for name in wanted:
        if name not in judged:
            raise BadInput(
                worded(
                    "no target {name} that runs judge; {near}",
                    name=shown(name),
                    near=nearest(str(name), judged),
                )
            )
    return tuple(judged[name] for name in dict.fromkeys(wanted))
