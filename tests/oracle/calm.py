"""Made-up districts and weather for tests of one part at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from anlan import sim
from anlan.sim.forcing.base import Forecast, Realisation
from anlan.sim.scenario.schema import Scenario


def places(n: int, links: Sequence[tuple[int, int, float, float]], **update: Any) -> Scenario:
    """`n` communities c0, c1, ... like tiny's; links (from, to, km, km/h); nothing else stands."""
    tiny = sim.load("tiny")
    like = tiny.communities[0]
    return tiny.model_copy(
        update={
            "communities": tuple(
                like.model_copy(update={"community": f"c{i}", "residents": 1, "households": 1})
                for i in range(n)
            ),
            "roads": tuple(
                tiny.roads[0].model_copy(
                    update={
                        "road": f"r{k}",
                        "from_community": f"c{a}",
                        "to_community": f"c{b}",
                        "length_km": km,
                        "speed_kmh": kmh,
                    }
                )
                for k, (a, b, km, kmh) in enumerate(links)
            ),
            "settings": tiny.settings.model_copy(update={"command_community": None}),
            "teams": (),
            "stores": (),
            "shelters": (),
            "stock": (),
            **update,
        }
    )


def calm(scenario: Scenario, ticks: int | None = None, **given: Any) -> Realisation:
    """No wind, no water, no outage and no bulletin, but for the arrays given by name."""
    t = ticks or scenario.ticks
    c, r = len(scenario.communities), len(scenario.roads)

    def nothing(width: int, kind: Any = np.float32) -> Any:
        # One zero seen from everywhere: a month of ticks costs no memory.
        return np.broadcast_to(np.zeros((1, 1), dtype=kind), (t, width))

    arrays: dict[str, Any] = {
        "wind_ms": nothing(c),
        "gust_ms": nothing(c),
        "rain_mm_h": nothing(c),
        "depth_m": nothing(c),
        "power_out": nothing(c, np.bool_),
        "phone_out": nothing(c, np.bool_),
        "road_depth_m": nothing(r),
        "tree_tick": np.full(r, t, dtype=np.int32),
        "tree_count": np.zeros(r, dtype=np.int32),
    }
    for name in ("centre_lon", "centre_lat", "pressure_hpa", "max_wind_ms", "sea_level_m"):
        arrays[name] = np.zeros(t)
    none = np.empty(0, dtype=np.float32)
    arrays["forecast"] = Forecast(
        issued_tick=np.empty(0, dtype=np.int32),
        wind_within_ms=dict.fromkeys((6, 12, 24), none),
        gust_within_ms=dict.fromkeys((6, 12, 24), none),
    )
    return Realisation(**(arrays | given))
