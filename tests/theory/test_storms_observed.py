"""Winds that stations measured beside those of the model; nothing of it is fitted to them.

The highest hourly means of Typhoon Mangkhut (Hong Kong Observatory) are read by anemometers high
above the sea on exposed islands and a shore. The model's wind at 10 m over the sea is taken up to
their height by the logarithmic law over a rough sea. Heights of the first and the last station
are remembered and not looked up.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.sim import load
from anlan.sim.forcing.typhoon import Typhoon
from tests.storm import community

SEA_ROUGHNESS_M = 0.003  # a sea in a storm; Charnock's relation gives 0.002 to 0.004 at 30-40 m/s
# station, lat, lon, height of the anemometer (m), highest hourly mean (km/h)
STATIONS = (
    ("waglan", 22.1822, 114.3033, 83.0, 158.0),
    ("cheung-chau", 22.2011, 114.0267, 99.0, 151.0),
    ("tai-mei-tuk", 22.4753, 114.2375, 71.0, 139.0),
)
WITHIN_MS = 6.0


def winds_ms() -> dict[str, float]:
    """The model's largest wind at each station's height under Mangkhut as its track has it."""
    places = tuple(community(name, lat, lon) for name, lat, lon, _, _ in STATIONS)
    scenario = load("pingshan-typhoon").model_copy(update={"communities": places, "roads": ()})
    typhoon = Typhoon(scenario)
    exponents = np.where(np.isnan(typhoon.exponents), 0.54, typhoon.exponents)
    at_10m = typhoon._sea_wind(typhoon.node_storm, exponents)[1].max(axis=0)
    up = [math.log(h / SEA_ROUGHNESS_M) / math.log(10.0 / SEA_ROUGHNESS_M) for *_, h, _ in STATIONS]
    return {name: float(v * u) for (name, *_), v, u in zip(STATIONS, at_10m, up, strict=True)}


def test_under_mangkhut_three_exposed_stations_are_met_within_six_metres_a_second() -> None:
    found = winds_ms()
    for name, *_, kmh in STATIONS:
        assert found[name] == pytest.approx(kmh / 3.6, abs=WITHIN_MS), name
