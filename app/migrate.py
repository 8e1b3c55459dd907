"""`anlan migrate`: a scenario folder of an older format brought to the newest."""

from __future__ import annotations

from pathlib import Path

from anlan.analysis.words import word
from anlan.analysis.words.errors import in_words
from anlan.app.folder import path_text
from anlan.app.progress import say
from anlan.sim import folder_of
from anlan.sim.scenario.errors import BadInput, reason
from anlan.sim.scenario.migrate import FILE, FORMAT, format_of_folder
from anlan.sim.scenario.rewrite import rewritten
from anlan.sim.study import write_text


def older(name: str, lang: str) -> str:
    """What `anlan check` says of a folder of an older format; nothing of a new one."""
    folder = folder_of(name)
    found = format_of_folder(folder)
    if found == FORMAT:
        return ""
    return word("note.older_format", lang, n=found, new=FORMAT, folder=path_text(folder))


def migrate(folder: Path, lang: str) -> int:
    """Rewrite the folder's scenario.toml in the newest format, whole or not at all.

    Raises BadInput where it cannot be read, rewritten or written.
    """
    home = folder_of(folder)
    text = rewritten(home)
    if text is None:
        say(word("cli.migrate.new", lang, file=FILE, n=FORMAT))
        return 0
    try:
        write_text(home / FILE, text)
    except OSError as error:
        told = in_words(reason(error), lang)
        raise BadInput(word("cli.migrate.unwritable", lang, file=FILE, why=told)) from None
    say(word("cli.migrate.done", lang, file=FILE, n=FORMAT))
    return 0
