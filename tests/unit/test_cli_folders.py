"""One pipeline: the commands take folders of runs and of studies alike."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import anlan as public
from anlan.analysis.words import word
from anlan.sim import Engine
from anlan.sim.study import PARTS, STAMP
from tests.typed import SHORT, Command, Result, in_folder, study_text, tables, without_pictures

ONE = ("--workers", "1", "--no-pictures")
STUDY = study_text("two", 3)


@pytest.fixture
def anlan(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """Runs a command line in this process, in a folder of its own; pictures are left out."""
    without_pictures(monkeypatch)
    return in_folder(tmp_path, capfd, monkeypatch, STUDY)


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result.err
    assert len(result.err.splitlines()) == 1, result.err
    for one in words:
        assert one in result.err


def test_shards_of_runs_make_the_whole(anlan: Command, tmp_path: Path) -> None:
    whole = anlan("run", "tiny", "--runs", "5", *SHORT, *ONE, "--out", "whole")
    for i in (1, 2):
        shard = ("--shard", f"{i}/2", "--out", f"s{i}")
        done = anlan("run", "tiny", "--runs", "5", *SHORT, *ONE, *shard)
        assert done.code == 0
        assert f"share {i} of 2 is done" in done.out
    refused(anlan("merge", "s1", "--out", "few"), "3 runs of the study are not there yet")
    merged = anlan("merge", "s1", "s2", "--out", "merged")
    assert merged.code == whole.code
    assert merged.out == whole.out.replace("whole", "merged")
    assert tables(tmp_path / "merged") == tables(tmp_path / "whole")
    facts = json.loads((tmp_path / "merged" / "manifest.json").read_text(encoding="utf-8"))
    assert facts["changes"] == {
        "settings.duration_h": "6",
        "settings.start_before_closest_h": "4",
    }
    anlan(
        "run", "tiny", "--runs", "5", "--seed", "2", *SHORT, *ONE, "--shard", "1/2", "--out", "s3"
    )
    refused(anlan("merge", "s1", "s3", "--out", "x"), "s3", "another study")


@pytest.mark.long
def test_runs_and_studies_are_compared_together(anlan: Command, tmp_path: Path) -> None:
    """Variants are numbered over the folders; a run of a scenario is its variant 0."""
    assert anlan("study", "study.toml", *ONE, "--out", "study").code == 0
    plain = ("run", "tiny", "--runs", "3", *SHORT, *ONE)
    anlan(*plain, "--out", "runs")
    anlan(*plain, "--seed", "2", "--out", "other")
    wind = ("--measure", "hazard.max_wind_ms", "--csv", "d.csv")
    found = anlan("compare", "runs", "study", *wind)
    assert found.code == 0, found.err
    assert "1: study: stock.store-1.water_ml=0" in found.out
    with (tmp_path / "d.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["variant"], r["pairs"], r["difference"]) for r in rows] == [
        ("1", "3", "0.0"), ("2", "3", "0.0"),
    ]  # fmt: skip
    refused(anlan("compare", "runs", "other"), "other", "its seed is 2, the other's 1")
    refused(anlan("compare", "runs"), "nothing to compare")
    longer = ("--set", "settings.duration_h=7", *SHORT[2:])
    anlan("run", "tiny", "--runs", "3", *longer, *ONE, "--out", "longer")
    anlan("run", "tiny-fire", "--runs", "3", *ONE, "--out", "fire")
    refused(anlan("compare", "runs", "longer"), "longer: other hours than runs", "--other-events")
    refused(anlan("compare", "runs", "fire"), "fire: other", "storm", "--other-events")
    assert anlan("compare", "runs", "longer", "--other-events").code == 0
    refused(anlan("compare", "runs", "study", "--base", "3"), "--base 3", "0 to 2")
    one, two = (public.results(tmp_path / name) for name in ("runs", "study"))
    frame = public.compare(one, two, measures=["hazard.max_wind_ms"]).differences
    assert frame["difference"].tolist() == [0.0, 0.0]
    assert set(public.compare(one, two).differences["name"]) == {
        t.id for t in one.scenario.plan.targets if t.kind == "performance"
    }


def test_a_report_of_a_study_counts_variants_and_one_of_runs_judges(
    anlan: Command, tmp_path: Path
) -> None:
    assert anlan("study", "study.toml", *ONE, "--out", "study").code == 0
    report = anlan("report", "study", "--lang", "zh")
    assert report.code == 0
    assert "各方案的指标判定" in report.out
    page = (tmp_path / "study" / "report.zh.html").read_text(encoding="utf-8")
    for words in ("水够吗", "2个方案，共6次推演", "不死人", "study.json"):
        assert words in page
    for absent in ('id="breaks"', 'id="measures"'):
        assert absent not in page
    run = anlan("run", "tiny", "--runs", "2", *SHORT, *ONE, "--out", "runs")
    assert anlan("report", "runs").code == run.code == 1
    page = (tmp_path / "runs" / "report.en.html").read_text(encoding="utf-8")
    assert 'id="breaks"' in page
    assert "anlan run tiny --runs 2 --seed 1 --set settings.duration_h=6" in page


@pytest.mark.long
def test_pictures_are_drawn_when_they_are_asked_for(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not with --no-pictures, where those of other runs go as well; `report` draws them."""
    anlan = in_folder(tmp_path, capfd, monkeypatch)
    run = ("run", "tiny", *SHORT, *ONE, "--out", "runs", "--no-pictures", "--runs")
    told = "to draw them: anlan report runs"
    done = anlan(*run, "1")
    assert told in done.out
    figures, page = tmp_path / "runs" / "figures", tmp_path / "runs" / "report.en.html"
    assert not list(figures.glob("*"))
    assert told in page.read_text(encoding="utf-8")
    assert told not in anlan("report", "runs").out
    assert list(figures.glob("*.png"))
    assert told not in page.read_text(encoding="utf-8")
    assert told in anlan(*run, "2").out
    assert not list(figures.glob("*"))


