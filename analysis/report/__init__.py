"""The report: one HTML page that opens anywhere, without a network."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from anlan.analysis.again import command
from anlan.analysis.breaks import FirstBreak, first_breaks
from anlan.analysis.files import write_text
from anlan.analysis.format import amount, interval_text, number, percent, rule_text
from anlan.analysis.intervals import mean_interval, rule_of_three
from anlan.analysis.measures import MEASURES, WORST, Measure
from anlan.analysis.plots import pictures
from anlan.analysis.plots.relief import at_edge_share
from anlan.analysis.results import Floats, Results
from anlan.analysis.words import LANGS, source_text, word
from anlan.sim.scenario.clock import chosen_storm
from anlan.sim.scenario.schema import Scenario


def write_report(results: Results, facts: dict[str, Any], lang: str) -> Path:
    """Write `report.html` into the results' folder; its figures must be drawn already.

    `facts` is the manifest. Raises KeyError for a language other than "zh" or "en".
    """
    path = results.folder / "report.html"
    write_text(path, page(results, facts, lang))
    return path


def page(results: Results, facts: dict[str, Any], lang: str) -> str:
    """The whole page as text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    if lang not in LANGS:
        raise KeyError(lang)
    here = files(__package__)
    jinja = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                        lstrip_blocks=True)  # fmt: skip
    template = jinja.from_string(here.joinpath("report.html.j2").read_text(encoding="utf-8"))
    return template.render(
        w=lambda key, **fill: word(key, lang, **fill),
        lang={"zh": "zh-Hans", "en": "en"}[lang],
        style=Markup(here.joinpath("report.css.j2").read_text(encoding="utf-8")),
        name=getattr(results.scenario.settings.name, lang),
        summary=getattr(results.scenario.settings.summary, lang),
        question=_question(results, lang),
        answer=_answer(results, lang),
        exploratory=_exploratory(results.scenario, lang),
        failed=[v.text(lang) for v in results.verdicts if v.verdict == "not met"],
        verdicts=list(_verdict_rows(results, lang)),
        plan=getattr(results.scenario.plan.title, lang),
        plan_source=source_text(results.scenario.plan.source, lang),
        breaks=[_break_row(b, lang) for b in first_breaks(results, lang)],
        pictures=list(_pictures(results, lang)),
        measures=list(_measure_rows(results, lang)),
        runs=results.runs,
        chance=percent(rule_of_three(results.runs)),
        limits=_limits(results, lang),
        assumptions=[
            (a.file, getattr(a, lang), source_text(a.source, lang))
            for a in results.scenario.assumptions
        ],
        assumed_rows=[(f, k, n) for f, (k, n) in facts["assumed_rows"].items()],
        parameters=list(_parameter_rows(results.scenario, lang)),
        sources=_sources(results.scenario, lang),
        facts=facts,
        command=command(results.scenario, facts),
    )


def _question(results: Results, lang: str) -> str:
    scenario = results.scenario
    plan = getattr(scenario.plan.title, lang)
    district = getattr(scenario.settings.district, lang)
    storm = next((f for f in scenario.tracks if f.storm == chosen_storm(scenario)), None)
    if storm is None:
        name = getattr(scenario.settings.name, lang)
        return word("report.question_weather", lang, plan=plan, district=district, scenario=name)
    called = getattr(storm, f"name_{lang}")
    return word("report.question", lang, plan=plan, district=district, storm=called)


def _answer(results: Results, lang: str) -> str:
    verdicts = results.verdicts
    counts = {"met": verdicts.count("met"), "failed": verdicts.count("not met"),
              "open": verdicts.count("undecided")}  # fmt: skip
    return word("report.answer", lang, runs=results.runs, n=len(verdicts), **counts)


def _exploratory(scenario: Scenario, lang: str) -> str:
    """What to say where one row of residents stands for several people, else nothing."""
    k = scenario.people_per_row
    return word("scale.used", lang, k=k) if k > 1 else ""


def _verdict_rows(results: Results, lang: str) -> Iterator[dict[str, str]]:
    for v in results.verdicts:
        yield {
            "text": v.text(lang),
            "rule": rule_text(v, lang),
            "measure": _measure_label(v.measure, lang),
            "estimate": amount(v.estimate, v.bound_unit, lang),
            "interval": interval_text(v, lang),
            "confidence": percent(v.confidence),
            "runs": "" if v.kind == "structural" else f"{v.applicable_runs}",
            "verdict": word(f"verdict.{v.verdict}", lang),
            "state": v.verdict.replace(" ", "-"),
            "note": v.note(lang),
            "source": source_text(v.source, lang),
        }


def _measure_label(name: str, lang: str) -> str:
    from anlan.analysis.structural import STRUCTURAL

    return MEASURES[name].label(lang) if name in MEASURES else STRUCTURAL[name].label(lang)


