"""Names of towns and places as offices write them -> ids of the scenario; None where none fits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.app.workbook.known import folded, marks
from anlan.app.workbook.tables import TextTable

_NUMBERED = re.compile(r"(.*?)0*(\d{1,3})(?:村|社区|居委会)?")


@dataclass(frozen=True)
class Place:
    """A community that a text means, and how sure that is."""

    community: str
    how: str = ""  # empty: by its name; else a key of the word list behind `book.place.`


def town_id(text: str, towns: TextTable) -> str | None:
    """The id of a town by its id or name; also 余东 for 余东镇."""
    at = towns.find(text)
    if at is None:
        plain = folded(text)
        near = [
            n for n, row in enumerate(towns.rows)
            if plain and re.sub(r"(镇|乡|街道|街道办事处)$", "", folded(row.get("name_zh", "")))
            == re.sub(r"(镇|乡|街道|街道办事处|人民政府|镇政府)$", "", plain)
        ]  # fmt: skip
        at = near[0] if len(near) == 1 else None
    return towns.rows[at]["town"] if at is not None else None


def community_of(text: str, town: str | None, towns: TextTable, all_: TextTable) -> Place | None:
    """The community that a text means: by its name, with or without its town's, or its number."""
    plain = folded(text)
    for word in marks("place"):
        plain = plain.removesuffix(word) if plain != word else plain
    at = all_.find(plain)
    if at is not None:
        return Place(all_.rows[at]["community"])
    names = {row["town"]: folded(row.get("name_zh", "")) for row in towns.rows}
    town = town or next((t for t, name in names.items() if name and plain.startswith(name)), None)
    bare = plain.removeprefix(names.get(town or "", "\0"))
    here = [row for row in all_.rows if town is None or row.get("town") == town]
    exact = [r for r in here if _bare(r, names) == bare and bare]
    if len(exact) == 1:
        return Place(exact[0]["community"])
    within = [r for r in here if len(_bare(r, names)) >= 2 and _bare(r, names) in bare]
    if len(within) == 1 and town is not None:
        return Place(within[0]["community"], "within")
    if town is not None and (found := _NUMBERED.fullmatch(bare)) and not found[1]:
        wanted = f"{town}-{int(found[2]):02d}"
        if any(r["community"] == wanted for r in here):
            return Place(wanted, "number")
    if (
        town is not None
        and here
        and (not bare or any(w in bare for w in ("镇政府", "街道办", "集镇")))
    ):
        return Place(here[0]["community"], "seat")
    return None


def _bare(row: dict[str, str], names: dict[str, str]) -> str:
    return folded(row.get("name_zh", "")).removeprefix(names.get(row.get("town", ""), "\0"))
