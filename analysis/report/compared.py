"""What differs between plans, in words: for the terminal and for the page alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.compare.comparison import Comparison
from anlan.analysis.compare.events import other_parts
from anlan.analysis.compare.places import PLACE
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.report.changed import edit_lines
from anlan.analysis.study.naming import what_label
from anlan.analysis.text.numbers import amount, ends_text, number, percent
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import said

if TYPE_CHECKING:
    import pandas as pd

MOST_EDITS = 30  # lines of what two scenarios hold otherwise
FEW = 30  # pairs; fewer seldom settle a verdict


def what_differs(found: Comparison, other: int, lang: str, most: int = MOST_EDITS) -> list[str]:
    """A line for each row or cell that the other plan holds otherwise, and how many more."""
    edits = found.edits_of(other)
    scenarios = [found.plan(n).scenario for n in (found.base, other)]
    lines = edit_lines(edits, scenarios, lang, most)
    if len(edits) > most:
        lines.append(word("compared.more", lang, n=len(edits) - most))
    return lines


def differs_title(found: Comparison, other: int, lang: str) -> str:
    """How many things the other plan holds otherwise than the base, or that it is the same."""
    fill = {"other": found.called(other), "base": found.called(found.base)}
    if found.same_scenario(other):
        return word("compared.same_scenario", lang, **fill)
    return word("compared.differs", lang, n=len(found.edits_of(other)), **fill)


def warnings(found: Comparison, lang: str) -> list[str]:
    """What a reader must know first: other scenarios, other storms, runs that failed or are few."""
    base = found.plan(found.base).scenario
    told = []
    for other in found.others:
        fill = {"other": found.called(other), "base": found.called(found.base)}
        scenario = found.plan(other).scenario
        if scenario.id != base.id:
            ids = {"a": base.id, "b": scenario.id}
            told.append(word("compared.other_id", lang, **fill, **ids))
        if parts := other_parts(base, scenario):
            named = trait("between_names", lang).join(word(f"compared.{p}", lang) for p in parts)
            told.append(word("compared.other_event", lang, parts=named, **fill))
    failures = int(found.plans["failures"].sum())
    told += [word("compared.failures", lang, n=failures)] if failures else []
    fewest = int(found.plans["runs"].min())
    told += [word("compared.few", lang, n=fewest)] if fewest < FEW else []
    return told


def turned_lines(found: Comparison, lang: str) -> list[str]:
    """A line a verdict that turns."""
    texts = target_texts(found, lang)
    lines = []
    for row in found.turned.to_dict("records"):
        was, now = (verdict_text(row[c], lang) for c in ("base_verdict", "verdict"))
        turns = word(f"compared.turns.{row['turns']}", lang)
        fill = {"target": texts[row["id"]], "was": was, "now": now, "turns": turns}
        key = "compared.turn" if len(found.others) == 1 else "compared.turn_of"
        lines.append(word(key, lang, plan=found.called(int(row["variant"])), **fill))
    return lines


def headline(found: Comparison, lang: str) -> list[str]:
    """What came out, in a few sentences: measures, verdicts, places."""
    turned, moved = found.turned, found.moved
    counts = {"n": moved.clear, "open": len(moved.open), "same": moved.same}
    told = [word("compared.moved", lang, confidence=f"{100 * found.confidence:g}", **counts)]
    better, worse = ((turned["turns"] == how).sum() for how in ("better", "worse"))
    other = len(turned) - better - worse
    key = "compared.turned" if len(turned) else "compared.turned_none"
    told.append(word(key, lang, n=len(turned), better=better, worse=worse, other=other))
    for number_ in found.others:
        told += _places_text(found, number_, lang)
    return told


def _places_text(found: Comparison, other: int, lang: str) -> list[str]:
    if not len(found.places):
        return [word("compared.no_places", lang)]
    from anlan.analysis.compare.places import telling
    from anlan.analysis.plots.compared_places import numbers, title

    quantity = telling(found.places, other)
    text = title(numbers(found, other, quantity), quantity, lang) + trait("full_stop", lang)
    if len(found.others) == 1:
        return [text]
    return [trait("colon", lang).join((found.called(other), text))]


def target_texts(found: Comparison, lang: str) -> dict[str, str]:
    """Target -> its text, as the first plan that has it words it."""
    texts: dict[str, str] = {}
    for one in (found.plan(found.base), *(found.plan(n) for n in found.others)):
        texts = {t.id: said(t.text, lang) for t in one.scenario.plan.targets} | texts
    return texts


def verdict_text(verdict: str, lang: str) -> str:
    """A verdict in words; that a plan has no such target where there is none."""
    return word(f"verdict.{verdict}", lang) if verdict else word("compared.no_target", lang)


def difference_cells(row: Mapping[str, Any], unit: str, lang: str) -> list[str]:
    """Base, other, difference, interval, pairs, worth of pairing: as every table shows them.

    Where no pair judged it there is no difference, and that is said in the place of an interval.
    """
    ends = ("base_value", "other_value", "difference")
    values = [amount(float(row[c]), unit, lang) for c in ends]
    if not row["pairs"]:
        return [*values, word("compared.not_judged", lang), "0", "–"]
    low, high = float(row["low"]), float(row["high"])
    if unit == "share" and math.isfinite(low):  # two shares cannot be further apart
        low, high = max(low, -1.0), min(high, 1.0)
    interval = ends_text(low, high, unit, lang)
    return [*values, interval, str(row["pairs"]), number(float(row["variance_ratio"]))]


def difference_rows(
    found: Comparison, rows: pd.DataFrame, lang: str
) -> list[tuple[str, str, list[str]]]:
    """(what, plan, cells of `difference_cells`) of each row of a table of differences."""
    targets = {t.id: t for t in found.together.targets}
    told = []
    for row in records(rows):
        target = targets.get(row["name"])
        measure = target.measure if target is not None else row["name"]
        unit = "share" if row["kind"] == "share" else MEASURES[measure].unit
        label = what_label(measure if target is None else target, lang)
        told.append((label, called_with_number(found, row["variant"]),
                     difference_cells(row, unit, lang)))  # fmt: skip
    return told


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by its columns."""
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def called_with_number(found: Comparison, variant: int) -> str:
    """A plan's number, by which `base` names it, and what it is called."""
    called = short_name(found, variant)
    return f"{variant}: {called}" if called else str(variant)


