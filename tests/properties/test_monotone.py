"""More of a capability never worsens what it is for, over small random districts.

Each district is drawn: how many live where, how strong the storm is, what teams, stores, shelters
and buses there are. In each, every capability that the list knows is played with none, half and
double of it, with the same seed, and the pairs of all districts together are decided as a cell of
docs/what-counts.md is: nothing may move the wrong way, but at a price that has a name.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anlan.analysis.capabilities.judged import judge_cell
from anlan.analysis.capabilities.levels import Cell, cells, levels
from anlan.analysis.capabilities.listed import measures_looked_at
from anlan.analysis.digests.digest import RunDigest
from anlan.sim.engine import prepare
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import cut, with_fires

FEW, MANY = 6, 24  # districts
# Table and columns that are drawn anew, row by row, between half and double of what is there.
DRAWN = {
    "teams": ("members",),
    "stores": ("trucks",),
    "stock": ("quantity",),
    "shelters": ("capacity",),
    "towns": ("bus_seats_per_h",),
}
SHOWN = ("shelters",)  # those of the quick test


@cache
def district(seed: int) -> Scenario:
    """Three to six places in a storm, with fires, and as many of everything as is drawn."""
    draw = np.random.default_rng(seed)
    scenario = cut(
        int(draw.integers(200, 700)), int(draw.integers(3, 7)), 60, 30.0,
        float(draw.uniform(1.1, 1.7)), float(draw.uniform(0.01, 0.05)),
        rain__scale=float(draw.uniform(1.0, 2.5)),
    )  # fmt: skip
    changed = {
        table: tuple(_drawn(row, columns, draw) for row in getattr(scenario, table))
        for table, columns in DRAWN.items()
    }
    return with_fires(scenario.model_copy(update=changed), every_h=12)


def _drawn(row: Any, columns: tuple[str, ...], draw: np.random.Generator) -> Any:
    found = {c: max(1, round(getattr(row, c) * draw.uniform(0.5, 2.0))) for c in columns}
    return row.model_copy(update=found)


@cache
def outcome(seed: int, capability: str = "", level: str = "") -> dict[str, float] | None:
    """The measures of a district's run; of one in which there is no such level, none."""
    scenario = district(seed)
    if capability:
        found = levels(scenario, cell_of(seed, capability)).scenarios.get(level)
        if found is None:
            return None
        scenario = found
    tables = prepare(scenario).run(seed, 0).tables()
    measured = RunDigest(measures_looked_at())(scenario, tables)["measures"]
    return {name: float(values[0]) for name, values in measured.items()}


@cache
def cell_of(seed: int, capability: str) -> Cell:
    return next(c for c in cells(district(seed)) if c.id == capability)


def slips(capability: str, districts: int) -> list[str]:
    """What moves the wrong way, over so many districts."""
    frames: dict[str, list[dict[str, float]]] = defaultdict(list)
    as_is = [outcome(seed) or {} for seed in range(districts)]
    for level in ("none", "half", "double"):
        made = [outcome(seed, capability, level) for seed in range(districts)]
        if not all(m is None for m in made):
            frames[level] = [m if m is not None else {} for m in made]
    columns = list(measures_looked_at())
    tables = {lv: pd.DataFrame(rows, columns=columns) for lv, rows in frames.items()}
    judged = judge_cell(cell_of(0, capability), pd.DataFrame(as_is, columns=columns), tables)
    return [
        f"{capability}, {e.level}: {e.measure} {e.as_is:.3g} -> {e.other:.3g}"
        for e in judged.effects
        if e.way == "wrong"
    ]


@pytest.mark.parametrize("capability", SHOWN)
def test_more_of_it_never_worsens_anything_over_random_districts(capability: str) -> None:
    assert slips(capability, FEW) == []


@pytest.mark.long
def test_no_capability_of_the_list_worsens_anything_over_random_districts() -> None:
    found = []
    for cell in cells(district(0)):
        if levels(district(0), cell).scenarios:
            found += slips(cell.id, MANY)
    assert found == []
