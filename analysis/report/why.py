"""The section that says why targets are not met, right after the verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from anlan.analysis.chains.targets import counted, has_chain
from anlan.analysis.explain.confirmed import FEWEST
from anlan.analysis.explain.counted import has_failed
from anlan.analysis.explain.explanation import Explanation, explained
from anlan.analysis.plots.pictures import WHY
from anlan.analysis.results.folder import Results
from anlan.analysis.study.naming import what_unit
from anlan.analysis.text.numbers import amount, ends_text, number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import said

if TYPE_CHECKING:
    from anlan.sim.scenario.schema import Target

HEADS = ("share", "interval", "alone", "never", "cases", "gain", "agrees")
LEAST = 0.01  # share of late cases: rarer links are in the table of `anlan explain` alone


def why(results: Results, pictures: Sequence[dict[str, str]], lang: str) -> dict[str, Any]:
    """`sentences`, `tables` of links (with heads and rows) and the `pictures` that belong to them.

    `there` is false where no target fails by time.
    """
    if not has_failed(results):
        return {"there": False}
    found = explained(results)
    told = found.sentences(lang)
    return {
        "there": True,
        "text": word("report.why.text", lang, confidence="95"),
        "sentences": [told[target.id] for target in found.targets],
        "heads": [word(f"why.head.{head}", lang) for head in HEADS],
        "first": word("why.head.link", lang),
        "tables": list(_tables(found, lang)),
        "pictures": [picture for picture in pictures if picture["name"] in WHY],
        "untried": "" if len(found.gains) else word("report.why.no_experiment", lang),
    }


def _tables(found: Explanation, lang: str) -> Iterator[dict[str, Any]]:
    for target in found.targets:
        rows = found.links[found.links["target"] == target.id]
        if has_chain(target) and len(rows):
            cases = word(f"case.{counted(target)}", lang)
            head = word("cli.explain.title", lang, target=said(target.text, lang), cases=cases,
                        runs=int(rows["runs"].iloc[0]))  # fmt: skip
            yield {"title": head, "rows": list(link_rows(target, found, lang))}


def link_rows(target: Target, found: Explanation, lang: str) -> Iterator[list[str]]:
    """What each link of a target is called, then the cells of `HEADS`."""
    gains = found.gains[found.gains["target"] == target.id]
    tried = {row["link"]: row for row in gains.to_dict("records")}
    unit = what_unit(target.measure)
    rows = found.links[(found.links["target"] == target.id) & (found.links["share"] >= LEAST)]
    for row in rows.to_dict("records"):
        gain = agrees = ""
        if other := tried.get(row["link"]):
            agrees = word(f"agrees.{other['agrees']}", lang)
            if other["pairs"]:
                gain = amount(other["gain"], unit, lang)
                if other["pairs"] >= FEWEST:
                    gain += f" ({ends_text(other['low'], other['high'], unit, lang)})"
        yield [
            word(f"link.{row['link']}", lang),
            percent(row["share"]),
            ends_text(row["low"], row["high"], "share", lang),
            percent(row["alone"]),
            percent(row["never"]),
            number(row["cases"]),
            gain,
            agrees,
        ]
