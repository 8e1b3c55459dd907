"""Records -> rows of a scenario's tables: joined by name, gaps filled and told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic_core import PydanticUndefined

from anlan.app.workbook.book import Reading
from anlan.app.workbook.found import Found, Record, Value
from anlan.app.workbook.known import choices, fills, folded
from anlan.app.workbook.places import community_of, town_id
from anlan.app.workbook.tables import TextTable, empty_table

NAMED = ("communities", "stores", "teams", "shelters", "hospitals")  # in the order of references


@dataclass(frozen=True)
class Told:
    """Something that was decided about a record, so that somebody can object."""

    key: str  # of the word list, behind `book.told.`
    table: str
    record: str
    sheet: str
    cell: str
    fill: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Joined:
    """The tables with the workbook's rows in them, and what was decided on the way."""

    tables: dict[str, TextTable]
    records: list[Record] = field(default_factory=list)  # of the workbook
    told: list[Told] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    counts: dict[str, list[int]] = field(default_factory=dict)  # table -> new, changed, left out
    written: set[int] = field(default_factory=set)  # ids of the values that stand in the tables
    rows: set[tuple[str, str, str]] = field(default_factory=set)  # (table, sheet, record) written

    def tell(self, key: str, record: Record, **fill: object) -> None:
        """Note what was decided about a record."""
        self.told.append(Told(key, record.table, record.name, record.sheet, record.cell, fill))

    def wrote(self, record: Record, *fields: str) -> None:
        """Note that these fields of a record stand in its table."""
        if set(fields) - {"name_zh", "town", "community"}:  # more than that there is such a thing
            self.rows.add((record.table, record.sheet, record.name))
        self.written |= {id(v) for n, v in record.values.items() if n in fields}

    def has(self, value: Value) -> bool:
        """Whether a value of the workbook stands in a table, by itself or within a sum."""
        if id(value) in self.written:
            return True
        kept = next((v for r in self.records for v in r.values.values() if v is value), None)
        row = (value.table, value.sheet, value.record)
        return kept is None and value.table != "stock" and row in self.rows

    @property
    def nothing(self) -> bool:
        """Whether rows were refused and none is written, nor the same already, nor taken away."""
        some = any(new or changed for new, changed, _ in self.counts.values())
        gone = any(t.key == "taken_away" for t in self.told)
        return not (some or gone or self.rows) and any(left for _, _, left in self.counts.values())

    def count(self, table: str, which: int) -> None:
        """Count a row: 0 new, 1 changed, 2 left out."""
        self.counts.setdefault(table, [0, 0, 0])[which] += 1


def joined(reading: Reading, tables: Mapping[str, TextTable], replace: bool) -> Joined:
    """The records of a workbook in the tables of a scenario.

    replace: rows of a table that the workbook has, but not they, are taken away.
    """
    out = Joined(dict(tables), list(reading.found.records))
    for name in NAMED:
        records = [r for r in reading.found.records if r.table == name]
        if not records:
            continue
        table = out.tables.setdefault(f"{name}.csv", empty_table(f"{name}.csv"))
        there = {n for r in records if (n := _put(out, table, r, reading.book.file)) is not None}
        if replace and name != "communities":
            _only(out, table, there)
        elif left := len(table.rows) - len(there):
            out.told.append(Told("others_kept", name, "", "", "", {"n": left}))
    _stock(out, reading.found, replace)
    return out


def _put(out: Joined, table: TextTable, record: Record, file: str) -> int | None:
    """A record in its table; the index of its row, or None where it is left out."""
    given = _given(out, table, record)
    at = table.find(record.name)
    if at is None and record.table == "communities" and "town" in record.values:
        at = _by_place(out, table, record)
    if at is None:
        at = _new_row(out, table, record, given, file)
        if at is None:
            return None
    elif given:
        row = table.rows[at]
        changes = {k: v for k, v in given.items() if row.get(k, "") != v}
        if changes:
            out.count(record.table, 1)
            row |= changes
            if "source" in table.model.model_fields:
                row["source"] = f"{file}, {record.sheet}!{record.cell}"
            assumed = any(v.assumed for n, v in record.values.items() if n in changes)
            row["mark"] = "assumption" if assumed else "found"
        _kept(out, table, record)
    for column in given:
        table.need(column)
    cells = {k: v.cell for k, v in record.values.items()}
    table.origins[at] = (record.sheet, record.cell, cells)
    out.changed.add(table.file)
    out.wrote(record, "name_zh", *given, *(("town",) if "community" in given else ()))
    return at


