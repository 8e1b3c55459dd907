"""`anlan new`, `import` and `export`: what is written, what is not, and what is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from anlan.app.workbook.opening import needed
from anlan.app.workbook.template import FIRST
from anlan.sim import load
from anlan.sim.scenario.errors import BadInput
from tests.house import ROOT
from tests.rosters import saved
from tests.typed import Command, in_folder

ROSTER = [
    ["某区应急队伍统计表"], ["序号", "队伍名称", "类别", "人数", "冲锋舟", "驻地"],
    [1, "救援队", "专业", "12人", 3, "镇驻地"],
    [2, "东沙村突击队", "突击队", "若干", 1, "岸边村"],
    [3, "民兵连", "民兵", "约20", "", "岸边村"],
    ["", "合计", "", 32, 4, ""],
]  # fmt: skip
BAD = 2


@pytest.fixture
def anlan(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    monkeypatch.setenv("COLUMNS", "300")
    return in_folder(tmp_path, capfd, monkeypatch)


def names(folder: str = "tiny") -> list[str]:
    return [c.name_zh for c in load(folder).communities]


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster of the two places of `tiny`."""
    seat, shore = names()[:2]
    rows = [[{"镇驻地": seat, "岸边村": shore}.get(str(v), v) for v in row] for row in ROSTER]
    return saved(tmp_path / "roster.xlsx", {"队伍": rows})


def test_a_roster_is_shown_first_and_written_when_confirmed(
    anlan: Command, roster: Path, tmp_path: Path
) -> None:
    shown = anlan("import", roster, "./mine", "--from", "tiny", "--lang", "zh")
    assert shown.code == 0
    assert "队伍名称" in shown.out
    assert "若干" in shown.out
    assert "还没有写入" in shown.err
    assert not (tmp_path / "mine").exists()
    done = anlan("import", roster, "./mine", "--from", "tiny", "--yes", "--lang", "zh")
    assert done.code == 0, done.err
    teams = {t.name_zh: t for t in load(tmp_path / "mine").teams}
    assert set(teams) == {"救援队", "民兵连"}  # the one without a number is left out, and told
    assert (teams["救援队"].members, teams["救援队"].boats) == (12, 3)
    assert (teams["民兵连"].members, teams["民兵连"].kind) == (20, "assault")
    assert teams["民兵连"].mark == "assumption"  # about so many
    assert teams["民兵连"].source == "roster.xlsx, 队伍!B5"
    assert load(tmp_path / "mine").stock == load("tiny").stock


def test_the_report_can_be_sent_back_with_answers(
    anlan: Command, roster: Path, tmp_path: Path
) -> None:
    anlan("import", roster, "./mine", "--from", "tiny")
    report = tmp_path / "roster-report.xlsx"
    book = load_workbook(report)
    sheet = next(s for s in book if "doubts" in s.title)
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 3).value == "若干")
    assert (sheet.cell(row, 1).value, sheet.cell(row, 2).value) == ("队伍", "D4")
    sheet.cell(row, 7).value = "15人"
    book.save(tmp_path / "back.xlsx")
    done = anlan("import", roster, "./mine", "--from", "tiny", "--yes", "--answers", "back.xlsx")
    assert done.code == 0, done.err
    teams = {t.name_zh: t.members for t in load(tmp_path / "mine").teams}
    assert teams["东沙村突击队"] == 15
    other = anlan("import", roster, "./mine", "--yes", "--answers", roster)
    assert other.code == BAD
    assert "has no sheet" in other.err


def test_a_second_import_changes_what_is_there_and_replace_takes_away(
    anlan: Command, tmp_path: Path
) -> None:
    seat = names()[0]
    first = saved(tmp_path / "one.xlsx", {"队": [["队伍名称", "人数", "驻地"], ["甲队", 9, seat]]})
    assert anlan("import", first, "./mine", "--from", "tiny", "--yes").code == 0
    assert {t.name_zh for t in load(tmp_path / "mine").teams} == {"救援队", "甲队"}
    again = saved(tmp_path / "two.xlsx", {"队": [["队伍名称", "人数", "驻地"], ["甲队", 11, seat]]})
    assert anlan("import", again, "./mine", "--yes", "--replace").code == 0
    assert {t.name_zh: t.members for t in load(tmp_path / "mine").teams} == {"甲队": 11}
    assert anlan("import", again, "./mine", "--from", "tiny").code == BAD


def test_stock_goes_into_its_store_in_the_items_own_unit(anlan: Command, tmp_path: Path) -> None:
    store = load("tiny").stores[0]
    rows = [["仓库名称", "物资名称", "规格", "单位", "数量"],
            [store.name_zh, "瓶装水", "550ml×24瓶/箱", "箱", 10],
            [store.name_zh, "编织袋", "", "万条", 2]]  # fmt: skip
    book = saved(tmp_path / "stock.xlsx", {"物资": rows})
    done = anlan("import", book, "./mine", "--from", "tiny", "--yes")
    assert done.code == 0, done.err
    stock = {(s.holder, s.item): s.quantity for s in load(tmp_path / "mine").stock}
    assert stock[store.store, "water_ml"] == 10 * 24 * 550
    old = {(s.holder, s.item): s.quantity for s in load("tiny").stock}
    assert stock == old | {(store.store, "water_ml"): 132_000}


