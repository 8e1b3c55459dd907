"""Whether a plan's targets can be judged: the measures exist and their limits make sense."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anlan.analysis.words import word
from anlan.analysis.words.errors import in_words
from anlan.sim import folder_of, load
from anlan.sim.scenario.errors import BadInput, bad_key, nearest, shown, worded
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.scenario.toml import Toml, read_toml

FILE = "plan.toml"


def load_judged(name: str, changes: Mapping[str, str], lang: str) -> Scenario:
    """The scenario, whose plan's targets can all be judged. Raises BadInput."""
    scenario = load(name, changes)
    check_targets(scenario, name, changes, lang)
    return scenario


def check_targets(
    scenario: Scenario, name: str | Path, settings: Mapping[str, str], lang: str
) -> None:
    """Raise BadInput, with file, row and key, for the first target that cannot be judged."""
    for i, target in enumerate(scenario.plan.targets):
        found = _fault(target, lang)
        if found is not None:
            key, problem = found
            changed = f"target.{target.id}.{key}"
            if changed in settings:
                raise BadInput(
                    worded(
                        "--set {key}={value}: {problem}",
                        key=shown(changed),
                        value=shown(settings[changed]),
                        problem=problem,
                    )
                )
            raise _plan(name).wrong(
                worded("{where}: {problem}", where=target.id, problem=problem), "target", key, i
            )


def _fault(target: Target, lang: str) -> tuple[str, str] | None:
    """(key, what is wrong with it), or None."""
    from anlan.analysis.measures.registry import MEASURES
    from anlan.analysis.measures.seasonal import SEASONAL
    from anlan.analysis.measures.structural import STRUCTURAL

    if target.kind == "not_in_model":
        return None
    of_kind: dict[str, Mapping[str, Any]] = {
        "structural": STRUCTURAL,
        "performance": MEASURES,
        "season": SEASONAL,
    }
    known = of_kind[target.kind]
    name = target.measure
    if name not in known:
        other = next((kind for kind, names in of_kind.items() if name in names), None)
        if other is not None:
            return "kind", word("cli.bad.kind", lang, name=name, kind=target.kind, right=other)
        near = in_words(nearest(name, known), lang)
        return "measure", word("cli.bad.measure", lang, name=shown(name), near=near)
    if known[name].unit == "share" and not 0.0 <= target.limit <= 1.0:
        limit = f"{target.limit:g}"
        return "limit", word("cli.bad.limit", lang, name=name, limit=limit)
    return None


def _plan(name: str | Path) -> Toml:
    try:
        return read_toml(folder_of(name), FILE, ("title", "source", "target"))
    except BadInput:  # the file was there a moment ago
        raise bad_key(worded("a target cannot be judged"), FILE, "target") from None
