"""The Chinese tutorial, followed word by word: its tables written, its commands run, in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anlan import sim
from anlan.analysis.results.folder import load
from anlan.app.cli import main
from anlan.sim.scenario.errors import BadInput
from tests.house import ROOT

PAGE = ROOT / "docs" / "tutorial.zh.md"
BLOCK = re.compile(r"```(sh|csv)\n(.*?)```", flags=re.S)
OWN = "我的区"
BY_HEAD = {"team": "teams.csv", "store": "stores.csv", "holder": "stock.csv", "road": "roads.csv",
           "community": "communities.csv"}  # fmt: skip
ADDED = ("road", "community")  # of these the page shows the new row alone


def write_as_excel_does(text: str) -> None:
    """A table of the page put where it says, with the mark and line ends that Excel writes."""
    head, *rows = text.strip().splitlines()
    key = head.partition(",")[0]
    path = Path(OWN) / BY_HEAD[key]
    lines = [head, *rows]
    if key in ADDED:
        there = path.read_text(encoding="utf-8-sig").splitlines()
        assert there[0] == head
        lines = [*there, *rows]
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8"))


def small(line: str) -> list[str]:
    """The words of a command, with two short runs in place of many."""
    words = line.split("#")[0].split()[1:]
    if "--runs" in words:
        words[words.index("--runs") + 1] = "2"
        words += ["--workers", "1", "--keep-ledgers", "1", "--set", "settings.duration_h=26"]
        if "--set" in line:  # the second plan: its numbers are what the page goes on with
            words.append("--no-pictures")
    return words


def test_an_official_comes_from_an_empty_folder_to_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "csv":
            write_as_excel_does(text)
            continue
        for line in text.strip().splitlines():
            assert line.startswith("anlan ")
            assert main(small(line)) in (0, 1, 3), line
            said.append(capsys.readouterr().out)
    mine = sim.load(f"./{OWN}")
    aid = {t.team: t.asked_at for t in mine.teams} | {s.store: s.asked_at for s in mine.stores}
    assert aid == {"team-1": None, "team-2": "III", "store-1": None, "store-2": "III"}
    page = Path("结果/report.zh.html").read_text(encoding="utf-8")
    assert "members（人数）：8 → 12" in page
    assert "team-2（邻区抗洪队）：新增" in page
    for name in ("report.en.html", "results.xlsx", "map/map.gpkg", "figures/verdict.zh.png"):
        assert (Path("结果") / name).stat().st_size > 0, name
    assert any("全部度量中" in text for text in said)
    assert load(Path("多一艘船")).scenario.teams[0].boats == 2


def test_a_copy_has_the_same_numbers_and_the_mark_of_excel(tmp_path: Path) -> None:
    own = tmp_path / "own"
    assert main(["copy", "tiny", str(own), "--lang", "en"]) == 0
    assert sim.load(own) == sim.load("tiny")
    tables = list(own.glob("*.csv"))
    assert len(tables) > 5
    assert all(t.read_bytes().startswith(b"\xef\xbb\xbf") for t in tables)
    assert [p.name for p in tmp_path.iterdir()] == ["own"]


def test_a_copy_goes_over_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "notes.txt").write_text("mine", encoding="utf-8")
    assert main(["copy", "tiny", str(there), "--lang", "en"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert [p.name for p in there.iterdir()] == ["notes.txt"]
    assert main(["copy", "tinny", str(tmp_path / "new")]) == 2
    with pytest.raises(BadInput):
        sim.load(tmp_path / "new")
