"""The page of the plans' clauses: how each target of the scenarios that ship is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.seasonal import SEASONAL
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.verdict.judge import structural_verdicts
from anlan.analysis.words import trait
from anlan.analysis.words.names import said
from anlan.app.docs.markdown import NOTE, head, in_one_line, languages, paragraphs, table
from anlan.sim import load, shipped, stress_events
from anlan.sim.scenario.schema import Scenario, Target


def clauses() -> str:
    """docs/clauses.md: each target, its clause, what it is judged by, and whether it is judged."""
    out = [f"# {in_one_line('docs.clauses')}\n\n{NOTE}", *paragraphs("docs.clauses.text")]
    heads = ["id", *head("docs.clauses.target"), "source", *head("docs.clauses.read"),
             in_one_line("docs.clauses.state")]  # fmt: skip
    stress = stress_events()
    for name, title, _ in shipped():
        if name in stress:  # its plan is that of the district's other scenario
            continue
        scenario = load(name)
        names = " ".join(said(title, lang) for lang in languages())
        out += [f"## `{name}` {names}\n", table(heads, _rows(scenario))]
    return "\n".join(out)


def _rows(scenario: Scenario) -> Iterator[list[str]]:
    state = {v.id: v.verdict for v in structural_verdicts(scenario)}
    for target in scenario.plan.targets:
        told = f"verdict.{state[target.id]}" if target.id in state else "docs.clauses.by_runs"
        texts = [said(target.text, lang) for lang in languages()]
        read = [_read(target, lang) for lang in languages()]
        yield [f"`{target.id}`", *texts, target.source, *read, in_one_line(told)]


def _read(target: Target, lang: str) -> str:
    """What it is judged by, in words; or what the model lacks."""
    if target.why is not None:
        return said(target.why, lang)
    registry: dict[str, Mapping[str, Any]] = {"structural": STRUCTURAL, "season": SEASONAL}
    measure = registry.get(target.kind, MEASURES)[target.measure]
    return trait("colon", lang).join((measure.label(lang), measure.definition(lang)))
