"""Forest fires in a run: they spread, are seen, attacked along their edge, mopped up, flare up.

Each ignition is a fire of its own on the scenario's landscape. `sim/fires/wildfire.py` is one
such fire and the scene at which crews fight it; here they are lit, reported and written down,
and communities that a fire comes near are told to leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.sim.fires.harm import Villages, overrun_crews
from anlan.sim.fires.water import points_of
from anlan.sim.fires.wildfire import NOTHING, Wildfire
from anlan.sim.forcing.fire_weather import Weather, draw_error, weather
from anlan.sim.ledger import Ledger
from anlan.sim.nature.forest import detect, spread
from anlan.sim.nature.forest.classes import CLASSES, fire_class, limits
from anlan.sim.nature.forest.rates import Rates
from anlan.sim.nature.forest.settings import rates_of, settings
from anlan.sim.place.landscape.land import belts_of, land_of
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import Ignition, Scenario, WatchPoint

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel

WARN_EVERY_MIN = 30.0  # command looks at the villages in the way this often
_rates: list[tuple[object, Rates]] = []


def rates_for(scenario: Scenario) -> Rates:
    """Spread rates over the scenario's landscape; kept, since they are the same in every run."""
    land = land_of(scenario)
    assert scenario.forest is not None
    key = (id(land), scenario.forest.formula, settings(scenario.p))
    if not (_rates and _rates[0][0] == key):
        _rates[:] = [(key, rates_of(land, scenario.forest.formula, settings(scenario.p)))]
    return _rates[0][1]


def weather_of(scenario: Scenario) -> Weather:
    """The scenario's weather table, in minutes since the start."""
    start = start_time(scenario)
    rows = []
    for w in scenario.weather:
        minute = (w.time - start).total_seconds() / 60.0
        rows.append((minute, w.temperature_c, w.humidity_pct, w.wind_ms, w.wind_from_deg))
    return weather(rows)


