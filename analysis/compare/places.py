"""Which places win and which lose: paired differences by place and by town."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.paired import mean_difference

if TYPE_CHECKING:
    import pandas as pd

# quantity of a place and run -> unit, the columns of the table `places` that add to it and those
# that are taken off; of all of them less is better
QUANTITIES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "late_persons": ("person", ("rescue_late_persons", "relief_late_persons"), ()),
    "deaths": ("person", ("deaths",), ()),
    "not_housed_persons": ("person", ("untenable_persons",), ("housed_persons",)),
    "cut_off_h": ("h", ("cut_off_h",), ()),
    "power_out_h": ("h", ("power_out_h",), ()),
    "max_depth_m": ("m", ("max_depth_m",), ()),
}
PLACE, TOWN = "place", "town"
COLUMNS = ("level", "id", "quantity", "unit", "variant", "base_value", "other_value", "difference",
           "low", "high", "pairs", "clear")  # fmt: skip
Tables = dict[str, "pd.DataFrame"]  # quantity -> a row a run, a column a place


def place_differences(
    plans: Mapping[int, Results], base: int, confidence: float = 0.95
) -> pd.DataFrame:
    """A row a (place or town, quantity, other plan): `COLUMNS`; empty where no table was kept.

    A town has the sum over its places, of hours and depths the mean. The intervals of one quantity
    hold for all places, or all towns, at once (Bonferroni over those that differ in any run);
    `clear` where they leave zero out.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    if all(one.has("places") for one in plans.values()):
        town_of = {c.community: c.town for c in plans[base].scenario.communities}
        tables = {number: _tables(one) for number, one in plans.items()}
        for number in plans:
            for quantity in QUANTITIES if number != base else ():
                a, b = (tables[n][quantity] for n in (base, number))
                for level, towns in ((PLACE, None), (TOWN, town_of)):
                    pair = (_by_town(a, quantity, towns), _by_town(b, quantity, towns))
                    head = {"level": level, "quantity": quantity, "variant": number}
                    rows += [head | row for row in _level(*pair, quantity, confidence)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def telling(places: pd.DataFrame, variant: int) -> str:
    """The quantity that tells most of who wins and who loses.

    In which most places differ beyond chance, then in which most differ at all; of equals the first
    of `QUANTITIES`.
    """
    mine = places[(places["variant"] == variant) & (places["level"] == PLACE)]

    def told(quantity: str) -> tuple[int, int]:
        rows = mine[mine["quantity"] == quantity]
        return int(rows["clear"].sum()), int((rows["difference"] != 0.0).sum())

    return max(QUANTITIES, key=told)


def _tables(results: Results) -> Tables:
    wanted = dict.fromkeys(c for _, more, less in QUANTITIES.values() for c in (*more, *less))
    rows = results.table("places", ("community", *wanted))
    found = {}
    for quantity, (_, more, less) in QUANTITIES.items():
        values = rows[list(more)].sum(axis=1) - rows[list(less)].sum(axis=1)
        told = rows[["run", "community"]].assign(value=values)
        found[quantity] = told.pivot(index="run", columns="community", values="value")
    return found


def _by_town(table: pd.DataFrame, quantity: str, town_of: Mapping[str, str] | None) -> pd.DataFrame:
    if town_of is None:
        return table
    known = table[[c for c in table.columns if c in town_of]]
    grouped = known.T.groupby(known.columns.map(town_of))
    return (grouped.sum() if QUANTITIES[quantity][0] == "person" else grouped.mean()).T


def _level(
    a: pd.DataFrame, b: pd.DataFrame, quantity: str, confidence: float
) -> list[dict[str, Any]]:
    """The rows of all places that both have, in the runs that both have."""
    both = [name for name in a.columns if name in set(b.columns)]
    runs = a.index.intersection(b.index)
    before, now = a.loc[runs, both].to_numpy(float), b.loc[runs, both].to_numpy(float)
    differing = int((before != now).any(axis=0).sum())
    each = 1.0 - (1.0 - confidence) / max(differing, 1)
    unit = QUANTITIES[quantity][0]
    return [
        {"id": name, "unit": unit, **_difference(before[:, i], now[:, i], each)}
        for i, name in enumerate(both)
    ]


def _difference(before: Floats, now: Floats, confidence: float) -> dict[str, Any]:
    found = mean_difference(before, now, confidence)
    low, high = found.interval.low, found.interval.high
    return {
        "base_value": found.base_value,
        "other_value": found.other_value,
        "difference": found.interval.estimate,
        "low": low,
        "high": high,
        "pairs": found.pairs,
        "clear": bool(np.isfinite(low) and (low > 0.0 or high < 0.0)),
    }
