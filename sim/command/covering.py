"""A first engine for each building fire before a second one for another.

A station's officer covers calls before filling them. While a fire has no engine, engines that are
free go there and not to a fire that has one; where none is free, fires that have several give
one up. A fire that has what it needs gives only what it has besides; one that wants more than it
has cannot be held yet anyhow, and keeps one engine, which searches and calls for others. Those
that give nothing that they need are asked first, then the fire that has most.

People in the water are covered in the same way: nobody gets a second crew while others have none.
Where a crew has seen that whoever is left is upstairs, they wait for all others in the water, and
its crews go on to these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf, isnan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import FLOOD, Incident

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew

type Task = Incident[Crew]
Eta = NDArray[np.float64]  # (incidents, crews) minutes, as in `seats`
Rank = tuple[bool, int]  # the lowest is asked first
Row = tuple[str, int, int]  # kind of incident, its turn, place
BARE = (0, 1)  # turns of those without anybody
IN_TURN = ("fire", FLOOD)  # kinds of incident that are covered one before the other


def adds(incident: Task, crew: Crew) -> float:
    """What a crew brings of that which a scene needs; 0 where it cannot do the work."""
    able = incident.scene is not None and incident.capability in crew.capabilities
    return incident.scene.adds(crew) if able and incident.scene is not None else 0.0


def strength(incident: Task, crews: list[Crew]) -> float:
    """What some crews bring together."""
    return sum(adds(incident, crew) for crew in crews)


def engines(incident: Task) -> list[Crew]:
    """The crews with water at a building fire or on the way; those of micro stations are none."""
    return [c for c in incident.crews if adds(incident, c) > 0.0]


def lacks_engine(incident: Task) -> bool:
    """Whether it is a building fire to which no engine has been sent."""
    return incident.capability == "fire" and not engines(incident)


def cover_first(incidents: list[Task], crews: list[Crew], eta: Eta) -> Eta:
    """(incidents, crews) minutes, infinite to fires that have an engine while one has none that
    can have one; and so for people in the water, where anybody counts and those upstairs are last.
    """
    return covered([(i.kind, turn_of(i), i.place) for i in incidents], crews, eta)


def covered(rows: list[Row], crews: list[Crew], eta: Eta) -> Eta:
    """The same of rows that stand for incidents that are all alike."""
    left = eta
    reached: list[bool] = np.isfinite(eta).any(axis=1).tolist()
    for kind in IN_TURN:
        these = [n for n, row in enumerate(rows) if reached[n] and row[0] == kind]
        first = min((rows[n][1] for n in these), default=0)
        later = [n for n in these if rows[n][1] > first]
        if later:
            left = eta.copy() if left is eta else left
            left[later] = np.inf
    return _first_where_they_are(rows, crews, left)


def _first_where_they_are(rows: list[Row], crews: list[Crew], eta: Eta) -> Eta:
    """Nobody crosses the district to people in the water while there are others where they are."""
    at = np.array([place if kind == FLOOD else -1 for kind, _, place in rows])
    places = set(at.tolist())
    here: dict[int, list[int]] = {}
    for n, crew in enumerate(crews):
        if crew.place in places:
            here.setdefault(crew.place, []).append(n)
    left = eta.copy() if here else eta
    for place, some in here.items():
        there = at == place
        stay = np.isfinite(eta[np.ix_(there, some)]).any(axis=0)
        left[np.ix_((at >= 0) & ~there, np.array(some)[stay])] = np.inf
    return left


def turn_of(incident: Task) -> int:
    """0 for people in mortal danger without anybody, 1 for others without anybody, 2 where somebody
    has been sent, 3 where all can wait; 0 for what is no matter of turns.
    """
    if incident.kind not in IN_TURN:
        return 0
    if incident.only_upstairs:
        return 3
    bare = lacks_engine(incident) if incident.kind == "fire" else not incident.crews
    return int(isnan(incident.urgent_min)) if bare else 2


def engines_to_spare(
    incidents: Iterable[Task], is_short: Callable[[Task], bool]
) -> list[tuple[Rank, Crew]]:
    """Engines at work that their building fires can do without, and in which order to ask.

    Those of a fire that wants more than it has (`Rank` begins with True) are for fires without
    any.
    """
    found: list[tuple[Rank, Crew]] = []
    for fire in incidents:
        if fire.capability != "fire" or not fire.open or fire.scene is None:
            continue
        there = [c for c in engines(fire) if c.state == "working"]
        if len(there) < 2:
            continue
        short = is_short(fire)
        spare = inf if short else strength(fire, fire.crews) - fire.scene.needed()
        rank = (short, -len(there))
        found += [(rank, c) for c in there if adds(fire, c) <= spare]
    return found
