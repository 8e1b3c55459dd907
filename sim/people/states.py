"""The states that a resident can be in, and how an order to leave can end for a household."""

from __future__ import annotations

from enum import IntEnum

MEMBER = 255  # in the array `apart` of persons: still with the household
KIN = -1  # destination: relatives or friends
NOWHERE = -2  # destination: none was chosen yet
LODGINGS = -3  # destination: a hotel, a home elsewhere, or where an employer lodges people


class State(IntEnum):
    """Where a resident is; the order of the columns of the ledger's resident_state."""

    HOME = 0
    PREPARING = 1
    TRAVELLING = 2
    SHELTERED = 3
    WITH_KIN = 4
    LODGED = 5
    TRAPPED = 6
    IN_CARE = 7
    DEAD = 8


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
