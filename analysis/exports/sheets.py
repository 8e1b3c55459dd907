"""What stands in the workbook: sheets of a language as plain tables, whatever the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anlan.analysis.exports.sheet import (
    Cell,
    Sheet,
    cell,
    dictionary,
    told_sheet,
    two_columns,
)
from anlan.analysis.exports.shopping_sheet import shopping_sheet
from anlan.analysis.exports.unreached_sheet import unreached_sheet
from anlan.analysis.exports.why_sheet import why_sheet
from anlan.analysis.plots.pictures import FIGURES, pictures
from anlan.analysis.report.changed import changed
from anlan.analysis.report.enough import enough_rows, enough_text
from anlan.analysis.report.measures import (
    interval_ends,
    kept_measures,
    mean_of,
    worst_town_mean,
)
from anlan.analysis.report.of_runs import answer, question
from anlan.analysis.report.places import head
from anlan.analysis.report.reached import reached
from anlan.analysis.report.sections import exploratory, failed_runs, titled
from anlan.analysis.results.folder import Results
from anlan.analysis.results.place_means import LATE_SHARE, mean_columns, place_means
from anlan.analysis.study.naming import factor_labels, unit_text, what_label, what_unit
from anlan.analysis.text.events import event_text
from anlan.analysis.verdict.verdict import TABLE
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import name_of, names, said
from anlan.analysis.words.sources import source_text


def sheets(results: Results, lang: str) -> list[Sheet]:
    """The sheets of a language: summary, verdicts, measures, places, who was not reached, why, what
    would be enough, pictures, dictionary; those of which there is anything.
    """
    several = len(results.variants) > 1
    one = results if several else results.only(int(results.variants["variant"].iloc[0]))
    found = [_summary(one, lang, several)]
    if several:
        found += [_targets_of_variants(results, lang), _measures_of_variants(results, lang)]
    else:
        found += [_verdicts(one, lang), _measures(one, lang)]
        found += [_places(one, lang)] if one.has("places") else []
        found += filter(None, (unreached_sheet(one, lang), why_sheet(one, lang)))
    found += filter(None, (_shopping(results.folder, lang), _pictures(results, lang)))
    return [*found, dictionary(found, lang)]


def _shopping(folder: Path, lang: str) -> Sheet | None:
    """What `anlan size` has found, where its folder lies in that of the runs and it is a list."""
    found = enough_rows(folder)
    return shopping_sheet(found, lang) if found else None


def _pictures(results: Results, lang: str) -> Sheet | None:
    """The pictures of a language that were drawn, each beside its title and what it shows."""
    drawn = [
        (titled(picture, lang), word(f"picture.{picture.key}.text", lang), path)
        for picture in pictures(results, lang)
        if (path := results.folder / FIGURES / f"{picture.name}.{lang}.png").is_file()
    ]
    if not drawn:
        return None
    rows: list[list[Cell]] = [[name, text, ""] for name, text, _ in drawn]
    heads = [word(f"book.pictures.{key}", lang) for key in ("title", "shows", "picture")]
    paths = [path for *_, path in drawn]
    return Sheet(word("book.pictures", lang), heads, rows, [""] * 3, [""] * 3, (2,), paths)


def _summary(results: Results, lang: str, several: bool) -> Sheet:
    scenario, manifest = results.scenario, results.manifest
    sentence, lines = changed(results, lang)
    told = {
        "scenario": trait("colon", lang).join((scenario.id, said(scenario.settings.name, lang))),
        "question": said(results.study.question, lang) if several else question(scenario, lang),
        "answer": "" if several else answer(results, lang),
        "event": event_text(scenario, lang),
        "reached": "" if several else reached(results, lang),
        "enough": enough_text(results.folder, lang),
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
    return two_columns(word("book.summary", lang), rows, lang)


def _verdicts(results: Results, lang: str) -> Sheet:
    keys = [*TABLE[:2], "measure", "estimate", "low", "high", "unit", "runs", "verdict", "note",
            "source"]  # fmt: skip
    rows: list[list[Cell]] = []
    for v in results.verdicts:
        text, rule, *_, verdict = v.row(lang)
        unit = v.bound_unit
        rows.append(
            [text, rule, what_label(v.measure, lang) if v.measure else "", cell(v.estimate, unit),
             cell(v.low, unit), cell(v.high, unit), unit_text(unit, lang),
             float(v.applicable_runs) if v.of_runs else None, verdict, v.note(lang),
             source_text(v.source, lang)]
        )  # fmt: skip
    return told_sheet(word("report.verdicts", lang), "verdict", keys, rows, (0, 9), lang)


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
            [measure.label(lang), *(cell(n, unit) for n in numbers), unit_text(unit, lang),
             float((~np.isnan(values)).sum()), measure.definition(lang), measure.name]
        )  # fmt: skip
    return told_sheet(word("report.measures", lang), "measure", keys, rows, (0, 10), lang)


def _places(results: Results, lang: str) -> Sheet:
    """A row a community; columns in which nothing happened anywhere are left out."""
    scenario = results.scenario
    means = place_means(results)
    units = mean_columns() | {LATE_SHARE: "share"}
    columns = [c for c in (LATE_SHARE, *mean_columns()) if means[c].fillna(0.0).any()]
    called, towns = names(scenario, lang), {t.town: name_of(t, lang) for t in scenario.towns}
    rows: list[list[Cell]] = [
        [c.community, called[c.community], towns[c.town], c.lon, c.lat, float(c.residents),
         *(cell(float(means[column].iloc[i]), units[column]) for column in columns)]
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
         *(cell(row[key], what_unit(target[row["id"]])) for key in ("estimate", "low", "high")),
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
        [float(str(variant)), *(cell(float(row[m.name]), m.unit) for m in kept)]
        for variant, row in frame.iterrows()
    ]
    return Sheet(
        word("report.measures", lang),
        [word("cli.compare.variant", lang), *(m.label(lang) for m in kept)],
        rows,
        ["", *(m.unit for m in kept)],
        [word("column.study.variant", lang), *(m.definition(lang) for m in kept)],
    )


def _setting(value: Any) -> Cell:
    return value if isinstance(value, str) else float(value)


def every(results: Results, langs: Sequence[str]) -> Iterator[tuple[str, Sheet]]:
    """The sheets of all languages, one language after the other."""
    for lang in langs:
        for sheet in sheets(results, lang):
            yield lang, sheet
