"""What chance decides about people in one run: thresholds and delays, drawn before it begins.

Both the array model and the plain oracle of the tests read these; neither may draw again.
Each draw belongs to a household or a resident, whatever the teams, stores and shelters are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.people.population import People
from anlan.sim.scenario.schema import DWELLINGS, Scenario

F32 = NDArray[np.float32]
Ticks = NDArray[np.int32]
FAR = np.int32(2**30)  # a tick that never comes

HEAR = stream("resident.hear", "resident")
ORDER = stream("household.order", "household")
COMPLY = stream("household.comply", "household")
PREPARE = stream("household.prepare", "household")
KIN = stream("household.kin", "household")
COLLAPSE = stream("household.collapse", "household")
FLOOR = stream("household.floor", "household")
GROUND = stream("household.ground", "household")
STOREY = stream("household.storey", "household")
WATER = stream("household.water", "household")
RESERVE = stream("household.reserve", "household")
RETURN = stream("household.return", "household")
FATE = stream("resident.fate", "resident")
LIVE = stream("resident.live", "resident")


@dataclass(frozen=True)
class Draws:
    """Shapes: H households, N residents."""

    hear_u: F32  # (H,) hears the public warning when the reached share passes this
    order_u: F32  # (H,) hears the order to leave when the reached share passes this
    complies: NDArray[np.bool_]  # (H,)
    prepare_ticks: Ticks  # (H,) from hearing the order to being ready to leave
    to_kin: NDArray[np.bool_]  # (H,) goes to kin rather than to a shelter
    collapse_gust_ms: F32  # (H,) gust at which the dwelling collapses
    floor_m: F32  # (H,) ground floor above the street
    thirsty_ticks: Ticks  # (H,) from power loss to need of water and food; FAR: never
    return_ticks: Ticks  # (H,) from the stand-down to going home
    fate_u: F32  # (N,) what a collapse, a flood or the wind does to this person
    live_u: F32  # (N,) how long this person lasts when trapped


def draw(scenario: Scenario, people: People, streams: Streams) -> Draws:
    """Draw one run's thresholds from its streams."""
    p = scenario.p
    homes, everyone = people.household_key, people.resident_key
    hear = streams.uniform(HEAR, everyone)
    return Draws(
        # A household hears when its first member does: they tell each other.
        hear_u=np.minimum.reduceat(hear, people.resident_start[:-1]) if len(homes) else hear,
        order_u=streams.uniform(ORDER, homes),
        complies=streams.uniform(COMPLY, homes)
        < np.array([p(f"residents.comply_{d}") for d in DWELLINGS], dtype=np.float32)[
            people.dwelling
        ],
        prepare_ticks=_prepare(scenario, streams.uniform(PREPARE, homes)),
        to_kin=(streams.uniform(KIN, homes) < np.float32(p("residents.kin_share")))
        & (people.dwelling != DWELLINGS.index("dormitory")),
        collapse_gust_ms=_collapse(scenario, people, streams.normal(COLLAPSE, homes)),
        floor_m=_floor(scenario, people, streams),
        thirsty_ticks=_thirsty(scenario, people, streams),
        return_ticks=(
            streams.uniform(RETURN, homes)
            * np.float32(scenario.ticks_of(60.0 * p("residents.return_spread_h")))
        ).astype(np.int32),
        fate_u=streams.uniform(FATE, everyone),
        live_u=streams.uniform(LIVE, everyone),
    )


def _prepare(scenario: Scenario, u: F32) -> Ticks:
    """Rayleigh time to leave, in whole ticks, at least one."""
    mode_min = scenario.p("residents.prepare_mode_min")
    minutes = mode_min * np.sqrt(-2.0 * np.log1p(-u.astype(np.float64)))
    return np.maximum(1, np.ceil(minutes / scenario.settings.tick_min)).astype(np.int32)


