"""People whom a crew brings out: in care, or under a roof."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import Incident
from anlan.sim.people.at_risk import AtRisk
from anlan.sim.people.shelter import Shelters
from anlan.sim.people.states import State
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


def carry_out(
    where: Whereabouts, at_risk: AtRisk, person: int, incident: Incident[Any], tick: int
) -> bool:
    """A crew brings one trapped person out alive; False if that person is not trapped now."""
    if where.apart[person] != State.TRAPPED:
        return False
    where.shift(np.array([person]), State.IN_CARE)
    at_risk.bring_out(np.array([person]), tick)
    incident.rescued += int(where.people.stands_for[person])
    return True


def bring_out(
    where: Whereabouts, at_risk: AtRisk, shelters: Shelters, incident: Incident[Any], tick: int
) -> Ids:
    """A crew has finished: those still alive are out, in care or, from the water, under a roof.

    Returns (S,) how many came to each site.
    """
    alive = where.trapped(incident.people)
    incident.rescued += where.people.persons(alive)
    at_risk.bring_out(alive, tick)
    if incident.kind == "flood":
        return _house(where, shelters, alive, incident.place, tick)
    where.shift(alive, State.IN_CARE)
    return np.zeros(len(shelters.sites.ids), dtype=np.int64)


def _house(where: Whereabouts, shelters: Shelters, left: Ids, place: int, tick: int) -> Ids:
    """The nearest shelters take in as many as they have room for, kin the others."""
    came = np.zeros(len(shelters.sites.ids), dtype=np.int64)
    for shelter in shelters.near(place):
        if not len(left):
            return came
        sums = np.cumsum(where.people.stands_for[left])
        fits = left[: int(np.searchsorted(sums, shelter.room, side="right"))]
        if len(fits):
            persons = where.people.persons(fits)
            shelter.take_in(persons, tick)
            came[shelter.number] += persons
            where.shift(fits, State.SHELTERED)
            left = left[len(fits) :]
    if len(left):
        where.shift(left, State.WITH_KIN)
    return came
