"""Two plans on one page: what differs between them, verdicts, places, measures; a file a language.

Beside it lie the tables as CSV and the maps; all is made of the comparison alone.
"""

from __future__ import annotations

import base64
from importlib.resources import files
from pathlib import Path
from typing import Any

from anlan.analysis.compare.comparison import Comparison
from anlan.analysis.report import compared
from anlan.analysis.report.changed import changed
from anlan.analysis.report.sections import exploratory
from anlan.analysis.text.events import event_text
from anlan.analysis.words import LANGS, trait, word
from anlan.analysis.words.names import said
from anlan.sim.study import write_table, write_text

FIGURES = "figures"
MOST_PLACES = 20  # rows of the table of places
TABLES = ("plans", "differences", "all_measures", "verdicts", "places", "edits")


def page_file(lang: str) -> str:
    """The name of the page in a language."""
    return f"compare.{lang}.html"


def write_comparison(found: Comparison, folder: Path) -> list[Path]:
    """The page in every language, its pictures and the tables; the files, the pages first."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = []
    for name in TABLES:
        path = folder / f"{name}.csv"
        write_table(path, getattr(found, name).to_csv(index=False, lineterminator="\n"))
        tables.append(path)
    pages, drawn = [], []
    for lang in LANGS:
        pictures = _draw(found, folder / FIGURES, lang)
        drawn += [path for some in pictures.values() for path in some]
        path = folder / page_file(lang)
        write_text(path, page(found, pictures, lang))
        pages.append(path)
    return [*pages, *dict.fromkeys(drawn), *tables]


def _draw(found: Comparison, folder: Path, lang: str) -> dict[int, list[Path]]:
    """Plan -> the files of its map; none where nothing was kept of places."""
    from anlan.analysis.plots.compared_places import draw
    from anlan.analysis.plots.style import save, styled

    if not len(found.places):
        return {}
    folder.mkdir(exist_ok=True)
    with styled():
        return {n: save(draw(found, n, lang), folder, f"places-{n}", lang) for n in found.others}


def page(found: Comparison, pictures: dict[int, list[Path]], lang: str) -> str:
    """The whole page as text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    here = files(__package__)
    jinja = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                        lstrip_blocks=True)  # fmt: skip
    template = jinja.from_string(here.joinpath("compare.html.j2").read_text(encoding="utf-8"))
    return template.render(
        w=lambda key, **fill: word(key, lang, **fill),
        lang=trait("html", lang),
        style=Markup(here.joinpath("report.css.j2").read_text(encoding="utf-8")),
        **sections(found, pictures, lang),
    )


def sections(found: Comparison, pictures: dict[int, list[Path]], lang: str) -> dict[str, Any]:
    """What the template asks for."""
    base = found.plan(found.base)
    others = trait("between_names", lang).join(found.called(n) for n in found.others)
    return {
        "title": word("compared.title", lang, base=found.called(found.base), others=others),
        "plan": said(base.scenario.plan.title, lang),
        "warnings": [
            *filter(None, (event_text(base.scenario, lang), exploratory(base.manifest, lang))),
            *compared.warnings(found, lang),
        ],
        "headline": compared.headline(found, lang),
        "turned": compared.turned_lines(found, lang),
        "plans": [_plan_row(found, n, lang) for n in found.together.called],
        "differs": [
            (compared.differs_title(found, n, lang), compared.what_differs(found, n, lang))
            for n in found.others
        ],
        "verdict_heads": [compared.called_with_number(found, n) for n in found.together.called],
        "verdicts": _verdict_rows(found, lang),
        "heads": compared.heads(found, lang),
        "targets": compared.difference_rows(found, compared.turned_first(found), lang),
        "pictures": [_picture(found, n, paths) for n, paths in pictures.items()],
        "places": compared.place_rows(found, lang, MOST_PLACES),
        "measures": compared.difference_rows(found, found.moved.beyond, lang),
        "open": compared.difference_rows(found, found.moved.open, lang),
        "confidence": compared.share_of(found),
        "few": len(found.others) == 1,
    }


def _plan_row(found: Comparison, number: int, lang: str) -> dict[str, Any]:
    one = found.plan(number)
    sentence, lines = changed(one, lang)
    return {
        "called": compared.called_with_number(found, number),
        "name": said(one.scenario.settings.name, lang),
        "scenario": one.scenario.id,
        "runs": one.run_count,
        "seed": one.study.seed,
        "changed": sentence,
        "lines": lines,
        "is_base": number == found.base,
    }


def _verdict_rows(found: Comparison, lang: str) -> list[dict[str, Any]]:
    """A row a target: its verdict under each plan, in the plans' order."""
    texts, rows = compared.target_texts(found, lang), []
    units = {v.id: v.bound_unit for n in found.together.called for v in found.plan(n).verdicts}
    told = {(r["variant"], r["id"]): r for r in compared.records(found.verdicts)}
    for target in dict.fromkeys(found.verdicts["id"]):
        cells = []
        for number in found.together.called:
            row = told.get((number, target))
            verdict = "" if row is None else str(row["verdict"])
            cells.append(
                {
                    "verdict": compared.verdict_text(verdict, lang),
                    "state": verdict.replace(" ", "-"),
                    "turns": "" if row is None else str(row["turns"]),
                    "value": ""
                    if row is None
                    else compared.interval_cell(row, units.get(target, ""), lang),
                }
            )
        rows.append({"text": texts.get(target, target), "cells": cells})
    return rows


def _picture(found: Comparison, number: int, paths: list[Path]) -> dict[str, str]:
    svg = next(path for path in paths if path.suffix == ".svg")
    data = base64.b64encode(svg.read_bytes()).decode("ascii")
    src = f"data:image/svg+xml;base64,{data}"
    return {"name": f"places-{number}", "title": found.called(number), "src": src}
