"""The first page: what whoever decides must know, in as many sentences as one page holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anlan.analysis.document.blocks import Paragraph
from anlan.analysis.text.layout import wrap
from anlan.analysis.words import trait, word

# What a page of an official document holds (GB/T 9704-2012, 5.2.3): lines, and characters a line;
# a Chinese character takes two columns of `text.layout`.
LINES, COLUMNS = 22, 2 * 28
INDENT = 4  # columns of a paragraph's first line
TITLE_COLUMNS = 2 * 20  # the title is larger by a third
MOST_BREAKS, MOST_WHY = 3, 3


@dataclass(frozen=True)
class Cut:
    """How many of each there are on the page: targets that are not met, breaks, reasons; whether
    it is said again what of the hazard came, and what was asked.
    """

    failed: int
    breaks: int
    why: int
    reached: bool = True
    question: bool = True


def title(told: Mapping[str, Any], lang: str) -> str:
    """The document's title: the scenario, and what was changed of it."""
    return word("document.title", lang, name=told["name"]) + str(told["changed_title"])


def brief(told: Mapping[str, Any], lang: str, lines: int = LINES) -> list[Paragraph]:
    """What a report says, as the paragraphs that `lines` lines hold.

    Verdict, what breaks first, why, and what would be enough are always there: lists are shortened
    and say of how many more they are; then goes what can be read further on.
    """
    room = lines - len(wrap(title(told, lang), TITLE_COLUMNS)) - 1
    cut = Cut(len(told["failed"]), MOST_BREAKS, MOST_WHY)
    while True:
        made = _made(told, cut, lang)
        shorter = _shorter(cut)
        if shorter is None or sum(map(lines_of, made)) <= room:
            return made
        cut = shorter


def lines_of(paragraph: Paragraph) -> int:
    """About how many lines of the page a paragraph takes."""
    return len(wrap(" " * INDENT + paragraph.lead + paragraph.text, COLUMNS))


def _shorter(cut: Cut) -> Cut | None:
    """One thing less, in the order in which a reader misses it least; None where no more can go."""
    if cut.reached:
        return replace(cut, reached=False)
    if cut.breaks > 1:
        return replace(cut, breaks=cut.breaks - 1)
    if cut.why > 1:
        return replace(cut, why=cut.why - 1)
    if cut.failed > 1:
        return replace(cut, failed=cut.failed - 1)
    if cut.question:
        return replace(cut, question=False)
    return None


def _made(told: Mapping[str, Any], cut: Cut, lang: str) -> list[Paragraph]:
    warnings = [text for text in (told["event"], told["exploratory"], told["failures"]) if text]
    opening = [told["question"]] if cut.question else []
    if cut.reached and told["reached"]:
        opening.append(told["reached"])
    found = [Paragraph(text) for text in (*opening, *warnings)]
    found.append(_led("verdicts", _verdict(told, cut.failed, lang), lang))
    if "breaks" not in told["without"]:
        lines = [break_line(row, lang) for row in told["breaks"][: cut.breaks]]
        found.append(_led("breaks", lines or [word("report.breaks.none", lang)], lang))
    if "why" not in told["without"]:
        found.append(_led("why", _cut("why", told["why"]["sentences"], cut.why, lang), lang))
    enough = told["enough"]
    says = enough["says"] if enough is not None else word("document.not_sized", lang)
    found.append(_led("enough", [says], lang))
    return found


def _led(key: str, sentences: Sequence[str], lang: str) -> Paragraph:
    text = trait("between_sentences", lang).join(sentences)
    return Paragraph(text, word(f"report.{key}", lang) + trait("colon", lang))


def _verdict(told: Mapping[str, Any], most: int, lang: str) -> list[str]:
    failed = told["failed"]
    if not failed:
        return [told["answer"]]
    names = [*failed[:most], *_more("verdicts", len(failed) - most, lang)]
    text = trait("semicolon", lang).join(names)
    return [told["answer"], word("report.failed", lang, text=text) + trait("full_stop", lang)]


def _cut(key: str, sentences: Sequence[str], most: int, lang: str) -> list[str]:
    more = _more(key, len(sentences) - most, lang)
    return [*sentences[:most], *(text + trait("full_stop", lang) for text in more)]


def _more(key: str, count: int, lang: str) -> list[str]:
    if count <= 0:
        return []
    return [word("document.more", lang, n=count, section=word(f"report.{key}", lang))]


def break_line(row: Mapping[str, str], lang: str) -> str:
    """What broke, when, where and how often, in a sentence."""
    return word("document.break", lang, **row)
