"""The end of a study: one sorted file a table, verdicts by variant, and where it all came from."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.files import write_text
from anlan.analysis.outputs import scenario_text
from anlan.analysis.study.about import (
    MEASURES_FILE,
    NO_FAILURE,
    PLACE,
    TARGET_COLUMNS,
    TARGETS_FILE,
    VARIANTS_FILE,
    dictionary,
    manifest,
)
from anlan.analysis.study.conduct import BEGUN, Ready, identity, there_and_wanted, when_begun
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study.chunk import FAILURES, KEYS
from anlan.sim.study.parts import PARTS, STAMP, Bools, finished
from anlan.sim.study.runs import merge_parts
from anlan.sim.study.tables import query, write_parquet

if TYPE_CHECKING:
    import pandas as pd


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
    begun = [text for folder in (home, *homes) if (text := when_begun(folder)) is not None]
    if begun:
        write_text(home / PARTS / BEGUN, min(begun, key=datetime.fromisoformat))
    write_text(home / PARTS / STAMP, json.dumps(mine))


def finish(it: Ready, home: Path, facts: dict[str, Any] | None = None) -> None:
    """Merge what was played into the study's tables and write its manifest.

    Raises BadInput where runs are missing that the design wants.
    """
    names = merge_parts(home, _all_there(it, home), KEYS)
    for name, columns in ((FAILURES, NO_FAILURE), ("measures", _no_measure(it))):
        if name not in names:  # none failed, or all did
            _write(home / f"{name}.parquet", KEYS, [((0, 0), columns)])
    _write_frame(home / VARIANTS_FILE, variants_frame(it))
    write_text(home / "scenario.json", scenario_text(it.variants.scenario))
    write_text(home / "study.json", it.study.model_dump_json(indent=1) + "\n")
    _write_frame(home / TARGETS_FILE, targets_frame(it, home))
    write_text(home / "dictionary.csv", dictionary(it))
    told = manifest(it, home) | (facts or {})
    write_text(home / "manifest.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _no_measure(it: Ready) -> dict[str, Any]:
    return {name: np.empty(0) for name in it.measures}


def _all_there(it: Ready, home: Path) -> Bools:
    """(variants, runs) the runs of the study. Raises BadInput where some are missing."""
    there, wanted = there_and_wanted(it, home)
    left = int((wanted & ~there).sum())
    if left:
        raise BadInput(
            f"{home}: {left:,} runs of the study are not there yet; play them (anlan study), or "
            "name the other shards' folders"
        )
    return wanted


def variants_frame(it: Ready) -> pd.DataFrame:
    """`variant`, a column a factor, and for each factor its place in the unit cube."""
    frame = it.variants.frame()
    for n, name in enumerate(it.variants.names):
        if len(it.variants.places):
            frame[f"{name}{PLACE}"] = it.variants.places[:, n]
    return frame


def targets_frame(it: Ready, home: Path) -> pd.DataFrame:
    """A row a variant and target: verdict, estimate, interval, runs judged, how it was settled.

    With a stopping rule intervals are its own, which hold however often one looks; without
    one they are those of `anlan run`.
    """
    import pandas as pd

    from anlan.analysis.verdict import judge

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


def _write(path: Path, keys: Sequence[str], rows: Any) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    write_parquet(beside, keys, rows)
    os.replace(beside, path)


def _write_frame(path: Path, frame: pd.DataFrame) -> None:
    columns = {c: frame[c].to_numpy(dtype=object if frame[c].dtype.kind not in "iufb" else None)
               for c in frame.columns}  # fmt: skip
    _write(path, (), [((), columns)])
