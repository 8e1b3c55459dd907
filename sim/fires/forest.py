"""Forest fires in a run: they spread, are seen, attacked along their edge, mopped up, flare up.

Each ignition is a fire of its own on the scenario's landscape. `forest_scene.py` is one such fire
as crews meet it; here fires are lit, burnt, noticed and written down, and word is sent of what they
threaten. Who leaves is for command to decide.
"""

from __future__ import annotations

import numpy as np

from anlan.sim.crews.crew import Crew
from anlan.sim.fires.blaze import NOTHING, Blaze
from anlan.sim.fires.edge_work import TACTICS
from anlan.sim.fires.forest_scene import ForestScene
from anlan.sim.fires.harm import Overrun, Villages
from anlan.sim.fires.hoses import points_of
from anlan.sim.fires.rules import AttackRules, OverrunRules, SightRules, SkyRules, VillageRules
from anlan.sim.forcing.fire_weather import FireWeather, draw_error, weather
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import facts
from anlan.sim.nature.building.block import clipped
from anlan.sim.nature.forest import detect, spread
from anlan.sim.nature.forest.classes import CLASSES, ClassRules, fire_class
from anlan.sim.nature.forest.front_rules import FrontRules, rates_of
from anlan.sim.nature.forest.rates import Rates
from anlan.sim.people.draws import BurnRules
from anlan.sim.place.landscape.land import belts_of, land_of
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import Ignition, Scenario, WatchPoint
from anlan.sim.source import Field
from anlan.sim.threats import Threat

KIND = "forest_fire"
_rates: list[tuple[object, Rates]] = []


def rates_for(scenario: Scenario) -> Rates:
    """Spread rates over the scenario's landscape; kept, since they are the same in every run."""
    land = land_of(scenario)
    assert scenario.forest is not None
    rules = FrontRules.read(scenario)
    key = (id(land), scenario.forest.formula, rules)
    if not (_rates and _rates[0][0] == key):
        _rates[:] = [(key, rates_of(land, scenario.forest.formula, rules))]
    return _rates[0][1]


def weather_of(scenario: Scenario) -> FireWeather:
    """The scenario's weather table, in minutes since the start."""
    start = start_time(scenario)
    rows = []
    for w in scenario.weather:
        minute = (w.time - start).total_seconds() / 60.0
        rows.append((minute, w.temperature_c, w.humidity_pct, w.wind_ms, w.wind_from_deg))
    return weather(rows)