class ForestFires:
    """The forest fires of one run."""

    def __init__(self, model: ResponseModel) -> None:
        self.model = model
        scenario = model.world.scenario
        p = scenario.p
        self.rates = rates_for(scenario)
        self.weather = weather_of(scenario)
        self.error = draw_error(
            model.streams,
            p("forest.temperature_sd_c"),
            p("forest.humidity_sd_pct"),
            p("forest.wind_sd"),
            p("forest.turn_sd_deg"),
        )
        seen = (self._watch(w) for w in scenario.watch_points)
        # Those off the map see nothing of it: what lies between is not known.
        self.watches = [w for w in seen if self._on_map(w)]
        self.belts = belts_of(scenario)
        self.points = points_of(scenario.water_points, self.rates.ground.land)
        self.villages = Villages(model, self.rates.ground)
        self.fires = [self._fire(n, row) for n, row in enumerate(scenario.ignitions)]

    def _fire(self, number: int, row: Ignition) -> Wildfire:
        """A fire that waits for its time, and the community at its road head."""
        scenario = self.model.world.scenario
        start = start_time(scenario)
        land = self.rates.ground.land
        here = land.metres(row.lon, row.lat)
        away = [
            np.hypot(*np.subtract(land.metres(c.lon, c.lat), here)) for c in scenario.communities
        ]
        return Wildfire(
            model=self.model,
            id=row.ignition,
            number=number,
            lit_min=(row.time - start).total_seconds() / 60.0,
            cell=land.cell_at(row.lon, row.lat),
            place=int(np.argmin(away)),
            place_km=float(min(away)) / 1000.0,
            belts=self.belts,
            points=self.points,
        )

    def step(self, tick: int) -> None:
        """Burn every fire to the end of the tick; report new ones; warn villages in the way."""
        scenario = self.model.world.scenario
        until = (tick + 1) * float(scenario.settings.tick_min)
        for fire in self.fires:
            if until <= fire.lit_min:
                continue
            if fire.incident is None:
                self._report(fire, tick)
            fire.burn(tick, self.weather, self.rates, self.error)
            overrun_crews(fire, tick)
            self.villages.burn(fire, tick)
            if (tick + 1) % scenario.ticks_per_h == 0:
                self._hour(fire, tick)
        if tick % max(1, scenario.ticks_of(WARN_EVERY_MIN)) == 0:
            self._warn(tick)

    def _report(self, fire: Wildfire, tick: int) -> None:
        """Open the incident; its report leaves when somebody notices the fire."""
        scenario = self.model.world.scenario
        p = scenario.p
        seen = detect.detect(
            self.rates.ground.land,
            self.watches,
            detect.Passers(
                p("forest.passer_day_per_h"),
                p("forest.passer_night_per_h"),
                p("forest.passer_fade_km"),
            ),
            detect.Smoke(p("forest.smoke_rise_m_min"), p("forest.smoke_top_m")),
            fire.cell[0],
            fire.cell[1],
            fire.lit_min,
            fire.place_km,
            lambda minute: fire.is_night(int(minute // scenario.settings.tick_min)),
            float(scenario.ticks * scenario.settings.tick_min),
            self.model.streams,
            fire.id,
        )
        report = self.model.ticks  # nobody noticed before the end
        if seen is not None:
            fire.detected_min = seen.minute
            report = scenario.ticks_of(seen.minute)
        nobody = np.empty(0, dtype=np.int64)
        fire.incident = self.model.open_incident(
            "forest_fire", fire.place, tick, nobody, fire, report
        )

    def _watch(self, row: WatchPoint) -> detect.Watch:
        p = self.model.world.scenario.p
        r, c = self.rates.ground.land.cell_at(row.lon, row.lat)
        kind = "camera" if row.kind == "camera" else "watch"
        return detect.Watch(
            name=row.watch,
            row=r,
            col=c,
            eye_m=p("forest.watch_eye_m"),
            range_km=p("forest.watch_range_km"),
            day_per_h=p(f"forest.{kind}_day_per_h"),
            night_per_h=p(f"forest.{kind}_night_per_h"),
        )

    def _on_map(self, watch: detect.Watch) -> bool:
        land = self.rates.ground.land
        return 0 <= watch.row < land.rows and 0 <= watch.col < land.cols

    def _warn(self, tick: int) -> None:
        """Command tells villages that a fire comes near, once it knows of the fire."""
        scenario = self.model.world.scenario
        in_way = np.zeros(len(scenario.communities), dtype=bool)
        for fire in self.fires:
            known = fire.incident is not None and 0 <= fire.incident.known_tick <= tick
            if known and fire.contained_tick < 0:
                in_way |= fire.near(scenario.p("forest.warn_km"))
        fresh = in_way & ~self.model.command.told
        if fresh.any():
            self.model.command.clear_out(fresh, tick)

    def _hour(self, fire: Wildfire, tick: int) -> None:
        if fire.fire is None:
            return
        status = "running"
        if fire.contained_tick >= 0:
            status = "contained" if np.isnan(fire.out_min) else "out"
        self.model.ledger.add(
            "fire_front",
            tick,
            fire.id,
            spread.burnt_ha(fire.fire),
            spread.forest_ha(fire.fire),
            fire.edge_m(),
            fire.built_m(),
            len(fire.incident.crews) if fire.incident else 0,
            fire.held_back,
            status,
        )

    def finish(self, ledger: Ledger) -> None:
        """One row a fire, when each cell burnt, and where line was built."""
        for fire in self.fires:
            if fire.fire is None or fire.incident is None:
                continue
            scenario = self.model.world.scenario
            forest_ha = spread.forest_ha(fire.fire)
            dispatched, toll = fire.incident.dispatched_tick, fire.toll
            rank = fire_class(forest_ha, toll.dead, toll.hurt, limits(scenario.p))
            ledger.add_many(
                "fire",
                fire=[fire.id],
                kind="forest",
                community=scenario.communities[fire.place].community,
                fire_class=CLASSES[rank].en,
                incident=fire.incident.number,
                spread_from="",
                ignited_min=fire.lit_min,
                flashover_min=NOTHING,
                discovered_min=fire.detected_min,
                called_min=fire.detected_min,
                dispatched_min=dispatched * scenario.settings.tick_min
                if dispatched >= 0
                else NOTHING,
                arrived_min=fire.arrived_min,
                first_water_min=NOTHING,
                controlled_min=fire.contained_min,
                out_min=fire.out_min,
                engines_needed_max=fire.most_wanted,
                engines_peak=fire.most_crews,
                water_l=fire.water_l,
                burnt_m2=0.0,
                burnt_ha=spread.burnt_ha(fire.fire),
                victims=toll.dead + toll.hurt,
                rescued=toll.rescued,
                died=toll.dead,
                first_crew=fire.incident.first_crew,
            )
            when = spread.arrivals(fire.fire)
            rows, cols = np.nonzero(np.isfinite(when))
            ledger.add_many(
                "fire_cell",
                fire=np.full(len(rows), fire.id, dtype=object),
                row=rows,
                col=cols,
                arrival_min=when[rows, cols],
            )
            for tick, kind, cells in fire.line_log:
                rows, cols = fire.fire.ground.row_col(cells)
                ledger.add_many("fire_line", fire=fire.id, tick=tick, kind=kind, row=rows, col=cols)
