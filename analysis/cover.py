"""How well fire stations cover a district, town by town, read off a ledger's fire table.

Works on the table of a run and on that of `sim.run_year`. The clock starts at the call: what a
caller waits for the desk and for a free engine counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anlan.analysis.statistics.intervals import clopper_pearson
from anlan.sim.scenario.schema import Scenario

ALL = "all"  # the row of the whole district

# The links between a call and its first engine: each a mean of minutes, which add up to reach_min.
LINKS = {
    "desk_min": ("called_min", "ordered_min"),
    "queue_min": ("ordered_min", "dispatched_min"),
    "turnout_min": ("dispatched_min", "left_min"),
    "travel_min": ("left_min", "arrived_min"),
}

Floats = NDArray[np.float64]


def cover(scenario: Scenario, fire: Mapping[str, Any]) -> pd.DataFrame:
    """One row a town, in the scenario's order, and a last one, "all", for the district.

    calls, fires: how many (a neighbour that caught is part of its first fire). Mean minutes:
    desk_min from the call to the order (given when the desk has taken the call), queue_min from
    there until an engine is free and sent, turnout_min, travel_min, reach_min from the call to
    the first engine (the four together), water_min from there to first water, chain_min from
    ignition to first water. Shares: queue_share of the calls that had to wait for a free engine;
    reach_share and order_share of those with an engine within `fire.reach_min` of the call, of
    the order; chain_share of the building fires with water within `fire.chain_min` of ignition.
    never: calls that nobody reached. Means are over what happened; a call never reached is in
    every share. A share of nothing is not a number; `_low` and `_high` are its exact 95 %
    interval, for calls that do not depend on each other: those that wait in one queue do, and
    their share is less sure than that.
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
    reached = part[part["arrived_min"].notna()]
    reach = _minutes(part, "called_min", "arrived_min")
    order = _minutes(part, "ordered_min", "arrived_min")
    chain = _minutes(burning, "ignited_min", "first_water_min")
    limit_min = scenario.p("fire.reach_min")
    at_once = _minutes(part, "ordered_min", "dispatched_min") <= 0.0
    return {
        "calls": len(part),
        "fires": len(burning),
        **{name: _mean(_minutes(reached, *link)) for name, link in LINKS.items()},
        "reach_min": _mean(reach),
        "water_min": _mean(_minutes(burning, "arrived_min", "first_water_min")),
        **_share(~at_once, "queue_share"),
        **_share(reach <= limit_min, "reach_share"),
        **_share(order <= limit_min, "order_share"),
        "chain_min": _mean(chain),
        **_share(chain <= scenario.p("fire.chain_min"), "chain_share"),
        "never": len(part) - len(reached),
    }


def _minutes(rows: pd.DataFrame, since: str, until: str) -> Floats:
    """From one moment to another; not a number, which is within no limit, where one is missing."""
    return (rows[until] - rows[since]).to_numpy(dtype=float)


def _mean(minutes: Floats) -> float:
    happened = minutes[np.isfinite(minutes)]
    return float(happened.mean()) if len(happened) else float("nan")


def _share(these: NDArray[np.bool_], name: str) -> dict[str, float]:
    """A share and its exact 95 % interval."""
    if not len(these):
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), float("nan"))
    found = clopper_pearson(int(these.sum()), len(these))
    return {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