def test_what_the_reader_refuses_is_told_by_sheet_and_cell_and_nothing_is_written(
    anlan: Command, tmp_path: Path
) -> None:
    assert anlan("new", "my-district", "--workbook", "new.xlsx", "--from", "tiny").code == 0
    book = load_workbook(tmp_path / "new.xlsx")
    sheet = next(s for s in book if s["A1"].value == "teams.csv")
    heads = {cell.value: cell.column for cell in sheet[3]}
    row = FIRST + 1  # below the example
    sheet.cell(row, heads["members"]).value = "-5"
    sheet.cell(row, heads["community"]).value = "nowhere"
    book.save(tmp_path / "new.xlsx")
    result = anlan("import", "new.xlsx", "./mine", "--yes")
    assert result.code == BAD
    cell = sheet.cell(row, heads["members"]).coordinate
    assert f"new.xlsx {sheet.title}!{cell}, column members: -5 is less than 0" in result.err
    assert not (tmp_path / "mine").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".anlan")]


def test_a_template_takes_chinese_words_names_for_ids_and_units(
    anlan: Command, tmp_path: Path
) -> None:
    anlan("new", "my-district", "--workbook", "new.xlsx", "--from", "tiny")
    book = load_workbook(tmp_path / "new.xlsx")
    sheet = next(s for s in book if s["A1"].value == "teams.csv")
    heads = {cell.value: cell.column for cell in sheet[3]}
    for column, value in {"members": "９人", "kind": "镇级", "community": names()[1],
                          "capabilities": "救援、水域"}.items():  # fmt: skip
        sheet.cell(FIRST + 1, heads[column]).value = value
    book.save(tmp_path / "new.xlsx")
    result = anlan("import", "new.xlsx", "./mine", "--yes")
    assert result.code == 0, result.err
    made = load(tmp_path / "mine")
    team = made.teams[0]
    assert (team.members, team.kind, team.capabilities) == (9, "town", ("rescue", "water"))
    assert team.community == load("tiny").communities[1].community
    assert made.id == "my-district"


def test_a_blank_template_has_every_table_lists_and_an_example(
    anlan: Command, tmp_path: Path
) -> None:
    assert anlan("new", "my-district", "--workbook", "blank.xlsx").code == 0
    book = load_workbook(tmp_path / "blank.xlsx")
    sheets = {s["A1"].value: s for s in book}
    assert {"towns.csv", "teams.csv", "stock.csv", "scenario.toml", "plan.toml"} <= set(sheets)
    teams = sheets["teams.csv"]
    assert str(teams.cell(FIRST, 1).value).startswith("例")
    lists = [v.formula1 for v in teams.data_validations.dataValidation]
    assert any("comprehensive" in formula for formula in lists)
    assert any("communities" in formula for formula in lists)
    assert [teams.cell(r, 7).value for r in (2, 3, 4)] == ["人数", "members", "person"]
    empty = anlan("import", "blank.xlsx", "./mine", "--yes")
    assert empty.code == BAD
    assert "towns.csv" in empty.err
    assert not (tmp_path / "mine").exists()
    assert anlan("new", "my-district", "--workbook", "blank.xlsx").code == BAD  # there already
    assert anlan("new", "My District", "--workbook", "other.xlsx").code == BAD
    assert anlan("new", "my-district", "--workbook", "other.xls").code == BAD


