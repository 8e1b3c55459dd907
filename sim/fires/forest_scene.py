"""The scene at which crews fight one forest fire.

Crews with the capability "forest" walk in from the road head and fight the edge by the scenario's
tactics (`edge_work`) or mop up; those with "air" drop water; those with a tank give water to the
others. Crews and fire meet once a tick, in `work`: the fire has burnt to the end of the tick by
then; first it is seen whom it has overrun, then the others work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams
from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.fires import edge_work, mopping
from anlan.sim.fires.blaze import NOTHING, Blaze, Post, WaterDrop
from anlan.sim.fires.edge_work import Tactic
from anlan.sim.fires.hoses import TankTruck, WaterSupply, apart_m
from anlan.sim.forcing.fire_weather import FireWeather, SkyError
from anlan.sim.incidents.incident import Incident
from anlan.sim.nature.forest import attack, embers, spread
from anlan.sim.nature.forest.rates import Rates
from anlan.sim.scenario.schema import Capability


@dataclass
class ForestScene:
    """One forest fire as command and crews meet it."""

    blaze: Blaze
    incident: Incident[Crew]
    tactic: Tactic
    streams: Streams
    overrun: Callable[[ForestScene, list[Crew], int], None]  # does harm to crews that are caught
    mopping: mopping.Mopping = field(default_factory=mopping.Mopping)
    capability: Capability = "forest"
    arrived_min: float = NOTHING
    detected_min: float = NOTHING
    come: int = 0  # crews that have come so far
    most_crews: int = 0
    most_wanted: int = 0  # persons
    most_persons: int = 0  # there at once
    grown_m_h: float = 0.0  # of the edge, in the latest whole hour
    edge_then_m: float = 0.0  # at its end
    held_back: int = 0
    crown_ha: float = 0.0  # of crowns that have burnt
    spots: int = 0  # fires that its brands have lit
    crew_dead: int = 0
    crew_hurt: int = 0
    hurt: list[Incident[Crew]] = field(default_factory=list)  # crews and residents
    dead: int = 0
    unfought_too: bool = True  # the same fire without crews is burnt as well: who is at risk

    @property
    def rescued(self) -> int:
        """The hurt whom medical care has reached, and who live."""
        return sum(i.rescued for i in self.hurt)

    @property
    def died(self) -> int:
        """All whom it has killed so far, at once or of their wounds."""
        return self.dead + sum(i.died for i in self.hurt)

    # -- what command asks --------------------------------------------------------------------

    def needed(self) -> float:
        """Persons who build line as a trained hand crew does.

        A first attack, until somebody has come and seen; then enough to close the edge in time, as
        long as it will be by then if it grows on as in the latest hour. Once it is contained: to
        mop up and guard the line.
        """
        blaze, rules = self.blaze, self.blaze.rules
        if blaze.contained_tick >= 0:
            return mopping.wanted(blaze, self.mopping)
        needed = rules.first_persons
        if self.incident.reached:
            needed = max(needed, self._whole_m() / (rules.plan_person_m_h * rules.plan_close_h))
        self.most_wanted = max(self.most_wanted, int(np.ceil(needed)))
        return needed

    def _whole_m(self) -> float:
        """The edge as long as it will be when it is to be closed."""
        return self.blaze.edge_m() + self.grown_m_h * self.blaze.rules.plan_close_h

    def water_wanted_l(self) -> float:
        """Water for the edge as long as it will be; until somebody has seen it one truck, as one
        litre asks for.
        """
        if not self.runs():
            return 0.0
        return max(1.0, self.blaze.rules.water_l_m * self._whole_m() * self.incident.reached)

    def runs(self) -> bool:
        """Until it is contained."""
        return self.blaze.contained_tick < 0

    def adds(self, crew: Crew) -> float:
        """Its members by their skill; tank trucks and aircraft come besides and build no line."""
        if crew.tank_l > 0 or "air" in crew.capabilities:
            return 0.0
        return crew.people * self.blaze.rules.skill(crew.team.kind)

    def micro_wanted(self) -> int:
        """None: they are for buildings."""
        return 0

    def way_out_min(self, crew: Crew) -> float:
        """Minutes on foot from a crew's place back to the road head."""
        blaze = self.blaze
        post = blaze.posts.get(crew.id)
        if post is None:
            return 0.0
        metres = apart_m(post.place, blaze.road_head, blaze.cell_m)
        return metres / 1000.0 / blaze.rules.walk_kmh * 60.0

    # -- burning --------------------------------------------------------------------------------

    def burn(self, tick: int, weather: FireWeather, rates: Rates, error: SkyError) -> None:
        """Spread to the end of the tick; what water no longer holds runs again."""
        blaze = self.blaze
        until = (tick + 1) * blaze.tick_min
        if blaze.fire is None:
            self._light(weather, rates, error)
        for drop in [d for d in blaze.drops if d.until <= tick]:
            blaze.drops.remove(drop)
            self._dry(np.array(drop.cells, dtype=np.int32))
        self._spread(until, weather, error)
        if blaze.contained_tick >= 0:
            over_line = not spread.contained(blaze.burning)  # a stronger wind has carried it
            if over_line or mopping.smoulder(blaze, self.mopping, self.streams, tick):
                mopping.break_out(blaze, self.mopping)
        if blaze.clock.is_hours_end(tick):
            edge_m = blaze.edge_m()
            self.grown_m_h, self.edge_then_m = max(0.0, edge_m - self.edge_then_m), edge_m
        self._close(tick)

    def _spread(self, until_min: float, weather: FireWeather, error: SkyError) -> None:
        """The front, and the spot fires of what it has burnt; the unfought one's as well."""
        blaze, rules = self.blaze, self.blaze.rules
        for fire in (blaze.burning, blaze.unfought):
            if fire is None:
                continue
            since = fire.time_min
            spread.advance_weather(fire, until_min, weather, rules.weather_step_min, error)
            crown_ha, spots = embers.throw(fire, since, self.streams, blaze.id, rules.brands)
            if fire is blaze.fire:
                self.crown_ha += crown_ha
                self.spots += spots

    def _light(self, weather: FireWeather, rates: Rates, error: SkyError) -> None:
        blaze = self.blaze
        sky = weather.at(blaze.lit_min, error)
        blaze.fire = spread.start(rates, sky, blaze.lit_min, blaze.belts)
        spread.ignite(blaze.fire, *blaze.cell, name=blaze.id)
        fuels = blaze.fire.ground.land.fuels
        blaze.rates_m_h = {
            True: fuels.column("blower_m_h_person"),
            False: fuels.column("hand_m_h_person"),
        }

    def _close(self, tick: int) -> None:
        """Note that it is contained: by line, or because it found no more to burn."""
        blaze = self.blaze
        if blaze.contained_tick < 0 and not blaze.drops and spread.contained(blaze.burning):
            blaze.contained_tick = tick
            blaze.contained_min = (tick + 1) * blaze.tick_min
            blaze.leave_break()

    def _dry(self, cells: NDArray[np.int32]) -> None:
        """Edge that water held runs again; a belt under it holds what a belt holds."""
        blaze = self.blaze
        rows, cols = blaze.burning.ground.row_col(cells)
        under = np.zeros(cells.size) if blaze.belts is None else blaze.belts[rows, cols]
        for kw_m in np.unique(under):
            spread.set_hold(blaze.burning, cells[under == kw_m], float(kw_m))

    # -- work of the crews ------------------------------------------------------------------------

    def work(self, crews: list[Crew], tick: int) -> bool:
        """Line, breaks, drops or mopping up by the crews that are there; True when all is cold."""
        blaze = self.blaze
        if blaze.fire is None:
            return False
        if crews and blaze.unfought is None and self.unfought_too:
            blaze.unfought = blaze.burning.twin()
        self.overrun(self, crews, tick)
        crews = [c for c in crews if c.task is self.incident]
        if crews and np.isnan(self.arrived_min):
            self.arrived_min = self.incident.arrived_min
        self.most_crews = max(self.most_crews, len(crews))
        self.most_persons = max(self.most_persons, sum(c.people for c in crews))
        self._take_posts(crews, tick)
        self.held_back = 0
        over = self._mop_up(crews, tick) if blaze.contained_tick >= 0 else self._attack(crews, tick)
        if over:
            blaze.posts.clear()
        return over

    def _take_posts(self, crews: list[Crew], tick: int) -> None:
        """Those who have come begin at the road head; who has gone has no post any more."""
        blaze, here = self.blaze, {c.id for c in crews}
        blaze.posts = {name: post for name, post in blaze.posts.items() if name in here}
        blaze.trucks = {name: truck for name, truck in blaze.trucks.items() if name in here}
        for crew in crews:
            if crew.id in blaze.posts:
                continue
            # Crews go in turn round the one flank and the other.
            post = blaze.posts[crew.id] = Post(1 if self.come % 2 else -1, blaze.road_head)
            self.come += 1
            if crew.tank_l > 0:
                tank = WaterSupply(blaze.road_head, crew.tank_l)
                blaze.trucks[crew.id] = TankTruck(tank, crew.tank_l)
            elif blaze.contained_tick >= 0:  # walks in to mop up
                post.until = tick + blaze.walk_ticks(blaze.place_km * 1000.0)

    def _attack(self, crews: list[Crew], tick: int) -> bool:
        blaze = self.blaze
        now_min = tick * blaze.tick_min
        self._run_trucks(now_min)
        on_foot = [c for c in crews if c.id not in blaze.trucks and "air" not in c.capabilities]
        edge = edge_work.edge_now(blaze, now_min)
        edge_work.leave_where_hot(blaze, on_foot, edge, tick)
        for crew in crews:
            post = blaze.posts[crew.id]
            if "air" in crew.capabilities:
                self._drop(post, edge, tick)
            elif crew.id not in blaze.trucks and tick >= post.until:
                self.tactic(blaze, crew, edge, tick)
            self.held_back += post.rests
        self._close(tick)
        return False

    def _run_trucks(self, now_min: float) -> None:
        """Trucks too empty for another cell of edge drive for water."""
        blaze, rules = self.blaze, self.blaze.rules
        least_l = rules.water_l_m * blaze.cell_m
        for truck in blaze.trucks.values():
            if truck.back_min <= now_min and truck.tank.left_l < least_l:
                truck.fetch(blaze.points, now_min, blaze.cell_m, rules.truck_kmh, rules.fill_l_min)

    def _drop(self, post: Post, edge: edge_work.EdgeNow, tick: int) -> None:
        """Water where flames are the longest that it holds down, for as long as it stays wet.

        Aircraft do not fly at night. Water short of a cell of edge counts for the next tick.
        """
        blaze, rules = self.blaze, self.blaze.rules
        label = blaze.burning.label_min[edge.cells]
        limit_m = rules.flame_limit_engine_m
        runs = np.flatnonzero((label < spread.HELD_MIN) & (edge.flames_m <= limit_m))
        if not runs.size or blaze.clock.is_night(tick):
            return
        cell = int(edge.cells[runs[np.argmax(edge.flames_m[runs])]])
        drops = rules.drops_per_h / blaze.ticks_per_h
        contact = attack.Contact(cell, post.turn, spare_m=post.spare_m)
        metres = drops * rules.drop_line_m
        built = attack.build(blaze.burning, contact, metres, rules.line_hold_kw_m, limit_m)
        post.spare_m = contact.spare_m
        blaze.water_l += drops * rules.drop_l
        blaze.note(tick, "drop", built.cells)
        if built.cells:
            held = max(1, blaze.clock.ticks_of(rules.drop_hold_min))
            blaze.drops.append(WaterDrop(built.cells, tick + held))

    # -- after the line is closed -----------------------------------------------------------------

    def _mop_up(self, crews: list[Crew], tick: int) -> bool:
        """Those who stay make the edge cold and guard it; the others are free again."""
        blaze = self.blaze
        for post in blaze.posts.values():
            if post.goal >= 0 and tick >= post.until:
                edge_work.arrive(blaze, post)
        crews = self._release(crews, tick)
        for crew in crews:
            blaze.posts[crew.id].cell = -1  # they work inwards from the line, in burnt ground
        people = sum(c.people for c in crews if tick >= blaze.posts[c.id].until)
        return mopping.work(blaze, self.mopping, people, tick)

    def _release(self, crews: list[Crew], tick: int) -> list[Crew]:
        """As many stay as mop up and guard the line."""
        wanted, stay = mopping.wanted(self.blaze, self.mopping), []
        for crew in crews:
            if wanted > 0.0 and self.adds(crew) > 0.0:
                wanted -= self.adds(crew)
                stay.append(crew)
            else:
                self.blaze.posts.pop(crew.id)
                crew.finish_task(self.blaze.clock.minute_of(tick + 1), RELEASED)
        return stay
