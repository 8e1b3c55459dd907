"""What the crews of a forest fire cannot work with: tactics that are in no table."""

from __future__ import annotations

from anlan.sim.fires.edge_work import TACTICS
from anlan.sim.scenario.errors import nearest, shown, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


def check_tactics(scenario: Scenario, at: Places) -> None:
    """Raise BadInput when [policy] names tactics that are not in their table."""
    name = scenario.policy.tactics
    if name not in TACTICS:
        problem = worded("no policy {name}; {near}", name=shown(name), near=nearest(name, TACTICS))
        raise at.wrong_key(problem, "scenario.toml", "policy", "tactics")
