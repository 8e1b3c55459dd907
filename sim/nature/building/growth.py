"""How a building burns when nobody fights it: area, heat, flashover, burning out.

The burnt area and the heat of a compartment grow with the square of time (t-squared fire,
GB 51251 and NFPA 92), the area until the compartment is full, the heat until its openings
cannot feed it with more air. The next compartment catches when the wall has held its time.
All times are minutes since ignition of the first compartment.
"""

from __future__ import annotations

import math

from anlan.sim.scenario.schema import BuildingClass

AREA_TIME_MIN = 15.0  # of the column area_15min_m2


def heat_kw(growth_kw_s2: float, minutes: float) -> float:
    """Heat release of a t-squared fire, kW: Q = growth x t^2 with t in seconds."""
    seconds = 60.0 * max(0.0, minutes)
    return growth_kw_s2 * seconds * seconds


def ventilation_kw(building: BuildingClass, vent_kw_m25: float) -> float:
    """The most heat that a compartment's openings can feed, kW: 1500 A sqrt(H) (Kawagoe)."""
    area_m2 = building.openings * building.opening_width_m * building.opening_height_m
    return vent_kw_m25 * area_m2 * math.sqrt(building.opening_height_m)


def fill_min(building: BuildingClass) -> float:
    """Minutes until a compartment is alight all over."""
    return AREA_TIME_MIN * math.sqrt(building.compartment_m2 / building.area_15min_m2)


def starts_min(building: BuildingClass) -> list[float]:
    """When each compartment catches."""
    step = fill_min(building) + building.barrier_min
    return [n * step for n in range(building.compartments)]


def compartment_out_min(building: BuildingClass, vent_kw_m25: float) -> float:
    """Minutes from a compartment's ignition until its fuel is used up.

    Growth first; then the whole fire load at the heat reached by then, a little long because
    the fuel burnt while growing is not taken off.
    """
    full_kw = min(
        heat_kw(building.growth_kw_s2, fill_min(building)), ventilation_kw(building, vent_kw_m25)
    )
    load_kj = building.fire_load_mj_m2 * 1000.0 * building.compartment_m2
    return fill_min(building) + load_kj / full_kw / 60.0


def burnt_out_min(building: BuildingClass, vent_kw_m25: float) -> float:
    """Minutes until the whole building has burnt out."""
    return starts_min(building)[-1] + compartment_out_min(building, vent_kw_m25)


def burnt_m2(building: BuildingClass, minutes: float, lasts_min: float = math.inf) -> float:
    """Floor area that has caught fire, m2; it never shrinks.

    With `lasts_min`, the time from a compartment's ignition to its burning out: only the area
    that is still alight.
    """
    full, rate = building.compartment_m2, building.area_15min_m2 / AREA_TIME_MIN**2
    step = fill_min(building) + building.barrier_min
    total = 0.0
    for n in range(building.compartments):
        age = minutes - n * step
        if age <= 0.0:
            break
        if age < lasts_min:
            total += min(full, rate * age * age)
    return total


def flashover_min(building: BuildingClass, flashover_kw: float, vent_kw_m25: float) -> float:
    """Minutes until the first compartment flashes over; inf where its air never suffices."""
    if ventilation_kw(building, vent_kw_m25) < flashover_kw:
        return math.inf
    return math.sqrt(flashover_kw / building.growth_kw_s2) / 60.0


def wall_alight_min(building: BuildingClass, vent_kw_m25: float) -> float:
    """Minutes until flames stand out of the openings and the wall radiates in full.

    When the openings cannot feed more heat, or the compartment is alight all over.
    """
    limit_s = math.sqrt(ventilation_kw(building, vent_kw_m25) / building.growth_kw_s2)
    return min(limit_s / 60.0, fill_min(building))


def branches_needed(area_m2: float, water_l_s_m2: float, gun_l_s: float) -> int:
    """Branches that the water for an area takes, rounded up."""
    return math.ceil(area_m2 * water_l_s_m2 / gun_l_s - 1e-9)


def engines_needed(
    area_m2: float, water_l_s_m2: float, gun_l_s: float, guns_per_engine: float
) -> int:
    """Engines for a burning area: branches, rounded up, by branches an engine, rounded up."""
    branches = branches_needed(area_m2, water_l_s_m2, gun_l_s)
    return math.ceil(branches / guns_per_engine - 1e-9)