def _collapse(scenario: Scenario, people: People, z: F32) -> F32:
    """Lognormal fragility: the gust at which each dwelling goes. A low-lying one is sturdy."""
    median = {
        d: scenario.p(f"damage.collapse_median_{'sturdy' if d == 'low_lying' else d}_ms")
        for d in DWELLINGS
    }
    medians = np.array([median[d] for d in DWELLINGS], dtype=np.float32)
    beta = np.float32(scenario.p("damage.collapse_beta"))
    return np.asarray(medians[people.dwelling] * np.exp(beta * z), dtype=np.float32)


def _floor(scenario: Scenario, people: People, streams: Streams) -> F32:
    """Height of each home's floor above the ponded streets of its community.

    Water stands on a share of a community only (`flood.ponding_share`): low-lying homes are in
    it, of the others that share. Most households of a neighbourhood live above the ground floor.
    """
    p = scenario.p
    homes = people.household_key
    low = people.dwelling == DWELLINGS.index("low_lying")
    floor = np.where(
        low, np.float32(p("damage.floor_low_lying_m")), np.float32(p("damage.floor_m"))
    ).astype(np.float32)
    floor += np.float32(p("damage.floor_sd_m")) * streams.normal(FLOOR, homes)
    high = ~low & (streams.uniform(GROUND, homes) >= np.float32(p("flood.ponding_share")))
    floor[high] += np.float32(p("damage.higher_ground_m"))
    built_up = np.array([c.kind == "neighbourhood" for c in scenario.communities])
    # Dangerous houses, site sheds, boats and low-lying homes have one storey.
    may = built_up[people.community] & (people.dwelling == DWELLINGS.index("sturdy"))
    share = np.float32(p("damage.above_ground_share"))
    floor[may & (streams.uniform(STOREY, homes) < share)] += np.float32(p("damage.storey_m"))
    return floor


def _thirsty(scenario: Scenario, people: People, streams: Streams) -> Ticks:
    """Ticks from power loss until a home has neither water nor food; exponential reserve."""
    p = scenario.p
    loses = streams.uniform(WATER, people.household_key) < p("residents.water_lost_share")
    u = streams.uniform64(RESERVE, people.household_key)
    hours = (
        p("residents.water_lag_h")
        - p("residents.reserve_mean_h") * np.log1p(-u)
        + np.where(people.kit, p("residents.kit_reserve_h"), 0.0)
    )
    ticks = np.ceil(hours * scenario.ticks_per_h).astype(np.int32)
    return np.where(loses, ticks, FAR).astype(np.int32)


def survival_ticks(scenario: Scenario, u: F32) -> Ticks:
    """Ticks that a trapped person lasts: Weibull survival S = exp(-(t / scale)^shape)."""
    u64 = np.maximum(u.astype(np.float64), 1e-12)
    hours = scenario.p("damage.trapped_scale_h") * (-np.log(u64)) ** (
        1.0 / scenario.p("damage.trapped_shape")
    )
    return np.ceil(hours * scenario.ticks_per_h).astype(np.int32)


def burns(
    scenario: Scenario, kw_m: NDArray[np.float64], u: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(dies, is hurt) of people caught by a forest fire of some intensity, by one uniform each.

    They die with 1 - exp(-I / I_d); of the others 1 - exp(-I / I_h) are badly hurt.
    """
    dies = -np.expm1(-kw_m / scenario.p("forest.death_kw_m"))
    harmed = dies - (1.0 - dies) * np.expm1(-kw_m / scenario.p("forest.hurt_kw_m"))
    return u < dies, (u >= dies) & (u < harmed)


def drowns(scenario: Scenario, depth_m: F32, u: F32) -> NDArray[np.bool_]:
    """Who drowns at a flood's peak, by Jonkman's slow-rise function of the depth indoors."""
    from scipy.special import ndtr

    depth = np.maximum(depth_m.astype(np.float64), 1e-6)
    chance = ndtr(
        (np.log(depth) - scenario.p("damage.drown_mu")) / scenario.p("damage.drown_sigma")
    )
    return np.asarray(u < np.where(depth_m > 0.0, chance, 0.0))
