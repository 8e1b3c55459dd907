"""What a measure is, and what all measures are made with.

What is better says over whom it is taken: a population that the disaster fixes (`population.py`).
A mean or share over what the response itself makes more or fewer of (incidents, calls, the hurt)
says what it is, and that neither more nor less of it is better.

A measure is worked out for the district; one that is made by `with_worst_town` also for each
town, of which `<name>.worst_town` is the worst. NaN where a run has nothing to judge (no incident,
nobody ordered to leave). Labels and definitions stand in words/words.csv under `measure.<name>`.

What did not happen counts: an incident that no crew reached and a person whom no relief
reached wait until the end of the run, and count as not reached in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints
from anlan.analysis.measures.population import RESIDENTS, Population
from anlan.analysis.words import word

Better = Literal["higher", "lower", "none"]
WORST = ".worst_town"

# (facts, group of each community (C,), number of groups) -> a value a group
Grouped = Callable[[Facts, Ints, int], Floats]


@dataclass(frozen=True)
class Measure:
    """A number of one run; `over` is its population where more or less of it is better.

    Sums and counts are over all residents of the district: whoever comes to no harm adds nothing.
    """

    name: str
    unit: str
    better: Better
    function: Callable[[Facts], float]
    over: Population = RESIDENTS

    def label(self, lang: str) -> str:
        """What to call it, in words."""
        base = word(f"measure.{self.name.removesuffix(WORST)}", lang)
        return base + word("worst_town_suffix", lang) if self.name.endswith(WORST) else base

    def definition(self, lang: str) -> str:
        """How it is worked out."""
        base = word(f"measure.{self.name.removesuffix(WORST)}.definition", lang)
        return base + word("worst_town_definition", lang) if self.name.endswith(WORST) else base


def with_worst_town(
    name: str,
    unit: str,
    better: Better,
    grouped: Grouped,
    over: Population = RESIDENTS,
    *,
    worst_is_low: bool | None = None,
) -> tuple[Measure, Measure]:
    """The measure of the district and that of its worst town.

    `worst_is_low`: which town is the worst where it is not said what is better.
    """
    high_is_good = better == "higher" if worst_is_low is None else worst_is_low
    return (
        Measure(name, unit, better, of_district(grouped), over),
        Measure(name + WORST, unit, better, worst_of_towns(grouped, high_is_good), over),
    )


def mean_over(
    over: Population, values: Callable[[Facts], Floats | Bools]
) -> Callable[[Facts, Ints, int], Floats]:
    """Mean a group of the value of each row of a population, or the share of it that is good."""

    def grouped(facts: Facts, group: Ints, groups: int) -> Floats:
        weights, home = over.rows(facts)
        return weighted_mean(values(facts), weights, home, group, groups)

    return grouped


def of_district(grouped: Grouped) -> Callable[[Facts], float]:
    """A measure of groups, of the district as one."""

    def value(facts: Facts) -> float:
        return float(grouped(facts, np.zeros(len(facts.communities), dtype=np.int64), 1)[0])

    return value


def worst_of_towns(grouped: Grouped, high_is_good: bool) -> Callable[[Facts], float]:
    """The worst value of the towns that have something to judge."""

    def value(facts: Facts) -> float:
        by_town = grouped(facts, facts.town_of, len(facts.towns))
        judged = by_town[~np.isnan(by_town)]
        if not len(judged):
            return float("nan")
        return float(judged.min() if high_is_good else judged.max())

    return value


def total(home: Ints, weights: Floats | Ints, group: Ints, groups: int) -> Floats:
    """Sum of weights a group, from each row's community; unknown ones (-1) are left out.

    The same to the bit in whatever order the rows come.
    """
    known = home >= 0
    if not known.all():
        home, weights = home[known], weights[known]
    of = group[home]
    if weights.dtype.kind == "f":  # whole numbers add up to the same in any order
        order = np.argsort(weights)
        of, weights = of[order], weights[order]
    return np.bincount(of, weights=weights, minlength=groups).astype(float)


def added(values: Floats | Ints) -> float:
    """The sum, from the smallest on: the same to the bit in whatever order the rows come."""
    return float(np.sort(values).sum())


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Top over bottom, elementwise; NaN where the bottom is 0."""
    out = np.full(len(bottom), np.nan)
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def weighted_mean(
    values: Floats | Bools, weights: Floats | Ints, home: Ints, group: Ints, groups: int
) -> Floats:
    """Mean a group of each row's value, or the share of it that is good; NaN of no weight."""
    top = total(home, weights * values, group, groups)
    return ratio(top, total(home, weights, group, groups))


def peak(values: Floats) -> float:
    """The largest value; NaN of none."""
    return float(values.max()) if values.size else float("nan")


def mean(values: Floats) -> float:
    """The mean; NaN of none."""
    return added(values) / len(values) if len(values) else float("nan")


def share(good: Bools) -> float:
    """The share that is good; NaN of none."""
    return mean(good.astype(float))