def _by_place(out: Joined, table: TextTable, record: Record) -> int | None:
    towns = out.tables["towns.csv"]
    town = town_id(str(record.values["town"].value), towns)
    place = community_of(record.name, town, towns, table)
    if place is None:
        return None
    at = table.find(place.community)
    if place.how and at is not None:
        known = table.rows[at].get("name_zh", "")
        out.tell(
            f"place_{place.how}", record, place=f"{known} ({place.community})", text=record.name
        )
    return at


def _kept(out: Joined, table: TextTable, record: Record) -> None:
    """Tell of what is asked about and stays as the scenario has it."""
    for column in sorted(record.asked & table.model.model_fields.keys()):
        out.tell("kept_value", record, column=column)


def _given(out: Joined, table: TextTable, record: Record) -> dict[str, str]:
    """The columns of the registry that a record says something of, as texts."""
    found = {}
    for name, value in record.values.items():
        if name not in table.model.model_fields or name in ("name_zh", "town", "community"):
            continue
        found[name] = _text(value)
    if "community" in table.model.model_fields and table.key != "community":
        place = _place(out, record)
        if place:
            found["community"] = place
    return found


def _text(value: Value) -> str:
    held = value.value
    if isinstance(held, float):
        return str(int(held)) if held.is_integer() else repr(held)
    return str(held)


def _place(out: Joined, record: Record) -> str:
    """The community that a record stands in; empty where that is not known."""
    towns, all_ = out.tables["towns.csv"], out.tables["communities.csv"]
    said = record.values.get("town")
    town = town_id(str(said.value), towns) if said is not None else None
    if said is not None and town is None:
        out.tell("no_town", record, text=said.value)
    text = record.values.get("community")
    tries = [str(v) for v in (text.value if text is not None else "", record.name) if v]
    for each in tries:
        place = community_of(each, town, towns, all_)
        if place is not None and (each != record.name or place.how != "number"):
            if place.how or each == record.name:
                row = all_.rows[all_.find(place.community) or 0]
                shown = f"{row.get('name_zh', '')} ({place.community})"
                out.tell(f"place_{place.how or 'by_name'}", record, text=each, place=shown)
            return place.community
    town = town or next(
        (t["town"] for t in towns.rows if folded(t.get("name_zh", "\0")) in folded(record.name)),
        None,
    )
    seat = next((c for c in all_.rows if c.get("town") == town), None) if town else None
    if seat is None:
        return ""
    shown = f"{seat.get('name_zh', '')} ({seat['community']})"
    out.tell("place_seat", record, text=tries[0], place=shown)
    return seat["community"]


def _new_row(
    out: Joined, table: TextTable, record: Record, given: dict[str, str], file: str
) -> int | None:
    """A row for a record that the scenario does not have; None where too little is known of it."""
    row = {"name_zh": record.name, "name_en": ""} | given
    row[table.key] = id_of(record.name, table)
    row["source"] = f"{file}, {record.sheet}!{record.cell}"
    assumed = any(v.assumed for v in record.values.values())
    filled = _filled(out, table, record, row)
    row["mark"] = "assumption" if assumed or filled else "found"
    missing = [
        name for name, spec in table.model.model_fields.items()
        if name not in row and spec.is_required() and spec.default is PydanticUndefined
    ]  # fmt: skip
    if missing:
        out.tell("left_out", record, columns=", ".join(missing))
        out.count(record.table, 2)
        return None
    for column in ("source", "mark"):
        if column not in table.model.model_fields:
            row.pop(column, None)
    table.rows.append(row)
    out.count(record.table, 0)
    return len(table.rows) - 1


def _filled(out: Joined, table: TextTable, record: Record, row: dict[str, str]) -> list[str]:
    """What stands in for columns that the roster does not have; each is told."""
    found = []
    for column, fill in fills(record.table).items():
        if column in row or column in record.asked & {"members"}:
            continue
        value, key = fill.value, "filled"
        if by_name := _by_name(record, column):
            value, key = by_name, "filled_by_name"
        if column == "crew_size" and row.get("members", "").isdigit():
            value = str(max(1, min(int(value), int(row["members"]))))
        row[column] = value
        found.append(column)
        out.tell(key, record, column=column, value=value)
    return found