def test_a_variant_of_a_study_is_looked_at_by_itself(anlan: Command, tmp_path: Path) -> None:
    """Its scenario is its own, its tables and verdicts are those of its runs."""
    anlan("study", "study.toml", *ONE, "--out", "study")
    data = public.results(tmp_path / "study")
    second = data.only(1)
    stock = {(s.holder, s.item): s.quantity for s in second.scenario.stock}
    assert stock["store-1", "water_ml"] == 60000
    assert second.run_count == 3
    assert set(second.measures["variant"]) == {1}
    targets = data.targets[data.targets["variant"] == 1].set_index("id")
    assert {v.id: v.verdict for v in public.judge(second)} == targets["verdict"].to_dict()
    with pytest.raises(public.BadInput, match="2 variants; choose one"):
        public.judge(data)


def test_a_run_that_fails_is_a_row_and_exit_code_4(
    anlan: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Engine.run

    def failing(self: Engine, seed: int, run: int, profile: Any = None) -> Any:
        if run in bad:
            raise ArithmeticError("made to fail")
        return plain(self, seed, run, profile)

    monkeypatch.setattr(Engine, "run", failing)
    for bad, out in (({1}, "some"), ({0, 1, 2}, "all")):
        result = anlan("run", "tiny", "--runs", "3", *SHORT, *ONE, "--out", out)
        assert result.code == 4, result.err
        failed = word("cli.study.failed", "en", failures=len(bad)).partition(":")[0]
        assert failed in result.out
        data = public.results(tmp_path / out)
        assert set(data.failures["run"]) == bad
        assert data.run_count == 3 - len(bad)
        page = (tmp_path / out / "report.en.html").read_text(encoding="utf-8")
        assert failed in page
    with pytest.raises(ArithmeticError, match="made to fail"):  # whoever programs sees it
        public.replicate(data.scenario, 3)


def test_folders_of_an_older_version_are_told_in_one_line(anlan: Command, tmp_path: Path) -> None:
    """0.1 had no variants in its tables, and no code in its stamp."""
    old = tmp_path / "old"
    (old / PARTS).mkdir(parents=True)
    stamp = {"scenario": "0" * 64, "seed": 1, "ledgers": 20}
    (old / PARTS / STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    for name in ("manifest.json", "scenario.json"):
        (old / name).write_text('{"scenario": "tiny", "seed": 1}', encoding="utf-8")
    (old / "measures.parquet").write_bytes(b"PAR1")
    refused(anlan("run", "tiny", *SHORT, *ONE, "--out", "old"), "another version", "--overwrite")
    refused(anlan("report", "old"), "another version of anlan", "--overwrite")
    refused(anlan("compare", "old", "old"), "another version of anlan", "--overwrite")
    refused(anlan("merge", "old"), "old", "asked.json: is missing or spoilt")
    fresh = anlan("run", "tiny", "--runs", "1", *SHORT, *ONE, "--out", "old", "--overwrite")
    assert fresh.code == 1
    assert (old / "study.json").is_file()


@pytest.mark.long
def test_more_runs_and_the_same_ledgers_go_on(anlan: Command, tmp_path: Path) -> None:
    two = ("run", "tiny", "--runs", "2", *SHORT, *ONE, "--out", "out")
    anlan(*two, "--keep-ledgers", "1")
    kept = {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / PARTS).rglob("*.parquet")}
    more = anlan("run", "tiny", "--runs", "4", *SHORT, *ONE, "--out", "out")
    assert "going on from the 2 runs" in more.err
    assert all(p.stat().st_mtime_ns == t for p, t in kept.items())
    assert "the first 2 of them" in anlan(*two, "--keep-ledgers", "1").err
    assert public.results(tmp_path / "out").kept == [0]
    refused(anlan(*two, "--keep-ledgers", "2"), "another study", "--overwrite")
