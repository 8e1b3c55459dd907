"""Pages of what the code lists: parameters, measures, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.analysis.measures.measure import WORST, Measure
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.seasonal import SEASONAL, Seasonal
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.words import FALLBACK, trait, word
from anlan.analysis.words.ledger import column_types, column_words, ledger_tables
from anlan.analysis.words.names import said
from anlan.app.docs.markdown import NOTE, head, in_one_line, languages, paragraphs, table
from anlan.sim import PHASES, shipped_parameters
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Parameter

MARKS = ("found", "known", "assumption")


def parameters() -> str:
    """docs/parameters.md: every number that the model uses."""
    groups: dict[str, list[Parameter]] = {}
    for p in shipped_parameters().values():
        groups.setdefault(p.name.split(".")[0], []).append(p)
    marks = [str(p.mark) for group in groups.values() for p in group]
    counts = ", ".join(f"{marks.count(mark)} {mark}" for mark in MARKS)
    out = [f"# {in_one_line('docs.parameters')}\n\n{NOTE}"]
    out += paragraphs("docs.parameters.text", n=len(marks), counts=counts)
    heads = ["name", "value", "unit", "range", "mark", *head("docs.what"), "source"]
    for group, rows in sorted(groups.items()):
        out += [f"## {group}\n", table(heads, (_parameter(p) for p in rows))]
    return "\n".join(out)


def _parameter(p: Parameter) -> list[str]:
    span = f"{_number(p.low)} – {_number(p.high)}"
    what = (said(p, lang) for lang in languages())
    return [f"`{p.name}`", _number(p.value), p.unit, span, p.mark, *what, p.source]


def _number(value: float) -> str:
    return f"{value:.10g}"


def measures() -> str:
    """docs/measures.md: every measure that a plan can be judged by."""
    out = [f"# {in_one_line('docs.measures')}\n\n{NOTE}", *paragraphs("docs.measures.text")]
    asked = ("docs.worst_town", "docs.better", "docs.population")
    heads = ["name", "unit", *map(in_one_line, asked), *head("docs.definition")]
    registries: dict[str, Mapping[str, Any]] = {
        "docs.measures.of_runs": MEASURES,
        "docs.measures.structural": STRUCTURAL,
        "docs.measures.seasonal": SEASONAL,
    }
    for title, registry in registries.items():
        rows = (
            _measure(measure, f"{name}{WORST}" in registry)
            for name, measure in registry.items()
            if not name.endswith(WORST)
        )
        out += [f"## {in_one_line(title)}\n", table(heads, rows)]
    return "\n".join(out)


def _measure(measure: Any, by_town: bool) -> list[str]:
    share = measure.unit == "share"
    unit = "share (0 to 1)" if share else word(f"unit.{measure.unit}", FALLBACK)
    said_ = (
        measure.label(lang) + trait("colon", lang) + measure.definition(lang)
        for lang in languages()
    )
    better = measure.better if isinstance(measure, Measure | Seasonal) else "none"
    return [
        f"`{measure.name}`",
        unit,
        in_one_line("docs.yes") if by_town else "",
        in_one_line(f"docs.better.{better}") if better != "none" else "",
        _population(measure),
        *said_,
    ]


def _population(measure: Any) -> str:
    """Over whom it is taken, where it is said what is better."""
    if not isinstance(measure, Measure) or measure.better == "none":
        return ""
    return in_one_line(f"population.{measure.over.name}")


def ledger() -> str:
    """docs/ledger.md: the data dictionary of the facts."""
    out = [f"# {in_one_line('docs.ledger')}\n\n{NOTE}"]
    out += paragraphs("docs.ledger.text", never=NEVER)
    for name, columns in ledger_tables().items():
        kinds = column_types(name)
        rows = (
            [
                f"`{column}`",
                "str" if kinds[column].hasobject else str(kinds[column]),
                unit,
                *(column_words(name, column)[lang] for lang in languages()),
            ]
            for column, unit in columns.items()
        )
        out += [f"## {name}\n", table(["column", "type", "unit", *head("docs.what")], rows)]
    return "\n".join(out)


def phases() -> str:
    """docs/phases.md: what happens in a tick, in order."""
    out = [f"# {in_one_line('docs.phases')}\n\n{NOTE}", *paragraphs("docs.phases.text")]
    heads = ["", "name", *head("docs.what")]
    rows = (
        [str(n), f"`{phase.name}`", *(said(phase, lang) for lang in languages())]
        for n, phase in enumerate(PHASES, 1)
    )
    out.append(table(heads, rows))
    return "\n".join(out)
