"""The way to a roof: where a household goes and by what, how long it takes, and its arrival."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.at_risk import AtRisk
from anlan.sim.people.draws import Draws
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.guests import Guests
from anlan.sim.people.states import KIN, LODGINGS, Outcome, State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.taps import Taps
from anlan.sim.people.way_harm import WayHarm
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


class OnTheWay:
    """Households that set out for a shelter or for kin, and arrive there."""

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        evacuation: Evacuation,
        taps: Taps,
        at_risk: AtRisk,
        guests: Guests,
        way_harm: WayHarm,
    ) -> None:
        self.guests = guests
        self.way_harm = way_harm
        self.around = around
        self.draws = draws
        self.where = where
        self.evacuation = evacuation
        self.taps = taps
        self.at_risk = at_risk

    def set_out(self, home: int, place: int, tick: int, by_bus: bool = False) -> bool:
        """Choose where to go and set out; False when there is no place or no road."""
        where, evacuation = self.where, self.evacuation
        members = int(where.members[home])
        if self.draws.to_kin[home] or self.draws.to_lodgings[home]:
            target = KIN if self.draws.to_kin[home] else LODGINGS
            minutes, on_foot = self._minutes_to_kin(place), False
        else:
            shelter, reachable = self.around.shelters.find(place, members, tick)
            if shelter is None:
                self._fail(home, Outcome.NO_PLACE if reachable else Outcome.NO_ROAD, tick)
                return False
            people = where.people
            on_foot = not (by_bus or people.car[home])
            target = shelter.number
            minutes = self.around.shelters.minutes_to(
                place,
                shelter,
                float(people.walk_ms[home]) if on_foot else None,
                float(self.around.present.sky.wind_ms[place]),
            )
        if not math.isfinite(minutes):
            self._fail(home, Outcome.NO_ROAD, tick)
            return False
        if not on_foot:
            minutes += self._drive(home, place, target, by_bus, tick)
        self.taps.abandon(home, tick)
        self.at_risk.lacks(home)
        evacuation.destination[home] = target
        evacuation.left_tick[home] = tick
        evacuation.outcome[home] = Outcome.TRAVELLING
        self.way_harm.strike(home, place, minutes, tick)
        members = int(where.members[home])
        where.move_one(home, State.TRAVELLING)
        if members == 0:  # nobody is left to arrive
            return True
        if target >= 0:
            self.around.shelters.all[target].reserved += members
        on_road = max(1, self.around.clock.ticks_of(minutes))
        evacuation.calendar.add_one("arrive", tick + on_road, home)
        return True

    def _drive(self, home: int, place: int, target: int, by_bus: bool, tick: int) -> float:
        """Take the road among all others; for how many minutes the household waits on it."""
        members, around = int(self.where.members[home]), self.around
        end = around.shelters.all[target].place if target >= 0 else self._seat(place)
        begins_min = around.clock.minute_of(tick)
        queue_min = around.drivers.set_out(place, end, members, by_bus, begins_min)
        self.evacuation.driven[home] += members
        self.evacuation.queue_min[home] += members * queue_min
        return queue_min

    def _seat(self, place: int) -> int:
        """Where kin and lodgings are taken to be."""
        return int(self.around.world.town_seat[self.around.world.town_of[place]])

    def _fail(self, home: int, why: Outcome, tick: int) -> None:
        """It stays for now, and tries again later."""
        self.evacuation.outcome[home] = why
        self.evacuation.plan_leave_one(home, tick + self.around.retry_ticks)

    def _minutes_to_kin(self, place: int) -> float:
        """By car to the town seat, where kin are taken to live and lodgings to be, and a little
        more.
        """
        around = self.around
        drive = around.shelters.roads.map.minutes_between("car", place, self._seat(place))
        return drive + around.shelters.rules.kin_extra_min

    def arrive(self, homes: Ids, tick: int) -> None:
        """Households reach kin or the shelter that had promised them room.

        Who is served first there goes by the place's id, never by its row.
        """
        where, evacuation = self.where, self.evacuation
        turn = self.around.turn[where.people.community[homes]]
        for home in homes[np.argsort(turn, kind="stable")].tolist():
            members, target = int(where.members[home]), int(evacuation.destination[home])
            evacuation.arrived_tick[home] = tick
            evacuation.outcome[home] = Outcome.ARRIVED
            self.at_risk.comes_under_a_roof(home, tick)
            if target == KIN:
                where.move_one(home, State.WITH_KIN)
                self.guests.come(home)
            elif target == LODGINGS:  # where nothing is lacking
                where.move_one(home, State.LODGED)
                self.at_risk.relieve(home, tick)
            else:
                shelter = self.around.shelters.all[target]
                shelter.reserved -= members
                shelter.take_in(members, tick, home)
                where.move_one(home, State.SHELTERED)
            if evacuation.stood_down:
                evacuation.plan_return_one(home, tick + 1 + int(self.draws.return_ticks[home]))
