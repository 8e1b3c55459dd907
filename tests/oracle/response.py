"""The oracle of dispatch and supply: what crews and lorries do, worked out beside the model.

Given are what came, what happened and what was said (`Given`); worked out are who is sent where
and when, by which way, when they are there, how long they work, when they rest, what each site
asks for, what is loaded for whom on which lorry, and when it is unloaded. Written from the rules,
for reading; nothing is imported from `anlan.sim`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.oracle.crews import LINKS, Station, Task
from tests.oracle.lorries import Depot, Site
from tests.oracle.roads import NEVER, KnownRoads, tick_of

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[dict[str, Any]]
GIVEN_ENDS = ("fire", "forest_fire", "pumping", "bagging", "sand_boil", "sluice")
type Said[T] = tuple[float, dict[str, T]]  # of each fire, as of a minute
# site -> who is there, who is on the way to it, what they are owed of each item
type DrawnOn = dict[str, tuple[int, int, list[int]]]


@dataclass
class Roads:
    """The roads as they were in one tick, by vehicle."""

    shut: dict[str, list[bool]]
    over_min: dict[str, list[float]]
    slot_min: float
    # (road, where it is begun) -> what passes in a slot, and what is booked in each
    queues: dict[tuple[int, int], tuple[int, list[int]]] = field(default_factory=dict)

    def queue_min(self, road: int, start: int, minute: float) -> float:
        """How long whoever comes to a road at a minute waits in the queue there."""
        room, booked = self.queues.get((road, start), (1, []))
        slot = int(minute // self.slot_min)
        while slot < len(booked) and booked[slot] >= room:
            slot += 1
        return max(0.0, slot * self.slot_min - minute)

    def closed(self, vehicle: str, road: int) -> bool:
        """Whether a vehicle cannot pass."""
        return self.shut[vehicle][road]

    def minutes(self, vehicle: str, road: int) -> float:
        """How long it takes to drive over an open road."""
        return self.over_min[vehicle][road]


@dataclass
class Given:
    """What is not worked out here."""

    scenario: Any
    tables: dict[str, Rows]  # of the ledger
    luck: Callable[[str, str, int], float]  # the n-th draw of a stream by a thing, in [0, 1)
    start_hour: float  # of the day at tick 0
    wind_ms: list[Any]  # by tick, then place
    roads: list[Roads]  # by tick
    trees: list[dict[str, int]]  # by tick: how many lie there now, of each tree incident
    depth_m: list[list[float]]  # by tick, then place: water on the streets
    drawn_on: list[DrawnOn]  # by tick: the sites, when it is command's turn
    dug_h: dict[str, float]  # person-hours of each collapse, by how deep everybody lies
    safe_left_h: dict[str, float]  # persons of each flood left when all of them are upstairs
    needed: list[Said[float]]  # in time: how much each fire needs, in its own unit
    adds: list[Said[dict[str, float]]]  # in time: how much of that each crew brings
    runs: list[Said[bool]]  # in time: whether it grows still
    water_l: list[Said[float]]  # in time: litres in tank trucks that it wants
    micro: list[Said[int]]  # in time: how many crews of micro stations are asked for
    near: list[Said[bool]]  # in time: whether an order against water is its own town's alone
    bagless_min: dict[str, float]  # team -> end of the tick in which its last bag was laid
    lost_min: dict[
        str, float
    ]  # sand boil -> when its dike had broken; sluice -> when the river fell
    runner_ticks: list[int]  # by place
    drawn_leg_min: dict[str, float]  # inside its place to a fire whose street is drawn
    places: list[str] = field(init=False)
    fire_stays: dict[tuple[str, float], tuple[float, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.places = [c.community for c in self.scenario.communities]
        burns = ("fire", "forest_fire")
        fires = {r["incident"] for r in self.tables["incident"] if r["kind"] in burns}
        ends = ("done", "released")
        self.fire_stays = {
            (r["crew"], round(r["sent_min"], 6)): (r["left_min"], r["outcome"])
            for r in self.tables["deployment"]
            if r["incident"] in fires and r["arrived_tick"] != NEVER and r["outcome"] in ends
        }
        self._sites = _by_tick(self.tables["site_level"])

    def fire_wants(self, fire: str, minute: float) -> tuple[float, dict[str, float]]:
        """How much a fire needs, and what each crew brings, when command sends at a minute."""
        return _as_of(self.needed, minute)[fire], _as_of(self.adds, minute)[fire]

    def fire_runs(self, fire: str, minute: float) -> bool:
        """Whether a fire grows still."""
        return _as_of(self.runs, minute)[fire]

    def water_wanted_l(self, fire: str, minute: float) -> float:
        """How much water a fire wants in tank trucks."""
        return _as_of(self.water_l, minute)[fire]

    def micro_wanted(self, fire: str, minute: float) -> int:
        """How many crews of micro stations are asked for at a fire."""
        return _as_of(self.micro, minute)[fire]

    def own_town(self, order: str, minute: float) -> bool:
        """Whether only crews of its own town are sent to an order against water."""
        return _as_of(self.near, minute)[order]

    def is_night(self, tick: float) -> bool:
        """When most people are asleep."""
        hour = (self.start_hour + tick * self.scenario.settings.tick_min / 60.0) % 24.0
        p = self.scenario.p
        return bool(hour >= p("day.night_from_h") or hour < p("day.night_to_h"))

    def out(self, network: str, place: int, tick: int) -> bool:
        """Whether power or phone is out at a place."""
        return any(
            row["from_tick"] <= tick and (row["to_tick"] == NEVER or tick < row["to_tick"])
            for row in self.tables["outage"]
            if (row["network"], row["community"]) == (network, self.places[place])
        )

    def look_at_sites(self, sites: list[Site], tick: int) -> None:
        """Who is at each site and on the way to it, what they are owed and what is there.

        The people are those of this tick: whoever was hurt in it has left. What lies there was
        written down at the end of the hour before; where nobody draws on a site nothing changes
        but what is brought.
        """
        items = [i.item for i in self.scenario.items]
        nobody = (0, 0, [0] * len(items))
        for site in sites:
            site.persons, site.coming, owed = self.drawn_on[tick].get(site.id, nobody)
            site.owed = list(owed)
        by_id = {site.id: site for site in sites}
        for row in self._sites.get(tick - 1, []):
            by_id[row["site"]].stock[items.index(row["item"])] = row["stock"]


def _as_of[T](said: list[Said[T]], minute: float) -> dict[str, T]:
    at = bisect_right(said, minute + 1e-7, key=lambda one: one[0])
    return said[at - 1][1]


def _by_tick(rows: Rows) -> dict[int, Rows]:
    found: dict[int, Rows] = {}
    for row in rows:
        found.setdefault(row["tick"], []).append(row)
    return found


def play(given: Given) -> dict[str, Rows]:
    """The tables of crews and lorries, and of each incident when and by whom it was served."""
    scenario, tables = given.scenario, given.tables
    roads = KnownRoads(scenario)
    station, depot = Station(given, roads), Depot(given, roads)
    tasks = [_task(given, row) for row in tables["incident"]]
    said = [r for r in tables["message"] if r["received_tick"] != NEVER]
    news = [r for r in said if r["kind"] == "road"]
    acts = [r["sent_tick"] for r in tables["message"] if r["kind"] in ("level", "order")]
    review_ticks = max(1, _ticks(scenario, scenario.p("response.supply_review_min")))
    ticks_per_h = 60 // scenario.settings.tick_min
    for tick in range(scenario.ticks):
        for row in sorted(news, key=lambda r: r["message"]):
            if row["received_tick"] == tick:
                roads.hear(roads.names[row["about"]], row["sent_tick"], row["content"])
        for row in said:
            if row["kind"] == "level" and row["sent_tick"] == tick:
                response = next(r for r in scenario.responses if r.level == row["content"])
                station.level(response, row["sent_min"])
                depot.level(response, row["sent_min"])
        station.aid(tick)
        depot.aid(tick)
        if tick % review_ticks == 0 and any(act <= tick for act in acts):
            depot.review(tick)
        if any(r["kind"] == "stand_down" and r["sent_tick"] == tick for r in said):
            station.stand_down()
        station.minutes(tasks, tick, given.roads[tick])
        depot.move(tick, given.roads[tick])
        if (tick + 1) % ticks_per_h == 0:
            station.record(tick)
            depot.record(tick)
    station.finish()
    depot.finish()
    return {
        "muster": station.musters,
        "deployment": station.deployments,
        "crew_level": station.levels,
        "incident": [_served(task, scenario.settings.tick_min) for task in tasks],
        "request": depot.requests,
        "delivery": depot.deliveries,
        "store_level": depot.levels,
        "trip": station.trips + depot.trips,
    }


def _ticks(scenario: Any, minutes: float) -> int:
    return math.ceil(minutes / scenario.settings.tick_min - 1e-9)


def _task(given: Given, row: dict[str, Any]) -> Task:
    """An incident as it was reported; for fallen trees it is at both ends of the road."""
    place = given.places.index(row["community"])
    other = place
    if row["place"]:
        road = next(r for r in given.scenario.roads if r.road == row["place"])
        other = given.places.index(road.to_community)
    return Task(
        id=row["incident"],
        kind=row["kind"],
        place=place,
        other_end=other,
        persons=row["persons"],
        cases=row["cases"],
        read_min=row["read_min"],
        urgent_min=row["urgent_min"],
        safe_left_h=given.safe_left_h.get(row["incident"], -math.inf),
        last_leg_min=_last_leg_min(given, row),
        over_min=given.lost_min.get(
            row["incident"], row["done_min"] if row["kind"] in GIVEN_ENDS else math.nan
        ),
        lost=row["incident"] in given.lost_min,
    )


def _last_leg_min(given: Given, row: dict[str, Any]) -> float:
    """To a fire, the streets inside its place, begun and ended standing: up to a speed that is
    reached after half of v^2 / a, and down from it again."""
    if row["kind"] != "fire":
        return 0.0
    named = row["incident"].removeprefix("fire/")
    listed = [f.inside_km for f in given.scenario.building_fires if f.fire == named]
    if not listed or listed[0] is None:
        return given.drawn_leg_min[row["incident"]]
    metres = listed[0] * 1000.0
    speed_ms = given.scenario.p("fire.local_kmh") / 3.6
    push_ms2 = given.scenario.p("fire.local_ms2")
    if metres >= speed_ms**2 / push_ms2:
        return float((metres / speed_ms + speed_ms / push_ms2) / 60.0)
    return float(2.0 * math.sqrt(metres / push_ms2) / 60.0)


def _served(task: Task, tick_min: int) -> dict[str, Any]:
    """Of a fire or an order against water its end is given."""
    served = {link: task.facts.get(link, math.nan) for link in LINKS}
    if task.by_itself:
        served["done_min"] = math.nan if task.lost else task.over_min
    ticks = ("dispatched", "arrived", "done")
    of_ticks = {f"{t}_tick": tick_of(served[f"{t}_min"], tick_min) for t in ticks}
    return {"incident": task.id, "crew": task.facts.get("crew", "")} | served | of_ticks
