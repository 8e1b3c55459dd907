"""Studies: the same tables with any number of workers, after any kill, from any shards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.digests.digest import RunDigest
from anlan.analysis.measures.registry import measure_run
from anlan.analysis.results.folder import load
from anlan.analysis.study.asked import gather
from anlan.analysis.study.checked import CheckedStudy, check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.play import Wanted, play_study
from anlan.analysis.study.schema import Design, Factor, Outputs, Study
from anlan.analysis.verdict.stopping import Stopping
from anlan.sim.study.chunk import play_chunk
from anlan.sim.study.pace import LEAST_S, MOST_S, Pace
from anlan.sim.study.parts import PARTS, Chunk, chunk_of, cut, done, finished, share_out
from anlan.sim.study.tables import query

ROOT = Path(__file__).resolve().parents[2]
MEASURES = ("harm.deaths", "hazard.max_wind_ms")


def study(**changes: Any) -> Study:
    """Six hours of the tiny scenario round the storm: four variants, three runs each."""
    given: dict[str, Any] = {
        "id": "small",
        "question": {"zh": "问", "en": "Which?"},
        "scenario": "tiny",
        "replications": 3,
        "set": {"settings.duration_h": 6, "settings.start_before_closest_h": 4},
        "factors": (
            Factor(name="stock.store-1.water_ml", low=0, high=60_000, levels=2),
            Factor(name="parameters.team.shift_h", values=(8, 12)),
        ),
        "design": Design(kind="grid"),
        "outputs": Outputs(measures=MEASURES, tables=("series",), ledgers=1),
    }
    return Study(**given | changes)


def whole(checked: CheckedStudy, home: Path, **how: Any) -> dict[str, bytes]:
    """Play a study and finish it; its merged files."""
    play_study(checked, home, **how)
    finish_study(checked, home)
    return contents(home)


def contents(home: Path) -> dict[str, bytes]:
    return {
        str(f.relative_to(home)): f.read_bytes()
        for f in sorted(home.rglob("*.parquet"))
        if PARTS not in f.parts
    }


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("played")
    whole(check_study(study()), home)
    return home


def test_rows_are_sorted_and_are_the_runs_played_alone(played: Path) -> None:
    data = load(played)
    keys = list(zip(data.measures["variant"], data.measures["run"], strict=True))
    assert keys == [(v, r) for v in range(4) for r in range(3)]
    changes = {"stock.store-1.water_ml": "60000", "parameters.team.shift_h": "8"}
    scenario = sim.load(
        "tiny", {"settings.duration_h": "6", "settings.start_before_closest_h": "4"} | changes
    )
    variant = data.variants.query(
        "`stock.store-1.water_ml` == 60000 and `parameters.team.shift_h` == 8"
    )["variant"].item()
    alone = measure_run(scenario, sim.run(scenario, seed=1, run=2).tables())
    row = data.measures.query(f"variant == {variant} and run == 2").iloc[0]
    for name in MEASURES:
        assert row[name] == pytest.approx(alone[name], rel=0, abs=0, nan_ok=True)


def test_two_workers_and_other_chunks_give_the_same_bytes(
    tmp_path: Path, played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert whole(check_study(study()), tmp_path / "two", workers=2) == contents(played)
    monkeypatch.setattr("anlan.sim.study.pace.Pace.size", lambda _: 5)
    assert whole(check_study(study()), tmp_path / "five") == contents(played)
    assert len(finished(tmp_path / "five")) == 4


def test_shards_make_the_whole(tmp_path: Path, played: Path) -> None:
    homes = [tmp_path / str(i) for i in (1, 2, 3)]
    for i, home in enumerate(homes, start=1):
        play_study(check_study(study()), home, shard=(i, 3))
    with pytest.raises(sim.BadInput, match="not there yet"):
        finish_study(check_study(study()), homes[0])
    checked = check_study(study())
    gather(checked, homes, tmp_path / "merged")
    finish_study(checked, tmp_path / "merged")
    assert contents(tmp_path / "merged") == contents(played)
    with pytest.raises(sim.BadInput, match="another study"):
        gather(check_study(study(seed=2)), homes, tmp_path / "wrong")


def test_a_run_that_was_played_twice_counts_once(tmp_path: Path, played: Path) -> None:
    """Chunks of other sizes and of more runs than asked for, as two processes may leave them."""
    checked = check_study(study())
    play_study(check_study(study()), tmp_path / "a", shard=(1, 2))
    play_study(check_study(study(replications=5)), tmp_path / "b", shard=(2, 2))
    for corners in ((0, 1, 0, 1), (1, 3, 1, 4), (0, 3, 0, 2), (2, 2, 2, 2)):
        play_chunk(checked.batch, tmp_path / "b", Chunk(*corners))
    gather(checked, [tmp_path / "a", tmp_path / "b"], tmp_path / "all")
    finish_study(checked, tmp_path / "all")
    for file in contents(played):
        found, right = (query("SELECT * FROM read_parquet(?)", [str(home / file)])
                        for home in (tmp_path / "all", played))  # fmt: skip
        assert found.equals(right), file


def test_each_wanted_run_is_taken_from_one_chunk() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        wanted = rng.random((5, 9)) < 0.7
        corners = (np.sort(rng.integers(0, n, 2)) for _ in range(8) for n in (5, 9))
        pairs = [tuple(int(x) for x in c) for c in corners]
        chunks = sorted({Chunk(*a, *b) for a, b in zip(pairs[::2], pairs[1::2], strict=True)})
        count = np.zeros((5, 9), dtype=int)
        for chunk, pieces in share_out(chunks, wanted):
            for c in pieces if pieces is not None else [chunk]:
                count[c.place] += 1
        assert np.array_equal(count, (wanted & done(chunks, 5, 9)).astype(int))


def test_a_study_goes_on_where_it_stopped(tmp_path: Path, played: Path) -> None:
    """Some parts lost, as if they had never been played."""
    checked = check_study(study())
    play_study(checked, tmp_path)
    for part in sorted((tmp_path / PARTS).glob("variants-*"))[1::2]:
        for file in part.iterdir():
            file.unlink()
        part.rmdir()
    there, wanted = Wanted(checked, tmp_path).look()
    assert (wanted & ~there).any()
    assert whole(check_study(study()), tmp_path) == contents(played)


def test_chance_is_common_to_the_variants_unless_said_otherwise(
    tmp_path: Path, played: Path
) -> None:
    """What no factor touches, the wind, is the same in every variant, run by run."""
    wind = load(played).measures.pivot(index="run", columns="variant", values=MEASURES[1])
    assert (wind.nunique(axis=1) == 1).all()
    assert wind[0].nunique() > 1
    whole(check_study(study(common_random_numbers=False)), tmp_path)
    own = load(tmp_path).measures.pivot(index="run", columns="variant", values=MEASURES[1])
    assert (own.nunique(axis=1) > 1).any()


class Failing(RunDigest):
    """A digest that fails in every second run."""

    def __call__(self, scenario: Any, tables: Any) -> Any:
        found = super().__call__(scenario, tables)
        if self.fails(found):
            raise ValueError("this run\nhas a fault")
        return found

    @staticmethod
    def fails(found: Any) -> bool:
        return round(1e6 * float(found["measures"][MEASURES[1]][0])) % 2 == 1


def failing(kind: type[RunDigest]) -> CheckedStudy:
    """Six runs of the scenario as it is, of which some fail."""
    plain = {"factors": (), "design": None, "replications": 6}
    checked = check_study(study(outputs=Outputs(measures=MEASURES), **plain))
    return replace(checked, batch=replace(checked.batch, digest=kind(checked.measures)))


def test_a_run_that_fails_is_a_row_and_not_the_end(tmp_path: Path) -> None:
    one = whole(failing(Failing), tmp_path / "one")
    data = load(tmp_path / "one")
    assert len(data.failures) + len(data.measures) == 6
    assert 0 < len(data.failures) < 6
    row = data.failures.iloc[0]
    assert (row["seed"], row["error"], row["message"]) == (1, "ValueError", "this run has a fault")
    assert row["at"].startswith("test_studies.py:")
    assert data.manifest["failures"] == len(data.failures)
    assert whole(failing(Failing), tmp_path / "two", workers=2) == one


class Deadly(Failing):
    """A digest that kills its process instead."""

    def __call__(self, scenario: Any, tables: Any) -> Any:
        found = RunDigest.__call__(self, scenario, tables)
        if self.fails(found) and "spawn_main" in " ".join(sys.orig_argv):
            os.kill(os.getpid(), signal.SIGKILL)
        return found


@pytest.mark.long
def test_a_run_that_kills_its_worker_is_a_row_too(tmp_path: Path) -> None:
    checked = failing(Deadly)
    play_study(checked, tmp_path / "deadly", workers=2)
    finish_study(checked, tmp_path / "deadly")
    whole(failing(Failing), tmp_path / "failing")
    died, failed = load(tmp_path / "deadly"), load(tmp_path / "failing")
    assert died.measures.equals(failed.measures)
    assert died.failures["run"].tolist() == failed.failures["run"].tolist()
    assert set(died.failures["error"]) == {"WorkerDied"}


def stopping(**changes: Any) -> Study:
    rule = {"targets": ("no-deaths",), "batch": 8, "most_runs": 24, "confidence": 0.8} | changes
    return study(replications=None, stop=Stopping(**rule), outputs=Outputs(measures=MEASURES))


@pytest.mark.long
def test_a_rule_ends_each_variant_by_itself_and_spares_runs(tmp_path: Path) -> None:
    one = whole(check_study(stopping()), tmp_path / "one")
    data = load(tmp_path / "one")
    counts = data.measures.groupby("variant").size()
    assert set(counts % 8) == {0}
    assert counts.max() <= 24
    targets = data.targets.query("id == 'no-deaths'")
    assert (targets["applicable_runs"].to_numpy() == counts.to_numpy()).all()
    decided = targets["settled"] == "decided"
    assert (counts[~decided.to_numpy()] == 24).all()
    assert whole(check_study(stopping()), tmp_path / "two", workers=2) == one
    checked = check_study(stopping())
    for i in (1, 2):
        play_study(checked, tmp_path / f"s{i}", shard=(i, 2))
    gather(checked, [tmp_path / "s1", tmp_path / "s2"], tmp_path / "m")
    finish_study(checked, tmp_path / "m")
    assert contents(tmp_path / "m") == one


def test_chunks_cover_what_is_missing_once() -> None:
    rng = np.random.default_rng(1)
    for size in (1, 3, 10):
        missing = rng.random((7, 12)) < 0.6
        chunks = list(cut(missing, lambda size=size: size))
        assert all(c.size <= size for c in chunks)
        assert sum(c.size for c in chunks) == missing.sum()
        assert np.array_equal(done(chunks, 7, 12), missing)
        assert all(chunk_of(c.name) == c for c in chunks)
    assert list(cut(np.ones((6, 2), dtype=bool), lambda: 4)) == [
        Chunk(v, v + 1, 0, 1) for v in (0, 2, 4)
    ]


def test_chunks_grow_as_the_pace_is_known_and_shrink_towards_the_end() -> None:
    """Nobody waits long for the last one, and none takes much longer than some seconds."""
    pace, played = Pace(10_000, lambda: 2), []
    for chunk in cut(np.ones((2, 5_000), dtype=bool), pace.size):
        pace.handed_out(chunk)
        pace.saw(chunk, 0.02 * chunk.size)
        played.append(chunk.size)
    assert played[0] == 1
    assert sum(played) == 10_000
    assert max(played) * 0.02 <= MOST_S
    assert max(played[-4:]) * 0.02 <= 2 * LEAST_S
    assert len(played) < 300
    slow = Pace(100, lambda: 2)
    slow.saw(Chunk(0, 0, 0, 0), 60.0)
    assert slow.size() == 1


KILLS = int(os.environ.get("ANLAN_TEST_KILLS", "4"))  # more of them on purpose, now and then
PROGRAM = """
import sys
from pathlib import Path
from tests.properties.test_studies import check_study, finish_study, play_study, study
if __name__ == "__main__":
    checked, home = check_study(study(replications=8)), Path(sys.argv[1])
    play_study(checked, home, workers=2)
    finish_study(checked, home)
