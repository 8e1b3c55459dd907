"""Sections that every report has: pictures, limits, assumptions, sources."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from anlan.analysis.plots.picture import Picture
from anlan.analysis.plots.pictures import FIGURES, FIRES, OF_RUNS, pictures
from anlan.analysis.plots.relief import at_edge_share
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.intervals import rule_of_three
from anlan.analysis.study.applies import assumption_applies, parameter_applies
from anlan.analysis.text.numbers import percent
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import said
from anlan.analysis.words.sources import source_text
from anlan.sim import chosen_storm
from anlan.sim.scenario.schema import Scenario


def exploratory(manifest: Mapping[str, Any], lang: str) -> str:
    """What to say where one row of residents stands for several people, else nothing."""
    people = manifest["people_per_row"]
    return word("scale.used", lang, k=people) if people > 1 else ""


def failed_runs(results: Results, lang: str) -> str:
    """What to say where some runs could not be played, else nothing."""
    failures = results.manifest["failures"]
    return word("cli.study.failed", lang, failures=failures) if failures else ""


def shown_pictures(results: Results, lang: str) -> Iterator[dict[str, str]]:
    """The pictures that were drawn, each inside the page."""
    for picture, path in _files(results, lang):
        if not path.is_file():  # there was nothing to draw
            continue
        data = base64.b64encode(path.read_bytes()).decode("ascii")
        yield {
            "name": picture.name,
            "title": titled(picture, lang),
            "text": word(f"picture.{picture.key}.text", lang),
            "src": f"data:image/svg+xml;base64,{data}",
        }


def _files(results: Results, lang: str) -> Iterator[tuple[Picture, Path]]:
    for picture in pictures(results, lang):
        yield picture, results.folder / FIGURES / f"{picture.name}.{lang}.svg"


def skipped_pictures(results: Results, lang: str) -> str:
    """Which pictures were not drawn, of those that the scenario's hazards ask for."""
    files = list(_files(results, lang))
    drawn = {picture.name for picture, path in files if path.is_file()}
    if files and not drawn:  # as it was asked for
        return word("report.no_pictures", lang, folder=results.folder.name)
    asked = {picture.name: titled(picture, lang) for picture, _ in files}
    if len(results.variants) == 1:  # the tables of some may not have been kept
        kept = {n for n in OF_RUNS if FIRES.get(n, "") in ("", *_fires(results.scenario))}
        asked = {n: word(f"picture.{n}", lang) for n in OF_RUNS if n in kept} | asked
    missing = [title for name, title in asked.items() if name not in drawn]
    if not missing:
        return ""
    return word("report.skipped", lang, names=trait("between_names", lang).join(missing))


def _fires(scenario: Scenario) -> tuple[str, ...]:
    """The kinds of fire that the scenario's hazards bring."""
    return tuple(kind.removesuffix("_fire") for kind in scenario.hazards if kind.endswith("_fire"))


def titled(picture: Picture, lang: str) -> str:
    """What a picture is called, and of what it is where there are several of a kind."""
    title = word(f"picture.{picture.key}", lang)
    return title + trait("colon", lang) + picture.about if picture.about else title


def limits(results: Results, lang: str) -> list[str]:
    """What the runs cannot prove, beyond each verdict's own note."""
    runs, scenario = results.run_count, results.scenario
    keys = ["limit.chance", "limit.model", "limit.data"]
    keys.append("limit.one_storm" if chosen_storm(scenario) else "limit.one_weather")
    if scenario.forest is not None and scenario.forest.landscape == "synthetic":
        keys.append("limit.land")
    keys.append("limit.censored")
    chance = percent(rule_of_three(runs))
    texts = [word(key, lang, n=runs, chance=chance) for key in keys]
    if share := at_edge_share(results):
        texts.append(word("caption.land_edge", lang, share=percent(share)).strip())
    return texts


def assumptions(scenario: Scenario, lang: str) -> list[tuple[str, str, str]]:
    """(file, what is assumed, source) of each listed assumption that its hazards make matter."""
    return [
        (a.file, said(a, lang), source_text(a.source, lang))
        for a in scenario.assumptions
        if assumption_applies(a, scenario)
    ]


def parameter_rows(scenario: Scenario, lang: str) -> Iterator[tuple[str, ...]]:
    """(name, words, value, range, unit) of each assumed parameter that the runs go by."""
    for p in sorted(scenario.parameters.values(), key=lambda p: p.name):
        if p.mark == "assumption" and parameter_applies(p.name, scenario):
            yield p.name, said(p, lang), f"{p.value:g}", f"{p.low:g} – {p.high:g}", p.unit


def sources(scenario: Scenario, lang: str) -> list[str]:
    """Every source of a target, and of a row or parameter that is not assumed, once."""
    rows: tuple[Any, ...] = (
        *scenario.plan.targets, *scenario.towns, *scenario.teams, *scenario.stores,
        *scenario.shelters, *scenario.items,
        *(p for p in scenario.parameters.values() if parameter_applies(p.name, scenario)),
    )  # fmt: skip
    found = {str(row.source) for row in rows if getattr(row, "mark", "") != "assumption"}
    found.add(scenario.plan.source)
    return sorted({source_text(source, lang) for source in found if source})
