"""What the parser of the command line finds wrong, in the user's language.

The parser says it in English only. Of each of its errors the kind and the names in it are taken,
and said with the words of the list (`cli.parser.…`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import typer

from anlan.analysis.words import word
from anlan.sim.scenario.errors import full_width, shown

# what pydantic, which the parser has values read by, calls a slip -> the end of a word's key, and
# which number of its own the word gives
VALUES = {
    "greater_than_equal": ("least", "ge"),
    "less_than_equal": ("most", "le"),
    "int_parsing": ("whole", ""),
    "int_parsing_size": ("digits", ""),
    "float_parsing": ("number", ""),
}


def said(error: typer.TyperException, lang: str) -> str:
    """The error as one line; one of a kind that is not known here as the parser says it."""
    told = KINDS.get(type(error).__name__)
    return (told(error, lang) if told else "") or error.format_message()


def _option(error: Any, lang: str) -> str:
    name = shown(error.option_name)
    if not error.possibilities:
        return word("cli.parser.option", lang, name=name)
    near = ", ".join(sorted(error.possibilities))
    return word("cli.parser.option_near", lang, name=name, near=near)


def _option_used(error: Any, lang: str) -> str:
    """An option without its value, or with one that it does not take."""
    refused = error.message.endswith("does not take a value.")
    key = "cli.parser.value_refused" if refused else "cli.parser.value_missing"
    return word(key, lang, name=shown(error.option_name))


def _missing(error: Any, lang: str) -> str:
    kind = error.param.param_type_name  # argument or option
    return word(f"cli.parser.missing_{kind}", lang, name=_hint(error))


def _value(error: Any, lang: str) -> str:
    return word("cli.parser.value", lang, name=_hint(error), problem=_problem(error, lang))


def _problem(error: Any, lang: str) -> str:
    """What is wrong with a value: what the parser's reader of values found, or we ourselves."""
    found = getattr(error.__cause__, "errors", None)
    if found is None:
        return str(error.message)
    first = found()[0]
    key, limit = VALUES.get(first["type"], ("", ""))
    if not key:
        return str(error.message)
    given = str(first.get("input", ""))
    if plain := full_width(given):
        return word("cli.parser.full_width", lang, given=shown(given), plain=plain)
    numbers = {"limit": f"{first['ctx'][limit]:g}"} if limit else {}
    return word(f"cli.parser.{key}", lang, given=shown(given), **numbers)


def _hint(error: Any) -> str:
    """How the command line calls what an error is about: an option, or an argument."""
    hint = error.param_hint or error.param.get_error_hint()
    return str(hint).replace("'", "")


def _usage(error: Any, lang: str) -> str:
    """A word too many, or a command that there is not."""
    if extra := re.fullmatch(r"Got unexpected extra argument\(s\) \((.*)\)", error.message, re.S):
        return word("cli.parser.extra", lang, words=shown(extra[1]))
    known = getattr(error.ctx and error.ctx.command, "commands", {})
    if error.message == "Missing command.":
        return word("cli.parser.no_command", lang)
    if (typed := re.match(r"No such command (?:'(.*?)'|\"(.*?)\")\.", error.message, re.S)) is None:
        return ""
    name = typed[1] if typed[1] is not None else typed[2]
    if near := get_close_matches(name, known):
        meant = ", ".join(f"'{one}'" for one in near)
        return word("cli.parser.command_near", lang, name=shown(name), near=meant)
    return word("cli.parser.command", lang, name=shown(name))


KINDS: dict[str, Callable[[Any, str], str]] = {
    "NoSuchOption": _option,
    "BadOptionUsage": _option_used,
    "MissingParameter": _missing,
    "BadParameter": _value,
    "UsageError": _usage,
}
