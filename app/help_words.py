"""What the parser itself says in a help (headings, defaults, what is required), in a language.

It says it in English only; its formatter is asked for the words of the list (`cli.label.…`), whose
English is the parser's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anlan.analysis.words import FALLBACK, word

NOTES = tuple(
    f"cli.label.{key}" for key in ("any_options", "any_command", "default", "required", "show_help")
)


def speaking(context: Any, lang: str) -> Any:
    """The class of a command's context, with a formatter of help that speaks a language."""
    base = context.formatter_class

    def write_usage(formatter: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        base.write_usage(formatter, prog, _said(args, lang), word("cli.label.usage", lang))

    def write_heading(formatter: Any, heading: str) -> None:
        formatter.write(word(f"cli.label.{heading.lower()}", lang) + "\n")

    def write_dl(formatter: Any, rows: Sequence[tuple[str, str]], *how: Any, **more: Any) -> None:
        base.write_dl(formatter, [(name, _said(text, lang)) for name, text in rows], *how, **more)

    methods = {"write_usage": write_usage, "write_heading": write_heading, "write_dl": write_dl}
    formatter_class = type("Formatter", (base,), methods)
    return type("Context", (context,), {"formatter_class": formatter_class})


def _said(text: str, lang: str) -> str:
    for key in NOTES:
        text = text.replace(word(key, FALLBACK), word(key, lang))
    return text
