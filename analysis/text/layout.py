"""Text in columns: how wide it is, where it may break, plain tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

NO_LINE_START = "，。；：、！？）》”’…,.;:!?)]％%"


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
