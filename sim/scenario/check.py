"""What no row can know by itself: ids that must exist, orders that must hold, roads that must meet.

`check(scenario, at)` raises BadInput with all slips that this room can see, stage by stage; ids,
references and times are looked at for every part of the registry. Checks that need another room's
knowledge (a map's cells, the names of policies) stand there; `anlan.sim.checks` calls them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from pydantic import BaseModel

from anlan.sim.scenario.check_fires import check_buildings, check_forest
from anlan.sim.scenario.check_place import check_residents, check_roads, check_stores, check_towns
from anlan.sim.scenario.check_plan import (
    check_begin,
    check_contraflow,
    check_orders,
    check_responses,
)
from anlan.sim.scenario.check_rivers import check_links, check_rivers, check_stages_meet
from anlan.sim.scenario.check_sky import (
    check_fixes,
    check_gauge,
    check_sky,
    check_storm,
    check_weather,
)
from anlan.sim.scenario.check_where import check_lengths, check_where
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.errors import BadInput, Slips, either, nearest, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.registry import (
    Block,
    Blocks,
    Entry,
    Kinds,
    Refers,
    Rows,
    Table,
    entries,
    names_of_row,
)
from anlan.sim.scenario.schema import Scenario

Check = Callable[[Scenario, Places], None]
MOST_TOLD = 8  # ids that an error lists


def check(scenario: Scenario, at: Places | None = None) -> None:
    """Raise BadInput if the parts of a scenario do not fit together."""
    places, slips = at or Places(), Slips()
    for stage in STAGES:
        for look in stage:
            with slips:
                look(scenario, places)
        slips.raise_first()


def check_sound(scenario: Scenario, at: Places) -> None:
    """Raise BadInput for keys and references that are wrong, whatever parts and rows are lost."""
    slips = Slips()
    for look in STAGES[0]:
        with slips:
            look(scenario, at)
    slips.raise_first()


def _held(scenario: Scenario) -> Iterator[Entry]:
    """The parts that a scenario has: all of them, where it was read whole."""
    for entry in entries(type(scenario)):
        if hasattr(scenario, entry.inside or entry.attribute):
            yield entry


def check_keys(scenario: Scenario, at: Places) -> None:
    """No two rows of a table have one key; no two sites have one id."""
    slips, sites = Slips(), dict[str, str]()
    for entry in _held(scenario):
        part = entry.part
        if not isinstance(part, Rows) or not part.key or part.ordered:
            continue
        if len(part.key) == 1:
            seen = sites if isinstance(part, Table) and part.site else {}
            with slips:
                _check_ids(scenario, entry, part.key[0], seen, at)
        else:
            with slips:
                _check_pairs(scenario, entry, part.key, at)
        for column in part.also_unique:
            with slips:
                _check_ids(scenario, entry, column, {}, at)
    slips.raise_first()


def _check_ids(
    scenario: Scenario, entry: Entry, column: str, seen: dict[str, str], at: Places
) -> None:
    slips = Slips()
    part, rows = entry.part, entry.of(scenario)
    names = {str(name) for name in map(attrgetter(column), rows)}
    if len(names) == len(rows) and seen.keys().isdisjoint(names):
        seen.update(dict.fromkeys(names, part.file))
        return
    is_key = isinstance(part, Rows) and column in part.key
    for i, row in enumerate(rows):
        name = str(getattr(row, column))
        if name not in seen:
            seen[name] = part.file
            continue
        if isinstance(part, Blocks):
            problem = worded(
                "{name} is already the {column} of a {block}; give another {column}",
                name=name,
                column=column,
                block=part.name,
            )
        elif is_key:
            problem = worded(
                "{name} is already the id of a row in {file}; give another id",
                name=name,
                file=seen[name],
            )
        else:
            problem = worded(
                "{name} is already the {column} of another row; give another",
                name=name,
                column=column,
            )
        slips.note(_wrong(problem, entry, i, row, column, at))
    slips.raise_first()


def _check_pairs(scenario: Scenario, entry: Entry, key: tuple[str, ...], at: Places) -> None:
    """A table whose rows are named by two columns together."""
    rows, name = entry.of(scenario), attrgetter(*key)
    if len(set(map(name, rows))) == len(rows):
        return
    slips, seen = Slips(), set[tuple[str, ...]]()
    for i, row in enumerate(rows):
        names = name(row)
        if names in seen:
            problem = worded(
                "{holder} has a row for {item} already; put the two together",
                holder=names[0],
                item=names[-1],
            )
            slips.note(_wrong(problem, entry, i, row, key[-1], at))
        seen.add(names)
    slips.raise_first()


def check_references(scenario: Scenario, at: Places) -> None:
    """Whatever a row, a block or a hazard refers to is there."""
    names, slips = _Names(scenario, at), Slips()
    for entry in _held(scenario):
        for where, rows, refers in _referring(scenario, entry):
            for column, targets in refers.items():
                if any(at.lost.get(target.partition(".")[0], ()) is None for target in targets):
                    continue  # nobody can tell which there are
                valid, what, files = names.of(targets)
                if valid.issuperset(map(attrgetter(column), rows)):
                    continue
                for i, row in enumerate(rows):
                    named = getattr(row, column)
                    if named is not None and named not in valid:
                        problem = worded(
                            "no {what} {named} in {files}; {near}",
                            what=what,
                            named=named,
                            files=files,
                            near=names.called(targets, named) or nearest(named, valid),
                        )
                        index = i if isinstance(entry.part, Rows) else None
                        slips.note(_wrong(problem, entry, index, row, column, at, where))
    slips.raise_first()


def _referring(
    scenario: Scenario, entry: Entry
) -> Iterator[tuple[str, Sequence[BaseModel], Refers]]:
    """(TOML table, rows, what their columns refer to) of a part; a block is one row."""
    part, held = entry.part, entry.of(scenario)
    match part:
        case Rows() if part.refers:
            yield part.name, held, part.refers
        case Block() if held is not None:
            yield part.name, (held,), part.refers
        case Kinds():
            for kind, row in held.items():
                yield f"{part.name}.{kind}", (row,), part.kinds[kind].refers


class _Names:
    """The names that may be referred to, each table's worked out once."""

    def __init__(self, scenario: Scenario, at: Places) -> None:
        self._scenario, self._lost = scenario, at.lost
        self._found: dict[tuple[str, ...], tuple[set[str], str, str]] = {}

    def of(self, targets: tuple[str, ...]) -> tuple[set[str], str, str]:
        """(names, what they are, the files that they stand in) of one or several tables."""
        if targets not in self._found:
            self._found[targets] = self._look_up(targets)
        return self._found[targets]

    def called(self, targets: tuple[str, ...], name: str) -> str:
        """What to say where a name stands in the place of an id; empty where none is called so."""
        known = {e.attribute: e for e in entries(type(self._scenario))}
        ids = {
            str(getattr(row, entry.part.key[0]))
            for entry in (known[target] for target in targets if "." not in target)
            for row in entry.of(self._scenario)
            if isinstance(entry.part, Rows) and name in names_of_row(row)
        }
        if len(ids) == 1:
            return worded("that is the name of {id}; write {id}", id=min(ids))
        if ids:
            several = ", ".join(sorted(ids)[:MOST_TOLD])
            return worded("that is the name of several; write one's id: {several}", several=several)
        return ""

    def _look_up(self, targets: tuple[str, ...]) -> tuple[set[str], str, str]:
        known = {e.attribute: e for e in entries(type(self._scenario))}
        names: set[str] = set()
        columns, files = [], []
        for target in targets:
            table, _, column = target.partition(".")
            entry = known[table]
            assert isinstance(entry.part, Rows)
            column = column or entry.part.key[0]
            names.update(map(attrgetter(column), entry.of(self._scenario)))
            names.update(self._lost.get(table) or ())
            columns.append(column)
            files.append(entry.part.file)
        return names, either(columns), either(files)


