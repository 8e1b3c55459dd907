"""`anlan study`, `merge`, `compare`: what they print, leave behind and end with."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from anlan import analysis
from anlan.app.cli import main
from anlan.sim.engine import Engine
from anlan.sim.study.parts import PARTS, STAMP
from anlan.sim.study.parts import finished as finished_chunks
from tests.typed import Command, Result, in_folder, study_text

STUDY = study_text(
    "two-by-two",
    2,
    """
[[factor]]
name = "parameters.team.shift_h"
low = 8
high = 12
levels = 2
""",
    """
[outputs]
measures = ["harm.deaths", "hazard.max_wind_ms"]
""",
)


@pytest.fixture
def anlan(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """Runs a command line in this process, in a folder of its own that holds study.toml.

    Pictures are drawn for `finished` alone: they take longer than all the runs.
    """
    monkeypatch.setattr("anlan.analysis.pipeline.show", lambda *_: None)
    return in_folder(tmp_path, capfd, monkeypatch, STUDY)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the study, played once."""
    home = tmp_path_factory.mktemp("finished")
    (home / "study.toml").write_text(STUDY, encoding="utf-8")
    out = home / "out"
    assert main(["study", str(home / "study.toml"), "--workers", "1", "--out", str(out)]) == 0
    return out


def measures(folder: Path) -> bytes:
    return (folder / "measures.parquet").read_bytes()


def assert_refused(result: Result, *words: str) -> None:
    """Exit code 2, and one line that holds the words besides the one that tells the plan."""
    assert result.code == 2, result.err
    lines = [x for x in result.err.splitlines() if "runs at most" not in x]
    assert len(lines) == 1, result.err
    assert lines[0].startswith("anlan: ")
    for word in words:
        assert word in lines[0]
    assert "Traceback" not in result.err + result.out


# -- help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["study", "merge", "compare"])
def test_help_speaks_both_languages(command: str, anlan: Command) -> None:
    english, chinese = (anlan(command, "--help", "--lang", x) for x in ("en", "zh"))
    assert english.code == chinese.code == 0
    assert not any("\u4e00" <= c <= "\u9fff" for c in english.out)
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese.out)
    assert command in anlan("--help").out


# -- the main way --------------------------------------------------------------------------------


def test_a_study_leaves_what_it_promises(anlan: Command, finished: Path, tmp_path: Path) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    result = anlan("study", "study.toml", "--workers", "1", "--out", out)
    assert result.code == 0
    assert "two-by-two: 4 variants, 8 runs at most" in result.err
    assert "going on from the 8 runs" in result.err
    for word in ("Verdicts by variant", "no deaths", "8 runs, 0 failed", str(out), "assumptions"):
        assert word in result.out
    for file in ("measures", "variants", "targets", "failures"):
        assert (out / f"{file}.parquet").is_file()
    for name in ("manifest.json", "study.json", "scenario.json", "dictionary.csv"):
        assert (out / name).is_file()
    assert list((out / "figures").glob("study_intervals-no-deaths.*"))
    assert measures(out) == measures(finished)
    data = analysis.load(out)
    assert len(data.measures) == 8
    assert data.manifest["runs"] == 8


def test_it_speaks_chinese(anlan: Command, finished: Path, tmp_path: Path) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    result = anlan("study", "study.toml", "--workers", "1", "--out", out, "--lang", "zh")
    assert result.code == 0
    for word in ("各方案的指标判定", "不死人", "8 次推演", "假设"):
        assert word in result.out
    assert "4 个方案" in result.err


def test_without_a_folder_the_study_names_it(anlan: Command, tmp_path: Path) -> None:
    text = STUDY.replace("replications = 2", "replications = 1")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    assert anlan("study", "study.toml", "--workers", "1").code == 0
    assert (tmp_path / "out" / "two-by-two" / "manifest.json").is_file()


