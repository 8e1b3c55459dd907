"""Who was not reached in time, and what they waited for: the longest rows of the list."""

from __future__ import annotations

from typing import Any

from anlan.analysis.plots.why_worst import cause_name
from anlan.analysis.results.folder import Results
from anlan.analysis.results.unreached import unreached_list, waited_for
from anlan.analysis.text.numbers import amount, ends_text, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import names

MOST = 12
HEADS = ("place", "lack", "waited", "cause", "persons", "interval", "runs")


def shown_unreached(results: Results, lang: str) -> dict[str, Any]:
    """`heads`, `rows` of cells and `text`; the whole list is in the workbook."""
    found = unreached_list(results)
    called = names(results.scenario, lang)
    rows = [
        [
            called.get(row["place"], row["place"]),
            word(f"lack.{row['lack']}", lang),
            waited_for(row["links"], bool(row["never"]), lang),
            cause_name(results, row["cause"], lang),
            amount(float(row["persons"]), "person", lang),
            ends_text(float(row["low"]), float(row["high"]), "person", lang),
            percent(float(row["runs_share"])),
        ]
        for row in found.head(MOST).to_dict("records")
    ]
    heads = [word(f"unreached.{key}", lang) for key in HEADS]
    text = word("report.unreached.text", lang, n=len(rows), all=len(found))
    return {"heads": heads, "rows": rows, "text": text}
