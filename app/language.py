"""Which language to speak: what the user asked for, else what the terminal is set to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anlan.analysis.words import LANGS

Lang = str  # "zh" or "en"


def of_environment(environ: Mapping[str, str]) -> Lang:
    """Chinese where the locale is Chinese, else English (POSIX order of the variables)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def of_arguments(arguments: Sequence[str], environ: Mapping[str, str]) -> Lang:
    """The language of help and errors: `--lang zh` anywhere on the line, else the locale's."""
    for i, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            value = value or next(iter(arguments[i + 1 : i + 2]), "")
            if value in LANGS:
                return value
    return of_environment(environ)
