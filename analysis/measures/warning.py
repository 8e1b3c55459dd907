"""Measures of warnings: who heard, and how long before the gale."""

from __future__ import annotations

from functools import partial

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints, index_of
from anlan.analysis.measures.measure import (
    Measure,
    mean_over,
    ratio,
    total,
    weighted_mean,
    with_worst_town,
)
from anlan.analysis.measures.population import IN_GALE, UNSAFE_HOMES

RESPONSIBLE_MIN = 5  # the limit in the measure's own name
WARNINGS = ("signal", "level", "order")  # kinds of message that a responsible person acknowledges


def heard_share(facts: Facts, group: Ints, groups: int, before_gale: bool = False) -> Floats:
    """Residents who heard the public warning, at all or before the gale, over all residents."""
    table, home = facts.tables["warning"], facts.community_at("warning")
    by = facts.gale_tick[home] if before_gale else np.full(len(home), facts.end)
    in_time = (table["heard_tick"] >= 0) & (table["heard_tick"] < by)
    residents = np.bincount(group, weights=facts.residents, minlength=groups)
    if nothing_to_warn_of(facts):
        return np.full(groups, np.nan)
    return ratio(total(home, table["persons"] * in_time, group, groups), residents)


def nothing_to_warn_of(facts: Facts) -> bool:
    """Neither a gale nor anybody at risk of what can be seen to come, and no signal given."""
    given = (facts.tables["message"]["kind"] == "signal").any()
    gale = (facts.gale_tick < facts.end).any()
    return not (given or gale or len(facts.unsafe_homes["persons"]))


def responsible_share(facts: Facts, group: Ints, groups: int) -> Floats:
    """Warnings to a community's responsible persons acknowledged within five minutes."""
    table, home = facts.tables["message"], facts.community_at("message", "receiver")
    warnings = (home >= 0) & (index_of(table["kind"], WARNINGS) >= 0)
    quick = table["received_min"] - table["sent_min"] <= RESPONSIBLE_MIN  # false for never
    return weighted_mean(quick, warnings * 1, home, group, groups)


def lead_h(facts: Facts) -> float:
    """Mean hours from hearing the warning to the gale, over all residents whom a gale reached.

    Who did not hear, or heard later, has 0.
    """
    table, home = facts.tables["warning"], facts.community_at("warning")
    met = facts.residents[facts.gale_tick < facts.end].sum()
    if met == 0:
        return float("nan")
    judged = (table["heard_tick"] >= 0) & (facts.gale_tick[home] < facts.end)
    lead = np.maximum(facts.gale_tick[home] - table["heard_tick"], 0)[judged]
    return float((lead * table["persons"][judged]).sum() / met * facts.h_per_tick)


def told_in_time(facts: Facts) -> Bools:
    """Whose home becomes untenable, by row: who had been told before, or was spared by help."""
    return np.asarray(facts.unsafe_homes["warned"] | facts.unsafe_homes["spared"], dtype=bool)


def first_call_answered(facts: Facts) -> Bools:
    """Whose home becomes untenable, by row: whether the responsible persons of their community
    acknowledged within five minutes the first order, level or signal that was sent to them, or
    help spared their homes.
    """
    table, home = facts.tables["message"], facts.community_at("message", "receiver")
    calls = np.flatnonzero((home >= 0) & (index_of(table["kind"], WARNINGS) >= 0))
    sent, received = table["sent_min"][calls], table["received_min"][calls]
    # Of several that were sent in the same minute the one that came last counts.
    last = np.lexsort((np.nan_to_num(received, nan=np.inf), -sent))
    quick = np.zeros(len(facts.communities), dtype=bool)
    quick[home[calls][last]] = (received - sent <= RESPONSIBLE_MIN)[last]  # the first is put last
    answered: Bools = quick[facts.unsafe_homes["home"]] | facts.unsafe_homes["spared"]
    return answered


MEASURES = (
    Measure("warning.lead_h", "h", "higher", lead_h, IN_GALE),
    *with_worst_town(
        "warning.in_time_share",
        "share",
        "higher",
        mean_over(UNSAFE_HOMES, told_in_time),
        UNSAFE_HOMES,
    ),
    *with_worst_town(
        "warning.first_call_5min_share",
        "share",
        "higher",
        mean_over(UNSAFE_HOMES, first_call_answered),
        UNSAFE_HOMES,
    ),
    *with_worst_town("warning.heard_share", "share", "higher", heard_share),
    *with_worst_town(
        "warning.heard_before_gale_share", "share", "higher", partial(heard_share, before_gale=True)
    ),
    # Over the calls that are made: how many these are is the response's doing.
    *with_worst_town(
        "warning.responsible_5min_share", "share", "none", responsible_share, worst_is_low=True
    ),
)
