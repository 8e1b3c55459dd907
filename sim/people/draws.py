"""What chance decides about people in one run: thresholds and delays, drawn before it begins.

Both the array model and the plain oracle of the tests read these; neither may draw again.
Each draw belongs to a household or a resident, whatever the teams, stores and shelters are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.place.population import Population
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import DWELLINGS, Scenario

F32 = NDArray[np.float32]
Ticks = NDArray[np.int32]
FAR = np.int32(2**30)  # a tick that never comes

HEAR = stream("resident.hear", "resident")
ORDER = stream("household.order", "household")
COMPLY = stream("household.comply", "household")
PREPARE = stream("household.prepare", "household")
SHADOW = stream("household.shadow", "household")
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
    # (H,) untold, it leaves where more than this share of its place is told; above 1 never
    shadow_from: NDArray[np.float64]
    prepare_ticks: Ticks  # (H,) from hearing the order to being ready to leave
    to_kin: NDArray[np.bool_]  # (H,) goes to kin rather than to a shelter
    to_lodgings: NDArray[np.bool_]  # (H,) goes to a hotel, a home elsewhere or an employer's
    collapse_gust_ms: F32  # (H,) gust at which the dwelling collapses
    floor_m: F32  # (H,) ground floor above the street
    thirsty_ticks: Ticks  # (H,) from power loss to need of water and food; FAR: never
    bare_ticks: Ticks  # (H,) from being cut off by road until nothing is left, in whole hours
    thirsty_no_kit_ticks: Ticks  # (H,) both as they would be if no home had an emergency kit
    bare_no_kit_ticks: Ticks  # (H,)
    return_ticks: Ticks  # (H,) from the stand-down to going home
    fate_u: F32  # (N,) what a collapse, a flood or the wind does to this person
    live_u: F32  # (N,) how long this person lasts when trapped


@dataclass(frozen=True)
class HarmRules(Rules, prefix="damage"):
    """What gusts, water and ruins do to homes and people."""

    collapse_median_sturdy_ms: float
    collapse_median_dangerous_ms: float
    collapse_median_dormitory_ms: float
    collapse_median_boat_ms: float
    collapse_beta: float
    floor_m: float
    floor_low_lying_m: float
    floor_sd_m: float
    higher_ground_m: float
    above_ground_share: float
    storey_m: float
    strand_depth_m: float
    collapse_death_share: float
    collapse_trapped_share: float
    collapse_injured_share: float
    outdoor_gust_ms: float
    outdoor_harm_per_million: float
    outdoor_death_share: float
    warned_factor: float
    trapped_scale_h: float
    trapped_shape: float
    drown_mu: float
    drown_sigma: float
    rush_least_m: float
    rush_mu: float
    rush_sigma: float
    upstairs_share: float
    cry_share: float
    hold_h: float
    hold_spread: float
    hold_at_c: float
    hold_halves_c: float
    water_c: float
    under_frail_m: float
    under_able_m: float
    under_5min_share: float
    under_10min_share: float
    under_25min_share: float
    ponding_share: float = of("flood.ponding_share")

    def collapse_median_ms(self, dwelling: str) -> float:
        """The gust that half of the dwellings of a kind stand. A low-lying one is sturdy."""
        kind = "sturdy" if dwelling == "low_lying" else dwelling
        return float(getattr(self, f"collapse_median_{kind}_ms"))


@dataclass(frozen=True)
class BurnRules(Rules, prefix="forest"):
    """What a forest fire does to whom it catches."""

    death_kw_m: float
    hurt_kw_m: float
    outdoor_share: float
    house_factor: float


@dataclass(frozen=True)
class HabitRules(Rules, prefix="residents"):
    """What households do when they are told to leave, and how long they last without a tap."""

    comply_sturdy: float
    comply_dangerous: float
    comply_dormitory: float
    comply_low_lying: float
    comply_boat: float
    shadow_share: float
    prepare_mode_min: float
    kin_share: float
    lodged_share: float
    dormitory_lodged_share: float
    return_spread_h: float
    water_lost_share: float
    water_lag_h: float
    reserve_mean_h: float
    kit_reserve_h: float
    larder_mean_h: float


def draw(scenario: Scenario, people: Population, streams: Streams) -> Draws:
    """Draw one run's thresholds from its streams."""
    habits, harm, clock = HabitRules.read(scenario), HarmRules.read(scenario), Clock.of(scenario)
    homes, everyone = people.household_key, people.resident_key
    hear = streams.uniform(HEAR, everyone)
    comply = np.array([getattr(habits, f"comply_{d}") for d in DWELLINGS], dtype=np.float32)
    spread_ticks = np.float32(clock.ticks_of(60.0 * habits.return_spread_h))
    thirsty, thirsty_no_kit = _thirsty(habits, clock, people, streams)
    bare, bare_no_kit = _bare(habits, clock, people, streams)
    to_kin, to_lodgings = _bound_for(habits, people, streams.uniform(KIN, homes))
    return Draws(
        # A household hears when its first member does: they tell each other.
        hear_u=np.minimum.reduceat(hear, people.resident_start[:-1]) if len(homes) else hear,
        order_u=streams.uniform(ORDER, homes),
        complies=streams.uniform(COMPLY, homes) < comply[people.dwelling],
        shadow_from=_shadow(habits, streams.uniform(SHADOW, homes)),
        prepare_ticks=_prepare(habits, clock, streams.uniform(PREPARE, homes)),
        to_kin=to_kin,
        to_lodgings=to_lodgings,
        collapse_gust_ms=_collapse(harm, people, streams.normal(COLLAPSE, homes)),
        floor_m=_floor(scenario, harm, people, streams),
        thirsty_ticks=thirsty,
        bare_ticks=bare,
        thirsty_no_kit_ticks=thirsty_no_kit,
        bare_no_kit_ticks=bare_no_kit,
        return_ticks=(streams.uniform(RETURN, homes) * spread_ticks).astype(np.int32),
        fate_u=streams.uniform(FATE, everyone),
        live_u=streams.uniform(LIVE, everyone),
    )


