"""The sheet that says why targets are not met: each link that late cases waited for, as numbers."""

from __future__ import annotations

from collections.abc import Iterator

from anlan.analysis.explain.counted import has_failed
from anlan.analysis.explain.explanation import Explanation, explained
from anlan.analysis.exports.sheet import Cell, Share, Sheet, cell, told_sheet
from anlan.analysis.results.folder import Results
from anlan.analysis.study.naming import unit_text, what_unit
from anlan.analysis.words import word
from anlan.analysis.words.names import said

KEYS = ("target", "link", "share", "low", "high", "alone", "never", "cases", "gain", "gain_unit",
        "agrees", "says")  # fmt: skip
AFTER_LINK = len(KEYS) - 3  # columns between the link and what is said in words


def why_sheet(results: Results, lang: str) -> Sheet | None:
    """A row a target and link, all that `anlan explain` counts; None where no target fails by time.

    What is said in a sentence of a target stands in its first row.
    """
    if not has_failed(results):
        return None
    rows = list(_rows(explained(results), lang))
    return told_sheet(word("book.why", lang), "why", KEYS, rows, (0, 1, len(KEYS) - 1), lang)


def _rows(found: Explanation, lang: str) -> Iterator[list[Cell]]:
    sentences = found.sentences(lang)
    for target in found.targets:
        called, says = said(target.text, lang), sentences[target.id]
        links = found.links[found.links["target"] == target.id].to_dict("records")
        tried = found.gains[found.gains["target"] == target.id].to_dict("records")
        gains = {row["link"]: row for row in tried}
        unit = what_unit(target.measure)
        for row in links:
            gain = gains.get(row["link"])
            shares = [cell(row[key], "share") for key in ("share", "low", "high")]
            yield [
                called,
                word(f"link.{row['link']}", lang),
                *shares,
                Share(row["alone"]),
                Share(row["never"]),
                float(row["cases"]),
                cell(float(gain["gain"]), unit) if gain and gain["pairs"] else None,
                unit_text(unit, lang) if gain and gain["pairs"] else "",
                word(f"agrees.{gain['agrees']}", lang) if gain else "",
                says,
            ]
            says = ""
        if not links:
            yield [called, "", *[None] * (AFTER_LINK - 2), "", "", says]
