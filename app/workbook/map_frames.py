"""Places that a workbook moves: whether they lie as in the frame of a Chinese web map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from anlan.analysis.map_frames import MARKS, Pair, Point, seat_pairs, suspected
from anlan.analysis.words import LANGS, word
from anlan.app.workbook.book import Reading
from anlan.app.workbook.into import Outcome
from anlan.app.workbook.tables import TextTable, table_entries, table_in
from anlan.sim.scenario.errors import BadInput, shown

PLACE = {"lon", "lat"}
SEATS = "towns.csv"


def check_frames(reading: Reading, outcome: Outcome, base: Path | None, lang: str) -> None:
    """Refuse coordinates that say they are of a web map's frame, or lie as such do. Raises
    BadInput.
    """
    for region in reading.regions:
        model = table_entries()[f"{region.table}.csv"].row
        if not model.model_fields.keys() >= PLACE:
            continue
        for column in region.columns:
            if column.head is not None and column.head.field in PLACE and MARKS.search(column.text):
                where = f"{region.sheet.name}!{column.address}"
                raise BadInput(word("cli.import.frame_said", lang, where=where,
                                    text=shown(column.text)))  # fmt: skip
    for file, table in outcome.tables.items():
        if not table.model.model_fields.keys() >= PLACE:
            continue
        before = table_in(base, file) if base is not None else None
        if found := suspected(list(_pairs(table, before, file == SEATS))):
            raise BadInput(word("cli.import.map_frame", lang, file=file, frame=found.frame,
                                n=found.fitting, of=found.of, first=found.first,
                                m=f"{found.metres:.0f}"))  # fmt: skip


def _pairs(table: TextTable, before: TextTable | None, seats: bool) -> Iterator[Pair]:
    """Each row that is somewhere else than before; a town's beside its known seat too."""
    known = {row.get(table.key, ""): row for row in before.rows} if before is not None else {}
    for row in table.rows:
        given, old = _point(row), _point(known.get(row.get(table.key, ""), {}))
        if given is None:
            continue
        names = [row.get(f"name_{lang}", "") for lang in LANGS]
        if old is not None and given != old:
            yield Pair(names[0], given, old)
        elif seats:
            yield from seat_pairs(names, given)


def _point(row: Mapping[str, str]) -> Point | None:
    try:
        return float(row["lon"]), float(row["lat"])
    except (KeyError, ValueError):
        return None  # the ordinary reader says so
