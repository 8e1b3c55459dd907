"""The numbers of a district's stress events, from its `tables/<district>/design.csv`.

Each row belongs to one event (typhoon, flood, forest-fire, building-fire) and has a unit, a
range, a source and a mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from anlan.scenarios.derivation.files import TABLES, read_rows


@dataclass(frozen=True)
class Design:
    """One stress event's numbers by name."""

    cells: dict[str, str]

    def __getitem__(self, name: str) -> float:
        """A number. Raises KeyError for a name that the event does not have."""
        return float(self.cells[name])

    def __contains__(self, name: object) -> bool:
        return name in self.cells

    def get(self, name: str, otherwise: float) -> float:
        """A number, or another where the event has none of that name."""
        return self[name] if name in self.cells else otherwise

    def time(self, name: str) -> datetime:
        """A time with its offset. Raises KeyError for a name that the event does not have."""
        return datetime.fromisoformat(self.cells[name])

    def beginning(self, prefix: str) -> Iterator[tuple[str, float]]:
        """(rest of the name, number) of each row whose name begins so, in the file's order."""
        for name in self.cells:
            if name.startswith(prefix):
                yield name.removeprefix(prefix), self[name]


def design(district: str, event: str) -> Design:
    """The numbers of one event of a district."""
    rows = read_rows(TABLES / district / "design.csv")
    return Design({r["name"]: r["value"] for r in rows if r["event"] == event})
