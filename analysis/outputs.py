"""From a scenario to an output folder: runs, tables, verdicts, pictures, the report.

Every file is written beside its place and renamed, so that a file that is there is whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from anlan.analysis.again import changes_of
from anlan.analysis.digests import SERIES, SERIES_OF_ITEM
from anlan.analysis.digests import TABLES as DIGEST
from anlan.analysis.files import write_text
from anlan.analysis.measures import MEASURES
from anlan.analysis.results import Results
from anlan.analysis.verdict import Verdicts
from anlan.analysis.words import word
from anlan.sim.ledger import TABLES as LEDGER
from anlan.sim.scenario.clock import chosen_storm
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.registry import Numbers, Table, entries
from anlan.sim.scenario.schema import Scenario

Progress = Callable[[int, int], None]
DICTIONARY = ("file", "column", "unit", "zh", "en")
PACKAGES = ("anlan", "mesa", "numpy", "scipy", "pandas", "duckdb", "matplotlib", "pydantic")


def evaluate(
    scenario: Scenario,
    runs: int,
    seed: int,
    workers: int,
    out: str | Path,
    lang: str = "en",
    progress: Progress | None = None,
    keep_ledgers: int | None = 20,
    changes: Mapping[str, str] | None = None,
) -> Verdicts:
    """Play `runs` runs, judge the plan, and leave everything in the folder `out`.

    Whole ledgers are kept of the first `keep_ledgers` runs (None: of all); measures, curves
    and places of every run. `changes` is what was set anew, key -> value, for the manifest;
    where it is not given, what differs from the shipped scenario of that name. Returns the
    verdicts. Raises what `sim.replicate` raises.
    """
    from anlan import sim
    from anlan.analysis.digests import digest

    folder = Path(out)
    begun = now()
    played = sim.replicate(
        scenario,
        runs,
        seed=seed,
        workers=workers,
        digest=digest,
        folder=folder,
        keep_ledgers=keep_ledgers,
        progress=progress,
    )
    text = scenario_text(scenario)
    write_text(folder / "scenario.json", text)
    results = Results.of_folder(folder)
    write_text(folder / "measures.csv", results.measures.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "verdict.json", results.verdicts.to_json() + "\n")
    write_text(folder / "dictionary.csv", dictionary(scenario))
    facts = manifest(results, text, seed, played.ledger_runs, begun)
    if changes is not None:
        facts["changes"] = dict(changes)
    write_text(folder / "manifest.json", _json(facts))
    _show(results, facts, lang)
    write_text(folder / "manifest.json", _json({**facts, "finished": now()}))
    return results.verdicts


def rebuild(out: str | Path, lang: str = "en") -> Verdicts:
    """Make the verdicts, pictures and report anew from an output folder alone.

    Raises FileNotFoundError where the folder lacks a file that `evaluate` writes.
    """
    results = Results.of_folder(out)
    facts = json.loads((results.folder / "manifest.json").read_text(encoding="utf-8"))
    write_text(results.folder / "verdict.json", results.verdicts.to_json() + "\n")
    _show(results, facts, lang)
    return results.verdicts


def _show(results: Results, facts: dict[str, Any], lang: str) -> None:
    from anlan.analysis.plots import draw_all
    from anlan.analysis.report import write_report

    draw_all(results, results.folder / "figures", lang)
    write_report(results, facts, lang)


def scenario_text(scenario: Scenario) -> str:
    """The whole scenario as one line of sorted JSON; its SHA-256 names the scenario."""
    return json.dumps(scenario.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def manifest(
    results: Results, text: str, seed: int, ledger_runs: int, begun: str
) -> dict[str, Any]:
    """Where the numbers come from: scenario, seed, versions, times, assumptions."""
    scenario = results.scenario
    assumed = [p.name for p in scenario.parameters.values() if p.mark == "assumption"]
    return {
        "scenario": scenario.id,
        "scenario_sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "changes": changes_of(scenario),  # null: the scenario is none that ships
        "people_per_row": scenario.people_per_row,  # more than 1: exploratory
        "storm": chosen_storm(scenario),
        "seed": seed,
        "runs": results.runs,
        "ledger_runs": list(range(ledger_runs)),
        "duration_h": scenario.settings.duration_h,
        "tick_min": scenario.settings.tick_min,
        "run_starts": results.start.isoformat(),
        "utc_offset_h": scenario.settings.utc_offset_h,
        "started": begun,
        "finished": None,
        "versions": versions(),
        "assumptions": [a.model_dump() for a in scenario.assumptions],
        "assumed_rows": assumed_rows(scenario),
        "assumed_parameters": sorted(assumed),
    }


def versions(more: Sequence[str] = ()) -> dict[str, str]:
    """The versions that the numbers were made with; `more` packages besides the usual ones."""
    found = {"python": platform.python_version()}
    for name in (*PACKAGES, *more):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # run from the source tree
            found[name] = "source"
    return found


def assumed_rows(scenario: Scenario) -> dict[str, list[int]]:
    """file -> [rows marked as an assumption, all rows] of the tables that the scenario uses."""
    found: dict[str, list[Any]] = {}
    for entry in entries(type(scenario)):
        part, held = entry.part, entry.of(scenario)
        if "mark" not in entry.row.model_fields:
            continue
        if isinstance(part, Table) and (not part.hazard or part.hazard in scenario.hazards):
            found |= {part.file: held} if held or not part.optional else {}
        elif isinstance(part, Numbers):
            found["parameters/*.csv"] = list(held.values())
    return {
        file: [sum(row.mark == "assumption" for row in rows), len(rows)]
        for file, rows in found.items()
    }


def dictionary(scenario: Scenario) -> str:
    """The data dictionary: every column of every file that a run leaves, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DICTIONARY)
    writer.writerows(_dictionary_rows(scenario))
    return text.getvalue()


