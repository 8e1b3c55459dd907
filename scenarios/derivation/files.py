"""Reading the copied facts and a district's tables, and writing tables, always the same bytes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
FACTS = HERE / "facts"
TABLES = HERE / "tables"
SCENARIOS = HERE.parent

Cell = str | int | float
Record = dict[str, Cell]


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_assumed(district: str) -> dict[str, float]:
    """The parameters of `scenarios/parameters/derive.csv`, names without their prefix.

    A district's own `assumed.csv` puts other values in their place; it adds no names.
    Raises KeyError for a name that derive.csv does not have.
    """
    rows = read_rows(SCENARIOS / "parameters" / "derive.csv")
    found = {r["name"].removeprefix("derive."): float(r["value"]) for r in rows}
    own = TABLES / district / "assumed.csv"
    for row in read_rows(own) if own.exists() else []:
        name = row["name"].removeprefix("derive.")
        if name not in found:
            raise KeyError(f"{district}/assumed.csv: no parameter {row['name']} in derive.csv")
        found[name] = float(row["value"])
    return found


def outline(district: str, part: str) -> list[tuple[float, float]]:
    """A line of a district's `outline.csv`, in degrees."""
    rows = read_rows(TABLES / district / "outline.csv")
    return [(float(r["lon"]), float(r["lat"])) for r in rows if r["part"] == part]


def write_rows(path: Path, rows: Iterable[Mapping[str, Cell]]) -> None:
    """Write rows as CSV: UTF-8, one newline a row, the first row's keys as header."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)


def write_tables(target: Path, tables: Mapping[str, Iterable[Mapping[str, Cell]]]) -> None:
    """Write each named table into the target folder."""
    target.mkdir(parents=True, exist_ok=True)
    for file, rows in tables.items():
        write_rows(target / file, rows)
