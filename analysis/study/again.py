"""How to make a study's numbers again: what was changed, and the command that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.sim import load
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.registry import Block, Kinds, entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import fingerprint


def command(manifest: Mapping[str, Any]) -> str:
    """The command that makes these numbers again, or an empty text where none is known.

    A folder of one's own has no name that holds elsewhere, and a design is in its study's file.
    """
    changes = manifest["changes"]
    if changes is None or manifest["design"] or manifest["stop"]:
        return ""
    modules = "".join(f" --module {name}" for name in manifest.get("own", {}).get("modules", ()))
    sets = "".join(f" --set {key}={value}" for key, value in changes.items())
    runs, seed = manifest["replications"], manifest["seed"]
    return f"anlan run {manifest['scenario']} --runs {runs} --seed {seed}{sets}{modules}"


def changes_of(scenario: Scenario, given: Mapping[str, str] | None = None) -> dict[str, str] | None:
    """What --set makes this scenario of the one that ships; None where nothing does.

    `given`: what it was made with, as far as that is known.
    """
    wanted, given = fingerprint(scenario), dict(given or {})
    try:
        shipped = load(scenario.id, given)
        if fingerprint(shipped) == wanted:
            return given
        changes = given | _differences(shipped, scenario)
        same = fingerprint(load(scenario.id, changes)) == wanted
    except (BadInput, OSError):
        return None
    return changes if same else None


def _differences(shipped: Scenario, scenario: Scenario) -> dict[str, str]:
    """Blocks, hazards and parameters that differ from the shipped scenario, as --set takes them."""
    changes: dict[str, str] = {}
    old, new = _blocks(shipped), _blocks(scenario)
    for name, block in new.items():
        was = old.get(name, {})
        told = {k: "" if v is None else str(v) for k, v in block.items() if v != was.get(k)}
        changes |= {f"{name}.{key}": text for key, text in told.items()}
    for name, p in scenario.parameters.items():
        if name in shipped.parameters and p.value != shipped.parameters[name].value:
            changes[f"parameters.{name}"] = repr(p.value)
    return changes


def _blocks(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """What --set calls each block and each hazard -> its keys."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries(type(scenario)):
        held = entry.of(scenario)
        if isinstance(entry.part, Block) and not entry.part.fixed and held is not None:
            found[entry.section] = held.model_dump()
        elif isinstance(entry.part, Kinds):
            found |= {f"{entry.section}.{kind}": row.model_dump() for kind, row in held.items()}
    return found
