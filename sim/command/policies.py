"""Policies of dispatch and supply: plain functions in tables, chosen by name in [policy].

A dispatch policy says which idle crew goes to which incident. A supply policy says which
site is served first. To add one: write the function, add it to its table, name it in a scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.seats import DispatchSeat, Eta, Pairs, SupplySeat
from anlan.sim.incidents.incident import Incident

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew

Rank = tuple[int, ...]  # the lowest goes first
type Incidents = list[Incident[Crew]]


def _greedy(order: list[int], crews: list[Crew], eta: Eta) -> Pairs:
    """Give each incident in turn the crew that can be there first; a crew goes once.

    Of crews that are there at once the one with the lowest id goes.
    """
    by_id = sorted(range(len(crews)), key=lambda c: crews[c].id)
    left = eta[:, by_id].copy()
    can_go = int(np.isfinite(left).any(axis=0).sum())
    pairs: Pairs = []
    for i in order:
        if len(pairs) == can_go:
            break
        n = int(left[i].argmin())
        if left[i, n] < inf:
            pairs.append((i, by_id[n]))
            left[:, n] = inf
    return pairs


def _in_turn(
    incidents: Incidents, crews: list[Crew], eta: Eta, rank: Callable[[Incident[Any]], Rank]
) -> Pairs:
    """Serve incidents by rank; equal ones in order of report, then of id.

    Only those to which somebody can come: often many wait behind closed roads.
    """
    order = sorted(
        np.flatnonzero(np.isfinite(eta).any(axis=1)).tolist(),
        key=lambda i: (*rank(incidents[i]), incidents[i].read_min, incidents[i].id),
    )
    return _greedy(order, crews, eta)


def nearest_idle(incidents: Incidents, crews: list[Crew], eta: Eta) -> Pairs:
    """Lives before trees, then first reported first served, by the crew that is there first."""
    return _in_turn(incidents, crews, eta, lambda i: (i.persons == 0,))


def most_people_first(incidents: Incidents, crews: list[Crew], eta: Eta) -> Pairs:
    """The incident with the most people first, by the crew that is there first."""
    return _in_turn(incidents, crews, eta, lambda i: (-i.persons,))


def fires_first(incidents: Incidents, crews: list[Crew], eta: Eta) -> Pairs:
    """What burns and spreads before all else, then lives, then trees; in order of report."""
    return _in_turn(incidents, crews, eta, lambda i: (not i.burns, i.persons == 0))


def lives_first(incidents: Incidents, crews: list[Crew], eta: Eta) -> Pairs:
    """Incidents with people in danger, then fires with none, then trees; in order of report."""
    return _in_turn(incidents, crews, eta, lambda i: (i.persons == 0, not i.burns))


def closest_pair_first(incidents: Incidents, crews: list[Crew], eta: Eta) -> Pairs:
    """The shortest drive of all first, whatever the incident; ties by ids."""
    rows = sorted(range(len(incidents)), key=lambda i: incidents[i].id)
    columns = sorted(range(len(crews)), key=lambda c: crews[c].id)
    left = eta[np.ix_(rows, columns)]
    pairs: Pairs = []
    while left.size and np.isfinite(left).any():
        i, c = (int(n) for n in np.unravel_index(int(np.argmin(left)), left.shape))
        pairs.append((rows[i], columns[c]))
        left[i, :] = inf
        left[:, c] = inf
    return pairs


def most_short_first(
    short: NDArray[np.int64], want_kg: NDArray[np.float64], minutes: NDArray[np.float64]
) -> list[int]:
    """Sites with most people short now first, then the largest want."""
    return sorted(range(len(short)), key=lambda s: (-int(short[s]), -float(want_kg[s])))


def nearest_first(
    short: NDArray[np.int64], want_kg: NDArray[np.float64], minutes: NDArray[np.float64]
) -> list[int]:
    """Sites closest to a store first."""
    return sorted(range(len(short)), key=lambda s: float(minutes[s]))


DISPATCH: dict[str, DispatchSeat] = {
    "nearest-idle": nearest_idle,
    "most-people-first": most_people_first,
    "closest-pair-first": closest_pair_first,
    "fires-first": fires_first,
    "lives-first": lives_first,
}
SUPPLY: dict[str, SupplySeat] = {
    "most-short-first": most_short_first,
    "nearest-first": nearest_first,
}
