"""The table of what counts as two CSV files: a row a cell, and a row an effect."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.capabilities.conducted import scenario_of
from anlan.analysis.capabilities.judged import Effect, Judged
from anlan.analysis.capabilities.listed import Played
from anlan.analysis.capabilities.standing import UNPLAYED, Stamp, stamp_of
from anlan.analysis.words import LANGS
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import write_text

if TYPE_CHECKING:
    import pandas as pd

CELLS_FILE = "what_counts_cells.csv"
EFFECTS_FILE = "what_counts.csv"
CELL_COLUMNS = (
    "scenario", "people_per_row", "hours", "capability", *LANGS, "verdict", "reason", "runs",
    "failed", "refused", "code", "data", "seal",
)  # fmt: skip
EFFECT_COLUMNS = (
    "scenario", "capability", "level", "measure", "served", "as_is", "other", "difference", "low",
    "high", "pairs", "differs", "higher", "one_sided", "p_value", "way",
)  # fmt: skip


def keep(
    folder: Path,
    played: Played,
    found: Sequence[Judged],
    stands: Collection[str] = (),
    stamp: Stamp | None = None,
) -> None:
    """Write a scenario's rows, in place of those that the files have of it.

    What was not played now stays as it was. Rows of capabilities that `stands` names do so by
    `stamp`, which is that of the rows that were played now too.
    """
    scenario = scenario_of(played)
    stamp = stamp or stamp_of(scenario)
    old = _rows_of(read_cells(folder), played.scenario)
    old_effects = _rows_of(read_effects(folder), played.scenario)
    rows, effects = [], []
    for judged in found:
        name = judged.cell.id
        before = old.get(name)
        if before is None or judged.verdict != UNPLAYED:
            rows.append(_cell(played, scenario, judged) | vars(stamp))
            effects += [_effect(played.scenario, name, e) for e in _told(judged.effects)]
            continue
        rows += [r | (vars(stamp) if name in stands else {}) for r in before]
        effects += old_effects.get(name, [])
    for file, columns, mine in (
        (CELLS_FILE, CELL_COLUMNS, rows),
        (EFFECTS_FILE, EFFECT_COLUMNS, effects),
    ):
        _replace(folder / file, columns, played.scenario, mine)


def _rows_of(table: pd.DataFrame, scenario: str) -> dict[str, list[dict[str, Any]]]:
    """Capability -> its rows in a scenario."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table[table["scenario"] == scenario].to_dict("records"):
        found.setdefault(str(row["capability"]), []).append({str(k): v for k, v in row.items()})
    return found


def _told(effects: Sequence[Effect]) -> list[Effect]:
    """Those on measures that the capability is for, and all levels of what moves at any."""
    moved = {e.measure for e in effects if e.way}
    return [e for e in effects if e.served or e.measure in moved]


def read_cells(folder: Path) -> pd.DataFrame:
    """A row a cell; no row where there is no file."""
    return _read(folder / CELLS_FILE, CELL_COLUMNS)


def read_effects(folder: Path) -> pd.DataFrame:
    """A row an effect of a cell on what it is for, or on what it moves at some level."""
    return _read(folder / EFFECTS_FILE, EFFECT_COLUMNS)


def _cell(played: Played, scenario: Scenario, judged: Judged) -> dict[str, Any]:
    return {
        "scenario": played.scenario,
        "people_per_row": played.people_per_row,
        "hours": scenario.settings.duration_h,
        "capability": judged.cell.id,
        **judged.cell.labels(scenario),
        "verdict": judged.verdict,
        "reason": judged.reason,
        "runs": judged.runs,
        "failed": judged.failed,
        "refused": "; ".join(f"{level}: {why}" for level, why in judged.refused.items()),
    }


def _effect(scenario: str, capability: str, effect: Effect) -> dict[str, Any]:
    return {
        "scenario": scenario,
        "capability": capability,
        "level": effect.level,
        "measure": effect.measure,
        "served": int(effect.served),
        "as_is": effect.as_is,
        "other": effect.other,
        "difference": effect.interval.estimate,
        "low": effect.interval.low,
        "high": effect.interval.high,
        "pairs": effect.pairs,
        "differs": effect.differs,
        "higher": effect.higher,
        "one_sided": effect.one_sided,
        "p_value": effect.p_value,
        "way": effect.way,
    }


def _replace(
    path: Path, columns: Sequence[str], scenario: str, rows: Sequence[dict[str, Any]]
) -> None:
    import pandas as pd

    old = _read(path, columns)
    kept = old[old["scenario"] != scenario]
    parts = [f for f in (kept, pd.DataFrame(list(rows), columns=list(columns))) if len(f)]
    frame = pd.concat(parts) if parts else old
    frame = frame.sort_values("scenario", kind="stable")
    text = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    write_text(path, text)


def _read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    if not path.exists():
        return pd.DataFrame(columns=list(columns))
    texts = dict.fromkeys(("reason", "refused", "way", "code", "data", "seal"), str)
    found = pd.read_csv(path, keep_default_na=True, dtype=texts).reindex(columns=list(columns))
    return found.fillna({name: "" for name in texts if name in columns})