def check_times(scenario: Scenario, at: Places) -> None:
    """What happens at a stated time happens within the run."""
    start: datetime | None = None
    slips = Slips()
    for entry in entries(type(scenario)):
        for where, index, row, column in _happening(scenario, entry):
            start = start or start_time(scenario)
            end = start + timedelta(hours=scenario.settings.duration_h)
            time = getattr(row, column)
            if not start <= time < end:
                problem = worded(
                    "{time} is outside the run, which goes from {start} to {end}",
                    time=time.isoformat(),
                    start=start.isoformat(),
                    end=end.isoformat(),
                )
                slips.note(_wrong(problem, entry, index, row, column, at, where))
    slips.raise_first()


def _happening(
    scenario: Scenario, entry: Entry
) -> Iterator[tuple[str, int | None, BaseModel, str]]:
    """(TOML table, index, row, column of its time) of what a part says to happen at a time."""
    part, held = entry.part, entry.of(scenario)
    match part:
        case Table() if part.happens:
            yield from ((part.name, i, row, part.happens) for i, row in enumerate(held))
        case Kinds():
            for kind, row in held.items():
                if part.kinds[kind].happens:
                    yield f"{part.name}.{kind}", None, row, part.kinds[kind].happens


def _wrong(
    problem: str,
    entry: Entry,
    index: int | None,
    row: BaseModel,
    column: str,
    at: Places,
    where: str = "",
) -> BadInput:
    """The BadInput for a cell of a table or a key of a block."""
    part = entry.part
    if isinstance(part, Table):
        return at.wrong(problem, part.file, index or 0, row, column)
    return at.wrong_key(problem, part.file, where or part.name, column, index)


# In stages: each relies on those before it, and what stands in one is asked whatever the others
# of it find.
STAGES: tuple[tuple[Check, ...], ...] = (
    (check_keys, check_references),
    (check_sky, check_begin),
    (
        check_towns,
        check_stores,
        check_residents,
        check_roads,
        check_where,
        check_fixes,
        check_weather,
        check_rivers,
        check_links,
        check_buildings,
        check_forest,
        check_responses,
        check_contraflow,
        check_orders,
    ),
    (check_lengths, check_storm),  # by the places and fixes, which are right now
    (check_gauge, check_stages_meet, check_times),  # by the beginning that the storm may give
)
