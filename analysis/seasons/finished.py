"""What seasons leave in a folder: their ignitions, sums by season, measures, verdicts, manifest."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from anlan.analysis.measures.seasonal import BySeason, by_season
from anlan.analysis.seasons.judged import Measured, all_measured, judge_seasons
from anlan.analysis.seasons.played import FILE, identity
from anlan.analysis.study.asked import now
from anlan.analysis.study.manifest import assumed_rows, versions
from anlan.analysis.verdict.verdict import Verdicts
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import write_table, write_text

SEASONS_FILE, MEASURES_FILE, VERDICT_FILE = "seasons.csv", "measures.csv", "verdict.json"
MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True)
class Finished:
    """Seasons, pooled and judged. fires: a row an ignition."""

    scenario: Scenario
    fires: pd.DataFrame
    sums: BySeason
    measures: tuple[Measured, ...]
    verdicts: Verdicts

    @property
    def seasons(self) -> int:
        """How many."""
        return len(self.sums.fires)

    @property
    def recorded(self) -> pd.DataFrame:
        """The forest fires among the ignitions."""
        return self.fires[self.fires["recorded"].astype(bool)]


def pooled(scenario: Scenario, fires: pd.DataFrame, seasons: int) -> Finished:
    """Pool and judge the ignitions of seasons 0 to seasons - 1."""
    sums = by_season(scenario, fires, seasons)
    verdicts = judge_seasons(scenario.plan, sums)
    return Finished(scenario, fires, sums, tuple(all_measured(sums)), verdicts)


def write(found: Finished, home: Path, seed: int, changes: Mapping[str, str], begun: str) -> None:
    """Write the tables, the verdicts and the manifest into a folder."""
    _csv(found.fires, home / FILE)
    _csv(_by_season(found.sums), home / SEASONS_FILE)
    _csv(_measures(found.measures), home / MEASURES_FILE)
    write_text(home / VERDICT_FILE, found.verdicts.to_json() + "\n")
    told = _manifest(found, seed, changes) | {"started": begun, "finished": now()}
    write_text(home / MANIFEST_FILE, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _manifest(found: Finished, seed: int, changes: Mapping[str, str]) -> dict[str, Any]:
    scenario, same = found.scenario, identity(found.scenario, seed)
    assumed = [p.name for p in scenario.parameters.values() if p.mark == "assumption"]
    return {
        "scenario": scenario.id,
        "scenario_sha256": same["scenario"],
        "code_sha256": same["code"],
        "seed": seed,
        "set": dict(changes),
        "seasons": found.seasons,
        "seasons_with_a_fire": int((found.sums.fires > 0.0).sum()),
        "recorded_fires": int(found.sums.fires.sum()),
        "ignitions": int(found.sums.alarms.sum()),
        "district_forest_ha": found.sums.forest_ha,
        "targets_judged": [found.verdicts.judged, len(found.verdicts)],
        "versions": versions(),
        "assumed_rows": assumed_rows(scenario),
        "assumed_parameters": sorted(assumed),
    }


def _by_season(sums: BySeason) -> pd.DataFrame:
    return pd.DataFrame({
        "season": range(len(sums.fires)),
        "ignitions": sums.alarms.astype(int),
        "recorded_fires": sums.fires.astype(int),
        "out_24h": sums.out_in_time.astype(int),
        "burnt_forest_ha": sums.burnt_ha,
        "damaged_ha": sums.damaged_ha,
        "damage_permille": 1000.0 * sums.damaged_ha / sums.forest_ha,
    })  # fmt: skip


def _measures(found: tuple[Measured, ...]) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "measure": m.measure.name, "unit": m.measure.unit, "estimate": m.found.estimate,
            "low": _finite(m.found.low), "high": _finite(m.found.high), "seasons": m.seasons,
        }
        for m in found
    ])  # fmt: skip


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def _csv(frame: pd.DataFrame, path: Path) -> None:
    write_table(path, frame.to_csv(index=False, lineterminator="\n"))
