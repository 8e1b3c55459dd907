"""What command cannot work with: a policy that is in no table."""

from __future__ import annotations

from anlan.sim.command.tables import TABLES
from anlan.sim.scenario.errors import Slips, nearest, shown, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


def check_policies(scenario: Scenario, at: Places) -> None:
    """Raise BadInput when [policy] names a policy that is not in its table."""
    named = {key: getattr(scenario.policy, key) for key in TABLES}
    wrong = {key: name for key, name in named.items() if name not in TABLES[key]}
    if wrong:
        _tell(wrong, at)


def _tell(wrong: dict[str, str], at: Places) -> None:
    slips = Slips()
    for key, name in wrong.items():
        near = nearest(name, TABLES[key])
        with slips:
            problem = worded("no policy {name}; {near}", name=shown(name), near=near)
            raise at.wrong_key(problem, "scenario.toml", "policy", key)
    slips.raise_first()
