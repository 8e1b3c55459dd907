"""What a document is made of, whatever file it becomes: paragraphs, lists, tables, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Heading:
    """A heading of the first level; the file gives it its number."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` is set apart before it."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Listed:
    """Short texts, a line each; `small` for what few will read."""

    lines: Sequence[str]
    small: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a cell of a table, and small print below it."""

    text: str
    small: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """A table with its caption. `shares`: of the page's width, a column each."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: Sequence[float]


@dataclass(frozen=True)
class Figure:
    """A picture with its caption: its title, and what it shows."""

    path: Path
    title: str
    text: str


Block = Heading | Paragraph | Listed | Table | Figure


@dataclass(frozen=True)
class Content:
    """A whole document: `brief` stands on the first page alone, `parts` from the second on."""

    title: str
    brief: Sequence[Paragraph]
    parts: Sequence[Block]
