"""Who is at risk, from when and of what, whether or not anybody told, moved or reached them.

A household is at risk in three ways, each once in a run: its home becomes untenable (it is frail
and the wind is such that frail homes are to be left, it falls, water stands over its floor, a fire
reaches it), it has nothing to drink or eat at home for want of power (supply), or since no road to
its community is open (road). All follow from the hazard and the household's own draws. Where help
changes nature itself (a pump, a mended feeder, a cleared road, a line dug round a fire) they follow
from how things would stand without that help; and so with an emergency kit: whoever lives on one is
at risk from when they would have nothing without it, and lacks something some hours later.
So who is in here, and from when, is the same whatever command, crews, stores and shelters do.

Beside it is noted what had become of them by then and what became of them after: that is the
response's doing.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.states import State
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]
Ticks = NDArray[np.int32]
UNDER_A_ROOF = (State.SHELTERED, State.WITH_KIN, State.LODGED)


class Way(IntEnum):
    """In which way a household is at risk."""

    HOME = 0  # it can stay there no longer
    SUPPLY = 1  # its tap is dry and it has nothing left
    ROAD = 2  # it is cut off and has nothing left


class Cause(IntEnum):
    """What puts a household at risk; names go into the ledger in lower case."""

    WIND = 0
    COLLAPSE = 1
    FLOOD = 2
    SHAKING = 3
    FOREST_FIRE = 4
    FIRE = 5
    OUTAGE = 6
    CUT_OFF = 7


HELD_BACK = (Cause.FLOOD, Cause.FOREST_FIRE)  # what bags, pumps and fire lines keep from homes


class Fate(IntEnum):
    """What has become of a person at risk by the end; names go into the ledger in lower case."""

    WELL = 0
    HURT = 1
    TRAPPED = 2
    DEAD = 3


class AtRisk:
    """Shapes: H households. Ticks are NEVER where a thing has not happened.

    from_tick (3, H) since when a household is at risk in each way; cause (3, H); state (3, H)
    where it was then; roof_tick (H,) of those whose home is untenable, since when they are under
    another roof (it may be sooner than from_tick); relief_tick (H,) since when those at risk in
    any way have been given something, not sooner than they were at risk; ended_tick (3, H) when
    the wind has fallen round a home that stands, when a supply came back by itself, and when the
    water had fallen on a road.
    """

    def __init__(self, where: Whereabouts, evacuation: Evacuation) -> None:
        households = len(where.state)

        def never(*shape: int) -> Ticks:
            return np.full(shape, NEVER, dtype=np.int32)

        self.where = where
        self.evacuation = evacuation
        self.from_tick = never(len(Way), households)
        self.cause = np.zeros((len(Way), households), dtype=np.uint8)
        self.state = np.zeros((len(Way), households), dtype=np.uint8)
        self.roof_tick = never(households)
        self.relief_tick = never(households)
        self.ended_tick = never(len(Way), households)
        self.lost = np.zeros(households, dtype=bool)  # for more than while the wind lasts
        # (H,) has been given what it needs where it is now: by kin, or by a site
        self.provided = np.zeros(households, dtype=bool)
        self.out_tick: dict[int, int] = {}  # person whom a crew brought out -> when
        # person parted from the household -> its roof_tick and relief_tick then
        self.until_parted: dict[int, tuple[int, int]] = {}
        self.hurt: set[int] = set()  # persons
        self._homes: list[Ids] = []  # at risk, each once
        # household at home from which help keeps the hazard -> its roof_tick and relief_tick before
        self._spared: dict[int, tuple[int, int]] = {}

    def note(self, way: Way, homes: Ids, cause: Cause, tick: int) -> None:
        """Households (n,) are at risk in a way from a tick on, unless they were before.

        To be called before what the hazard does to them in that tick.
        """
        if way == Way.HOME:
            if cause != Cause.WIND:
                self.lost[homes] = True
            self.ended_tick[way, homes] = NEVER
        fresh = homes[self.from_tick[way, homes] == NEVER]
        if not len(fresh):
            return
        was_not = (self.from_tick[:, fresh] == NEVER).all(axis=0)
        state = self.where.state[fresh]
        self.from_tick[way, fresh] = tick
        self.cause[way, fresh] = cause
        self.state[way, fresh] = state
        self._homes.append(fresh[was_not])
        given = fresh[was_not & self.provided[fresh]]
        self.relief_tick[given] = tick
        if way == Way.HOME:
            housed = fresh[np.isin(state, UNDER_A_ROOF)]
            self.roof_tick[housed] = self.evacuation.arrived_tick[housed]

    def comes_under_a_roof(self, home: int, tick: int) -> None:
        """A household arrives at a shelter, or with kin; what it is given there comes after."""
        if self.from_tick[Way.HOME, home] != NEVER and self.roof_tick[home] == NEVER:
            self.roof_tick[home] = tick
        self.provided[home] = False

    def relieve(self, home: int, tick: int) -> None:
        """All of a household have been given something where they are."""
        self.provided[home] = True
        if self.relief_tick[home] == NEVER and (self.from_tick[:, home] != NEVER).any():
            self.relief_tick[home] = tick

    def is_spared(self, homes: Ids, tick: int) -> None:
        """Help keeps water or fire out of homes (n,) with people in them: these lack nothing."""
        for home in homes.tolist():
            if self.cause[Way.HOME, home] not in HELD_BACK or home in self._spared:
                continue
            had = int(self.roof_tick[home]), int(self.relief_tick[home])
            self._spared[home] = had
            if had[0] == NEVER:
                self.roof_tick[home] = tick
            alone = self.from_tick[Way.SUPPLY, home] == self.from_tick[Way.ROAD, home] == NEVER
            if had[1] == NEVER and alone:
                self.relief_tick[home] = tick

    def is_spared_no_longer(self, homes: Ids, tick: int) -> None:
        """It comes to homes (n,) after all: those who have left by now have what they found."""
        if not self._spared:
            return
        for home in homes.tolist():
            if home not in self._spared:
                continue
            roof, relief = self._spared.pop(home)
            if roof == NEVER and self.where.state[home] in UNDER_A_ROOF:
                roof = int(self.evacuation.arrived_tick[home])
            if relief == NEVER and self.provided[home]:
                relief = tick
            self.roof_tick[home], self.relief_tick[home] = roof, relief

    def kept_from(self, homes: Ids) -> NDArray[np.bool_]:
        """(n,) from which of some homes help keeps water or fire, with people in them."""
        return np.isin(homes, np.fromiter(self._spared, dtype=np.int64, count=len(self._spared)))

    def lacks(self, home: int) -> None:
        """A household needs again, or has left where it was given something."""
        self.provided[home] = False

    def still_on(self) -> Ids:
        """All households whose risk is not over by now, in some way; in no order."""
        self._homes = [np.concatenate([*self._homes, np.empty(0, dtype=np.int64)])]
        homes = self._homes[0]
        on = (self.from_tick[:, homes] != NEVER) & (self.ended_tick[:, homes] == NEVER)
        return np.asarray(homes[on.any(axis=0)])

    def is_over(self, way: Way, homes: Ids, tick: int) -> None:
        """What households (n,) lacked at home has come back of itself."""
        ended = self.ended_tick[way]
        waits = (self.from_tick[way, homes] != NEVER) & (ended[homes] == NEVER)
        ended[homes[waits]] = tick

    def home_is_safe(self, homes: Ids, tick: int) -> None:
        """The wind has fallen round homes (n,): those that still stand can be lived in again."""
        self.ended_tick[Way.HOME, homes[~self.lost[homes]]] = tick

    def part(self, persons: Ids) -> None:
        """Harm parts some people from their households: what these had had by then stays theirs."""
        for person, home in zip(
            persons.tolist(), self.where.people.household[persons].tolist(), strict=True
        ):
            had = int(self.roof_tick[home]), int(self.relief_tick[home])
            self.until_parted[person] = had

    def bring_out(self, persons: Ids, tick: int) -> None:
        """A crew has brought out some people: they are cared for."""
        self.out_tick.update(dict.fromkeys(persons.tolist(), tick))
