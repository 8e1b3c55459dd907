"""What one more of a capacity costs: the planner's own price, his list, or the list that ships.

The prices that ship have no source and are marked as assumptions (`unit_costs.csv`): lists are
therefore worked out for prices halved and doubled as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

from pydantic import Field

from anlan.analysis.sizing.levers import Lever
from anlan.sim.scenario.schema import Mark, Row
from anlan.sim.scenario.tables import read_table

FILE = "unit_costs.csv"
OWN = "own"  # the mark of a price that stands in the list of what may change


class UnitCost(Row):
    """A row of a list of prices: of a capacity as it is named, or of all of a table's column.

    `what`: `teams.members`, `stock.water_ml`, or a whole name such as `teams.team-1.members`.
    """

    what: str
    unit_cost: Annotated[float, Field(gt=0.0, le=1e12, allow_inf_nan=False)]
    unit: str
    source: str
    mark: Mark
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Price:
    """What one more costs, and where that stands. `what` is what the price is of."""

    what: str
    unit_cost: float
    source: str
    mark: str


def read_prices(path: Path | None = None) -> list[Price]:
    """A planner's list of prices before the list that ships. Raises BadInput."""
    with as_file(files(__package__).joinpath(FILE)) as shipped:
        found = [] if path is None else _rows(path)
        return [*found, *_rows(shipped)]


def _rows(path: Path) -> list[Price]:
    rows = read_table(path.parent, path.name, UnitCost, at_least=1).rows
    return [Price(r.what, r.unit_cost, r.source, r.mark) for r in rows]


def price_of(one: Lever, own: float | None, prices: Sequence[Price]) -> Price | None:
    """The price of a capacity: the planner's own, else the first of the lists that is of it."""
    if own is not None:
        return Price(one.what, own, "", OWN)
    section = one.what.partition(".")[0]
    names = [one.what, f"{section}.{one.column}" if one.column else one.what]
    items = {key[-1] for key in one.keys}
    if len(items) == 1:  # goods of one kind; a price of the first would be wrong for the others
        names.append(f"{section}.{items.pop()}")
    return next((p for name in names for p in prices if p.what == name), None)
