"""What command cannot work with: a policy that is in no table."""

from __future__ import annotations

from anlan.sim.command.tables import TABLES
from anlan.sim.scenario.errors import Slips, nearest, shown, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


def check_policies(scenario: Scenario, at: Places) -> None:
    """Raise BadInput when [policy] names a policy that is not in its table."""
    slips = Slips()
    for key, table in TABLES.items():
        name = getattr(scenario.policy, key)
        if name not in table:
            problem = worded(
                "no policy {name}; {near}", name=shown(name), near=nearest(name, table)
            )
            with slips:
                raise at.wrong_key(problem, "scenario.toml", "policy", key)
    slips.raise_first()