def short_name(found: Comparison, variant: int) -> str:
    """What a plan is called; of a folder its own name where no other plan has the same."""
    names = {number: _last_name(called) for number, called in found.together.called.items()}
    mine = names[variant]
    return mine if list(names.values()).count(mine) == 1 else found.together.called[variant]


def _last_name(called: str) -> str:
    """The last name of a path; what a plan sets is none."""
    return called if "=" in called else Path(called).name or called


def heads(found: Comparison, lang: str) -> dict[str, str]:
    """What stands above the columns of differences; of two plans each bears its plan's name."""
    keys = ("what", "variant", "base", "other", "difference", "interval", "pairs", "saved")
    told = {key: word(f"cli.compare.{key}", lang) for key in keys}
    if base := short_name(found, found.base):
        told["base"] = trait("colon", lang).join((told["base"], base))
    if len(found.others) == 1 and (other := short_name(found, found.others[0])):
        told["other"] = other
    return told


def turned_first(found: Comparison) -> pd.DataFrame:
    """The differences, those of targets whose verdict turns first."""
    rows = found.differences
    if found.measures:
        return rows
    turned = set(zip(found.turned["variant"], found.turned["id"], strict=True))
    stays = [pair not in turned for pair in zip(rows["variant"], rows["name"], strict=True)]
    return rows.assign(stays=stays).sort_values("stays", kind="stable").drop(columns="stays")


def interval_cell(row: Mapping[str, Any], unit: str, lang: str) -> str:
    """A verdict's estimate with its interval, nothing where there is none."""
    if math.isnan(row["estimate"]):
        return ""
    value = amount(float(row["estimate"]), unit, lang)
    if math.isnan(row["low"]) or row["low"] == row["high"]:
        return value
    return f"{value} ({ends_text(row['low'], row['high'], unit, lang)})"


def place_rows(found: Comparison, lang: str, most: int) -> list[tuple[str, str, str, list[str]]]:
    """(place, plan, quantity, cells) of the places that differ beyond chance, the most first."""
    from anlan.analysis.words.names import names

    called = names(found.plan(found.base).scenario, lang)
    rows = found.places
    mine = rows[(rows["level"] == PLACE) & rows["clear"].astype(bool)]
    size = mine["difference"].abs() / mine.groupby("quantity")["difference"].transform(
        lambda d: d.abs().max()
    )
    told = []
    for row in mine.loc[size.sort_values(ascending=False, kind="stable").index[:most]].to_dict(
        "records"
    ):
        ends = ("base_value", "other_value", "difference")
        cells = [amount(float(row[c]), row["unit"], lang) for c in ends]
        cells.append(ends_text(row["low"], row["high"], row["unit"], lang))
        what = word(f"compared.quantity.{row['quantity']}", lang)
        plan = called_with_number(found, int(row["variant"]))
        told.append((called.get(row["id"], row["id"]), plan, what, cells))
    return told


def share_of(found: Comparison) -> str:
    """The level of confidence as people read it."""
    return percent(found.confidence)
