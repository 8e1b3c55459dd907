"""What is found in sentences: one a target, and what the experiments say of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from anlan.analysis.chains.targets import counted, has_chain
from anlan.analysis.explain.confirmed import FEWEST
from anlan.analysis.explain.relaxed import relaxations
from anlan.analysis.study.naming import what_label, what_unit
from anlan.analysis.text.numbers import amount, percent
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import said
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd

WORTH_SAYING = 0.1  # share of late cases
MOST_PLACES = 3
# of what experiments say that disagrees, or is not known
TOLD = ("no_gain", "hidden")
MUCH_MORE = 2.0  # times the gain of the link named first: clearly more, if not beyond chance


def link_word(link: str, lang: str) -> str:
    """What a late case waited for."""
    return word(f"link.{link}", lang)


def sentences(
    target: Target,
    links: pd.DataFrame,
    gains: pd.DataFrame,
    places: pd.DataFrame,
    called: dict[str, str],
    lang: str,
) -> str:
    """What hinders a target, where most, and what the experiments say.

    links, gains, places: of all targets; called: what places are called.
    """
    mine = links[links["target"] == target.id].to_dict("records")
    name = said(target.text, lang)
    if not has_chain(target):
        return word("why.no_chain", lang, target=name)
    if not mine:
        return word("why.nothing_late", lang, target=name)
    tried = {row["link"]: row for row in gains[gains["target"] == target.id].to_dict("records")}
    found = [_waited(target, name, mine, lang)]
    found += _where(places[places["target"] == target.id], called, lang)
    found += _experiments(target, mine[0], tried, lang)
    return trait("between_sentences", lang).join(found)


def _waited(target: Target, name: str, rows: list[dict[Any, Any]], lang: str) -> str:
    first = rows[0]
    cases = word(f"case.{counted(target)}", lang)
    ends = {end: percent(first[end]) for end in ("share", "low", "high")}
    text = word("why.sentence", lang, target=name, cases=cases, link=link_word(first["link"], lang),
                **ends)  # fmt: skip
    for row in rows[1:2]:
        if row["share"] >= WORTH_SAYING:
            text += word("why.second", lang, link=link_word(row["link"], lang),
                         share=percent(row["share"]))  # fmt: skip
    return text + word("why.end", lang)


def _where(places: pd.DataFrame, called: dict[str, str], lang: str) -> Iterator[str]:
    named = places[places["part"] != ""].head(MOST_PLACES)
    if len(places) > MOST_PLACES and len(named):
        told = [called.get(part, part) for part in named["part"]]
        yield word("why.place", lang, places=trait("between_names", lang).join(told))


def _experiments(
    target: Target, first: dict[Any, Any], tried: dict[Any, dict[Any, Any]], lang: str
) -> Iterator[str]:
    """The gain of the link that binds most, that of the best, and where the two ways disagree."""
    own = tried.get(first["link"])
    if own is None:
        return
    if own["pairs"]:
        yield gain_text(target, own, lang)
    agrees = str(own["agrees"])
    few = 0 < own["pairs"] < FEWEST  # which the gain has said already
    if agrees in ("confirmed", "open", "untried") and not few:
        yield word(f"why.{agrees}", lang, link=link_word(first["link"], lang))
    for row in tried.values():
        if row["agrees"] in TOLD:
            yield word(f"why.{row['agrees']}", lang, link=link_word(row["link"], lang),
                       share=percent(row["share"]))  # fmt: skip
    best = max(tried.values(), key=lambda row: row["gain"] if row["gain"] == row["gain"] else 0.0)
    if best is not own and _clearly_more(best, own):
        told = "why.best" if _beyond(best) else "why.best_open"
        yield word(told, lang, link=link_word(best["link"], lang)) + gain_text(target, best, lang)


def _clearly_more(best: dict[Any, Any], own: dict[Any, Any]) -> bool:
    """Whether another relaxation gains more, beyond chance or on the mean by much."""
    more = best["gain"] > 0.0 and not own["gain"] >= best["gain"]
    return bool(more and (_beyond(best) or not own["gain"] * MUCH_MORE > best["gain"]))


def _beyond(row: dict[Any, Any]) -> bool:
    """Whether a gain is beyond chance."""
    return bool(row["pairs"] >= FEWEST and row["low"] > 0.0)


def gain_text(target: Target, row: dict[Any, Any], lang: str) -> str:
    """What relaxing a link gives: the target's measure before and after, over paired runs.

    Of too few pairs only how the mean went.
    """
    unit = what_unit(target.measure)
    fill = {key: amount(float(row[key]), unit, lang) for key in ("base", "relaxed", "low", "high")}
    told = "why.gain" if row["pairs"] >= FEWEST else "why.gain_few"
    return word(told, lang, relaxation=relaxations()[row["link"]].labels[lang],
                measure=what_label(target.measure, lang), n=int(row["pairs"]), **fill)  # fmt: skip
