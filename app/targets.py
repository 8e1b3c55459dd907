"""Whether a plan's targets can be judged: the measures exist and their limits make sense."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from anlan.analysis.words import word
from anlan.analysis.words.errors import in_words
from anlan.sim import Places, folder_of, load_as, override
from anlan.sim.scenario.errors import BadInput, Slips, nearest, one_line, shown, worded
from anlan.sim.scenario.schema import Scenario, Target

FILE = "plan.toml"


def load_judged(name: str, changes: Mapping[str, str], lang: str) -> Scenario:
    """The scenario, whose plan's targets can all be judged. Raises BadInput."""
    scenario = load_as(Scenario, folder_of(name), (partial(_check_plan, lang),))
    if not changes:
        return scenario
    scenario = override(scenario, changes)
    check_changed(scenario, changes, lang)
    return scenario


def _check_plan(lang: str, scenario: Scenario, at: Places) -> None:
    """Raise BadInput, with file, row and key, for targets that cannot be judged."""
    slips = Slips()
    for i, target in enumerate(scenario.plan.targets if hasattr(scenario, "plan") else ()):
        if found := _fault(target, lang):
            key, fault = found
            problem = worded("{where}: {problem}", where=target.id, problem=fault)
            slips.note(at.wrong_key(problem, FILE, "target", key, i))
    slips.raise_first()


def check_changed(scenario: Scenario, changes: Mapping[str, str], lang: str) -> None:
    """Raise BadInput for targets that cannot be judged as `--set` has them."""
    slips = Slips()
    for target in scenario.plan.targets:
        if found := _fault(target, lang):
            key, fault = found
            named = f"target.{target.id}.{key}"
            mine = {named: changes[named]} if named in changes else changes
            told = ", ".join(f"{shown(k)}={shown(v)}" for k, v in mine.items())
            problem = worded("{where}: {problem}", where=target.id, problem=fault)
            slips.note(
                BadInput(one_line(worded("--set {told}: {error}", told=told, error=problem)))
            )
    slips.raise_first()


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