class ForestFires:
    """The forest fires of one run."""

    def __init__(self, field: Field) -> None:
        self.field = field
        scenario = field.scenario
        self.rates = rates_for(scenario)
        self.weather = weather_of(scenario)
        sky = SkyRules.read(scenario)
        self.error = draw_error(
            field.streams, sky.temperature_sd_c, sky.humidity_sd_pct, sky.wind_sd, sky.turn_sd_deg
        )
        self.attack = AttackRules.read(scenario)
        self.sight = SightRules.read(scenario)
        self.limits = ClassRules.read(scenario)
        seen = (self._watch(w) for w in scenario.watch_points)
        # Those off the map see nothing of it: what lies between is not known.
        self.watches = [w for w in seen if self._on_map(w)]
        self.belts = belts_of(scenario)
        self.points = points_of(scenario.water_points, self.rates.ground.land)
        self.villages = Villages(field, VillageRules.read(scenario), self.rates.ground)
        self.overrun = Overrun(field, OverrunRules.read(scenario), BurnRules.read(scenario))
        self.places = [(c.lon, c.lat) for c in scenario.communities]
        rows = sorted(scenario.ignitions, key=lambda row: row.ignition)
        self.fires = [self._scene(row) for row in rows]
        self.burnt = np.zeros(self.rates.ground.size, dtype=np.uint8)  # by any of them: 1
        self.home_persons = field.world.people.sizes
        self._warn_ticks = max(1, field.clock.ticks_of(self.villages.rules.warn_every_min))

    def _scene(self, row: Ignition) -> ForestScene:
        """A fire that waits for its time, and the community at its road head."""
        scenario = self.field.scenario
        land = self.rates.ground.land
        here = land.metres(row.lon, row.lat)
        away = [float(np.hypot(*np.subtract(land.metres(*place), here))) for place in self.places]
        names = self.field.place_ids
        place = min(range(len(away)), key=lambda n: (away[n], names[n]))
        lit_min = (row.time - start_time(scenario)).total_seconds() / 60.0
        blaze = Blaze(
            id=row.ignition,
            lit_min=lit_min,
            cell=land.cell_at(row.lon, row.lat),
            place=place,
            place_km=away[place] / 1000.0,
            at_road_head=self.places[place],
            rules=self.attack,
            clock=self.field.clock,
            belts=self.belts,
            points=self.points,
        )
        tick = int(lit_min // self.field.clock.tick_min)
        incident = Incident[Crew](f"{KIND}/{row.ignition}", KIND, place, tick, occurred_min=lit_min)
        tactic = TACTICS[scenario.policy.tactics]
        scene = ForestScene(blaze, incident, tactic, self.field.streams, self.overrun)
        incident.lives_by(scene)
        return scene

    def step(self, tick: int) -> None:
        """Burn every fire to the end of the tick; report new ones; say what they threaten."""
        clock = self.field.clock
        until = (tick + 1) * float(clock.tick_min)
        for scene in self.fires:
            if until <= scene.blaze.lit_min:
                continue
            begins = scene.blaze.fire is None
            if begins:
                self._begin(scene, tick)
            scene.burn(tick, self.weather, self.rates, self.error)
            self._leaves_no_fuel(scene.blaze, begins)
            self.villages.burn(scene, tick)
            if clock.is_hours_end(tick):
                self._hour(scene, tick)
            if tick % self._warn_ticks == 0:
                self._warn(scene, tick)

    def _leaves_no_fuel(self, blaze: Blaze, begins: bool) -> None:
        """What a fire has burnt burns in no other: those that come to it find nothing there."""
        if len(self.fires) == 1:
            return
        if begins:
            spread.burnt_by_others(blaze.burning, np.flatnonzero(self.burnt).astype(np.int32))
        new = spread.fresh_cells(blaze.burning, self.burnt)
        others = (s.blaze.fire for s in self.fires if s.blaze is not blaze)
        for other in others:
            if new.size and other is not None:
                spread.burnt_by_others(other, new)

    def _begin(self, scene: ForestScene, tick: int) -> None:
        """Open the incident; its report leaves when somebody notices the fire."""
        clock, sight, blaze = self.field.clock, self.sight, scene.blaze
        seen = detect.detect(
            self.rates.ground.land,
            self.watches,
            detect.Passers(sight.passer_day_per_h, sight.passer_night_per_h, sight.passer_fade_km),
            detect.Smoke(sight.smoke_rise_m_min, sight.smoke_top_m),
            blaze.cell[0],
            blaze.cell[1],
            blaze.lit_min,
            blaze.place_km,
            lambda minute: clock.is_night(int(minute // clock.tick_min)),
            clock.end_min,
            self.field.streams,
            blaze.id,
        )
        self.field.incidents.open(scene.incident, tick, unseen=True)
        if seen is not None:
            scene.detected_min = seen.minute
            self.field.notice.found_at(scene.incident, seen.minute)

    def _watch(self, row: WatchPoint) -> detect.Watch:
        sight = self.sight
        r, c = self.rates.ground.land.cell_at(row.lon, row.lat)
        camera = row.kind == "camera"
        return detect.Watch(
            name=row.watch,
            row=r,
            col=c,
            eye_m=sight.watch_eye_m,
            range_km=sight.watch_range_km,
            day_per_h=sight.camera_day_per_h if camera else sight.watch_day_per_h,
            night_per_h=sight.camera_night_per_h if camera else sight.watch_night_per_h,
        )

    def _on_map(self, watch: detect.Watch) -> bool:
        land = self.rates.ground.land
        return 0 <= watch.row < land.rows and 0 <= watch.col < land.cols

    def _warn(self, scene: ForestScene, tick: int) -> None:
        """Somebody on the spot says how large a fire is, and which homes it may soon come to."""
        known = scene.incident.found_min <= self.field.clock.minute_of(tick)
        if not known or scene.blaze.contained_tick >= 0:
            return
        blaze = scene.blaze
        homes = self.villages.threatened(blaze.burning)
        people = self.field.world.people
        threat = Threat(
            kind=KIND,
            source=blaze.id,
            severity={
                "burnt_ha": spread.burnt_ha(blaze.burning),
                "burning_h": (tick * blaze.tick_min - scene.detected_min) / 60.0,
                "persons": float(self.home_persons[homes].sum()),
            },
            within_h=0.0,
            until_tick=tick + 2 * self._warn_ticks,
            places=np.unique(people.community[homes]).astype(np.int64),
            leave=homes.size > 0,
            homes=homes,
        )
        self.field.messages.send(
            f"threat/{blaze.id}/{tick}",
            "threat",
            blaze.place,
            scene.incident.id,
            KIND,
            threat,
            self.field.clock.minute_of(tick),
        )

    def _hour(self, scene: ForestScene, tick: int) -> None:
        blaze = scene.blaze
        status = "running"
        if blaze.contained_tick >= 0:
            status = "contained" if np.isnan(blaze.out_min) else "out"
            status = status if np.isnan(blaze.cold_min) else "cold"
        self.field.ledger.add(
            facts.FireFront(
                tick=tick,
                fire=blaze.id,
                burnt_ha=spread.burnt_ha(blaze.burning),
                forest_ha=spread.forest_ha(blaze.burning),
                edge_m=blaze.edge_m(),
                line_m=blaze.built_m(),
                crews=len(scene.incident.crews),
                held_back=scene.held_back,
                status=status,
            )
        )

    def finish(self) -> None:
        """One row a fire, when each cell burnt, and where line was built."""
        for scene in self.fires:
            if scene.blaze.fire is not None:
                self._write(scene)
                self._write_cells(scene.blaze)

    def _write(self, scene: ForestScene) -> None:
        blaze, incident = scene.blaze, scene.incident
        dead = scene.died
        hurt = scene.dead + sum(i.persons for i in scene.hurt) - dead
        forest_ha = spread.forest_ha(blaze.burning)
        rank = fire_class(forest_ha, dead, hurt, self.limits)
        self.field.ledger.add(
            facts.Fire(
                fire=blaze.id,
                kind="forest",
                community=self.field.place_ids[blaze.place],
                fire_class=CLASSES[rank].en,
                incident=incident.id,
                spread_from="",
                ignited_min=blaze.lit_min,
                flashover_min=NOTHING,
                discovered_min=scene.detected_min,
                called_min=scene.detected_min,
                ordered_min=incident.read_min,
                dispatched_min=incident.sent_min,
                left_min=clipped(incident.left_min, self.field.clock.end_min),
                arrived_min=scene.arrived_min,
                first_water_min=NOTHING,
                controlled_min=blaze.contained_min,
                out_min=blaze.out_min,
                engines_needed_max=scene.most_wanted,
                engines_peak=scene.most_persons,
                water_l=blaze.water_l,
                cold_min=blaze.cold_min,
                flare_ups=scene.mopping.flare_ups,
                mop_up_person_h=scene.mopping.person_h,
                spots=scene.spots,
                crown_ha=scene.crown_ha,
                burnt_m2=0.0,
                burnt_ha=spread.burnt_ha(blaze.burning),
                victims=dead + hurt,
                rescued=scene.rescued,
                died=dead,
                first_crew=incident.first_crew,
            )
        )

    def _write_cells(self, blaze: Blaze) -> None:
        when = spread.arrivals(blaze.burning)
        rows, cols = np.nonzero(np.isfinite(when))
        ledger = self.field.ledger
        ledger.add_many(
            facts.FireCell,
            fire=np.full(len(rows), blaze.id, dtype=object),
            row=rows,
            col=cols,
            arrival_min=when[rows, cols],
        )
        for tick, kind, cells in blaze.line_log:
            rows, cols = blaze.burning.ground.row_col(cells)
            ledger.add_many(facts.FireLine, fire=blaze.id, tick=tick, kind=kind, row=rows, col=cols)