"""


@pytest.mark.long
def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    """Workers and the parent are killed again and again; the study is started again each time."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    home, chance = tmp_path / "killed", random.Random(20261121)
    for kill in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, str(script), str(home)], env=environment, stderr=subprocess.PIPE
        )
        before = len(finished(home)) if (home / PARTS).exists() else 0
        _wait_for_chunks(process, home, before + chance.randrange(1, 4))
        time.sleep(chance.random() * 0.2)
        if process.poll() is None:
            victim = process.pid if kill % 2 else chance.choice(_children(process.pid) or [0])
            if victim:
                os.kill(victim, signal.SIGKILL)
            time.sleep(chance.random() * 0.3)
            process.kill()
        process.communicate()
        assert all((p / "measures.parquet").is_file() for p in (home / PARTS).glob("variants-*"))
    subprocess.run([sys.executable, str(script), str(home)], env=environment, check=True)
    assert contents(home) == whole(check_study(study(replications=8)), tmp_path / "whole")


def _wait_for_chunks(process: subprocess.Popen[bytes], home: Path, count: int) -> None:
    until = time.monotonic() + 60.0
    while process.poll() is None and time.monotonic() < until:
        if (home / PARTS).exists() and len(finished(home)) >= count:
            return
        time.sleep(0.02)


def _children(process: int) -> list[int]:
    """Worker processes of a process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == process and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found
