"""How to make a study's numbers again: what was changed, and the command that says so."""

from __future__ import annotations

from typing import Any

from anlan.sim.scenario.schema import Scenario


def command(scenario: Scenario, facts: dict[str, Any]) -> str:
    """The command that makes these numbers again, or an empty text where none is known.

    `facts` is the manifest. A folder of one's own has no name that holds elsewhere.
    """
    changes = changes_of(scenario)
    if changes is None:
        return ""
    sets = "".join(f" --set {key}={value}" for key, value in changes.items())
    return f"anlan run {scenario.id} --runs {facts['runs']} --seed {facts['seed']}{sets}"


def changes_of(scenario: Scenario) -> dict[str, str] | None:
    """What --set makes this scenario of the one that ships; None where nothing does."""
    from anlan import sim
    from anlan.analysis.outputs import scenario_text

    try:
        shipped = sim.load(scenario.id)
        changes = _differences(shipped, scenario)
        same = scenario_text(sim.load(scenario.id, changes)) == scenario_text(scenario)
    except (sim.BadInput, OSError):
        return None
    return changes if same else None


def _differences(shipped: Scenario, scenario: Scenario) -> dict[str, str]:
    """Settings and parameters that differ from the shipped scenario, as --set takes them."""
    changes: dict[str, str] = {}
    for block in ("settings", "hazard", "policy"):
        old, new = getattr(shipped, block).model_dump(), getattr(scenario, block).model_dump()
        changes |= {f"{block}.{k}": str(v) for k, v in new.items() if v != old[k]}
    for name, p in scenario.parameters.items():
        if name in shipped.parameters and p.value != shipped.parameters[name].value:
            changes[f"parameters.{name}"] = repr(p.value)
    return changes
