"""What each site needed from the stores in a run, read off its ledger.

A site's need of an item is what was unloaded there and what it was still owed at the end: what lay
there at the start and was enough is not in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan.analysis.measures.facts import Tables
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Scenario

NEEDS = "needs"


def needs(scenario: Scenario, tables: Tables) -> dict[str, Any]:
    """site, item, quantity: a row for each of which something was needed."""
    found: dict[tuple[str, str], int] = {}
    sent, level = tables["delivery"], tables["site_level"]
    for site, item, quantity, arrived in zip(
        sent["site"], sent["item"], sent["quantity"], sent["arrived_tick"], strict=True
    ):
        if arrived != NEVER:
            key = (str(site), str(item))
            found[key] = found.get(key, 0) + int(quantity)
    for n in _last(level):
        if owed := int(level["owed"][n]):
            key = (str(level["site"][n]), str(level["item"][n]))
            found[key] = found.get(key, 0) + owed
    keys = sorted(k for k, quantity in found.items() if quantity > 0)
    return {
        "site": np.array([site for site, _ in keys], dtype=object),
        "item": np.array([item for _, item in keys], dtype=object),
        "quantity": np.array([found[k] for k in keys], dtype=np.int64),
    }


def _last(level: Any) -> list[int]:
    """The last row of each site and item."""
    last: dict[tuple[str, str], int] = {}
    for n, key in enumerate(zip(level["site"], level["item"], strict=True)):
        last[key] = n
    return sorted(last.values())
