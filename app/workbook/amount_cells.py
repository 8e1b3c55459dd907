"""An amount's cell with all that is to be seen of it -> an amount in the unit of its field."""

from __future__ import annotations

from dataclasses import dataclass, replace

from anlan.app.workbook.amounts import Amount, asked, understood, unit_in
from anlan.app.workbook.cells import Cell, Raw, Sheet
from anlan.app.workbook.formulas import value_of
from anlan.app.workbook.known import folded, marks


@dataclass(frozen=True)
class Seen:
    """What a cell says, with the comment or stroke that makes it doubtful."""

    amount: Amount
    comment: str = ""


def seen_in(cell: Cell, sheet: Sheet, recalculates: bool) -> Seen:
    """What a cell of amounts says, whatever a person would see of it."""
    amount = _of_cell(cell, sheet, recalculates)
    if not cell.comment:
        return Seen(amount)
    plain = folded(cell.comment)
    if any(word in plain for word in marks("doubt")) and not amount.asked:
        return Seen(asked("comment_doubt", amount.value, amount.unit), cell.comment)
    if not amount.doubt:
        amount = replace(amount, doubt="comment")
    return Seen(amount, cell.comment)


def _of_cell(cell: Cell, sheet: Sheet, recalculates: bool) -> Amount:
    if cell.struck:
        return asked("struck_cell")
    if cell.left is not None:
        return asked("part_struck", understood(cell.left).value)
    if isinstance(cell.raw, str) and cell.raw.startswith("#") and cell.raw.isascii():
        return asked("error_value")
    if cell.formula:
        return _of_formula(cell, sheet, recalculates)
    return understood(cell.raw)


def _of_formula(cell: Cell, sheet: Sheet, recalculates: bool) -> Amount:
    worked_out = value_of(cell.formula, sheet.cells)
    if cell.raw is None:
        return asked("uncached", worked_out)
    if isinstance(cell.raw, (int, float)):
        if worked_out is not None and abs(worked_out - cell.raw) > 1e-6 * max(1.0, abs(cell.raw)):
            return asked("formula_differs", worked_out)
        if worked_out is None and cell.raw == 0 and recalculates:
            return asked("uncached")
    return understood(cell.raw)


@dataclass(frozen=True)
class Measured:
    """An amount in the unit of its field: the factor that made it, and whether the cell had it."""

    amount: Amount
    factor: float = 1.0
    own_unit: bool = False


def in_unit(amount: Amount, wanted: str, of_header: str, whole: bool) -> Measured:
    """An amount in the unit that its field is counted in.

    of_header: the unit that stands in the column's header, which goes for cells without one.
    """
    unit = amount.unit or of_header
    known = unit_in(unit) if unit else None
    factor = known[1] if known else 1.0
    base = known[0] if known else ""
    if base and wanted and base not in (wanted, "piece") and not _alike(base, wanted):
        return Measured(asked("other_unit"), 1.0, bool(amount.unit))
    if base != wanted and _alike(base, wanted):
        factor *= _AREAS[base] / _AREAS[wanted]
    amount = replace(
        amount,
        value=_scaled(amount.value, factor),
        suggested=_scaled(amount.suggested, factor),
    )
    if whole and amount.value is not None and amount.value != round(amount.value):
        amount = asked("not_whole")
    if amount.unit and factor not in (1.0, 1e4) and not amount.doubt:
        amount = replace(amount, doubt="converted")
    return Measured(amount, factor, bool(amount.unit))


_AREAS = {"m2": 1.0, "km2": 1e6}


def _alike(base: str, wanted: str) -> bool:
    return base in _AREAS and wanted in _AREAS


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 6)


def raw_text(raw: Raw) -> str:
    """A raw value as a report shows it."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw)
