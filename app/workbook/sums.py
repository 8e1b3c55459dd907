"""Sub-totals and totals: held against the rows above them, and never taken for a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from anlan.app.workbook.cells import Cell
from anlan.app.workbook.found import Record


@dataclass(frozen=True)
class Total:
    """A row that adds others up."""

    text: str
    amounts: Mapping[str, tuple[Cell, float]]


@dataclass
class Sums:
    """The rows and totals of a table in their order."""

    entries: list[Record | Total] = field(default_factory=list)

    def row(self, record: Record) -> None:
        """Note a row of data."""
        self.entries.append(record)

    def total(self, text: str, amounts: Mapping[str, tuple[Cell, float]]) -> None:
        """Note a row that adds others up."""
        self.entries.append(Total(text, amounts))

    def whole(self, name: str) -> float:
        """All rows of a field, added up."""
        values = [e.values.get(name) for e in self.entries if isinstance(e, Record)]
        return sum(float(v.value) for v in values if v is not None)

    def wrong(self, beside: Sequence[Sums] = ()) -> Iterator[tuple[Cell, float, float]]:
        """(cell, what it says, what the rows add up to) of each total that is not their sum.

        A total may add up the rows since the last one, since any before it, or all, those of the
        tables `beside` it among them.
        """
        for at, entry in enumerate(self.entries):
            if not isinstance(entry, Total):
                continue
            for name, (cell, value) in entry.amounts.items():
                sums = self._sums(at, name)
                if beside and sums:
                    sums.append(self.whole(name) + sum(b.whole(name) for b in beside))
                if sums and not any(abs(value - s) < 1e-6 * max(1.0, abs(s)) for s in sums):
                    yield cell, value, min(sums, key=lambda s: abs(s - value))

    def _sums(self, end: int, name: str) -> list[float]:
        """What a total may mean: the rows since the last total, since any before it, or all."""
        found: list[float] = []
        running = 0.0
        rows = 0
        for entry in reversed(self.entries[:end]):
            if isinstance(entry, Total):
                if rows:
                    found.append(running)
                continue
            rows += 1
            value = entry.values.get(name)
            running += float(value.value) if value is not None else 0.0
        return [*found, running] if rows else found

    def agreed(self, records: list[Record], name: str, value: float) -> Cell | None:
        """The total right below these rows that gives their sum; None where there is none."""
        last = max(self.entries.index(r) for r in records)
        after = self.entries[last + 1] if last + 1 < len(self.entries) else None
        if isinstance(after, Total) and name in after.amounts:
            cell, given = after.amounts[name]
            return cell if abs(given - value) < 1e-6 else None
        return None