def _dictionary_rows(scenario: Scenario) -> Iterator[list[str]]:
    run = [word("column.run", lang) for lang in ("zh", "en")]
    for file in ("measures.csv", "measures.parquet"):
        yield [file, "run", "", *run]
        for m in MEASURES.values():
            zh, en = (f"{m.label(lang)}: {m.definition(lang)}" for lang in ("zh", "en"))
            yield [file, m.name, m.unit, zh, en]
    for table, columns in DIGEST.items():
        if columns:
            yield [f"{table}.parquet", "run", "", *run]
        for column, (unit, en, zh) in columns.items():
            yield [f"{table}.parquet", column, unit, zh, en]
    yield from series_rows(scenario)
    for table, facts in LEDGER.items():
        yield [f"ledger/{table}.parquet", "run", "", *run]
        for column, (_, unit, en, zh) in facts.items():
            yield [f"ledger/{table}.parquet", column, unit, zh, en]
    for part in described(type(scenario)):
        for c in part.columns:
            yield ["scenario.json", f"{part.path}.{c.name}", c.unit, c.zh, c.en]
    for column in DICTIONARY:
        zh, en = (word(f"column.dictionary.{column}", lang) for lang in ("zh", "en"))
        yield ["dictionary.csv", column, "", zh, en]
    for column in Verdicts.COLUMNS:
        zh, en = (word(f"column.verdict.{column}", lang) for lang in ("zh", "en"))
        yield ["verdict.json", column, "", zh, en]


def series_rows(scenario: Scenario) -> Iterator[list[str]]:
    """A row of the dictionary for each name that the column `series` of series.parquet holds."""
    for series, unit in _series_names(scenario):
        key = series.split(".")[0]
        zh, en = (word(f"series.{key}", lang) for lang in ("zh", "en"))
        yield ["series.parquet", f"series = {series}", unit, zh, en]


def _series_names(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for item in scenario.items:
        for column in SERIES_OF_ITEM:
            yield f"{column}.{item.item}", "person" if column == "persons_short" else item.unit
    for series in SERIES:
        unit = {"crews_busy": "crew", "crews_ready": "crew", "roads_closed": "road"}
        yield series, unit.get(series, "person")


def now() -> str:
    """The local time with its offset, as ISO 8601."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
