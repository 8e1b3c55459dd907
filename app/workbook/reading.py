"""A table that was found -> records: each cell understood, or a doubt about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from anlan.app.workbook.amount_cells import Seen, in_unit, raw_text, seen_in
from anlan.app.workbook.amounts import Amount, asked
from anlan.app.workbook.cells import Book, Cell
from anlan.app.workbook.columns import Column
from anlan.app.workbook.found import Doubt, Found, Plain, Record, Value
from anlan.app.workbook.goods import Goods, goods_of, is_item
from anlan.app.workbook.known import choices, folded, marks, name_of, usual
from anlan.app.workbook.lines import TOWN, Line, lines_of
from anlan.app.workbook.regions import Region
from anlan.app.workbook.sums import Sums

# Columns that only help to understand others, or that nothing in a scenario asks for: where they
# are blank nobody is asked.
HELPERS = {
    "boxes", "per_box", "share_good", "quantity_usable", "pumps", "vehicles", "extinguishers",
    "residents_registered", "residents_floating", "residents_60plus", "disabled", "pumps_m3_h",
    "saws", "ambulances", "stretchers", "aeds", "bags", "lon", "lat", "elevation_m", "area_km2",
    "crew_size", "truck_kg", "truck_m3",
}  # fmt: skip
CARRIED = ("town", "holder")  # what stands in the first row of several, and goes for those below
AMOUNTS = ("count", "count0", "number", "quantity")


@dataclass
class Reader:
    """One table while it is read: what is carried down from row to row."""

    book: Book
    region: Region
    found: Found
    holder: str = ""  # of a stock list without a column for it
    carried: dict[str, tuple[str, Cell]] = field(default_factory=dict)
    above: dict[int, Amount] = field(default_factory=dict)  # column -> the amount of the row above
    section: tuple[str, Cell] | None = None
    sums: Sums = field(default_factory=Sums)

    @property
    def sheet(self) -> str:
        """The sheet's name."""
        return self.region.sheet.name

    def doubt(self, key: str, cell: Cell, record: Record | None, column: Column | None,
              amount: Amount | None = None, typed: float | None = None,
              **fill: object) -> None:  # fmt: skip
        """Note a doubt about a cell."""
        name = column.head.field if column is not None and column.head is not None else ""
        held = amount.value if amount is not None else None
        if record is not None and (amount is None or amount.asked):
            record.asked.add(name)
        self.found.doubts.append(
            Doubt(
                key, self.sheet, cell.address, raw_text(cell.raw) or cell.formula,
                amount is None or amount.asked,
                self.region.table, record.name if record else "", name, held,
                amount.suggested if amount is not None else None, typed, fill,
            )
        )  # fmt: skip


def read_region(book: Book, region: Region, found: Found, holder: str = "") -> Reader:
    """Read one table into what was found; what its reader has learnt."""
    reader = Reader(book, region, found, holder)
    _see_columns(reader)
    for line in lines_of(region):
        found.see(region.sheet.name, *line.cells)
        _read_line(reader, line)
    if region.column("grid") is not None:
        _communities(reader)
    return reader


def check_totals(reader: Reader, beside: list[Reader]) -> None:
    """Tell of totals that are not the sum of the rows above, or of the tables side by side."""
    for at, value, added in reader.sums.wrong([r.sums for r in beside]):
        column = _column_at(reader.region, at.column)
        reader.doubt("total_differs", at, None, column, Amount(value), None,
                     total=f"{value:,.10g}", sum=f"{added:,.10g}")  # fmt: skip


