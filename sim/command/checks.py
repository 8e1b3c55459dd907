"""What command cannot work with: a policy that is in no table."""

from __future__ import annotations

from anlan.sim.command.policies import DISPATCH, SUPPLY
from anlan.sim.scenario.errors import nearest, shown
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


def check_policies(scenario: Scenario, at: Places) -> None:
    """Raise BadInput when [policy] names a policy that is not in its table."""
    for key, name, table in (
        ("dispatch", scenario.policy.dispatch, DISPATCH),
        ("supply", scenario.policy.supply, SUPPLY),
    ):
        if name not in table:
            problem = f"no policy {shown(name)}; {nearest(name, table)}"
            raise at.wrong_key(problem, "scenario.toml", "policy", key)
