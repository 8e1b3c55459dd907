"""Why something may not matter: what a run's facts say, by name.

Each is a predicate on one run. A cell in which nothing moves is excused only where one of its
reasons holds in every run that was played, with none, half and double of the thing as well. Their
words stand in words/words.csv under `reason.<name>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anlan.analysis.capabilities import closer_reasons, idle_reasons
from anlan.analysis.capabilities.closer_reasons import (
    CLOSER,
    closer_of_things,
    kinds_of_stores,
    kinds_of_teams,
)
from anlan.analysis.capabilities.idle_reasons import IDLE, idle_of_things
from anlan.analysis.capabilities.listed import measures_looked_at
from anlan.analysis.digests.digest import RunDigest
from anlan.analysis.digests.series import Arrays
from anlan.analysis.measures.facts import ARREST, Facts, Tables
from anlan.sim.scenario.schema import Scenario

Reason = Callable[[Facts], bool]
REASONS_TABLE = "reasons"
_LEAST_MIN = 1e-6  # what rounding may leave of a wait that was none


def _no_row(table: str, column: str = "", value: str = "") -> Reason:
    def holds(facts: Facts) -> bool:
        rows = facts.tables[table]
        if column:
            return not (rows[column] == value).any()
        return not len(next(iter(rows.values())))

    return holds


def _nobody_in(kind: str = "") -> Reason:
    def holds(facts: Facts) -> bool:
        rows = facts.tables["incident"]
        hit = (rows["persons"] > 0) & (rows["kind"] != ARREST)  # these have a row of their own
        return not (hit & (rows["kind"] == kind) if kind else hit).any()

    return holds


def _never(table: str, column: str) -> Reason:
    return lambda facts: not (facts.tables[table][column] > 0).any()


def _no_arrest_to_shock(facts: Facts) -> bool:
    rows = facts.tables["arrest"]
    return not (rows["seen"] & rows["shockable"]).any()


def _nobody_to_drive(facts: Facts) -> bool:
    rows = facts.tables["wound"]
    return not ((rows["severity"] != "minimal") & ~np.isnan(rows["care_min"])).any()


def _nobody_ordered_out(facts: Facts) -> bool:
    return not (facts.tables["evacuation"]["ordered_tick"] >= 0).any()


def _nobody_warned(facts: Facts) -> bool:
    return not (facts.tables["warning"]["heard_tick"] >= 0).any()


def _only_fires(facts: Facts) -> bool:
    kinds = set(facts.tables["incident"]["kind"].tolist())
    from_help = {"wounded", "pumping", "bagging", ARREST}
    return kinds <= {"fire", "forest_fire"} | from_help


def _nobody_waited(
    table: str, begins: str, ends: str, parameter: str, elsewhere: tuple[str, ...]
) -> Reason:
    """Whoever came to a desk was dealt with in no more than the time that one takes.

    `elsewhere`: kinds that another desk is told of.
    """

    def holds(facts: Facts) -> bool:
        rows = facts.tables[table]
        here = ~np.isin(rows["kind"], elsewhere)
        waits = (rows[ends] - rows[begins])[here] - facts.scenario.p(parameter)
        return not (waits[~np.isnan(waits)] > _LEAST_MIN).any()

    return holds


REASONS: dict[str, Reason] = (
    {
        "nobody_in_incident": _nobody_in(),
        "nobody_in_water": _nobody_in("flood"),
        "nobody_in_collapse": _nobody_in("collapse"),
        "no_tree_down": _no_row("incident", "kind", "tree"),
        "no_sand_boil": _no_row("dike"),
        "no_building_fire": _no_row("fire", "kind", "building"),
        "no_forest_fire": _no_row("fire", "kind", "forest"),
        "no_arrest_to_shock": _no_arrest_to_shock,
        "nobody_to_drive": _nobody_to_drive,
        "nobody_in_need": _no_row("at_risk"),
        "no_pump_wanted": _no_row("incident", "kind", "pumping"),
        "nobody_ordered_out": _nobody_ordered_out,
        "no_street_water": _never("hazard_level", "depth_m"),
        "no_power_outage": _no_row("outage", "network", "power"),
        "no_level": _no_row("message", "kind", "level"),
        "nobody_called": _no_row("message", "kind", "order"),
        "no_warning": _nobody_warned,
        "no_lorry_drove": _no_row("trip", "kind", "truck"),
        "nobody_called_in": _no_row("muster"),
        "nobody_at_risk_draws": _never("site_level", "persons_at_risk"),
        "only_fires": _only_fires,
        "no_report_waited": _nobody_waited(
            "incident", "reported_min", "read_min", "response.desk_min", ("fire",)
        ),
        "no_call_waited": _nobody_waited(
            "fire", "called_min", "ordered_min", "fire.handling_min", ("forest",)
        ),
    }
    | CLOSER
    | IDLE
)
# Of measures that the run has: nobody at risk went short of anything or waited too long; all at
# risk were warned, had left and had a roof in time.
SHORT, SOON, NOBODY_SHORT = "shortage.", "relief.within_10h_share", "nobody_short"
OUT_SHARES = ("warning.in_time_share", "evacuation.left_share", "evacuation.arrived_share",
              "evacuation.before_gale_share")  # fmt: skip
NO_ROOF, ALL_OUT = "relief.no_roof_person_h", "all_out_in_time"
NAMES = frozenset({*REASONS, NOBODY_SHORT, ALL_OUT})
# With what it is about after a dot: an item; a kind or a capability of teams; a level or a mode of
# stores.
EITHER = "|"  # between reasons of which one holds in each run
OF_ITEM, NOT_DRAWN = "item_not_needed", "item_not_drawn"
NOT_SENT, NOT_USED = "team_not_sent", "store_not_used"
OF_THINGS = (OF_ITEM, NOT_DRAWN, NOT_SENT, NOT_USED, *closer_reasons.OF_THINGS,
             *idle_reasons.OF_THINGS)  # fmt: skip


def holding(facts: Facts) -> dict[str, bool]:
    """Every reason by name, and of each item whether nobody needed any; what holds in a run."""
    found = {name: bool(reason(facts)) for name, reason in REASONS.items()}
    rows = facts.tables["stock_level"]
    for item in facts.item_names:
        needed = rows["needed"][rows["item"] == item]
        found[f"{OF_ITEM}.{item}"] = not (needed > 0).any()
        site = facts.tables["site_level"]
        found[f"{NOT_DRAWN}.{item}"] = not (site["persons_at_risk"][site["item"] == item] > 0).any()
    found |= dict(closer_of_things(facts)) | dict(idle_of_things(facts))
    return found | dict(_of_teams(facts)) | dict(_of_stores(facts))


def _of_teams(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Of each kind and capability of teams, whether none of them was sent anywhere."""
    sent = set(facts.tables["deployment"]["team"].tolist())
    for kind, these in kinds_of_teams(facts):
        yield f"{NOT_SENT}.{kind}", not these & sent


