"""ResponseModel: wiring and the order of a tick, nothing else.

A tick: hazard and roads → command (with warnings and orders) → residents → teams and
stores → needs → record. Mesa's own clock counts ticks from 1; `tick` here counts from 0.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from anlan.sim import record
from anlan.sim.chance import Streams
from anlan.sim.command.command import Command
from anlan.sim.crews.crew import Crew, muster_all, work
from anlan.sim.crews.journey import Journey
from anlan.sim.fires import sources
from anlan.sim.forcing.base import Realisation
from anlan.sim.incidents.incident import Incident, Scene
from anlan.sim.ledger import NEVER, Ledger
from anlan.sim.people import needs
from anlan.sim.people.calendar import by_tick
from anlan.sim.people.community import Community
from anlan.sim.people.draws import draw
from anlan.sim.people.residents import Residents
from anlan.sim.people.shelter import Shelter
from anlan.sim.place.roads import Roads
from anlan.sim.place.routes import Unrolled
from anlan.sim.place.world import World
from anlan.sim.scenario.clock import start_time
from anlan.sim.stores.store import Store


class ResponseModel(mesa.Model):  # type: ignore[misc]
    """One run of a scenario. `residents` may be another maker of residents (the tests' oracle)."""

    time: float  # Mesa's clock: ticks begun so far

    def __init__(
        self,
        world: World,
        realisation: Realisation,
        streams: Streams,
        residents: Callable[..., Any] = Residents,
    ) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from
        scenario = world.scenario
        self.world = world
        self.realisation = realisation
        self.streams = streams
        self.ledger = Ledger()
        self.ticks = scenario.ticks
        start = start_time(scenario)
        self.start_hour = start.hour + start.minute / 60.0
        self.hours = record.Hours()
        self.place_ids = [c.community for c in scenario.communities]
        self.item_ids = [i.item for i in scenario.items]
        self.place_names = np.array(self.place_ids, dtype=object)
        self.item_names = np.array(self.item_ids, dtype=object)
        self.roads = Roads(scenario, world.index, world.graph)
        self.sites = needs.set_up(world)
        self.site_names = np.array(self.sites.ids, dtype=object)
        self.shelters = [Shelter(self, row, n) for n, row in enumerate(scenario.shelters)]
        self.communities = [Community(self, n) for n in range(world.places)]
        self.stores = [Store(self, row, n) for n, row in enumerate(scenario.stores)]
        self.crews: list[Crew] = []
        muster_all(self)
        self.incidents: list[Incident] = []
        self.trees_fall = by_tick(realisation.tree_tick)
        self.closed_since: dict[int, tuple[int, str]] = {}  # road -> tick and reason
        self.bus_lists: list[deque[int]] = [deque() for _ in scenario.towns]
        self.bus_credit = [0] * len(scenario.towns)
        self.meal_hours = {int(scenario.p(f"needs.meal_{n}_h")) for n in (1, 2, 3)}
        self.command = Command(self)
        self.residents = residents(self, draw(scenario, world.people, streams))
        self.fires = sources(self)
        self.initial = self._all_stock()
        self._refused_time = -1.0
        self._refused: dict[int, int] = {}  # place -> least household that found no room now
        self._open_at: dict[int, list[Shelter]] = {}  # place -> open shelters there, by id
        self._shelter_version = -1  # of the roads, to which the next two lines belong
        self._nearest_open = np.empty(0), np.empty(0, dtype=np.int64)  # (C,) minutes, place
        self._shelter_order: dict[int, Unrolled[Shelter]] = {}

    def hour_at(self, tick: float) -> float:
        """Hour of the day, 0 to 24, at the start of a tick."""
        return (self.start_hour + tick / self.world.scenario.ticks_per_h) % 24.0

    def run(self) -> Ledger:
        """Run to the end and return the facts.

        Mesa's clock is moved by hand: its queue would hold nothing but the next tick, and asking it
        takes a quarter of a small run. `step()` from outside still goes by Mesa's queue.
        """
        for tick in range(int(self.time), self.ticks):
            self.time = float(tick + 1)
            ResponseModel.step(self)
        record.finish(self)
        return self.ledger

    def step(self) -> None:
        """One tick: its phases in their fixed order."""
        tick = int(self.time) - 1
        roads_changed = self._hazard_and_roads(tick)
        for fire in self.fires:
            fire.step(tick)
        self.command.step_command(tick)
        self.residents.step(tick)
        self._teams_and_stores(tick, roads_changed)
        self._needs(tick)
        if (tick + 1) % self.world.scenario.ticks_per_h == 0:
            record.hour(self, tick)

    # -- phases -----------------------------------------------------------------------------

    def _hazard_and_roads(self, tick: int) -> bool:
        before = self.roads.closed["lorry"]
        changed = self.roads.update(self.realisation, tick)
        if changed:
            record.closures(self, before, tick)
        for road in self.trees_fall.get(tick, ()):
            self._open_tree(road, tick)
        return changed

    def _teams_and_stores(self, tick: int, roads_changed: bool) -> None:
        for crew in self.crews:
            if not crew.nothing_due(tick):
                crew.step_crew(tick, roads_changed)
        for incident in self.command.open:
            if incident.open and incident.crews:
                work(self, incident, tick)
        for store in self.stores:
            if store.produces:
                store.make(tick)
            for truck in store.trucks:
                if truck.state != "idle":
                    truck.step_truck(tick, roads_changed)

    def _needs(self, tick: int) -> None:
        per_h = self.world.scenario.ticks_per_h
        if (tick + 1) % per_h == 0:
            hour = (self.start_hour + (tick + 1) / per_h) % 24
            self.sites.serve(tick, meal=int(hour) in self.meal_hours)

    # -- incidents --------------------------------------------------------------------------

    def open_incident(
        self,
        kind: str,
        place: int,
        tick: int,
        people: NDArray[np.int64],
        scene: Scene | None = None,
        report_tick: int | None = None,
        others: int = 0,
    ) -> Incident:
        """Something has happened at a place; its report is on the way.

        `report_tick` is when the report leaves where the caller knows that better (a fire that
        was seen by a camera); else the community's own way of finding and telling is used.
        `others`: people in need who are no residents.
        """
        incident = Incident(len(self.incidents), kind, place, place, -1, tick, people, scene=scene)
        incident.persons = self.world.people.persons(people) + others
        incident.others = others
        if len(people):
            incident.cases = int(self.world.people.stands_for[people].max())
        return self._announce(incident, report_tick)

    def unseen_incident(self, kind: str, place: int, tick: int) -> Incident:
        """Something has happened that nobody has noticed; `hand_over` follows when they have."""
        nobody = np.empty(0, dtype=np.int64)
        incident = Incident(len(self.incidents), kind, place, place, -1, tick, nobody)
        self.incidents.append(incident)
        return incident

    def hand_over(self, incident: Incident, called_tick: int, known_tick: int, means: str) -> None:
        """A call has come through to another desk, which gives it to dispatch at `known_tick`."""
        self.command.hand_over(incident, called_tick, known_tick)
        self._log_report(incident, called_tick, means)

    def _open_tree(self, road: int, tick: int) -> None:
        a, b = int(self.roads.a[road]), int(self.roads.b[road])
        nobody = np.empty(0, dtype=np.int64)
        trees = int(self.realisation.tree_count[road])
        self._announce(Incident(len(self.incidents), "tree", a, b, road, tick, nobody, trees=trees))

    def _announce(self, incident: Incident, report_tick: int | None = None) -> Incident:
        self.incidents.append(incident)
        when, means = (
            (report_tick, "phone")
            if report_tick is not None
            else self.communities[incident.place].report_tick(incident.occurred_tick)
        )
        self.command.report(incident, when)
        self._log_report(incident, when, means)
        return incident

    def _log_report(self, incident: Incident, when: int, means: str) -> None:
        self.log_message(
            incident.occurred_tick,
            when if when < self.ticks else NEVER,
            "report",
            self.place_ids[incident.place],
            "command",
            f"incident {incident.number}",
            means,
        )

    def close_incident(self, incident: Incident, tick: int) -> None:
        """The work is done: people are out, trees are cleared, crews are free."""
        incident.done_tick = tick
        if incident.kind == "tree":
            self.roads.clear(incident.road)
        elif incident.persons:
            self.residents.bring_out(incident, tick)
            incident.rescued += incident.others
        for crew in list(incident.crews):
            if crew.state == "working":
                crew.finish_task(tick)
        incident.crews = [c for c in incident.crews if c.task is incident]

    # -- shelters and ways ------------------------------------------------------------------

    def open_shelters(self) -> None:
        for shelter in self.shelters:
            shelter.open = True
        self._open_at = {}
        for shelter in sorted(self.shelters, key=lambda s: s.id):
            self._open_at.setdefault(shelter.place, []).append(shelter)
        self._shelter_version = -1

    def shelters_from(self, place: int) -> Iterable[Shelter]:
        """Open shelters that a car can reach from a place now, nearest first, then by id."""
        version = self.roads.class_version["car"]
        if self._shelter_version != version:
            self._shelter_version, self._shelter_order = version, {}
            self._nearest_open = self.roads.nearest("car", list(self._open_at))
        if place not in self._shelter_order:
            self._shelter_order[place] = Unrolled(self._outwards(place))
        return self._shelter_order[place]

    def _outwards(self, place: int) -> Iterator[Shelter]:
        first = int(self._nearest_open[1][place])
        yield from self._open_at.get(first, ())
        for at in self.roads.in_order("car", place, list(self._open_at)):
            if at != first:
                yield from self._open_at[at]

    def find_shelter(self, place: int, persons: int) -> tuple[Shelter | None, bool]:
        """The nearest open shelter with room; else None, and whether it is room that is lacking.

        Room is lacking, not a road, when a shelter can be reached or none is open anywhere.
        """
        # While people leave in a tick room only shrinks: who found none is asked for no more.
        if self._refused_time != self.time:
            self._refused_time, self._refused = self.time, {}
        if persons >= self._refused.get(place, persons + 1):
            return None, True
        reachable = False
        for shelter in self.shelters_from(place):
            reachable = True
            if shelter.room >= persons:
                return shelter, True
        if reachable or not self._open_at:
            self._refused[place] = persons
            return None, True
        return None, False

    def nearest_shelter_km(self, place: int) -> float:
        """Length of the way to the nearest open shelter; inf when there is none."""
        nearest = next(iter(self.shelters_from(place)), None)
        return float("inf") if nearest is None else self._way_km(place, nearest.place)

    def minutes_to_shelter(
        self, place: int, shelter: Shelter, walk_ms: float | None, tick: int
    ) -> float:
        """Minutes by car or bus, or on foot at `walk_ms` (slower in a gale)."""
        scenario = self.world.scenario
        if walk_ms is None:
            minutes, nearest = self._nearest_open
            current = self._shelter_version == self.roads.class_version["car"]
            if current and nearest[place] == shelter.place:
                return float(minutes[place])
            return self.roads.minutes_between("car", place, shelter.place)
        windy = self.realisation.wind_ms[tick, place] >= scenario.p("road.gale_wind_ms")
        speed = walk_ms * (scenario.p("road.gale_factor") if windy else 1.0)
        return self._way_km(place, shelter.place) * 1000.0 / speed / 60.0

    def minutes_to_kin(self, place: int) -> float:
        """Minutes by car to the town seat, where kin are taken to live, and a little more."""
        seat = int(self.world.town_seat[self.world.town_of[place]])
        drive = self.roads.minutes_between("car", place, seat)
        return drive + self.world.scenario.p("residents.kin_extra_min")

    def _way_km(self, place: int, other: int) -> float:
        route = self.roads.route("car", place, other)
        if route is None:
            return float("inf")
        return max(route.distance_km, self.world.scenario.p("residents.local_km"))

    def tap(self, place: int) -> int:
        """The site at which a community's homes draw on relief."""
        return len(self.shelters) + place

    # -- facts ------------------------------------------------------------------------------

    def log_message(self, sent: int, received: int, *rest: str) -> None:
        self.ledger.add("message", sent, received, *rest)

    def log_trip(
        self,
        agent: str,
        kind: str,
        purpose: str,
        journey: Journey,
        tick: int,
        outcome: str,
    ) -> None:
        """Write down a journey when it ends; one of no length is not a trip."""
        if not journey.route.roads:
            return
        self.ledger.add(
            "trip",
            agent,
            kind,
            purpose,
            self.place_ids[journey.origin],
            self.place_ids[journey.destination],
            journey.departed_tick,
            tick if outcome != "under_way" else NEVER,
            journey.route.distance_km,
            outcome,
        )

    def stock_by_holder(self) -> dict[str, NDArray[np.int64]]:
        """(I,) of each item: at stores, on trucks, at sites."""
        zero = np.zeros(len(self.item_ids), dtype=np.int64)
        return {
            "at_stores": sum((s.stock for s in self.stores), zero),
            "on_trucks": sum((t.cargo for s in self.stores for t in s.trucks), zero),
            "at_sites": self.sites.stock.sum(axis=0),
            "received": sum((s.received for s in self.stores), zero),
            "lost": sum((s.lost for s in self.stores), zero),
        }

    def _all_stock(self) -> NDArray[np.int64]:
        now = self.stock_by_holder()
        return now["at_stores"] + now["on_trucks"] + now["at_sites"] + now["lost"]
