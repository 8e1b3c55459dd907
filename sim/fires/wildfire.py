"""One forest fire, and the scene at which crews fight it.

Crews with the capability "forest" walk in from the road head and fight the edge (`edge_work`) or
mop up; those with "air" drop water; those with a tank give water to the others (`water`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from anlan.sim.fires import edge_work
from anlan.sim.fires.edge_work import Post, blows
from anlan.sim.fires.harm import Toll
from anlan.sim.fires.water import Place, Source, Truck, apart_m
from anlan.sim.forcing.fire_weather import SkyError, Weather
from anlan.sim.incidents.incident import Incident
from anlan.sim.nature.forest import attack, breaks, mop_up, spread
from anlan.sim.nature.forest.rates import Rates
from anlan.sim.people.channels import night
from anlan.sim.scenario.schema import Capability

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew
    from anlan.sim.model import ResponseModel

NOTHING = float("nan")  # minutes of what did not happen
LineKind = Literal["line", "break", "drop"]


@dataclass
class Drop:
    """Edge that water holds down for a while."""

    cells: tuple[int, ...]
    until: int  # tick


@dataclass
class Wildfire:
    """A fire from its ignition to the last cold metre of its line."""

    model: ResponseModel
    id: str
    number: int
    lit_min: float
    cell: tuple[int, int]  # row and column of the ignition
    place: int  # community at the road head
    place_km: float  # from there to the ignition
    capability: Capability = "forest"
    fire: spread.Fire | None = None
    incident: Incident | None = None
    detected_min: float = NOTHING
    arrived_min: float = NOTHING
    contained_min: float = NOTHING
    out_min: float = NOTHING
    contained_tick: int = -1
    line_m: float = 0.0
    cold_m: float = 0.0
    water_l: float = 0.0
    belts: NDArray[np.float32] | None = None  # (rows, cols) kW/m, barriers from the beginning
    points: list[Source] = field(default_factory=list)  # of water; all fires share them
    trucks: dict[str, Truck] = field(default_factory=dict)  # by crew
    posts: dict[str, Post] = field(default_factory=dict)  # by crew
    come: int = 0  # crews that have come so far
    brk: breaks.Break | None = None
    break_m: float = 0.0
    drops: list[Drop] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    line_log: list[tuple[int, LineKind, tuple[int, ...]]] = field(default_factory=list)
    toll: Toll = field(default_factory=Toll)
    rates_m_h: dict[bool, NDArray[np.float64]] = field(default_factory=dict)  # by blower, fuel
    most_crews: int = 0
    most_wanted: int = 0
    held_back: int = 0

    # -- short words ------------------------------------------------------------------------------

    def p(self, name: str) -> float:
        """A parameter of the scenario."""
        return self.model.world.scenario.p(name)

    def ticks_of(self, minutes: float) -> int:
        """Minutes as whole ticks, rounded up."""
        return self.model.world.scenario.ticks_of(minutes)

    @property
    def ticks_per_h(self) -> int:
        return self.model.world.scenario.ticks_per_h

    @property
    def tick_min(self) -> float:
        return float(self.model.world.scenario.settings.tick_min)

    @property
    def burning(self) -> spread.Fire:
        """The front; only of a fire that has been lit."""
        assert self.fire is not None
        return self.fire

    @property
    def cell_m(self) -> float:
        return self.burning.ground.land.cell_m

    @property
    def road_head(self) -> Place:
        """Row and column of the community where vehicles stay; it may lie off the map."""
        community = self.model.world.scenario.communities[self.place]
        row, col = self.burning.ground.land.cell_at(community.lon, community.lat)
        return float(row), float(col)

    def walk_ticks(self, metres: float) -> int:
        """Ticks on foot, to the nearest."""
        minutes = metres / 1000.0 / self.p("forest.walk_kmh") * 60.0
        return int(minutes / self.tick_min + 0.5)

    # -- what command asks --------------------------------------------------------------------

    def crews_wanted(self) -> int:
        """Enough to close the edge in the time planned for, and a first attack at least."""
        p = self.model.world.scenario.p
        if self.contained_tick >= 0:
            return int(p("forest.guard_crews"))
        each_m = p("forest.plan_crew_m_h") * p("forest.plan_close_h")
        wanted = max(int(p("forest.first_crews")), int(np.ceil(self.edge_m() / each_m)))
        self.most_wanted = max(self.most_wanted, wanted)
        assert self.incident is not None
        # Tank trucks come with them and build no line.
        return wanted + sum(1 for c in self.incident.crews if c.tank_l > 0)

    def edge_m(self) -> float:
        """Length of the edge that still runs."""
        return 0.0 if self.fire is None else spread.edge_m(self.fire)

    def built_m(self) -> float:
        """Line along the edge and breaks ahead of it."""
        return self.line_m + self.break_m

    def near(self, km: float) -> NDArray[np.bool_]:
        """(C,) communities within some kilometres of the edge that runs."""
        communities = self.model.world.scenario.communities
        out = np.zeros(len(communities), dtype=bool)
        cells = spread.edge(self.fire) if self.fire else np.empty(0, dtype=np.int32)
        if self.fire is None or not cells.size:
            return out
        land = self.fire.ground.land
        rows, cols = self.fire.ground.row_col(cells)
        reach = km * 1000.0 / land.cell_m
        top, low, left, right = rows.min(), rows.max(), cols.min(), cols.max()
        for n, c in enumerate(communities):
            row, col = land.cell_at(c.lon, c.lat)
            if top - reach <= row <= low + reach and left - reach <= col <= right + reach:
                away2 = np.square(rows - row) + np.square(cols - col)
                out[n] = bool(away2.min() <= reach**2)
        return out

    def is_night(self, tick: int) -> bool:
        """Whether it is night in a tick."""
        return bool(night(self.model.world.scenario, self.model.start_hour, np.array([tick]))[0])

    # -- burning --------------------------------------------------------------------------------

    def burn(self, tick: int, weather: Weather, rates: Rates, error: SkyError) -> None:
        """Spread to the end of the tick; what water no longer holds runs again."""
        scenario = self.model.world.scenario
        until = (tick + 1) * float(scenario.settings.tick_min)
        if self.fire is None:
            sky = weather.at(self.lit_min, error)
            self.fire = spread.start(rates, sky, self.lit_min, self.belts)
            spread.ignite(self.fire, *self.cell, name=self.id)
            fuels = self.fire.ground.land.fuels
            self.rates_m_h = {
                True: fuels.column("blower_m_h_person"),
                False: fuels.column("hand_m_h_person"),
            }
        for drop in [d for d in self.drops if d.until <= tick]:
            self.drops.remove(drop)
            self._dry(np.array(drop.cells, dtype=np.int32))
        step_min = scenario.p("forest.weather_step_min")
        spread.advance_weather(self.fire, until, weather, step_min, error)
        if self.contained_tick >= 0 and not spread.contained(self.fire):
            self._break_out()  # stronger wind has carried it over the line
        self._close(tick)

    def _close(self, tick: int) -> None:
        """Note that it is contained: by line, or because it found no more to burn."""
        if self.contained_tick < 0 and not self.drops and spread.contained(self.burning):
            self.contained_tick = tick
            self.contained_min = (tick + 1) * self.tick_min
            self.leave_break()

    def _dry(self, cells: NDArray[np.int32]) -> None:
        """Edge that water held runs again; a belt under it holds what a belt holds."""
        rows, cols = self.burning.ground.row_col(cells)
        under = np.zeros(cells.size) if self.belts is None else self.belts[rows, cols]
        for kw_m in np.unique(under):
            spread.set_hold(self.burning, cells[under == kw_m], float(kw_m))

    def _break_out(self) -> None:
        self.contained_tick, self.contained_min, self.out_min = -1, NOTHING, NOTHING
        for post in self.posts.values():
            post.contact = None  # where they stand does not change: they may be caught there

    # -- work of the crews ------------------------------------------------------------------------

    def work(self, crews: list[Crew], tick: int) -> bool:
        """Line, breaks, drops or mopping up by the crews that are there; True when all is cold."""
        if self.fire is None:
            return False
        if crews and np.isnan(self.arrived_min):
            self.arrived_min = tick * self.tick_min
        self.most_crews = max(self.most_crews, len(crews))
        self._take_posts(crews, tick)
        self.held_back = 0
        over = self._mop_up(crews, tick) if self.contained_tick >= 0 else self._attack(crews, tick)
        if over:
            self.posts.clear()
        return over

    def _take_posts(self, crews: list[Crew], tick: int) -> None:
        """Those who have come begin at the road head; who has gone has no post any more."""
        here = {c.id for c in crews}
        self.posts = {name: post for name, post in self.posts.items() if name in here}
        self.trucks = {name: truck for name, truck in self.trucks.items() if name in here}
        for crew in crews:
            if crew.id in self.posts:
                continue
            # Crews go in turn round the one flank and the other.
            post = self.posts[crew.id] = Post(1 if self.come % 2 else -1, self.road_head)
            self.come += 1
            if crew.tank_l > 0:
                self.trucks[crew.id] = Truck(Source(self.road_head, crew.tank_l), crew.tank_l)
            elif self.contained_tick >= 0:  # walks in to mop up
                post.until = tick + self.walk_ticks(self.place_km * 1000.0)

    def _attack(self, crews: list[Crew], tick: int) -> bool:
        now_min = tick * self.tick_min
        self._run_trucks(now_min)
        on_foot = [c for c in crews if c.id not in self.trucks and "air" not in c.capabilities]
        edge = edge_work.edge_now(self, now_min)
        edge_work.leave_where_hot(self, on_foot, edge, tick)
        for crew in crews:
            post = self.posts[crew.id]
            if "air" in crew.capabilities:
                self._drop(post, edge, tick)
            elif crew.id not in self.trucks and tick >= post.until:
                edge_work.work(self, crew, edge, tick)
            self.held_back += post.rests
        self._close(tick)
        return False

    def micro_wanted(self) -> int:
        """None: they are for buildings."""
        return 0

    def way_out_min(self, crew: Crew) -> float:
        """Minutes on foot from a crew's place back to the road head."""
        post = self.posts.get(crew.id)
        if post is None:
            return 0.0
        metres = apart_m(post.place, self.road_head, self.cell_m)
        return metres / 1000.0 / self.p("forest.walk_kmh") * 60.0

    def leave_break(self) -> None:
        """Nobody builds the break any more; what stands of it stays."""
        self.brk = None
        for post in self.posts.values():
            post.side = -1

    def note(self, tick: int, kind: LineKind, cells: tuple[int, ...]) -> None:
        """Writes down line that was built; what crews built may flare up."""
        if cells:
            self.line_log.append((tick, kind, cells))
            if kind != "drop":
                self.line.extend(cells)

    def sources(self, now_min: float) -> list[Source]:
        """Water that hoses may be laid from: trucks that are at the road head, and points."""
        tanks = [t.tank for t in self.trucks.values() if t.back_min <= now_min]
        return [*tanks, *self.points]

    def _run_trucks(self, now_min: float) -> None:
        """Trucks too empty for another cell of edge drive for water."""
        least_l = self.p("forest.water_l_m") * self.cell_m
        kmh, l_min = self.p("forest.truck_kmh"), self.p("forest.fill_l_min")
        for truck in self.trucks.values():
            if truck.back_min <= now_min and truck.tank.left_l < least_l:
                truck.fetch(self.points, now_min, self.cell_m, kmh, l_min)

    def line_m_h(self, crew: Crew, cell: int, tick: int) -> float:
        """Metres of line an hour of this crew, in the fuel and on the slope of a cell."""
        land = self.burning.ground.land
        by_fuel = self.rates_m_h[blows(crew)]
        at = self.on_map(cell)
        # Where nothing burns there is nothing to build: as fast as in the easiest fuel.
        rate = float(by_fuel[land.fuel[at]]) if at else 0.0
        return self._paced_m_h(rate or float(by_fuel.max()), crew.people, crew, cell, tick)

    def break_m_h(self, crew: Crew, cell: int, tick: int) -> float:
        """Metres of break an hour of this crew, on the slope of a cell."""
        return self._paced_m_h(self.p("forest.break_m_h"), 1, crew, cell, tick)

    def _paced_m_h(self, each_m_h: float, people: int, crew: Crew, cell: int, tick: int) -> float:
        at = self.on_map(cell)
        return attack.line_rate_m_h(
            each_m_h,
            people,
            float(self.burning.ground.land.slope_deg[at]) if at else 0.0,
            (tick - crew.on_duty_since) / self.ticks_per_h,
            self.p("forest.tired_after_h"),
            self.p("forest.tired_factor"),
        )

    def on_map(self, cell: int) -> tuple[int, int] | None:
        """Row and column of a cell; None in the border round the map, and for -1."""
        g = self.burning.ground
        r, c = divmod(cell, g.width)
        r, c = r - g.stencil.reach, c - g.stencil.reach
        return (r, c) if 0 <= r < g.land.rows and 0 <= c < g.land.cols else None

    def _drop(self, post: Post, edge: edge_work.EdgeNow, tick: int) -> None:
        """Water where flames are the longest that it holds down, for as long as it stays wet.

        Aircraft do not fly at night. Water short of a cell of edge counts for the next tick.
        """
        p = self.p
        label = self.burning.label_min[edge.cells]
        limit_m = p("forest.flame_limit_engine_m")
        runs = np.flatnonzero((label < spread.HELD_MIN) & (edge.flames_m <= limit_m))
        if not runs.size or self.is_night(tick):
            return
        cell = int(edge.cells[runs[np.argmax(edge.flames_m[runs])]])
        drops = p("forest.drops_per_h") / self.ticks_per_h
        contact = attack.Contact(cell, post.turn, spare_m=post.spare_m)
        metres = drops * p("forest.drop_line_m")
        built = attack.build(self.burning, contact, metres, p("forest.line_hold_kw_m"), limit_m)
        post.spare_m = contact.spare_m
        self.water_l += drops * p("forest.drop_l")
        self.note(tick, "drop", built.cells)
        if built.cells:
            held = max(1, self.ticks_of(p("forest.drop_hold_min")))
            self.drops.append(Drop(built.cells, tick + held))

    # -- after the line is closed -----------------------------------------------------------------

    def _mop_up(self, crews: list[Crew], tick: int) -> bool:
        """Make the line cold metre by metre; an unguarded hour may bring the fire out again."""
        scenario = self.model.world.scenario
        p = scenario.p
        for post in self.posts.values():
            if post.goal >= 0 and tick >= post.until:
                edge_work.arrive(self, post)
        crews = self._release(crews, tick)
        people = sum(c.people for c in crews if tick >= self.posts[c.id].until)
        whole_m = max(self.line_m, self._round_m())
        self.cold_m = mop_up.mopped_m(
            whole_m, self.cold_m, people, p("forest.mop_up_m_h_person"), 1.0 / scenario.ticks_per_h
        )
        since_h = (tick - self.contained_tick) / scenario.ticks_per_h
        if np.isnan(self.out_min) and since_h >= p("forest.burn_down_h"):
            self.out_min = (tick + 1) * float(scenario.settings.tick_min)
        if (tick + 1) % scenario.ticks_per_h == 0 and self._flares_up(bool(crews), tick, whole_m):
            self._break_out()
            return False
        return since_h >= p("forest.mop_up_least_h") and self.cold_m >= whole_m

    def _release(self, crews: list[Crew], tick: int) -> list[Crew]:
        """Once it is contained a few crews stay to guard; the others are free for other fires."""
        assert self.incident is not None
        stay = int(self.p("forest.guard_crews"))
        crews = sorted(crews, key=lambda c: c.id in self.trucks or "air" in c.capabilities)
        for crew in crews[stay:]:
            self.incident.crews.remove(crew)
            self.posts.pop(crew.id)
            crew.finish_task(tick)
        return crews[:stay]

    def _round_m(self) -> float:
        """Round of the burnt area as of a circle: the least that must be made cold."""
        assert self.fire is not None
        return float(2.0 * np.sqrt(np.pi * spread.burnt_ha(self.fire) * 1e4))

    def _flares_up(self, guarded: bool, tick: int, whole_m: float) -> bool:
        assert self.fire is not None
        scenario = self.model.world.scenario
        cold = self.cold_m / whole_m if whole_m > 0 else 1.0
        per_h = scenario.p("forest.flare_up_per_h")
        chance = mop_up.flare_up_chance(per_h, 1.0, cold, guarded)
        cells = np.array(self.line, dtype=np.int32)
        hour = tick // scenario.ticks_per_h
        return (
            mop_up.flare_up(self.fire, self.model.streams, self.id, hour, cells, chance) is not None
        )
