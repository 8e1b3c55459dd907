"""The end of a study: one sorted file a table, verdicts by variant, and where it all came from."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.digests import TABLES as DIGEST
from analysis.files import write_text
from analysis.measures import MEASURES
from analysis.outputs import DICTIONARY, assumed_rows, scenario_text, versions
from analysis.study.conduct import Ready, identity, missing_runs
from analysis.study.variants import runs_each
from analysis.words import word
from sim.ledger import TABLES as LEDGER
from sim.scenario.errors import BadInput
from sim.study.chunk import FAILURES, KEYS
from sim.study.code import code_sha256
from sim.study.parts import PARTS, STAMP, finished
from sim.study.tables import merge, query, write_parquet

if TYPE_CHECKING:
    import pandas as pd

MEASURES_FILE, VARIANTS_FILE, TARGETS_FILE = (
    f"{name}.parquet" for name in ("measures", "variants", "targets")
)
NO_FAILURE = {"seed": np.empty(0, dtype=np.int64)} | {
    name: np.empty(0, dtype=object) for name in ("error", "message", "at")
}


def gather(it: Ready, homes: Sequence[Path], home: Path) -> None:
    """Bring the parts of several folders of one study into `home`. Raises BadInput."""
    mine = identity(it)
    (home / PARTS).mkdir(parents=True, exist_ok=True)
    for other in homes:
        stamped = other / PARTS / STAMP
        if not stamped.is_file():
            raise BadInput(f"{other}: holds no part of a study")
        if json.loads(stamped.read_text(encoding="utf-8")) != mine:
            raise BadInput(f"{other}: holds runs of another study, or of another version of anlan")
        for chunk in finished(other):
            target = home / PARTS / chunk.name
            if other.resolve() != home.resolve() and not target.exists():
                beside = target.with_name(f".copy-{os.getpid()}-{chunk.name}")
                shutil.copytree(other / PARTS / chunk.name, beside)
                os.replace(beside, target)
    write_text(home / PARTS / STAMP, json.dumps(mine))


def finish(it: Ready, home: Path, facts: dict[str, Any] | None = None) -> None:
    """Merge what was played into the study's tables and write its manifest.

    Raises BadInput where runs are missing that the design wants.
    """
    _check_complete(it, home)
    parts = [home / PARTS / c.name for c in finished(home)]
    names = sorted({f.stem for part in parts for f in part.glob("*.parquet")})
    for name in names:
        files = [p / f"{name}.parquet" for p in parts if (p / f"{name}.parquet").exists()]
        folder = home / "ledger" if name.startswith("ledger.") else home
        folder.mkdir(exist_ok=True)
        only = f"run < {runs_each(it.study)}"
        merge(files, folder / f"{name.removeprefix('ledger.')}.parquet", only, KEYS)
    for name, columns in ((FAILURES, NO_FAILURE), ("measures", _no_measure(it))):
        if name not in names:  # none failed, or all did
            _write(home / f"{name}.parquet", KEYS, [((0, 0), columns)])
    _write_frame(home / VARIANTS_FILE, variants_frame(it))
    write_text(home / "scenario.json", scenario_text(it.variants.scenario))
    write_text(home / "study.json", it.study.model_dump_json(indent=1) + "\n")
    _write_frame(home / TARGETS_FILE, targets_frame(it, home))
    write_text(home / "dictionary.csv", dictionary(it))
    write_text(home / "manifest.json", _json(manifest(it, home) | (facts or {})))


def _no_measure(it: Ready) -> dict[str, Any]:
    return {name: np.empty(0) for name in it.measures}


def _check_complete(it: Ready, home: Path) -> None:
    """Raise BadInput where runs are missing; with a rule, where its last word is not `settled`."""
    left = missing_runs(it, home)
    if left:
        raise BadInput(
            f"{home}: {left:,} runs of the study are not there yet; play them (anlan study), or "
            "name the other shards' folders"
        )


def variants_frame(it: Ready) -> pd.DataFrame:
    """`variant`, a column a factor, and for each factor its place in the unit cube."""
    frame = it.variants.frame()
    for n, name in enumerate(it.variants.names):
        if len(it.variants.places):
            frame[f"{name}{PLACE}"] = it.variants.places[:, n]
    return frame


PLACE = "@place"  # ends the name of the column that holds a factor's place from 0 to 1


def targets_frame(it: Ready, home: Path) -> pd.DataFrame:
    """A row a variant and target: verdict, estimate, interval, runs judged, how it was settled.

    With a stopping rule intervals are its own, which hold however often one looks; without
    one they are those of `anlan run`.
    """
    import pandas as pd

    from analysis.verdict import judge

    rows: list[dict[str, Any]] = []
    plan = it.variants.scenario.plan
    judged = sorted({t.measure for t in plan.targets if t.kind == "performance"})
    columns = "".join(f', "{m}"' for m in judged)
    files = [str(home / MEASURES_FILE)]
    measures = query(f"SELECT variant, run{columns} FROM read_parquet(?)", files)
    by_variant = {int(str(v)): f for v, f in measures.groupby("variant")}
    for variant in range(len(it.variants)):
        frame = by_variant.get(variant, measures.head(0))
        settled = {s.id: s for s in it.statuses.get(variant, [])}
        for verdict in judge(frame, scenario=it.batch.of_variant(variant)):
            row = asdict(verdict)
            row = {"variant": variant} | {k: row[k] for k in TARGET_COLUMNS}
            row["settled"] = "runs" if verdict.kind == "performance" else "scenario"
            status = settled.get(verdict.id)
            if status is not None:
                row |= {
                    "verdict": "undecided" if status.status == "open" else status.status,
                    "estimate": status.interval.estimate,
                    "low": status.interval.low,
                    "high": status.interval.high,
                    "applicable_runs": status.applicable,
                    "settled": status.settled,
                }
            rows.append(row)
    return pd.DataFrame(rows, columns=["variant", *TARGET_COLUMNS, "settled"])


TARGET_COLUMNS = ("id", "kind", "measure", "estimate", "low", "high", "runs", "applicable_runs",
                  "verdict")  # fmt: skip


def manifest(it: Ready, home: Path) -> dict[str, Any]:
    """Where a study's numbers come from."""
    scenario, study = it.variants.scenario, it.study
    counts = query(
        "SELECT (SELECT count(*) FROM read_parquet(?)), (SELECT count(*) FROM read_parquet(?))",
        [str(home / MEASURES_FILE), str(home / f"{FAILURES}.parquet")],
    ).iloc[0]
    assumed = [p.name for p in scenario.parameters.values() if p.mark == "assumption"]
    return {
        "study": study.id,
        "question": study.question.model_dump(),
        "scenario": scenario.id,
        **{f"{k}_sha256": v for k, v in identity(it).items() if k in ("scenario", "variants")},
        "code_sha256": code_sha256(),
        "seed": study.seed,
        "common_random_numbers": study.common_random_numbers,
        "design": study.design.model_dump(exclude_none=True) if study.design else None,
        "factors": [f.model_dump(exclude_none=True) for f in study.factors],
        "set": study.set,
        "replications": study.replications,
        "stop": study.stop.model_dump() if study.stop else None,
        "variants": len(it.variants),
        "runs": int(counts.iloc[0]),
        "failures": int(counts.iloc[1]),
        "versions": versions(),
        "assumptions": [a.model_dump() for a in scenario.assumptions],
        "assumed_rows": assumed_rows(scenario),
        "assumed_parameters": sorted(assumed),
    }


