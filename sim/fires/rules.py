"""The parameters of fighting forest fires, read once."""

from __future__ import annotations

import math
from dataclasses import dataclass

from anlan.sim.nature.forest.embers import Brands
from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class AttackRules(Rules, prefix="forest"):
    """How a forest fire is fought on foot, from the air and with water, mopped up; its brands."""

    walk_kmh: float
    first_persons: float
    guard_m_person: float
    plan_person_m_h: float
    plan_close_h: float
    skill_comprehensive: float
    skill_professional: float
    skill_assault: float
    skill_social: float
    skill_town: float
    skill_first_responder: float
    tired_after_h: float
    tired_factor: float
    flame_limit_hand_m: float
    flame_limit_blower_m: float
    flame_limit_engine_m: float
    flame_limit_any_m: float
    line_hold_kw_m: float
    stand_back_min: float
    withdraw_m: float
    break_m_h: float
    break_hold_kw_m: float
    break_crews: int
    break_spare_min: float
    break_widen: float
    break_lead_max_m: float
    break_leave_min: float
    break_valid_h: float
    hose_reach_m: float
    water_l_m: float
    truck_kmh: float
    fill_l_min: float
    drop_l: float
    drop_line_m: float
    drop_hold_min: float
    drops_per_h: float
    mop_up_depth_m: float
    mop_up_plan_h: float
    mop_up_missed_share: float
    mop_up_least_h: float
    open_hot_share: float
    cold_share: float
    flare_up_per_km_h: float
    flare_up_wind_ms: float
    guard_caught_share: float
    burn_down_h: float
    weather_step_min: float
    brands_ha: float
    brand_reach_share: float
    brand_within_deg: float
    wind_20ft_share: float

    @property
    def brands(self) -> Brands:
        """How many brands come down glowing, and where."""
        within_rad = math.radians(self.brand_within_deg)
        return Brands(self.brands_ha, self.brand_reach_share, within_rad, self.wind_20ft_share)

    def skill(self, kind: str) -> float:
        """Line that a member of a kind of team builds, over that of a trained hand crew."""
        return float(getattr(self, f"skill_{kind}"))


@dataclass(frozen=True)
class OverrunRules(Rules, prefix="forest"):
    """When a crew is caught by a fire, and what then becomes of it."""

    safe_flames: float
    pass_flame_m: float
    escape_kmh: float
    escape_notice_min: float
    flames_last_min: float


@dataclass(frozen=True)
class VillageRules(Rules, prefix="forest"):
    """Which homes a forest fire can come to, and when their people are told."""

    village_m: float
    exposed_m: float
    edge_share_village: float
    edge_share_neighbourhood: float
    warn_lead_min: float
    warn_every_min: float

    def edge_share(self, kind: str) -> float:
        """Share of homes of a kind of community that stand beside wildland."""
        return float(getattr(self, f"edge_share_{kind}"))


@dataclass(frozen=True)
class SightRules(Rules, prefix="forest"):
    """How a forest fire is noticed."""

    smoke_rise_m_min: float
    smoke_top_m: float
    watch_eye_m: float
    watch_range_km: float
    watch_day_per_h: float
    watch_night_per_h: float
    camera_day_per_h: float
    camera_night_per_h: float
    passer_day_per_h: float
    passer_night_per_h: float
    passer_fade_km: float


@dataclass(frozen=True)
class SkyRules(Rules, prefix="forest"):
    """How far the weather over a fire may be off the table."""

    temperature_sd_c: float
    humidity_sd_pct: float
    wind_sd: float
    turn_sd_deg: float
