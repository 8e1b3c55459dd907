"""What anlan itself calls the columns of a table: such headers are known to an import as well."""

from __future__ import annotations

import re
import typing

from anlan.analysis.words import LANGS
from anlan.analysis.words.names import said as told_in
from anlan.sim.scenario.dictionary import said
from anlan.sim.scenario.headers import folded, names_of
from anlan.sim.scenario.registry import Entry, entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.takes import plain

SHORT = re.compile(r"[（(，,；;：:。]")  # where what is said of a column goes on after its name
NOT_READ = {"source", "mark"}  # of the scenario: what stands there is not the roster's to say


def _entry(table: str) -> Entry:
    return next(e for e in entries(Scenario) if e.part.file == f"{table}.csv")


def own_words(table: str) -> dict[str, str]:
    """Every header that anlan writes for a table, as headers are compared -> the column."""
    entry = _entry(table)
    found = dict(names_of(entry.part.file, entry.row))
    for column in entry.row.model_fields:
        told = said().get((entry.part.file, column))
        if told is not None:  # what the template writes; names_of knows which two columns share
            found.setdefault(folded(SHORT.split(told_in(told, LANGS[0]))[0]), column)
    return {word: column for word, column in found.items() if word}


def own_takes(table: str, column: str) -> str:
    """As what the cells of a column are read that the list of headers does not have."""
    model = _entry(table).row
    if column in NOT_READ or column == next(iter(model.model_fields)):
        return "ignore"
    kind = plain(model.model_fields[column].annotation)
    if kind is bool or typing.get_origin(kind) is typing.Literal:
        return "choice"
    return "count0" if kind is int else "number" if kind is float else "text"
