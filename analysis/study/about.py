"""What a finished study says about itself: where its numbers come from, what each column means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from anlan.analysis.digests import TABLES as DIGEST
from anlan.analysis.measures import MEASURES
from anlan.analysis.outputs import DICTIONARY, assumed_rows, now, series_rows, versions
from anlan.analysis.study.conduct import Ready, identity, when_begun
from anlan.analysis.study.naming import factor_labels
from anlan.analysis.words import LANGS, word
from anlan.sim.ledger import TABLES as LEDGER
from anlan.sim.study.chunk import FAILURES, KEYS
from anlan.sim.study.code import code_sha256
from anlan.sim.study.tables import query

MEASURES_FILE, VARIANTS_FILE, TARGETS_FILE = (
    f"{name}.parquet" for name in ("measures", "variants", "targets")
)
FAILURES_FILE = f"{FAILURES}.parquet"
NO_FAILURE = {"seed": np.empty(0, dtype=np.int64)} | {
    name: np.empty(0, dtype=object) for name in ("error", "message", "at")
}
TARGET_COLUMNS = ("id", "kind", "measure", "estimate", "low", "high", "runs", "applicable_runs",
                  "verdict")  # fmt: skip
PLACE = "@place"  # ends the name of the column that holds a factor's place from 0 to 1
DRAWN_BY = {"sobol": ("SALib",), "morris": ("SALib",)}  # the library that draws a design's points


def manifest(it: Ready, home: Path) -> dict[str, Any]:
    """Where a study's numbers come from; its keys are those of `manifest_keys`."""
    scenario, study = it.variants.scenario, it.study
    counts = query(
        "SELECT (SELECT count(*) FROM read_parquet(?)), (SELECT count(*) FROM read_parquet(?))",
        [str(home / MEASURES_FILE), str(home / FAILURES_FILE)],
    ).iloc[0]
    assumed = [p.name for p in scenario.parameters.values() if p.mark == "assumption"]
    same = identity(it)
    design = study.design
    return {
        "study": study.id,
        "question": study.question.model_dump(),
        "scenario": scenario.id,
        "scenario_sha256": same["scenario"],
        "variants_sha256": same["variants"],
        "code_sha256": code_sha256(),
        "people_per_row": it.variants.people_per_row(),
        "seed": study.seed,
        "common_random_numbers": study.common_random_numbers,
        "design": design.model_dump(exclude_none=True) if design else None,
        "factors": [f.model_dump(exclude_none=True) for f in study.factors],
        "set": study.set,
        "replications": study.replications,
        "stop": study.stop.model_dump() if study.stop else None,
        "outputs": study.outputs.model_dump(mode="json"),
        "variants": len(it.variants),
        "runs": int(counts.iloc[0]),
        "failures": int(counts.iloc[1]),
        "started": when_begun(home),
        "finished": now(),
        "versions": versions(DRAWN_BY.get(design.kind, ()) if design else ()),
        "assumptions": [a.model_dump() for a in scenario.assumptions],
        "assumed_rows": assumed_rows(scenario),
        "assumed_parameters": sorted(assumed),
    }


def manifest_keys() -> dict[str, tuple[str, str]]:
    """Key of manifest.json -> what it is, in Chinese and in English."""
    return {key: _told(f"manifest.{key}") for key in MANIFEST}


MANIFEST = (
    "study", "question", "scenario", "scenario_sha256", "variants_sha256", "code_sha256",
    "people_per_row", "seed", "common_random_numbers", "design", "factors", "set", "replications",
    "stop", "outputs", "variants", "runs", "failures", "started", "finished", "versions",
    "assumptions", "assumed_rows", "assumed_parameters",
)  # fmt: skip


def dictionary(it: Ready) -> str:
    """Every column of every file of a study, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DICTIONARY)
    writer.writerows(_rows(it))
    return text.getvalue()


def _told(key: str) -> tuple[str, str]:
    return word(f"column.{key}", "zh"), word(f"column.{key}", "en")


def _keys(file: str) -> Iterator[list[str]]:
    for key in KEYS:
        yield [file, key, "", *_told(f"study.{key}")]


def _rows(it: Ready) -> Iterator[list[str]]:
    yield from _keys(MEASURES_FILE)
    for name in it.measures:
        m = MEASURES[name]
        yield [MEASURES_FILE, name, m.unit, *(f"{m.label(x)}: {m.definition(x)}" for x in LANGS)]
    yield from _kept(it)
    yield from _keys(FAILURES_FILE)
    for column in NO_FAILURE:
        yield [FAILURES_FILE, column, "", *_told(f"study.failure.{column}")]
    yield from _variants(it)
    for column in ("variant", *TARGET_COLUMNS, "settled"):
        own = column in ("variant", "settled")
        yield [TARGETS_FILE, column, "", *_told(f"{'study' if own else 'verdict'}.{column}")]
    for key, texts in manifest_keys().items():
        yield ["manifest.json", key, "", *texts]
    for file in ("scenario.json", "study.json"):
        yield [file, "", "", *_told(f"study.file.{file.partition('.')[0]}")]
    for column in DICTIONARY:
        yield ["dictionary.csv", column, "", *_told(f"dictionary.{column}")]


def _kept(it: Ready) -> Iterator[list[str]]:
    """Tables kept of every run, and ledgers."""
    for table in it.study.outputs.tables:
        yield from _keys(f"{table}.parquet")
        for column, (unit, en, zh) in DIGEST[table].items():
            yield [f"{table}.parquet", column, unit, zh, en]
    if "series" in it.study.outputs.tables:
        yield from series_rows(it.variants.scenario)
    for table, facts in LEDGER.items() if it.study.outputs.ledgers else ():
        yield from _keys(f"ledger/{table}.parquet")
        for column, (_, unit, en, zh) in facts.items():
            yield [f"ledger/{table}.parquet", column, unit, zh, en]


def _variants(it: Ready) -> Iterator[list[str]]:
    scenario, names = it.variants.scenario, it.variants.names
    labels = [factor_labels(scenario, names, lang) for lang in LANGS]
    yield [VARIANTS_FILE, "variant", "", *_told("study.variant")]
    for name in names:
        parameter = scenario.parameters.get(name.removeprefix("parameters."))
        unit = parameter.unit if parameter is not None else ""
        said = zip(labels, _told("study.factor"), strict=True)
        yield [VARIANTS_FILE, name, unit, *(f"{label[name]}: {text}" for label, text in said)]
        if len(it.variants.places):
            yield [VARIANTS_FILE, f"{name}{PLACE}", "", *_told("study.place")]
