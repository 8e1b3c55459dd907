"""Which store ran out of which item, and when."""

from __future__ import annotations

import numpy as np

from anlan.analysis.digests.series import Arrays, clock_hours
from anlan.analysis.measures.facts import Facts, index_of


def store_out(facts: Facts) -> Arrays:
    """The table `store_out`: a row a store and item that lay in it when the run began.

    `out_h`: the end of the first hour at which none was on the shelf; not a number for never. What
    is made, or comes, later counts only if something lay there in the first hour.
    """
    table = facts.tables["store_level"]
    if not len(table["tick"]):
        return {"store": table["store"], "item": table["item"], "first": table["stock"],
                "out_h": np.empty(0)}  # fmt: skip
    began = table["tick"] == table["tick"].min()
    began &= table["stock"] > 0
    stores = tuple(s.store for s in facts.scenario.stores)
    place = index_of(table["store"], stores) * len(facts.items) + facts.item_at("store_level")
    empty = np.full(len(stores) * len(facts.items), np.inf)
    out = table["stock"] == 0
    np.minimum.at(empty, place[out], clock_hours(facts, table["tick"][out]))
    hour = empty[place[began]]
    return {
        "store": table["store"][began],
        "item": table["item"][began],
        "first": table["stock"][began],
        "out_h": np.where(np.isinf(hour), np.nan, hour),
    }
