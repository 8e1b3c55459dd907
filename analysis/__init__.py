"""What the runs mean: measures, verdicts, pictures, the report.

The names below are loaded when first asked for, so importing the package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "MEASURES": "analysis.measures",
    "STRUCTURAL": "analysis.structural",
    "Results": "analysis.results",
    "Verdict": "analysis.verdict",
    "Verdicts": "analysis.verdict",
    "digest": "analysis.digests",
    "evaluate": "analysis.outputs",
    "Study": "analysis.study.schema",
    "conduct": "analysis.study.conduct",
    "load": "analysis.study.data",
    "judge": "analysis.verdict",
    "measure_run": "analysis.measures",
    "rebuild": "analysis.outputs",
    "source_text": "analysis.words",
    "unknown_measures": "analysis.verdict",
    "word": "analysis.words",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
