"""The states that a resident can be in, and how an order to leave can end for a household."""

from __future__ import annotations

from enum import IntEnum

MEMBER = 255  # in the array `apart` of persons: still with the household
KIN = -1  # destination: relatives or friends
NOWHERE = -2  # destination: none was chosen yet


class State(IntEnum):
    """Where a resident is; the order of the columns of the ledger's resident_state."""

    HOME = 0
    PREPARING = 1
    TRAVELLING = 2
    SHELTERED = 3
    WITH_KIN = 4
    TRAPPED = 5
    IN_CARE = 6
    DEAD = 7


class Outcome(IntEnum):
    """How an order to leave ended for a household; names go into the ledger in lower case."""

    NOT_HEARD = 0
    REFUSED = 1
    WAITING = 2
    NO_PLACE = 3
    NO_ROAD = 4
    TRAVELLING = 5
    ARRIVED = 6
    OVERTAKEN = 7
