"""What households are told: public warnings, orders to leave, and when each of them hears."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.draws import Draws
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.hearing import Hearing
from anlan.sim.people.spread import Spread
from anlan.sim.people.whereabouts import Whereabouts
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.schema import DWELLINGS, Dwelling

Ids = NDArray[np.int64]


class Told:
    """Warnings and orders on their way to H households; `decide` is asked by whom an order reaches,
    `follow` by whom it is not meant for and who leaves with the others.

    Both get the households (n,), rising, and the tick in which they hear.
    """

    def __init__(
        self,
        clock: Clock,
        draws: Draws,
        where: Whereabouts,
        evacuation: Evacuation,
        calendar: Calendar,
        decide: Callable[[Ids, int], None],
        follow: Callable[[Ids, int], None],
    ) -> None:
        self.clock = clock
        self.draws = draws
        self.where = where
        self.evacuation = evacuation
        self.calendar = calendar
        self.decide = decide
        self.follow = follow
        self.order_names: list[str] = []
        self._orders: list[Hearing] = []
        self._warnings: list[Hearing] = []

    def warn(self, spread: Spread) -> None:
        """A public warning begins to spread among all households."""
        everyone = np.arange(self.where.people.households)
        self._warnings.append(self._hearing(spread, everyone, self.draws.hear_u))

    def order(
        self, dwellings: tuple[Dwelling, ...], tick: int, spread: Spread,
        places: NDArray[np.bool_], name: str, homes: Ids | None = None,
    ) -> int:  # fmt: skip
        """Tell dwelling groups of some places (C,), or these homes there, to leave; returns how
        many persons are newly told.
        """
        evacuation, people = self.evacuation, self.where.people
        evacuation.stood_down = False
        evacuation.next_return[:] = NEVER
        wanted = np.isin(people.dwelling, [DWELLINGS.index(d) for d in dwellings])
        wanted &= places[people.community]
        wanted &= evacuation.ordered_tick == NEVER
        if homes is not None:
            wanted &= np.isin(np.arange(wanted.size), homes)
        ids = np.flatnonzero(wanted)
        evacuation.ordered_tick[ids] = tick
        evacuation.order_of[ids] = len(self._orders)
        self.order_names.append(name)
        reached = np.sort(np.concatenate([ids, self._shadow(places)])) if len(ids) else ids
        self._orders.append(self._hearing(spread, reached, self.draws.order_u))
        return int(self.where.members[ids].sum())

    def _shadow(self, places: NDArray[np.bool_]) -> Ids:
        """Homes of some places (C,) that nobody told, and that leave when they hear that so many
        of their neighbours have been.
        """
        at = self.where.people.community
        told = self.evacuation.ordered_tick != NEVER
        homes = np.bincount(at, minlength=len(places))
        share = np.bincount(at[told], minlength=len(places)) / np.maximum(homes, 1)
        return np.flatnonzero(places[at] & ~told & (self.draws.shadow_from < share[at]))

    def _hearing(self, spread: Spread, ids: Ids, u: NDArray[np.float32]) -> Hearing:
        return Hearing(spread, ids, self.where.people.community[ids], u[ids], self.clock.ticks)

    def listen(self, tick: int) -> None:
        """Follow what is said, and let those decide whom an order reaches now."""
        for hearing in self._warnings:
            if hearing.spread.fresh:
                hearing.follow(tick)
        for number, hearing in enumerate(self._orders):
            if hearing.spread.fresh:
                rows = hearing.follow(tick)
                self.calendar.add(f"hear {number}", hearing.tick[rows], rows)
            if not self.calendar.busy(tick):
                continue
            rows = self.calendar.due(f"hear {number}", tick)
            if len(rows):
                # Who was dated anew since is asked again on that date.
                hear = hearing.ids[rows[hearing.tick[rows] == tick]]
                meant = self.evacuation.order_of[hear] == number
                self.decide(hear[meant], tick)
                # Whom another order has told since waits for that one.
                self.follow(hear[self.evacuation.order_of[hear] == NEVER], tick)

    def warned_before(self, home: int, tick: int) -> bool:
        """Whether a household heard a public warning before a tick."""
        return any(hearing.tick[home] < tick for hearing in self._warnings)

    def warned_tick(self, now: int) -> NDArray[np.int64]:
        """(H,) when each household first heard a public warning; NEVER if it did not by now."""
        heard = np.full(self.where.people.households, self.clock.ticks, dtype=np.int64)
        for hearing in self._warnings:
            heard = np.minimum(heard, hearing.tick)
        return np.where(heard <= now, heard, NEVER)
