"""The output folder: checked before any run, so that nothing is half done and nothing is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.words import trait, word
from anlan.app.progress import say
from anlan.sim.scenario.errors import BadInput, shown
from anlan.sim.study import finished, stamp_of

if TYPE_CHECKING:
    from anlan.analysis.results.folder import Results

LONGEST = 400  # characters of a path that an error shows
SEASONS = "seasons"  # what the stamp of a folder of seasons says that it is of
STRAY = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what a file browser leaves behind


def claim(folder: Path, mine: dict[str, Any], overwrite: bool, lang: str) -> int:
    """Make the folder ready for the study of a stamp; how many of its runs are there already.

    Raises BadInput where the folder cannot be written, holds files that are not anlan's, or
    another study and `overwrite` is not given.
    """
    there = read_stamp(folder, lang)
    if there is None and _others(folder, lang):
        raise BadInput(word("cli.bad.out_foreign", lang, out=path_text(folder)))
    if there is not None and overwrite:
        _clear(folder, lang)
        there = None
    if there is not None and there != mine:
        raise BadInput(_difference(folder, there, mine, lang))
    _make_writable(folder, lang)
    return sum(c.size for c in finished(folder))


def _difference(folder: Path, there: dict[str, Any], mine: dict[str, Any], lang: str) -> str:
    """In what the study of a folder differs from the one that is asked for."""
    out = path_text(folder)
    if "code" not in there:  # of version 0.1
        return word("cli.bad.out_version", lang, out=out)
    if there.get("scenario") != mine["scenario"]:
        return word("cli.bad.out_scenario", lang, out=out)
    if there.get("seed") != mine["seed"]:
        return word("cli.bad.out_seed", lang, out=out, seed=there.get("seed"))
    if there.get("code") != mine["code"]:
        return word("cli.bad.out_version", lang, out=out)
    if there.get("own") != mine["own"]:
        changed = set((there.get("own") or {}).items()) ^ set(mine["own"].items())
        names = trait("between_names", lang).join(sorted({name for name, _ in changed}))
        return word("cli.bad.out_own", lang, out=out, names=names)
    return word("cli.bad.out_study", lang, out=out)


def read_stamp(folder: Path, lang: str) -> dict[str, Any] | None:
    """Whose runs the folder holds; None where it holds no study. Raises BadInput."""
    try:
        return stamp_of(folder)
    except OSError as error:
        raise _unwritable(folder, error, lang) from None


def tell_what_is_there(folder: Path, there: int, asked: int, lang: str) -> None:
    """Say how many runs are taken from the folder, and which of them where it has more."""
    if there > asked:
        say(word("cli.study.fewer", lang, out=path_text(folder), done=f"{there:,}",
                 asked=f"{asked:,}"))  # fmt: skip
    elif there:
        say(word("cli.study.goes_on", lang, out=folder, done=there))


def refuse_seasons(folder: Path, lang: str) -> None:
    """Raises BadInput where the folder holds seasons: they have no report and no pairs of runs."""
    there = read_stamp(folder, lang)
    if there is not None and there.get("of") == SEASONS:
        raise BadInput(word("cli.bad.seasons", lang, out=path_text(folder)))


def read_whole(folder: Path, lang: str) -> Results:
    """The results in a finished folder. Raises BadInput that names a missing or spoilt file."""
    refuse_seasons(folder, lang)
    from anlan.analysis.results.folder import load
    from anlan.analysis.study.tables import MEASURES_FILE

    if read_stamp(folder, lang) is None and not (folder / "manifest.json").exists():
        raise BadInput(word("cli.bad.no_study", lang, out=path_text(folder)))
    if not (folder / MEASURES_FILE).exists():
        raise BadInput(word("cli.bad.unfinished", lang, out=path_text(folder)))
    for file in ("manifest.json", "study.json", "scenario.json"):
        if not _is_json(folder / file):
            raise _spoilt(folder, file, lang)
    results = load(folder)
    _check_tables(results, lang)
    return results


def _check_tables(results: Results, lang: str) -> None:
    import duckdb

    from anlan.analysis.digests.tables import TABLES
    from anlan.sim.study import KEYS

    for file, read in (
        ("study.json", lambda: results.study),
        ("scenario.json", lambda: results.scenario),
    ):
        try:
            read()
        except ValueError:
            raise _spoilt(results.folder, file, lang) from None
    judged = {t.measure for t in results.judged()}
    needed = {"measures": judged, **{t: set(TABLES[t]) for t in results.study.outputs.tables}}
    needed |= {"variants": {"variant"}, "targets": {"variant", "id"}, "failures": set(KEYS)}
    for name, columns in needed.items():
        try:
            there = set(duckdb.read_parquet(str(results.folder / f"{name}.parquet")).columns)
        except (OSError, duckdb.Error):
            raise _spoilt(results.folder, f"{name}.parquet", lang) from None
        if not columns <= there:
            raise _spoilt(results.folder, f"{name}.parquet", lang)
    for path in sorted((results.folder / "ledger").glob("*.parquet")):
        try:
            duckdb.read_parquet(str(path))
        except duckdb.Error:
            raise _spoilt(results.folder, f"ledger/{path.name}", lang) from None


def _is_json(path: Path) -> bool:
    import json

    try:
        json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def _spoilt(folder: Path, file: str, lang: str) -> BadInput:
    return BadInput(word("cli.bad.spoilt", lang, out=path_text(folder), file=file))


def _others(folder: Path, lang: str) -> list[str]:
    """What lies in the folder."""
    try:
        return [name for name in os.listdir(folder) if name not in STRAY]
    except FileNotFoundError:
        return []
    except OSError as error:  # not a folder, or not ours to read
        raise _unwritable(folder, error, lang) from None


def _clear(folder: Path, lang: str) -> None:
    """Remove what the folder holds; only called where it holds a study."""
    try:
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    except OSError as error:
        raise _unwritable(folder, error, lang) from None


def _make_writable(folder: Path, lang: str) -> None:
    """Make the folder and try to write in it; a folder made for nothing is taken away again."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        for path in missing:
            if path.is_dir():
                path.rmdir()
        raise _unwritable(folder, error, lang) from None


def _unwritable(folder: Path, error: OSError, lang: str) -> BadInput:
    why = error.strerror or str(error)
    return BadInput(word("cli.bad.out_unwritable", lang, out=path_text(folder), why=why))


def path_text(folder: Path) -> str:
    """A path in full on one line, unless it is absurdly long."""
    return shown(folder, LONGEST)
