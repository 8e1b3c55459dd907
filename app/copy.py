"""`anlan copy`: a scenario as a folder of one's own, whose tables Excel and WPS open rightly."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from anlan.analysis.words import word
from anlan.app.folder import path_text, unwritable
from anlan.app.progress import say
from anlan.sim import folder_of
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study import write_table


def copy(name: str, folder: Path, lang: str) -> int:
    """Copy a scenario's folder, each CSV with the mark by which Excel and WPS know UTF-8.

    The folder must not be there yet; it appears whole. Raises BadInput.
    """
    home, shown = folder_of(name), path_text(folder)
    if folder.exists() or folder.is_symlink():
        raise BadInput(word("cli.copy.there", lang, out=shown))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".anlan-") as scratch:
            made = Path(scratch) / "made"
            copied(home, made)
            mark_tables(made)
            made.rename(folder)
    except OSError as error:
        raise unwritable(folder, error, lang) from None
    say(word("cli.copy.done", lang, out=shown))
    return 0


def copied(home: Path, folder: Path) -> None:
    """A scenario's files in a new folder, without what programs leave among them."""
    shutil.copytree(home, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))


def mark_tables(folder: Path) -> None:
    """Give each CSV of a folder the mark by which Excel and WPS know UTF-8."""
    for table in folder.glob("*.csv"):
        write_table(table, table.read_text(encoding="utf-8-sig"))
