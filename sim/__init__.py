"""anlan's simulation: what happens. The public face.

import sim
scenario = sim.load("haimen-typhoon")
ledger = sim.run(scenario, seed=1)                # facts of one run
runs = sim.replicate(scenario, runs=50, seed=1)   # facts of many
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.ledger import Ledger
    from sim.scenario.errors import BadInput
    from sim.scenario.read import load
    from sim.scenario.schema import Scenario
    from sim.study import Runs, replicate

__all__ = ["BadInput", "Ledger", "Runs", "Scenario", "load", "replicate", "run"]

_WHERE = {
    "BadInput": "sim.scenario.errors",
    "Ledger": "sim.ledger",
    "Runs": "sim.study",
    "Scenario": "sim.scenario.schema",
    "load": "sim.scenario.read",
    "replicate": "sim.study",
}


def __getattr__(name: str) -> Any:
    """Import late: `anlan --help` must not pay for numpy and Mesa."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)


def run(scenario: Scenario, seed: int = 1, run: int = 0) -> Ledger:
    """Play one run of a scenario and return its facts.

    The same (scenario, seed, run) gives the same tables to the bit.
    """
    from sim.engine import prepare

    return prepare(scenario).run(seed, run)
