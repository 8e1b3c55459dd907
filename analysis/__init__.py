"""What the runs mean: measures, verdicts, comparisons, pictures, the report.

The names below are loaded when first asked for, so importing the package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# room -> the names that it gives
_ROOMS = {
    "compare.differences": ("differences", "one_at_a_time"),
    "digests.digest": ("digest",),
    "measures.registry": ("MEASURES", "measure_run"),
    "measures.structural": ("STRUCTURAL",),
    "pipeline": ("Results", "conduct", "load", "replicate", "show"),
    "study.schema": ("Design", "Factor", "Outputs", "Study"),
    "verdict.judge": ("judge", "unknown_measures"),
    "verdict.stopping": ("Stopping",),
    "verdict.verdict": ("Verdict", "Verdicts"),
    "what_counts.discovery": ("discover",),
    "what_counts.outcomes": ("failing", "outcomes"),
    "what_counts.sensitivity": ("ranked",),
    "words": ("word",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'anlan.analysis' has no attribute {name!r}")
    return getattr(import_module(f"anlan.analysis.{_HOME[name]}"), name)
