"""The first page: what whoever decides must know, in as many sentences as one page holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anlan.analysis.document.blocks import Paragraph
from anlan.analysis.text.layout import width, wrap
from anlan.analysis.words import trait, word

# What a page of an official document holds (GB/T 9704-2012, 5.2.3): lines, and characters a line;
# a Chinese character takes two columns of `text.layout`.
LINES, COLUMNS = 22, 2 * 28
LATIN_COLUMNS = 60  # letters are narrower than half a Chinese character
INDENT = 4  # columns of a paragraph's first line
# The title is larger by a third, a line of it by a fourth.
TITLE_COLUMNS, TITLE_LINES = 2 * 20, 1.25
SPARE = 1.5  # lines: the gap below the title, and what another font may take more
# Marks that Chinese and Western texts share are as wide as a character in a Chinese one.
WIDE_MARKS = str.maketrans({**dict.fromkeys("“‘—…·", "国"), **dict.fromkeys("”’", "，")})
LEAST_FAILED = 3  # targets that are named before it is left out what was asked
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
    room = lines - head_lines(title(told, lang))

    def fits(cut: Cut) -> bool:
        return sum(map(lines_of, _made(told, cut, lang))) <= room

    whole = Cut(len(told["failed"]), MOST_BREAKS, MOST_WHY)
    cut: Cut | None = whole
    last = whole
    while cut is not None and not fits(cut):
        last, cut = cut, _shorter(cut)
    return _made(told, last if cut is None else _grown(cut, whole, fits), lang)


def _grown(cut: Cut, whole: Cut, fits: Callable[[Cut], bool]) -> Cut:
    """With as many more of each as there is room for, after a larger thing went."""
    for name in ("failed", "why", "breaks"):
        while getattr(cut, name) < getattr(whole, name):
            more = replace(cut, **{name: getattr(cut, name) + 1})
            if not fits(more):
                break
            cut = more
    return cut


def lines_of(paragraph: Paragraph) -> int:
    """About how many lines of the page a paragraph takes."""
    text = paragraph.lead + paragraph.text
    if width(text) == len(text):
        return len(wrap(" " * INDENT + text, LATIN_COLUMNS))
    return len(wrap(" " * INDENT + text.translate(WIDE_MARKS), COLUMNS))


def head_lines(text: str) -> float:
    """About how many lines the title takes, with what is kept spare."""
    return TITLE_LINES * len(wrap(text, TITLE_COLUMNS)) + SPARE


def _shorter(cut: Cut) -> Cut | None:
    """One thing less, in the order in which a reader misses it least; None where no more can go."""
    if cut.reached:
        return replace(cut, reached=False)
    if cut.breaks > 1:
        return replace(cut, breaks=cut.breaks - 1)
    if cut.why > 1:
        return replace(cut, why=cut.why - 1)
    if cut.failed > LEAST_FAILED:
        return replace(cut, failed=cut.failed - 1)
    if cut.question:
        return replace(cut, question=False)
    if cut.failed > 1:
        return replace(cut, failed=cut.failed - 1)
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
