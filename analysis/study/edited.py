"""What a scenario holds otherwise than another, such as the one that ships under its name: row by
row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from anlan.sim import load
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.registry import Block, Entry, Grids, Kinds, Numbers, Rows, entries
from anlan.sim.scenario.schema import Scenario

MOST = 200  # edits that are kept one by one; a district of one's own differs everywhere
ADDED, GONE, CHANGED = "added", "gone", "changed"
Edit = dict[str, str]  # file, row, column, how (added, gone, changed), was, is


def edits(scenario: Scenario, changes: Mapping[str, str] | None) -> list[Edit] | None:
    """Every difference from the shipped scenario of the same id; None where none ships.

    `changes` as `again.changes_of` gives it: an empty one says that there is none.
    """
    if changes is not None and not changes:
        return []
    try:
        shipped = load(scenario.id, {})
    except (BadInput, OSError):
        return None
    return between(shipped, scenario)[:MOST]


def between(old: Scenario, new: Scenario) -> list[Edit]:
    """Every row that was added or taken away, and every cell that was changed, from old to new."""
    return [edit for entry in entries(type(new)) for edit in _of(entry, old, new)]


def _of(entry: Entry, shipped: Scenario, scenario: Scenario) -> Iterator[Edit]:
    old, new = entry.of(shipped), entry.of(scenario)
    if old == new:
        return
    part = entry.part
    if isinstance(part, Block):
        inner = {e.attribute for e in entries(type(scenario)) if e.inside == entry.attribute}
        before, now = (_flat(block, inner) for block in (old, new))
        yield from _cells(part.file, part.name, before, now)
    elif isinstance(part, Kinds | Numbers):
        yield from _rows(part.file, dict(old), dict(new))
    elif isinstance(part, Grids):
        yield _edit(part.file, "", "", CHANGED)
    elif isinstance(part, Rows):
        yield from _rows(part.file, _by_key(part, old), _by_key(part, new))


def _rows(file: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edit]:
    for key in new:
        if key not in old:
            yield _edit(file, key, "", ADDED)
        elif old[key] != new[key]:
            yield from _cells(file, key, _flat(old[key]), _flat(new[key]))
    for key in old:
        if key not in new:
            yield _edit(file, key, "", GONE)


def _by_key(part: Rows, rows: Any) -> dict[str, Any]:
    """Rows by what names them; by their place in the file where nothing does."""
    named = (
        (" ".join(str(getattr(row, column)) for column in part.key) if part.key else str(n), row)
        for n, row in enumerate(rows or (), start=1)
    )
    return dict(named)


def _flat(row: Any, without: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(row, BaseModel):
        return {}
    return row.model_dump(mode="json", exclude=without or set())


def _cells(file: str, row: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edit]:
    for column in {**new, **old}:
        was, now = old.get(column), new.get(column)
        if was != now:
            yield _edit(file, row, column, CHANGED, was, now)


def _edit(
    file: str, row: str, column: str, how: str, was: object = None, now: object = None
) -> Edit:
    told = {"was": _text(was), "is": _text(now)}
    return {"file": file, "row": row, "column": column, "how": how, **told}


def _text(value: object) -> str:
    return "" if value is None else str(value)
