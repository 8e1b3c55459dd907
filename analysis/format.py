"""How numbers, rules and plain tables are written."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from anlan.analysis.words import word

if TYPE_CHECKING:
    from anlan.analysis.verdict import Verdict

GAP = {"zh": "", "en": " "}  # between a number and its unit


def number(value: float) -> str:
    """Some three figures, thousands set off by commas."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    digits = 0 if size >= 100 or value == round(value) else 1 if size >= 10 else 2
    text = f"{value:,.{digits}f}"
    return "0" if text in ("-0", "-0.00", "0.00") else text.replace("-", "−")


def percent(value: float) -> str:
    """A share as per cent; never rounded up to 100 % nor down to 0 %."""
    if math.isnan(value):
        return "–"
    if value in (0.0, 1.0):
        return f"{100 * value:.0f}%"
    shown = 100.0 * value
    if abs(shown - round(shown)) < 1e-9:
        return f"{shown:.0f}%".replace("-", "−")
    size = abs(shown)
    digits = 1 if 0.05 <= size < 99.95 else 2 if 0.005 <= size < 99.995 else 4
    return f"{shown:.{digits}f}%".replace("-", "−")


def amount(value: float, unit: str, lang: str, short: bool = False) -> str:
    """A number with its unit; `short` leaves the unit out (but never the per cent sign)."""
    if math.isnan(value):
        return "–"
    if unit == "share":
        return percent(value) if math.isfinite(value) else number(value)
    return number(value) if short else number(value) + GAP[lang] + word(f"unit.{unit}", lang)


def rule_text(v: Verdict, lang: str) -> str:
    """What the target asks: '≤ 60 min in ≥ 95% of runs'."""
    sign = "≤" if v.statistic.endswith("at_most") else "≥"
    kind = "value" if v.kind == "structural" else "mean" if v.at_least is None else "share"
    least = "" if v.at_least is None else percent(v.at_least)
    return word(f"rule.{kind}", lang, limit=f"{sign} {amount(v.limit, v.unit, lang)}", least=least)


def interval_text(v: Verdict, lang: str) -> str:
    """'71.0% – 83.0%'; nothing for a structural target."""
    if v.kind == "structural" or math.isnan(v.estimate):
        return ""
    return ends_text(v.low, v.high, v.bound_unit, lang)


def ends_text(low: float, high: float, unit: str, lang: str) -> str:
    """'71.0% – 83.0%', or that there is no interval."""
    if math.isinf(low):
        return word("interval.none", lang)
    return " – ".join(amount(x, unit, lang, short=True) for x in (low, high))


def width(text: str) -> int:
    """Columns that a text takes on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, limit: int) -> list[str]:
    """Lines of at most `limit` columns; breaks at spaces, or anywhere in Chinese."""
    lines, line, room = [], "", limit
    for piece in _pieces(text):
        if width(piece) > room and line:
            lines.append(line.rstrip())
            line, room = "", limit
            piece = piece.lstrip()
        line, room = line + piece, room - width(piece)
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


NO_LINE_START = "，。；：、！？）》”’…,.;:!?)]％%"


def _pieces(text: str) -> list[str]:
    """The text in unbreakable pieces: a word with the space before it, or a Chinese character."""
    pieces: list[str] = []
    for c in text:
        joined = pieces and (
            c in NO_LINE_START or not (width(c) == 2 or c == " " or width(pieces[-1][-1]) == 2)
        )
        if joined:
            pieces[-1] += c
        else:
            pieces.append(c)
    return pieces


def aligned(rows: Sequence[Sequence[str]], first_column: int = 44) -> str:
    """Rows of text as a plain table under a ruled head; the first column is wrapped."""
    wide = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    wide[0] = min(wide[0], first_column)
    out = []
    for r, row in enumerate(rows):
        lines = wrap(row[0], wide[0])
        for k, line in enumerate(lines):
            cells = [line, *([*row[1:]] if k == 0 else [""] * (len(row) - 1))]
            padded = (c + " " * (w - width(c)) for c, w in zip(cells, wide, strict=True))
            out.append("  ".join(padded).rstrip())
        if r == 0:
            out.append("  ".join("─" * w for w in wide))
    return "\n".join(out)
