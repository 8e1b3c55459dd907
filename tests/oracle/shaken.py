"""A small district under an earthquake: a few crews, and no weather unless it is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan.sim.checks import check
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import cut, set_parameters

START = "2022-09-14T00:00:00+08:00"
SHAKES = 12  # tick, of ten minutes


def shaken(
    magnitude: float = 7.5, hours: int = 48, weather: bool = False, **values: float
) -> Scenario:
    """Five places of some 1,200 people, ten kilometres from an epicentre, and a few crews.

    The trapped last as long as those of Tangshan did.
    """
    whole = cut(1200, 5, hours, damage__trapped_scale_h=72.0)
    lon = float(np.mean([c.lon for c in whole.communities]))
    lat = float(np.mean([c.lat for c in whole.communities]))
    hazards: dict[str, Any] = {
        "earthquake": {
            "time": "2022-09-14T02:00:00+08:00",
            "lon": lon,
            "lat": lat - 0.09,
            "magnitude": magnitude,
            "depth_km": 12.0,
            "strike_deg": 0.0,
        }
    }
    raw = whole.model_dump()
    if weather:
        hazards["weather"] = {}
        raw["weather"] = calm_hours(hours)
    raw["hazards"] = hazards
    raw["settings"] |= {"start": START, "start_before_closest_h": None, "tick_min": 10}
    scenario = set_parameters(Scenario.model_validate(raw), **values)
    check(scenario)
    return scenario


def calm_hours(hours: int) -> list[dict[str, Any]]:
    """A table of two metres of wind a second, and no rain."""
    row = {"temperature_c": 15.0, "humidity_pct": 60.0, "wind_ms": 2.0, "wind_from_deg": 0.0}
    times = (START, f"2022-09-{14 + hours // 24:02d}T00:00:00+08:00")
    return [{"time": time, "rain_mm_h": 0.0} | row for time in times]


def with_hospitals(scenario: Scenario, beds: int) -> Scenario:
    """Three medical teams with an ambulance each, and two hospitals with so many beds in each."""
    like, listed = scenario.hospitals[0], scenario.communities
    medics = next(t for t in scenario.teams if "medical" in t.capabilities)
    return scenario.model_copy(
        update={
            "teams": (
                *(t for t in scenario.teams if t is not medics),
                *(
                    medics.model_copy(
                        update={"team": f"medics-{n}", "ambulances": 1, "members": 6,
                                "community": listed[n].community}
                    )
                    for n in range(3)
                ),
            ),
            "hospitals": tuple(
                like.model_copy(
                    update={"hospital": name, "community": listed[at].community, "beds": beds}
                )
                for name, at in (("near", 1), ("far", 4))
            ),
        }
    )  # fmt: skip
