"""Which cases a target of the plan is about, and which of them came too late."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from anlan.analysis.chains import fires, harm, moving, relief, rescues, shortages, warnings
from anlan.analysis.chains.cases import Cases
from anlan.analysis.measures.facts import Facts, short_name
from anlan.analysis.measures.fires import ENGINE_MIN, MIN_PER_H, OUT_H, WATER_MIN
from anlan.analysis.measures.measure import WORST
from anlan.analysis.measures.relief import ITEMS
from anlan.analysis.measures.rescue import RESCUE_MIN
from anlan.sim.scenario.schema import Target

# (facts, the target's own limit) -> its cases. What the measure's name says is the limit of one.
Maker = Callable[[Facts, float], Cases]


def _named(maker: Callable[[Facts, float], Cases], limit_min: float) -> Maker:
    return lambda facts, _limit: maker(facts, limit_min)


def _plain(maker: Callable[[Facts], Cases]) -> Maker:
    return lambda facts, _limit: maker(facts)


def _hours(maker: Callable[[Facts, float], Cases]) -> Maker:
    return lambda facts, limit: maker(facts, limit * MIN_PER_H)


# measure -> what counts a case and its cases
FAMILIES: dict[str, tuple[str, Maker]] = {
    "rescue.within_60min_share": ("incidents", _named(rescues.rescues, RESCUE_MIN)),
    "rescue.safe_or_reached_60min_share": (
        "persons_unreached", _named(rescues.in_peril, RESCUE_MIN),
    ),
    "rescue.unreached_60min_persons": ("incidents", _named(rescues.rescues, RESCUE_MIN)),
    "rescue.response_min_mean": ("incidents", rescues.rescues),
    "rescue.response_min_p90": ("incidents", rescues.rescues),
    "evacuation.before_gale_share": ("persons_moved", _plain(moving.before_gale)),
    "relief.within_10h_share": ("persons_relieved", _plain(relief.relief)),
    "relief.cut_off_within_10h_share": (
        "persons_relieved", _plain(partial(relief.relief, cut_off_alone=True)),
    ),
    "relief.no_roof_10h_persons": ("persons_roofless", _plain(relief.roofs)),
    "harm.deaths": ("deaths", _plain(harm.deaths)),
    "harm.injured": ("injured", _plain(harm.injured)),
    "warning.heard_share": ("persons_unheard", _plain(warnings.unheard)),
    "warning.heard_before_gale_share": (
        "persons_unheard", _plain(partial(warnings.unheard, before_gale=True)),
    ),
    "warning.responsible_5min_share": ("calls", _plain(warnings.unanswered)),
    "fire.first_water_15min_share": ("fires", _named(fires.to_water, WATER_MIN)),
    "fire.first_engine_5min_share": ("fires", _named(fires.call_to_engine, ENGINE_MIN)),
    "fire.first_engine_min_mean": ("fires", fires.call_to_engine),
    "fire.order_to_engine_5min_share": ("fires", _named(fires.order_to_engine, ENGINE_MIN)),
    "fire.order_to_engine_min_mean": ("fires", fires.order_to_engine),
    "fire.out_24h_share": ("fires", _named(fires.to_out, OUT_H * MIN_PER_H)),
    "fire.out_h": ("fires", _hours(fires.to_out)),
    "fire.arrival_min_mean": ("fires", fires.to_forest_crew),
    **{
        f"shortage.{short_name(item)}_person_h": (
            "person_h_short", _plain(partial(shortages.short, item=item)),
        )
        for item in ITEMS
    },
}  # fmt: skip


def has_chain(target: Target) -> bool:
    """Whether a chain of time says what a target's cases waited for."""
    return target.kind == "performance" and _base(target) in FAMILIES


def counted(target: Target) -> str:
    """What a case of a target is: incidents, persons, fires; see `case.<this>` of the words."""
    return FAMILIES[_base(target)][0]


def late_cases(facts: Facts, target: Target) -> Cases:
    """The cases of a target that came too late, or never."""
    found = FAMILIES[_base(target)][1](facts, target.limit)
    return found.only(found.late & (found.weight > 0.0))


def _base(target: Target) -> str:
    return target.measure.removesuffix(WORST)
