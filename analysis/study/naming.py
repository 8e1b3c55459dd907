"""What measures, targets, factors and variants are called in a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.text.numbers import unit_word
from anlan.analysis.verdict.target import on_share_of_runs
from anlan.analysis.words import LANGS, trait, words
from anlan.analysis.words.names import names, said
from anlan.sim.scenario.errors import BadInput, either, nearest, shown, worded
from anlan.sim.scenario.schema import Scenario, Target

if TYPE_CHECKING:
    import pandas as pd

NO_UNIT = ("", "-", "1", "share", "ratio", "unit", "count")
Labels = Mapping[str, str]  # factor -> what a reader sees


def what_label(what: str | Target, lang: str) -> str:
    """A target's text or a measure's label; an unknown measure keeps its name."""
    if isinstance(what, Target):
        return said(what.text, lang)
    if what in STRUCTURAL:
        return STRUCTURAL[what].label(lang)
    return MEASURES[what].label(lang) if what in MEASURES else what


def measure_named(text: str, known: Sequence[str]) -> str:
    """The one of some measures that a name, or a label in any language, means. Raises BadInput."""
    if text in known:
        return text
    labels = {name: {what_label(name, lang) for lang in LANGS} for name in known}
    meant = [name for name, some in labels.items() if text.strip() in some]
    if len(meant) > 1:
        raise BadInput(
            worded(
                "measure {text}: several are called so; write {words}",
                text=shown(text),
                words=either(meant),
            )
        )
    if meant:
        return meant[0]
    others = known if text.isascii() else sorted({one for some in labels.values() for one in some})
    raise BadInput(
        worded(
            "measure {text}: not in the data; {near}", text=shown(text), near=nearest(text, others)
        )
    )


def what_unit(what: str | Target) -> str:
    """The unit of what is compared: a share for a target on runs, else the measure's."""
    if isinstance(what, Target):
        if on_share_of_runs(what):
            return "share"
        what = what.measure
    return MEASURES[what].unit if what in MEASURES else ""


def unit_text(unit: str, lang: str) -> str:
    """A unit in words; nothing for none."""
    return unit_word(unit, lang) if unit else ""


def factor_labels(scenario: Scenario, factors: tuple[str, ...], lang: str) -> dict[str, str]:
    """Dotted name -> words: a parameter's description and unit, a team's name and the column.

    A name that is none of the scenario's stays as it is.
    """
    return {name: _factor(scenario, name, lang) for name in factors}


def _factor(scenario: Scenario, name: str, lang: str) -> str:
    section, _, rest = name.partition(".")
    if section == "parameters" and rest in scenario.parameters:
        row = scenario.parameters[rest]
        if row.unit in NO_UNIT:
            return said(row, lang)
        unit = words().get(f"unit.{row.unit}", {}).get(lang, row.unit)
        return trait("with_unit", lang, text=said(row, lang), unit=unit)
    holder, _, column = rest.rpartition(".")
    called = names(scenario, lang)
    if holder not in called:
        return name
    part = called.get(column, column) if section == "stock" else column
    return called[holder] + trait("between_parts", lang) + part


def variant_names(variants: pd.DataFrame, factors: Sequence[str]) -> dict[str, str]:
    """Number of a variant, as a text -> what it sets; nothing where there is no factor."""
    if not factors:
        return {}
    return {
        str(row["variant"]): " · ".join(
            f"{name.rpartition('.')[2]} {_value(row[name])}" for name in factors
        )
        for row in variants.to_dict("records")
    }


def _value(value: object) -> str:
    return value if isinstance(value, str) else format(value, ",.6g")
