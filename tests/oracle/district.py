"""A small district cut out of Haimen, for tests that need everything to happen at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from anlan import sim
from anlan.sim.checks import check
from anlan.sim.scenario.clock import chosen_storm, start_time
from anlan.sim.scenario.schema import (
    BuildingFire,
    BuildingFireHazard,
    Dike,
    Parameter,
    Scenario,
)


def parameters(scenario: Scenario, **values: float) -> dict[str, Parameter]:
    """The scenario's parameters with some set, inside their range or not; `a__b` means a.b."""
    found = dict(scenario.parameters)
    for name, value in values.items():
        key = name.replace("__", ".")
        row = found[key]
        found[key] = row.model_copy(
            update={"value": value, "low": min(row.low, value), "high": max(row.high, value)}
        )
    return found


def set_parameters(scenario: Scenario, **values: float) -> Scenario:
    return scenario.model_copy(update={"parameters": parameters(scenario, **values)})


def cut(
    residents: int,
    places: int = 6,
    duration_h: int = 72,
    start_before_closest_h: float = 30.0,
    wind_factor: float = 1.4,
    stock_share: float = 0.03,
    **values: float,
) -> Scenario:
    """The first communities of Haimen's first town, and what stands in them, shrunk.

    The storm is Muifa with winds `wind_factor` times as strong. Half of the households live
    where it is dangerous; a quarter of the shelters' places is kept.
    """
    whole = sim.load("haimen-typhoon")
    kept = whole.communities[:places]
    names = {c.community for c in kept}
    each = residents // places
    communities = tuple(
        c.model_copy(
            update={
                "residents": each + (residents - each * places if n == 0 else 0),
                "households": max(1, round(each / 2.6)),
                **IN_DANGER,
            }
        )
        for n, c in enumerate(kept)
    )
    shelters = _few(whole.shelters, names, 3, {"capacity": max(5, residents // 20)})
    stores = _few(whole.stores, names, 2, {"trucks": 2})
    # Some of every kind of work: boats, ruins, wounds and trees.
    local = _few(whole.teams, names, len(whole.teams), {})
    teams = (
        tuple(
            next(t for t in local if work in t.capabilities and t.kind == kind)
            for kind, work in (("comprehensive", "rescue"), ("professional", "engineering"))
        )
        + tuple(t for t in local if "medical" in t.capabilities)[:1]
    )
    holders = {s.shelter for s in shelters} | {s.store for s in stores}
    scenario = whole.model_copy(
        update={
            "settings": whole.settings.model_copy(
                update={
                    "id": "cut",
                    "duration_h": duration_h,
                    "command_community": None,
                    "start_before_closest_h": start_before_closest_h,
                }
            ),
            "responses": tuple(
                r.model_copy(update={"move": move})
                for r, move in zip(whole.responses, MOVES, strict=True)
            ),
            "communities": communities,
            "towns": (
                whole.towns[0].model_copy(update={"bus_seats_per_h": max(6, residents // 40)}),
            ),
            "roads": tuple(
                r.model_copy(update={"dip_m": 0.25})
                for r in whole.roads
                if r.from_community in names and r.to_community in names
            ),
            "dikes": tuple(d for d in whole.dikes if d.community in names),
            "teams": teams,
            "stores": stores,
            "shelters": shelters,
            "stock": tuple(
                s.model_copy(update={"quantity": int(s.quantity * stock_share)})
                for s in whole.stock
                if s.holder in holders
            ),
            "tracks": _stronger(whole, wind_factor),
            "parameters": parameters(whole, **(SEVERE | values)),
        }
    )
    check(scenario)
    return scenario


MOVES = (
    ("boat",),
    ("boat", "dormitory"),
    ("boat", "dormitory", "dangerous"),
    ("boat", "dormitory", "dangerous", "low_lying"),
)
IN_DANGER = {
    "dangerous_share": 0.2,
    "dormitory_share": 0.12,
    "low_lying_share": 0.25,
    "boat_share": 0.08,
    "generator": False,
}
# A way to a roof that harms many, the frail most.
DANGEROUS_WAYS = {
    "moving__deaths_per_million_h": 20_000.0,
    "moving__hurt_per_million_h": 100_000.0,
    "moving__frail_deaths_per_million_h": 100_000.0,
    "moving__frail_hurt_per_million_h": 400_000.0,
}
# Values that make rare things common.
SEVERE = {
    "damage__outdoor_harm_per_million": 20_000.0,
    "damage__warned_factor": 0.5,
    "damage__collapse_median_dangerous_ms": 42.0,
    "damage__collapse_death_share": 0.1,
    "damage__collapse_median_sturdy_ms": 75.0,
    "damage__drown_mu": 1.0,
    "damage__upstairs_share": 0.3,
    "damage__strand_depth_m": 0.3,
    "damage__trapped_scale_h": 8.0,
    "flood__drain_working_share": 0.0,
    "rain__scale": 2.0,
    "residents__water_lost_share": 0.5,
    "residents__reserve_mean_h": 6.0,
    "residents__kin_share": 0.4,
    "residents__car_share": 0.2,
    "power__restore_mean_h": 8.0,
    "store__enterprise_lead_h": 2.0,
}


def fewer(
    scenario: Scenario,
    residents: int,
    wind_factor: float = 1.0,
    rain_factor: float = 1.0,
    **values: float,
) -> Scenario:
    """A scenario with all its places and about so many residents, many of whom live in danger.

    Its tracks have stronger winds, its weather table more rain.
    """
    share = min(1.0, residents / scenario.residents)
    communities = []
    for c in scenario.communities:
        households = max(1, round(c.households * share))
        size = {"households": households, "residents": max(households, round(c.residents * share))}
        communities.append(c.model_copy(update=size | IN_DANGER))
    found = scenario.model_copy(
        update={
            "communities": tuple(communities),
            "tracks": _stronger(scenario, wind_factor),
            "weather": tuple(
                w.model_copy(update={"rain_mm_h": w.rain_mm_h * rain_factor})
                for w in scenario.weather
            ),
            "parameters": parameters(scenario, **values),
        }
    )
    check(found)
    return found


def with_fires(scenario: Scenario, every_h: int = 6) -> Scenario:
    """The scenario with fires in its buildings: by chance, and one in some place every few hours
    that eight people cannot get out of."""
    begin, kinds = start_time(scenario), scenario.building_classes
    fires = tuple(
        BuildingFire(
            fire=f"listed-{n}",
            time=begin + timedelta(hours=h),
            community=scenario.communities[n % len(scenario.communities)].community,
            building_class=kinds[n % len(kinds)].building_class,
            discovery_min=1.0,
            victims=8,
        )
        for n, h in enumerate(range(1, int(scenario.settings.duration_h), every_h))
    )
    found = scenario.model_copy(
        update={
            "hazards": {**scenario.hazards, "building_fire": BuildingFireHazard(random=True)},
            "building_fires": fires,
        }
    )
    check(found)
    return found


def _stronger(scenario: Scenario, factor: float) -> Any:
    """The tracks, the chosen one with winds so many times as strong."""
    storm = chosen_storm(scenario)
    return tuple(
        f.model_copy(update={"wind_ms": min(110.0, f.wind_ms * factor)})
        if f.storm == storm and f.wind_ms
        else f
        for f in scenario.tracks
    )


def beside_a_fire(
    residents: int, duration_h: int = 6, weather_calm: bool = False, **values: float
) -> Scenario:
    """Tiny's field of grass on a windy or calm day, its two places beside it.

    Half of the households of each stand beside the grass; crews with hand tools and a
    medical team are at the farther place.
    """
    tiny = sim.load("tiny-fire")
    seat, port = tiny.communities
    each = residents // 2
    size = {"residents": each, "households": max(1, each // 3), "kind": "village"}
    (station,) = tiny.teams
    hands = {"team": "hands", "kind": "town", "members": 20, "crew_size": 10}
    medics = {"team": "medics", "kind": "professional", "members": 4, "crew_size": 2}
    scenario = tiny.model_copy(
        update={
            "settings": tiny.settings.model_copy(
                update={"id": "beside-a-fire", "duration_h": duration_h, "tick_min": 5}
            ),
            "communities": (
                seat.model_copy(update={**size, "lon": 121.2597, "lat": 31.8990}),
                port.model_copy(update={**size, "lon": 121.2588, "lat": 31.8981}),
            ),
            "teams": (
                station,
                station.model_copy(update={**hands, "capabilities": ("forest",)}),
                station.model_copy(update={**medics, "capabilities": ("medical",)}),
            ),
            # All that lies there burns at the front: a fire that nobody soon has round.
            "fuels": tuple(f.model_copy(update={"load_kg_m2": 0.5}) for f in tiny.fuels),
            "shelters": tuple(
                s.model_copy(update={"capacity": residents // 3}) for s in tiny.shelters
            ),
            "weather": tuple(
                w.model_copy(
                    update={
                        "wind_ms": 0.0 if weather_calm else 4.0,
                        "wind_from_deg": 225.0,
                        "humidity_pct": 30.0,
                    }
                )
                for w in tiny.weather
            ),
            "hazards": {k: h for k, h in tiny.hazards.items() if k != "building_fire"},
            "building_fires": (),
            "parameters": parameters(tiny, **(NEAR_FIRE | values)),
        }
    )
    check(scenario)
    return scenario


# Values that make harm by a forest fire common.
NEAR_FIRE = {
    "forest__village_m": 80.0,
    "forest__edge_share_village": 0.5,
    "forest__outdoor_share": 0.4,
    "forest__house_factor": 0.1,
    "forest__death_kw_m": 2000.0,
    "forest__hurt_kw_m": 2000.0,
    "residents__kin_share": 0.4,
    "residents__car_share": 0.2,
}


def _few(rows: tuple[Any, ...], places: set[str], n: int, update: dict[str, Any]) -> Any:
    here = [r for r in rows if r.community in places][:n]
    return tuple(r.model_copy(update=update) for r in here)


def behind_dikes(scenario: Scenario, **update: Any) -> Scenario:
    """A dike of 5 km before each community, with guards and material for three rings."""
    made = tuple(
        Dike(
            dike=f"dike-{c.community}", name_zh="堤", name_en="dike", community=c.community,
            length_km=5.0, guards=50, rings=3, source="made up", mark="assumption",
        ).model_copy(update=update)
        for c in scenario.communities
    )  # fmt: skip
    return scenario.model_copy(update={"dikes": made})
