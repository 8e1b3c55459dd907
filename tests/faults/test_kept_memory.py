"""Merging takes no more memory for more runs, and spills where it must, in any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from anlan.sim.study import query, write_columns
from anlan.sim.study.tables import SORTING, merge, sorter
from tests.faults.kept import ROOT

MOST_MB = 120  # more in five times as many parts; the sort alone took 300 more
MERGE = """
import resource, shutil, sys
from pathlib import Path
import numpy as np
from anlan.sim.study import PARTS, merge_parts
parts, home, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for n in range(count):
    name = f"variants-000000-000000-runs-{n:06d}-{n:06d}"
    shutil.copytree(parts, home / PARTS / name, ignore=shutil.ignore_patterns("ledger.*"))
merge_parts(home, np.ones((1, count), dtype=bool))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def wide(folder: Path, tables: int, rows: int) -> list[Path]:
    """Tables that together are more than a small limit of memory, the last runs first."""
    draw, files = np.random.default_rng(3), []
    for n in range(tables):
        runs = np.arange(rows) + rows * (tables - 1 - n)
        keys = {"variant": np.zeros(rows, dtype=int), "run": runs}
        files.append(folder / f"{n}.parquet")
        write_columns(files[-1], keys | {f"c{i}": draw.random(rows) for i in range(100)})
    return files


def test_a_merge_spills_and_a_limit_that_is_too_small_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = wide(tmp_path, 6, 3000)
    targets = [tmp_path / name / "out.parquet" for name in ("plain", "small", "ledger/small")]
    with sorter(tmp_path) as db:
        merge(db, files, targets[0])
    monkeypatch.setattr("anlan.sim.study.tables.SORT_MEMORY", "20MB")
    for home in (tmp_path, tmp_path / "another study"):
        with sorter(home) as db:
            for target in targets[1:]:
                merge(db, files, target)
                assert target.read_bytes() == targets[0].read_bytes()
        assert not (home / SORTING).exists()
    runs = query("SELECT run FROM read_parquet(?)", [str(targets[1])])["run"]
    assert runs.tolist() == list(range(18_000))


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for the memory taken")
def test_five_times_as_many_parts_take_little_more_memory(
    finished: dict[str, Path], tmp_path: Path
) -> None:
    part = sorted((finished["run"] / ".parts").glob("variants-*"))[0]

    def peak_mb(count: int) -> float:
        command = [sys.executable, "-c", MERGE, str(part), str(tmp_path / str(count)), str(count)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return float(done.stdout)

    assert peak_mb(1000) - peak_mb(200) < MOST_MB
