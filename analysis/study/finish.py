"""The end of a study: one sorted file a table, verdicts by variant, and where it all came from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.digests.tables import TABLES
from anlan.analysis.study.checked import CheckedStudy
from anlan.analysis.study.dictionary import dictionary
from anlan.analysis.study.manifest import manifest
from anlan.analysis.study.outcomes import outcome_rows
from anlan.analysis.study.play import Wanted
from anlan.analysis.study.tables import (
    DICTIONARY_FILE,
    FAILURE,
    MANIFEST_FILE,
    MEASURES_CSV,
    MEASURES_FILE,
    OUTCOME_COLUMNS,
    OUTCOMES_FILE,
    POINT,
    SCENARIO_FILE,
    STUDY_FILE,
    TARGET_COLUMNS,
    TARGETS_FILE,
    VARIANTS_FILE,
    VERDICT_FILE,
)
from anlan.analysis.verdict.judged import judge_variant
from anlan.analysis.verdict.target import JUDGED
from anlan.analysis.verdict.verdict import Verdicts
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.study import (
    FAILURES,
    KEYS,
    SUMS,
    Bools,
    check_parts,
    copy_as_csv,
    merge_parts,
    query,
    scenario_text,
    table_file,
    whole,
    write_columns,
    write_sums,
    write_table,
    write_text,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_HELD = 100_000  # runs whose measures are held in memory at a time


def finish_study(checked: CheckedStudy, home: Path) -> None:
    """Merge what was played into the study's tables, judge it and write its manifest.

    The checksums of all that are written last: without them a folder is not finished. Raises
    BadInput where runs are missing that the study wants, or a part is damaged.
    """
    check_parts(home)
    wanted = _all_there(checked, home)
    (home / SUMS).unlink(missing_ok=True)
    names = merge_parts(home, wanted)
    for name, columns in _empty_tables(checked).items():
        if name not in names:  # no run failed, or all did
            _write(home / f"{name}.parquet", columns)
            names.append(name)
    _write(home / VARIANTS_FILE, _columns(variants_frame(checked)))
    write_text(home / SCENARIO_FILE, scenario_text(checked.scenario))
    write_text(home / STUDY_FILE, checked.study.model_dump_json(indent=1) + "\n")
    targets, verdicts = judged_variants(checked, home, wanted.sum(axis=1).tolist())
    _write(home / TARGETS_FILE, _columns(targets))
    files = [table_file(name) for name in names]
    files += [VARIANTS_FILE, TARGETS_FILE, SCENARIO_FILE, STUDY_FILE, DICTIONARY_FILE]
    if checked.study.outputs.outcomes:
        _write(home / OUTCOMES_FILE, _columns(outcomes_frame(checked, home, wanted)))
        files.append(OUTCOMES_FILE)
    if len(checked.variants) == 1:
        write_text(home / VERDICT_FILE, verdicts.to_json() + "\n")
        copy_as_csv(home / MEASURES_FILE, home / MEASURES_CSV)
        files += [VERDICT_FILE, MEASURES_CSV]
    write_table(home / DICTIONARY_FILE, dictionary(checked))
    judged = fewest_judged(targets), len(checked.scenario.plan.targets)
    told = json.dumps(manifest(checked, home, judged), ensure_ascii=False, indent=1)
    write_text(home / MANIFEST_FILE, told + "\n")
    write_sums(home, [*files, MANIFEST_FILE])


def _all_there(checked: CheckedStudy, home: Path) -> Bools:
    """(variants, runs) the runs of the study. Raises BadInput where some are missing."""
    there, wanted = Wanted(checked, home).look()
    left = int((wanted & ~there).sum())
    if left:
        raise BadInput(
            worded(
                "{home}: {left:,} runs of the study are not there yet; play them, or name "
                "the other shards' folders",
                home=home,
                left=left,
            )
        )
    return wanted


def _empty_tables(checked: CheckedStudy) -> dict[str, dict[str, Any]]:
    """The tables that every study of its kind has, without a row."""
    keys: dict[str, Any] = {key: np.empty(0, dtype=np.int64) for key in KEYS}
    found = {
        FAILURES: keys | {c: np.empty(0, dtype=kind) for c, kind in FAILURE.items()},
        "measures": keys | {name: np.empty(0) for name in checked.measures},
    }
    for table in checked.study.outputs.tables:
        found[table] = keys | {column: np.empty(0) for column in TABLES[table]}
    return found


def variants_frame(checked: CheckedStudy) -> pd.DataFrame:
    """`variant`, a column a factor, and for each factor its point in the unit cube."""
    import pandas as pd

    frame, points = checked.variants.frame(), checked.variants.points
    if not len(points):
        return frame
    names = [f"{name}{POINT}" for name in checked.variants.names]
    return pd.concat([frame, pd.DataFrame(points, columns=names)], axis=1)


def judged_variants(
    checked: CheckedStudy, home: Path, runs: list[int]
) -> tuple[pd.DataFrame, Verdicts]:
    """(a row a variant and target, the verdicts of the last variant); `runs` were played of each.

    The columns of the frame are variant, `TARGET_COLUMNS`, and settled.
    """
    import pandas as pd

    rule, verdicts = checked.study.stop, Verdicts()
    rows: list[dict[str, Any]] = []
    for variant, frame in _judged_measures(checked, home, runs):
        scenario = checked.batch.of_variant(variant)
        verdicts, settled = judge_variant(frame, scenario, rule, runs[variant])
        for verdict in verdicts:
            row = {name: getattr(verdict, name) for name in TARGET_COLUMNS}
            rows.append({"variant": variant} | row | {"settled": settled[verdict.id]})
    return pd.DataFrame(rows, columns=["variant", *TARGET_COLUMNS, "settled"]), verdicts


def outcomes_frame(checked: CheckedStudy, home: Path, wanted: Bools) -> pd.DataFrame:
    """A row a variant and measure that the study asks for as an outcome."""
    import pandas as pd

    names = checked.study.outputs.outcomes
    rows: list[dict[str, Any]] = []
    for variant, frame in _measures_by_variant(home, wanted.sum(axis=1).tolist(), names):
        rows += outcome_rows(variant, frame, names, checked.study.stop)
    return pd.DataFrame(rows, columns=["variant", *OUTCOME_COLUMNS])


def fewest_judged(targets: pd.DataFrame) -> int:
    """How many targets are judged in the variant in which fewest are."""
    judged = targets["verdict"].isin(JUDGED).groupby(targets["variant"]).sum()
    return int(judged.min()) if len(judged) else 0


def _judged_measures(
    checked: CheckedStudy, home: Path, runs: list[int]
) -> Iterator[tuple[int, pd.DataFrame]]:
    """(variant, its runs) with the measures that targets go by; some variants held at a time."""
    targets = checked.scenario.plan.targets
    judged = sorted({t.measure for t in targets if t.kind == "performance"})
    yield from _measures_by_variant(home, runs, judged)


def _measures_by_variant(
    home: Path, runs: list[int], measures: Sequence[str]
) -> Iterator[tuple[int, pd.DataFrame]]:
    """(variant, its runs) with some measures; some variants held at a time."""
    columns = "".join(f', "{m}"' for m in measures)
    sql = f"SELECT variant, run{columns} FROM read_parquet(?) WHERE variant BETWEEN ? AND ?"
    first = 0
    while first < len(runs):
        last, held = first, runs[first]
        while last + 1 < len(runs) and held + runs[last + 1] <= MOST_HELD:
            last += 1
            held += runs[last]
        frame = query(sql, [str(home / MEASURES_FILE), first, last])
        found = {int(str(v)): rows for v, rows in frame.groupby("variant")}
        for variant in range(first, last + 1):
            yield variant, found.get(variant, frame.head(0))
        first = last + 1


def _write(path: Path, columns: Mapping[str, Any]) -> None:
    with whole(path) as beside:
        write_columns(beside, columns)


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    return {
        str(c): frame[c].to_numpy(dtype=object if frame[c].dtype.kind not in "iufb" else None)
        for c in frame.columns
    }