def _of_stores(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Of each level and mode of stores, whether nothing left one of them.

    A level that shelters alone have has no store that anything could leave.
    """
    used = set(facts.tables["delivery"]["store"].tolist())
    for level in {s.level for s in facts.scenario.shelters}:
        yield f"{NOT_USED}.level.{level}", True  # as long as no store of the level is met below
    for kind, these in kinds_of_stores(facts):
        yield f"{NOT_USED}.{kind}", not these & used


def excuse(reasons: tuple[str, ...], runs: Sequence[Mapping[str, bool]]) -> str:
    """Why nothing moves in any run: the first of the reasons that holds in all of them, else those
    of which one holds in each, `a|b`. `a+b` where both must hold; empty where a run has none.
    """
    in_runs = [[r for r in reasons if _holds(r, held)] for held in runs]
    always = (r for r in reasons if all(r in found for found in in_runs))
    whole = next(always, "") if in_runs else ""
    if whole or not all(in_runs):
        return whole
    first = {found[0] for found in in_runs}
    return EITHER.join(r for r in reasons if r in first)


def commonest(reasons: tuple[str, ...], runs: Sequence[Mapping[str, bool]], least: float) -> str:
    """The reason that holds in most runs, if some reason does in at least a share of them."""
    in_runs = [[r for r in reasons if _holds(r, held)] for held in runs]
    if not runs or sum(map(bool, in_runs)) < least * len(runs):
        return ""
    return max(reasons, key=lambda r: sum(r in found for found in in_runs))


def _holds(reason: str, held: Mapping[str, bool]) -> bool:
    return all(held.get(name, False) for name in reason.split("+"))


def nobody_short(measures: Arrays) -> bool:
    """Whether a run's measures know of no shortage, and of nobody who waited over ten hours."""
    short = [float(v[0]) for name, v in measures.items() if name.startswith(SHORT)]
    return not any(v > 0.0 for v in short) and not float(measures[SOON][0]) < 1.0


def all_out_in_time(measures: Arrays) -> bool:
    """Whether a run's measures know of nobody at risk who was not told, gone and housed in time."""
    shares = [float(measures[name][0]) for name in OUT_SHARES]
    return not any(share < 1.0 for share in shares) and float(measures[NO_ROOF][0]) == 0.0


@dataclass(frozen=True)
class CellDigest:
    """What is kept of a run: the measures that are looked at, and which reasons hold."""

    def __call__(self, scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
        """table -> column -> array of one value."""
        found = RunDigest(measures_looked_at())(scenario, tables)
        held = holding(Facts(scenario, tables)) | {
            NOBODY_SHORT: nobody_short(found["measures"]),
            ALL_OUT: all_out_in_time(found["measures"]),
        }
        return found | {REASONS_TABLE: {name: np.array([flag]) for name, flag in held.items()}}
