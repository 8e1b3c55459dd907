"""What the runs mean: measures, verdicts, pictures, the report.

The names below are loaded when first asked for, so importing the package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "MEASURES": "anlan.analysis.measures",
    "STRUCTURAL": "anlan.analysis.structural",
    "Results": "anlan.analysis.results",
    "Verdict": "anlan.analysis.verdict",
    "Verdicts": "anlan.analysis.verdict",
    "digest": "anlan.analysis.digests",
    "evaluate": "anlan.analysis.outputs",
    "Study": "anlan.analysis.study.schema",
    "conduct": "anlan.analysis.study.conduct",
    "load": "anlan.analysis.study.data",
    "judge": "anlan.analysis.verdict",
    "measure_run": "anlan.analysis.measures",
    "rebuild": "anlan.analysis.outputs",
    "source_text": "anlan.analysis.words",
    "unknown_measures": "anlan.analysis.verdict",
    "word": "anlan.analysis.words",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
