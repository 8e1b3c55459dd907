"""Measures of evacuation: who was ordered to leave, who left, who arrived and when."""

from __future__ import annotations

from functools import partial

import numpy as np

from anlan.analysis.measures.facts import Facts, Floats, Ints, index_of
from anlan.analysis.measures.measure import Measure, ratio, total, with_worst_town


def done_share(
    facts: Facts, group: Ints, groups: int, when: str, before_gale: bool = False
) -> Floats:
    """Of those ordered to leave, the share that reached the moment `when`, a tick's column."""
    rows = facts.evacuees
    by = facts.gale_tick[rows["home"]] if before_gale else np.full(len(rows["home"]), facts.end)
    done = (rows[when] >= 0) & (rows[when] < by)
    ordered = total(rows["home"], rows["persons"], group, groups)
    return ratio(total(rows["home"], rows["persons"] * done, group, groups), ordered)


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
    Measure("evacuation.no_place_persons", "person", "lower", no_place_persons),
    *with_worst_town(
        "evacuation.left_share", "share", "higher", partial(done_share, when="left_tick")
    ),
    *with_worst_town(
        "evacuation.arrived_share", "share", "higher", partial(done_share, when="arrived_tick")
    ),
    *with_worst_town(
        "evacuation.before_gale_share",
        "share",
        "higher",
        partial(done_share, when="arrived_tick", before_gale=True),
    ),
)
