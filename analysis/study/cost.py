"""What a study will cost, from one run played beforehand."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from sim.engine import prepare
from sim.scenario.schema import Scenario

BYTES_A_VALUE = 8


@dataclass(frozen=True)
class Pilot:
    """One run played to see what it takes."""

    seconds: float
    values: int  # numbers that its digest holds

    def text(self, runs: int, workers: int = 1) -> str:
        """Time and size of so many runs, in words."""
        size = self.values * BYTES_A_VALUE * runs
        return f"some {_span(self.seconds * runs / workers)} on {workers} of these cores and " \
               f"{_size(size)}"  # fmt: skip


def pilot(scenario: Scenario, seed: int = 1, measures: int = 1) -> Pilot:
    """Play run 0 and take its time; `measures`: how many numbers are kept of a run."""
    engine = prepare(scenario)
    begun = time.perf_counter()
    engine.run(seed, 0)
    return Pilot(time.perf_counter() - begun, measures)


def cost(scenario: Scenario, runs: int) -> str:
    """Time and size of so many runs on one core, in words."""
    from analysis.measures import MEASURES

    return pilot(scenario, measures=len(MEASURES)).text(runs)


def _span(seconds: float) -> str:
    for unit, length in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 1.5 * length:
            return f"{_round(seconds / length)} {unit}"
    return f"{_round(max(seconds, 1.0))} s"


def _size(size: float) -> str:
    for unit, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= length:
            return f"{_round(size / length)} {unit}"
    return f"{_round(max(size / 1e3, 1.0))} kB"


def _round(value: float) -> str:
    """Two figures: an estimate has no more."""
    places = max(0, 1 - math.floor(math.log10(value)))
    return f"{round(value, places):,.{places if value < 10 else 0}f}"
