"""The observed facts, as their data file says them (`facts.csv`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.text.data import rows_of
from anlan.analysis.words import FALLBACK, LANGS
from anlan.sim import load
from anlan.sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Fact:
    """What was observed, and how the model is asked for the same.

    `low` to `high` is the observed value, one number or a range, in `unit`. `look` names a function
    of `looks`, `weather`, `city` or `hands`, and `at` is what it is told besides: a place, an hour,
    a fire.
    `weak`: the two are not of the same area, or not counted in the same way.
    """

    id: str
    group: str
    scenario: str
    settings: tuple[tuple[str, str], ...]
    look: str
    at: str
    low: float
    high: float
    unit: str
    labels: dict[str, str] = field(compare=False, hash=False)
    source: str = field(compare=False)
    weak: bool = field(compare=False)
    sets: str = field(compare=False)  # the parameter that was set by it: then it tests nothing
    why: dict[str, str] = field(compare=False, hash=False)  # why it may miss, by language

    def loaded(self) -> Scenario:
        """Its scenario, with the storm or the numbers that it names. Raises BadInput."""
        return load(self.scenario, dict(self.settings))


# What is asked of a fact without a run of people: (fact, seed, draws) -> its values
Alone = Callable[[Fact, int, int], NDArray[np.float64]]


@cache
def facts() -> tuple[Fact, ...]:
    """All of them, in the order of the file."""
    return tuple(_fact(row) for row in rows_of(__package__, "facts.csv"))


def _fact(row: dict[str, str]) -> Fact:
    settings = (part.partition("=") for part in row["settings"].split(";") if part)
    return Fact(
        id=row["fact"],
        group=row["group"],
        scenario=row["scenario"],
        settings=tuple((name, value) for name, _, value in settings),
        look=row["look"],
        at=row["at"],
        low=float(row["low"]),
        high=float(row["high"]),
        unit=row["unit"],
        labels={lang: row.get(lang, row[FALLBACK]) for lang in LANGS},
        source=f"{row['source']} ({row['mark']})",
        weak=row["weak"] == "yes",
        sets=row["sets"],
        why={lang: row.get(f"why_{lang}", row[f"why_{FALLBACK}"]) for lang in LANGS},
    )
