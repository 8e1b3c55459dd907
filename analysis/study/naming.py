"""What studies' pictures call things, in either language."""

from __future__ import annotations

from collections.abc import Mapping

from anlan.analysis.measures import MEASURES
from anlan.analysis.results import names
from anlan.analysis.words import word, words
from anlan.sim.scenario.schema import Scenario, Target

NO_UNIT = ("", "-", "1", "share", "ratio", "unit", "count")
Labels = Mapping[str, str]  # factor -> what a reader sees


def what_label(what: str | Target, lang: str) -> str:
    """A target's text or a measure's label; an unknown measure keeps its name."""
    if isinstance(what, Target):
        return what.text.zh if lang == "zh" else what.text.en
    return MEASURES[what].label(lang) if what in MEASURES else what


def what_unit(what: str | Target) -> str:
    """The unit of what is compared: a share for a target on runs, else the measure's."""
    if isinstance(what, Target):
        if what.at_least is not None:
            return "share"
        what = what.measure
    return MEASURES[what].unit if what in MEASURES else ""


def unit_text(unit: str, lang: str) -> str:
    return word(f"unit.{unit}", lang) if unit else ""


def factor_labels(scenario: Scenario, factors: tuple[str, ...], lang: str) -> dict[str, str]:
    """Dotted name -> words: a parameter's description and unit, a team's name and the column.

    A name that is none of the scenario's stays as it is.
    """
    return {name: _factor(scenario, name, lang) for name in factors}


def _factor(scenario: Scenario, name: str, lang: str) -> str:
    section, _, rest = name.partition(".")
    if section == "parameters" and rest in scenario.parameters:
        row = scenario.parameters[rest]
        said = row.zh if lang == "zh" else row.en
        if row.unit in NO_UNIT:
            return said
        unit = words().get(f"unit.{row.unit}", {}).get(lang, row.unit)
        return f"{said}（{unit}）" if lang == "zh" else f"{said} ({unit})"
    holder, _, column = rest.rpartition(".")
    called = names(scenario, lang)
    if holder not in called:
        return name
    gap = " · " if lang == "zh" else ", "
    return called[holder] + gap + (called.get(column, column) if section == "stock" else column)
