"""How well fire stations cover a district, town by town, read off a ledger's fire table.

Works on the table of a run and on that of `sim.fires.year.run_year`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.scenario.schema import Scenario

ALL = "all"  # the row of the whole district


def cover(scenario: Scenario, fire: Mapping[str, Any]) -> pd.DataFrame:
    """One row a town, in the scenario's order, and a last one, "all", for the district.

    calls, fires: how many (a neighbour that caught is part of its first fire); reach_min: mean
    minutes from the order to the first engine; reach_share: of the calls, first engine within
    `fire.reach_min` of the order; chain_min: mean minutes from ignition to first water;
    chain_share: of the building fires, water within `fire.chain_min` of ignition; never: calls
    that nobody reached. Means are over what happened; a call never reached is in every share.
    A share of nothing is not a number.
    """
    town_of = {c.community: c.town for c in scenario.communities}
    table = pd.DataFrame(dict(fire))
    table = table[(table["spread_from"] == "") & (table["kind"] != "forest")]
    town = table["community"].map(town_of)
    names = [t.town for t in scenario.towns]
    parts = [table[town == name] for name in names] + [table]
    rows = [_row(scenario, part) for part in parts]
    return pd.DataFrame(rows, index=pd.Index([*names, ALL], name="town"))


def _row(scenario: Scenario, part: pd.DataFrame) -> dict[str, float]:
    burning = part[part["kind"] == "building"]
    reach = (part["arrived_min"] - part["dispatched_min"]).to_numpy(dtype=float)
    chain = (burning["first_water_min"] - burning["ignited_min"]).to_numpy(dtype=float)
    return {
        "calls": len(part),
        "fires": len(burning),
        "reach_min": _mean(reach),
        "reach_share": _within(reach, scenario.p("fire.reach_min")),
        "chain_min": _mean(chain),
        "chain_share": _within(chain, scenario.p("fire.chain_min")),
        "never": int(np.isnan(reach).sum()),
    }


def _mean(minutes: np.ndarray[Any, Any]) -> float:
    happened = minutes[np.isfinite(minutes)]
    return float(happened.mean()) if len(happened) else float("nan")


def _within(minutes: np.ndarray[Any, Any], limit_min: float) -> float:
    """Not a number counts as late."""
    return float((minutes <= limit_min).mean()) if len(minutes) else float("nan")
