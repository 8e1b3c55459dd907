"""One forest fire, and the scene at which crews fight it.

Crews with the capability "forest" walk in from the road head, build line from the rear round
both flanks, stand back where flames are too long, and mop up; those with "air" drop water.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents.incident import Incident
from sim.fires.harm import Toll
from sim.hazards.forest import attack, mop_up, spread
from sim.hazards.forest.rates import Rates
from sim.hazards.forest.weather import SkyError, Weather
from sim.scenario.schema import Capability
from sim.world.channels import night

if TYPE_CHECKING:
    from sim.agents.team import Crew
    from sim.model import ResponseModel

NOTHING = float("nan")  # minutes of what did not happen
BLOWERS = {"comprehensive", "professional"}  # teams that carry blowers; others have hand tools


@dataclass
class Post:
    """A crew's place at a fire."""

    walks_until: int  # tick
    contact: attack.Contact | None = None
    cell: int = -1  # flat cell where the crew stands; -1: not at the edge
    held_until: int = -1  # stands back until this tick


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
    posts: dict[str, Post] = field(default_factory=dict)
    drops: list[Drop] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    line_log: list[tuple[int, str, tuple[int, ...]]] = field(default_factory=list)  # tick, kind
    toll: Toll = field(default_factory=Toll)
    rates_m_h: dict[bool, NDArray[np.float64]] = field(default_factory=dict)  # by blower, fuel
    most_crews: int = 0
    most_wanted: int = 0
    held_back: int = 0

    # -- what command asks --------------------------------------------------------------------

    def crews_wanted(self) -> int:
        """Enough to close the edge in the time planned for, and a first attack at least."""
        p = self.model.world.scenario.p
        if self.contained_tick >= 0:
            return int(p("forest.guard_crews"))
        each_m = p("forest.plan_crew_m_h") * p("forest.plan_close_h")
        wanted = max(int(p("forest.first_crews")), int(np.ceil(self.edge_m() / each_m)))
        self.most_wanted = max(self.most_wanted, wanted)
        return wanted

    def edge_m(self) -> float:
        """Length of the edge that still runs."""
        if self.fire is None:
            return 0.0
        return len(spread.edge(self.fire)) * self.fire.ground.land.cell_m * attack.CHAIN

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
            self.fire = spread.start(rates, weather.at(self.lit_min, error), self.lit_min)
            spread.ignite(self.fire, *self.cell, name=self.id)
            fuels = self.fire.ground.land.fuels
            self.rates_m_h = {
                True: fuels.column("blower_m_h_person"),
                False: fuels.column("hand_m_h_person"),
            }
        for drop in [d for d in self.drops if d.until <= tick]:
            self.drops.remove(drop)
            spread.set_hold(self.fire, np.array(drop.cells, dtype=np.int32), 0.0)
        step_min = scenario.p("forest.weather_step_min")
        spread.advance_weather(self.fire, until, weather, step_min, error)
        if self.contained_tick >= 0 and not spread.contained(self.fire):
            self._break_out()  # stronger wind has carried it over the line

    def _break_out(self) -> None:
        self.contained_tick, self.contained_min, self.out_min = -1, NOTHING, NOTHING
        for post in self.posts.values():
            post.contact = None  # where they stand does not change: they may be caught there

    # -- work of the crews ------------------------------------------------------------------------

    def work(self, crews: list[Crew], tick: int) -> bool:
        """Line, drops or mopping up by the crews that are there; True when all is cold."""
        if self.fire is None:
            return False
        if crews and np.isnan(self.arrived_min):
            self.arrived_min = tick * float(self.model.world.scenario.settings.tick_min)
        self.most_crews = max(self.most_crews, len(crews))
        self.held_back = 0
        there = [c for c in crews if self._has_walked(c, tick)]
        if self.contained_tick >= 0:
            return self._mop_up(there, tick)
        for crew in there:
            self._attack(crew, tick)
        if not self.drops and spread.contained(self.fire):
            self.contained_tick = tick
            self.contained_min = (tick + 1) * float(self.model.world.scenario.settings.tick_min)
        return False

    def _has_walked(self, crew: Crew, tick: int) -> bool:
        post = self.posts.get(crew.id)
        if post is None:
            post = self.posts[crew.id] = Post(tick + self._walk_ticks(crew))
        return tick >= post.walks_until

    def _walk_ticks(self, crew: Crew) -> int:
        """From the road head to the edge on foot; aircraft fly."""
        assert self.fire is not None
        scenario = self.model.world.scenario
        land = self.fire.ground.land
        community = scenario.communities[self.place]
        row, col = land.cell_at(community.lon, community.lat)
        cell = attack.nearest_edge(self.fire, row, col)
        if "air" in crew.capabilities or cell is None:
            return 0
        r, c = self.fire.ground.row_col(np.array([cell]))
        km = float(np.hypot(r[0] - row, c[0] - col)) * land.cell_m / 1000.0
        return scenario.ticks_of(km / scenario.p("forest.walk_kmh") * 60.0)

    def _attack(self, crew: Crew, tick: int) -> None:
        """A tick of line from the crew's contact point, or of water from the air."""
        assert self.fire is not None
        post = self.posts[crew.id]
        if tick < post.held_until:
            self.held_back += 1
            return
        if "air" in crew.capabilities:
            self._drop(tick)
            return
        scenario = self.model.world.scenario
        p = scenario.p
        if post.contact is None:
            cell = attack.rear(self.fire)
            if cell is None:
                return
            # Crews go in turn round the one flank and the other.
            turn = 1 if list(self.posts).index(crew.id) % 2 else -1
            post.contact = attack.Contact(cell, turn)
        metres = self._line_m_h(crew, post.contact, tick) / scenario.ticks_per_h
        limit_m = p("forest.flame_limit_blower_m" if _blows(crew) else "forest.flame_limit_hand_m")
        built = attack.build(self.fire, post.contact, metres, p("forest.line_hold_kw_m"), limit_m)
        self.line_m += built.metres
        self.line.extend(built.cells)
        self._log_line(tick, "line", built.cells)
        if built.stop == "flame":  # too hot here: stand back, then try from the rear again
            post.held_until = tick + max(1, scenario.ticks_of(p("forest.stand_back_min")))
            self.held_back += 1
        if built.stop != "spent":
            post.contact = None
        post.cell = post.contact.cell if post.contact else -1

    def _log_line(self, tick: int, kind: str, cells: tuple[int, ...]) -> None:
        if cells:
            self.line_log.append((tick, kind, cells))

    def _line_m_h(self, crew: Crew, contact: attack.Contact, tick: int) -> float:
        """Metres an hour of this crew, in the fuel and on the slope where it stands."""
        assert self.fire is not None
        scenario = self.model.world.scenario
        g = self.fire.ground
        land = g.land
        r, c = divmod(contact.cell, g.width)
        r, c = r - g.stencil.reach, c - g.stencil.reach
        by_fuel = self.rates_m_h[_blows(crew)]
        inside = 0 <= r < land.rows and 0 <= c < land.cols
        # Where nothing burns there is nothing to build: as fast as in the easiest fuel.
        rate = float(by_fuel[land.fuel[r, c]]) if inside else 0.0
        return attack.line_rate_m_h(
            rate or float(by_fuel.max()),
            _people(crew),
            float(land.slope_deg[r, c]) if inside else 0.0,
            (tick - crew.on_duty_since) / scenario.ticks_per_h,
            scenario.p("forest.tired_after_h"),
            scenario.p("forest.tired_factor"),
        )

    def _drop(self, tick: int) -> None:
        """Water on the edge, for as long as it stays wet; aircraft do not fly at night."""
        assert self.fire is not None
        scenario = self.model.world.scenario
        p = scenario.p
        cell = attack.nearest_edge(self.fire, *self.cell)
        if cell is None or self.is_night(tick):
            return
        drops = p("forest.drops_per_h") / scenario.ticks_per_h
        contact = attack.Contact(cell, 1 if len(self.drops) % 2 else -1)
        metres = drops * p("forest.drop_line_m")
        hold_kw_m, limit_m = p("forest.line_hold_kw_m"), p("forest.flame_limit_engine_m")
        built = attack.build(self.fire, contact, metres, hold_kw_m, limit_m)
        self.water_l += drops * p("forest.drop_l")
        if built.cells:
            held = max(1, scenario.ticks_of(p("forest.drop_hold_min")))
            self.drops.append(Drop(built.cells, tick + held))
            self._log_line(tick, "drop", built.cells)

    # -- after the line is closed -----------------------------------------------------------------

    def _mop_up(self, crews: list[Crew], tick: int) -> bool:
        """Make the line cold metre by metre; an unguarded hour may bring the fire out again."""
        scenario = self.model.world.scenario
        p = scenario.p
        crews = self._release(crews, tick)
        people = sum(_people(c) for c in crews)
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
        stay = int(self.model.world.scenario.p("forest.guard_crews"))
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
            mop_up.flare_up(self.fire, self.model.streams, self.number, hour, cells, chance)
            is not None
        )


def _blows(crew: Crew) -> bool:
    return crew.team.kind in BLOWERS


def _people(crew: Crew) -> int:
    return crew.people
