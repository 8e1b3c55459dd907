"""What a study will cost, from one run played beforehand."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from anlan.analysis.words import FALLBACK, LANGS, word
from anlan.analysis.words.errors import InEvery
from anlan.sim import prepare
from anlan.sim.scenario.schema import Scenario

BYTES_A_VALUE = 8
LONG_S = 3.0  # a run as long as this, the model's loading included, is not played twice


@dataclass(frozen=True)
class Pilot:
    """One run played to see what it takes.

    `seconds`: of a run with its digest. `start_s`: CPU that it took to begin (libraries, the
    scenario read, checked and prepared), which each worker process takes as well. `rest_s`: what is
    left to do when all is played.
    """

    seconds: float
    values: int  # numbers that its digest holds
    start_s: float = 0.0
    rest_s: float = 0.0

    def cpu_s(self, runs: int, workers: int = 1) -> float:
        """Seconds of processor time that so many runs take, from the command to its end."""
        others = workers if workers > 1 else 0
        return self.start_s * (1 + others) + self.seconds * runs + self.rest_s

    def wall_s(self, runs: int, workers: int = 1) -> float:
        """Seconds by the clock, where as many cores are free as there are workers."""
        cores = max(min(workers, os.cpu_count() or 1), 1)
        starts = 1 + (workers / cores if workers > 1 else 0)
        return self.start_s * starts + self.seconds * runs / cores + self.rest_s

    def text(self, runs: int, workers: int = 1, lang: str = FALLBACK) -> str:
        """Time and size of so many runs, in words."""
        span = _span(self.wall_s(runs, workers), lang)
        cpu = _span(self.cpu_s(runs, workers), lang)
        size = _size(self.values * BYTES_A_VALUE * runs)
        return word("study.cost", lang, span=span, size=size, workers=workers, cpu=cpu)


def pilot(
    scenario: Scenario,
    seed: int = 1,
    measures: int = 1,
    digest: Callable[[Scenario, Any], object] | None = None,
) -> Pilot:
    """Play run 0, twice if it is short, and take its time; `measures`: numbers kept of a run.

    What was taken beyond a run as it will be counts as the start: this process's libraries, the
    reading, and what is read late by the first run.
    """
    engine = prepare(scenario)
    seconds = math.inf
    for _ in range(2):  # the first one of all loads the model, and finds things cold
        before, begun = time.process_time(), time.perf_counter()
        with suppress(Exception):  # a run that fails is for the study to record
            ledger = engine.run(seed, 0)
            if digest is not None:
                digest(scenario, ledger.tables())
        taken = min(time.process_time() - before, time.perf_counter() - begun)
        seconds = min(seconds, taken)
        if taken > LONG_S:
            break
    start_s = max(before if taken > LONG_S else before - seconds, 0.0)
    return Pilot(seconds, measures, start_s)


def cost(scenario: Scenario, runs: int) -> InEvery:
    """Time and size of so many runs on one core, in words."""
    from anlan.analysis.measures.registry import MEASURES

    played = pilot(scenario, measures=len(MEASURES))
    return InEvery({lang: played.text(runs, lang=lang) for lang in LANGS})


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
