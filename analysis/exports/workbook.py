"""`results.xlsx`: verdicts, measures, places and what their columns mean, in every language.

All texts are written as texts: one that begins with = + - @ never becomes a formula, and none
becomes a link.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from anlan.analysis.exports.sheets import Share, Sheet, every
from anlan.analysis.results.folder import Results
from anlan.analysis.words import LANGS, word
from anlan.sim.study import whole

WORKBOOK = "results.xlsx"
MOST_ROWS = 1_048_576  # of a sheet, its head included
LONGEST = 32_767  # characters of a cell
NARROW, WIDE = 14, 60  # columns, in characters
SHARE_FORMAT, NUMBER_FORMAT = "0.0%", "#,##0.###"
PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(results: Results) -> Path:
    """Write the workbook into the results' folder, whole or not at all."""
    held = io.BytesIO()
    _fill(held, results)
    path = results.folder / WORKBOOK
    with whole(path) as beside:
        beside.write_bytes(held.getvalue())
    return path


def _fill(held: io.BytesIO, results: Results) -> None:
    from xlsxwriter import Workbook

    book = Workbook(held, PLAIN)
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": NUMBER_FORMAT, "valign": "top"}),
        "share": book.add_format({"num_format": SHARE_FORMAT, "valign": "top"}),
    }
    for lang, sheet in every(results, LANGS):
        _sheet(book.add_worksheet(sheet.title), sheet, formats, lang)
    book.close()


def _sheet(page: Any, sheet: Sheet, formats: dict[str, Any], lang: str) -> None:
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head[:LONGEST], formats["head"])
        page.set_column(column, column, WIDE if column in sheet.wide else NARROW)
    for row, cells in enumerate(sheet.rows[: MOST_ROWS - 2]):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(row + 1, column, cell[:LONGEST], formats["text"])
            elif cell is not None:
                kind = "share" if isinstance(cell, Share) else "number"
                page.write_number(row + 1, column, cell, formats[kind])
    if len(sheet.rows) > MOST_ROWS - 2:
        said = word("book.too_long", lang, n=f"{len(sheet.rows) - MOST_ROWS + 2:,}")
        page.write_string(MOST_ROWS - 1, 0, said, formats["text"])
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
