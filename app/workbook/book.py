"""A whole workbook -> what was found in it: its tables, sheets that repeat them, what is left."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from anlan.app.workbook.amount_cells import raw_text
from anlan.app.workbook.amounts import understood
from anlan.app.workbook.cells import Book, Cell, Sheet
from anlan.app.workbook.columns import why_none
from anlan.app.workbook.found import Doubt, Found, Record, Value
from anlan.app.workbook.known import folded, marks, name_of, ratios
from anlan.app.workbook.lines import TOWN
from anlan.app.workbook.reading import check_totals, read_region
from anlan.app.workbook.regions import Region, is_heading, regions_of
from anlan.app.workbook.twice import twice

_PAIR = re.compile(
    r"([^：:\s]{1,12})[：:]\s*(.*?)(?=\s{2,}[^：:\s]{1,12}[：:]|[；;]\s*[^：:\s]{1,12}[：:]|$)"
)
_IN_BRACKETS = re.compile(r"^(.*?)[（(]([^（）()]*)[）)]\s*$")
_BEARS = re.compile(
    rf"{TOWN.pattern}|.{{1,16}}(?:库|仓库|储备点|仓)"
)  # a town's name, or a store's
FAR = 5.0  # times the usual: as a slip of a digit is


@dataclass(frozen=True)
class Reading:
    """A workbook, the tables on it, and what was found in them."""

    book: Book
    regions: tuple[Region, ...]
    found: Found


def read_book(book: Book) -> Reading:
    """All that is to be found in a workbook."""
    found = Found()
    regions = [r for sheet in book.visible() for r in regions_of(sheet, book.file)]
    repeats = _repeating(book, regions)
    kept = tuple(r for r in regions if r.sheet.name not in repeats)
    readers = []
    for region in kept:
        holder = _read_lines(region, found)
        readers.append(read_region(book, region, found, holder))
    for reader in readers:
        beside = [
            r for r in readers
            if r is not reader and r.sheet == reader.sheet and r.region.table == reader.region.table
            and r.region.top == reader.region.top
        ]  # fmt: skip
        check_totals(reader, beside)
    _stores_of_stock(found)
    twice(found)
    _ratios(found)
    _left_over(book, found, repeats)
    return Reading(book, kept, found)


def _repeating(book: Book, regions: list[Region]) -> set[str]:
    """Sheets that repeat what others hold: by their name, where others have such tables."""
    names = {
        s.name for s in book.visible()
        if any(word in folded(s.name) for word in marks("summary"))
    }  # fmt: skip
    others = {r.table for r in regions if r.sheet.name not in names}
    tables = {name: {r.table for r in regions if r.sheet.name == name} for name in names}
    return {name for name in names if others and tables[name] <= others}


def _pairs(lines: Iterable[Cell]) -> Iterator[tuple[str, str, Cell]]:
    """(key, value, cell) of lines such as 仓库：余东镇储备库   运输车辆：1辆."""
    cells = list(lines)
    for at, cell in enumerate(cells):
        text = unicodedata.normalize("NFKC", cell.text).replace(":", "：")
        if text.endswith("：") and at + 1 < len(cells) and cells[at + 1].row == cell.row:
            yield folded(text[:-1]), cells[at + 1].text, cells[at + 1]
            continue
        for key, value in _PAIR.findall(text):
            if value.strip():
                yield folded(key), value.strip(), cell


def _read_lines(region: Region, found: Found) -> str:
    """What stands above a table; of a stock list the store that it is of, with its lorries."""
    sheet = region.sheet.name
    found.set_apart("title", sheet, list(region.lines))
    if region.table != "stock":
        return ""
    pairs = {key: (value, cell) for key, value, cell in _pairs(region.lines)}
    key = next((k for k in pairs if k in marks("store_key")), "")
    if not key:
        return _holder_of_sheet(region)
    text, cell = pairs[key]
    name, place = name_of(text)[0], ""
    if inner := _IN_BRACKETS.match(name):
        name, place = inner[1], inner[2]
    record = Record("stores", name, sheet, cell.row, cell=cell.address)
    found.keep(_line_value(record, "name_zh", name, cell), record)
    for k, (value, at) in pairs.items():
        if k in marks("place_key"):
            place = name_of(value)[0]
        if k in marks("truck_key"):
            amount = understood(value)
            if amount.value is None or amount.value != int(amount.value):
                record.asked.add("trucks")
                found.doubts.append(
                    Doubt(amount.doubt or "not_whole", sheet, at.address, value, True, "stores",
                          name, "trucks", None, amount.suggested)
                )  # fmt: skip
            else:
                found.keep(_line_value(record, "trucks", int(amount.value), at, "lorry"), record)
    if place:
        found.keep(_line_value(record, "community", place, cell), record)
    found.records.append(record)
    return name


def _line_value(record: Record, name: str, value: str | int, cell: Cell, unit: str = "") -> Value:
    return Value("stores", record.name, name, value, record.sheet, cell.address, cell.raw, unit)


def _holder_of_sheet(region: Region) -> str:
    """A stock list that names no store is that of its sheet, where it is called as a place is."""
    if region.column("holder") is not None or region.column("town") is not None:
        return ""
    name = region.sheet.name.strip()
    return name if _BEARS.fullmatch(name) else ""


def _stores_of_stock(found: Found) -> None:
    """Stores that only a column of a stock list names."""
    known = {folded(r.name) for r in found.records if r.table == "stores"}
    for record in [r for r in found.records if r.table == "stock"]:
        holder = record.values.get("holder")
        if holder is None or folded(str(holder.value)) in known:
            continue
        if TOWN.fullmatch(str(holder.value)):
            continue
        known.add(folded(str(holder.value)))
        name = str(holder.value)
        store = Record("stores", name, holder.sheet, record.row, cell=holder.cell)
        kept = replace(holder, table="stores", record=name, field="name_zh")
        found.keep(kept, store)
        if "town" in record.values:
            store.values["town"] = replace(record.values["town"], table="stores", record=name)
        found.records.append(store)


def _ratios(found: Found) -> None:
    """Numbers that do not go together, such as a shelter of five people a square metre."""
    for table, name, over, low, high in ratios():
        both = [r for r in found.records if r.table == table and {name, over} <= r.values.keys()]
        _held_back(found, (table, name, over), (low, high))
        known = [(r, _ratio(r, name, over)) for r in both]
        usual = [each for _, each in known if each is not None and low <= each <= high]
        middle = statistics.median(usual) if usual else None
        for record, each in known:
            if each is None or low <= each <= high:
                continue
            value = record.values[name]
            if value.answered:
                continue
            found.values[:] = [v for v in found.values if v is not value]
            del record.values[name]
            record.asked.add(name)
            found.doubts.append(
                Doubt("ratio", value.sheet, value.cell, raw_text(value.raw), True, table,
                      record.name, name, None, _nearer(float(value.value), each, middle), None,
                      {"ratio": f"{each:.3g}", "other": raw_text(record.values[over].value)})
            )  # fmt: skip


def _held_back(found: Found, names: tuple[str, str, str], limits: tuple[float, float]) -> None:
    """What to propose for a number that a comment doubts, and that does not go either."""
    table, name, over = names
    others = {(r.sheet, r.name): r for r in found.records if r.table == table}
    usual = [
        each for r in others.values()
        if {name, over} <= r.values.keys() and (each := _ratio(r, name, over)) is not None
        and limits[0] <= each <= limits[1]
    ]  # fmt: skip
    for at, doubt in enumerate(found.doubts):
        if doubt.key != "comment_doubt" or (doubt.table, doubt.field) != (table, name):
            continue
        record = others.get((doubt.sheet, doubt.record))
        below = float(record.values[over].value) if record and over in record.values else 0.0
        if not below or not isinstance(doubt.suggested, float) or not usual:
            continue
        ratio = doubt.suggested / below
        if not limits[0] <= ratio <= limits[1]:
            near = _nearer(doubt.suggested, ratio, statistics.median(usual))
            found.doubts[at] = replace(doubt, suggested=near)


def _ratio(record: Record, name: str, over: str) -> float | None:
    below = float(record.values[over].value)
    return float(record.values[name].value) / below if below else None


def _nearer(value: float, ratio: float, middle: float | None) -> float | None:
    """The value with one digit more or less, where that brings it to the usual; else None."""
    if middle is None:
        return None
    for factor in (0.1, 10.0):
        if 1.0 / FAR**0.5 < ratio * factor / middle < FAR**0.5:
            return round(value * factor, 6)
    return None


def _left_over(book: Book, found: Found, repeats: set[str]) -> None:
    """Whatever no table holds: sheets that are not read, and cells beside or between tables."""
    for sheet in book.sheets:
        left = [c for spot, c in sheet.cells.items() if (sheet.name, spot) not in found.seen]
        if not left:
            continue
        if sheet.hidden:
            _sheet_doubt(found, sheet, left, "hidden_sheet")
        elif sheet.name in repeats:
            _sheet_doubt(found, sheet, left, "repeat")
        elif not any(name == sheet.name for name, _ in found.seen):
            _sheet_doubt(found, sheet, left, "no_table")
        else:
            _rest(found, sheet, left)
    for sheet in book.visible():
        if sheet.blind and sheet.cells and not book.file.lower().endswith((".csv", ".txt")):
            found.doubts.append(Doubt("blind", sheet.name, "", book.file, False))


def _sheet_doubt(found: Found, sheet: Sheet, cells: list[Cell], key: str) -> None:
    numbers = [c for c in cells if c.is_number]
    asked = key == "no_table" and bool(numbers)
    first = (numbers or cells)[0]
    why, words = key, list[str]()
    if asked:
        head = next((r for r in sheet.rows().values() if is_heading(r)), None)
        why, words = why_none([c.text for c in head]) if head else (key, words)
    fill = {"n": len(numbers), "words": "、".join(words)}
    found.doubts.append(Doubt(why, sheet.name, first.address, first.text, asked, fill=fill))
    found.set_apart(key, sheet.name, cells)


def _rest(found: Found, sheet: Sheet, cells: list[Cell]) -> None:
    rows: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        rows[cell.row].append(cell)
    for each in rows.values():
        number = next((c for c in each if c.is_number), None)
        if number is not None:
            found.doubts.append(Doubt("unread", sheet.name, number.address, number.text, True))
        found.set_apart("unread", sheet.name, each)
