"""The header of a table: which of its columns is which, in the words of a planner.

A column may bear its name (`members`) or what the registry of columns says of it in either language
(`队员人数`). One that is near to a known name is a slip; any other, such as 备注, is the
planner's own: it is kept in the file, and not read.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from anlan.sim.scenario.dictionary import said
from anlan.sim.scenario.errors import Slips, bad, either, hidden, nearest, shown, worded
from anlan.sim.scenario.takes import expected

# What separates columns in other exports, and what Chinese input methods write for a comma.
SEPARATORS = {
    ";": worded("semicolons"),
    "\t": worded("tabs"),
    "\uff0c": worded("full-width commas (\uff0c)"),
    "\uff1b": worded("full-width semicolons (\uff1b)"),
    "\u3001": worded("enumeration commas (\u3001)"),
}
# Columns for people: never a slip, however near they are to a name that is known.
REMARKS = {
    "\u5907\u6ce8", "\u8bf4\u660e", "\u5e8f\u53f7", "\u6ce8",
    "remark", "remarks", "note", "notes", "comment", "comments", "no",
}  # fmt: skip
_NEAR = 0.7  # likeness (difflib) from which an unknown column is taken for a slip
_ENDS = re.compile(r"[（(，,；;：:]")  # where what is said of a column goes on after its name


@dataclass(frozen=True)
class Header:
    """A table's header: the column of each cell (None: not read), and how each is written."""

    columns: tuple[str | None, ...]
    written: dict[str, str]
    unread: tuple[str, ...] = ()


def folded(text: str) -> str:
    """A name as headers are compared: no blanks, plain characters, small letters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@cache
def names_of(file: str, model: type[BaseModel]) -> dict[str, str]:
    """Every name that a header may have, as it is compared -> the column that it means.

    Names that two columns of the table share mean neither.
    """
    found = {folded(column): column for column in model.model_fields}
    twice: set[str] = set()
    words = said()
    for column in model.model_fields:
        told = words.get((file, column))
        for text in (told.zh, told.en) if told is not None else ():
            for name in {folded(text), folded(_ENDS.split(text)[0])} - {""}:
                if found.setdefault(name, column) != column:
                    twice.add(name)
    known = {folded(column) for column in model.model_fields}
    return {name: column for name, column in found.items() if name not in twice or name in known}


def header_of(cells: Sequence[str], file: str, number: int, model: type[BaseModel]) -> Header:
    """What the cells of a header mean. Raises BadInput for every slip of it at once."""
    given = [c.strip() for c in cells]
    while given and not given[-1]:  # Excel likes to leave empty columns behind
        given.pop()
    for sign, called in SEPARATORS.items():
        if len(given) == 1 and sign in given[0]:
            problem = worded(
                "the columns are separated by {called}; separate them with commas (in Excel: CSV "
                "UTF-8, comma delimited)",
                called=called,
            )
            raise bad(problem, file, number)
    names = names_of(file, model)
    meant = [names.get(folded(text)) for text in given]
    slips, unread = Slips(), list[str]()
    left = [c for c in model.model_fields if c not in meant]  # one of these was meant
    for text, column in zip(given, meant, strict=True):
        with slips:
            if column is None:
                _check_unknown(text, left or list(model.model_fields), names, (file, number))
                unread.append(text)
            elif meant.count(column) > 1:
                problem = worded("the column is there twice; keep one")
                raise bad(problem, file, number, text)
    if not slips.found:  # else it is a name that is misspelt which is missing
        for column in left:
            with slips:
                _check_missing(column, unread, (file, number), model)
    slips.raise_first()
    written = {c: t for t, c in zip(given, meant, strict=True) if c is not None}
    return Header(tuple(meant), written, tuple(unread))


def _check_unknown(
    text: str, left: Sequence[str], names: dict[str, str], at: tuple[str, int]
) -> None:
    """Refuses a column that nobody knows and that looks like one that is known."""
    if unseen := hidden(text):
        raise bad(worded("{unseen}; delete it", unseen=unseen), *at, shown(text))
    if not text:
        raise bad(worded("a column without a name; give it one, or delete it"), *at)
    mine = folded(text)
    if mine in REMARKS:
        return
    near = difflib.get_close_matches(mine, list(names), n=1, cutoff=_NEAR)
    if near:
        options = left if names[near[0]] in left else [names[near[0]]]
        guess = nearest(text, options)
        if not guess.startswith("did"):  # near in Chinese, where the column's own name is English
            guess = worded("did you mean {words}?", words=names[near[0]])
        raise bad(worded("unknown column; {near}", near=guess), *at, shown(text))


def _check_missing(
    column: str, unread: Sequence[str], at: tuple[str, int], model: type[BaseModel]
) -> None:
    """Refuses a table that lacks a column; one that is not read may be it under another name."""
    spec = model.model_fields[column]
    if not spec.is_required():
        return
    what = expected(spec.annotation, spec.metadata)
    if own := [text for text in unread if folded(text) not in REMARKS]:
        problem = worded(
            "the column is missing; add it ({what}), or if {columns} is it, call that {column}",
            columns=either([shown(text) for text in own]),
            what=what,
            column=column,
        )
        raise bad(problem, *at, column)
    raise bad(worded("the column is missing; add it: {what}", what=what), *at, column)
