"""`anlan copy`: a scenario as a folder of one's own, whose tables Excel and WPS open rightly."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from anlan.analysis.words import word
from anlan.analysis.words.errors import in_words
from anlan.app.folder import path_text
from anlan.app.progress import say
from anlan.sim import folder_of
from anlan.sim.scenario.errors import BadInput, why
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
            shutil.copytree(home, made, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            for table in made.glob("*.csv"):
                write_table(table, table.read_text(encoding="utf-8-sig"))
            made.rename(folder)
    except OSError as error:
        told = in_words(why(error), lang)
        raise BadInput(word("cli.bad.out_unwritable", lang, out=shown, why=told)) from None
    say(word("cli.copy.done", lang, out=shown))
    return 0
