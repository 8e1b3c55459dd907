"""What the last moments leave in a folder: three tables and where they come from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from anlan.analysis.deadline.found import Deadlines
from anlan.analysis.deadline.played import Asked
from anlan.analysis.study.asked import now
from anlan.analysis.study.manifest import assumed_rows, versions
from anlan.sim.study import code_sha256, fingerprint, write_table, write_text

LAST_FILE, HOURS_FILE, TOWNS_FILE = "deadlines.csv", "hours.csv", "clearance.csv"
MANIFEST_FILE = "manifest.json"
OF = "deadline"  # what the stamp of the folder says that it is of


def identity(asked: Asked, orders: Sequence[str], targets: Sequence[str]) -> dict[str, Any]:
    """What must be the same for a folder to be gone on with."""
    return {
        "of": OF,
        "scenario": fingerprint(asked.scenario),
        "seed": asked.seed,
        "code": code_sha256(),
        "own": {},
        "orders": sorted(orders),
        "targets": sorted(targets),
        "runs": asked.most_runs,
        "step_h": asked.step_h,
    }


def write(found: Deadlines, home: Path, changes: Mapping[str, str], begun: str) -> None:
    """Write the tables and the manifest."""
    for frame, file in (
        (found.last, LAST_FILE), (found.hours, HOURS_FILE), (found.towns, TOWNS_FILE),
    ):  # fmt: skip
        _csv(frame, home / file)
    told = _manifest(found, changes) | {"started": begun, "finished": now()}
    write_text(home / MANIFEST_FILE, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _manifest(found: Deadlines, changes: Mapping[str, str]) -> dict[str, Any]:
    scenario, asked = found.scenario, found.asked
    assumed = [p.name for p in scenario.parameters.values() if p.mark == "assumption"]
    return {
        "scenario": scenario.id,
        "scenario_sha256": fingerprint(scenario),
        "code_sha256": code_sha256(),
        "seed": asked.seed,
        "set": dict(changes),
        "most_runs": asked.most_runs,
        "step_h": asked.step_h,
        "confidence": asked.confidence,
        "hours_that_share_alpha": found.grid.count,
        "event": found.event.kind,
        "event_median_h": found.event.median_h,
        "versions": versions(),
        "assumed_rows": assumed_rows(scenario),
        "assumed_parameters": sorted(assumed),
    }


def _csv(frame: pd.DataFrame, path: Path) -> None:
    write_table(path, frame.to_csv(index=False, lineterminator="\n"))
