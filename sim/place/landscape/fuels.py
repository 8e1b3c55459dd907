"""Fuels: what a grid cell's code stands for (`fuels.csv`, a scenario's own or the shipped one)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anlan import scenarios
from anlan.sim.scenario.errors import bad
from anlan.sim.scenario.schema import MAX_CODE, Fuel
from anlan.sim.scenario.tables import read_table

FILE = "fuels.csv"


@dataclass(frozen=True)
class Fuels:
    """The rows, and their columns as arrays that a cell's code indexes (unknown codes: 0)."""

    rows: tuple[Fuel, ...]

    def column(self, name: str) -> NDArray[np.float64]:
        """One column by code, shape (MAX_CODE + 1,)."""
        out = np.zeros(MAX_CODE + 1)
        for row in self.rows:
            out[row.code] = float(getattr(row, name))
        return out

    @property
    def codes(self) -> frozenset[int]:
        """The codes that have a row."""
        return frozenset(row.code for row in self.rows)

    def code(self, fuel: str) -> int:
        """The code of a fuel by its name. Raises KeyError."""
        return {row.fuel: row.code for row in self.rows}[fuel]


def read_fuels(folder: Path | None = None) -> Fuels:
    """The fuels of a folder that has its own, else the shipped ones. Raises BadInput."""
    own = folder is not None and (folder / FILE).exists()
    where = folder if folder and own else Path(scenarios.__file__).parent
    table = read_table(where, FILE, Fuel, at_least=2)
    check_fuels(table.rows, table.lines)
    return Fuels(table.rows)


def check_fuels(rows: Sequence[Fuel], lines: Sequence[int] | None = None) -> None:
    """Raises BadInput where codes or names are there twice, or code 0 is missing or burns."""
    codes: dict[int, int] = {}
    names: dict[str, int] = {}
    for row, line in zip(rows, lines or range(1, len(rows) + 1), strict=True):
        if row.code in codes:
            raise bad(f"{row.code} is already in row {codes[row.code]}", FILE, line, "code")
        if row.fuel in names:
            raise bad(f"{row.fuel} is already in row {names[row.fuel]}", FILE, line, "fuel")
        if row.code == 0 and row.ks > 0:
            raise bad(f"{row.ks:g}, but code 0 is what cannot burn; give 0", FILE, line, "ks")
        codes[row.code], names[row.fuel] = line, line
    if 0 not in codes:
        raise bad("no row has code 0, which is what cannot burn; give one", FILE, None, "code")
