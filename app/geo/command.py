"""`anlan import-geo`: shelters, water points and communities of a GIS into a scenario's folder.

A feature's properties are matched by the words by which workbooks are; its geometry says where it
is. What is missing of a feature is told, and it is left out; the rest is written, the table before
is kept. Coordinates must be of WGS 84 or CGCS2000; nothing is converted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from anlan.analysis.map_frames import suspected, tells
from anlan.analysis.words import trait, word
from anlan.analysis.words.errors import in_words
from anlan.app.aside import set_aside
from anlan.app.folder import path_text
from anlan.app.geo.features import Feature, read_features
from anlan.app.geo.rows import Filling, Told, fill, known_pairs
from anlan.app.geo.stretched import stretched_roads
from anlan.app.geo.words import TABLES
from anlan.app.progress import say
from anlan.app.workbook.into import Outcome, made
from anlan.app.workbook.tables import TextTable, empty_table, table_in
from anlan.sim import SHIPPED, folder_of, load
from anlan.sim.scenario.errors import BadInput, reason, shown
from anlan.sim.study import write_table

MOST_NAMED = 20  # features of which something is told; how many more there are is said


def import_geo(
    path: Path, folder: Path, name: str, snap_km: float, trusted: bool, lang: str
) -> int:
    """Write a file's features into a table of a scenario's folder. Raises BadInput."""
    home = folder_of(folder)
    if home.parent == SHIPPED:
        raise BadInput(word("cli.import_geo.shipped", lang, name=home.name))
    if name not in TABLES:
        known = trait("between_names", lang).join(TABLES)
        raise BadInput(word("cli.import_geo.table", lang, given=shown(name), known=known))
    load(home)  # a folder that is not sound is told before its tables are read as texts
    features = read_features(path, trusted)
    out = filled(home, shown(path.name), name, features, snap_km)
    pairs = list(known_pairs(out, features))
    if not trusted and (found := suspected(pairs)):
        raise BadInput(word("cli.import.map_frame", lang, file=out.file, frame=found.frame,
                            n=found.fitting, of=found.of, first=found.first,
                            m=f"{found.metres:.0f}"))  # fmt: skip
    lines = list(_lines(out, len(features), lang))
    if not trusted and not tells(pairs):
        lines.append(word("cli.import_geo.frame_unknown", lang, n=len(pairs)))
    if not out.counts["new"] + out.counts["changed"] + out.counts["same"]:
        for line in lines:
            say(line)
        raise BadInput(word("cli.import_geo.nothing", lang, file=out.file))
    tables = {out.table.file: out.table} if out.counts["new"] + out.counts["changed"] else {}
    if name == "communities" and (stretched := stretched_roads(home, out.table)) is not None:
        tables[stretched.table.file] = stretched.table
        lines.append(word("cli.import_geo.roads", lang, n=stretched.roads))
    with made(home, Outcome(tables, book=out.file), home.parent):
        pass
    texts, kept = {file: table.text() for file, table in tables.items()}, {}
    try:
        for file, text in texts.items():
            kept[file] = set_aside(home, file, text)
        for file, text in texts.items():
            write_table(home / file, text)
    except OSError as error:
        why = in_words(reason(error), lang)
        told = word("cli.import_geo.unwritable", lang, folder=path_text(home), why=why)
        raise BadInput(told) from None
    for line in lines:
        say(line)
    for file, before in kept.items():
        say(word("cli.import_geo.done", lang, folder=path_text(home), file=file, before=before))
    return 0


def filled(
    home: Path, file: str, name: str, features: Sequence[Feature], snap_km: float
) -> Filling:
    """A folder's table with features in it. Raises BadInput."""

    def table(of: str) -> TextTable:
        return table_in(home, f"{of}.csv") or empty_table(f"{of}.csv")

    towns, own = table("towns"), table(name)
    communities = own if name == "communities" else table("communities")
    out = Filling(own, name, file, snap_km, towns, communities)
    fill(out, features)
    return out


def _lines(out: Filling, features: int, lang: str) -> Iterator[str]:
    """What became of the features."""
    singly = sorted((t for t in out.told if t.key != "filled"), key=lambda t: t.key == "nearest")
    for one in singly[:MOST_NAMED]:
        yield _of_feature(one, lang)
    if (more := len(singly) - MOST_NAMED) > 0:
        yield word("cli.import_geo.more", lang, n=more)
    alike = Counter(
        (str(t.fill["column"]), str(t.fill["value"])) for t in out.told if t.key == "filled"
    )
    for (column, value), n in alike.items():
        yield word("cli.import_geo.filled", lang, n=n, column=column, value=value)
    if out.unread:
        names = [shown(key) for key, _ in out.unread.most_common(MOST_NAMED)]
        yield word("cli.import_geo.unread", lang, names=trait("between_names", lang).join(names))
    yield word("cli.import_geo.counts", lang, file=out.file, of=features, table=out.table.file,
               new=out.counts["new"], changed=out.counts["changed"], same=out.counts["same"],
               left=out.counts["left"])  # fmt: skip


def _of_feature(one: Told, lang: str) -> str:
    said = word(f"cli.import_geo.feature.{one.key}", lang, **one.fill)
    return word("cli.import_geo.feature", lang, n=one.feature, name=shown(one.name), said=said)
