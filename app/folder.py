"""The output folder: checked before any run, so that nothing is half done and nothing is lost."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.words import trait, word
from anlan.analysis.words.errors import in_words
from anlan.app.overwrite import clear, nothing_played
from anlan.app.progress import say
from anlan.sim.scenario.errors import BadInput, reason, shown
from anlan.sim.study import (
    PARTS,
    STAMP,
    SUMS,
    WRITTEN,
    Chunk,
    InUse,
    Spoilt,
    check_unused,
    finished,
    mend,
    stamp,
    stamp_of,
    using,
)

if TYPE_CHECKING:
    from anlan.analysis.results.folder import Results

LONGEST = 400  # characters of a path that an error shows
# what the stamp of a folder says that it is of which there is no report
NO_REPORT = ("seasons", "deadline")
STRAY = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what a file browser leaves behind
MANIFEST = "manifest.json"
MOST_NAMED = 8  # files that are not anlan's, by name in one line
# What a disk says that is full, read-only or not ours, or on which something of another kind has
# the name of a file or folder.
DISK = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY,
}  # fmt: skip


@contextmanager
def claimed(folder: Path, mine: dict[str, Any], overwrite: bool, lang: str) -> Iterator[int]:
    """Hold the folder for the study of a stamp; how many of its runs are there already.

    Of parts that are damaged or gone it is told: they are played anew. Raises BadInput where the
    folder cannot be written, holds files that are not anlan's, or another study and `overwrite` is
    not given, or where another process is at work in it.
    """
    begun = (folder / PARTS).is_dir()
    missing = _missing(folder)
    there = _whose(folder, begun, overwrite, lang)
    if there not in (None, mine) and not overwrite:
        raise BadInput(_difference(folder, there or {}, mine, lang))
    _make_writable(folder, lang)
    try:
        with on_disk(folder, lang), alone(folder, lang):
            if overwrite and begun:
                _tell_what_is_left(folder, clear(folder), lang)
                stamp(folder, mine)
            try:
                yield _sound_runs(folder, lang)
            except BadInput:
                if not begun and nothing_played(folder):
                    clear(folder)
                    (folder / PARTS / WRITTEN).unlink(missing_ok=True)
                raise
    finally:
        _take_away(missing)


def _missing(folder: Path) -> list[Path]:
    """The folders that have to be made for it, the innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _take_away(folders: list[Path]) -> None:
    """Those that are empty: they were made for nothing."""
    for path in folders:
        with suppress(OSError):  # it holds something, or was never made
            path.rmdir()


@contextmanager
def alone(folder: Path, lang: str) -> Iterator[None]:
    """Work in a folder by oneself. Raises BadInput where another process is at work there."""
    try:
        with using(folder):
            yield
    except InUse as error:
        raise _in_use(error, lang) from None


def _in_use(error: InUse, lang: str) -> BadInput:
    return BadInput(word("cli.bad.in_use", lang, out=path_text(error.folder), **error.user))


def _whose(folder: Path, begun: bool, overwrite: bool, lang: str) -> dict[str, Any] | None:
    """What the stamp of a folder says; None where there is none and none is missed."""
    try:
        there = read_stamp(folder, lang)
        missed = there is None and begun and bool(finished(folder) or _others(folder, lang))
    except Spoilt:
        there, missed = None, True
    if missed and not overwrite:
        file = folder / PARTS / STAMP
        raise BadInput(word("cli.bad.whose", lang, file=path_text(file)))
    if there is None and not begun and _others(folder, lang):
        raise BadInput(word("cli.bad.out_foreign", lang, out=path_text(folder)))
    return there


def _sound_runs(folder: Path, lang: str) -> int:
    """How many finished runs there are, after what is damaged was taken away, and told."""

    def tell(chunk: Chunk, file: str) -> None:
        path = folder / PARTS / chunk.name / file
        runs = f"{chunk.size:,}"
        say(word("cli.study.part_spoilt", lang, file=path_text(path), runs=runs))
        damaged.append(chunk.size)

    damaged: list[int] = []
    mend(folder, tell)
    there = sum(c.size for c in finished(folder))
    gone = _once_finished(folder) - there - sum(damaged)
    if gone > 0:
        say(word("cli.study.part_gone", lang, out=path_text(folder), runs=f"{gone:,}"))
    return there


