"""A city of square blocks with fire stations spread over it, played through its ordinary calls.

Toronto's streets and stations are not drawn: the city is a square of its area with as many
stations at random crossings, which is what the square-root law of response distances supposes
(Kolesar and Blum 1973, RAND R-1449).
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anlan.analysis.validation.facts import Alone, Fact
from anlan.sim import Streams, keys_of, load, run_year, stream
from anlan.sim.scenario.schema import Community, Road, Scenario

F64 = NDArray[np.float64]
STATION = stream("validation.station", "crossing of a city of square blocks")
STREETS_KMH = 40.0  # assumed: an engine's mean speed over main streets
LAW = 0.63  # mean distance over sqrt(area / stations): square blocks, stations at random
RESIDENTS = 2000  # of a crossing: some 40 calls a day in all
DAYS, CITIES = 30.0, 12
KM_PER_DEGREE = 111.2
HALF, MANY = 0.5, 0.9


def arrival_median_s(fact: Fact, seed: int, draws: int) -> F64:
    """(cities,) s from the order to the first engine; `at`: stations and km2."""
    return _quantiles_s(fact, seed, draws, HALF)


def arrival_p90_s(fact: Fact, seed: int, draws: int) -> F64:
    """The same, within which nine of ten are reached."""
    return _quantiles_s(fact, seed, draws, MANY)


def arrival_by_law_s(fact: Fact, _seed: int, _draws: int) -> F64:
    """(1,) s of turning out and driving, on average, by the square-root law."""
    stations, km2 = map(float, fact.at.split())
    drive_h = LAW * math.sqrt(km2 / stations) / STREETS_KMH
    return np.array([60.0 * load("tiny-fire").p("fire.turnout_day_min") + 3600.0 * drive_h])


CITY: dict[str, Alone] = {
    look.__name__: look for look in (arrival_median_s, arrival_p90_s, arrival_by_law_s)
}


def _quantiles_s(fact: Fact, seed: int, draws: int, share: float) -> F64:
    stations, km2 = map(float, fact.at.split())
    waits = (_waits_s(int(stations), km2, seed, n) for n in range(min(draws, CITIES)))
    return np.array([float(wait_s.quantile(share)) for wait_s in waits])


@cache
def _waits_s(stations: int, km2: float, seed: int, number: int) -> pd.Series[float]:
    """From the order to the first engine, of all calls of a city; several facts ask for them."""
    city = city_of(stations, km2, seed, number)
    calls = pd.DataFrame(run_year(city, seed, number, DAYS).table("fire"))
    first = calls[calls["spread_from"] == ""]
    return 60.0 * (first["arrived_min"] - first["ordered_min"]).dropna()


def city_of(stations: int, km2: float, seed: int, number: int) -> Scenario:
    """Crossings 1 km apart on a square, stations of one engine at random ones."""
    base = load("tiny-fire")
    side = round(math.sqrt(km2))
    names = [[f"c{row}-{column}" for column in range(side)] for row in range(side)]
    places = tuple(
        _crossing(base.communities[0], names[row][column], row, column)
        for row in range(side)
        for column in range(side)
    )
    ends = [(names[r][c], names[r][c + 1]) for r in range(side) for c in range(side - 1)]
    ends += [(names[r][c], names[r + 1][c]) for r in range(side - 1) for c in range(side)]
    streets = tuple(
        Road(road=f"{a}.{b}", from_community=a, to_community=b, length_km=1.0,
             speed_kmh=STREETS_KMH, trees_per_km=0.0, dip_m=0.0, mark="assumption")
        for a, b in ends
    )  # fmt: skip
    draws = Streams(seed, number).uniform64(STATION, keys_of(p.community for p in places))
    bases = [places[n].community for n in np.argsort(draws)[:stations].tolist()]
    team = base.teams[0]
    teams = tuple(
        team.model_copy(update={"team": f"s-{name}", "community": name, "members": team.crew_size})
        for name in bases
    )
    nothing = dict.fromkeys(("building_fires", "ignitions", "stores", "stock", "shelters"), ())
    return base.model_copy(
        update={"communities": places, "roads": streets, "teams": teams}
        | nothing
        | {"settings": base.settings.model_copy(update={"command_community": names[0][0]})}
    )


def _crossing(like: Community, name: str, row: int, column: int) -> Community:
    north, east = row / KM_PER_DEGREE, column / KM_PER_DEGREE
    return like.model_copy(
        update={"community": name, "lat": like.lat + north, "lon": like.lon + east,
                "residents": RESIDENTS, "households": RESIDENTS // 3}
    )  # fmt: skip