def _communities(reader: Reader) -> None:
    """Grids added up to their communities; the cell is the sub-total's where that agrees."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in reader.found.records:
        if (
            record.table == "grids"
            and record.sheet == reader.sheet
            and record in reader.sums.entries
        ):
            town = record.values["town"].value if "town" in record.values else ""
            groups.setdefault((str(town), record.name.partition("/")[0]), []).append(record)
    for (_, name), grids in groups.items():
        whole = Record("communities", name, reader.sheet, grids[0].row, cell=grids[0].cell)
        for field_ in ("name_zh", "town"):
            first = grids[0].values.get(field_)
            if first is not None:
                kept = replace(first, table="communities", record=name)
                reader.found.keep(kept, whole)
        _add_up(reader, grids, whole)
        reader.found.records.append(whole)
    reader.found.records[:] = [r for r in reader.found.records if r.table != "grids"]


def _add_up(reader: Reader, grids: list[Record], whole: Record) -> None:
    """Each amount of the grids of one community, added up where all of them have it."""
    for name in dict.fromkeys(n for g in grids for n in g.values):
        parts = [g.values.get(name) for g in grids]
        amounts = [p for p in parts if p is not None and isinstance(p.value, (int, float))]
        if not amounts:
            continue
        if len(amounts) < len(grids):
            whole.asked.add(name)
            continue
        total = sum(float(p.value) for p in amounts)
        at = reader.sums.agreed(grids, name, total)
        kept = replace(
            amounts[0], table="communities", record=whole.name, value=_tidy(total),
            cell=at.address if at is not None else _span([p.cell for p in amounts]),
            raw=at.raw if at is not None else total,
            assumed=any(p.assumed for p in amounts),
        )  # fmt: skip
        reader.found.keep(kept, whole)


def _see_columns(reader: Reader) -> None:
    """Note the header's cells, and the columns of which nothing is read."""
    region, found = reader.region, reader.found
    sheet = region.sheet
    head = [
        cell for (row, column), cell in sheet.cells.items()
        if region.top <= row < region.first and region.left <= column <= region.right
    ]  # fmt: skip
    found.set_apart("header", sheet.name, head)
    for column in region.columns:
        cells = [
            c for (row, number), c in sheet.cells.items()
            if number == column.number and region.first <= row <= region.last
        ]  # fmt: skip
        at = sheet.cells.get((column.row, column.number)) or Cell(column.row, column.number)
        if column.skipped == "two_columns" and cells:
            reader.doubt("two_columns", at, None, column, header=column.text)
        elif column.skipped == "hidden_column" and cells:
            reader.doubt("hidden_column", at, None, column, header=column.text)
        elif column.head is None and (numbers := sum(c.is_number for c in cells)):
            reader.doubt("unread_column", at, None, column, Amount(0.0), header=column.text,
                         n=numbers)  # fmt: skip
    usable, book = region.column("quantity_usable"), region.column("quantity")
    if usable and book:
        at = sheet.cells[usable.row, usable.number]
        reader.doubt("usable", at, None, usable, Amount(0.0), taken=book.text, other=usable.text)


def _read_line(reader: Reader, line: Line) -> None:
    found, sheet = reader.found, reader.sheet
    if line.kind == "section":
        reader.section = (line.text, line.cells[0])
        kind = "section" if TOWN.fullmatch(line.text) else "note"
        found.set_apart(kind, sheet, line.cells)
        if TOWN.fullmatch(line.text):
            reader.carried["town"] = reader.section
        return
    if line.kind == "hidden_row":
        for cell in line.cells:
            column = _column_at(reader.region, cell.column)
            if column is not None and column.takes in AMOUNTS:
                reader.doubt("hidden_row", cell, None, column)
        found.set_apart("hidden_row", sheet, line.cells)
        return
    if line.kind == "total":
        _read_total(reader, line)
    if line.kind != "data":
        found.set_apart(line.kind, sheet, line.cells)
        return
    _read_record(reader, line)


def _column_at(region: Region, number: int) -> Column | None:
    return next((c for c in region.columns if c.number == number), None)


def _read_total(reader: Reader, line: Line) -> None:
    amounts: dict[str, tuple[Cell, float]] = {}
    for cell in line.cells:
        column = _column_at(reader.region, cell.column)
        if column is not None and column.takes in ("count", "count0", "number") and column.head:
            seen = seen_in(cell, reader.region.sheet, reader.book.recalculates).amount
            if seen.value is not None:
                amounts[column.head.field] = (cell, seen.value)
    texts = [c.text for c in line.cells if c.is_text]
    reader.sums.total(texts[0] if texts else "", amounts)


def _span(cells: list[str]) -> str:
    return cells[0] if len(cells) == 1 else f"{cells[0]}:{cells[-1]}"


