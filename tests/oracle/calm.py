"""Made-up districts, and weather and bulletins for tests of one part at a time.

What comes whatever people do (wind, rain, sea, what is said of them) is `calm`'s. What people and
weather change (power, phone, water on the streets, trees across roads) is state: see `held`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from anlan import sim
from anlan.sim.forcing.base import Forcing, Now, Present, Sky, StormPath, now
from anlan.sim.forcing.rivers import RiverStages
from anlan.sim.networks.traffic import Traffic, TrafficRules
from anlan.sim.place.lanes import flows_of
from anlan.sim.place.roads import RoadTable
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.schema import Scenario
from anlan.sim.threats import Bulletin, Threat

OFFICE = "weather office"
LEADS_H = (6.0, 12.0, 24.0)


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


def calm(
    scenario: Scenario,
    ticks: int | None = None,
    bulletins: Sequence[Bulletin] = (),
    path: StormPath | None = None,
    **sky: Any,
) -> Forcing:
    """No wind, no rain, a low sea and nothing said, but for what is given by name.

    `sky`: wind_ms, gust_ms, rain_mm_h, (T, C) or whatever broadcasts to it; sea_level_m, (T,).
    Rivers stand as high as the scenario's table says.
    """
    t, c = ticks or scenario.ticks, len(scenario.communities)

    def over(values: Any) -> Any:
        # One row seen from everywhere: a month of ticks costs no memory.
        return np.broadcast_to(np.asarray(values, dtype=np.float32), (t, c))

    sea_level_m = np.broadcast_to(np.asarray(sky.pop("sea_level_m", 0.0), dtype=np.float64), (t,))
    rows = {name: over(sky.pop(name, 0.0)) for name in ("wind_ms", "gust_ms", "rain_mm_h")}
    assert not sky, f"not of the sky: {sorted(sky)}"
    river_m = RiverStages(scenario).level_m if scenario.rivers else None
    return Forcing(Sky(sea_level_m=sea_level_m, **rows), path, tuple(bulletins), river_m)


def air(places: int, **sky: Any) -> Now:
    """One tick's sky over some places: wind_ms, gust_ms, rain_mm_h, sea_level_m; else nothing."""
    sea_level_m = np.array([sky.pop("sea_level_m", 0.0)], dtype=np.float64)
    rows = {
        name: np.broadcast_to(np.asarray(sky.pop(name, 0.0), dtype=np.float32), (1, places))
        for name in ("wind_ms", "gust_ms", "rain_mm_h")
    }
    assert not sky, f"not of the sky: {sorted(sky)}"
    return now(Forcing(Sky(sea_level_m=sea_level_m, **rows)), 0)


def quiet_traffic(scenario: Scenario, table: RoadTable, **sky: Any) -> Traffic:
    """Empty roads under an air; the present tick stays the first until somebody moves it."""
    names = [c.community for c in scenario.communities]
    present = Present(0, air(len(names), **sky))
    rules = TrafficRules.read(scenario)
    return Traffic(rules, flows_of(scenario), table, names, present, Clock.of(scenario))


def winds_said(*issued: tuple[int, float]) -> tuple[Bulletin, ...]:
    """Bulletins: (tick, wind in m/s expected within 6, 12 and 24 hours) of each; 17.2 is yellow.

    Each holds until the next one and no longer; the last one for ever.
    """
    ends = [tick - 1 for tick, _ in issued[1:]] + [10**9]
    return tuple(
        Bulletin(
            tick,
            tuple(Threat("wind", OFFICE, {"wind_ms": wind_ms}, h, end) for h in LEADS_H),
        )
        for (tick, wind_ms), end in zip(issued, ends, strict=True)
    )
