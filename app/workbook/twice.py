"""Things that a workbook has twice: the second is not counted, and asked about until answered."""

from __future__ import annotations

from dataclasses import replace

from anlan.app.workbook.amount_cells import raw_text
from anlan.app.workbook.found import Doubt, Found, Record, Value
from anlan.app.workbook.known import folded


def twice(found: Found) -> None:
    """Leave out what is there a second time; what a person answered of it decides."""
    seen: dict[tuple[str, ...], Record] = {}
    gone: list[Record] = []
    for record in found.records:
        first = seen.setdefault(_identity(record), record)
        if first is record:
            continue
        answers = {n: v for n, v in record.values.items() if v.answered}
        if record.table == "stock" and answers:
            continue  # a person was asked whether these goods are there besides, and said how many
        gone.append(record)
        if record.table == "stores" and first.table == "stores" and _agree(first, record):
            continue
        for name, value in answers.items():
            _decide(found, first, name, value)
        settled = bool(answers) or any(v.answered for v in first.values.values())
        for value in [v for v in record.values.values() if v in found.values]:
            if not (settled and _settled(first, value)):
                found.doubts.append(_doubt(first, record, value))
    _drop(found, gone)


def _decide(found: Found, first: Record, name: str, value: Value) -> None:
    """Give the first of two rows what a person answered at the second."""
    before = first.values.get(name)
    if before is not None and before.answered:
        return  # two answers: the first stands, and the second is asked about
    if before is not None:
        found.values[:] = [v for v in found.values if v is not before]
    found.doubts[:] = [d for d in found.doubts if not _is_about(d, first, name)]
    first.asked.discard(name)
    # a value of its own: what the second row holds is left out with it
    found.keep(replace(value, record=first.name), first)


def _is_about(doubt: Doubt, record: Record, name: str) -> bool:
    """Whether a doubt asks for a field of a record that has no value."""
    there = (doubt.table, doubt.record, doubt.field, doubt.sheet)
    mine = doubt.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(record.row)
    return doubt.asked and mine and there == (record.table, record.name, name, record.sheet)


def _settled(first: Record, value: Value) -> bool:
    """Whether nothing is left to ask of a value of the second row."""
    kept = first.values.get(value.field)
    return kept is not None and (kept.value == value.value or (kept.answered > value.answered))


def _doubt(first: Record, record: Record, value: Value) -> Doubt:
    return Doubt(
        "duplicate", record.sheet, value.cell, raw_text(value.raw), True, record.table,
        record.name, value.field, None, value.value, None,
        {"first": f"{first.sheet}!{first.cell}"},
    )  # fmt: skip


def _agree(first: Record, other: Record) -> bool:
    return all(
        first.values[k].value == v.value for k, v in other.values.items() if k in first.values
    )


def _identity(record: Record) -> tuple[str, ...]:
    def text(name: str) -> str:
        return str(record.values[name].value) if name in record.values else ""

    if record.table == "stock":
        where = ("holder", "unit", "spec", "quantity", "place")
        return (
            "stock",
            folded(record.name),
            *map(text, where),
            f"{record.sheet if not text('holder') else ''}",
        )
    return (record.table, folded(record.name), text("town"))


def _drop(found: Found, gone: list[Record]) -> None:
    out = {id(r) for r in gone}
    values = {id(v) for r in gone for v in r.values.values()}
    found.records[:] = [r for r in found.records if id(r) not in out]
    found.values[:] = [v for v in found.values if id(v) not in values]
