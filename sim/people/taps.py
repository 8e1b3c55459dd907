"""Who draws on the site of a community, at home or with kin, and why; taps that run dry."""

from __future__ import annotations

from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.draws import FAR, Draws
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


class Why(IntFlag):
    """For what reasons a household at home draws on the site of its community."""

    TAP = 1  # its tap is dry
    LARDER = 2  # it is cut off and has nothing left
    GUEST_TAP = 4  # it is with kin, whose tap is dry
    GUEST_LARDER = 8  # it is with kin, who are cut off and have nothing left


class Taps:
    """The taps of all homes; who has run dry draws on the site of the community."""

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        calendar: Calendar,
        at_risk: AtRisk,
    ) -> None:
        self.around = around
        self.where = where
        self.calendar = calendar
        self.at_risk = at_risk
        self.thirsty_ticks = draws.thirsty_ticks
        self.no_kit_ticks = draws.thirsty_no_kit_ticks
        homes = len(draws.thirsty_ticks)
        self.thirsty_since = np.full(homes, NEVER, dtype=np.int32)  # it draws
        # (H,) the community at whose site each would draw: that of its home, or of its kin
        self.drawn_at = where.people.community.astype(np.int32)
        self.why = np.zeros(homes, dtype=np.uint8)
        self._power_was_out = np.zeros(around.world.places, dtype=bool)
        self._dark_since = np.full(around.world.places, NEVER, dtype=np.int64)
        self.power_as_of = around.power.outages.version
        # The same as it would be if nobody had helped to mend the power.
        self._unaided_was_out = np.zeros(around.world.places, dtype=bool)
        self._unaided_since = np.full(around.world.places, NEVER, dtype=np.int64)
        self._was_helped = False

    def watch_the_power(self, tick: int) -> None:
        """Where the power has gone, date the dry taps; where it is back, let them run again."""
        power, outages = self.around.power, self.around.power.outages
        if outages.version != self.power_as_of or power.unaided_h or self._was_helped:
            self._was_helped = bool(power.unaided_h)
            self._watch_without_help(power.out_unaided, tick)
        if outages.version == self.power_as_of:
            return
        self.power_as_of = outages.version
        out = outages.out
        # Where it was mended and cut in one tick nobody saw the light.
        changed = np.flatnonzero(out != self._power_was_out)
        self._dark_since[changed] = tick
        starts = self.where.people.household_start
        for place in changed.tolist():
            homes = np.arange(starts[place], starts[place + 1])
            if out[place]:
                self._date(homes, tick)
            else:
                for home in homes[(self.why[homes] & Why.TAP) != 0].tolist():
                    self.end(home, Why.TAP, tick)
        self._power_was_out = out.copy()

    def _date(self, homes: Ids, tick: int) -> None:
        """Date the dry taps of homes (n,), and of those with a kit as if they had none."""
        after, no_kit = self.thirsty_ticks[homes], self.no_kit_ticks[homes]
        for ticks, which in ((after, after < FAR), (no_kit, no_kit < after)):
            self.calendar.add("thirst", tick + ticks[which].astype(np.int64), homes[which])

    def _watch_without_help(self, out: NDArray[np.bool_], tick: int) -> None:
        """Since when each place would be dark, (C,) and where taps would run again by now."""
        changed = np.flatnonzero(out != self._unaided_was_out)
        self._unaided_since[changed] = tick
        starts = self.where.people.household_start
        for place in changed[~out[changed]].tolist():
            homes = np.arange(starts[place], starts[place + 1])
            self.at_risk.is_over(Way.SUPPLY, homes, tick)
        self._unaided_was_out = out.copy()

    def run_dry(self, homes: Ids, tick: int) -> None:
        """Taps run dry that were dated when the power went, if that outage still lasts.

        At risk are also those who live on an emergency kit by then, from when they would without.
        """
        at = self.where.people.community[homes]
        dries = self._unaided_since[at] + self.no_kit_ticks[homes] == tick
        dries &= self._unaided_was_out[at]
        self.at_risk.note(Way.SUPPLY, homes[dries], Cause.OUTAGE, tick)
        since = self._dark_since[at]
        due = self.around.power.out[at] & (since + self.thirsty_ticks[homes] == tick)
        for home in self.where.at_home(homes[due]).tolist():
            self.begin(home, Why.TAP, tick)

    def begin(self, home: int, why: Why, tick: int) -> None:
        """A household at home begins to draw here, or has one reason more to."""
        if self.thirsty_since[home] == NEVER:
            self.thirsty_since[home] = tick
            self.at_risk.lacks(home)
            members = int(self.where.members[home])
            self.around.sites.enter(self._site(home), members, tick, home)
        self.why[home] |= why

    def end(self, home: int, why: Why, tick: int) -> None:
        """A reason is gone; it draws here no more if it was the last."""
        self.why[home] &= ~why & 0xFF
        if not self.why[home]:
            self.abandon(home, tick)

    def lose(self, home: int, persons: int, tick: int) -> None:
        """Some people of a household draw here no more, if they did."""
        since = int(self.thirsty_since[home])
        if since != NEVER:
            self.around.sites.leave(self._site(home), persons, since, tick, home)

    def abandon(self, home: int, tick: int) -> None:
        """A household draws here no more, if it did: it leaves, or lacks nothing any more."""
        self.why[home] = 0
        if self.thirsty_since[home] != NEVER:
            self.lose(home, int(self.where.members[home]), tick)
            self.thirsty_since[home] = NEVER

    def _site(self, home: int) -> int:
        """The site at which a household draws, at home or with kin."""
        return self.around.sites.shelters + int(self.drawn_at[home])

    @property
    def dark_since(self) -> Ids:
        """(C,) since when the power is out at each place; NEVER where it is not."""
        return np.where(self._power_was_out, self._dark_since, NEVER)
