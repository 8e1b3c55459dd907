"""How a stress event is named wherever its results are read."""

from __future__ import annotations

from anlan.analysis.text.numbers import number
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import said
from anlan.sim.scenario.schema import Scenario


def event_text(scenario: Scenario, lang: str) -> str:
    """That the scenario is a stress event and no forecast, how rare and in which way exaggerated.

    Empty for any other scenario.
    """
    settings = scenario.settings
    if settings.event != "stress":
        return ""
    parts = [word("event.stress", lang)]
    if settings.return_period_y is not None:
        parts.append(word("event.return_period", lang, years=number(settings.return_period_y)))
    if settings.exaggeration is not None:
        how = said(settings.exaggeration, lang)
        parts.append(word("event.exaggerated", lang, how=how))
    return trait("between_sentences", lang).join(parts)


def listed_event(return_period_y: float | None, lang: str) -> str:
    """A stress event in a cell of a list."""
    if return_period_y is None:
        return word("event.listed", lang)
    return word("event.listed_years", lang, years=number(return_period_y))