def _by_name(record: Record, column: str) -> str:
    """A kind or level that the name itself says: 第一响应人, 区级."""
    if column not in ("kind", "level"):
        return ""
    plain = folded(record.name)
    words = choices(record.table, column)
    inside = [w for w in words if len(w) >= 2 and w in plain]
    return words[max(inside, key=len)] if inside else ""


def id_of(name: str, table: TextTable) -> str:
    """An id out of a name: small letters, Chinese characters; numbered where it is taken."""
    plain = re.sub(r"[^0-9a-z\u4e00-\u9fff._-]+", "-", folded(name)).strip("-._")[:56] or "row"
    taken = {row.get(table.key, "") for row in table.rows}
    number, found = 2, plain
    while found in taken:
        found, number = f"{plain}-{number}", number + 1
    return found


def _only(out: Joined, table: TextTable, there: set[int]) -> None:
    """Take away the rows that the workbook does not have."""
    gone = [row for n, row in enumerate(table.rows) if n not in there]
    if not gone:
        return
    kept = [n for n in range(len(table.rows)) if n in there]
    table.origins = {
        new: table.origins[old] for new, old in enumerate(kept) if old in table.origins
    }
    table.rows = [table.rows[n] for n in kept]
    out.changed.add(table.file)
    name = table.file.removesuffix(".csv")
    out.told.append(Told("taken_away", name, "", "", "", {"n": len(gone)}))
    stock = out.tables.get("stock.csv")
    ids = {row[table.key] for row in gone}
    if stock is not None and any(r.get("holder") in ids for r in stock.rows):
        stock.rows = [r for r in stock.rows if r.get("holder") not in ids]
        out.changed.add("stock.csv")


def _stock(out: Joined, found: Found, replace: bool) -> None:
    """Quantities of relief items by store, added up; goods that are none are told."""
    records = [r for r in found.records if r.table == "stock"]
    if not records:
        return
    table = out.tables.setdefault("stock.csv", empty_table("stock.csv"))
    stores = out.tables["stores.csv"]
    sums: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        value = record.values.get("quantity")
        if value is None:
            out.count("stock", 2)
            continue
        if not value.item:
            out.tell("no_item", record, unit=value.unit, n=_text(value))
            out.count("stock", 2)
            continue
        at = stores.find(value.record)
        holder = stores.rows[at]["store"] if at is not None else _store_of_town(out, record, value)
        if not holder:
            out.tell("no_store", record, text=value.record)
            out.count("stock", 2)
            continue
        sums.setdefault((holder, value.item), []).append(record)
    if replace and sums:
        holders = {h for h, _ in sums}
        table.rows = [r for r in table.rows if r.get("holder") not in holders]
    for (holder, item), parts in sums.items():
        for part in parts:
            out.wrote(part, "quantity", "holder", "town")
        _put_stock(out, table, (holder, item), parts)


def _store_of_town(out: Joined, record: Record, value: Value) -> str:
    """The one store of a town that a stock list names in the place of a store; else empty."""
    towns, all_ = out.tables["towns.csv"], out.tables["communities.csv"]
    town = town_id(value.record, towns)
    here = {c["community"] for c in all_.rows if town and c.get("town") == town}
    found = [s for s in out.tables["stores.csv"].rows if s.get("community") in here]
    if len(found) != 1:
        return ""
    out.tell("store_of_town", record, text=value.record, store=found[0].get("name_zh", ""))
    return found[0]["store"]


def _put_stock(out: Joined, table: TextTable, key: tuple[str, str], parts: list[Record]) -> None:
    total = sum(float(p.values["quantity"].value) for p in parts)
    row = {"holder": key[0], "item": key[1], "quantity": str(int(total))}
    marked = any(p.values["quantity"].assumed for p in parts)
    row["mark"] = "assumption" if marked else "found"
    at = next(
        (n for n, r in enumerate(table.rows) if (r.get("holder"), r.get("item")) == key), None
    )
    if at is None:
        table.rows.append(row)
        at = len(table.rows) - 1
        out.count("stock", 0)
    else:
        if table.rows[at].get("quantity") != row["quantity"]:
            out.count("stock", 1)
        table.rows[at] |= row
    first = parts[0]
    cells = {"quantity": first.values["quantity"].cell}
    table.origins[at] = (first.sheet, first.values["quantity"].cell, cells)
    out.changed.add("stock.csv")
