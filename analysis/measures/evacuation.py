"""Measures of evacuation: who of those at risk had moved in time, and who moved without need."""

from __future__ import annotations

from functools import partial

from anlan.analysis.measures.facts import Bools, Column, Facts, index_of
from anlan.analysis.measures.measure import Measure, mean_over, with_worst_town
from anlan.analysis.measures.population import UNSAFE_HOMES
from anlan.sim.ledger import NEVER

HOUSED = ("sheltered", "with_kin", "lodged")
AWAY = ("travelling", *HOUSED)  # states in which a household has left


def moved(facts: Facts, states: tuple[str, ...], before_gale: bool = False) -> Bools:
    """Whose home becomes untenable, by row: who was in one of some states by then, or was spared.

    Whom a fire line or a pump has kept the hazard from need not have moved.
    """
    rows = facts.unsafe_homes
    found: Bools = index_of(rows["state"], states) >= 0
    if before_gale:
        found &= (rows["roof_tick"] != NEVER) & (rows["roof_tick"] < facts.gale_tick[rows["home"]])
    return found | facts.unsafe_homes["spared"]


def _share(name: str, states: tuple[str, ...], before_gale: bool = False) -> tuple[Measure, ...]:
    values = partial(moved, states=states, before_gale=before_gale)
    return with_worst_town(name, "share", "higher", mean_over(UNSAFE_HOMES, values), UNSAFE_HOMES)


def _not_at_risk(facts: Facts) -> dict[str, Column]:
    """The rows of evacuation of those who left and whose home was never at risk."""
    table = facts.tables["evacuation"]
    keep = (table["left_tick"] != NEVER) & ~table["home_at_risk"].astype(bool)
    return {name: column[keep] for name, column in table.items()}


def needless_persons(facts: Facts) -> float:
    """Residents who left a home that the hazard never made untenable."""
    return float(_not_at_risk(facts)["persons"].sum())


def needless_person_h(facts: Facts) -> float:
    """Person-hours that they were away."""
    return float(_not_at_risk(facts)["away_person_ticks"].sum() * facts.h_per_tick)


def needless_harmed_persons(facts: Facts) -> float:
    """Those of them who died or were hurt on the way."""
    return float(_not_at_risk(facts)["harmed_persons"].sum())


def harmed_persons(facts: Facts) -> float:
    """Residents who died or were hurt on the way, of all who left."""
    return float(facts.tables["evacuation"]["harmed_persons"].sum())


def way_deaths(facts: Facts) -> float:
    """Those of them who died of it, at once or later in the run."""
    return float(facts.tables["evacuation"]["died_persons"].sum())


def queue_person_h(facts: Facts) -> float:
    """Person-hours that all who left by car or bus waited in queues on the road."""
    return float(facts.tables["evacuation"]["queue_person_min"].sum() / 60.0)


def queue_min_mean(facts: Facts) -> float:
    """Minutes in queues, of one of them in the mean; NaN where nobody drove."""
    table = facts.tables["evacuation"]
    driven = float(table["driven_persons"].sum())
    return float(table["queue_person_min"].sum()) / driven if driven else float("nan")


def ordered_persons(facts: Facts) -> float:
    """Residents whom command ordered to leave."""
    return float(facts.evacuees["persons"].sum())


def sheltered_share(facts: Facts) -> float:
    """Of the evacuees who arrived, the share that went to a shelter."""
    rows = facts.evacuees
    arrived = rows["persons"] * (rows["arrived_tick"] >= 0)
    to_shelter = index_of(rows["destination"], facts.shelters) >= 0
    return float((arrived * to_shelter).sum() / arrived.sum()) if arrived.sum() else float("nan")


def no_place_persons(facts: Facts) -> float:
    """Residents ordered to leave for whom no shelter had a place."""
    rows = facts.evacuees
    return float(rows["persons"][rows["outcome"] == "no_place"].sum())


MEASURES = (
    Measure("evacuation.ordered_persons", "person", "none", ordered_persons),
    Measure("evacuation.sheltered_share", "share", "none", sheltered_share),
    Measure("evacuation.no_place_persons", "person", "none", no_place_persons),
    Measure("evacuation.needless_persons", "person", "lower", needless_persons),
    Measure("evacuation.needless_person_h", "person_h", "lower", needless_person_h),
    Measure("evacuation.needless_harmed_persons", "person", "lower", needless_harmed_persons),
    # Whoever stays is not harmed on the way but at home: harm.deaths has both.
    Measure("evacuation.harmed_persons", "person", "none", harmed_persons),
    Measure("evacuation.way_deaths", "person", "none", way_deaths),
    Measure("evacuation.queue_person_h", "person_h", "lower", queue_person_h),
    Measure("evacuation.queue_min_mean", "min", "none", queue_min_mean),
    *_share("evacuation.left_share", AWAY),
    *_share("evacuation.arrived_share", HOUSED),
    *_share("evacuation.before_gale_share", HOUSED, before_gale=True),
)
