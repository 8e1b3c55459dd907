"""anlan 安澜: would a district's emergency plan meet its own targets? The public face.

    import anlan

    scenario = anlan.load("haimen-typhoon")
    runs = anlan.replicate(scenario, runs=50, seed=1)
    print(anlan.judge(runs))

`run` plays one run and gives its facts; `replicate` plays many, `study` a whole study, and
`results` reads a finished folder of either: all three give `Results`, which `judge` judges and
`explain` explains.
`compare` sets results, or scenarios that it plays, beside each other and gives a `Comparison`.
`assumptions` judges a scenario's plan over what is assumed; `deadline` finds the last moment of
each order of a plan. `measure` and `policy` register what is your own.

The names below are loaded when they are first asked for, so importing the package stays cheap.
The checkout keeps its rooms at its top (`sim/`, `scenarios/`, `analysis/`, `app/`); installed,
all of them stand under this one name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anlan.analysis.compare.comparison import Comparison
    from anlan.analysis.deadline.found import Deadlines, deadline
    from anlan.analysis.explain.explanation import explain
    from anlan.analysis.own.measures import measure
    from anlan.analysis.pipeline import Results, assumptions, compare, replicate
    from anlan.analysis.pipeline import conduct as study
    from anlan.analysis.pipeline import load as results
    from anlan.analysis.sizing.asked import size
    from anlan.analysis.study.schema import Study
    from anlan.analysis.verdict.judge import judge
    from anlan.analysis.verdict.verdict import Verdict, Verdicts
    from anlan.sim import BadInput, Ledger, Scenario, load, run
    from anlan.sim.study import policy

# name -> the module that has it, and what it is called there
_HOME = {
    "BadInput": ("anlan.sim", "BadInput"),
    "Comparison": ("anlan.analysis.compare.comparison", "Comparison"),
    "Deadlines": ("anlan.analysis.deadline.found", "Deadlines"),
    "Ledger": ("anlan.sim", "Ledger"),
    "Results": ("anlan.analysis.pipeline", "Results"),
    "Scenario": ("anlan.sim", "Scenario"),
    "Study": ("anlan.analysis.study.schema", "Study"),
    "Verdict": ("anlan.analysis.verdict.verdict", "Verdict"),
    "Verdicts": ("anlan.analysis.verdict.verdict", "Verdicts"),
    "assumptions": ("anlan.analysis.pipeline", "assumptions"),
    "compare": ("anlan.analysis.pipeline", "compare"),
    "deadline": ("anlan.analysis.deadline.found", "deadline"),
    "explain": ("anlan.analysis.explain.explanation", "explain"),
    "judge": ("anlan.analysis.verdict.judge", "judge"),
    "load": ("anlan.sim", "load"),
    "measure": ("anlan.analysis.own.measures", "measure"),
    "policy": ("anlan.sim.study", "policy"),
    "replicate": ("anlan.analysis.pipeline", "replicate"),
    "results": ("anlan.analysis.pipeline", "load"),
    "run": ("anlan.sim", "run"),
    "size": ("anlan.analysis.sizing.asked", "size"),
    "study": ("anlan.analysis.pipeline", "conduct"),
}

__all__ = [
    "BadInput",
    "Comparison",
    "Deadlines",
    "Ledger",
    "Results",
    "Scenario",
    "Study",
    "Verdict",
    "Verdicts",
    "assumptions",
    "compare",
    "deadline",
    "explain",
    "judge",
    "load",
    "measure",
    "policy",
    "replicate",
    "results",
    "run",
    "size",
    "study",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'anlan' has no attribute {name!r}")
    module, attribute = _HOME[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
