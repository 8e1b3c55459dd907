"""Fuels: what a grid cell's code stands for (`scenarios/fuels.csv`); code 0 cannot burn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import scenarios
from sim.scenario.errors import bad
from sim.scenario.schema import Mark, Row
from sim.scenario.tables import read_table

FILE = "fuels.csv"
MAX_CODE = 127  # the grid holds codes in one signed byte
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Fuel(Row):
    """One kind of fuel. A `ks` of 0 cannot burn."""

    code: Annotated[int, Field(ge=0, le=MAX_CODE)]
    fuel: str
    zh: str
    en: str
    is_forest: bool
    ks: NotNegative
    load_kg_m2: NotNegative
    heat_kj_kg: NotNegative
    rothermel_load_lb_ft2: NotNegative
    sav_per_ft: NotNegative
    depth_ft: NotNegative
    extinction_share: NotNegative
    hand_m_h_person: NotNegative
    blower_m_h_person: NotNegative
    source: str
    mark: Mark


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
    """The fuels of a folder, or the shipped ones. Raises BadInput."""
    table = read_table(folder or Path(scenarios.__file__).parent, FILE, Fuel, at_least=2)
    seen: dict[int, int] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        if row.code in seen:
            raise bad(f"{row.code} is already in row {seen[row.code]}", FILE, line, "code")
        if row.code == 0 and row.ks > 0:
            raise bad(f"{row.ks:g}, but code 0 is what cannot burn; give 0", FILE, line, "ks")
        seen[row.code] = line
    return Fuels(table.rows)
