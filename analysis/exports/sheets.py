"""What stands in the workbook: sheets of a language as plain tables, whatever the file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.analysis.report.changed import changed
from anlan.analysis.report.measures import (
    interval_ends,
    kept_measures,
    mean_of,
    worst_town_mean,
)
from anlan.analysis.report.of_runs import answer, question
from anlan.analysis.report.places import head
from anlan.analysis.report.reached import reached
from anlan.analysis.report.sections import exploratory, failed_runs
from anlan.analysis.results.folder import Results
from anlan.analysis.results.place_means import LATE_SHARE, mean_columns, place_means
from anlan.analysis.study.naming import factor_labels, unit_text, what_label, what_unit
from anlan.analysis.text.events import event_text
from anlan.analysis.verdict.verdict import TABLE
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import name_of, names, said
from anlan.analysis.words.sources import source_text

Cell = str | float | None


class Share(float):
    """A number that is shown as per cent."""


@dataclass(frozen=True)
class Sheet:
    """A table of one language. `meanings`: what each head means, for the dictionary; `units`: of
    columns that have one throughout; `wide`: columns that hold long texts.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    units: Sequence[str]
    meanings: Sequence[str]
    wide: Sequence[int] = ()


def sheets(results: Results, lang: str) -> list[Sheet]:
    """The sheets of a language: summary, verdicts, measures, places, dictionary."""
    several = len(results.variants) > 1
    one = results if several else results.only(int(results.variants["variant"].iloc[0]))
    found = [_summary(one, lang, several)]
    if several:
        found += [_targets_of_variants(results, lang), _measures_of_variants(results, lang)]
    else:
        found += [_verdicts(one, lang), _measures(one, lang)]
        found += [_places(one, lang)] if one.has("places") else []
    return [*found, _dictionary(found, lang)]


def _summary(results: Results, lang: str, several: bool) -> Sheet:
    scenario, manifest = results.scenario, results.manifest
    sentence, lines = changed(results, lang)
    told = {
        "scenario": trait("colon", lang).join((scenario.id, said(scenario.settings.name, lang))),
        "question": said(results.study.question, lang) if several else question(scenario, lang),
        "answer": "" if several else answer(results, lang),
        "event": event_text(scenario, lang),
        "reached": "" if several else reached(results, lang),
        "exploratory": exploratory(manifest, lang),
        "failures": failed_runs(results, lang),
        "changes": trait("between_sentences", lang).join(filter(None, (sentence, *lines))),
    }
    rows: list[list[Cell]] = [[word(f"book.{k}", lang), t] for k, t in told.items() if t]
    rows += [
        [word("again.runs", lang), float(results.run_count)],
        [word("again.seed", lang), str(manifest["seed"])],  # too long for a number of Excel's
        [word("again.started", lang), str(manifest["started"])],
        [word("again.hash", lang), str(manifest["scenario_sha256"])],
    ]
    heads = [word("book.what", lang), word("book.told", lang)]
    return Sheet(word("book.summary", lang), heads, rows, ["", ""], ["", ""], wide=(1,))


def _verdicts(results: Results, lang: str) -> Sheet:
    keys = [*TABLE[:2], "measure", "estimate", "low", "high", "unit", "runs", "verdict", "note",
            "source"]  # fmt: skip
    rows: list[list[Cell]] = []
    for v in results.verdicts:
        text, rule, *_, verdict = v.row(lang)
        unit = v.bound_unit
        rows.append(
            [text, rule, what_label(v.measure, lang) if v.measure else "", _cell(v.estimate, unit),
             _cell(v.low, unit), _cell(v.high, unit), unit_text(unit, lang),
             float(v.applicable_runs) if v.of_runs else None, verdict, v.note(lang),
             source_text(v.source, lang)]
        )  # fmt: skip
    return _told("verdict", keys, rows, (0, 9), lang)


def _told(
    what: str, keys: Sequence[str], rows: list[list[Cell]], wide: Sequence[int], lang: str
) -> Sheet:
    """The sheet of verdicts or of measures: each column has its head and its meaning in words."""
    return Sheet(
        word(f"report.{what}s", lang),
        [word(f"book.{what}.{key}", lang) for key in keys],
        rows,
        [""] * len(keys),
        [word(f"book.{what}.{key}.text", lang) for key in keys],
        wide,
    )


