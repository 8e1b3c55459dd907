"""The capabilities and the scenarios that are looked at, as their data files say them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache

from anlan.analysis.measures.measure import WORST
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.text.data import rows_of
from anlan.analysis.words import FALLBACK, LANGS, word
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.registry import Table
from anlan.sim.scenario.schema import Scenario

LEVELS = ("none", "half", "double")
EVERY = "*"  # in the column `value`: a capability for each value that a scenario has


@dataclass(frozen=True)
class Listed:
    """A line of the two lists of capabilities: what is changed, and what it is for.

    `columns` of `table` are scaled; without columns its rows come and go. `by` and `value` choose
    rows: a column (its value, or one of its values), or `holder.level`, a column of what the row
    names. `parameter` and `settings` (level -> value) stand in place of a table. `serves` are the
    measures that it is for, `leads` those of them that it is for above all: with none of it they
    are asked first (`judged.py`). `reasons` of which each alone says why nothing moves (`a+b`:
    both). `costs` are measures that more of it may worsen, by a mechanism that has a name.
    """

    id: str
    labels: dict[str, str] = field(compare=False)
    leads: tuple[str, ...]
    serves: tuple[str, ...]
    reasons: tuple[str, ...]
    table: str = ""
    columns: tuple[str, ...] = ()
    by: str = ""
    value: str = ""
    parameter: str = ""
    settings: tuple[tuple[str, float], ...] = ()
    costs: tuple[tuple[str, str], ...] = ()  # (name, pattern of measures)

    def shapes(self, parts: Sequence[tuple[str, str]]) -> bool:
        """Whether it changes one of some parts of the scenario: (table, column, empty: rows)."""
        mine = {(self.table, column) for column in self.columns or ("",)}
        return not mine.isdisjoint(parts)

    def cost_of(self, measure: str) -> str:
        """The name of the mechanism by which more of it may worsen a measure, or empty."""
        return next((name for name, fits in self.costs if fnmatchcase(measure, fits)), "")


@dataclass(frozen=True)
class Played:
    """A scenario of the list: how many people a row of residents stands for, and its most runs.

    `level_runs`: the most of half and of double, of which less is asked than of none. `hours` are
    those that are played of it, all of them where it is 0.
    """

    scenario: str
    people_per_row: int
    most_runs: int
    level_runs: int
    small: bool  # quick enough to be played anew with every change of the code
    hours: int = 0


def measures_looked_at(changed: Listed | None = None) -> tuple[str, ...]:
    """The measures of the district of which it is known whether more or less is better.

    Not those over a population that the capability itself changes: with other drains others are
    at risk, and shares of the ones and of the others are not to be compared.
    """
    return tuple(
        name
        for name, measure in MEASURES.items()
        if measure.better != "none" and not name.endswith(WORST)
        if not (changed and changed.shapes(measure.over.shaped_by))
    )


@cache
def capabilities() -> tuple[Listed, ...]:
    """All lines of both lists, and one for each further number that is marked as a capacity."""
    named = [_of_table(row) for row in rows_of(__package__, "capabilities.csv")]
    named += [_of_parameter(row) for row in rows_of(__package__, "parameters.csv")]
    return (*named, *_unnamed(named))


@cache
def scenarios() -> dict[str, Played]:
    """The scenarios of the list by name."""
    return {
        row["scenario"]: Played(
            row["scenario"],
            int(row["people_per_row"]),
            int(row["most_runs"]),
            int(row["level_runs"]),
            bool(row["small"]),
            int(row["hours"] or 0),
        )
        for row in rows_of(__package__, "scenarios.csv")
    }


def left_out() -> set[tuple[str, str]]:
    """(table, column) of numbers that are marked as a capacity and are none by themselves."""
    return {(row["table"], row["column"]) for row in rows_of(__package__, "not_capabilities.csv")}


def _of_table(row: dict[str, str]) -> Listed:
    return Listed(
        row["id"], _labels(row), _matching(row["leads"]), _matching(row["serves"]),
        _split(row["reasons"]),
        row["table"], _split(row["columns"]), row["by"], row["value"], costs=_costs(row),
    )  # fmt: skip


def _of_parameter(row: dict[str, str]) -> Listed:
    settings = tuple((s, float(row[s])) for s in LEVELS if row[s])
    values = ", ".join(row[s] or "–" for s in LEVELS)
    labels = {
        lang: word("what_counts.values", lang, name=label, values=values)
        for lang, label in _labels(row).items()
    }
    return Listed(row["id"], labels, _matching(row["leads"]), _matching(row["serves"]),
                  _split(row["reasons"]), parameter=row["parameter"], settings=settings,
                  costs=_costs(row))  # fmt: skip


def _unnamed(named: Sequence[Listed]) -> Iterator[Listed]:
    """Capacities of the registry that no line names: for nothing that is known, and so said."""
    known = {(n.table, column) for n in named for column in n.columns} | left_out()
    for part in described(Scenario):
        if not isinstance(part.entry.part, Table):
            continue
        table = part.entry.attribute
        for column in part.columns:
            if column.capacity and (table, column.name) not in known:
                in_fallback = getattr(column, FALLBACK)
                words = {lang: getattr(column, lang, in_fallback) for lang in LANGS}
                yield Listed(f"{table}.{column.name}", words, (), (), (), table, (column.name,))


def _labels(row: dict[str, str]) -> dict[str, str]:
    return {lang: row.get(lang, row[FALLBACK]) for lang in LANGS}


def _costs(row: dict[str, str]) -> tuple[tuple[str, str], ...]:
    named = (word.partition(":") for word in _split(row["costs"]))
    return tuple((name, fits) for name, _, fits in named)


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";") if word.strip())


def _matching(text: str) -> tuple[str, ...]:
    """The measures that are looked at and fit one of the patterns."""
    patterns = _split(text)
    return tuple(m for m in measures_looked_at() if any(fnmatchcase(m, p) for p in patterns))
