"""What stands in the document: what the report says, in the same words and with the same numbers.

The evidence for it comes after the first page: verdicts, reasons, what would be enough, what broke,
places, pictures; then limits, assumptions, method and sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from anlan.analysis.document.blocks import (
    Block,
    Cell,
    Content,
    Figure,
    Heading,
    Listed,
    Paragraph,
    Table,
)
from anlan.analysis.document.brief import brief, title
from anlan.analysis.plots.pictures import FIGURES
from anlan.analysis.report.page import report_file, told_of
from anlan.analysis.results.folder import Results
from anlan.analysis.words import word

VERDICT = ("target", "rule", "estimate", "interval", "runs", "verdict")
VERDICT_SHARES = (0.42, 0.15, 0.12, 0.13, 0.07, 0.11)
STATES = ("met", "not met", "undecided", "unjudged")
BREAK = ("what", "when", "range", "where", "share")
SIZE = ("what", "today", "enough", "more", "cost")
OVER = ("target", "share", "counts", "by_estimate", "top")


def content(results: Results, lang: str, pictures: bool = True) -> Content:
    """The document of some results in a language; with those of its pictures that were drawn."""
    told = told_of(results, lang)
    drawn = _drawn(results.folder / FIGURES, lang) if pictures else {}
    parts: list[Block] = [
        *_verdicts(told, lang),
        *_why(told, drawn, lang),
        *_enough(told, lang),
        *_breaks(told, lang),
        *_list("places", told, lang),
        *_list("unreached", told, lang),
        *_pictures(told, drawn, lang),
        *_limits(told, lang),
        *_assumptions(told, lang),
        *_method(told, results.folder, lang),
        *_sources(told, lang),
    ]
    return Content(title(told, lang), brief(told, lang), parts)


def _drawn(folder: Path, lang: str) -> dict[str, Path]:
    end = f".{lang}.png"
    return {path.name.removesuffix(end): path for path in folder.glob(f"*{end}")}


def _head(key: str, lang: str) -> Heading:
    return Heading(word(f"report.{key}", lang))


def _cells(texts: Sequence[str]) -> list[Cell]:
    return [Cell(text) for text in texts]


def _verdicts(told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    yield _head("verdicts", lang)
    yield Paragraph(word("report.verdicts.text", lang, plan=told["plan"],
                         source=told["plan_source"]))  # fmt: skip
    caption = word("report.verdicts", lang)
    if told["verdicts"]:
        beside = told["over"]["beside"]
        heads = [word(f"table.{key}", lang) for key in VERDICT]
        rows = [_verdict_row(v, beside.get(v["id"], "")) for v in told["verdicts"]]
        yield Table(caption, heads, rows, VERDICT_SHARES)
    else:
        heads = [word("table.target", lang), word("cli.study.range", lang)]
        heads += [word(f"verdict.{state}", lang) for state in STATES]
        rows = [
            [
                Cell(t["text"], (t["source"],)),
                Cell(t["range"]),
                *_cells(list(map(str, t["counts"]))),
            ]
            for t in told["targets"]
        ]
        yield Table(caption, heads, rows, (0.4, 0.2, 0.1, 0.1, 0.1, 0.1))
    yield from _over(told, lang)


def _verdict_row(verdict: Mapping[str, str], beside: str) -> list[Cell]:
    small = tuple(text for text in (verdict["source"], verdict["note"]) if text)
    state = tuple(text for text in (verdict["hinge"], beside) if text)
    return [
        Cell(verdict["text"], small),
        Cell(verdict["rule"]),
        Cell(verdict["estimate"], (verdict["median"],) if verdict["median"] else ()),
        Cell(verdict["interval"]),
        Cell(verdict["runs"]),
        Cell(verdict["verdict"], state),
    ]


def _over(told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    over = told["over"]
    if not over["rows"]:
        return
    yield from (Paragraph(text) for text in over["texts"])
    rows = [
        [Cell(o["text"]), Cell(o["share"]), Cell(o["counts"], (o["unjudged"],) if o["unjudged"] else
         ()), Cell(o["by_estimate"]), Cell("", tuple(o["top"]))]
        for o in over["rows"]
    ]  # fmt: skip
    heads = [word(f"over.{key}", lang) for key in OVER]
    yield Table(word("over.head", lang), heads, rows, (0.28, 0.16, 0.12, 0.16, 0.28))


def _why(told: Mapping[str, Any], drawn: Mapping[str, Path], lang: str) -> Iterator[Block]:
    if "why" in told["without"]:
        return
    why = told["why"]
    yield _head("why", lang)
    yield Listed(why["sentences"])
    yield Paragraph(why["text"])
    if why["untried"]:
        yield Paragraph(why["untried"])
    heads = [why["first"], *why["heads"]]
    for table in why["tables"]:
        rows = [_cells(row) for row in table["rows"]]
        filled = [i for i in range(len(heads)) if i == 0 or any(row[i].text for row in rows)]
        rest = 0.72 / max(1, len(filled) - 1)
        yield Table(table["title"], [heads[i] for i in filled],
                    [[row[i] for i in filled] for row in rows],
                    (0.28, *[rest] * (len(filled) - 1)))  # fmt: skip
    yield from _figures(why["pictures"], drawn)


def _enough(told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    enough = told["enough"]
    if enough is None:
        return
    yield _head("enough", lang)
    yield Paragraph(enough["says"])
    if not enough["rows"]:
        return
    rows = [
        [
            *(Cell(row[key]) for key in SIZE[:-1]),
            Cell(row["cost"] + (" *" if row["assumed"] else "")),
        ]
        for row in enough["rows"]
    ]
    heads = [word(f"size.head.{key}", lang) for key in SIZE]
    yield Table(word("size.list", lang), heads, rows, (0.44, 0.14, 0.14, 0.14, 0.14))


def _breaks(told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    if "breaks" in told["without"]:
        return
    yield _head("breaks", lang)
    yield Paragraph(word("report.breaks.text", lang, n=told["runs"]))
    if not told["breaks"]:
        yield Paragraph(word("report.breaks.none", lang))
        return
    heads = [word(f"break.{key}", lang) for key in BREAK]
    rows = [_cells([b[k] for k in ("what", "when", "range", "place", "share")])
            for b in told["breaks"]]  # fmt: skip
    yield Table(word("report.breaks", lang), heads, rows, (0.24, 0.17, 0.22, 0.27, 0.1))


def _list(key: str, told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    """A list of places: those hit hardest, or those who were not reached."""
    if key in told["without"]:
        return
    found = told[key]
    yield _head(key, lang)
    yield Paragraph(found["text"])
    others = len(found["heads"]) - 1
    rows = [_cells(row) for row in found["rows"]]
    shares = (0.2, *[0.8 / max(1, others)] * others)
    yield Table(word(f"report.{key}", lang), found["heads"], rows, shares)


def _pictures(told: Mapping[str, Any], drawn: Mapping[str, Path], lang: str) -> Iterator[Block]:
    figures = list(_figures(told["pictures"], drawn))
    if figures:
        yield _head("pictures", lang)
        if told["skipped"]:
            yield Paragraph(told["skipped"])
        yield from figures


def _figures(pictures: Sequence[Mapping[str, str]], drawn: Mapping[str, Path]) -> Iterator[Figure]:
    for picture in pictures:
        if picture["name"] in drawn:
            yield Figure(drawn[picture["name"]], picture["title"], picture["text"])


def _limits(told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    yield _head("limits", lang)
    yield Listed(told["limits"])


def _assumptions(told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    section = word("report.assumptions", lang)
    yield Heading(section)
    if told["changes"]:
        yield Paragraph(told["changes"])
        yield Listed(told["changed_lines"])
    if told["notes"]:
        yield Paragraph(word("note.title", lang))
        yield Listed(told["notes"])
    yield Paragraph(word("report.assumptions.text", lang))
    heads = [word(f"head.{key}", lang) for key in ("file", "assumed", "source")]
    yield Table(section, heads, [_cells(row) for row in told["assumptions"]], (0.2, 0.5, 0.3))
    heads = [word("head.file", lang), word("report.rows", lang)]
    rows = [[Cell(file), Cell(word("report.rows.line", lang, assumed=assumed, rows=rows))]
            for file, assumed, rows in told["assumed_rows"]]  # fmt: skip
    yield Table(word("report.rows", lang), heads, rows, (0.4, 0.6))
    yield Paragraph(word("document.parameters", lang, n=len(told["parameters"]),
                         file=report_file(lang), section=section))  # fmt: skip


def _method(told: Mapping[str, Any], folder: Path, lang: str) -> Iterator[Block]:
    manifest, file = told["manifest"], report_file(lang)
    yield Heading(word("document.method", lang))
    yield Paragraph(word("document.method.text", lang, runs=f"{told['runs']:,}",
                         seed=manifest["seed"]))  # fmt: skip
    again = "study" if manifest["design"] or manifest["stop"] else "own"
    yield Paragraph(word("report.again", lang) + ": " + told["command"] if told["command"] else
                    word(f"report.again.{again}", lang))  # fmt: skip
    yield Paragraph(word("report.again.text", lang))
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    values = (manifest["scenario"], manifest["scenario_sha256"], manifest["seed"],
              manifest["runs"], manifest["started"], versions)  # fmt: skip
    keys = ("scenario", "hash", "seed", "runs", "started", "versions")
    rows = [[Cell(word(f"again.{key}", lang)), Cell(str(value))]
            for key, value in zip(keys, values, strict=True)]  # fmt: skip
    heads = [word("book.what", lang), word("book.told", lang)]
    yield Table(word("report.again", lang), heads, rows, (0.25, 0.75))
    yield Paragraph(word("document.full", lang, folder=folder.name, file=file))


def _sources(told: Mapping[str, Any], lang: str) -> Iterator[Block]:
    yield _head("sources", lang)
    yield Listed(told["sources"], small=True)
