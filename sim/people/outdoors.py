"""People outdoors in the first great gusts of a place; those who were warned mostly are not."""

from __future__ import annotations

import numpy as np

from anlan.sim.people.casualties import Casualties
from anlan.sim.people.draws import Draws
from anlan.sim.people.peril import Danger
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.told import Told
from anlan.sim.people.whereabouts import Whereabouts


class Outdoors:
    """The few people of each place whom a gust may find outdoors, each place once."""

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        told: Told,
        casualties: Casualties,
    ) -> None:
        self.around = around
        self.draws = draws
        self.where = where
        self.told = told
        self.casualties = casualties
        harm, people = around.harm, where.people
        self._unwarned = np.float32(harm.outdoor_harm_per_million / 1e6)
        self._warned = np.float32(self._unwarned * np.float32(harm.warned_factor))
        self._gust_ms = np.float32(harm.outdoor_gust_ms)
        may = np.flatnonzero(draws.fate_u < self._unwarned)
        at = people.community[people.household[may]]
        self._may = [may[at == place] for place in range(around.world.places)]
        self._dies_below = np.float32(harm.outdoor_death_share)
        self._met = np.zeros(around.world.places, dtype=bool)

    def feel_the_gust(self, tick: int) -> None:
        """The first great gust of a place finds a few people outdoors."""
        sky = self.around.present.sky
        if sky.peak_gust_ms < self._gust_ms:
            return
        met = ((sky.gust_ms >= self._gust_ms) & ~self._met).nonzero()[0]
        if len(met):
            self._met[met] = True
            persons = np.sort(np.concatenate([self._may[place] for place in met.tolist()]))
            lives = self.draws.live_u[persons] >= self._dies_below
            self.casualties.peril.note(persons[lives], Danger.WIND, tick)
            for person in persons.tolist():
                self._meet(person, tick)

    def _meet(self, person: int, tick: int) -> None:
        """The gust strikes one person, unless the warning has kept them indoors."""
        if not self.where.is_in(person):
            return
        people, draws = self.where.people, self.draws
        home = int(people.household[person])
        warned = self.told.warned_before(home, tick)
        if draws.fate_u[person] >= (self._warned if warned else self._unwarned):
            return
        one, casualties = np.array([person]), self.casualties
        if draws.live_u[person] < self._dies_below:
            casualties.take_out(one, State.DEAD, tick)
            casualties.write(one, "wind", "died", tick, None)
        else:
            casualties.take_out(one, State.TRAPPED, tick)
            number = person - people.resident_start[home]
            name = f"wind/{casualties.home_name(home)}/{number}"
            incident = casualties.open("injury", name, one, tick)
            casualties.write(one, "wind", "injured", tick, incident)
