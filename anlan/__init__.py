"""anlan 安澜: would a district's emergency plan meet its own targets? The public face.

    import anlan

    scenario = anlan.load("haimen-typhoon")
    runs = anlan.replicate(scenario, runs=50, seed=1)
    print(anlan.judge(runs))

The names below are loaded when they are first asked for, so importing the package stays cheap.
The checkout keeps its rooms at its top (`sim/`, `scenarios/`, `analysis/`, `app/`); installed,
all of them stand under this one name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anlan.analysis.results import Results
    from anlan.analysis.study.compare import differences as compare
    from anlan.analysis.study.conduct import conduct as study
    from anlan.analysis.study.schema import Study
    from anlan.analysis.verdict import Verdict, Verdicts, judge
    from anlan.sim import BadInput, Ledger, Runs, Scenario, load, replicate, run

# name -> the module that has it, and what it is called there
_HOME = {
    "BadInput": ("anlan.sim", "BadInput"),
    "Ledger": ("anlan.sim", "Ledger"),
    "Results": ("anlan.analysis.results", "Results"),
    "Runs": ("anlan.sim", "Runs"),
    "Scenario": ("anlan.sim", "Scenario"),
    "Study": ("anlan.analysis.study.schema", "Study"),
    "Verdict": ("anlan.analysis.verdict", "Verdict"),
    "Verdicts": ("anlan.analysis.verdict", "Verdicts"),
    "compare": ("anlan.analysis.study.compare", "differences"),
    "judge": ("anlan.analysis.verdict", "judge"),
    "load": ("anlan.sim", "load"),
    "replicate": ("anlan.sim", "replicate"),
    "run": ("anlan.sim", "run"),
    "study": ("anlan.analysis.study.conduct", "conduct"),
}

__all__ = [
    "BadInput",
    "Ledger",
    "Results",
    "Runs",
    "Scenario",
    "Study",
    "Verdict",
    "Verdicts",
    "compare",
    "judge",
    "load",
    "replicate",
    "run",
    "study",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'anlan' has no attribute {name!r}")
    module, attribute = _HOME[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
