"""What `--overwrite` removes: what anlan wrote into a folder, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from anlan.sim.study import LOCK, PARTS, STAMP, SUMS, WRITTEN, edited, read_sums, set_aside, written

ON_DEMAND = ".docx"  # a document is written when it is asked for, and by no run
FIGURES, LEDGER = "figures", "ledger"
# of the parts' own; what lies there under other names is somebody else's
OF_PARTS = ("variants-*-runs-*", ".making-*", ".copy-*", "asked.json", "experiments", STAMP)


def clear(folder: Path) -> list[str]:
    """Remove anlan's files from a folder that we hold; what is left there, by name.

    What somebody has gone on writing in since is theirs: a document stays as it is, and what a run
    writes anew is set aside under another name.

    Runs that were played for it in folders within it go as well. The stamp goes last: a folder
    without one is not taken for ours.
    """
    ours = _ours(folder)
    theirs = {name for name in ours if edited(folder / PARTS, name)}
    for name in sorted(theirs):
        if not name.endswith(ON_DEMAND):
            set_aside(folder / name)
    names = {Path(name) for name in ours - theirs}
    for path in (folder / name for name in names):
        if path.is_symlink() or path.is_file():
            path.unlink()
    within = {name.parent for name in names if name.parent.name == PARTS}
    for parts in (*within, Path(PARTS)):
        for pattern in OF_PARTS:
            for path in (folder / parts).glob(pattern):
                _remove(path)
    inner = {parent for name in names for parent in name.parents} - {Path()}
    for path in sorted((folder / name for name in inner), reverse=True):  # the innermost first
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return sorted(_left(folder))


def nothing_played(folder: Path) -> bool:
    """Whether a folder holds no more than what was asked: no part of any runs, no result."""
    asked = {"asked.json", STAMP, LOCK, WRITTEN}
    parts = (folder / PARTS).glob("*") if (folder / PARTS).is_dir() else ()
    return {path.name for path in parts} <= asked and not (read_sums(folder) or {})


def _left(folder: Path) -> Iterator[str]:
    for path in folder.iterdir():
        if path.name != PARTS:
            yield f"{path.name}/" if path.is_dir() else path.name
        elif others := {p.name for p in path.iterdir()} - {LOCK, WRITTEN}:
            yield from (f"{PARTS}/{name}" for name in others)


def _ours(folder: Path) -> set[str]:
    """The files that anlan wrote, as seen from the folder; not those among the parts.

    As they were noted, and those that are known by name, for folders from before it was.
    """
    found = {SUMS, *(read_sums(folder) or {}), *written(folder / PARTS), *_known()}
    return {name for name in found if _inside(name)}


def _inside(name: str) -> bool:
    """Whether a path leads to no other place: a damaged note is not followed."""
    path = Path(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and name != PARTS


def _known() -> Iterator[str]:
    from anlan.analysis.digests.tables import TABLES
    from anlan.analysis.plots.pictures import OF_RUNS
    from anlan.analysis.words import LANGS
    from anlan.analysis.words.ledger import ledger_tables

    yield from ("manifest.json", "study.json", "scenario.json", "verdict.json", "dictionary.csv")
    yield from ("report.html", "measures.csv", "fires.csv", "seasons.csv")
    yield from ("deadlines.csv", "hours.csv", "clearance.csv")
    for table in ("measures", "variants", "targets", "failures", *TABLES):
        yield f"{table}.parquet"
    yield from (f"{LEDGER}/{table}.parquet" for table in ledger_tables())
    for name in (*OF_RUNS, "seasons", "deadline"):
        yield f"{FIGURES}/{name}.csv"
        yield from (f"{FIGURES}/{name}.{lang}.{end}" for lang in LANGS for end in ("png", "svg"))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        os.unlink(path)
