"""Who is in peril: whom the disaster leaves in need of rescue, unless somebody moves or warns them.

The household whose home the water comes into, those whom a falling home traps or hurts, and those
whom the first great gust finds outdoors. All follow from the hazard and from draws of their own,
by the water as it would stand without help. So who is in here, and from when, is the same whatever
command, crews and shelters do. Those whom a ruin or a gust kills at once nobody can rescue: they
are in no peril of this kind. Fires have populations of their own.

Beside it stand the incidents in which they were caught in the end: none where they had moved out,
were indoors, or had the water kept out of their home.
"""

from __future__ import annotations

from enum import IntEnum
from math import inf, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.people.whereabouts import Whereabouts
from anlan.sim.place.population import Population

Ids = NDArray[np.int64]


class Danger(IntEnum):
    """What puts somebody in peril; names go into the ledger in lower case."""

    FLOOD = 0
    COLLAPSE = 1
    WIND = 2


def of_homes(people: Population, homes: Ids) -> Ids:
    """All residents of some homes, whether or not they are together still."""
    first = people.resident_start[homes].astype(np.int64)
    sizes = people.resident_start[homes + 1] - first
    before = np.cumsum(sizes) - sizes
    return np.asarray(np.arange(int(sizes.sum())) + np.repeat(first - before, sizes))


class Peril:
    """Shapes: N residents. from_tick (N,) since when each is in peril, NEVER if not at all; cause
    (N,), and state (N,) of their household just before. caught: resident -> the incidents that
    they were caught in, in order.
    """

    def __init__(self, where: Whereabouts) -> None:
        residents = len(where.apart)
        self.where = where
        self.from_tick = np.full(residents, NEVER, dtype=np.int32)
        self.cause = np.zeros(residents, dtype=np.uint8)
        self.state = np.zeros(residents, dtype=np.uint8)
        self.caught: dict[int, list[Incident[Any]]] = {}

    def note(self, persons: Ids, cause: Danger, tick: int) -> None:
        """Some people are in peril from a tick on, unless they were before.

        To be called before what the hazard does to them in that tick.
        """
        fresh = persons[self.from_tick[persons] == NEVER]
        self.from_tick[fresh] = tick
        self.cause[fresh] = cause
        self.state[fresh] = self.where.state[self.where.people.household[fresh]]

    def catch(self, persons: Ids, incident: Incident[Any]) -> None:
        """Some people are in an incident now."""
        for person in persons.tolist():
            self.caught.setdefault(person, []).append(incident)

    def slowest(self, person: int) -> str:
        """The id of the incident that a crew reached last after its happening, the first of these
        if several; empty if the person was in none.
        """
        incidents = self.caught.get(person)
        return max(incidents, key=_wait_min).id if incidents else ""


def _wait_min(incident: Incident[Any]) -> float:
    arrived = incident.arrived_min
    return inf if isnan(arrived) else arrived - incident.occurred_min
