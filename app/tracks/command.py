"""`anlan import-track`: an agency's best track of one storm into a scenario's `tracks.csv`.

Winds stay the means over the minutes that the agency takes, which `wind_averaging_min` says and
the model allows for; knots become m/s and nautical miles kilometres. Other storms of the table
stay; the table before is kept as `tracks.before.csv`, and `tracks.<storm>.txt` says whose track it
is and what was done.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from anlan.analysis.words import FALLBACK, LANGS, word
from anlan.analysis.words.errors import in_words
from anlan.app.aside import set_aside
from anlan.app.folder import path_text
from anlan.app.progress import say
from anlan.app.tracks.choose import chosen
from anlan.app.tracks.files import opened
from anlan.app.tracks.storms import AGENCIES, GALES, Record, Storm, Told
from anlan.app.workbook.into import Outcome, made
from anlan.app.workbook.tables import TextTable, table_in
from anlan.sim import SHIPPED, Scenario, closest_approach, folder_of, load, odd, override
from anlan.sim.scenario.errors import BadInput, bad, reason, shown, worded
from anlan.sim.scenario.schema import Fix, TyphoonHazard
from anlan.sim.study import write_table, write_text

FILE, KEY = "tracks.csv", "hazard.typhoon.storm"
ID = re.compile(r"[a-z0-9一-鿿][a-z0-9一-鿿._-]*")
COLUMNS = tuple(Fix.model_fields)
NEEDED = tuple(name for name, one in Fix.model_fields.items() if one.is_required())


@dataclass(frozen=True)
class Asked:
    """What was typed: which storm of the file, whose track of it, and what it is to be called."""

    storm: str | None = None
    agency: str | None = None
    own_id: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # by language


@dataclass(frozen=True)
class Track:
    """One storm's rows of tracks.csv, and what was done to get them."""

    storm: Storm
    own_id: str
    rows: Sequence[Record]
    told: Told
    format_name: str
    unnamed: Sequence[str]  # languages in which nobody says how it is called


def import_track(path: Path, folder: Path, asked: Asked, lang: str) -> int:
    """Write a storm's best track into a scenario's folder. Raises BadInput."""
    home = folder_of(folder)
    if home.parent == SHIPPED:
        raise BadInput(word("cli.import_track.shipped", lang, name=home.name))
    scenario = load(home)
    track = track_of(path, asked)
    text = _text(home, track)
    with made(home, Outcome(texts={FILE: text}), home.parent) as proven:
        after = load(proven)
    replaced = any(f.storm == track.own_id for f in scenario.tracks)
    try:
        before = set_aside(home, FILE, text) if scenario.tracks else ""
        notice = "\n\n".join("\n".join(_notice(path, track, one)) for one in LANGS) + "\n"
        write_text(home / _notice_file(track), notice)
        write_table(home / FILE, text)
    except OSError as error:
        told = in_words(reason(error), lang)
        why = word("cli.import_track.unwritable", lang, folder=path_text(home), why=told)
        raise BadInput(why) from None
    for line in (*_lines(track, lang), *_played(after, track, lang)):
        say(line)
    key = "cli.import_track.replaced" if replaced else "cli.import_track.added"
    say(word(key, lang, storm=track.own_id, folder=path_text(home)))
    if before:
        say(word("cli.import_track.before", lang, before=before))
    say(word("cli.import_track.done", lang, notice=_notice_file(track), folder=path_text(home),
             setting=KEY, storm=track.own_id))  # fmt: skip
    return 0


def track_of(path: Path, asked: Asked) -> Track:
    """The storm that is asked for out of a file of best tracks. Raises BadInput."""
    file, told, shipped = shown(path.name), Told(), _shipped_names()
    names = {one.lower(): written for written, of in shipped.items() for one in of.values()}
    with opened(path) as (form, lines):
        found = form.storms(lines, file)
        storm = chosen(found, asked.storm, asked.agency, file, names)
        rows = form.rows(storm, file, told)
    own_id = asked.own_id or _id(storm)
    if not ID.fullmatch(own_id):
        raise BadInput(
            worded(
                "--id {given}: an id is of small letters, Chinese characters, digits, '-', '_' "
                "and '.'",
                given=shown(own_id),
            )
        )
    strong = [row for row in rows if row["wind_ms"] or row["pressure_hpa"]]
    told.counts["neither"] = len(rows) - len(strong)
    if len(strong) < 2:
        problem = worded(
            "{storm} has {n} fixes with a wind or a pressure; a track needs two at least",
            storm=str(storm), n=len(strong),
        )  # fmt: skip
        raise bad(problem, file)
    strong.sort(key=lambda row: row["time"])
    own_name = {FALLBACK: storm.name.title() or storm.numbers[0]}
    called = {**own_name, **shipped.get(storm.name.lower(), {}), **asked.names}
    first = {"storm": own_id, **{f"name_{k}": called.get(k, called[FALLBACK]) for k in LANGS}}
    unnamed = [lang for lang in LANGS if lang not in called]
    return Track(storm, own_id, [first | row for row in strong], told, form.name, unnamed)


