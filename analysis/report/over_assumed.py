"""What a report says of verdicts over what is assumed, beside those over chance."""

from __future__ import annotations

from typing import Any

from anlan.analysis.plots.over_assumptions import over_none
from anlan.analysis.results.folder import Results
from anlan.analysis.results.over_assumptions import OverAssumptions, over_assumptions
from anlan.analysis.statistics.intervals import runs_needed
from anlan.analysis.study.naming import factor_labels
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.verdict.target import on_share_of_runs
from anlan.analysis.words import word
from anlan.analysis.words.names import said


def shown_over(results: Results, lang: str) -> dict[str, Any]:
    """The section: `text` lines, `rows`, and by target what stands beside its verdict.

    Without rows where nothing was played over what is assumed.
    """
    over = over_assumptions(results)
    if over is None:
        return {"texts": [], "rows": [], "beside": {}}
    fill = {"k": len(over.results.factors), "confidence": f"{100 * over.confidence:g}"}
    texts = [word("over.text", lang, sets=over.sets, runs=over.runs, **fill)]
    texts.append(word("over.deciding.text", lang, **fill))
    texts += _too_few(over, lang)
    rows = over_rows(over, lang)
    beside = {row["id"]: row["beside"] for row in rows}
    return {"texts": texts, "rows": rows, "beside": beside}


def over_rows(over: OverAssumptions, lang: str) -> list[dict[str, Any]]:
    """A row a target: share met with its interval, counts, by estimate, what decides it most."""
    labels = factor_labels(over.results.scenario, tuple(over.results.factors), lang)
    told = []
    for row in over.shares.to_dict("records"):
        judged = row["sets"] - row["not_judged"]
        ends = {key: percent(float(row[key])) for key in ("low", "high")}
        share = f"{percent(float(row['share']))} ({ends['low']} – {ends['high']})"
        counts = " / ".join(str(row[key]) for key in ("met", "undecided", "not_met"))
        estimate = f"{percent(float(row['by_estimate']))} ({percent(float(row['by_estimate_low']))}"
        estimate += f" – {percent(float(row['by_estimate_high']))})"
        beside = word("over.beside", lang, sets=judged, met=row["met"], open=row["undecided"],
                      **ends)  # fmt: skip
        unjudged = word("over.unjudged", lang, n=row["not_judged"]) if row["not_judged"] else ""
        told.append({
            "id": row["id"], "text": said(over.results.target(str(row["id"])).text, lang),
            "share": share if judged else "–", "counts": counts,
            "by_estimate": estimate if judged else "–", "unjudged": unjudged,
            "beside": beside if judged else unjudged, "top": _top(over, row["id"], labels, lang),
        })  # fmt: skip
    return told


def _top(over: OverAssumptions, target: str, labels: dict[str, str], lang: str) -> list[str]:
    rows = over.deciding[over.deciding["id"] == target]
    lines = [
        word("over.one", lang, what=labels.get(row["parameter"], row["parameter"]),
             r=number(float(row["correlation"])), low=number(float(row["low_of_all"])),
             high=number(float(row["high_of_all"])), mark=" *" if row["clear"] else "")
        for row in rows.to_dict("records")
    ]  # fmt: skip
    shares = over.shares[over.shares["id"] == target].to_dict("records")
    return lines or [over_none(one, lang) for one in shares]


def _too_few(over: OverAssumptions, lang: str) -> list[str]:
    """Where a set has fewer runs than could ever settle a target on a share of runs as met."""
    asked = [
        (runs_needed(t.at_least, t.confidence), t.at_least)
        for t in over.results.judged()
        if on_share_of_runs(t) and t.at_least is not None and t.at_least < 1.0
    ]
    wanting = [one for one in asked if one[0] > over.runs]
    if not wanting:
        return []
    needed, least = max(wanting)
    return [word("over.too_few", lang, runs=over.runs, least=percent(least), needed=needed)]
