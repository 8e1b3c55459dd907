"""Many runs: the merged tables do not depend on workers, on kills, or on starting again."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.pipeline import replicate
from anlan.sim.study import PARTS

RUNS = 4
ROOT = Path(__file__).resolve().parents[2]
FLAG = "ANLAN_TEST_FLAG"  # a folder in which every call leaves a file
KILL_AT = 3  # the call at which somebody is killed: two runs are done by then


def dead(scenario: Any, tables: Any) -> dict[str, dict[str, Any]]:
    """A digest: people dead at the end."""
    state = tables["resident_state"]
    return {"dead": {"persons": np.array([state["dead"][-len(scenario.communities) :].sum()])}}


def dead_and_killed_once(scenario: Any, tables: Any) -> dict[str, dict[str, Any]]:
    """The same digest, but whoever makes the third call is killed on the spot."""
    _kill_once(os.getpid())
    return dead(scenario, tables)


def dead_and_parent_killed_once(scenario: Any, tables: Any) -> dict[str, dict[str, Any]]:
    """The same digest, but the worker that makes the third call kills its parent."""
    _kill_once(os.getppid())
    return dead(scenario, tables)


def _kill_once(process: int) -> None:
    if _call() == KILL_AT:
        os.kill(process, signal.SIGKILL)
        if process != os.getpid():
            time.sleep(60)  # nothing more is done before this worker goes too


def _call() -> int:
    """The number of this call over all processes, from 1."""
    n = 1
    while True:
        try:
            (Path(os.environ[FLAG]) / str(n)).touch(exist_ok=False)
        except FileExistsError:
            n += 1
        else:
            return n


def contents(folder: Path) -> dict[str, bytes]:
    """Every merged file of a study, byte for byte."""
    return {
        str(f.relative_to(folder)): f.read_bytes()
        for f in sorted(folder.rglob("*.parquet"))
        if PARTS not in f.parts
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A study that nothing happened to."""
    folder = tmp_path_factory.mktemp("whole")
    replicate(sim.load("tiny"), RUNS, seed=3, workers=1, digest=dead, folder=folder)
    return contents(folder)


def test_files_are_there(whole: dict[str, bytes]) -> None:
    assert "dead.parquet" in whole
    assert "ledger/stock_level.parquet" in whole
    assert len(whole) == len(set(whole.values())) >= 10


@pytest.mark.long
def test_one_worker_or_two(tmp_path: Path, whole: dict[str, bytes]) -> None:
    told: list[tuple[int, int]] = []
    replicate(
        sim.load("tiny"), RUNS, seed=3, workers=2, digest=dead, folder=tmp_path,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert contents(tmp_path) == whole
    assert told[0] == (0, RUNS)
    assert told[-1] == (RUNS, RUNS)
    assert told == sorted(told)


def test_begun_small_and_gone_on(tmp_path: Path, whole: dict[str, bytes]) -> None:
    """More runs in the same folder play only the new ones."""
    scenario = sim.load("tiny")
    replicate(scenario, 2, seed=3, digest=dead, folder=tmp_path, keep_ledgers=1)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / PARTS).rglob("*.parquet")}
    found = replicate(scenario, RUNS, seed=3, digest=dead, folder=tmp_path, keep_ledgers=1)
    assert all(p.stat().st_mtime_ns == t for p, t in before.items())
    assert contents(tmp_path)["dead.parquet"] == whole["dead.parquet"]
    assert found.table("dead", ("persons",))["run"].tolist() == list(range(RUNS))
    assert found.kept == [0]
    with pytest.raises(IndexError):
        found.ledger(1)


@pytest.mark.long
def test_growing_or_shrinking_keeps_the_ledgers_of_a_study_run_at_once(tmp_path: Path) -> None:
    """Whatever was played first, the files are those of the last count of runs played at once."""
    scenario = sim.load("tiny")

    def files(runs: int, folder: str) -> dict[str, bytes]:
        replicate(scenario, runs, seed=3, digest=dead, folder=tmp_path / folder, keep_ledgers=3)
        return contents(tmp_path / folder)

    at_once = files(RUNS, "at once")
    few = files(2, "grown")
    assert files(RUNS, "grown") == at_once
    assert files(2, "grown") == few
    assert few["ledger/stock_level.parquet"] != at_once["ledger/stock_level.parquet"]