OLE = b"\xd0\xcf\x11\xe0"
SPOILT = {
    "page.xls": (b"<html><table></table></html>", "is a web page"),
    "empty.xlsx": (b"", "the file is empty"),
    "locked.xlsx": (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "with a password"),
    "cut.xlsx": (b"PK\x03\x04" + bytes(50), "is damaged"),
    "noise.xlsx": (bytes(range(256)) * 10, "is not a workbook"),
    "cut.xls": (OLE + bytes(3000), "is damaged"),
    "prose.csv": ("今天天气很好\n明天也好\n".encode(), "is not a workbook"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_no_workbook_is_one_line(name: str, anlan: Command, tmp_path: Path) -> None:
    data, why = SPOILT[name]
    (tmp_path / name).write_bytes(data)
    result = anlan("import", name, "./mine", "--from", "tiny", "--yes")
    assert result.code == BAD
    assert why in result.err
    assert len(result.err.splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


def test_a_workbook_that_holds_no_table_is_told_and_nothing_is_written(
    anlan: Command, tmp_path: Path
) -> None:
    book = saved(tmp_path / "other.xlsx", {"杂": [["今天", 3], ["明天", 4]]})
    result = anlan("import", book, "./mine", "--from", "tiny", "--yes")
    assert result.code == BAD
    assert "nothing that could be written" in result.err
    assert not (tmp_path / "mine").exists()
    missing = anlan("import", book, "./mine", "--yes")
    assert missing.code == BAD
    assert "--from" in missing.err


def test_a_missing_library_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(BadInput, match=r"pip install -e '\.\[workbook\]'"):
        needed("python_calamine")


@pytest.mark.parametrize("page", ["workbook.md", "workbook.zh.md"])
def test_the_examples_of_the_page_do_what_it_says(
    page: str, anlan: Command, roster: Path, tmp_path: Path
) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    typed = [line.partition("#")[0].split()[1:] for line in text.splitlines()
             if line.startswith(("anlan new", "anlan import", "anlan export"))]  # fmt: skip
    assert len(typed) == 8
    for words in typed:
        if words[:2] == ["import", "filled.xlsx"]:  # the folder of the roster lies there by now
            words[2] = "./from-template"
        line = [{"haimen-typhoon": "tiny"}.get(w, w).replace("队伍统计表", "roster") for w in words]
        result = anlan(*line)
        assert result.code == 0, (line, result.err)
    assert load(tmp_path / "tiny-again") == load("tiny")
    assert load(tmp_path / "my-district").teams != load("tiny").teams
    assert load(tmp_path / "from-template").id == "my-district"


def sheet_of(path: Path, name: str) -> list[tuple[object, ...]]:
    """The rows below the head of the report's sheet of a name."""
    sheet = next(s for s in load_workbook(path) if name in s.title)
    return list(sheet.iter_rows(min_row=2, values_only=True))


def test_where_every_row_is_refused_it_says_why_and_nothing_is_written(
    anlan: Command, tmp_path: Path
) -> None:
    rows = [["避难场所名称", "地址", "容纳人数"], ["甲校", "火星", 300], ["乙校", "火星", 200]]
    book = saved(tmp_path / "s.xlsx", {"场所": rows})
    result = anlan("import", book, "./mine", "--from", "tiny", "--yes", "--lang", "zh")
    assert result.code == BAD
    assert "没有写入" in result.err
    assert "已写入" not in result.err
    assert "所在地 (community)" in result.out
    assert "2 行，第一行在 场所!A2" in result.out
    assert not (tmp_path / "mine").exists()
    used = {row[-1] for row in sheet_of(tmp_path / "s-report.xlsx", "values")}
    assert used == {"否（没有写入，见“处理决定”）"}


def test_the_report_says_of_each_value_whether_it_was_written(
    anlan: Command, tmp_path: Path
) -> None:
    seat, store = names()[0], load("tiny").stores[0].name_zh
    teams = [["队伍名称", "人数", "冲锋舟", "橡皮艇", "驻地"],
             ["甲队", 9, 1, 2, seat], ["乙队", "若干", 1, 0, seat]]  # fmt: skip
    stock = [["储备库", "物资名称", "单位", "数量"], [store, "盒饭", "份", 70],
             ["别处储备库", "盒饭", "份", 80], [store, "棉被", "床", 1000]]  # fmt: skip
    book = saved(tmp_path / "t.xlsx", {"队": teams, "物资": stock})
    done = anlan("import", book, "./mine", "--from", "tiny", "--yes", "--lang", "zh")
    assert done.code == 0, done.err
    lines = sheet_of(tmp_path / "t-report.xlsx", "values")
    told = {(row[5], row[6]): str(row[-1]) for row in lines}
    assert {c for (s, c), text in told.items() if s == "队" and text == "是"} >= {"B2", "C2", "D2"}
    assert {told["队", c] for c in ("A3", "C3", "D3")} == {"否（没有写入，见“处理决定”）"}
    assert told["物资", "D2"] == "是"
    assert "没有写入" in told["物资", "D3"]
    assert "没有写入" in told["物资", "D4"]
    half = next(r for r in sheet_of(tmp_path / "t-report.xlsx", "doubts") if r[1] == "D4")
    assert "没有计入" in str(half[3])
    assert "读取" not in str(half[4])


def test_a_path_with_blanks_is_quoted_in_the_next_command(anlan: Command, roster: Path) -> None:
    done = anlan("import", roster, "./my place", "--from", "tiny", "--yes")
    assert done.code == 0, done.err
    assert 'anlan check "my place"' in done.err or 'anlan check "./my place"' in done.err
    made = anlan("new", "my-district", "--workbook", "to fill.xlsx")
    assert 'anlan import "to fill.xlsx" ./my-district' in made.err


def test_goods_of_which_none_is_a_relief_item_are_not_said_to_be_written(
    anlan: Command, tmp_path: Path
) -> None:
    rows = [["储备库", "物资名称", "单位", "数量"],
            [load("tiny").stores[0].name_zh, "编织袋", "条", 5]]  # fmt: skip
    book = saved(tmp_path / "u.xlsx", {"物资": rows})
    result = anlan("import", book, "./mine", "--from", "tiny", "--yes", "--lang", "zh")
    assert result.code == BAD, result.out
    assert "不是情景中的救助物资" in result.out
    assert not (tmp_path / "mine").exists()
