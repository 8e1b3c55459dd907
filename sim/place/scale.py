"""How many rows of arrays a district's people take, and how many people each row stands for.

With `residents.scale` = k > 1 one row stands for up to k people, for exploratory work. Rows are
then fewer in every community and dwelling group, and lumpier: k households that move as one.
Every person is still in exactly one row, so all totals are those of k = 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.schema import DWELLINGS, Scenario

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class RowCounts:
    """Shapes: C communities, D dwelling groups."""

    households: Ints  # (C, D) household rows
    residents: Ints  # (C,) resident rows


def count_rows(scenario: Scenario) -> RowCounts:
    """Rows of each community: with k = 1 its households and residents, else a k-th of them.

    What rounding leaves over in one community is carried to the next, within each dwelling
    group, so that small groups keep their number in the district though not their places.
    A community with residents has at least one row.
    """
    k = scenario.people_per_row
    quotas = dwelling_quotas(scenario)
    upto = (2 * quotas.cumsum(axis=0) + k) // (2 * k)  # a k-th of the running sum, rounded
    households = np.diff(upto, axis=0, prepend=0)
    empty = (quotas.sum(axis=1) > 0) & (households.sum(axis=1) == 0)
    households[empty, quotas[empty].argmax(axis=1)] = 1
    persons = np.array([c.residents for c in scenario.communities], dtype=np.int64)
    residents = np.maximum(-(-persons // k), households.sum(axis=1))
    return RowCounts(households, residents)


def dwelling_quotas(scenario: Scenario) -> Ints:
    """(C, D) households of each dwelling group in each community: its share, rounded."""
    counts = np.array([c.households for c in scenario.communities], dtype=np.int64)
    quotas = np.zeros((len(counts), len(DWELLINGS)), dtype=np.int64)
    upper = np.zeros(len(counts))
    for code, name in enumerate(DWELLINGS[1:], start=1):
        lower = np.floor(upper * counts + 0.5)
        upper = upper + np.array([getattr(c, f"{name}_share") for c in scenario.communities])
        quotas[:, code] = np.floor(upper * counts + 0.5) - lower
    quotas[:, 0] = counts - quotas.sum(axis=1)
    return quotas


def stands_for(scenario: Scenario, residents: Ints) -> NDArray[np.int32]:
    """(N,) people of each resident row: each community's shared out as evenly as can be.

    They add up to the community's residents exactly: of n rows for r people the first r mod n
    stand for one person more than the others. Never more than k.
    """
    persons = np.array([c.residents for c in scenario.communities], dtype=np.int64)
    rows = np.maximum(residents, 1)
    first = np.repeat(np.cumsum(residents) - residents, residents)
    rank = np.arange(len(first)) - first
    more = rank < np.repeat(persons % rows, residents)
    return (np.repeat(persons // rows, residents) + more).astype(np.int32)