def _measures(results: Results, lang: str) -> Sheet:
    """The measures that had something to judge, with what they mean."""
    keys = ("label", "mean", "median", "low", "high", "p05", "p95", "worst", "unit", "judged",
            "definition", "name")  # fmt: skip
    rows: list[list[Cell]] = []
    for measure, values in kept_measures(results):
        if np.isnan(values).all():
            continue
        unit = measure.unit
        low, high = interval_ends(values, unit)
        p05, median, p95 = np.nanquantile(values, [0.05, 0.5, 0.95]).tolist()
        numbers = (mean_of(values), median, low, high, p05, p95, worst_town_mean(results, measure))
        rows.append(
            [measure.label(lang), *(_cell(n, unit) for n in numbers), unit_text(unit, lang),
             float((~np.isnan(values)).sum()), measure.definition(lang), measure.name]
        )  # fmt: skip
    return _told("measure", keys, rows, (0, 10), lang)


def _places(results: Results, lang: str) -> Sheet:
    """A row a community; columns in which nothing happened anywhere are left out."""
    scenario = results.scenario
    means = place_means(results)
    units = mean_columns() | {LATE_SHARE: "share"}
    columns = [c for c in (LATE_SHARE, *mean_columns()) if means[c].fillna(0.0).any()]
    called, towns = names(scenario, lang), {t.town: name_of(t, lang) for t in scenario.towns}
    rows: list[list[Cell]] = [
        [c.community, called[c.community], towns[c.town], c.lon, c.lat, float(c.residents),
         *(_cell(float(means[column].iloc[i]), units[column]) for column in columns)]
        for i, c in enumerate(scenario.communities)
    ]  # fmt: skip
    fixed = ("id", "name", "town", "lon", "lat", "residents")
    heads = [word(f"book.place.{key}", lang) for key in fixed]
    told = [head(c, lang) for c in columns]
    return Sheet(
        word("book.places", lang),
        heads + told,
        rows,
        ["", "", "", "", "", "person", *(units[c] for c in columns)],
        heads + [word("book.place.mean", lang, what=text) for text in told],
        wide=(1,),
    )


def _targets_of_variants(results: Results, lang: str) -> Sheet:
    """A row a variant and target."""
    labels = factor_labels(results.scenario, tuple(results.factors), lang)
    keys = ("target", "estimate", "low", "high", "runs", "verdict")
    frame = results.variants.merge(results.targets, on="variant")
    target = {t.id: t for t in results.scenario.plan.targets}
    rows: list[list[Cell]] = [
        [float(row["variant"]), *(_setting(row[f]) for f in results.factors),
         said(target[row["id"]].text, lang),
         *(_cell(row[key], what_unit(target[row["id"]])) for key in ("estimate", "low", "high")),
         float(row["applicable_runs"]),
         word(f"verdict.{row['verdict']}", lang)]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    heads = [word("cli.compare.variant", lang), *labels.values()]
    meant = [word("column.study.variant", lang), *[word("column.study.factor", lang)] * len(labels)]
    return Sheet(
        word("report.verdicts", lang),
        heads + [word(f"book.verdict.{key}", lang) for key in keys],
        rows,
        [""] * (len(heads) + len(keys)),
        meant + [word(f"book.verdict.{key}.text", lang) for key in keys],
        wide=(len(heads),),
    )


def _measures_of_variants(results: Results, lang: str) -> Sheet:
    """A row a variant, a column a measure: means over the runs; those with nothing are left out."""
    found = list(kept_measures(results))
    frame = results.measures.groupby("variant")[[m.name for m, _ in found]].mean()
    kept = [m for m, values in found if not np.isnan(values).all()]
    rows: list[list[Cell]] = [
        [float(str(variant)), *(_cell(float(row[m.name]), m.unit) for m in kept)]
        for variant, row in frame.iterrows()
    ]
    return Sheet(
        word("report.measures", lang),
        [word("cli.compare.variant", lang), *(m.label(lang) for m in kept)],
        rows,
        ["", *(m.unit for m in kept)],
        [word("column.study.variant", lang), *(m.definition(lang) for m in kept)],
    )


def _dictionary(found: Sequence[Sheet], lang: str) -> Sheet:
    """What each column of the sheets before it means."""
    rows: list[list[Cell]] = [
        [sheet.title, head, unit_text(unit, lang), meaning]
        for sheet in found
        for head, unit, meaning in zip(sheet.heads, sheet.units, sheet.meanings, strict=True)
        if meaning
    ]
    heads = [word(f"book.dictionary.{key}", lang) for key in ("sheet", "column", "unit", "meaning")]
    return Sheet(word("book.dictionary", lang), heads, rows, [""] * 4, [""] * 4, wide=(1, 3))


def _setting(value: Any) -> Cell:
    return value if isinstance(value, str) else float(value)


def _cell(value: float, unit: str) -> Cell:
    """A number as a cell; nothing where there is none."""
    if not math.isfinite(value):
        return None
    return Share(value) if unit == "share" else float(value)


def every(results: Results, langs: Sequence[str]) -> Iterator[tuple[str, Sheet]]:
    """The sheets of all languages, one language after the other."""
    for lang in langs:
        for sheet in sheets(results, lang):
            yield lang, sheet