def _text(reader: Reader, line: Line, column: Column) -> tuple[str, Cell | None]:
    """The text of a row in a column, from the row or from where it goes on; and its cell."""
    sheet, name = reader.region.sheet, column.head.field if column.head else ""
    cell = sheet.shared(line.row, column.number)
    if cell is not None and folded(cell.text) not in marks("ditto"):
        if name in (*CARRIED, "name_zh", "item"):
            reader.carried[name] = (cell.text, cell)
        return cell.text, cell
    ditto = cell is not None
    if (name in CARRIED or ditto) and name in reader.carried:
        return reader.carried[name]
    if name == "name_zh" and reader.region.column("grid") and name in reader.carried:
        return reader.carried[name]
    return "", None


def _read_record(reader: Reader, line: Line) -> None:
    region = reader.region
    named = next(iter(region.of("name", "item")), None)
    if named is None:
        return
    text, cell = _text(reader, line, named)
    name, phones = name_of(text)
    if cell is None or not name:
        _nameless(reader, line)
        return
    record = _begin(reader, line, name, cell, named, phones)
    if record is None:
        return
    _read_texts(reader, line, record)
    if _is_retired(reader, line, record, cell):
        return
    if not region.of("placed"):
        reader.found.records.append(record)
    for column in region.of(*AMOUNTS):
        _read_amount(reader, line, column, record)
    for column in region.of("placed"):
        _read_placed(reader, line, column, record)
    reader.sums.row(record)


def _read_placed(reader: Reader, line: Line, column: Column, record: Record) -> None:
    """A quantity in the column of a town or store: a record of its own; blank there is none."""
    cell = reader.region.sheet.at(line.row, column.number)
    if cell is None:
        return
    head = Cell(column.row, column.number, column.path[-1])
    mine = Record(record.table, record.name, record.sheet, record.row, dict(record.values),
                  cell=record.cell)  # fmt: skip
    mine.values["holder"] = Value(
        "stock", record.name, "holder", name_of(column.path[-1])[0], reader.sheet, head.address,
        column.path[-1],
    )  # fmt: skip
    _read_amount(reader, line, column, mine)
    reader.found.records.append(mine)


def _nameless(reader: Reader, line: Line) -> None:
    """A row without a name: each amount in it is asked about."""
    for cell in line.cells:
        column = _column_at(reader.region, cell.column)
        if column is None or column.takes in AMOUNTS or cell.is_text:
            reader.doubt("no_name", cell, None, column)


def _begin(
    reader: Reader, line: Line, name: str, cell: Cell, named: Column, phones: bool
) -> Record | None:
    """The record of a row, with its name; None for a further row of a merged one."""
    region, found = reader.region, reader.found
    grid = region.column("grid")
    table = "grids" if grid else region.table
    if grid is not None:
        part = _text(reader, line, grid)[0]
        record = Record(table, f"{name}/{part}", reader.sheet, line.row, cell=cell.address)
        record.values["name_zh"] = Value(
            "communities", name, "name_zh", name, reader.sheet, cell.address, cell.raw
        )
        return record
    record = Record(table, name, reader.sheet, line.row, cell=cell.address)
    if cell.row != line.row and named.takes == "name":
        for each in line.cells:
            reader.doubt("merged_name", each, record, _column_at(region, each.column))
        return None
    if named.takes == "name":
        found.keep(
            Value(table, name, "name_zh", name, reader.sheet, cell.address, cell.raw), record
        )
    else:
        record.values["item"] = Value(
            table, name, "item", name, reader.sheet, cell.address, cell.raw
        )
    if phones:
        reader.doubt("phone", cell, record, named, Amount(0.0), name=name)
    return record


