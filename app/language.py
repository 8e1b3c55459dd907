"""Which language to speak: what the user asked for, else what the terminal is set to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anlan.analysis.words import FALLBACK, LANGS, trait


def of_environment(environ: Mapping[str, str]) -> str:
    """The language of the locale (POSIX order of the variables), where anlan speaks it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            locale = environ[name].lower()
            found = (lang for lang in LANGS if locale.startswith(trait("locale", lang)))
            return next(found, FALLBACK)
    return FALLBACK


def of_arguments(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language of help and errors: `--lang zh` anywhere on the line, else the locale's."""
    for i, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            value = value or next(iter(arguments[i + 1 : i + 2]), "")
            if value in LANGS:
                return value
    return of_environment(environ)
