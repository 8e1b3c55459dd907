"""How well fire stations cover a district, town by town, read off a ledger's fire table.

Works on the table of a run and on that of `sim.fires.year.run_year`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from anlan.analysis.statistics.intervals import clopper_pearson
from anlan.sim.scenario.schema import Scenario

ALL = "all"  # the row of the whole district


def cover(scenario: Scenario, fire: Mapping[str, Any]) -> pd.DataFrame:
    """One row a town, in the scenario's order, and a last one, "all", for the district.

    calls, fires: how many (a neighbour that caught is part of its first fire); reach_min: mean
    minutes from the order to the first engine; reach_share: of the calls, first engine within
    `fire.reach_min` of the order; chain_min: mean minutes from ignition to first water;
    chain_share: of the building fires, water within `fire.chain_min` of ignition; never: calls
    that nobody reached. Means are over what happened; a call never reached is in every share.
    A share of nothing is not a number; `_low` and `_high` are its exact 95 % interval.
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
        **_within(reach, scenario.p("fire.reach_min"), "reach_share"),
        "chain_min": _mean(chain),
        **_within(chain, scenario.p("fire.chain_min"), "chain_share"),
        "never": int(np.isnan(reach).sum()),
    }


def _mean(minutes: np.ndarray[Any, Any]) -> float:
    happened = minutes[np.isfinite(minutes)]
    return float(happened.mean()) if len(happened) else float("nan")


def _within(minutes: np.ndarray[Any, Any], limit_min: float, name: str) -> dict[str, float]:
    """The share in time and its exact 95 % interval; not a number counts as late."""
    if not len(minutes):
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), float("nan"))
    in_time = int((minutes <= limit_min).sum())
    found = clopper_pearson(in_time, len(minutes))
    return {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