def test_an_estimate_plays_nothing_and_writes_nothing(anlan: Command, tmp_path: Path) -> None:
    before = sorted(p.name for p in tmp_path.rglob("*"))
    result = anlan("study", "study.toml", "--estimate", "--out", tmp_path / "out")
    assert result.code == 0
    assert "8 runs at most; some" in result.err
    assert "of these cores" in result.err
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_two_shards_merged_are_the_whole(anlan: Command, finished: Path, tmp_path: Path) -> None:
    for i in (1, 2):
        done = anlan("study", "study.toml", "--workers", "1", "--shard", f"{i}/2", "--out", f"s{i}")
        assert done.code == 0
        assert f"share {i} of 2 is done" in done.out
        assert not (tmp_path / f"s{i}" / "measures.parquet").exists()
    few = anlan("merge", "study.toml", "s1", "--out", "few")
    assert_refused(few, "4 runs of the study are not there yet")
    result = anlan("merge", "study.toml", "s1", "s2", "--out", "whole")
    assert result.code == 0
    assert "8 runs, 0 failed" in result.out
    assert measures(tmp_path / "whole") == measures(finished)


def test_shards_say_themselves_what_was_asked(
    anlan: Command, finished: Path, tmp_path: Path
) -> None:
    """Merging needs no study file: one that is gone, or a table of values that is."""
    (tmp_path / "mine.csv").write_text("stock.store-1.water_ml\n0\n60000\n", encoding="utf-8")
    factor = STUDY[STUDY.index('[[factor]]\nname = "par') : STUDY.index("[design]")]
    text = STUDY.replace(factor, "").replace('"grid"', '"table"\nfile = "mine.csv"')
    (tmp_path / "table.toml").write_text(text, encoding="utf-8")
    for file, out in (("study.toml", "g"), ("table.toml", "t")):
        for i in (1, 2):
            shard = ["--shard", f"{i}/2", "--out", f"{out}{i}"]
            assert anlan("study", file, "--workers", "1", *shard).code == 0
        (tmp_path / file).unlink()
    (tmp_path / "mine.csv").unlink()
    for out in ("g", "t"):
        assert anlan("merge", f"{out}1", f"{out}2", "--out", out).code == 0
    assert measures(tmp_path / "g") == measures(finished)
    two = analysis.load(tmp_path / "t")
    assert two.variants["stock.store-1.water_ml"].tolist() == [0.0, 60000.0]
    assert_refused(anlan("merge", "g1", "t2"), "t2", "another study")


