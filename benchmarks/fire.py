"""Forest-fire spread beside pyretechnics on the same uniform landscape, and at full size.

    python benchmarks/fire.py

One run, one table: area and perimeter against the analytic ellipse, and CPU seconds. pyretechnics
is used where it is installed (`pip install pyretechnics`); otherwise its rows say so. The fuel is
short grass (Anderson's model 1), the ground flat, the weather steady, the ignition one cell.
Then 24 h of free spread over a synthetic landscape of 1,000 x 1,000 cells.
"""

from __future__ import annotations

import math
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sim.hazards.forest import ellipse, rothermel, spread
from sim.hazards.forest.fuels import read_fuels
from sim.hazards.forest.ground import ground
from sim.hazards.forest.landscape import landscape
from sim.hazards.forest.rates import rothermel_rates, wang_mao_rates
from sim.hazards.forest.synthetic import synthetic
from sim.hazards.forest.weather import steady, weather

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
        }
        for name, model in models.items():
            try:
                burnt, taken = model(wind, minutes)
            except ImportError:
                print(f"  {name:26}not installed")
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


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    compare()
    full_size()
