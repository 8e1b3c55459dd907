"""What a scenario's own rows and texts are called in a language.

A scenario names its things in the languages that its tables have columns for; where one lacks the
language that is asked for, the name in `FALLBACK` stands, and where that is empty any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.analysis.words import FALLBACK, LANGS, trait

if TYPE_CHECKING:
    from anlan.sim import Scenario


def said(texts: Any, lang: str) -> str:
    """A text that stands in several languages (an attribute each), in one of them."""
    return str(getattr(texts, lang, None) or getattr(texts, FALLBACK))


def name_of(row: Any, lang: str) -> str:
    """The name of a row of a scenario's tables, such as a town or a team."""
    here = getattr(row, f"name_{lang}", None) or getattr(row, f"name_{FALLBACK}")
    return str(here or next(filter(None, (getattr(row, f"name_{one}", "") for one in LANGS)), ""))


def names(scenario: Scenario, lang: str) -> dict[str, str]:
    """Every id of a table's rows with its name in a language; a road is named by its two ends."""
    from anlan.sim.scenario.registry import Table, entries

    town = {t.town: name_of(t, lang) for t in scenario.towns}
    found = {
        c.community: _in_town(name_of(c, lang), town[c.town], lang) for c in scenario.communities
    }
    for entry in entries(type(scenario)):
        part, named = entry.part, f"name_{FALLBACK}" in entry.row.model_fields
        if isinstance(part, Table) and len(part.key) == 1 and named:
            for row in entry.of(scenario):
                found.setdefault(getattr(row, part.key[0]), name_of(row, lang))
    for r in scenario.roads:
        found[r.road] = f"{found[r.from_community]} – {found[r.to_community]}"
    return found


def _in_town(name: str, town: str, lang: str) -> str:
    return name if town in name else trait("in_town", lang, name=name, town=town)