def test_compare_pairs_the_runs(
    anlan: Command, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")  # so that no cell is folded
    found = anlan("compare", finished, "--measure", "harm.deaths", "--csv", tmp_path / "d.csv")
    assert found.code == 0
    assert "Paired differences" in found.out
    assert "stock.store-1.water_ml=60000" in found.out
    with (tmp_path / "d.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(r["variant"], r["pairs"]) for r in rows] == [(v, "2") for v in "123"]
    assert "配对" in anlan("compare", finished, "--lang", "zh").out


# -- exit codes and what is refused --------------------------------------------------------------


def test_runs_that_fail_are_rows_and_exit_code_4(
    anlan: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Engine.run

    def failing(self: Engine, seed: int, run: int, profile: Any = None) -> Any:
        if run == 1:
            raise ArithmeticError("made to fail")
        return plain(self, seed, run, profile)

    monkeypatch.setattr(Engine, "run", failing)
    result = anlan("study", "study.toml", "--workers", "1", "--out", "out")
    assert result.code == 4
    assert "4 runs, 4 failed" in result.out
    assert "failures.parquet" in result.out
    data = analysis.load(tmp_path / "out")
    assert set(data.failures["run"]) == {1}
    assert set(data.failures["error"]) == {"ArithmeticError"}
    monkeypatch.undo()


def test_stopped_by_hand_ends_with_130_and_goes_on(
    anlan: Command, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, played = Engine.run, []

    def stopped(self: Engine, seed: int, run: int, profile: Any = None) -> Any:
        played.append(run)
        if len(played) > 3:
            raise KeyboardInterrupt
        return plain(self, seed, run, profile)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "run", stopped)
        patch.setattr("signal.signal", lambda *_: None)  # it would hold for all tests after this
        result = anlan("study", "study.toml", "--workers", "1", "--out", "out")
    assert result.code == 130
    assert result.err.splitlines()[-1].startswith("anlan: stopped; finished runs are kept")
    assert not (tmp_path / "out" / "manifest.json").exists()
    kept = sum(chunk.size for chunk in finished_chunks(tmp_path / "out"))
    assert 1 <= kept <= 3
    again = anlan("study", "study.toml", "--workers", "1", "--out", "out")
    assert again.code == 0
    assert f"going on from the {kept} run" in again.err
    assert measures(tmp_path / "out") == measures(finished)


def test_a_folder_of_another_study_is_refused_and_kept(
    anlan: Command, finished: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    (tmp_path / "other.toml").write_text(STUDY.replace("60000", "50000"), encoding="utf-8")
    before = measures(out)
    refused = anlan("study", "other.toml", "--workers", "1", "--out", out)
    assert_refused(refused, "another study", "--overwrite")
    assert measures(out) == before
    assert_refused(anlan("merge", "other.toml", out, "--out", "m"), "another study")
    stamp = json.loads((out / PARTS / STAMP).read_text(encoding="utf-8"))
    fresh = anlan("study", "other.toml", "--workers", "1", "--out", out, "--overwrite")
    assert fresh.code == 0
    assert json.loads((out / PARTS / STAMP).read_text(encoding="utf-8")) != stamp


def test_a_folder_of_other_files_is_left_alone(anlan: Command, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("dear")
    for more in ([], ["--overwrite"]):
        assert_refused(anlan("study", "study.toml", "--out", "letters", *more), "letters", "--out")
    assert os.listdir(tmp_path / "letters") == ["letter.txt"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["study"], ["STUDY"]),
        (["study", "nowhere.toml"], ["nowhere.toml", "no such file"]),
        (["study", "study.toml", "--shard", "3"], ["--shard", "i/n"]),
        (["study", "study.toml", "--shard", "0/2"], ["--shard", "i/n"]),
        (["study", "study.toml", "--workers", "0"], ["--workers"]),
        (["study", "study.toml", "--lang", "fr"], ["--lang"]),
        (["merge", "study.toml", "nowhere"], ["nowhere", "no part of a study"]),
        (["merge", "study.toml"], ["FOLDER"]),
        (["compare", "nowhere"], ["nowhere", "no results of anlan"]),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_a_slip_on_the_command_line_is_one_line(
    arguments: list[str], words: list[str], anlan: Command, tmp_path: Path
) -> None:
    assert_refused(anlan(*arguments), *words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--base", "9"], ["--base 9", "0 to 3"]),
        (["--measure", "harm.death"], ["harm.death", "harm.deaths"]),
        (["--confidence", "2"], ["--confidence"]),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_a_slip_in_a_comparison_is_one_line(
    arguments: list[str], words: list[str], anlan: Command, finished: Path
) -> None:
    assert_refused(anlan("compare", finished, *arguments), *words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"grid"', '"gird"', ["study.toml, row 23, key design.kind", "gird", "grid"]),
        ("stock.store-1", "stock.store-9", ["store-9"]),
        ("high = 12", "high = 99", ["team.shift_h", "99"]),
        ("replications = 2", "", ["replications", "[stop]"]),
        ('"harm.deaths"', '"harm.death"', ["harm.death", "harm.deaths"]),
        ('measures = ["harm.deaths", "hazard.max_wind_ms"]', "measures = 5",
         ["key outputs.measures", "5 is not a list", '"all"']),
        ('"settings.duration_h" = 6', '"settings.duration_h" = true', ["settings.duration_h"]),
        ("replications = 2", "replications = 2000000", ["8,000,000 runs", "most_runs"]),
    ],
)  # fmt: skip
def test_a_slip_in_the_study_is_one_line(
    old: str, new: str, words: list[str], anlan: Command, tmp_path: Path
) -> None:
    assert old in STUDY
    (tmp_path / "study.toml").write_text(STUDY.replace(old, new, 1), encoding="utf-8")
    assert_refused(anlan("study", "study.toml", "--workers", "1", "--out", "out"), *words)
    assert not (tmp_path / "out").exists()


def test_lumped_residents_are_said_to_be(anlan: Command, tmp_path: Path) -> None:
    text = STUDY.replace("[set]\n", '[set]\n"parameters.residents.scale" = 2\n')
    text = text.replace("replications = 2", "replications = 1")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    result = anlan("study", "study.toml", "--workers", "1", "--out", "out")
    assert result.code == 0
    assert "one row of residents stands for 2 people" in result.out
