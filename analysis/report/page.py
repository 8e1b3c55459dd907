"""The page of some results, put together from its sections."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from anlan.analysis.notes import notes
from anlan.analysis.report import of_runs, of_study
from anlan.analysis.report.changed import changed, changed_title
from anlan.analysis.report.enough import enough
from anlan.analysis.report.over_assumed import shown_over
from anlan.analysis.report.sections import (
    assumptions,
    exploratory,
    failed_runs,
    limits,
    parameter_rows,
    shown_pictures,
    skipped_pictures,
    sources,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.results.numbers import numbers_sha256
from anlan.analysis.study.again import command
from anlan.analysis.text.events import event_text
from anlan.analysis.words import LANGS, trait, word
from anlan.analysis.words.names import said
from anlan.analysis.words.sources import source_text
from anlan.sim.study import write_text

SECTIONS = ("verdicts", "why", "enough", "breaks", "places", "unreached", "pictures", "measures",
            "limits", "assumptions", "sources", "again")  # fmt: skip


def report_file(lang: str) -> str:
    """The name of the report in a language: one beside the other, none over another."""
    return f"report.{lang}.html"


def write_report(results: Results, lang: str) -> Path:
    """Write the report of a language into the results' folder; its pictures are drawn already.

    Those in other languages stay while they are of the same numbers, and go with them. Raises
    KeyError for a language that `LANGS` does not have.
    """
    text, of = page(results, lang), mark(results)
    for other in (results.folder / report_file(one) for one in LANGS if one != lang):
        if other.is_file() and of not in other.read_text(encoding="utf-8", errors="replace"):
            other.unlink()
    path = results.folder / report_file(lang)
    write_text(path, text)
    return path


def mark(results: Results) -> str:
    """What a page bears that says of which numbers it is."""
    return f'<meta name="anlan-numbers" content="{numbers_sha256(results)}">'


def page(results: Results, lang: str) -> str:
    """The whole page as text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    if lang not in LANGS:
        raise KeyError(lang)
    here = files(__package__)
    jinja = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                        lstrip_blocks=True)  # fmt: skip
    template = jinja.from_string(here.joinpath("report.html.j2").read_text(encoding="utf-8"))
    told = told_of(results, lang)
    return template.render(
        w=lambda key, **fill: word(key, lang, **fill),
        lang=trait("html", lang),
        mark=Markup(mark(results)),
        style=Markup(here.joinpath("report.css.j2").read_text(encoding="utf-8")),
        nav=[key for key in SECTIONS if key not in told["without"]],
        **told,
    )


def told_of(results: Results, lang: str) -> dict[str, Any]:
    """All that is said of some results: the page and the document are made of it alone."""
    told = common(results, lang)
    if len(results.variants) > 1:
        told |= of_study.sections(results, lang)
    else:
        runs = results.only(int(results.variants["variant"].iloc[0]))
        told |= of_runs.sections(runs, told["pictures"], lang)
    in_why = {picture["name"] for picture in told["why"].get("pictures", ())}
    told["pictures"] = [p for p in told["pictures"] if p["name"] not in in_why]
    told["enough"] = enough(results.folder, lang)
    if told["enough"] is None:
        told["without"] = (*told["without"], "enough")
    return told


def common(results: Results, lang: str) -> dict[str, Any]:
    """What every page says, whatever was played."""
    scenario, manifest = results.scenario, results.manifest
    changes, changed_lines = changed(results, lang)
    return {
        "changes": changes,
        "changed_lines": changed_lines,
        "changed_title": changed_title(results, lang),
        "event": event_text(scenario, lang),
        "exploratory": exploratory(manifest, lang),
        "notes": notes(scenario, lang),
        "failures": failed_runs(results, lang),
        "plan": said(scenario.plan.title, lang),
        "plan_source": source_text(scenario.plan.source, lang),
        "pictures": list(shown_pictures(results, lang)),
        "skipped": skipped_pictures(results, lang),
        "runs": results.run_count,
        "limits": limits(results, lang),
        "assumptions": assumptions(scenario, lang),
        "assumed_rows": [(f, k, n) for f, (k, n) in manifest["assumed_rows"].items()],
        "parameters": list(parameter_rows(scenario, lang)),
        "sources": sources(scenario, lang),
        "manifest": manifest,
        "command": command(manifest),
        "over": shown_over(results, lang),
    }
