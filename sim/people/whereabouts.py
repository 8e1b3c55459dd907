"""Where everybody is: the state of each household, and of each person who is apart from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.states import MEMBER, State
from anlan.sim.place.population import Population

Ids = NDArray[np.int64]


class Whereabouts:
    """Shapes: C communities, H households, N residents (rows). `counts` follows every change.

    state (H,) of those still together, members (H,) how many persons these are, apart (N,) the
    state of a person who is alone by now, else MEMBER; counts (C, states) persons;
    collapsed (H,) whose home cannot be lived in any more.
    """

    def __init__(self, people: Population, places: int) -> None:
        self.people = people
        self.members = people.sizes.copy()
        self.state = np.zeros(people.households, dtype=np.uint8)
        self.apart = np.full(people.residents, MEMBER, dtype=np.uint8)
        self.collapsed = np.zeros(people.households, dtype=bool)
        self.counts = np.zeros((places, len(State)), dtype=np.int64)
        starts = people.household_start
        sizes = np.concatenate([[0], np.cumsum(self.members)])
        self.counts[:, State.HOME] = sizes[starts[1:]] - sizes[starts[:-1]]

    def at_home(self, homes: Ids) -> Ids:
        """Those of some households that are at home, with somebody left in them."""
        state = self.state[homes]
        inside = (state == State.HOME) | (state == State.PREPARING)
        return np.asarray(homes[inside & (self.members[homes] > 0)])

    def are_in(self, persons: Ids) -> NDArray[np.bool_]:
        """(n,) which of n people are at home with their household."""
        state = self.state[self.people.household[persons]]
        return np.asarray(
            (self.apart[persons] == MEMBER) & ((state == State.HOME) | (state == State.PREPARING))
        )

    def is_in(self, person: int) -> bool:
        """As `are_in`, for one person."""
        state = self.state[self.people.household[person]]
        return bool(self.apart[person] == MEMBER and state in (State.HOME, State.PREPARING))

    def together(self, home: int) -> Ids:
        """The people of a household who are still with it."""
        first, last = self.people.resident_start[home], self.people.resident_start[home + 1]
        everyone = np.arange(first, last)
        return np.asarray(everyone[self.apart[first:last] == MEMBER])

    def trapped(self, persons: Ids) -> Ids:
        """Those of some people who are trapped, or hurt and not in care yet."""
        return np.asarray(persons[self.apart[persons] == State.TRAPPED])

    def move(self, homes: Ids, new: State) -> None:
        """Change the state of whole households."""
        place, members = self.people.community[homes], self.members[homes]
        np.subtract.at(self.counts, (place, self.state[homes]), members)
        np.add.at(self.counts[:, new], place, members)
        self.state[homes] = new

    def move_one(self, home: int, new: State) -> None:
        """As `move`, for one household: arrays of one are dear."""
        here, members = self.counts[self.people.community[home]], self.members[home]
        here[self.state[home]] -= members
        here[new] += members
        self.state[home] = new

    def take_out(self, persons: Ids, new: State) -> list[tuple[int, int]]:
        """Part people from their households; (household, how many persons it lost), rising."""
        homes = self.people.household[persons]
        each = self.people.stands_for[persons]
        np.subtract.at(self.counts, (self.people.community[homes], self.state[homes]), each)
        np.add.at(self.counts[:, new], self.people.community[homes], each)
        self.apart[persons] = new
        which, at = np.unique(homes, return_inverse=True)
        gone = np.bincount(at, each).astype(np.int64)
        self.members[which] -= gone
        return list(zip(which.tolist(), gone.tolist(), strict=True))

    def shift(self, persons: Ids, new: State) -> None:
        """Change the state of people who are apart already."""
        place = self.people.community[self.people.household[persons]]
        each = self.people.stands_for[persons]
        np.subtract.at(self.counts, (place, self.apart[persons]), each)
        np.add.at(self.counts[:, new], place, each)
        self.apart[persons] = new