def _shipped_names() -> Mapping[str, Mapping[str, str]]:
    """The storms of the shipped tracks by the name that agencies write, in small letters -> how
    each is called by language.
    """
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(SHIPPED.glob(f"*/{FILE}")):
        with path.open(encoding="utf-8-sig", newline="") as table:
            for row in csv.DictReader(table):
                found[row[f"name_{FALLBACK}"].lower()] = {k: row[f"name_{k}"] for k in LANGS}
    return found


def _id(storm: Storm) -> str:
    """How a storm is called in the table: muifa-2022, or by its number where it has no name."""
    name = "".join(c for c in storm.name.lower() if c.isascii() and c.isalnum())
    return f"{name}-{storm.year}" if name else f"{storm.agency}-{storm.numbers[0].lower()}"


def _text(home: Path, track: Track) -> str:
    """tracks.csv with the storm's rows in place of those that it had, or after the others, which
    stay as they are written.
    """
    table = table_in(home, FILE) or TextTable(FILE, Fix, list(NEEDED))
    there = [n for n, row in enumerate(table.rows) if row.get("storm") == track.own_id]
    at = there[0] if there else len(table.rows)
    kept = [row for row in table.rows if row.get("storm") != track.own_id]
    table.rows = [*kept[:at], *map(dict, track.rows), *kept[at:]]
    for column in COLUMNS:
        if any(row.get(column) for row in track.rows):
            table.need(column)
    return table.text()


def _lines(track: Track, lang: str) -> Iterator[str]:
    """What was read, and what was done with it."""
    rows, agency = track.rows, AGENCIES[track.storm.agency]
    yield word("cli.import_track.read", lang, storm=str(track.storm), format=track.format_name,
               n=len(rows), first=rows[0]["time"], last=rows[-1]["time"])  # fmt: skip
    winds = [float(row["wind_ms"]) for row in rows if row["wind_ms"]]
    if winds:
        yield word("cli.import_track.wind", lang, ms=max(winds), minutes=agency.averaging_min,
                   agency=agency.name)  # fmt: skip
    pressures = [float(row["pressure_hpa"]) for row in rows if row["pressure_hpa"]]
    if pressures:
        yield word("cli.import_track.pressure", lang, hpa=min(pressures))
    if track.format_name != "CMA":
        yield word("cli.import_track.units", lang)
    sized = sum(any(row.get(c) for c in GALES) for row in rows)
    if sized:
        gale_ms = next(row["gale_ms"] for row in rows if row.get("gale_ms"))
        rmax = sum(bool(row.get("rmax_km")) for row in rows)
        yield word("cli.import_track.sizes", lang, n=sized, gale_ms=gale_ms, rmax=rmax)
    else:
        yield word("cli.import_track.no_sizes", lang)
    counts = {"blank": len(rows) - len(winds), **track.told.counts}
    for key, n in sorted(counts.items()):
        if n:
            yield word(f"cli.import_track.{key}", lang, n=n)
    for other in track.unnamed:
        name = rows[0][f"name_{other}"]
        yield word("cli.import_track.no_name", lang, other=other, name=name)


def _played(scenario: Scenario, track: Track, lang: str) -> Iterator[str]:
    """How near the storm comes, and what is odd or in the way where the scenario plays it."""
    if scenario.hazard(TyphoonHazard) is None:
        yield word("cli.import_track.no_typhoon", lang)
        return
    try:
        with_it = override(scenario, {KEY: track.own_id})
    except BadInput as error:
        yield word("cli.import_track.not_yet", lang, why=in_words(error, lang))
        return
    near, km = closest_approach(with_it)
    yield word("cli.import_track.near", lang, km=km, time=f"{near:%Y-%m-%dT%H:%MZ}")
    for one in odd(with_it):
        if one.file == FILE or one.key.startswith("run_"):
            yield word(f"note.{one.key}", lang, **{"where": _where(one.index, one.column, with_it,
                       lang), **one.fill})  # fmt: skip


def _where(index: int | None, column: str, scenario: Scenario, lang: str) -> str:
    if index is None:
        return FILE
    time = scenario.tracks[index].time.isoformat(timespec="minutes")
    return word("note.at_name", lang, file=FILE, name=time, column=column)


def _notice_file(track: Track) -> str:
    return f"tracks.{track.own_id}.txt"


def _notice(path: Path, track: Track, lang: str) -> Iterator[str]:
    """Whose track it is, out of which file, and what was done."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    yield word("cli.import_track.notice", lang, storm=track.own_id, file=shown(path.name),
               agency=AGENCIES[track.storm.agency].name, format=track.format_name,
               sha256=digest.hexdigest(), day=f"{datetime.now(UTC):%Y-%m-%d}")  # fmt: skip
    yield from _lines(track, lang)
    yield word(f"cli.import_track.cite.{track.format_name}", lang)
