"""Fuels: what a grid cell's code stands for (`fuels.csv`, a scenario's own or the shipped one)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anlan import scenarios
from anlan.sim.scenario.schema import MAX_CODE, Fuel
from anlan.sim.scenario.tables import read_table

FILE = "fuels.csv"


@dataclass(frozen=True)
class Fuels:
    """The rows, and their columns as arrays that a cell's code indexes (unknown codes: 0)."""

    rows: tuple[Fuel, ...]

    def column(self, name: str) -> NDArray[np.float64]:
        """One column by code, shape (MAX_CODE + 1,); nan where a row leaves it empty."""
        out = np.zeros(MAX_CODE + 1)
        for row in self.rows:
            value = getattr(row, name)
            out[row.code] = np.nan if value is None else float(value)
        return out

    @property
    def codes(self) -> frozenset[int]:
        """The codes that have a row."""
        return frozenset(row.code for row in self.rows)

    def code(self, fuel: str) -> int:
        """The code of a fuel by its name. Raises KeyError."""
        return {row.fuel: row.code for row in self.rows}[fuel]


def read_fuels() -> Fuels:
    """The shipped fuels. Raises BadInput."""
    return Fuels(read_table(Path(scenarios.__file__).parent, FILE, Fuel).rows)
