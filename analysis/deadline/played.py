"""The runs: the plan as it is, then each order at one hour after another, all on the same seeds.

Each round is a study of its own in a folder of its own, one variant an hour: parts on disk, going
on, workers and the stopping rule are those of studies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.deadline.leads import Grid, Outcomes, further
from anlan.analysis.deadline.orders import Order
from anlan.analysis.deadline.timing import COMES, EVENTS, timing
from anlan.analysis.results.folder import Results, load
from anlan.analysis.study.checked import CheckedStudy, check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.play import play_study
from anlan.analysis.study.schema import Design, Factor, Outputs, Study
from anlan.analysis.verdict.stopping import Stopping
from anlan.analysis.words import word
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.schema import Scenario, Target, Words
from anlan.sim.study import Progress

if TYPE_CHECKING:
    import pandas as pd

AS_PLANNED = "as-planned"  # the folder of the runs in which the plan is as it is
# what is played now -> shows how far it is while that is played
Show = Callable[[str], AbstractContextManager[Progress | None]]


@dataclass(frozen=True)
class Asked:
    """What is asked: a scenario, how often it is played at most, how finely hours are told."""

    scenario: Scenario
    seed: int = 1
    most_runs: int = 300
    step_h: float = 1.0
    confidence: float = 0.95
    workers: int = 1


@dataclass(frozen=True)
class Event:
    """What an order is to come before: of which kind, and its hours in the runs as planned."""

    kind: str
    hours: np.ndarray[Any, np.dtype[np.float64]]

    @property
    def median_h(self) -> float:
        """Half of the runs have it earlier."""
        return float(np.median(self.hours))


@dataclass(frozen=True)
class Played:
    """One order at the hours that were tried. rounds: finished studies, a variant an hour."""

    order: Order
    grid: Grid
    targets: tuple[Target, ...]
    rounds: tuple[Results, ...]

    def judged(self) -> pd.DataFrame:
        """A row an hour and target, with `hour`; by hour."""
        return self._by_hour(lambda results: results.targets)

    def table(self, name: str) -> pd.DataFrame:
        """A table of `timing` of all rounds, with `hour`."""
        return self._by_hour(lambda results: results.table(name))

    def _by_hour(self, read: Callable[[Results], pd.DataFrame]) -> pd.DataFrame:
        import pandas as pd

        found = []
        for results in self.rounds:
            hours = results.variants.set_index("variant")[self.order.key].astype(float)
            frame = read(results)
            found.append(frame.assign(hour=frame["variant"].map(hours)))
        whole = pd.concat(found, ignore_index=True)
        return whole.sort_values("hour", kind="stable", ignore_index=True)

    def outcomes(self, target: str) -> Outcomes:
        """hour -> verdict of a target."""
        rows = self.judged()
        rows = rows[rows["id"] == target]
        return dict(zip(rows["hour"].tolist(), rows["verdict"].tolist(), strict=True))


class NothingComes(BadInput):
    """The runs as planned hold nothing that an order could come too late for."""


def event_of(planned: Results) -> Event:
    """What comes in at least half of the runs as planned: a gale, else a fire, else an incident.

    Raises NothingComes where nothing does.
    """
    table = planned.table(COMES)
    for kind in EVENTS:
        hours = table[f"{kind}_h"].to_numpy(dtype=float)
        known = hours[~np.isnan(hours)]
        if 2 * len(known) >= len(hours) and len(known):
            return Event(kind, known)
    raise NothingComes(
        worded(
            "{id}: no gale, fire or incident comes in half of the runs; there is "
            "nothing that an order could come too late for",
            id=planned.scenario.id,
        )
    )


def play_as_planned(asked: Asked, rule: Stopping, home: Path, show: Show) -> Results:
    """The plan as it is, in the folder `as-planned`."""
    study = _study(asked, AS_PLANNED, rule, None)
    checked = check_study(study, asked.scenario, digest=timing)
    return _finished(checked, home / AS_PLANNED, asked.workers, show)


def play_order(
    asked: Asked, order: Order, targets: Sequence[Target], grid: Grid, home: Path, show: Show
) -> Played:
    """An order at hours of the grid, coarse ones first, then nearer to where a verdict turns."""
    names = tuple(t.id for t in targets)
    rule = grid.rule(names, asked.most_runs, asked.confidence)
    rounds: list[Results] = []
    wanted = grid.first()
    while wanted:
        number = len(rounds) + 1
        study = _study(asked, f"{order.id}-{number}", rule, order)
        checked = check_study(study, asked.scenario, [(h,) for h in wanted], digest=timing)
        where = home / order.id / str(number)
        rounds.append(_finished(checked, where, asked.workers, show))
        played = Played(order, grid, tuple(targets), tuple(rounds))
        wanted = sorted(set().union(*(further(grid, played.outcomes(name)) for name in names)))
    return Played(order, grid, tuple(targets), tuple(rounds))


def _finished(checked: CheckedStudy, home: Path, workers: int, show: Show) -> Results:
    with show(checked.study.id) as progress:
        play_study(checked, home, workers, progress=progress)
    finish_study(checked, home)
    return load(home)


def _study(asked: Asked, name: str, rule: Stopping, order: Order | None) -> Study:
    question = {lang: word("deadline.question", lang) for lang in Words.model_fields}
    last = float(asked.scenario.settings.duration_h)
    factors = () if order is None else (Factor(name=order.key, low=0.0, high=last),)
    return Study(
        id=f"{asked.scenario.id}-{name}",
        question=Words(**question),
        scenario=asked.scenario.id,
        seed=asked.seed,
        factors=factors,
        design=None if order is None else Design(kind="table", file="hours.csv"),
        stop=rule,
        outputs=Outputs(measures=()),
    )
