"""Reading the copied facts and writing derived tables, always the same bytes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
SCENARIOS = HERE.parent

Cell = str | int | float
Record = dict[str, Cell]


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_assumed() -> dict[str, float]:
    """The parameters of `scenarios/parameters/derive.csv`, names without their prefix."""
    rows = read_rows(SCENARIOS / "parameters" / "derive.csv")
    return {r["name"].removeprefix("derive."): float(r["value"]) for r in rows}


def write_rows(path: Path, rows: Iterable[Mapping[str, Cell]]) -> None:
    """Write rows as CSV: UTF-8, one newline a row, the first row's keys as header."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