def test_what_a_killed_process_left_half_made_is_swept_away(tmp_path: Path) -> None:
    """What a process that is alive may still be writing stays."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    parts = tmp_path / PARTS
    host = socket.gethostname()
    for owner in (gone.pid, os.getpid()):
        (parts / f".making-{host}-{owner}-x").mkdir(parents=True)
    replicate(sim.load("tiny"), 1, seed=3, folder=tmp_path, keep_ledgers=0)
    assert [p.name for p in parts.glob(".making-*")] == [f".making-{host}-{os.getpid()}-x"]


def test_a_full_disk_is_an_os_error_and_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    class Full:
        """A connection to a database whose disk is full."""

        def execute(self, sql: str) -> None:
            raise duckdb.IOException('Could not write to "x": No space left on device')

        def register(self, name: str, frame: Any) -> None:
            pass

        unregister = print

    monkeypatch.setattr("anlan.sim.study.tables._connect", Full)
    with pytest.raises(OSError, match="No space left") as caught:
        replicate(sim.load("tiny"), 1, seed=3, folder=tmp_path)
    assert caught.value.errno == errno.ENOSPC
    assert not list((tmp_path / PARTS).glob(".making-*"))


def test_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    scenario = sim.load("tiny")
    replicate(scenario, 1, seed=3, folder=tmp_path)
    with pytest.raises(sim.BadInput, match="another"):
        replicate(scenario, 1, seed=4, folder=tmp_path)


def test_a_run_is_the_run_played_alone(tmp_path: Path) -> None:
    scenario = sim.load("tiny")
    found = replicate(scenario, 2, seed=9, folder=tmp_path)
    alone = sim.run(scenario, seed=9, run=1).tables()
    for table, columns in found.ledger(1).items():
        for column, values in columns.items():
            assert values.tolist() == alone[table][column].tolist(), f"{table}.{column}"


@pytest.mark.long
def test_a_killed_worker_costs_nothing(
    tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "killed"
    flag.mkdir()
    monkeypatch.setenv(FLAG, str(flag))
    replicate(
        sim.load("tiny"),
        RUNS,
        seed=3,
        workers=2,
        digest=dead_and_killed_once,
        folder=tmp_path / "s",
    )
    assert RUNS < len(list(flag.iterdir())) <= RUNS + 2  # only what was lost was played again
    assert contents(tmp_path / "s") == whole


PARENT = """
import sys
from anlan import sim
from anlan.analysis.pipeline import replicate
from tests.properties import test_study
if __name__ == "__main__":
    digest = getattr(test_study, sys.argv[1])
    replicate(sim.load("tiny"), {runs}, seed=3, workers=int(sys.argv[2]), digest=digest,
                  folder=sys.argv[3])
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("digest", "workers"), [("dead_and_killed_once", 1), ("dead_and_parent_killed_once", 2)]
)
def test_a_killed_study_goes_on(
    tmp_path: Path, whole: dict[str, bytes], digest: str, workers: int
) -> None:
    """The whole program killed outright, then started again in the same folder."""
    script = tmp_path / "study.py"
    script.write_text(PARENT.format(runs=RUNS))
    folder = tmp_path / "s"
    (tmp_path / "killed").mkdir()
    environment = os.environ | {
        FLAG: str(tmp_path / "killed"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, str(script), digest, str(workers), str(folder)]
    first = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=300)
    assert first.returncode == -signal.SIGKILL
    assert contents(folder) == {}
    _wait_until_alone(folder)
    finished = {p: p.stat().st_mtime_ns for p in (folder / PARTS).glob("variants-*")}
    assert 1 <= len(finished) < RUNS
    again = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=300)
    assert again.returncode == 0, again.stderr.decode()
    assert contents(folder) == whole
    assert all(p.stat().st_mtime_ns == t for p, t in finished.items())


def _wait_until_alone(folder: Path) -> None:
    """Workers of a killed parent go too: no process may still name the folder."""
    if not Path("/proc/self/cmdline").exists():
        return
    for _ in range(300):
        if not _users(folder):
            return
        time.sleep(0.1)
    raise AssertionError(f"processes {_users(folder)} outlive the study that was killed")


def _users(folder: Path) -> list[int]:
    """Processes whose environment holds this study's flag."""
    mark = str(folder.parent / "killed").encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) != os.getpid() and mark in (process / "environ").read_bytes():
                found.append(int(process.name))
        except (OSError, ValueError):
            continue
    return found


def test_a_script_without_its_guard_is_told_so_and_ends(tmp_path: Path) -> None:
    """Each worker reads the script again and would play once more; it once hung for ever."""
    script = tmp_path / "script.py"
    script.write_text("import anlan\nanlan.replicate(anlan.load('tiny'), runs=4, workers=2)\n")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=180, cwd=ROOT
    )
    assert done.returncode == 1
    assert 'if __name__ == "__main__":' in done.stderr.splitlines()[-1]