def _bound_for(
    habits: HabitRules, people: Population, u: F32
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(H,) who goes to kin, and who to lodgings; all others go to shelters. Site workers have no
    kin nearby.
    """
    workers = people.dwelling == DWELLINGS.index("dormitory")
    kin = np.where(workers, np.float32(0.0), np.float32(habits.kin_share))
    lodged = np.where(
        workers, np.float32(habits.dormitory_lodged_share), np.float32(habits.lodged_share)
    )
    return u < kin, (u >= kin) & (u < kin + lodged)


def _shadow(habits: HabitRules, u: F32) -> NDArray[np.float64]:
    """Where all others of a place are told, so large a share leaves untold; fewer with fewer."""
    if habits.shadow_share <= 0.0:
        return np.full(len(u), np.inf)
    return u.astype(np.float64) / habits.shadow_share


def _prepare(habits: HabitRules, clock: Clock, u: F32) -> Ticks:
    """Rayleigh time to leave, in whole ticks, at least one."""
    minutes = habits.prepare_mode_min * np.sqrt(-2.0 * np.log1p(-u.astype(np.float64)))
    return np.maximum(1, np.ceil(minutes / clock.tick_min)).astype(np.int32)


def _collapse(harm: HarmRules, people: Population, z: F32) -> F32:
    """Lognormal fragility: the gust at which each dwelling goes."""
    medians = np.array([harm.collapse_median_ms(d) for d in DWELLINGS], dtype=np.float32)
    beta = np.float32(harm.collapse_beta)
    return np.asarray(
        medians[people.dwelling] * np.exp((beta * z).astype(np.float64)), dtype=np.float32
    )


def _floor(scenario: Scenario, harm: HarmRules, people: Population, streams: Streams) -> F32:
    """Height of each home's floor above the ponded streets of its community.

    Water stands on a share of a community only (`flood.ponding_share`): low-lying homes are in
    it, of the others that share. Most households of a neighbourhood live above the ground floor.
    """
    homes = people.household_key
    low = people.dwelling == DWELLINGS.index("low_lying")
    floor = np.where(low, np.float32(harm.floor_low_lying_m), np.float32(harm.floor_m)).astype(
        np.float32
    )
    floor += np.float32(harm.floor_sd_m) * streams.normal(FLOOR, homes)
    high = ~low & (streams.uniform(GROUND, homes) >= np.float32(harm.ponding_share))
    floor[high] += np.float32(harm.higher_ground_m)
    built_up = np.array([c.kind == "neighbourhood" for c in scenario.communities])
    # Dangerous houses, site sheds, boats and low-lying homes have one storey.
    may = built_up[people.community] & (people.dwelling == DWELLINGS.index("sturdy"))
    share = np.float32(harm.above_ground_share)
    floor[may & (streams.uniform(STOREY, homes) < share)] += np.float32(harm.storey_m)
    return floor


def _thirsty(
    habits: HabitRules, clock: Clock, people: Population, streams: Streams
) -> tuple[Ticks, Ticks]:
    """Ticks from power loss until a home has neither water nor food; exponential reserve.

    Once as it is, once as it would be if no home had an emergency kit.
    """
    loses = streams.uniform(WATER, people.household_key) < habits.water_lost_share
    u = streams.uniform64(RESERVE, people.household_key)
    hours = habits.water_lag_h - habits.reserve_mean_h * np.log1p(-u)
    of_kit = np.where(people.kit, hours + habits.kit_reserve_h, hours)

    def ticks(of: NDArray[np.float64]) -> Ticks:
        whole = np.ceil(of * clock.ticks_per_h).astype(np.int32)
        return np.where(loses, whole, FAR).astype(np.int32)

    return ticks(of_kit), ticks(hours)


def _bare(
    habits: HabitRules, clock: Clock, people: Population, streams: Streams
) -> tuple[Ticks, Ticks]:
    """Ticks from being cut off until a home has nothing left; exponential, in whole hours.

    By the draw of the reserve without mains: who holds little holds little of all. Once as it is,
    once as it would be if no home had an emergency kit.
    """
    u = streams.uniform64(RESERVE, people.household_key)
    hours = -habits.larder_mean_h * np.log1p(-u)
    of_kit = np.where(people.kit, hours + habits.kit_reserve_h, hours)

    def ticks(of: NDArray[np.float64]) -> Ticks:
        whole = np.maximum(np.ceil(of), 1.0)
        return np.asarray(whole * clock.ticks_per_h, dtype=np.int32)

    return ticks(of_kit), ticks(hours)


def survival_ticks(rules: HarmRules, clock: Clock, u: F32) -> Ticks:
    """Ticks that a trapped person lasts: Weibull survival S = exp(-(t / scale)^shape)."""
    u64 = np.maximum(u.astype(np.float64), 1e-12)
    hours = rules.trapped_scale_h * (-np.log(u64)) ** (1.0 / rules.trapped_shape)
    return np.ceil(hours * clock.ticks_per_h).astype(np.int32)


def burns(
    rules: BurnRules, kw_m: NDArray[np.float64], u: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(dies, is hurt) of people caught by a forest fire of some intensity, by one uniform each.

    They die with 1 - exp(-I / I_d); of the others 1 - exp(-I / I_h) are badly hurt.
    """
    dies = -np.expm1(-kw_m / rules.death_kw_m)
    harmed = dies - (1.0 - dies) * np.expm1(-kw_m / rules.hurt_kw_m)
    return u < dies, (u >= dies) & (u < harmed)


def drown_depth_m(rules: HarmRules, u: F32) -> NDArray[np.float64]:
    """The depth indoors at which each person drowns, by Jonkman's function for a slow rise.

    The chance to drown at a depth h is Phi((ln h - mu) / sigma); theirs is where it passes u.
    So who drowns by the time of the deepest water is who would by its depth alone, and when is
    known without looking ahead.
    """
    return _lognormal(rules.drown_mu, rules.drown_sigma, u)


def drown_in_rush_m(rules: HarmRules, u: F32) -> NDArray[np.float64]:
    """The same where the water comes by a breach: from `rush_least_m` on his function for a rapid
    rise.
    """
    slow_m, least_m = drown_depth_m(rules, u), rules.rush_least_m
    rapid_m = _lognormal(rules.rush_mu, rules.rush_sigma, u)
    return np.asarray(np.where(slow_m < least_m, slow_m, np.maximum(least_m, rapid_m)))


def _lognormal(mu: float, sigma: float, u: F32) -> NDArray[np.float64]:
    """Where a lognormal distribution passes each u."""
    from scipy.special import ndtri

    inside = np.clip(u.astype(np.float64), 1e-300, 1.0)
    return np.asarray(np.exp(mu + sigma * ndtri(inside)))


def hold_min(rules: HarmRules, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) minutes that people overcome by water hold on while it does not close over them.

    Evenly between a least and `hold_spread` times that, by draws in (0, 1); each `hold_halves_c`
    degrees colder it is half as long (the table of the US Coast Guard, R45 of the rates).
    """
    warmth = 2.0 ** ((rules.water_c - rules.hold_at_c) / rules.hold_halves_c)
    return np.asarray(60.0 * rules.hold_h * warmth * (1.0 + (rules.hold_spread - 1.0) * u))


def under_m(rules: HarmRules, frail: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) the depth above the floor that closes over people, by whether they need help to move."""
    return np.where(frail, rules.under_frail_m, rules.under_able_m)


def under_min(rules: HarmRules, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) minutes under water after which it is too late for people, by draws in (0, 1).

    Szpilman's shares (R44): lost are so many of those out within 5 min, 6-10 and 11-25 min.
    """
    shares = [rules.under_5min_share, rules.under_10min_share, rules.under_25min_share]
    return np.asarray(np.array([0.0, 5.0, 10.0, 25.0])[np.searchsorted(shares, u, side="right")])
