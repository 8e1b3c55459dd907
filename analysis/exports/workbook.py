"""`results.xlsx`: verdicts, measures, places, why, what would be enough, pictures, and what the
columns mean; in every language.

All texts are written as texts: one that begins with = + - @ never becomes a formula, and none
becomes a link.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anlan.analysis.exports.sheet import Share, Sheet
from anlan.analysis.exports.sheets import every
from anlan.analysis.plots.smaller import smaller
from anlan.analysis.results.folder import Results
from anlan.analysis.words import LANGS, word
from anlan.sim.study import whole

WORKBOOK = "results.xlsx"
MOST_ROWS = 1_048_576  # of a sheet, its head included
LONGEST = 32_767  # characters of a cell
NARROW, WIDE = 14, 60  # columns, in characters
SHARE_FORMAT, NUMBER_FORMAT = "0.0%", "#,##0.###"
PT_OF_IN = 72.0
HIGHEST_PT, GAP_PT = 409.0, 6.0  # no row is higher; above and below a picture
PICTURE_COLUMNS, PICTURE_PT = 86, 450.0  # the width of pictures, in characters and in points
PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(results: Results) -> Path:
    """Write the workbook into the results' folder, whole or not at all."""
    return write_sheets(results.folder / WORKBOOK, list(every(results, LANGS)))


def write_sheets(path: Path, sheets: Sequence[tuple[str, Sheet]]) -> Path:
    """Write sheets, each with its language, as one workbook, whole or not at all."""
    held = io.BytesIO()
    _fill(held, sheets)
    with whole(path) as beside:
        beside.write_bytes(held.getvalue())
    return path


def _fill(held: io.BytesIO, sheets: Sequence[tuple[str, Sheet]]) -> None:
    from xlsxwriter import Workbook

    book = Workbook(held, PLAIN)
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": NUMBER_FORMAT, "valign": "top"}),
        "share": book.add_format({"num_format": SHARE_FORMAT, "valign": "top"}),
    }
    for lang, sheet in sheets:
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
    _pictures(page, sheet)
    if len(sheet.rows) > MOST_ROWS - 2:
        said = word("book.too_long", lang, n=f"{len(sheet.rows) - MOST_ROWS + 2:,}")
        page.write_string(MOST_ROWS - 1, 0, said, formats["text"])
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _pictures(page: Any, sheet: Sheet) -> None:
    """The pictures of a sheet's last column, each as large as a row may be high."""
    from PIL import Image

    if not sheet.pictures:
        return
    column = len(sheet.heads) - 1
    page.set_column(column, column, PICTURE_COLUMNS)
    for row, path in enumerate(sheet.pictures, start=1):
        data = smaller(path)
        with Image.open(io.BytesIO(data)) as picture:
            dots = picture.info["dpi"]
            wide, high = (n / d * PT_OF_IN for n, d in zip(picture.size, dots, strict=True))
        share = min(1.0, (HIGHEST_PT - GAP_PT) / high, PICTURE_PT / wide)
        page.set_row(row, high * share + GAP_PT)
        told = {"image_data": io.BytesIO(data), "x_scale": share, "y_scale": share,
                "y_offset": GAP_PT / 2, "description": str(sheet.rows[row - 1][0])}  # fmt: skip
        page.insert_image(row, column, path.name, told)
