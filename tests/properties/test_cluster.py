"""A study on a Dask cluster: scheduler and workers as processes of their own on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.analysis.study.checked import check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.play import play_study
from anlan.analysis.study.schema import Design, Factor, Outputs, Study
from anlan.sim.engine import prepare
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study import cluster as module
from anlan.sim.study.cluster import cluster_players
from anlan.sim.study.pace import Pace
from anlan.sim.study.parts import PARTS, cut, finished
from anlan.sim.study.tables import query

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FLAGS = "ANLAN_TEST_FLAGS"  # a folder in which every run that is played leaves a file
KILL_AT = 3  # the run played at which somebody is killed
WAIT_S = 120.0
STUDY = Study.model_validate(
    {
        "id": "where",
        "question": {"en": "Does it matter where?", "zh": "在哪里算有关系吗？"},
        "scenario": "tiny",
        "replications": 3,
        "factors": (Factor(name="parameters.residents.prepare_mode_min", values=(20.0, 60.0)),),
        "design": Design(kind="grid"),
        "outputs": Outputs(tables=("series",), ledgers=1),
    }
)


@pytest.fixture(autouse=True)
def _one_run_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anlan.sim.study.pace.MOST_RUNS", 1)


# -- a cluster, and what happens to it ---------------------------------------------------------


class Dask:
    """A scheduler of its own on loopback, and workers that come when asked."""

    def __init__(self, stack: ExitStack, folder: Path, **settings: str) -> None:
        pytest.importorskip("distributed")
        self.stack, self.folder = stack, folder
        self.environment = os.environ | settings
        told = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(told))
        self._wait(told.exists)
        self.address = self._address(told)

    def worker(self, *options: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
        """One more worker, who may not be there yet when this returns."""
        self.environment["PYTHONPATH"] = f"{path}{os.pathsep}{HERE}"
        where = ("--nthreads", "1", "--local-directory", str(self.folder))
        return self._start("worker", self.address, *where, *options)

    def here(self, workers: int) -> None:
        """Wait until so many workers are there."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=WAIT_S)

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        path = self.environment.get("PYTHONPATH", "")
        self.environment["PYTHONPATH"] = os.pathsep.join(
            p for p in (path, str(ROOT), str(HERE)) if p
        )
        common = ("--host", "127.0.0.1", "--no-dashboard")
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options, *common]
        log = self.stack.enter_context((self.folder / f"{what}.log").open("ab"))
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
        )
        self.stack.callback(self._end, process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()  # a nanny takes its worker with it
        try:
            process.wait(20.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait(self, there: Callable[[], bool]) -> None:
        begun = time.monotonic()
        while not there():
            assert self.scheduler.poll() is None
            assert time.monotonic() - begun < WAIT_S
            time.sleep(0.1)

    def _address(self, told: Path) -> str:
        return str(json.loads(told.read_text())["address"])


@contextmanager
def dask(folder: Path, **settings: str) -> Iterator[Dask]:
    with ExitStack() as stack:
        yield Dask(stack, folder, **settings)


@dataclass(frozen=True)
class Watched:
    """A digest that counts the runs played; at some of them something happens."""

    digest: Any
    flags: Path
    kill_at: int = 0  # whoever plays so many'th is killed
    killing: str = ""  # whoever plays this run is killed
    raising: str = ""  # this run raises

    def __call__(self, scenario: Any, tables: Any) -> Any:
        if self._count() == self.kill_at or mark(tables) == self.killing:
            os.kill(os.getpid(), signal.SIGKILL)
        if mark(tables) == self.raising:
            raise RuntimeError("this one")
        return self.digest(scenario, tables)

    def _count(self) -> int:
        """The number of this call over all processes, from 1."""
        n = 1
        while True:
            try:
                (self.flags / str(n)).touch(exist_ok=False)
            except FileExistsError:
                n += 1
            else:
                return n


def mark(tables: Any) -> str:
    """Tells a run from the others by what happened in it."""
    numbers = (v for table in tables.values() for v in table.values() if v.dtype != object)
    return hashlib.sha256(b"".join(v.tobytes() for v in numbers)).hexdigest()


def mark_of(variant: int, run: int) -> str:
    batch = check_study(STUDY).batch
    scenario = batch.of_variant(variant)
    return mark(prepare(scenario).run(batch.seed_of(variant), run).tables())


def play(
    home: Path, address: str | None, watched: dict[str, Any] | None = None, **more: Any
) -> Any:
    """The study, chunk by chunk of one run, on a cluster or here; gives who counted the runs."""
    checked = check_study(STUDY)
    if watched is not None:
        flags = home.with_name(f"{home.name}-flags")
        flags.mkdir(exist_ok=True)
        digest = Watched(checked.batch.digest, flags, **watched)
        checked = replace(checked, batch=replace(checked.batch, digest=digest))
    playing = partial(cluster_players, address=address) if address else None
    home.mkdir(exist_ok=True)
    play_study(checked, home, playing=playing, **more)
    finish_study(checked, home)


def contents(folder: Path) -> dict[str, bytes]:
    """Every merged file of a study, byte for byte; its manifest without the times."""
    found = {
        str(f.relative_to(folder)): f.read_bytes()
        for f in sorted(folder.rglob("*"))
        if f.is_file() and PARTS not in f.parts
    }
    if "manifest.json" in found:
        facts = json.loads(found["manifest.json"])
        timeless = {k: v for k, v in facts.items() if k not in ("started", "finished")}
        found["manifest.json"] = json.dumps(timeless).encode()
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The study played here."""
    home = tmp_path_factory.mktemp("whole")
    play(home, None)
    return contents(home)


# -- what must hold ----------------------------------------------------------------------------


@pytest.mark.long
def test_the_same_files_though_a_worker_is_killed(tmp_path: Path, whole: dict[str, bytes]) -> None:
    with dask(tmp_path) as there:
        workers = [there.worker("--no-nanny"), there.worker("--no-nanny")]
        there.here(2)
        play(tmp_path / "s", there.address, {"kill_at": KILL_AT})
        assert sorted(w.poll() for w in workers if w.poll() is not None) == [-signal.SIGKILL]
    assert contents(tmp_path / "s") == whole
    assert len(list((tmp_path / "s-flags").iterdir())) > 6  # something was played again


@pytest.mark.long
def test_measures_and_policies_of_ones_own_are_played_there(tmp_path: Path) -> None:
    """The workers have neither the module nor its folder: it comes with the batch."""
    own = Path(shutil.copytree(ROOT / "docs" / "examples" / "own", tmp_path / "own"))
    file = own / "study.toml"
    text = file.read_text(encoding="utf-8").replace("replications = 4", "replications = 2")
    hours = '"settings.duration_h" = 6\n"settings.start_before_closest_h" = 4\n'
    file.write_text(text.replace("[set]\n", f"[set]\n{hours}"), encoding="utf-8")
    command = [sys.executable, "-m", "anlan.app.cli", "study", str(file), "--no-pictures"]
    with dask(tmp_path) as there:
        there.worker()
        there.here(1)
        for out, more in (("there", ["--cluster", there.address]), ("here", ["--workers", "1"])):
            subprocess.run([*command, "--out", str(tmp_path / out), *more], check=True)
    tables = [
        {name: data for name, data in contents(tmp_path / out).items() if name.endswith(".parquet")}
        for out in ("there", "here")
    ]
    assert tables[0] == tables[1]
    assert "measures.parquet" in tables[0]


@pytest.mark.long
def test_a_worker_that_comes_later_is_used(tmp_path: Path, whole: dict[str, bytes]) -> None:
    """There is none when the study begins; the first comes when it waits."""
    with dask(tmp_path) as there:
        asked: list[Any] = []

        def progress(done: int, total: int) -> None:
            if not asked:
                asked.append(there.worker())

        play(tmp_path / "s", there.address, progress=progress)
    assert contents(tmp_path / "s") == whole


@pytest.mark.long
def test_runs_that_raise_or_kill_are_failures_and_the_others_are_there(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    happens = {"killing": mark_of(0, 1), "raising": mark_of(1, 2)}
    with dask(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as there:
        there.worker("--nanny")
        there.here(1)
        play(tmp_path / "s", there.address, happens)
    file = str(tmp_path / "s" / "failures.parquet")
    failures = query("SELECT variant, run, error FROM read_parquet(?)", [file])
    assert failures.to_numpy().tolist() == [[0, 1, "WorkerDied"], [1, 2, "RuntimeError"]]
    files = [str(tmp_path / "s" / "measures.parquet")]
    played = query("SELECT variant, run FROM read_parquet(?)", [files])
    assert played.to_numpy().tolist() == [[0, 0], [0, 2], [1, 0], [1, 1]]


@pytest.mark.long
def test_the_scheduler_lost_is_one_line_and_the_study_goes_on(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    home = tmp_path / "s"
    with dask(tmp_path) as there:
        there.worker()
        there.here(1)

        def progress(done: int, total: int) -> None:
            if done == 2:
                there.scheduler.kill()

        with pytest.raises(BadInput, match="the scheduler is gone"):
            play(home, there.address, progress=progress)
    kept = {p: p.stat().st_mtime_ns for p in (home / PARTS).rglob("*.parquet")}
    assert 2 <= len(finished(home)) < 6
    assert not list((home / PARTS).glob(".making-*"))
    play(home, None)
    assert contents(home) == whole
    assert all(p.stat().st_mtime_ns == t for p, t in kept.items())


@pytest.mark.long
def test_a_worker_with_other_code_is_refused(tmp_path: Path) -> None:
    """Whether it is there at the beginning or comes later."""
    other = tmp_path / "other"
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "anlan", other / "anlan", ignore=skip)
    for room in ("sim", "analysis", "scenarios"):
        shutil.copytree(ROOT / room, other / "anlan" / room, ignore=skip)
    with (other / "anlan" / "sim" / "model.py").open("a") as file:
        file.write("# other\n")
    with dask(tmp_path) as there:
        asked: list[Any] = []

        def progress(done: int, total: int) -> None:
            if not asked:
                asked.append(there.worker(path=other))

        with pytest.raises(BadInput, match=r"worker tcp://127\S+ runs other code of anlan"):
            play(tmp_path / "later", there.address, progress=progress)
        with pytest.raises(BadInput, match=r"worker tcp://127\S+ runs other code of anlan"):
            play(tmp_path / "first", there.address, progress=progress)
    assert finished(tmp_path / "later") == finished(tmp_path / "first") == []


def test_many_workers_get_many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """However quick a run is: the same runs, each once, in several chunks a worker."""
    monkeypatch.undo()
    wanted = np.zeros((9, 50), dtype=bool)
    wanted[0], wanted[1:8, 3:5], wanted[8, 0] = True, True, True
    for workers in (1, 30):
        pace, chunks = Pace(int(wanted.sum()), lambda workers=workers: workers), []
        for chunk in cut(wanted, pace.size):
            pace.handed_out(chunk)
            pace.saw(chunk, 1.0 * chunk.size)
            chunks.append(chunk)
        runs = [(v, r) for c in chunks for v in c.variants for r in c.runs]
        assert sorted(runs) == [tuple(pair) for pair in np.argwhere(wanted).tolist()]
        assert len(chunks) >= 2 * workers


def test_other_versions_are_refused() -> None:
    ours = module.facts()
    with pytest.raises(BadInput, match=r"worker w has numpy 1.0, but here it is \d"):
        module._compare(ours, ours | {"numpy": "1.0"}, "w")
    module._compare(ours, dict(ours), "w")


def test_an_address_at_which_nobody_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(module, "CONNECT_S", 1.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(BadInput, match=f"{address}: no Dask scheduler answers there"):
        play(tmp_path, address)
    for wrong in ("", "10.0.0.5", "ftp://10.0.0.5:21", "a:b"):
        with pytest.raises(BadInput, match="write the scheduler's address"):
            cluster_players(check_study(STUDY).batch, tmp_path, wrong).__enter__()


def test_dask_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"pip install -e '\.\[cluster\]'"):
        cluster_players(check_study(STUDY).batch, tmp_path, "a:1").__enter__()
