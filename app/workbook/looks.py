"""What values do not tell: formulas, comments, strokes through text, what is hidden (openpyxl)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.app.workbook.cells import Spot, number_of


@dataclass(frozen=True)
class Look:
    """What is to be seen of one cell beside its value."""

    formula: str = ""
    comment: str = ""
    struck: bool = False
    left: str | None = None

    def fields(self) -> dict[str, Any]:
        """The same as fields of a `Cell`."""
        return {
            "formula": self.formula, "comment": self.comment, "struck": self.struck,
            "left": self.left,
        }  # fmt: skip


@dataclass(frozen=True)
class SheetLooks:
    """What is to be seen of one sheet."""

    cells: Mapping[Spot, Look] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Looks:
    """What is to be seen of a workbook."""

    sheets: Mapping[str, SheetLooks]
    recalculates: bool


def looks_of(data: bytes, openpyxl: Any) -> Looks | None:
    """What is to be seen of an .xlsx; None where openpyxl cannot read what others can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that it does not know
            book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
            sheets = {sheet.title: _of_sheet(sheet) for sheet in book.worksheets}
            return Looks(sheets, bool(book.calculation and book.calculation.fullCalcOnLoad))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception:  # styles and drawings of other programs stop it in many ways
        return None


def _of_sheet(sheet: Any) -> SheetLooks:
    cells = {}
    for row in sheet.iter_rows():
        for cell in row:
            look = _of_cell(cell)
            if look is not None:
                cells[cell.row, cell.column] = look
    return SheetLooks(cells, _hidden_rows(sheet), _hidden_columns(sheet))


def _of_cell(cell: Any) -> Look | None:
    if not hasattr(cell, "comment"):  # inside a merged block
        return None
    formula, left = "", None
    if cell.data_type == "f":
        formula = str(getattr(cell.value, "text", cell.value))
    elif isinstance(cell.value, list):  # rich text
        left = _not_struck(cell.value)
    comment = cell.comment.text.strip() if cell.comment is not None else ""
    struck = bool(cell.value is not None and cell.font is not None and cell.font.strike)
    if left == "":
        left, struck = None, True
    if not (formula or comment or struck or left is not None):
        return None
    return Look(formula, comment, struck and left is None, left)


def _not_struck(parts: list[Any]) -> str | None:
    """What of a rich text is not struck through; None where nothing is."""
    stricken = [bool(getattr(getattr(p, "font", None), "strike", False)) for p in parts]
    if not any(stricken):
        return None
    kept = [str(p) for p, gone in zip(parts, stricken, strict=True) if not gone]
    return "".join(kept).strip()


def _hidden_rows(sheet: Any) -> frozenset[int]:
    """Rows that somebody has hidden; not those that a filter hides."""
    hidden = {n for n, row in sheet.row_dimensions.items() if row.hidden}
    filtered = sheet.auto_filter
    if hidden and filtered is not None and filtered.ref and filtered.filterColumn:
        from openpyxl.utils import range_boundaries

        _, top, _, bottom = range_boundaries(filtered.ref)
        hidden -= set(range(top + 1, bottom + 1))
    return frozenset(hidden)


def _hidden_columns(sheet: Any) -> frozenset[int]:
    found: set[int] = set()
    for name, column in sheet.column_dimensions.items():
        if column.hidden:
            first = column.min or number_of(name)
            found |= set(range(first, min((column.max or first), first + 16_384) + 1))
    return frozenset(found)
