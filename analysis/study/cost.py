"""What a study will cost, from one run played beforehand."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import dataclass

from anlan.analysis.words import FALLBACK, word
from anlan.sim import prepare
from anlan.sim.scenario.schema import Scenario

BYTES_A_VALUE = 8
LONG_S = 3.0  # a run as long as this, the model's loading included, is not played twice


@dataclass(frozen=True)
class Pilot:
    """One run played to see what it takes."""

    seconds: float
    values: int  # numbers that its digest holds

    def text(self, runs: int, workers: int = 1, lang: str = FALLBACK) -> str:
        """Time and size of so many runs, in words."""
        span = _span(self.seconds * runs / workers, lang)
        size = _size(self.values * BYTES_A_VALUE * runs)
        return word("study.cost", lang, span=span, size=size, workers=workers)


def pilot(scenario: Scenario, seed: int = 1, measures: int = 1) -> Pilot:
    """Play run 0, twice if it is short, and take its time; `measures`: numbers kept of a run."""
    engine = prepare(scenario)
    seconds = math.inf
    for _ in range(2):  # the first one of all loads the model, and finds things cold
        begun = time.perf_counter()
        with suppress(Exception):  # a run that fails is for the study to record
            engine.run(seed, 0)
        seconds = min(seconds, time.perf_counter() - begun)
        if seconds > LONG_S:
            break
    return Pilot(seconds, measures)


def cost(scenario: Scenario, runs: int) -> str:
    """Time and size of so many runs on one core, in words."""
    from anlan.analysis.measures.registry import MEASURES

    return pilot(scenario, measures=len(MEASURES)).text(runs)


def _span(seconds: float, lang: str) -> str:
    units = (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0))
    for unit, length in units[:-1]:
        if seconds >= 1.5 * length:
            return word(f"study.span.{unit}", lang, n=_round(seconds / length))
    return word("study.span.second", lang, n=_round(max(seconds, 1.0)))


def _size(size: float) -> str:
    for unit, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= length:
            return f"{_round(size / length)} {unit}"
    return f"{_round(max(size / 1e3, 1.0))} kB"


def _round(value: float) -> str:
    """Two figures: an estimate has no more."""
    places = max(0, 1 - math.floor(math.log10(value)))
    return f"{round(value, places):,.{places if value < 10 else 0}f}"
