"""Orders against water: where command wants pumps or bags, and when it calls them off.

Command goes by what it was told: how deep the water stands where, and from some grade of warning
on what is to be reckoned with before any stands. Each town's crews serve its own places first; what
they leave goes wherever water stands. Water that was reported comes before water that is expected,
and who is at work stays there. As many places are asked for as the crews can serve; dispatch then
sends these. What is wanted where, and what a crew can do of it, is each kind of order's own
(`pumping.py`, `bagging.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.picture import Picture
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident, Incidents, Scene
from anlan.sim.ledger import Ledger
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario

Floats = NDArray[np.float64]


class WaterScene(Scene[Crew], Protocol):
    """The scene of an order against water. `wanted`: how much of its own unit command asks for."""

    wanted: float
    over: bool

    def goes_on(self) -> bool:
        """Whether those who are there see that it is of use."""
        ...


@dataclass(frozen=True)
class WaterOrderRules(Rules, prefix="pump"):
    """From which depth on a place counts as under water."""

    news_step_m: float


@dataclass(frozen=True)
class KnownPlaces:
    """What the maps at the duty office say of C places."""

    ids: list[str]
    area_m2: Floats
    town: NDArray[np.int64]  # number of each place's town
    dense: list[int]  # most people on an area first
    wettest: list[int]  # those that drain worst first, of equal ones those with most people

    @classmethod
    def of(cls, scenario: Scenario, area_m2: Floats, town: NDArray[np.int64]) -> KnownPlaces:
        """Of a scenario's communities."""
        ids = [c.community for c in scenario.communities]
        people = [c.residents for c in scenario.communities]
        dense = sorted(range(len(ids)), key=lambda n: (-people[n] / area_m2[n], ids[n]))
        drains = [c.drain_mm_h + c.pump_mm_h for c in scenario.communities]
        return cls(ids, area_m2, town, dense, sorted(dense, key=lambda n: drains[n]))


@dataclass(frozen=True)
class Office:
    """What every kind of order goes by, and where it is written down."""

    rules: WaterOrderRules
    places: KnownPlaces
    picture: Picture
    clock: Clock
    incidents: Incidents
    ledger: Ledger


@dataclass
class WaterOrders[S: WaterScene]:
    """The orders of one kind in one run."""

    office: Office
    crews: list[Crew]  # those that can do it
    first: list[int]  # places, in the order in which they are served
    kind = ""  # of incident
    open: dict[int, tuple[Incident[Crew], S]] = field(default_factory=dict)  # by place
    _orders: dict[int, list[S]] = field(default_factory=dict)  # all so far, by place
    _since: dict[int, int] = field(default_factory=dict)  # place -> tick of its first order

    def site_at(self, place: int) -> S:
        """The scene of a new order at a place."""
        raise NotImplementedError

    def does(self, crew: Crew) -> float:
        """What a crew can do, in the scene's unit, whether or not it is on duty."""
        raise NotImplementedError

    def wants(self, place: int, depth_m: float | None) -> float:
        """How much of it a place wants for a depth that it told of; None: it has told of none."""
        raise NotImplementedError

    def review(self, ahead: bool, minute: float) -> None:
        """Order, change and call off as of a minute. `ahead`: water is to be reckoned with."""
        if not self.crews:
            return
        wet = self._under_water()
        wanted = self._wanted(ahead, wet)
        for place in sorted(self.open.keys() - wanted.keys()):
            self._call_off(place, minute)
        for place, amount in wanted.items():
            if place not in self.open:
                self._order(place, minute)
            incident, site = self.open[place]
            site.wanted, incident.own_town = amount, place not in wet
            incident.look_anew()

    def _wanted(self, ahead: bool, wet: dict[int, float]) -> dict[int, float]:
        """Place -> how much, as far as crews go: each town's own first, then what they leave."""
        first = self.first
        kept = [p for p in first if p in self.open and self._is_wet(p, wet)]
        has = set(kept)
        others = [p for p in first if p in wet and p not in has]
        dry = [p for p in first if p not in wet and p not in has] if ahead else []
        wanted: dict[int, float] = {}
        left = self._by_town()
        town_of = self.office.places.town.tolist()
        for place in (*kept, *others, *dry):
            town = town_of[place]
            if left.get(town, 0.0) > 0.0 and (amount := self.wants(place, wet.get(place))) > 0.0:
                wanted[place] = amount
                left[town] -= amount
        spare = sum(max(0.0, amount) for amount in left.values())
        for place in (*kept, *others):
            if spare <= 0.0 or place in wanted:
                continue
            if (amount := self.wants(place, wet.get(place))) > 0.0:
                wanted[place] = amount
                spare -= amount
        return wanted

    def _by_town(self) -> dict[int, float]:
        """What the crews of each town can do together, whether or not these are on duty."""
        found: dict[int, float] = {}
        town_of = self.office.places.town.tolist()
        for crew in self.crews:
            if crew.from_here and crew.people:
                town = town_of[crew.base]
                found[town] = found.get(town, 0.0) + self.does(crew)
        return found

    def _is_wet(self, place: int, wet: dict[int, float]) -> bool:
        """Whether there is water at a place with an order, by a message or by those at work."""
        incident, site = self.open[place]
        there = any(c.state == "working" for c in incident.crews)
        return place in wet or (there and site.goes_on())

    def _under_water(self) -> dict[int, float]:
        """Depth of the places of which one was told that water stands there."""
        least_m = self.office.rules.news_step_m
        return {place: m for place, m in self.office.picture.water_m.items() if m >= least_m}

    def _order(self, place: int, minute: float) -> None:
        office = self.office
        site = self.site_at(place)
        earlier = self._orders.setdefault(place, [])
        earlier.append(site)
        tick = office.clock.tick_at(minute)
        self._since.setdefault(place, tick)
        incident: Incident[Crew] = Incident(
            f"{self.kind}/{office.places.ids[place]}/{len(earlier)}", self.kind, place, tick,
            scene=site, occurred_min=minute, found_min=minute, reported_min=minute,
            read_min=minute,
        )  # fmt: skip
        office.incidents.open(incident, tick, unseen=True)
        self.open[place] = incident, site
        office.picture.know(incident)

    def _call_off(self, place: int, minute: float) -> None:
        """Crews that are there pack up by the end of the tick; with none it is over at once."""
        incident, site = self.open.pop(place)
        site.over = True
        incident.look_anew()
        if incident.open and not incident.crews:
            incident.ends(minute)

    def so_far(self) -> Iterator[tuple[int, str, int, list[S]]]:
        """Of each place with an order: number, id, tick of the first order, all scenes."""
        for place, sites in sorted(self._orders.items()):
            yield place, self.office.places.ids[place], self._since[place], sites

    def finish(self) -> None:
        """Write down what was done where."""
        raise NotImplementedError
