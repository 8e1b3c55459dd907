"""Larders at home: who uses up what it holds while its community is cut off, and for how long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.draws import FAR, Draws
from anlan.sim.people.lasting import Lasting
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.taps import Taps, Why
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


class Larders:
    """The larders of all homes; who has none left draws on the site of the community.

    They are full whenever a lorry can come: then there are shops. Beside that it is noted who would
    have none left if nobody had cleared a road or kept a kit, and from when until when.
    """

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        taps: Taps,
        at_risk: AtRisk,
    ) -> None:
        self.around = around
        self.where = where
        self.taps = taps
        self.at_risk = at_risk
        starts = where.people.household_start.astype(np.int64)
        self.no_kit_ticks = draws.bare_no_kit_ticks
        self._now = Lasting(starts, draws.bare_ticks)
        self._unaided = Lasting(starts, draws.bare_no_kit_ticks)
        nowhere = np.zeros(around.world.places, dtype=bool)
        self._was_cut, self._was_cut_unaided = nowhere, nowhere
        self.roads_as_of = -1

    def watch_the_roads(self, tick: int) -> None:
        """What is noted in a tick: who is cut off or reached again, and who has nothing left."""
        cut = self.around.cut_off
        if cut.version != self.roads_as_of:
            self.roads_as_of = cut.version
            self._watch_without_help(cut.unaided, tick)
            self._watch(cut.now, tick)
        at_risk, bare = self._unaided.used_up(tick), self._now.used_up(tick)
        if len(at_risk):
            self.at_risk.note(Way.ROAD, at_risk, Cause.CUT_OFF, tick)
        for home in self.where.at_home(bare).tolist():
            self.taps.begin(home, Why.LARDER, tick)
        if len(at_risk):
            self._are_spared(at_risk[self.at_risk.from_tick[Way.ROAD, at_risk] == tick], tick)

    @property
    def cut_since(self) -> Ids:
        """(C,) since when each place is cut off; NEVER where it is not."""
        return np.where(self._now.since < FAR, self._now.since, NEVER)

    def _watch_without_help(self, cut: NDArray[np.bool_], tick: int) -> None:
        opened = np.flatnonzero(self._was_cut_unaided & ~cut)
        for place in opened.tolist():
            self.at_risk.is_over(Way.ROAD, self._homes(place), tick)
        self._unaided.stop(opened)
        self._unaided.begin(np.flatnonzero(cut & ~self._was_cut_unaided), tick)
        self._was_cut_unaided = cut

    def _watch(self, cut: NDArray[np.bool_], tick: int) -> None:
        opened = np.flatnonzero(self._was_cut & ~cut)
        self._now.stop(opened)
        self._now.begin(np.flatnonzero(cut & ~self._was_cut), tick)
        self._was_cut = cut
        for place in opened.tolist():
            homes = self._homes(place)
            drew = homes[(self.taps.why[homes] & Why.LARDER) != 0]
            for home in drew.tolist():
                self.taps.end(home, Why.LARDER, tick)
            since, ended = self.at_risk.from_tick[Way.ROAD], self.at_risk.ended_tick[Way.ROAD]
            waits = (since[homes] != NEVER) & (ended[homes] == NEVER)  # some live on a kit
            self._are_spared(homes[waits], tick)

    def _are_spared(self, homes: Ids, tick: int) -> None:
        """Those at home who lack nothing, since somebody has made a way to them, are helped.

        Whoever lives on a kit has got nothing yet.
        """
        at_home = self.where.at_home(homes)
        since = self._now.since[self.where.people.community[at_home]]
        bare = since + self.no_kit_ticks[at_home] <= tick
        for home in at_home[~bare & (self.taps.why[at_home] == 0)].tolist():
            self.at_risk.relieve(home, tick)

    def _homes(self, place: int) -> Ids:
        starts = self.where.people.household_start
        return np.arange(starts[place], starts[place + 1])
