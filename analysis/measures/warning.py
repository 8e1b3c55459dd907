"""Measures of warnings: who heard, and how long before the gale."""

from __future__ import annotations

from functools import partial

import numpy as np

from anlan.analysis.measures.facts import Facts, Floats, Ints, index_of
from anlan.analysis.measures.measure import Measure, ratio, total, with_worst_town

RESPONSIBLE_MIN = 5  # the limit in the measure's own name
WARNINGS = ("signal", "level", "order")  # kinds of message that a responsible person acknowledges


def heard_share(facts: Facts, group: Ints, groups: int, before_gale: bool = False) -> Floats:
    """Residents who heard the public warning, at all or before the gale, over all residents."""
    table, home = facts.tables["warning"], facts.community_at("warning")
    by = facts.gale_tick[home] if before_gale else np.full(len(home), facts.end)
    in_time = (table["heard_tick"] >= 0) & (table["heard_tick"] < by)
    residents = np.bincount(group, weights=facts.residents, minlength=groups)
    if not (facts.tables["message"]["kind"] == "signal").any():
        return np.full(groups, np.nan)  # no warning was given, so none could be heard
    return ratio(total(home, table["persons"] * in_time, group, groups), residents)


def responsible_share(facts: Facts, group: Ints, groups: int) -> Floats:
    """Warnings to a community's responsible persons acknowledged within five minutes."""
    table, home = facts.tables["message"], facts.community_at("message", "receiver")
    warnings = (home >= 0) & (index_of(table["kind"], WARNINGS) >= 0)
    quick = table["received_min"] - table["sent_min"] <= RESPONSIBLE_MIN  # false for never
    return ratio(
        total(home, (warnings & quick) * 1, group, groups),
        total(home, warnings * 1, group, groups),
    )


def lead_h(facts: Facts) -> float:
    """Mean hours from hearing the warning to the gale, over residents who heard and met one."""
    table, home = facts.tables["warning"], facts.community_at("warning")
    judged = (table["heard_tick"] >= 0) & (facts.gale_tick[home] < facts.end)
    persons = table["persons"][judged]
    if persons.sum() == 0:
        return float("nan")
    lead = (facts.gale_tick[home] - table["heard_tick"])[judged]
    return float((lead * persons).sum() / persons.sum() * facts.h_per_tick)


MEASURES = (
    Measure("warning.lead_h", "h", "higher", lead_h),
    *with_worst_town("warning.heard_share", "share", "higher", heard_share),
    *with_worst_town(
        "warning.heard_before_gale_share", "share", "higher", partial(heard_share, before_gale=True)
    ),
    *with_worst_town("warning.responsible_5min_share", "share", "higher", responsible_share),
)
