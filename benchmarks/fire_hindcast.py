"""Two Belgian fires with scars, played over ranges of moisture and duration: area and overlap.

    python benchmarks/fire_hindcast.py FOLDER [TABLE.csv]

FOLDER holds `case1_clinge` and `case3_arlon` (elevation, fuel and scar on 201 x 201 cells of 10 m,
weather; from fire2a/C2F-W, GPL-3, so they do not ship). Without it this says so and does nothing.
The fire is lit in the middle, nobody fights it. Beds: Scott and Burgan 2005 (RMRS-GTR-153), from
memory; grass is taken as cured (March), so live herbs count as fine dead fuel. Fuel 91 and 93
(town, field) do not burn. Nothing is fitted: moisture, duration and shelter were not observed;
all are tried. The table of the validation page is `docs/figures/fire_scars.csv`.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np

from anlan.sim.forcing.fire_weather import FireSky, steady
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import rothermel_rates
from anlan.sim.nature.forest.rothermel import dead_moisture_share
from anlan.sim.place.landscape.fuels import Fuels, read_fuels
from anlan.sim.place.landscape.landscape import Landscape, landscape

CASES = ("case1_clinge", "case3_arlon")
LB_FT2 = 2000.0 / 43560.0  # of a short ton to the acre
# code: (1 h with cured herbs, 10 h, 100 h, live wood: t/acre; 1/ft; depth ft; extinction)
SCOTT_BURGAN = {
    101: (0.40, 0.0, 0.0, 0.0, 2000.0, 0.4, 0.15),
    106: (3.50, 0.0, 0.0, 0.0, 2000.0, 1.5, 0.40),
    123: (1.75, 0.25, 0.0, 1.25, 1600.0, 1.8, 0.40),
    183: (0.50, 2.20, 2.80, 0.0, 2000.0, 0.3, 0.20),
    186: (2.40, 1.20, 1.20, 0.0, 2000.0, 0.3, 0.25),
}
UNDER_TREES = (183, 186)
HUMIDITY_PCT = (25.0, 40.0, 55.0)  # at 15 degrees: fine dead fuel of some 6, 8 and 10 %
HOURS = (1.0, 2.0, 4.0)
UNDER = (0.1, 0.3)  # wind at mid-flame over that at 20 ft: dense stand, partly sheltered
OPEN = 0.4


def grid(path: Path) -> np.ndarray:
    """The values of a zipped ASCII grid."""
    with gzip.open(path, "rt") as text:
        return np.loadtxt(text.readlines()[6:])


def fuels_and_share(under: float) -> tuple[Fuels, dict[int, int], np.ndarray]:
    """The table, its code of each code of the data, and mid-flame over 10 m wind by code."""
    none, like = read_fuels().rows[0], read_fuels().rows[4]
    rows, codes, share = [none], {91: 0, 93: 0}, np.zeros(128)
    for i, (code, (one, ten, hundred, live, sav, depth, limit)) in enumerate(
        SCOTT_BURGAN.items(), start=1
    ):
        codes[code] = i
        share[i] = 0.87 * (under if code in UNDER_TREES else OPEN)
        rows.append(
            like.model_copy(
                update={
                    "code": i,
                    "fuel": str(code),
                    "rothermel_load_lb_ft2": one * LB_FT2,
                    "load_10h_lb_ft2": ten * LB_FT2,
                    "load_100h_lb_ft2": hundred * LB_FT2,
                    "load_live_lb_ft2": live * LB_FT2,
                    "sav_per_ft": sav,
                    "depth_ft": depth,
                    "extinction_share": limit,
                }
            )
        )
    return Fuels(tuple(rows)), codes, share


def sky_of(folder: Path, humidity_pct: float) -> FireSky:
    """The mean wind of the case's rows (km/h, degrees from which), at 15 degrees."""
    lines = (folder / "weather.csv").read_text().splitlines()[1:]
    kmh, degrees = np.array([[float(v) for v in line.split(",")[2:4]] for line in lines]).T
    return steady(15.0, humidity_pct, float(kmh.mean()) / 3.6, float(degrees.mean())).at(0.0)


def burnt(land: Landscape, share: np.ndarray, sky: FireSky, hours: float) -> np.ndarray:
    """Which cells burn from the middle of the map."""
    fire = spread.start(rothermel_rates(ground(land, 32), share, 60.0, 60.0), sky)
    spread.ignite(fire, land.rows // 2, land.cols // 2)
    spread.advance(fire, hours * 60.0)
    return spread.burnt(fire)


HEAD = "case,under_share,humidity_pct,moisture_share,hours,burnt_ha,scar_ha,sorensen"


def rows(folder: Path) -> list[str]:
    """A row for each case, shelter, humidity and duration, under `HEAD`."""
    lines = [HEAD]
    for name in CASES:
        height = grid(folder / name / "elevation.asc.gz")
        scar = grid(folder / name / "scar.asc.gz") > 0
        given = grid(folder / name / "fuel.asc.gz").astype(int)
        for under in UNDER:
            fuels, codes, share = fuels_and_share(under)
            fuel = np.vectorize(codes.__getitem__)(given)
            land = landscape(height, fuel, 10.0, fuels)
            for humidity in HUMIDITY_PCT:
                sky = sky_of(folder / name, humidity)
                wet = float(dead_moisture_share(15.0, humidity))
                for hours in HOURS:
                    out = burnt(land, share, sky, hours)
                    both = 2.0 * np.count_nonzero(out & scar) / (out.sum() + scar.sum())
                    lines.append(
                        f"{name},{under},{humidity:.0f},{wet:.3f},{hours:g},"
                        f"{out.sum() / 100:.2f},{scar.sum() / 100:.2f},{both:.2f}"
                    )
    return lines


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not (Path(sys.argv[1]) / CASES[0]).is_dir():
        print("skipped: give the folder of the two fires (case1_clinge, case3_arlon)")
    else:
        table = "\n".join(rows(Path(sys.argv[1]))) + "\n"
        if len(sys.argv) == 3:
            Path(sys.argv[2]).write_text(table, encoding="utf-8")
        print(table, end="")
