"""Drawn roads between communities that have been moved: they wind as much as before.

A drawn road's length is the straight line times a detour. Where its ends are put elsewhere the
detour stays and the length follows; the length of a road that was found is nobody's to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anlan.app.workbook.tables import TextTable, table_in
from anlan.sim import great_circle_km

LEAST_KM = 0.001  # a road needs a length, also between two places at one point
DRAWN = "assumption"

Place = tuple[float, float]


@dataclass(frozen=True)
class Stretched:
    """The table of roads, and how many of them have another length."""

    table: TextTable
    roads: int


def stretched_roads(home: Path, communities: TextTable) -> Stretched | None:
    """A folder's roads as they are once its communities are where a table has them; None where
    that changes none. Raises BadInput.
    """
    before, roads = table_in(home, communities.file), table_in(home, "roads.csv")
    if before is None or roads is None:
        return None
    old, new = _places(before), _places(communities)
    changed = 0
    for row in roads.rows:
        ends = row.get("from_community", ""), row.get("to_community", "")
        if row.get("mark") != DRAWN or not old.keys() >= set(ends):
            continue
        line_km = great_circle_km(*old[ends[0]], *old[ends[1]])
        now_km = great_circle_km(*new[ends[0]], *new[ends[1]])
        if line_km < LEAST_KM or all(old[end] == new[end] for end in ends):
            continue
        length_km = max(LEAST_KM, float(row["length_km"]) * now_km / line_km)
        row["length_km"] = f"{length_km:.3f}"
        changed += 1
    return Stretched(roads, changed) if changed else None


def _places(table: TextTable) -> Mapping[str, Place]:
    return {row["community"]: (float(row["lon"]), float(row["lat"])) for row in table.rows}
