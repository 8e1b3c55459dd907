"""Which column of a table is which: a header's words against what fields are called."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from anlan.app.workbook.amounts import unit_in
from anlan.app.workbook.cells import address
from anlan.app.workbook.known import Head, folded, heads, marks, titles

EXACT, ENDING, NEAR = "exact", "ending", "near"
_NEAR = 0.75
_BRACKET = re.compile(r"[（(\[【]([^（）()]*)[）)\]】]")
ENOUGH = 4  # the least weight of a header row


@dataclass(frozen=True)
class Column:
    """A column of a table that was found: how it is headed, and what that means."""

    number: int
    row: int  # of the header's lowest cell
    path: tuple[str, ...]  # of the header's lines, from the top
    head: Head | None = None
    how: str = ""
    unit: str = ""  # as the header writes it
    skipped: str = ""  # why nothing is read from it: a key of the word list

    @property
    def text(self) -> str:
        """The header as a person reads it."""
        return " / ".join(" ".join(p.split()) for p in self.path if p)

    @property
    def address(self) -> str:
        """The header's cell."""
        return address((self.row, self.number))

    @property
    def takes(self) -> str:
        """What its cells are read as; empty: not at all."""
        return self.head.takes if self.head is not None and not self.skipped else ""


def unit_of(path: Sequence[str]) -> str:
    """The unit that a header has in brackets, such as 数量（万条）; empty without one."""
    for text in reversed(path):
        for inner in reversed(_BRACKET.findall(unicodedata.normalize("NFKC", text))):
            plain = inner.removeprefix("单位:").strip()
            if unit_in(plain) is not None:
                return str(plain)
    return ""


def bare(text: str) -> str:
    """A header without what stands in brackets, as words are compared."""
    return folded(_BRACKET.sub("", unicodedata.normalize("NFKC", text)))


def head_of(path: Sequence[str], table: str) -> tuple[Head | None, str]:
    """What a header means in a table, and how that was found."""
    words = heads()[table]
    bottom = next((p for p in reversed(path) if p), "")
    joined = "".join(path)
    tries = [folded(bottom), bare(bottom), folded(joined), bare(joined)]
    for text in tries:
        if text in words:
            return words[text], EXACT
    group = next((p for p in path[:-1] if p), "")
    if group and (unit_in(bare(bottom)) is not None or bare(bottom) in _COUNTED):
        return _loosely(bare(group), words)  # 冲锋舟 over 数量
    return _loosely(bare(bottom), words)


_COUNTED = {"数量", "数", "个数", "台数", "艘数", "小计", ""}


def _loosely(text: str, words: dict[str, Head]) -> tuple[Head | None, str]:
    """A header that is not a known word: by how it ends, or by what it is near to."""
    if text in words:
        return words[text], EXACT
    words = {w: head for w, head in words.items() if not head.own}  # sentences, as a rule
    ends = [w for w in words if len(w) >= 2 and text.endswith(w)]
    if ends:
        longest = max(ends, key=len)
        before = text[: -len(longest)]
        if any(q in before for q in marks("qualifier")):
            return None, ""
        return words[longest], ENDING
    if any(q in text for q in marks("qualifier")):
        return None, ""
    near = difflib.get_close_matches(text, [w for w in words if len(w) >= 3], 1, _NEAR)
    return (words[near[0]], NEAR) if near and len(text) >= 3 else (None, "")


def score(paths: Sequence[Sequence[str]], table: str, title: str) -> int:
    """How much speaks for a table under these headers; 0 where it has no column for a name."""
    best: dict[str, int] = {}
    for path in paths:
        head, how = head_of(path, table)
        if head is None or not head.weight:
            continue
        weight = head.weight if how == EXACT else max(1, head.weight - 1)
        best[head.field] = max(best.get(head.field, 0), weight)
    if not {"name_zh", "item"} & best.keys():
        return 0
    words, more = titles()[table]
    hint = more if any(w in folded(title) for w in words) else 0
    return sum(best.values()) + hint if len(best) > 1 else 0


def table_of(paths: Sequence[Sequence[str]], title: str) -> str:
    """The table that headers are most likely of; empty where they are of none."""
    found = {table: score(paths, table, title) for table in heads()}
    best = max(found, key=lambda table: found[table])
    return best if found[best] >= ENOUGH else ""


def known_in_any(path: Sequence[str]) -> bool:
    """Whether a header is a word of any table."""
    return any(head_of(path, table)[1] in (EXACT, ENDING) for table in heads())


def why_none(heads_: Sequence[str]) -> tuple[str, list[str]]:
    """Why headers are of no table: a key of the word list, and the headers that are to blame."""
    unknown = [text for text in heads_ if not known_in_any((text,))]
    found = [head_of((text,), table)[0] for text in heads_ for table in heads()]
    if not any(h is not None and h.field in ("name_zh", "item") for h in found):
        return "no_table_name", unknown
    return ("no_table_words", unknown) if unknown else ("no_table_kind", list(heads_))
