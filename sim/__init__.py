"""anlan's simulation: what happens. The public face.

from anlan import sim
scenario = sim.load("haimen-typhoon")
ledger = sim.run(scenario, seed=1)                # facts of one run
runs = sim.replicate(scenario, runs=50, seed=1)   # facts of many
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.sim.scenario.changes import replacing

if TYPE_CHECKING:
    from anlan.sim.checks import load, override
    from anlan.sim.ledger import Ledger
    from anlan.sim.scenario.errors import BadInput
    from anlan.sim.scenario.schema import Scenario
    from anlan.sim.study import Runs, replicate

__all__ = ["BadInput", "Ledger", "Runs", "Scenario", "load", "override", "replicate", "run"]

_WHERE = {
    "BadInput": "anlan.sim.scenario.errors",
    "Ledger": "anlan.sim.ledger",
    "Runs": "anlan.sim.study",
    "Scenario": "anlan.sim.scenario.schema",
    "load": "anlan.sim.checks",
    "override": "anlan.sim.checks",
    "replicate": "anlan.sim.study",
}


def __getattr__(name: str) -> Any:
    """Import late: `anlan --help` must not pay for numpy and Mesa."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)


def _replace(scenario: Scenario, **changes: Any) -> Scenario:
    """What `Scenario.replace` does, wherever the scenario came from."""
    from anlan.sim.checks import replace

    return replace(scenario, **changes)


replacing[:] = [_replace]


def run(scenario: Scenario, seed: int = 1, run: int = 0) -> Ledger:
    """Play one run of a scenario and return its facts.

    The same (scenario, seed, run) gives the same tables to the bit.
    """
    from anlan.sim.engine import prepare

    return prepare(scenario).run(seed, run)
