"""The sheet that lists who was not reached in time, and what they waited for."""

from __future__ import annotations

from anlan.analysis.exports.sheet import Cell, Share, Sheet, cell, told_sheet
from anlan.analysis.plots.why_worst import cause_name
from anlan.analysis.results.folder import Results
from anlan.analysis.results.unreached import unreached_list, waited_for
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of, names

KEYS = ("id", "place", "town", "lack", "waited", "cause", "persons", "low", "high", "most",
        "runs")  # fmt: skip


def unreached_sheet(results: Results, lang: str) -> Sheet | None:
    """A row a place, what was lacked and what it waited for; None where all were reached."""
    found = unreached_list(results)
    if not len(found):
        return None
    scenario = results.scenario
    called, towns = names(scenario, lang), {t.town: name_of(t, lang) for t in scenario.towns}
    town = {c.community: towns[c.town] for c in scenario.communities}
    rows: list[list[Cell]] = [
        [row["place"], called.get(row["place"], row["place"]), town.get(row["place"], ""),
         word(f"lack.{row['lack']}", lang), waited_for(row["links"], bool(row["never"]), lang),
         cause_name(results, row["cause"], lang),
         *(cell(float(row[c]), "person") for c in ("persons", "low", "high", "most")),
         Share(row["runs_share"])]
        for row in found.to_dict("records")
    ]  # fmt: skip
    return told_sheet(word("book.unreached", lang), "unreached", KEYS, rows, (1, 4), lang)
