"""Where mobile pumps are wanted: command orders water pumped out of places, and calls it off.

It goes by what it was told: how deep the water stands where, and from some grade of warning on
what is to be reckoned with before any stands. Each town's pumps serve its own places first; what
they leave goes wherever water stands. A cubic metre less helps most where most people live on an
area, so these places come first. Water that was reported comes before water that is expected, and
pumps that lift water stay where they are. As many places are asked for as the pumps can serve;
dispatch then sends the crews.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.picture import Picture
from anlan.sim.crews.crew import Crew
from anlan.sim.crews.pumping import PumpSite
from anlan.sim.incidents.incident import PUMP, PUMPING, Incident, Incidents
from anlan.sim.ledger import Ledger, facts
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PumpingRules(Rules, prefix="pump"):
    """How much flow command wants for a depth, and when it sets pumps up beforehand."""

    plan_h: float
    flow_share: float
    ahead_grade: int
    ahead_depth_m: float
    news_step_m: float
    ponding_share: float = of("flood.ponding_share")


@dataclass(frozen=True)
class KnownPlaces:
    """What the maps at the duty office say of C places."""

    ids: list[str]
    area_m2: Floats
    town: NDArray[np.int64]  # number of each place's town
    first: list[int]  # most people on an area first

    @classmethod
    def of(cls, scenario: Scenario, area_m2: Floats, town: NDArray[np.int64]) -> KnownPlaces:
        """Of a scenario's communities."""
        ids = [c.community for c in scenario.communities]
        people = [c.residents for c in scenario.communities]
        order = sorted(range(len(ids)), key=lambda n: (-people[n] / area_m2[n], ids[n]))
        return cls(ids, area_m2, town, order)


@dataclass
class Pumping:
    """The pumping orders of one run. `site_at` makes the scene of one at a place."""

    rules: PumpingRules
    places: KnownPlaces
    picture: Picture
    clock: Clock
    incidents: Incidents
    ledger: Ledger
    site_at: Callable[[int], PumpSite]
    crews: list[Crew]
    open: dict[int, tuple[Incident[Crew], PumpSite]] = field(default_factory=dict)  # by place
    _orders: dict[int, list[PumpSite]] = field(default_factory=dict)  # all so far, by place

    _first_tick: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.crews = [c for c in self.crews if PUMP in c.can]

    def review(self, ahead: bool, minute: float) -> None:
        """Order, change and call off as of a minute. `ahead`: water is to be reckoned with."""
        if not self.crews:
            return
        wanted = self._wanted_m3_h(ahead)
        for place in sorted(self.open.keys() - wanted.keys()):
            self._call_off(place, minute)
        wet = self._under_water()
        for place, m3_h in wanted.items():
            if place not in self.open:
                self._order(place, minute)
            incident, site = self.open[place]
            site.wanted_m3_h, incident.own_town = m3_h, place not in wet
            incident.is_short = None

    def _wanted_m3_h(self, ahead: bool) -> dict[int, float]:
        """Place -> m³/h, as far as the pumps go: each town's own first, then what they leave."""
        wet = self._under_water()
        first = self.places.first
        kept = [p for p in first if p in self.open and self._is_wet(p, wet)]
        others = [p for p in first if p in wet and p not in kept]
        dry = [p for p in first if p not in wet and p not in kept] if ahead else []
        wanted: dict[int, float] = {}
        left_m3_h = self._flow_by_town()
        for place in (*kept, *others, *dry):
            town = int(self.places.town[place])
            if left_m3_h.get(town, 0.0) > 0.0:
                wanted[place] = self._flow_m3_h(place, wet.get(place, self.rules.ahead_depth_m))
                left_m3_h[town] -= wanted[place]
        spare_m3_h = sum(max(0.0, m3_h) for m3_h in left_m3_h.values())
        for place in (*kept, *others):
            if spare_m3_h > 0.0 and place not in wanted:
                wanted[place] = self._flow_m3_h(place, wet.get(place, self.rules.ahead_depth_m))
                spare_m3_h -= wanted[place]
        return wanted

    def _flow_by_town(self) -> dict[int, float]:
        """What the pumps of each town's crews lift in m³/h, whether or not these are on duty."""
        found: dict[int, float] = {}
        for crew in self.crews:
            if crew.from_here and crew.people:
                town = int(self.places.town[crew.base])
                lifts = self.rules.flow_share * crew.pumps_m3_h
                found[town] = found.get(town, 0.0) + lifts
        return found

    def _is_wet(self, place: int, wet: dict[int, float]) -> bool:
        """Whether there is water at a place with an order, by a message or by those who pump."""
        incident, site = self.open[place]
        there = any(c.state == "working" for c in incident.crews)
        return place in wet or (there and site.sees_water())

    def _under_water(self) -> dict[int, float]:
        """Depth of the places of which one was told that water stands there."""
        least_m = self.rules.news_step_m
        return {place: m for place, m in self.picture.water_m.items() if m >= least_m}

    def _flow_m3_h(self, place: int, depth_m: float) -> float:
        """What lifts the water of a depth in the low parts of a place in the planned time."""
        ponded_m2 = self.rules.ponding_share * float(self.places.area_m2[place])
        return depth_m * ponded_m2 / self.rules.plan_h

    def _order(self, place: int, minute: float) -> None:
        site = self.site_at(place)
        earlier = self._orders.setdefault(place, [])
        earlier.append(site)
        tick = self.clock.tick_at(minute)
        self._first_tick.setdefault(place, tick)
        incident: Incident[Crew] = Incident(
            f"{PUMPING}/{self.places.ids[place]}/{len(earlier)}", PUMPING, place, tick,
            scene=site, occurred_min=minute, found_min=minute, reported_min=minute,
            read_min=minute,
        )  # fmt: skip
        self.incidents.open(incident, tick, unseen=True)
        self.open[place] = incident, site
        self.picture.know(incident)

    def _call_off(self, place: int, minute: float) -> None:
        """Crews that are there pack up by the end of the tick; with none it is over at once."""
        incident, site = self.open.pop(place)
        site.over, incident.is_short = True, None
        if not incident.crews:
            incident.done_min = minute

    def finish(self) -> None:
        """Write down how much was pumped where."""
        for place, sites in sorted(self._orders.items()):
            name, pumped_m3 = self.places.ids[place], sites[-1].water.lifted_m3(place)
            self.ledger.add(facts.Pumped(name, self._first_tick[place], len(sites), pumped_m3))
