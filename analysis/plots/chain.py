"""The chain from a happening to help over the runs of a variant: who had come how far, when.

A step is passed at the latest when a later one is: whoever has a crew at the scene has been found.
A step that was not passed by the end of the run never was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.digests.tables import FIRE_STEPS, INCIDENT_STEPS
from anlan.analysis.measures.facts import Floats, Ints
from anlan.analysis.measures.fires import MIN_PER_H
from anlan.analysis.measures.rescue import LINKS
from anlan.analysis.results.folder import Results

if TYPE_CHECKING:
    import pandas as pd

ARRIVED = "arrived_min"
LINK_OF = {ends: link for link, (_, ends) in LINKS.items()}  # step -> the link that ends with it


@dataclass(frozen=True)
class Chain:
    """Some happenings of all runs, and when each passed each step of the way to help.

    `kind`: rescue, building or forest. `run` (n,): of which run each is. `steps`: their names in
    order. `passed` (n, steps): minutes since it happened, infinite for never. `links`: the minutes
    that each link took in each run on average, (runs,) by step.
    """

    kind: str
    run: Ints
    steps: tuple[str, ...]
    passed: Floats
    links: dict[str, Floats]

    def shares(self, minutes: Floats) -> Floats:
        """(runs, steps, minutes) share of a run's happenings that had passed each step by then.

        At an infinite minute: that passed it before the end of the run.
        """
        found = []
        for _, mine in _by_run(self.run, self.passed):
            within = [np.sort(step[np.isfinite(step)]) for step in mine.T]
            counts = [np.searchsorted(step, minutes, side="right") for step in within]
            found.append(np.array(counts) / len(mine))
        return np.array(found)


def chains(results: Results) -> list[Chain]:
    """The chains of what happened in any run: incidents with people in them, fires by kind."""
    every = (rescues(results), fires(results, "building"), fires(results, "forest"))
    return [chain for chain in every if len(chain.run)]


def rescues(results: Results) -> Chain:
    """The incidents with persons in them, up to the first crew; links as the measures have them."""
    rows = results.table("responses", INCIDENT_STEPS)
    steps = INCIDENT_STEPS[: INCIDENT_STEPS.index(ARRIVED) + 1]
    names = {step: f"rescue.link_{LINK_OF[step]}_min" for step in steps}
    links = {
        step: results.measure(name)[name].dropna().to_numpy(dtype=float)
        for step, name in names.items()
        if results.has_measure(name)
    }
    return Chain("rescue", _runs(rows), steps, _passed(rows, steps), links)


def fires(results: Results, kind: str) -> Chain:
    """The fires of a kind that no other fire lit, up to the first crew or (buildings) first water.

    Links as those of the measures: over the fires that came to one, to the end of the run where it
    was not over by then.
    """
    rows = results.table("fires", ("kind", "spread_from", "ignited_h", *FIRE_STEPS))
    rows = rows[(rows["kind"] == kind) & (rows["spread_from"] == "")]
    last = len(FIRE_STEPS) if kind == "building" else FIRE_STEPS.index(ARRIVED) + 1
    steps, run = FIRE_STEPS[:last], _runs(rows)
    passed = _passed(rows, steps)
    rest_h = results.scenario.settings.duration_h - rows["ignited_h"].to_numpy(dtype=float)
    begins = np.column_stack([np.zeros(len(passed)), passed[:, :-1]])
    took = np.minimum(passed, rest_h[:, None] * MIN_PER_H) - np.where(
        np.isfinite(begins), begins, np.nan
    )
    means = [[_mean(column) for column in mine.T] for _, mine in _by_run(run, took)]
    links = {step: np.array([m[k] for m in means]) for k, step in enumerate(steps)}
    return Chain(kind, run, steps, passed, {s: v[~np.isnan(v)] for s, v in links.items()})


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _runs(rows: pd.DataFrame) -> Ints:
    return rows["run"].to_numpy(dtype=np.int64)


def _passed(rows: pd.DataFrame, steps: Sequence[str]) -> Floats:
    passed = rows[list(steps)].to_numpy(dtype=float)
    passed = np.where(np.isnan(passed), np.inf, passed)
    found: Floats = np.minimum.accumulate(passed[:, ::-1], axis=1)[:, ::-1]
    return found


def _by_run(run: Ints, rows: Floats) -> Iterator[tuple[int, Floats]]:
    """The rows of each run that has some."""
    for one in np.unique(run).tolist():
        yield one, rows[run == one]
