"""`anlan size` as typed: languages, workers, lists of either kind, a kill, and in the report."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import anlan
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.report.page import page
from anlan.analysis.sizing.may_change import read_choices
from anlan.analysis.sizing.played import seed_of_block
from anlan.analysis.sizing.prices import read_prices
from anlan.analysis.words import LANGS, word
from anlan.sim.study import PARTS, own_modules
from tests.house import ROOT
from tests.typed import SHORT, Command, in_folder

HOURS = {"settings.duration_h": "6", "settings.start_before_closest_h": "4"}
EXAMPLE = ROOT / "docs/examples/sizing/may_change.csv"
MEASURE = """
import anlan


@anlan.measure("my.boats_afloat", unit="count", better="higher")
def boats_afloat(facts):
    team = facts.scenario.teams[0]
    return float(min(team.boats, team.members // 8))
"""
TARGET = """
[[target]]
id = "boats"
kind = "performance"
measure = "my.boats_afloat"
statistic = "share_of_runs_at_least"
limit = 2
at_least = 0.7
confidence = 0.95
source = "made up"
text = { zh = "两艘船", en = "two boats on the water" }
"""


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`tiny` with a target that members and boats together decide, by a measure of its own."""
    home = tmp_path_factory.mktemp("district")
    shutil.copytree(ROOT / "scenarios/tiny", home / "tiny")
    with (home / "tiny/plan.toml").open("a", encoding="utf-8") as file:
        file.write(TARGET)
    (home / "my_boats.py").write_text(MEASURE, encoding="utf-8")
    return home


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """What a test registers is gone after it."""
    kept: tuple[dict[Any, Any], ...] = (MEASURES, own_modules._loaded)
    before, path, modules = [dict(one) for one in kept], list(sys.path), set(sys.modules)
    yield
    for one, old in zip(kept, before, strict=True):
        one.clear()
        one.update(old)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if "my_" in name:
            del sys.modules[name]


@pytest.fixture
def anlan_(
    district: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    return in_folder(district, capfd, monkeypatch)


def typed(out: Path, *more: str, scenario: str = "./tiny") -> list[str]:
    """Fifty-one combinations, at most 160 runs of six hours."""
    module = ("--module", "my_boats") if scenario != "tiny" else ()
    return [
        "size", scenario, *module, *SHORT, "--may-change", str(EXAMPLE), "--most-runs", "160",
        "--seed", "7", "--out", str(out), *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def one(district: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one worker finds, undisturbed."""
    out = tmp_path_factory.mktemp("one") / "size"
    command = program(out)
    done = subprocess.run(command, cwd=district, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


def program(out: Path) -> list[str]:
    return [sys.executable, "-m", "anlan.app", *typed(out, "--workers", "1")]


def tables(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in out.glob("*.csv")}


def killed(command: list[str], district: Path, home: Path) -> int:
    """Start a command, kill it once a few parts are there; how it ended."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=district, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        while process.poll() is None and len(list((home / PARTS).glob("variants-*"))) < 4:
            time.sleep(0.02)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


@pytest.mark.long
def test_whoever_was_killed_comes_to_the_same_list(
    district: Path, one: Path, tmp_path: Path, anlan_: Command
) -> None:
    home = tmp_path / "killed"
    assert killed(program(home), district, home) == -signal.SIGKILL
    assert not (home / "size.json").exists()
    assert anlan_(*typed(home, "--workers", "1")).code == 0
    assert tables(home) == tables(one)


@pytest.mark.long
def test_two_workers_come_to_the_same_list_and_chinese_says_so(
    one: Path, tmp_path: Path, anlan_: Command
) -> None:
    done = anlan_(*typed(tmp_path / "two", "--workers", "2", "--lang", "zh"))
    assert done.code == 0, done.err
    assert tables(tmp_path / "two") == tables(one)
    told = json.loads((one / "size.json").read_text(encoding="utf-8"))
    assert told["amounts"] == {"teams.members (kind=professional)": 30, "teams.team-1.boats": 2}
    assert told["says"]["zh"] in done.out.replace("\n", "")
    for key in ("size.list", "size.head.what", "size.head.enough"):
        assert word(key, "zh") in done.out
    assert "新的推演：两艘船" in done.out


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh"])
def test_the_report_of_runs_has_the_answer_right_after_the_verdicts(
    one: Path, tmp_path: Path, lang: str
) -> None:
    results = anlan.replicate(anlan.load("tiny", HOURS), 2, folder=tmp_path)
    assert 'id="enough"' not in page(results, lang)
    shutil.copytree(one, tmp_path / "size")
    text = page(results, lang)
    assert text.index('id="verdicts"') < text.index('id="enough"') < text.index('id="breaks"')
    section = text.partition('<section id="enough">')[2].partition("</section>")[0]
    told = json.loads((one / "size.json").read_text(encoding="utf-8"))
    assert told["says"][lang] in section
    assert word("size.list", lang) in section
    assert section.count("<tr>") == 3  # the head, and the two that may change
    for row in ("440,000 *", "60,000 *"):
        assert row in section


def test_the_list_is_a_workbook_too(one: Path) -> None:
    """In both languages: the answer, the list, the runs that confirm it, what the columns mean."""
    book = CalamineWorkbook.from_path(str(one / "size.xlsx"))
    told = json.loads((one / "size.json").read_text(encoding="utf-8"))
    listed = list(csv.DictReader(io.StringIO((one / "shopping.csv").read_text("utf-8-sig"))))
    keys = ("summary", "shopping", "fresh", "dictionary")
    assert book.sheet_names == [word(f"book.{key}", lang) for lang in LANGS for key in keys]
    for lang in LANGS:
        summary = book.get_sheet_by_name(word("book.summary", lang)).to_python()
        assert [word("book.answer", lang), told["says"][lang]] in summary
        assert [word("book.command", lang), told["command"]] in summary
        rows = book.get_sheet_by_name(word("book.shopping", lang)).to_python()[1:]
        columns = ("today", "enough", "more", "unit_cost", "cost")
        assert [row[:6] for row in rows] == [
            [row[lang], *(float(row[c]) for c in columns)] for row in listed
        ]
        fresh = book.get_sheet_by_name(word("book.fresh", lang)).to_python()[1:]
        assert {row[-1] for row in fresh if row[0] == len({r[0] for r in fresh})} == {
            word("size.state.met", lang)
        }


def test_a_list_in_toml_is_the_list_in_csv(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[may_change]]\nwhat = "teams.members"\nwhere = "kind=professional"\nat_most = 40\n'
        'step = 2\n[[may_change]]\nwhat = "teams.team-1.boats"\nat_most = 3\nstep = 1\n',
        encoding="utf-8",
    )
    tiny, prices = anlan.load("tiny"), read_prices()
    assert read_choices([tiny], file, prices) == read_choices([tiny], EXAMPLE, prices)


def test_slips_in_toml_are_told_with_their_line(tmp_path: Path, anlan_: Command) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[may_change]]\nwhat = "teams.team-1.boots"\nat_most = 4\nstep = 1\n'
        '[[may_change]]\nwhat = "teams.team-1.boats"\nat_most = 2.5\nstep = 1\n',
        encoding="utf-8",
    )
    done = anlan_("size", "tiny", "--may-change", file, "--out", tmp_path / "out", "--lang", "en")
    assert done.code == 2
    first, second = done.err.splitlines()
    assert "may_change[1].what" in first
    assert "did you mean boats?" in first
    assert "may_change[2].at_most" in second
    assert "2.5 is no whole number" in second
    assert not (tmp_path / "out").exists()


def test_one_price_of_several_kinds_of_goods_is_asked_for(tmp_path: Path, anlan_: Command) -> None:
    """Water and bedding have prices of their own: that of the first is not that of all."""
    file = tmp_path / "mine.csv"
    file.write_text(
        "what,where,at_most,step\nstock.quantity,holder=store-1,900000,1000\n", encoding="utf-8"
    )
    done = anlan_("size", "tiny", "--may-change", file, "--lang", "en")
    assert done.code == 2
    assert "no price of stock.quantity is listed; give a unit_cost" in done.err


@pytest.mark.parametrize("lang", LANGS)
def test_what_it_takes_is_said_beforehand(tmp_path: Path, anlan_: Command, lang: str) -> None:
    words = typed(tmp_path / "out", "--estimate", "--lang", lang, scenario="tiny")
    done = anlan_(*words, "--workers", "1")
    assert done.code == 0
    assert word("cli.size.plan", lang, knobs=2, points="51", runs="160") in done.out + done.err
    assert not (tmp_path / "out").exists()


def test_a_seed_of_ones_own_makes_those_of_the_fresh_runs(one: Path) -> None:
    told = json.loads((one / "size.json").read_text(encoding="utf-8"))
    assert told["seed"] == 7
    assert str(seed_of_block(7, 2)) in (one / "confirmed.csv").read_text(encoding="utf-8")
    assert told["command"].endswith(f"--seed {seed_of_block(7, 2)}")


def test_a_list_that_the_data_alone_ask_for_is_not_said_to_be_played(
    tmp_path: Path, anlan_: Command
) -> None:
    words = typed(tmp_path / "out", "--lang", "en", scenario="tiny")
    done = anlan_(*words, "--workers", "1", "--target", "flood-team-30")
    assert done.code == 0
    assert "by the data alone" in done.out
    assert "fresh runs" not in done.out


def test_the_other_targets_are_asked_for_in_the_same_folder(
    tmp_path: Path, anlan_: Command
) -> None:
    """Where no capacity meets all: which others may be asked for, and their runs go on."""
    file = tmp_path / "mine.csv"
    file.write_text("what,at_most,step\nteams.team-1.members,28,4\n", encoding="utf-8")
    words = ("size", "tiny", "--may-change", file, *SHORT, "--workers", "1", "--lang", "en")
    done = anlan_(*words, "--out", tmp_path / "out")
    assert done.code == 1
    told = json.loads((tmp_path / "out/size.json").read_text(encoding="utf-8"))
    assert told["forbids"] == [["tiny", "flood-team-30"]]
    assert told["rest"]
    assert "flood-team-30" not in told["rest"]
    asked = [w for name in told["rest"] for w in ("--target", name)]
    assert " ".join(asked) in done.out
    again = anlan_(*words, *asked, "--most-runs", "800", "--out", tmp_path / "out")
    assert again.code in (0, 3), again.err


def test_a_folder_of_several_scenarios_goes_on_and_is_overwritten_whole(
    tmp_path: Path, anlan_: Command
) -> None:
    other, out, file = tmp_path / "other", tmp_path / "out", tmp_path / "mine.csv"
    shutil.copytree(ROOT / "scenarios/tiny", other)
    about = (other / "scenario.toml").read_text(encoding="utf-8")
    (other / "scenario.toml").write_text(about.replace('"tiny"', '"other"'), encoding="utf-8")

    def words(more: int) -> list[str]:
        file.write_text(f"what,at_most,step\nteams.team-1.members,{more},4\n", encoding="utf-8")
        return ["size", "tiny", str(other), "--may-change", str(file), *SHORT, "--workers", "1",
                "--target", "flood-team-30", "--lang", "en", "--out", str(out)]  # fmt: skip

    def parts() -> set[tuple[str, int]]:
        found = out.glob(f"*/{PARTS}/variants-*")
        return {(p.relative_to(out).as_posix(), p.stat().st_mtime_ns) for p in found}

    assert anlan_(*words(40)).code == 0
    before, kept = parts(), tables(out)
    assert {name.partition("/")[0] for name, _ in before} == {"tiny", "other"}
    assert anlan_(*words(40)).code == 0
    assert (parts(), tables(out)) == (before, kept)
    refused = anlan_(*words(36))
    assert refused.code == 2
    assert "--overwrite" in refused.err
    assert len(refused.err.splitlines()) == 2  # after what may change, as always
    assert anlan_(*words(40), "--seed", "3", "--overwrite").code == 0
    assert not parts() & before  # runs of another seed are none of these


def test_runs_by_other_code_of_ones_own_are_not_gone_on_with(
    district: Path, one: Path, tmp_path: Path, anlan_: Command
) -> None:
    shutil.copytree(one, tmp_path / "size")
    (district / "my_boats.py").write_text(MEASURE.replace("// 8", "// 9"), encoding="utf-8")
    try:
        refused = anlan_(*typed(tmp_path / "size", "--workers", "1", "--lang", "en"))
    finally:
        (district / "my_boats.py").write_text(MEASURE, encoding="utf-8")
    assert refused.code == 2
    assert "my.boats_afloat" in refused.err
