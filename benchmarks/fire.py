"""Forest-fire spread beside pyretechnics and ForeFire on one uniform landscape, and at full size.

    python benchmarks/fire.py

One run, one table: area and perimeter against the analytic ellipse, and CPU seconds. The others
are used where they are installed (`pip install pyretechnics forefire`); else their rows say so.
The fuel is short grass (Anderson's model 1), the ground flat, the weather steady, the ignition one
cell. Then 24 h of free spread over a synthetic landscape of 1,000 x 1,000 cells, and fires of 48 h
on 400 x 400 cells that crews attack along a long edge for hours.
"""

from __future__ import annotations

import math
import multiprocessing
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from anlan.sim.forcing.fire_weather import steady, weather
from anlan.sim.nature.forest import attack, ellipse, rothermel, spread
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import rothermel_rates, wang_mao_rates
from anlan.sim.place.landscape.fuels import read_fuels
from anlan.sim.place.landscape.landscape import landscape
from anlan.sim.place.landscape.synthetic import synthetic

CELLS, CELL_M = 301, 30.0
TEMPERATURE_C, HUMIDITY_PCT = 30.0, 40.0
HEAD_M = 2400.0  # how far the head runs
WINDS_MS = (0.0, 2.0, 3.5)  # mid-flame; LB 1.0, 1.5, 2.2
FROM_DEG = 250.0  # not along the grid
MOISTURE = float(rothermel.dead_moisture_share(TEMPERATURE_C, HUMIDITY_PCT))
BED = rothermel.bed(0.034, 3500.0, 1.0, 0.12)
Burnt = tuple[np.ndarray, float]  # map, CPU seconds


def head_m_min(wind_ms: float) -> float:
    """Rothermel's rate at the head."""
    return float(rothermel.head(BED, MOISTURE, wind_ms, 0.0, 0.0, 0.0)[0])


