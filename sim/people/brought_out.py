"""People whom a crew brings out: in care, or under a roof."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import Incident
from anlan.sim.people.shelter import Shelters
from anlan.sim.people.states import State
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


def carry_out(where: Whereabouts, person: int, incident: Incident[Any]) -> bool:
    """A crew brings one trapped person out alive; False if that person is not trapped now."""
    if where.apart[person] != State.TRAPPED:
        return False
    where.shift(np.array([person]), State.IN_CARE)
    incident.rescued += int(where.people.stands_for[person])
    return True


def bring_out(where: Whereabouts, shelters: Shelters, incident: Incident[Any], tick: int) -> None:
    """A crew has finished: those still alive are out, in care or, from the water, under a roof."""
    alive = where.trapped(incident.people)
    incident.rescued += where.people.persons(alive)
    if incident.kind == "flood":
        _house(where, shelters, alive, incident.place, tick)
    else:
        where.shift(alive, State.IN_CARE)


def _house(where: Whereabouts, shelters: Shelters, left: Ids, place: int, tick: int) -> None:
    """The nearest shelters take in as many as they have room for, kin the others."""
    for shelter in shelters.near(place):
        if not len(left):
            return
        sums = np.cumsum(where.people.stands_for[left])
        fits = left[: int(np.searchsorted(sums, shelter.room, side="right"))]
        if len(fits):
            shelter.take_in(where.people.persons(fits), tick)
            where.shift(fits, State.SHELTERED)
            left = left[len(fits) :]
    if len(left):
        where.shift(left, State.WITH_KIN)