def _break_row(b: FirstBreak, lang: str) -> dict[str, str]:
    what = word(f"break.{b.kind}", lang, item=b.item)
    key = {"most": "break.place", "first": "break.place_first", "example": "break.place_example"}
    place = word(key[b.standing], lang, place=b.place, share=percent(b.place_share))
    return {
        "what": what,
        "share": percent(b.share_of_runs),
        "when": _moment(b.middle, lang),
        "range": f"{_moment(b.early, lang)} – {_moment(b.late, lang)}",
        "place": place,
    }


def _moment(when: datetime, lang: str) -> str:
    return word("moment", lang, month=when.month, name=when.strftime("%b"), day=when.day,
                time=f"{when:%H:%M}")  # fmt: skip


def _pictures(results: Results, lang: str) -> Iterator[dict[str, str]]:
    for name in pictures(results):
        data = (results.folder / "figures" / f"{name}.png").read_bytes()
        yield {
            "name": name,
            "title": word(f"picture.{name}", lang),
            "text": word(f"picture.{name}.text", lang),
            "src": "data:image/png;base64," + base64.b64encode(data).decode("ascii"),
        }


def _measure_rows(results: Results, lang: str) -> Iterator[dict[str, str]]:
    """One row a measure; its worst town beside it."""
    for m in MEASURES.values():
        if m.name.endswith(WORST) or m.name not in results.measures:  # newer than the study
            continue
        values = results.measures[m.name].to_numpy(dtype=float)
        worst = MEASURES.get(m.name + WORST)
        yield {
            "name": m.name,
            "label": m.label(lang),
            "definition": m.definition(lang),
            "mean": amount(_mean(values), m.unit, lang),
            "interval": _interval(values, m),
            "range": _range(values, m, lang),
            "worst": _worst(results, worst, lang),
            "judged": str(int((~np.isnan(values)).sum())),
        }


def _mean(values: Floats) -> float:
    return float(np.nanmean(values)) if (~np.isnan(values)).any() else math.nan


def _interval(values: Floats, m: Measure) -> str:
    found = mean_interval(values)
    if not math.isfinite(found.low):
        return "–"
    low, high = found.low, found.high
    if np.nanmin(values) >= 0:
        low = max(low, 0.0)
    if m.unit == "share" and np.nanmax(values) <= 1.0:
        return f"{percent(low)} – {percent(min(high, 1.0))}"
    return f"{percent(low)} – {percent(high)}" if m.unit == "share" else (
        f"{number(low)} – {number(high)}")  # fmt: skip


def _range(values: Floats, m: Measure, lang: str) -> str:
    if np.isnan(values).all():
        return "–"
    low, high = np.nanquantile(values, [0.05, 0.95])
    return f"{amount(low, m.unit, lang, short=True)} – {amount(high, m.unit, lang, short=True)}"


def _worst(results: Results, worst: Measure | None, lang: str) -> str:
    if worst is None:
        return ""
    values = results.measures[worst.name].to_numpy(dtype=float)
    return amount(_mean(values), worst.unit, lang)


def _limits(results: Results, lang: str) -> list[str]:
    """What the runs cannot prove, beyond each verdict's own note."""
    n = results.runs
    scenario = results.scenario
    keys = ["limit.chance", "limit.model", "limit.data"]
    keys.append("limit.one_storm" if chosen_storm(scenario) else "limit.one_weather")
    if scenario.forest is not None and scenario.forest.landscape == "synthetic":
        keys.append("limit.land")
    keys.append("limit.censored")
    texts = [word(key, lang, n=n, chance=percent(rule_of_three(n))) for key in keys]
    if share := at_edge_share(results):
        texts.append(word("caption.land_edge", lang, share=percent(share)).strip())
    return texts


def _parameter_rows(scenario: Scenario, lang: str) -> Iterator[tuple[str, ...]]:
    for p in sorted(scenario.parameters.values(), key=lambda p: p.name):
        if p.mark == "assumption":
            yield p.name, getattr(p, lang), f"{p.value:g}", f"{p.low:g} – {p.high:g}", p.unit


def _sources(scenario: Scenario, lang: str) -> list[str]:
    """Every source of a target, and of a row or parameter that is not assumed, once."""
    rows: tuple[Any, ...] = (
        *scenario.plan.targets, *scenario.towns, *scenario.teams, *scenario.stores,
        *scenario.shelters, *scenario.items, *scenario.parameters.values(),
    )  # fmt: skip
    found = {str(row.source) for row in rows if getattr(row, "mark", "") != "assumption"}
    found.add(scenario.plan.source)
    return sorted({source_text(source, lang) for source in found if source})