def _once_finished(folder: Path) -> int:
    """How many runs its manifest tells of; none where it has none that can be believed."""
    from anlan.analysis.results.folder import load

    try:
        manifest = load(folder).manifest
    except BadInput:
        return 0
    return int(manifest["runs"]) + int(manifest["failures"])


def _tell_what_is_left(folder: Path, names: list[str], lang: str) -> None:
    if names:
        listed = trait("between_names", lang).join(map(shown, names[:MOST_NAMED]))
        more = " …" if len(names) > MOST_NAMED else ""
        say(word("cli.study.left", lang, out=path_text(folder), names=listed + more))


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
    """Whose runs the folder holds; None where it holds no study. Raises BadInput, Spoilt."""
    try:
        return stamp_of(folder)
    except OSError as error:
        raise unwritable(folder, error, lang) from None


def tell_what_is_there(folder: Path, there: int, asked: int, lang: str) -> None:
    """Say how many runs are taken from the folder, and which of them where it has more."""
    if there > asked:
        say(word("cli.study.fewer", lang, out=path_text(folder), done=f"{there:,}",
                 asked=f"{asked:,}"))  # fmt: skip
    elif there:
        say(word("cli.study.goes_on", lang, out=folder, done=there))


def refuse_others(folder: Path, lang: str) -> None:
    """Raises BadInput where the folder holds seasons or last moments: they have no report and no
    pairs of runs.
    """
    try:
        there = read_stamp(folder, lang)
    except Spoilt:  # nothing that is shown comes from it
        return
    of = "" if there is None else there.get("of", "")
    if of in NO_REPORT:
        raise BadInput(word(f"cli.bad.{of}", lang, out=path_text(folder)))


def read_whole(folder: Path, lang: str) -> Results:
    """The results in a finished folder, every file of which is held against its checksum.

    Raises BadInput that names a missing or spoilt file, or who is at work in the folder.
    """
    refuse_others(folder, lang)
    try:
        check_unused(folder)
        if not ((folder / SUMS).exists() or (folder / MANIFEST).exists()):
            key = "cli.bad.unfinished" if (folder / PARTS).is_dir() else "cli.bad.no_study"
            raise BadInput(word(key, lang, out=path_text(folder)))
        from anlan.analysis.results.folder import check_files, load  # late: it takes seconds

        results = load(folder)
        check_files(folder)
    except InUse as error:
        raise _in_use(error, lang) from None
    except Spoilt as error:
        raise BadInput(word("cli.bad.spoilt", lang, file=path_text(error.path))) from None
    except OSError as error:
        raise unwritable(folder, error, lang) from None
    return results


@contextmanager
def on_disk(folder: Path, lang: str) -> Iterator[None]:
    """Says in one line what a disk says; any other error stays as it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK:
            raise
        raise unwritable(folder, error, lang) from error


def _others(folder: Path, lang: str) -> list[str]:
    """What lies in the folder beside the parts."""
    try:
        return [name for name in os.listdir(folder) if name not in STRAY | {PARTS}]
    except FileNotFoundError:
        return []
    except OSError as error:  # not a folder, or not ours to read
        raise unwritable(folder, error, lang) from None


def _make_writable(folder: Path, lang: str) -> None:
    """Make the folder and try to write in it; a folder made for nothing is taken away again."""
    missing = _missing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _take_away(missing)
        raise unwritable(folder, error, lang) from None


def unwritable(folder: Path, error: OSError, lang: str) -> BadInput:
    """What to say of a folder or file that cannot be written."""
    told = in_words(reason(error), lang)
    return BadInput(word("cli.bad.out_unwritable", lang, out=path_text(folder), why=told))


def path_text(folder: Path) -> str:
    """A path in full on one line, unless it is absurdly long."""
    return shown(folder, LONGEST)