def _read_texts(reader: Reader, line: Line, record: Record) -> None:
    """The columns of words: town, place, kind, holder, unit, spec."""
    region = reader.region
    for column in region.columns:
        if column.takes not in ("town", "place", "choice", "choices", "holder", "unit", "spec",
                                "text"):  # fmt: skip
            continue
        text, cell = _text(reader, line, column)
        head = column.head
        if cell is None or not text or head is None:
            continue
        value: Plain = name_of(text)[0]
        if head.takes in ("choice", "choices"):
            chosen = chosen_of(text, region.table, head.field, head.takes == "choices")
            if not chosen:
                reader.doubt("unknown_word", cell, record, column)
                continue
            value = chosen
        kept = Value(
            record.table, record.name, head.field, value, reader.sheet, cell.address, cell.raw
        )
        if head.takes in ("unit", "spec", "text"):
            record.values[head.field] = kept
        else:
            reader.found.keep(kept, record)
    if "town" not in record.values and "town" in reader.carried:
        text, cell = reader.carried["town"]
        kept = Value(record.table, record.name, "town", text, reader.sheet, cell.address, cell.raw)
        reader.found.keep(kept, record)
    if region.table == "stock" and "holder" not in record.values:
        _holder(reader, record)


def _holder(reader: Reader, record: Record) -> None:
    town = record.values.get("town")
    text = reader.holder or (str(town.value) if town is not None else "")
    if text:
        record.values["holder"] = Value(
            "stock", record.name, "holder", text, reader.sheet, record.cell, text
        )


def chosen_of(text: str, table: str, name: str, many: bool) -> str:
    """The scenario's word for what a cell says, several with semicolons; else empty."""
    words = choices(table, name)
    plain = folded(text)
    if plain in words:
        return words[plain]
    if many:
        parts = [p for p in plain.replace("、", ";").replace(",", ";").replace("，", ";")
                 .replace("/", ";").replace("；", ";").split(";") if p]  # fmt: skip
        found = [words.get(p, "") for p in parts]
        return ";".join(dict.fromkeys(found)) if found and all(found) else ""
    ends = {words[w] for w in words if len(w) >= 2 and (plain.endswith(w) or plain.startswith(w))}
    return ends.pop() if len(ends) == 1 else ""


def _is_retired(reader: Reader, line: Line, record: Record, named: Cell) -> bool:
    """Whether a row is struck through or says that the thing is closed; its amounts are told."""
    region = reader.region
    key = "struck_row" if named.struck else ""
    said: dict[str, Any] = {}
    for column in region.of("status"):
        cell = region.sheet.at(line.row, column.number)
        if cell is None or not cell.text:
            continue
        status = chosen_of(cell.text, region.table, "status", False)
        if status == "retired" and not key:
            key, said = "retired", {"status": cell.text}
            reader.doubt(key, cell, record, column, **said)
        elif not status:
            reader.doubt("unknown_status", cell, record, column, Amount(0.0))
    if not key:
        return False
    for column in region.of(*AMOUNTS):
        cell = region.sheet.at(line.row, column.number)
        if cell is not None:
            reader.doubt(key, cell, record, column, **said)
    reader.found.set_apart("retired", reader.sheet, line.cells)
    values = reader.found.values  # what was read of its words goes with it
    mine = {id(v) for v in record.values.values()}
    values[:] = [v for v in values if id(v) not in mine]
    return True


def _read_amount(reader: Reader, line: Line, column: Column, record: Record) -> None:
    region, head = reader.region, column.head
    if head is None:
        return
    cell = region.sheet.at(line.row, column.number)
    anchor = region.sheet.shared(line.row, column.number)
    block = region.sheet.blocks.get((anchor.row, anchor.column)) if anchor is not None else None
    if block is not None and anchor is not None and block[0] > anchor.row:
        reader.doubt("merged_shared", anchor, record, column, rows=block[0] - anchor.row + 1)
        return
    if cell is None:
        _blank(reader, line, column, record)
        return
    seen = seen_in(cell, region.sheet, reader.book.recalculates)
    if seen.amount.doubt == "ditto":
        above = reader.above.get(column.number)
        if above is not None and above.value is not None:
            seen = Seen(replace(above, doubt="ditto_taken"))
    if seen.amount.doubt == "none" and not seen.amount.asked:
        plain = (
            Amount(0.0) if head.takes in ("count0", "quantity", "placed") else asked("none", 0.0)
        )
        seen = Seen(plain, seen.comment)
    reader.above[column.number] = seen.amount
    if head.takes in ("quantity", "placed"):
        _quantity(reader, record, column, cell, seen)
        return
    measured = in_unit(seen.amount, head.unit, column.unit, head.takes != "number")
    most = usual().get((region.table, head.field), math.inf)
    amount = measured.amount
    if (amount.value or 0.0) > most and not cell.answered:
        amount = asked("beyond")
    if amount.doubt:
        reader.doubt(amount.doubt, cell, record, column, amount, seen.amount.suggested,
                     comment=seen.comment, most=f"{most:g}")  # fmt: skip
    if amount.value is None:
        return
    value: Plain = int(amount.value) if head.takes != "number" else _tidy(amount.value)
    before = record.values.get(head.field)
    if before is not None and head.adds:
        value = int(value) + int(before.value)
        reader.doubt("added", cell, record, column, Amount(float(value)), total=value)
    reader.found.keep(
        Value(
            record.table, record.name, head.field, value, reader.sheet, cell.address, cell.raw,
            head.unit, column.address if column.unit and not measured.own_unit else "",
            factor=measured.factor, assumed=bool(amount.doubt), answered=cell.answered,
        ),
        record,
    )  # fmt: skip


