"""What the importer knows of words: the tables beside this module, each read once."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from anlan.app.workbook.own import own_takes, own_words
from anlan.sim.scenario import headers

ANY = "*"  # a row of heads.csv or choices.csv that goes for every table


# a text as words are compared; the same texts are compared again and again
folded = lru_cache(maxsize=65536)(headers.folded)


def _rows(file: str) -> list[dict[str, str]]:
    with files(__package__).joinpath(file).open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def _words(cell: str) -> tuple[str, ...]:
    return tuple(folded(w) for w in cell.split(";") if folded(w))


@dataclass(frozen=True)
class Head:
    """A field of a table, as a header may call it."""

    table: str
    field: str
    takes: str
    unit: str
    weight: int
    adds: bool
    own: bool = False  # a word that anlan itself writes, and that no list of headers has
    spare: bool = False  # where it is blank nobody is asked


OWN_NAME = 4  # a header that says name_zh goes before one that may be a name or an id (team)


@cache
def heads() -> dict[str, dict[str, Head]]:
    """table -> word of a header -> the field that it means there."""
    found: dict[str, dict[str, Head]] = {}
    for row in _rows("heads.csv"):
        if row["takes"] == "title":
            continue
        head = Head(
            row["table"], row["field"], row["takes"], row["unit"], int(row["weight"]),
            bool(row["adds"]),
        )  # fmt: skip
        for word in _words(row["words"]):
            found.setdefault(row["table"], {}).setdefault(word, head)
    common = found.pop(ANY)
    return {table: common | _own(table, words) | words for table, words in found.items()}


def _own(table: str, words: dict[str, Head]) -> dict[str, Head]:
    """What anlan's own export and template call the fields of a table."""
    listed: dict[str, Head] = {}
    for head in words.values():
        listed.setdefault(head.field, head)
    found = {}
    for word, column in own_words(table).items():
        takes = own_takes(table, column)
        spare = Head(table, column, takes, "", int(takes != "ignore"), adds=False, spare=True)
        head = replace(listed.get(column, spare), own=True)
        found[word] = replace(head, weight=OWN_NAME) if column == "name_zh" else head
    return found


@cache
def titles() -> dict[str, tuple[tuple[str, ...], int]]:
    """table -> words of a sheet's title that point to it, and how strongly."""
    rows = [r for r in _rows("heads.csv") if r["takes"] == "title"]
    return {r["table"]: (_words(r["words"]), int(r["weight"])) for r in rows}


@cache
def units() -> dict[str, tuple[str, float]]:
    """A unit as written -> the unit that is counted in, and how many of it one is."""
    return {folded(r["word"]): (r["unit"], float(r["factor"])) for r in _rows("units.csv")}


@cache
def marks(mark: str) -> tuple[str, ...]:
    """The words of one kind of marks.csv, longest first."""
    row = next(r for r in _rows("marks.csv") if r["mark"] == mark)
    return tuple(sorted(_words(row["words"]), key=lambda word: (-len(word), word)))


@dataclass(frozen=True)
class Thing:
    """A relief item: the units of count that are one of it, and those that hold several."""

    item: str
    whole: tuple[str, ...]
    packs: tuple[str, ...]


@cache
def things() -> dict[str, Thing]:
    """What goods are called -> the relief item that they are."""
    return {
        word: Thing(row["item"], _words(row["whole"]), _words(row["packs"]))
        for row in _rows("things.csv")
        for word in _words(row["words"])
    }


@cache
def thing_of(item: str) -> Thing:
    """The units of an item."""
    return next(thing for thing in things().values() if thing.item == item)


@cache
def halves() -> dict[str, str]:
    """Goods that are part of a relief item, or may be it -> the item; nothing adds them to it."""
    return {word: row["item"] for row in _rows("halves.csv") for word in _words(row["words"])}


@dataclass(frozen=True)
class Near:
    """How goods may be called that are likely a relief item, and how others are that are not."""

    item: str
    ends: tuple[str, ...]
    holds: tuple[str, ...]
    others: tuple[str, ...]


@cache
def nears() -> tuple[Near, ...]:
    """What is near to a relief item, by item."""
    return tuple(
        Near(r["item"], _words(r["ends"]), _words(r["holds"]), _words(r["others"]))
        for r in _rows("near.csv")
    )


@cache
def choices(table: str, field: str) -> dict[str, str]:
    """What a cell may say -> the word of the scenario."""
    return {
        word: row["value"]
        for row in _rows("choices.csv")
        if row["table"] in (table, ANY) and row["field"] == field
        for word in _words(row["words"])
    }


@dataclass(frozen=True)
class Fill:
    """What stands in for a column that a roster does not have, and how that is said."""

    value: str
    words: dict[str, str]  # language -> text


@cache
def fills(table: str) -> dict[str, Fill]:
    """column -> what stands in for it."""
    return {
        row["column"]: Fill(row["value"], {k: row[k] for k in row if len(k) == 2})
        for row in _rows("fills.csv")
        if row["table"] == table
    }


@cache
def ratios() -> tuple[tuple[str, str, str, float, float], ...]:
    """(table, field, over which other, least, most) of what goes together."""
    return tuple(
        (r["table"], r["field"], r["over"], float(r["low"]), float(r["high"]))
        for r in _rows("ratios.csv")
    )


@cache
def usual() -> dict[tuple[str, str], float]:
    """(table, field) -> the most that one row holds; what is beyond is likely a slip."""
    return {(r["table"], r["field"]): float(r["most"]) for r in _rows("usual.csv")}


_PHONE = r"(?:1\d{10}|0\d{2,3}-\d{7,8}|\d{3,4}-\d{4,8}|\d{7,12})"
_PHONES = re.compile(rf"[（(][^（）()]*{_PHONE}[^（）()]*[）)]|[、,，;；/\s]*{_PHONE}")


def name_of(text: str) -> tuple[str, bool]:
    """A name on one line and without telephone numbers; whether there were any."""
    plain = unicodedata.normalize("NFKC", text)
    without = _PHONES.sub(" ", plain)
    kept = without if without.strip() else plain
    # a line break inside Chinese text is one of the sheet's layout
    one = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", kept.strip())
    return " ".join(one.split()).strip("、,;:/ "), without != plain
