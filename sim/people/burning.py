"""A forest fire at the homes of a place: who of those inside is burnt, and who gets away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import stream
from anlan.sim.incidents.incident import Incident
from anlan.sim.people.at_risk import AtRisk
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.draws import burns
from anlan.sim.people.ruins import Ruins
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]
HARM = stream("forest.harm", "resident")


class Burning:
    """Homes that a front reaches."""

    def __init__(
        self,
        around: Surroundings,
        where: Whereabouts,
        casualties: Casualties,
        ruins: Ruins,
        at_risk: AtRisk,
    ) -> None:
        self.around = around
        self.where = where
        self.casualties = casualties
        self.ruins = ruins
        self.at_risk = at_risk

    def burn(
        self, homes: Ids, kw_m: NDArray[np.float64], tick: int, fire: Incident[Any]
    ) -> tuple[int, Incident[Any] | None]:
        """A forest fire reaches homes of one place: of those still inside some die or are hurt.

        homes (n,) rising, kw_m (n,) its intensity beside each. The dead are the fire's; the hurt
        are an incident of their own. The homes are lost: the others look for another roof. Returns
        how many died, and that incident.
        """
        self.at_risk.is_spared_no_longer(homes, tick)
        where, casualties = self.where, self.casualties
        inside = where.at_home(homes)
        persons = np.concatenate([where.together(h) for h in inside.tolist()] + [inside[:0]])
        dies, is_hurt = self._fates(persons, homes, kw_m)
        dead, hurt = persons[dies], persons[is_hurt]
        casualties.take_out(dead, State.DEAD, tick)
        casualties.take_out(hurt, State.TRAPPED, tick)
        incident = None
        if len(hurt):
            incident = casualties.open("injury", self._name(int(homes[0]), tick), hurt, tick)
        casualties.write(dead, "forest_fire", "died", tick, fire)
        casualties.write(hurt, "forest_fire", "injured", tick, incident)
        self.ruins.unhouse(homes, tick)
        return where.people.persons(dead), incident

    def _fates(
        self, persons: Ids, homes: Ids, kw_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(n,) of n people who dies and who is hurt; a house keeps off some of the heat."""
        rules, people = self.around.fire, self.where.people
        felt_kw_m = kw_m[np.searchsorted(homes, people.household[persons])]
        keys = people.resident_key[persons]
        outdoor_u, fate_u = (self.around.streams.uniform64(HARM, keys, n) for n in (0, 1))
        indoors = outdoor_u >= rules.outdoor_share
        felt_kw_m = np.where(indoors, felt_kw_m * rules.house_factor, felt_kw_m)
        return burns(rules, felt_kw_m, fate_u)

    def _name(self, first_home: int, tick: int) -> str:
        people = self.where.people
        place = int(people.community[first_home])
        number = first_home - people.household_start[place]
        return f"burns/{self.around.place_ids[place]}/{tick}/{number}"