def _tidy(value: float) -> Plain:
    return int(value) if value.is_integer() else value


def _blank(reader: Reader, line: Line, column: Column, record: Record) -> None:
    """A blank cell: none, or not filled in? Things that are counted are taken for none."""
    head = column.head
    if head is None or head.spare or head.field in HELPERS:
        return
    cell = Cell(line.row, column.number)
    if head.takes != "count0":
        reader.doubt("blank", cell, record, column)
        return
    reader.doubt("blank_none", cell, record, column, Amount(0.0, suggested=0.0))
    if head.field not in record.values:
        record.values[head.field] = Value(
            record.table, record.name, head.field, 0, reader.sheet, cell.address, None, head.unit,
            assumed=True,
        )  # fmt: skip


def _quantity(reader: Reader, record: Record, column: Column, cell: Cell, seen: Seen) -> None:
    """A quantity of stock, in the unit of its relief item, or in its own where there is none."""
    values: Mapping[str, Value] = record.values
    amount = seen.amount
    in_cell = values.get("unit")
    unit = amount.unit or (str(in_cell.value) if in_cell else "") or column.unit
    spec = str(values["spec"].value) if "spec" in values else ""
    per_box = values.get("per_box")
    goods = goods_of(record.name, unit, spec, float(per_box.value) if per_box else None,
                     cell.answered)  # fmt: skip
    if cell.answered and amount.value == 0 and not is_item(record.name):
        goods = Goods("", goods.unit)  # asked about, and it is no relief item
    holder = str(values["holder"].value) if "holder" in values else ""
    suggested = amount.suggested if amount.asked else amount.value
    if suggested is not None and not goods.asked:
        suggested = round(suggested * goods.factor, 6)
    if amount.asked or goods.asked:
        key = amount.doubt if amount.asked else goods.doubt
        if goods.asked:  # the number alone would be asked about again
            suggested = None
        typed = amount.suggested if suggested is not None else None
        reader.doubt(key, cell, record, column, asked(key, suggested), typed,
                     comment=seen.comment, unit=unit, goods=record.name)  # fmt: skip
        return
    value = suggested or 0.0
    whole = goods.unit in ("piece", "meal", "set", "pack", "mL")
    if whole and value != round(value):
        reader.doubt("not_whole", cell, record, column, asked("not_whole"))
        return
    for key in (amount.doubt, goods.doubt):
        if key:
            told = Amount(value)
            reader.doubt(key, cell, record, column, told, comment=seen.comment, unit=unit,
                         goods=record.name)  # fmt: skip
    if not holder:
        reader.doubt("no_holder", cell, record, column, asked("no_holder", value))
    at = in_cell.cell if in_cell and not amount.unit else ""
    reader.found.keep(
        Value(
            "stock", holder, "quantity", _tidy(value), reader.sheet, cell.address, cell.raw,
            goods.unit, at or (column.address if column.unit and not amount.unit else ""),
            goods.item, record.name, goods.factor, bool(amount.doubt or goods.doubt),
            cell.answered,
        ),
        record,
    )  # fmt: skip
