"""Tiny made larger, by a seed: places, roads, teams, stores, lorries and harm that compete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from anlan import sim
from anlan.sim.checks import check
from anlan.sim.forcing.base import Forcing
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import BuildingFire, BuildingFireHazard, Scenario
from tests.oracle.calm import calm, winds_said
from tests.oracle.deeds import at_random
from tests.oracle.district import parameters
from tests.oracle.held import Deed

PLACES = 7
# team, kind, place, members, crew size, boats, pumps m3/h, bags, asked for at, what it can do
TEAMS: tuple[tuple[Any, ...], ...] = (
    (
        "all-rounders",
        "professional",
        0,
        8,
        4,
        1,
        1600.0,
        300,
        None,
        "rescue water engineering medical",
    ),
    ("town", "town", 2, 10, 5, 0, 0.0, 900, None, "rescue water engineering"),
    ("boats", "assault", 3, 10, 5, 3, 700.0, 900, None, "water"),
    ("waders", "social", 4, 4, 4, 0, 300.0, 2000, None, "water engineering"),
    ("medics", "social", 1, 6, 2, 0, 0.0, 0, None, "medical"),
    ("station", "comprehensive", 0, 12, 6, 0, 0.0, 0, None, "rescue fire"),
    ("corner", "first_responder", 5, 4, 4, 0, 0.0, 0, None, "micro fire"),
    ("from-afar", "professional", 6, 8, 4, 0, 0.0, 0, "III", "rescue medical engineering"),
)
# store, mode, place, lorries, kg and m3 of each, asked for at
STORES: tuple[tuple[Any, ...], ...] = (
    ("central", "physical", 0, 2, 220.0, 0.5, None),
    ("shop", "enterprise", 3, 2, 150.0, 1.0, None),
    ("club", "social", 5, 1, 90.0, 1.0, None),
    ("works", "production", 4, 1, 200.0, 1.0, None),
    ("neighbours", "physical", 6, 1, 400.0, 2.0, "III"),
)
VALUES = {
    "residents__water_lost_share": 0.6,
    "residents__reserve_mean_h": 3.0,
    "residents__water_lag_h": 1.0,
    "residents__kin_share": 0.1,
    "residents__prepare_mode_min": 20.0,
    "store__production_lead_h": 4.0,
    "store__production_ramp_h": 6.0,
    "store__enterprise_lead_h": 3.0,
    "team__people_per_trapped": 3.0,
    "quake__void_person_h": 10.0,
    "quake__entombed_person_h": 60.0,
    "team__shift_h": 6.0,
    "team__rest_h": 4.0,
    "store__round_min": 12.0,
    "store__most_stops": 3.0,
    "damage__collapse_trapped_share": 0.4,
    "damage__upstairs_share": 0.6,
    "damage__drown_mu": 0.5,
    "damage__drown_sigma": 1.0,
    "damage__collapse_injured_share": 0.4,
    "arrest__per_100000_y": 3e5,
    "arrest__seen_share": 1.0,
}


@dataclass
class Case:
    """A district, its weather and what is said of it, and what happens there."""

    scenario: Scenario
    seed: int
    forcing: Forcing
    deeds: Mapping[int, Deed]
    held: dict[str, Any]


def crowded(seed: int, silent: bool = False, **values: float) -> Case:
    """Yellow at first, the all-clear after a day, and yellow again; gales; trees; dark places,
    which may be without a telephone too."""
    draw = np.random.default_rng(1000 + seed)
    scenario = _district(draw, values)
    t, c = scenario.ticks, len(scenario.communities)
    wind_ms = np.zeros((t, c))
    for strength in (18.0, 27.0, 27.0, 27.0):  # gales slow drivers, storms stop everybody
        begin, place = int(draw.integers(t)), int(draw.integers(c))
        wind_ms[begin : begin + 30, place] = strength
    said = winds_said((0, 20.0), (250, 0.0), (330, 20.0))
    dark = np.zeros((t, c), dtype=bool)
    for place in draw.choice(c, 4, replace=False):
        begin = int(draw.integers(20, t // 2))
        dark[begin : begin + int(draw.integers(60, 200)), place] = True
    trees = {
        int(tick): {int(draw.integers(len(scenario.roads))): int(draw.integers(1, 4))}
        for tick in draw.integers(10, t - 40, 8)
    }
    water = np.zeros((t, c))
    for place in draw.choice(c, 2, replace=False):
        begin = int(draw.integers(40, t - 60))
        water[begin : begin + 40, place] = draw.choice([0.4, 0.8])
    begin = int(draw.integers(40, t - 160))
    for place in draw.choice(c, 5, replace=False):  # a flood that rises, in places side by side
        rises_m = np.cumsum(draw.uniform(0.0, 0.12, 12))
        water[begin : begin + 96, place] = np.repeat(rises_m, 8)
    return Case(
        scenario,
        seed,
        calm(scenario, bulletins=said, wind_ms=wind_ms),
        at_random(scenario, seed, ("ruin",), 10),
        {"power_out": dark, "phone_out": dark & silent, "trees": trees, "depth_m": water},
    )


def _district(draw: np.random.Generator, values: dict[str, float]) -> Scenario:
    tiny = sim.load("tiny")
    names = [f"p{n}" for n in range(PLACES)]
    begin = start_time(tiny)
    scenario = tiny.model_copy(
        update={
            "settings": tiny.settings.model_copy(
                update={"id": "crowded", "command_community": "p0", "duration_h": 40}
            ),
            "hazards": {**tiny.hazards, "building_fire": BuildingFireHazard(random=False)},
            "communities": tuple(_place(tiny, draw, name) for name in names),
            "roads": _roads(tiny, draw),
            "teams": tuple(_team(tiny, row) for row in TEAMS),
            "stores": tuple(_store(tiny, row) for row in STORES),
            "stock": tuple(_stock(tiny, draw)),
            "shelters": tuple(
                tiny.shelters[0].model_copy(
                    update={"shelter": f"s{n}", "community": names[n], "capacity": 40}
                )
                for n in (0, 2, 5)
            ),
            "building_fires": tuple(
                BuildingFire(
                    fire=f"listed-{n}",
                    time=begin + timedelta(hours=float(draw.uniform(1.0, 30.0))),
                    community=names[int(draw.integers(PLACES))],
                    building_class=tiny.building_classes[n].building_class,
                    inside_km=float(draw.uniform(0.0, 1.0)),
                    discovery_min=2.0,
                    victims=3,
                )
                for n in range(3)
            ),
            "parameters": parameters(tiny, **(VALUES | values)),
        }
    )
    check(scenario)
    return scenario


def _place(tiny: Scenario, draw: np.random.Generator, name: str) -> Any:
    return tiny.communities[1].model_copy(
        update={
            "community": name,
            "lon": 121.2 + float(draw.uniform(0.0, 0.006)),
            "lat": 31.9 + float(draw.uniform(0.0, 0.006)),
            "residents": 40,
            "households": 16,
            "dangerous_share": 0.3,
            "low_lying_share": 0.3,
            "dormitory_share": 0.1,
        }
    )


def _roads(tiny: Scenario, draw: np.random.Generator) -> tuple[Any, ...]:
    """Every place is joined to an earlier one, and some to another besides."""
    pairs = {(int(draw.integers(n)), n) for n in range(1, PLACES)}
    while len(pairs) < PLACES + 2:
        a, b = sorted(draw.choice(PLACES, 2, replace=False).tolist())
        pairs.add((a, b))
    return tuple(
        tiny.roads[0].model_copy(
            update={
                "road": f"r{n}",
                "from_community": f"p{a}",
                "to_community": f"p{b}",
                "length_km": round(float(draw.uniform(0.5, 8.0)), 3),
                "speed_kmh": float(draw.choice([30.0, 40.0, 50.0])),
            }
        )
        for n, (a, b) in enumerate(sorted(pairs))
    )


def _team(tiny: Scenario, row: tuple[Any, ...]) -> Any:
    name, kind, place, members, crew_size, boats, pumps_m3_h, bags, asked_at, can = row
    return tiny.teams[0].model_copy(
        update={
            "team": name,
            "kind": kind,
            "community": f"p{place}",
            "members": members,
            "crew_size": crew_size,
            "boats": boats,
            "pumps_m3_h": pumps_m3_h,
            "bags": bags,
            "asked_at": asked_at,
            "capabilities": tuple(can.split()),
        }
    )


def _store(tiny: Scenario, row: tuple[Any, ...]) -> Any:
    name, mode, place, trucks, kg, m3, asked_at = row
    return tiny.stores[0].model_copy(
        update={
            "store": name,
            "mode": mode,
            "community": f"p{place}",
            "trucks": trucks,
            "truck_kg": kg,
            "truck_m3": m3,
            "asked_at": asked_at,
        }
    )


def _stock(tiny: Scenario, draw: np.random.Generator) -> list[Any]:
    few = {"water_ml": 60_000, "meal": 80, "bedding": 30, "clothing": 20, "medicine": 8}
    return [
        tiny.stock[0].model_copy(
            update={"holder": row[0], "item": item, "quantity": int(most * draw.uniform(0.3, 2.0))}
        )
        for row in STORES
        for item, most in few.items()
        if row[1] != "production" or item in ("water_ml", "meal")
    ]
