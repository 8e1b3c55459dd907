"""The files that every finished study leaves, and their columns."""

from __future__ import annotations

from typing import Any

from anlan.sim.study import FAILURES

MEASURES_FILE, VARIANTS_FILE, TARGETS_FILE, FAILURES_FILE = (
    f"{name}.parquet" for name in ("measures", "variants", "targets", FAILURES)
)
OUTCOMES_FILE = "outcomes.parquet"  # where [outputs] outcomes names any
OUTCOME_COLUMNS = ("measure", "unit", "estimate", "low", "high", "median", "runs",
                   "applicable_runs")  # fmt: skip
STUDY_FILE, SCENARIO_FILE, MANIFEST_FILE, DICTIONARY_FILE = (
    "study.json",
    "scenario.json",
    "manifest.json",
    "dictionary.csv",
)
VERDICT_FILE, MEASURES_CSV = "verdict.json", "measures.csv"  # where there is one variant
FAILURE: dict[str, Any] = {"seed": "int64", "error": object, "message": object, "at": object}
TARGET_COLUMNS = ("id", "kind", "measure", "estimate", "low", "high", "runs", "applicable_runs",
                  "verdict", "hinge", "hinge_value", "turns_at")  # fmt: skip
POINT = "@place"  # ends the name of the column that holds a factor's place from 0 to 1
# Of a folder of results. 1 were those of 0.1, in which runs had no variant; 2 had no checksums.
FORMAT = 3
