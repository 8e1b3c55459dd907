"""Whether a parameter changes the ledger of a scenario: played at the ends of its range."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.capabilities.conducted import scenario_of
from anlan.analysis.capabilities.listed import Played
from anlan.analysis.capabilities.standing import pieces
from anlan.analysis.plan_map.listed import parts, short
from anlan.sim import BadInput, override, prepare
from anlan.sim.scenario.schema import Parameter, Scenario
from anlan.sim.study import write_text

if TYPE_CHECKING:
    import pandas as pd

FILE = "plan_to_model.csv"
COLUMNS = ("scenario", "parameter", "result", "level", "value", "runs", "tables")
CHANGES, NOTHING, FIXED, REFUSED = "changes", "nothing", "fixed", "refused"
RUNS = 2  # of each end of the range, before it is said that nothing changes
SEED = 1

Hashes = dict[str, str]  # table of the ledger -> hash of it


@dataclass(frozen=True)
class Change:
    """What a parameter changes in a scenario: at which end of its range, in which tables.

    `runs`: how many of each end were played; `fixed`: its range holds one value alone; `refused`:
    no end of it may stand beside the scenario's other numbers.
    """

    scenario: str
    parameter: str
    result: str
    level: str = ""
    value: float | None = None
    runs: int = 0
    tables: tuple[str, ...] = ()


def pairs() -> list[tuple[str, str]]:
    """(scenario, parameter) of all parts, each once."""
    found = [(part.scenario, name) for part in parts() for name in part.named()]
    return sorted(set(found))


def not_played(folder: Path) -> list[tuple[str, str]]:
    """Those of which the table has no row."""
    rows = read_changes(folder).to_dict("records")
    there = {(str(r["scenario"]), str(r["parameter"])) for r in rows}
    return [pair for pair in pairs() if pair not in there]


class Tried:
    """A scenario, or the short form of one that takes long, with the ledgers of its runs."""

    def __init__(self, name: str) -> None:
        self.name = name
        people, hours = short().get(name, (1, 0))
        self.scenario = scenario_of(Played(name, people, RUNS, RUNS, small=True, hours=hours))
        self._as_is: dict[int, Hashes] = {}

    def change(self, parameter: str) -> Change:
        """What a parameter changes, at its lowest and its highest."""
        row = self.scenario.parameters[parameter]
        if row.low == row.high:
            return Change(self.name, parameter, FIXED)
        others = list(self._others(row))
        for run in range(RUNS):
            for level, value, other in others:
                tables = self._differing(other, run)
                if tables:
                    return Change(self.name, parameter, CHANGES, level, value, run + 1, tables)
        return Change(self.name, parameter, NOTHING if others else REFUSED, runs=RUNS)

    def _others(self, row: Parameter) -> Iterator[tuple[str, float, Scenario]]:
        """The scenario with the parameter at each end that is not its value and is not refused."""
        for level, value in (("low", row.low), ("high", row.high)):
            if value == row.value:
                continue
            try:
                other = override(self.scenario, {f"parameters.{row.name}": f"{value:.10g}"})
            except BadInput:
                continue
            yield level, value, other

    def _differing(self, other: Scenario, run: int) -> tuple[str, ...]:
        if run not in self._as_is:
            self._as_is[run] = _hashes(self.scenario, run)
        before, after = self._as_is[run], _hashes(other, run)
        return tuple(name for name in before if before[name] != after[name])


def _hashes(scenario: Scenario, run: int) -> Hashes:
    found: Hashes = {}
    for name, table in prepare(scenario).run(SEED, run).tables().items():
        whole = hashlib.sha256()
        for piece in pieces({name: table}):
            whole.update(piece)
        found[name] = whole.hexdigest()
    return found


def read_changes(folder: Path) -> pd.DataFrame:
    """A row a scenario and parameter; no row where there is no file."""
    import pandas as pd

    path = folder / FILE
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    texts = dict.fromkeys(("level", "value", "tables"), str)
    return pd.read_csv(path, dtype=texts).fillna(dict.fromkeys(texts, ""))


def keep_changes(folder: Path, found: Sequence[Change]) -> None:
    """Write what was played now in place of what the file has of it; what no part names goes."""
    old = read_changes(folder).to_dict("records")
    rows = {(str(r["scenario"]), str(r["parameter"])): tuple(r[c] for c in COLUMNS) for r in old}
    rows |= {(c.scenario, c.parameter): _row(c) for c in found}
    import pandas as pd

    wanted = [rows[pair] for pair in pairs() if pair in rows]
    frame = pd.DataFrame(wanted, columns=list(COLUMNS))
    write_text(folder / FILE, frame.to_csv(index=False, lineterminator="\n"))


def _row(change: Change) -> tuple[object, ...]:
    value = "" if change.value is None else f"{change.value:.10g}"
    return (
        change.scenario, change.parameter, change.result, change.level, value, change.runs,
        ";".join(change.tables),
    )  # fmt: skip
