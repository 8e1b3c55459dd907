"""The data dictionary: every column of every file that a study leaves, in every language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from anlan.analysis.digests.series import SERIES, SERIES_OF_ITEM
from anlan.analysis.digests.tables import TABLES
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.study.checked import CheckedStudy
from anlan.analysis.study.manifest import MANIFEST
from anlan.analysis.study.naming import factor_labels
from anlan.analysis.study.tables import (
    FAILURE,
    FAILURES_FILE,
    MEASURES_CSV,
    MEASURES_FILE,
    OUTCOME_COLUMNS,
    OUTCOMES_FILE,
    POINT,
    TARGET_COLUMNS,
    TARGETS_FILE,
    VARIANTS_FILE,
    VERDICT_FILE,
)
from anlan.analysis.verdict.verdict import columns as verdict_columns
from anlan.analysis.words import LANGS, in_every_language
from anlan.analysis.words.ledger import column_words, ledger_tables
from anlan.analysis.words.names import said
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import KEYS

Row = tuple[str, str, str, Mapping[str, str]]  # file, column, unit, what it means by language
UNIT_OF_SERIES = {"crews_busy": "crew", "crews_ready": "crew", "roads_closed": "road"}


def columns() -> tuple[str, ...]:
    """The columns of dictionary.csv itself."""
    return ("file", "column", "unit", *LANGS)


def dictionary(checked: CheckedStudy) -> str:
    """The dictionary of a study, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns())
    for file, column, unit, texts in _rows(checked):
        writer.writerow([file, column, unit, *(texts[lang] for lang in LANGS)])
    return text.getvalue()


def manifest_words() -> dict[str, Mapping[str, str]]:
    """Key of manifest.json -> what it is, by language."""
    return {key: _told(f"manifest.{key}") for key in MANIFEST}


def _told(key: str, **fill: object) -> Mapping[str, str]:
    return in_every_language(f"column.{key}", **fill)


def _rows(checked: CheckedStudy) -> Iterator[Row]:
    alone = len(checked.variants) == 1
    for file in (MEASURES_FILE, MEASURES_CSV) if alone else (MEASURES_FILE,):
        yield from _measures(checked, file)
    yield from _kept_of_runs(checked)
    yield from _keys(FAILURES_FILE)
    for column in FAILURE:
        yield FAILURES_FILE, column, "", _told(f"study.failure.{column}")
    yield from _variants(checked)
    for column in ("variant", *TARGET_COLUMNS, "settled"):
        of_study = column in ("variant", "settled")
        yield TARGETS_FILE, column, "", _told(f"{'study' if of_study else 'verdict'}.{column}")
    if checked.study.outputs.outcomes:
        yield OUTCOMES_FILE, "variant", "", _told("study.variant")
        for column in OUTCOME_COLUMNS:
            yield OUTCOMES_FILE, column, "", _told(f"study.outcome.{column}")
    if alone:
        yield from _verdicts()
    for key, texts in manifest_words().items():
        yield "manifest.json", key, "", texts
    for file in ("scenario.json", "study.json"):
        yield file, "", "", _told(f"study.file.{file.partition('.')[0]}")
    yield from _scenario(checked.scenario)
    for column in columns():
        key = "language" if column in LANGS else column
        yield "dictionary.csv", column, "", _told(f"dictionary.{key}", language=column)


def _scenario(scenario: Scenario) -> Iterator[Row]:
    """What each key of scenario.json means, off the registry of tables."""
    for part in described(type(scenario)):
        for column in part.columns:
            texts = {lang: said(column, lang) for lang in LANGS}
            yield "scenario.json", f"{part.path}.{column.name}", column.unit, texts


def _keys(file: str) -> Iterator[Row]:
    for key in KEYS:
        yield file, key, "", _told(f"study.{key}")


def _measures(checked: CheckedStudy, file: str) -> Iterator[Row]:
    yield from _keys(file)
    for name in checked.measures:
        m = MEASURES[name]
        texts = {lang: f"{m.label(lang)}: {m.definition(lang)}" for lang in LANGS}
        yield file, name, m.unit, texts


def _kept_of_runs(checked: CheckedStudy) -> Iterator[Row]:
    """Tables kept of every run, and ledgers."""
    for table in checked.study.outputs.tables:
        yield from _keys(f"{table}.parquet")
        for column, unit in TABLES[table].items():
            yield f"{table}.parquet", column, unit, _told(f"digest.{table}.{column}")
    if "series" in checked.study.outputs.tables:
        yield from _series(checked.scenario)
    for table, facts in ledger_tables().items() if checked.study.outputs.ledgers else ():
        yield from _keys(f"ledger/{table}.parquet")
        for column, unit in facts.items():
            yield f"ledger/{table}.parquet", column, unit, column_words(table, column)


def _series(scenario: Scenario) -> Iterator[Row]:
    """A row for each name that the column `series` of series.parquet holds."""
    names = [(f"{column}.{item.item}", "person" if column == "persons_short" else item.unit)
             for item in scenario.items for column in SERIES_OF_ITEM]  # fmt: skip
    names += [(series, UNIT_OF_SERIES.get(series, "person")) for series in SERIES]
    for series, unit in names:
        texts = in_every_language(f"series.{series.partition('.')[0]}")
        yield "series.parquet", f"series = {series}", unit, texts


def _variants(checked: CheckedStudy) -> Iterator[Row]:
    scenario, names = checked.scenario, checked.variants.names
    labels = {lang: factor_labels(scenario, names, lang) for lang in LANGS}
    yield VARIANTS_FILE, "variant", "", _told("study.variant")
    for name in names:
        parameter = scenario.parameters.get(name.removeprefix("parameters."))
        unit = parameter.unit if parameter is not None else ""
        told = _told("study.factor")
        texts = {lang: f"{labels[lang][name]}: {told[lang]}" for lang in LANGS}
        yield VARIANTS_FILE, name, unit, texts
        if len(checked.variants.points):
            yield VARIANTS_FILE, f"{name}{POINT}", "", _told("study.point")


def _verdicts() -> Iterator[Row]:
    for column in verdict_columns():
        lang = column.removeprefix("note_")
        if lang in LANGS:
            key = "note" if column.startswith("note_") else "text"
            yield VERDICT_FILE, column, "", _told(f"verdict.{key}", language=lang)
        else:
            yield VERDICT_FILE, column, "", _told(f"verdict.{column}")