def dictionary(it: Ready) -> str:
    """Every column of every file of a study, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DICTIONARY)
    writer.writerows(_rows(it))
    return text.getvalue()


def _rows(it: Ready) -> Any:
    def told(key: str) -> list[str]:
        return [word(f"column.{key}", lang) for lang in ("zh", "en")]

    def keys(file: str) -> Any:
        for key in KEYS:
            yield [file, key, "", *told(f"study.{key}")]

    yield from keys(MEASURES_FILE)
    for name in it.measures:
        m = MEASURES[name]
        both = (f"{m.label(lang)}: {m.definition(lang)}" for lang in ("zh", "en"))
        yield [MEASURES_FILE, name, m.unit, *both]
    for table in it.study.outputs.tables:
        yield from keys(f"{table}.parquet")
        for column, (unit, en, zh) in DIGEST[table].items():
            yield [f"{table}.parquet", column, unit, zh, en]
    yield from keys(f"{FAILURES}.parquet")
    for column in NO_FAILURE:
        yield [f"{FAILURES}.parquet", column, "", *told(f"study.failure.{column}")]
    yield [VARIANTS_FILE, "variant", "", *told("study.variant")]
    for name in it.variants.names:
        yield [VARIANTS_FILE, name, "", *told("study.factor")]
        if len(it.variants.places):
            yield [VARIANTS_FILE, f"{name}{PLACE}", "", *told("study.place")]
    for column in ("variant", *TARGET_COLUMNS, "settled"):
        own = column in ("variant", "settled")
        key = f"study.{column}" if own else f"verdict.{column}"
        yield [TARGETS_FILE, column, "", *told(key)]
    for table, facts in LEDGER.items() if it.study.outputs.ledgers else ():
        yield from keys(f"ledger/{table}.parquet")
        for column, (_, unit, en, zh) in facts.items():
            yield [f"ledger/{table}.parquet", column, unit, zh, en]
    for column in DICTIONARY:
        yield ["dictionary.csv", column, "", *told(f"dictionary.{column}")]


def _write(path: Path, keys: Sequence[str], rows: Any) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    write_parquet(beside, keys, rows)
    os.replace(beside, path)


def _write_frame(path: Path, frame: pd.DataFrame) -> None:
    columns = {c: frame[c].to_numpy(dtype=object if frame[c].dtype.kind not in "iufb" else None)
               for c in frame.columns}  # fmt: skip
    _write(path, (), [((), columns)])


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
