"""The output folder: checked before any run, so that nothing is half done and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.words import word
from anlan.sim.scenario.errors import BadInput, shown
from anlan.sim.study.parts import PARTS, STAMP, finished

if TYPE_CHECKING:
    from anlan.analysis.results import Results

LONGEST = 400  # characters of a path that an error shows
STRAY = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what a file browser leaves behind


@dataclass(frozen=True)
class Begun:
    """The study that a folder holds, whole or in part."""

    fingerprint: str
    seed: int
    ledgers: int | None


def prepare(folder: Path, fingerprint: str, seed: int, overwrite: bool, lang: str) -> Begun | None:
    """Make the folder ready for a study; gives what it holds of that study already.

    Raises BadInput where the folder cannot be written, holds files that are not anlan's, or
    another study and `overwrite` is not given.
    """
    begun = read_study(folder, lang)
    if begun is None and _others(folder, lang):
        raise BadInput(word("cli.bad.out_foreign", lang, out=path_text(folder)))
    if begun is not None and overwrite:
        _clear(folder, lang)
        begun = None
    if begun is not None and begun.fingerprint != fingerprint:
        raise BadInput(word("cli.bad.out_scenario", lang, out=path_text(folder)))
    if begun is not None and begun.seed != seed:
        raise BadInput(word("cli.bad.out_seed", lang, out=path_text(folder), seed=begun.seed))
    _make_writable(folder, lang)
    return begun


def claim(folder: Path, mine: dict[str, Any], overwrite: bool, lang: str) -> int:
    """Make the folder ready for the study of a stamp; how many of its runs are there already.

    Raises BadInput as `prepare` does.
    """
    try:
        stamp = json.loads((folder / PARTS / STAMP).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        stamp = None
    except OSError as error:
        raise _unwritable(folder, error, lang) from None
    if stamp is None and _others(folder, lang):
        raise BadInput(word("cli.bad.out_foreign", lang, out=path_text(folder)))
    if stamp is not None and overwrite:
        _clear(folder, lang)
        stamp = None
    if stamp is not None and stamp != mine:
        raise BadInput(word("cli.bad.out_study", lang, out=path_text(folder)))
    _make_writable(folder, lang)
    return sum(c.size for c in finished(folder)) if stamp is not None else 0


def read_study(folder: Path, lang: str) -> Begun | None:
    """Whose runs the folder holds; None where it holds no study. Raises BadInput."""
    try:
        stamp = json.loads((folder / PARTS / STAMP).read_text(encoding="utf-8"))
        return Begun(str(stamp["scenario"]), int(stamp["seed"]), stamp["ledgers"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
    except OSError as error:
        raise _unwritable(folder, error, lang) from None


def read_results(folder: Path, lang: str) -> Results:
    """The results of a finished study. Raises BadInput that names a missing or spoilt file."""
    import duckdb

    from anlan.analysis.digests import TABLES as DIGEST
    from anlan.analysis.results import Results

    def spoilt(file: str) -> BadInput:
        return BadInput(word("cli.bad.spoilt", lang, out=path_text(folder), file=file))

    try:
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise spoilt("manifest.json") from None
    try:
        results = Results.of_folder(folder)
    except (OSError, ValueError):
        raise spoilt("scenario.json") from None
    for name, columns in DIGEST.items():
        try:
            found = set(getattr(results, name).columns)
        except (OSError, duckdb.Error):
            raise spoilt(f"{name}.parquet") from None
        judged = {t.measure for t in results.scenario.plan.targets if t.kind == "performance"}
        if not {"run", *columns, *(judged if name == "measures" else ())} <= found:
            raise spoilt(f"{name}.parquet")
    for path in sorted((folder / "ledger").glob("*.parquet")):
        try:
            duckdb.read_parquet(str(path))
        except duckdb.Error:
            raise spoilt(f"ledger/{path.name}") from None
    return results


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
    return BadInput(
        word(
            "cli.bad.out_unwritable", lang, out=path_text(folder), why=error.strerror or str(error)
        )
    )


def path_text(folder: Path) -> str:
    """A path in full on one line, unless it is absurdly long."""
    return shown(folder, LONGEST)
