"""The places that were hit hardest: a short table, whose columns are those that hold anything."""

from __future__ import annotations

from typing import Any

from anlan.analysis.results.folder import Results
from anlan.analysis.results.place_means import (
    LATE_SHARE,
    WORST_FIRST,
    mean_columns,
    place_means,
    worst_first,
)
from anlan.analysis.text.numbers import amount
from anlan.analysis.words import word
from anlan.analysis.words.names import names

MOST = 10
SHOWN = (*WORST_FIRST, LATE_SHARE, "max_depth_m", "power_out_h")


def shown_places(results: Results, lang: str) -> dict[str, Any]:
    """`heads` (what a column means), `rows` of cells, led by the place's name, and `text`."""
    found = worst_first(place_means(results)).head(MOST)
    units = mean_columns() | {LATE_SHARE: "share"}
    columns = [c for c in SHOWN if found[c].fillna(0.0).any()]
    called = names(results.scenario, lang)
    rows = [
        [called[row["community"]], *(amount(float(row[c]), units[c], lang) for c in columns)]
        for row in found.to_dict("records")
    ]
    heads = [word("report.places.name", lang), *(head(c, lang) for c in columns)]
    return {"heads": heads, "rows": rows, "text": word("report.places.text", lang, n=len(rows))}


def head(column: str, lang: str) -> str:
    """What a column of the means over the runs is called."""
    return word(f"column.digest.places.{column}", lang)
