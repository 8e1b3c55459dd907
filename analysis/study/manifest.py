"""Where the numbers of a finished study come from: manifest.json."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from anlan.analysis.study.again import changes_of
from anlan.analysis.study.asked import now, when_begun
from anlan.analysis.study.checked import CheckedStudy
from anlan.analysis.study.design import text_of
from anlan.analysis.study.edited import edits
from anlan.analysis.study.tables import FAILURES_FILE, FORMAT, MEASURES_FILE
from anlan.sim import chosen_storm, start_time
from anlan.sim.scenario.registry import Numbers, Table, entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import query

PACKAGES = ("anlan", "mesa", "numpy", "scipy", "pandas", "duckdb", "matplotlib", "pydantic")
DRAWN_BY = {"sobol": ("SALib",), "morris": ("SALib",)}  # the library that draws a design's points
# what each key says stands in words/words.csv under `column.manifest.<key>`
MANIFEST = (
    "format", "study", "question", "scenario", "scenario_sha256", "variants_sha256", "code_sha256",
    "changes", "edits", "people_per_row", "event", "storm", "duration_h", "tick_min", "run_starts",
    "utc_offset_h", "seed", "common_random_numbers", "design", "factors", "set", "replications",
    "stop", "outputs", "own",
    "variants", "runs", "failures", "started", "finished", "versions", "targets_judged",
    "assumptions", "assumed_rows", "assumed_parameters",
)  # fmt: skip


def manifest(checked: CheckedStudy, home: Path, judged: tuple[int, int]) -> dict[str, Any]:
    """The manifest of a study whose tables lie in a folder; its keys are those of `MANIFEST`.

    `judged`: how many targets are judged, at least, in each variant, and of how many.
    """
    study, same = checked.study, checked.identity
    changes = _changes(checked)
    runs, failures = (_rows(home / file) for file in (MEASURES_FILE, FAILURES_FILE))
    drawn_by = DRAWN_BY.get(study.design.kind, ()) if study.design else ()
    told = {
        "format": FORMAT,
        "study": study.id,
        "question": study.question.model_dump(),
        "scenario_sha256": same["scenario"],
        "variants_sha256": same["variants"],
        "code_sha256": same["code"],
        "people_per_row": checked.variants.people_per_row(),
        "seed": study.seed,
        "common_random_numbers": study.common_random_numbers,
        "design": study.design.model_dump(exclude_none=True) if study.design else None,
        "factors": [f.model_dump(exclude_none=True) for f in study.factors],
        "set": study.set,
        "replications": study.replications,
        "stop": study.stop.model_dump() if study.stop else None,
        "outputs": study.outputs.model_dump(mode="json"),
        "own": checked.described(),
        "variants": len(checked.variants),
        "runs": runs,
        "failures": failures,
        "started": when_begun(home),
        "finished": now(),
        "versions": versions(drawn_by),
        "changes": changes,
        "edits": edits(checked.scenario, changes),
        "targets_judged": list(judged),
    } | _of_scenario(checked.scenario)
    return {key: told[key] for key in MANIFEST}


def _changes(checked: CheckedStudy) -> dict[str, str] | None:
    """What makes the scenario of one that ships; null for one that does not."""
    return changes_of(checked.scenario, {k: text_of(v) for k, v in checked.study.set.items()})


def _of_scenario(scenario: Scenario) -> dict[str, Any]:
    """What the scenario is, before any factor is set, and what it assumes."""
    assumed = [p.name for p in scenario.parameters.values() if p.mark == "assumption"]
    return {
        "scenario": scenario.id,
        "event": scenario.settings.model_dump(
            include={"event", "return_period_y", "exaggeration"}, mode="json"
        ),
        "storm": chosen_storm(scenario),
        "duration_h": scenario.settings.duration_h,
        "tick_min": scenario.settings.tick_min,
        "run_starts": start_time(scenario).replace(tzinfo=None).isoformat(),
        "utc_offset_h": scenario.settings.utc_offset_h,
        "assumptions": [a.model_dump() for a in scenario.assumptions],
        "assumed_rows": assumed_rows(scenario),
        "assumed_parameters": sorted(assumed),
    }


def _rows(file: Path) -> int:
    counted = query("SELECT count(*) AS rows FROM read_parquet(?)", [str(file)])
    return int(counted["rows"].iloc[0])


def versions(more: Sequence[str] = ()) -> dict[str, str]:
    """The versions that the numbers were made with; `more` packages besides the usual ones."""
    found = {"python": platform.python_version()}
    for name in (*PACKAGES, *more):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # run from the source tree
            found[name] = "source"
    return found


def assumed_rows(scenario: Scenario) -> dict[str, list[int]]:
    """file -> [rows marked as an assumption, all rows] of the tables that the scenario uses."""
    found: dict[str, list[Any]] = {}
    for entry in entries(type(scenario)):
        part, held = entry.part, entry.of(scenario)
        if "mark" not in entry.row.model_fields:
            continue
        if isinstance(part, Table) and (not part.hazard or part.hazard in scenario.hazards):
            found |= {part.file: held} if held or not part.optional else {}
        elif isinstance(part, Numbers):
            found["parameters/*.csv"] = list(held.values())
    return {
        file: [sum(row.mark == "assumption" for row in rows), len(rows)]
        for file, rows in found.items()
    }
