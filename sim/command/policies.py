"""Policies: plain functions in tables, chosen by name in scenario.toml's [policy].

A dispatch policy says which idle crew goes to which incident. A supply policy says which
site is served first. To add one: write the function, add it to its table, name it in a scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew
    from anlan.sim.incidents.incident import Incident

Eta = NDArray[np.float64]  # (incidents, crews) minutes; inf: cannot come
Pairs = list[tuple[int, int]]
Rank = tuple[int, ...]  # the lowest goes first
DispatchPolicy = Callable[[list["Incident"], list["Crew"], Eta], Pairs]
SupplyPolicy = Callable[[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]], list[int]]


def _greedy(order: list[int], eta: Eta) -> Pairs:
    """Give each incident in turn the crew that can be there first; a crew goes once."""
    left = eta.copy()
    pairs: Pairs = []
    for i in order:
        if len(pairs) == left.shape[1]:
            break
        crew = int(np.argmin(left[i]))
        if np.isfinite(left[i, crew]):
            pairs.append((i, crew))
            left[:, crew] = np.inf
    return pairs


def _in_turn(incidents: list[Incident], eta: Eta, rank: Callable[[Incident], Rank]) -> Pairs:
    """Serve incidents by rank; equal ones in order of report, then of number."""
    order = sorted(
        range(len(incidents)),
        key=lambda i: (*rank(incidents[i]), incidents[i].known_tick, incidents[i].number),
    )
    return _greedy(order, eta)


def nearest_idle(incidents: list[Incident], crews: list[Crew], eta: Eta) -> Pairs:
    """Lives before trees, then first reported first served, by the crew that is there first."""
    return _in_turn(incidents, eta, lambda i: (i.persons == 0,))


def most_people_first(incidents: list[Incident], crews: list[Crew], eta: Eta) -> Pairs:
    """The incident with the most people first, by the crew that is there first."""
    return _in_turn(incidents, eta, lambda i: (-i.persons,))


def fires_first(incidents: list[Incident], crews: list[Crew], eta: Eta) -> Pairs:
    """What burns and spreads before all else, then lives, then trees; in order of report."""
    return _in_turn(incidents, eta, lambda i: (i.scene is None, i.persons == 0))


def lives_first(incidents: list[Incident], crews: list[Crew], eta: Eta) -> Pairs:
    """Incidents with people in danger, then fires with none, then trees; in order of report."""
    return _in_turn(incidents, eta, lambda i: (i.persons == 0, i.scene is None))


def closest_pair_first(incidents: list[Incident], crews: list[Crew], eta: Eta) -> Pairs:
    """The shortest drive of all first, whatever the incident; ties by incident, then crew."""
    left = eta.copy()
    pairs: Pairs = []
    while left.size and np.isfinite(left).any():
        i, crew = (int(x) for x in np.unravel_index(int(np.argmin(left)), left.shape))
        pairs.append((i, crew))
        left[i, :] = np.inf
        left[:, crew] = np.inf
    return pairs


def can_leave(incident: Incident) -> list[Crew]:
    """Crews on foot at work at a forest fire, those that may be sent to a new one."""
    if incident.capability != "forest" or not incident.open:
        return []
    return [
        c
        for c in incident.crews
        if c.state == "working" and c.tank_l == 0 and "air" not in c.capabilities
    ]


def most_short_first(
    short: NDArray[np.int64], want_kg: NDArray[np.float64], minutes: NDArray[np.float64]
) -> list[int]:
    """Sites with most people short now first, then the largest want.

    `short` people short of anything, `want_kg` weight asked for, `minutes` from the nearest
    store, each (sites,).
    """
    keys = range(len(short))
    return sorted(keys, key=lambda s: (-int(short[s]), -float(want_kg[s]), s))


def nearest_first(
    short: NDArray[np.int64], want_kg: NDArray[np.float64], minutes: NDArray[np.float64]
) -> list[int]:
    """Sites closest to a store first."""
    return sorted(range(len(short)), key=lambda s: (float(minutes[s]), s))


DISPATCH: dict[str, DispatchPolicy] = {
    "nearest-idle": nearest_idle,
    "most-people-first": most_people_first,
    "closest-pair-first": closest_pair_first,
    "fires-first": fires_first,
    "lives-first": lives_first,
}
SUPPLY: dict[str, SupplyPolicy] = {
    "most-short-first": most_short_first,
    "nearest-first": nearest_first,
}