def anlan(wind_ms: float, minutes: float, directions: int) -> Burnt:
    """This program, Rothermel's formula."""
    fuels = read_fuels()
    fuel = np.full((CELLS, CELLS), fuels.code("grass"))
    land = landscape(np.zeros((CELLS, CELLS)), fuel, CELL_M, fuels)
    rates = rothermel_rates(ground(land, directions), 1.0, 60.0, 1000.0)
    sky = steady(TEMPERATURE_C, HUMIDITY_PCT, wind_ms, FROM_DEG).at(0.0)
    begun = time.process_time()
    fire = spread.start(rates, sky)
    spread.ignite(fire, CELLS // 2, CELLS // 2)
    spread.advance(fire, minutes)
    return spread.burnt(fire), time.process_time() - begun


def pyretechnics(wind_ms: float, minutes: float) -> Burnt:
    """Its Eulerian level set with its own defaults. Raises ImportError where it is missing."""
    from pyretechnics.eulerian_level_set import SpreadState, spread_fire_with_phi_field
    from pyretechnics.space_time_cube import SpaceTimeCube

    bands = math.ceil(minutes / 60.0) + 1
    shape = (bands, CELLS, CELLS)
    # its own way from the wind at 10 m to mid-flame: by 1.15 to 20 ft, then by the fuel's depth
    adjustment = 1.83 / math.log((20.0 + 0.36 * 1.0) / (0.13 * 1.0))
    values: dict[str, Any] = dict.fromkeys(
        ("slope", "aspect", "canopy_cover", "canopy_height", "canopy_base_height"), 0.0
    )
    values |= {"canopy_bulk_density": 0.0, "fuel_model": 1, "upwind_direction": FROM_DEG}
    values["wind_speed_10m"] = wind_ms / adjustment * 1.15 * 3.6
    for size in ("dead_1hr", "dead_10hr", "dead_100hr", "live_herbaceous", "live_woody"):
        values[f"fuel_moisture_{size}"] = MOISTURE
    values["foliar_moisture"] = 0.9
    cubes = {name: SpaceTimeCube(shape, value) for name, value in values.items()}
    begun = time.process_time()
    state = SpreadState(shape).ignite_cell((CELLS // 2, CELLS // 2))
    result = spread_fire_with_phi_field(
        cubes, state, cube_resolution=(60.0, CELL_M, CELL_M), start_time=0.0, max_duration=minutes
    )
    taken = time.process_time() - begun
    burnt = result["spread_state"].get_full_matrices()["fire_type"] > 0
    return np.asarray(burnt), taken


def forefire(wind_ms: float, minutes: float) -> Burnt:
    """Its markers, with its own Rothermel formula (Andrews 2018), in a process of its own.

    It holds one fire a process. Raises ImportError where it is missing, RuntimeError where it
    ends without a front.
    """
    import pyforefire  # noqa: F401 (only whether it is there)

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        front, taken = pool.apply(_forefire, (wind_ms, minutes))
    if front is None:
        raise RuntimeError("it printed no front")
    from matplotlib.path import Path as Outline

    centres = (np.arange(CELLS) + 0.5) * CELL_M
    east, north = np.meshgrid(centres, centres[::-1])
    inside = Outline(front).contains_points(np.column_stack([east.ravel(), north.ravel()]))
    return inside.reshape(CELLS, CELLS), taken


def _forefire(wind_ms: float, minutes: float) -> tuple[np.ndarray | None, float]:
    """(corners of the front, m, or None; CPU seconds of the spread alone)."""
    import pyforefire

    side, tons_per_acre = CELLS * CELL_M, 0.034 / 0.0459137
    ff = pyforefire.ForeFire()
    ff["fuelsTable"] = (
        "Index;fl1h_tac;fd_ft;Dme_pc;SAVcar_ftinv;H_BTUlb;fuelDens_lbft3;totMineral_r;"
        f"effectMineral_r;mdOnDry1h_r\n1;{tons_per_acre};1;12;3500;8000;32;0.0555;0.01;{MOISTURE}"
    )
    settings = {"defaultFuelType": 1.0, "windReductionFactor": 1.0, "minSpeed": 0.0}
    settings |= {"perimeterResolution": CELL_M, "spatialIncrement": CELL_M / 10.0}
    settings |= {"minimalPropagativeFrontDepth": CELL_M / 2.0, "initialFrontDepth": 1.0}
    settings |= {"SWx": 0.0, "SWy": 0.0, "Lx": side, "Ly": side}
    for name, value in settings.items():
        ff[name] = value
    model = "RothermelAndrews2018"
    ff["propagationModel"] = model
    ff.execute(f"FireDomain[sw=(0,0,0);ne=({side},{side},0);t=0.]")
    ff.addLayer("propagation", model, "propagationModel")
    box = (0.0, 0.0, 0.0, side, side, 0.0)
    ff.addIndexLayer("table", "fuel", *box, np.ones((1, 1, CELLS, CELLS)))
    for i, name in enumerate(("windU", "windV")):  # a unit along each axis; the wind scales them
        unit = np.zeros((1, 2, 20, 20))
        unit[0, i] = 1.0
        ff.addScalarLayer("windScalDir", name, *box, unit)
    ff.addScalarLayer("data", "altitude", *box, np.zeros((1, 1, CELLS, CELLS)))
    towards = math.radians(FROM_DEG + 180.0)
    east, north = wind_ms * math.sin(towards), wind_ms * math.cos(towards)
    ff.execute(f"startFire[loc=({side / 2},{side / 2},0.);t=0.]")
    ff.execute(f"trigger[wind;loc=(0.,0.,0.);vel=({east},{north},0);t=0.]")
    begun = time.process_time()
    ff.execute(f"step[dt={minutes * 60.0}]")
    taken = time.process_time() - begun
    fronts = pyforefire.helpers.printToPathe(ff.execute("print[]"))
    return (np.asarray(fronts[0].vertices) if fronts else None), taken


def perimeter_m(burnt: np.ndarray) -> float:
    """Of a convex area, from its mean width (Cauchy)."""
    points = np.argwhere(burnt) * CELL_M
    angles = np.linspace(0.0, np.pi, 180, endpoint=False)
    width = np.ptp(points @ np.array([np.cos(angles), np.sin(angles)]), axis=0)
    return float(np.pi * np.mean(width + CELL_M))


def compare() -> None:
    """The table on the uniform landscape."""
    print(f"uniform {CELLS} x {CELLS} cells of {CELL_M:g} m, short grass, {100 * MOISTURE:.1f} %")
    print(f"{'':28}{'area':>9}{'perimeter':>11}{'cells':>8}{'CPU s':>8}")
    for wind in WINDS_MS:
        head = head_m_min(wind)
        minutes = HEAD_M / head
        lb = ellipse.length_to_breadth(wind)
        axes = ellipse.semi_axes_m(head, lb, minutes)
        area, around = float(ellipse.area_ha(*axes)), float(ellipse.perimeter_m(*axes))
        print(f"wind {wind:g} m/s, LB {float(lb):.2f}: ellipse of {area:.0f} ha, {around:.0f} m")
        models: dict[str, Callable[[float, float], Burnt]] = {
            "anlan, 16 directions": lambda w, m: anlan(w, m, 16),
            "anlan, 32 directions": lambda w, m: anlan(w, m, 32),
            "pyretechnics": pyretechnics,
            "ForeFire, markers 30 m": forefire,
        }
        for name, model in models.items():
            try:
                burnt, taken = model(wind, minutes)
            except ImportError:
                print(f"  {name:26}not installed")
                continue
            except Exception as error:  # another program's: the row says it, the rest goes on
                print(f"  {name:26}failed: {error}")
                continue
            share = burnt.sum() * CELL_M**2 / 1e4 / area
            print(
                f"  {name:26}{share:9.3f}{perimeter_m(burnt) / around:11.3f}"
                f"{int(burnt.sum()):8d}{taken:8.2f}"
            )


def full_size(cells: int = 1000, hours: int = 24) -> None:
    """Free spread over a synthetic landscape under weather that changes."""
    fuels = read_fuels()
    begun = time.process_time()
    land = synthetic(cells, cells, 30.0, fuels, seed=3)
    rates = wang_mao_rates(ground(land), 30.0, 60.0)
    loaded = time.process_time() - begun
    rows = [
        (60.0 * h, 35.0 + 4 * math.sin(h / 4), 25.0, 12.0 + 3 * math.sin(h), (200.0 + 9 * h) % 360)
        for h in range(hours + 1)
    ]
    sky = weather(rows)
    begun = time.process_time()
    fire = spread.start(rates, sky.at(0.0))
    spread.ignite(fire, cells // 2 + 40, cells // 2)
    spread.advance_weather(fire, 60.0 * hours, sky, 60.0)
    taken = time.process_time() - begun
    share = spread.burnt_ha(fire) / land.cell_ha / cells**2
    print(f"{cells} x {cells} cells, {hours} h, Wang and Mao, the wind turning every hour:")
    print(f"  loading {loaded:.2f} s, spread {taken:.2f} s of CPU, {100 * share:.0f} % burnt")


# crews, metres of line an hour each, hours until they come, mean wind m/s, flame limit m, seed
SUPPRESSED = (
    (40, 100.0, 3.0, 2.0, 2.4, 6),
    (10, 100.0, 8.0, 0.5, 2.4, 3),
    (20, 60.0, 6.0, 0.6, 1.2, 3),
    (60, 80.0, 4.0, 2.0, 1.2, 4),
    (100, 40.0, 3.0, 1.0, 1.0, 3),
)
TICK_MIN, STAND_BACK_TICKS, HOLD_KW_M = 5.0, 6, 1730.0


def suppressed(
    crews: int, line_m_h: float, after_h: float, wind_ms: float, limit_m: float, seed: int
) -> None:
    """48 h of crews at the edge of a fire on 400 x 400 cells, the sky changing every half hour.

    Asks the front what `sim/fires/wildfire.py` asks it in a tick of five minutes, without the
    rest of the model.
    """
    land = synthetic(400, 400, 30.0, read_fuels(), seed=seed)
    rates = wang_mao_rates(ground(land), 30.0, 60.0)
    sky = weather(
        [
            (60.0 * h, 33.0 + 4 * math.sin(h / 4), 30.0, wind_ms * (1 + 0.4 * math.sin(h)),
             (200.0 + 15 * h) % 360)
            for h in range(49)
        ]
    )  # fmt: skip
    posts: list[tuple[attack.Contact | None, int]] = [(None, -1)] * crews
    line_m, state = 0.0, "not contained"
    begun = time.process_time()
    fire = spread.start(rates, sky.at(0.0))
    spread.ignite(fire, 200, 200)
    for tick in range(576):
        spread.advance_weather(fire, TICK_MIN * (tick + 1), sky, 30.0)
        spread.edge(fire)
        if tick * TICK_MIN < 60.0 * after_h or spread.contained(fire):
            continue
        for n, (contact, rests_until) in enumerate(posts):
            if tick < rests_until:
                continue
            if contact is None:
                cell = attack.rear(fire)
                if cell is None:
                    break
                contact = attack.Contact(cell, 1 if n % 2 else -1)
            built = attack.build(fire, contact, line_m_h * TICK_MIN / 60.0, HOLD_KW_M, limit_m)
            line_m += built.metres
            rests_until = tick + STAND_BACK_TICKS if built.stop == "flame" else -1
            posts[n] = (contact if built.stop == "spent" else None, rests_until)
        if spread.contained(fire):
            state = f"contained after {(tick + 1) * TICK_MIN / 60.0:.1f} h"
    taken = time.process_time() - begun
    print(
        f"  {crews:3d} crews of {line_m_h:g} m/h from hour {after_h:g}, wind {wind_ms:g} m/s: "
        f"{spread.burnt_ha(fire):5.0f} ha, line {line_m / 1000.0:5.1f} km, "
        f"edge {len(spread.edge(fire)):4d} cells, {state}: {taken:.2f} s"
    )


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    compare()
    full_size()
    print("400 x 400 cells of 30 m, 48 h in ticks of 5 min, with crews at the edge; CPU seconds:")
    for case in SUPPRESSED:
        suppressed(*case)
