"""What a page shows of finished work, as one file of texts in every language.

The process that played makes it, so that the one that serves the page reads no tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.report.page import told_of
from anlan.analysis.words import LANGS, word
from anlan.analysis.words.names import name_of
from anlan.app.view.frames import frames
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study import write_text

if TYPE_CHECKING:
    from anlan.analysis.compare.comparison import Comparison
    from anlan.analysis.results.folder import Results
    from anlan.analysis.sizing.tables import Sized

CURVES = ("occupants", "places_open", "power_out_persons", "cut_off_persons", "crews_busy",
          "crews_ready")  # fmt: skip
OF_ITEM = ("at_stores", "at_sites", "needed", "persons_short")
MOST_WHY, MOST_MOVED = 8, 20


def tell_results(results: Results, file: Path, whole: bool) -> None:
    """Verdict, why and what broke in every language; curves and the map's hours where `whole`."""
    told = {lang: _of_runs(results, lang) for lang in LANGS}
    facts: dict[str, Any] = {"runs": results.run_count, "told": told, "whole": whole}
    if whole:
        facts["curves"] = _curves(results)
        facts["frames"] = frames(results)
    _write(file, facts)


def _of_runs(results: Results, lang: str) -> dict[str, Any]:
    told = told_of(results, lang)
    why = told["why"]
    return {
        "answer": told["answer"],
        "reached": told["reached"],
        "event": told["event"],
        "verdicts": told["verdicts"],
        "why": list(why["sentences"])[:MOST_WHY] if why["there"] else [],
        "breaks": told["breaks"],
        "notes": told["notes"],
    }


def _curves(results: Results) -> dict[str, Any]:
    """Curve -> hours, the middle of the runs, and nine of ten of them; with each one's names."""
    found = {}
    items = [
        (f"{key}.{item.item}", key, item) for item in results.scenario.items for key in OF_ITEM
    ]
    for name, key, item in [*((name, name, None) for name in CURVES), *items]:
        try:
            hours, values = results.curve(name)
        except BadInput:
            continue
        if not values.size or not np.nanmax(values):
            continue
        low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95), axis=0)
        found[name] = {
            "of": item.item if item is not None else "",
            "label": {lang: word(f"series.{key}", lang) for lang in LANGS},
            "item": {lang: name_of(item, lang) for lang in LANGS} if item is not None else {},
            "unit": item.unit if item is not None and key != "persons_short" else "",
            "hours": _rounded(hours),
            "low": _rounded(low),
            "middle": _rounded(middle),
            "high": _rounded(high),
        }
    return found


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 3) for value in values]


def tell_comparison(found: Comparison, called: Sequence[str], file: Path) -> None:
    """Two plans beside each other in every language."""
    from anlan.analysis.report import compared

    def of(lang: str) -> dict[str, Any]:
        (other,) = found.others
        texts = compared.target_texts(found, lang)
        rows = {row["id"]: row for row in found.verdicts.to_dict("records")
                if row["variant"] == other}  # fmt: skip
        turns = [
            {
                "id": id_,
                "text": texts.get(id_, id_),
                "was": compared.verdict_text(row["base_verdict"], lang),
                "was_state": row["base_verdict"],
                "now": compared.verdict_text(row["verdict"], lang),
                "now_state": row["verdict"],
                "turns": row["turns"],
            }
            for id_, row in rows.items()
        ]
        return {
            "warnings": compared.warnings(found, lang),
            "differs": compared.what_differs(found, other, lang),
            "same": found.same_scenario(other),
            "headline": compared.headline(found, lang),
            "verdicts": turns,
            "targets": _rows(found, compared.turned_first(found), lang),
            "moved": _rows(found, found.moved.beyond.head(MOST_MOVED), lang),
        }

    _write(file, {"called": list(called), "runs": int(found.plans["runs"].min()),
                  "told": _in_each(of)})  # fmt: skip


def _rows(found: Comparison, rows: Any, lang: str) -> list[list[str]]:
    """What it is, both plans, the difference and its interval, pairs."""
    from anlan.analysis.report import compared

    return [[label, *cells[:5]] for label, _, cells in compared.difference_rows(found, rows, lang)]


def tell_size(found: Sized, file: Path) -> None:
    """What would be enough, in every language."""
    from anlan.analysis.sizing.tables import apart_text, headline, rest_text

    def of(lang: str) -> dict[str, Any]:
        shopping = [
            {"what": row[lang], "today": row["today"], "enough": row["enough"],
             "more": row["more"], "cost": row["cost"], "assumed": row["price_mark"] != ""}
            for row in found.shopping.to_dict("records")
        ]  # fmt: skip
        lines = [*rest_text(found.size, lang), *apart_text(found.size, lang)]
        return {"headline": headline(found, lang), "lines": lines, "shopping": shopping}

    _write(file, {"outcome": found.outcome, "told": _in_each(of)})


def _in_each(of: Callable[[str], Mapping[str, Any]]) -> dict[str, Any]:
    return {lang: of(lang) for lang in LANGS}


def _write(file: Path, facts: Mapping[str, Any]) -> None:
    write_text(file, json.dumps(facts, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    """Numbers of numpy as Python's own."""
    return value.item() if isinstance(value, np.generic) else str(value)
