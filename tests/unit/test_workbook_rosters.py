"""Rosters with other habits: nothing wrong, nothing lost, nothing silent.

`ANLAN_WORKBOOKS` names a folder of further ones, each with what a careful reader noted of it.
"""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from anlan.app.workbook.book import Reading, read_book
from anlan.app.workbook.cells import Cell, Raw, number_of
from anlan.app.workbook.columns import EXACT, head_of
from anlan.app.workbook.known import heads
from anlan.app.workbook.own import NOT_READ, SHORT
from anlan.app.workbook.report import answered, doubt_text
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.schema import Scenario
from tests.house import ROOT
from tests.rosters import asked, doubts, noted, reading, saved, values, wrong

FURTHER = os.environ.get("ANLAN_WORKBOOKS", "")
CASES = sorted(p.parent for p in Path(FURTHER).glob("*/expected.json")) if FURTHER else []


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_workbooks_with_a_careful_readers_notes(folder: Path) -> None:
    path, told = noted(folder)
    assert list(wrong(reading(path), told)) == []


def test_sections_header_of_two_lines_and_a_second_table_below(tmp_path: Path) -> None:
    rows = [
        ["某区应急队伍及场所"], [],
        ["序号", "单位名称", "驻地", "力量", "", "装备", "", ""],
        ["", "", "", "队员", "骨干", "橡皮艇（只）", "冲锋舟（艘）", "油锯"],
        ["一、东港镇"],
        [1, "民兵应急连（张三13800001111）", "一心村", "二十人", 3, "2只", "1艘", "—"],
        [2, "一心村志愿队", "一心村", "不少于6人", "", "无", "/", 0],
        ["二、西港镇"],
        [3, "西港镇消防救援站", "西港镇政府", "１８名", 2, "l0", "", "〃"],
        [4, "抢险突击队", "西港镇", "20（含预备5人）", 2, "3-5", "1+1", dt.date(2024, 3, 5)],
        ["", "合 计", "", "38", "", "12", "", ""],
        [],
        ["避灾点名称", "所在社区", "可安置人数（人）", "建筑面积（㎡）"],
        ["一心小学", "一心村", "0.03万", "600"],
        ["一心中学", "一心村", "500余", "1000㎡"],
        ["说明：以上数据截至2024年5月。"],
    ]  # fmt: skip
    read = reading(saved(tmp_path / "a.xlsx", {"名册": rows}))
    found = values(read)
    assert found["teams", "民兵应急连", "members"] == 20
    assert found["teams", "民兵应急连", "boats"] == 3  # two dinghies and a rescue boat
    assert found["teams", "民兵应急连", "town"] == "东港镇"
    assert found["teams", "西港镇消防救援站", "members"] == 18
    assert found["teams", "抢险突击队", "town"] == "西港镇"
    assert found["shelters", "一心小学", "capacity"] == 300
    assert found["shelters", "一心中学", "area_m2"] == 1000
    open_cells = asked(read)
    assert {"D7", "F9", "D10", "F10", "G10", "H10", "H6"} <= open_cells
    kinds = doubts(read)
    assert "phone" in kinds["B6"]
    assert "about" in kinds["C15"]
    assert "unread_column" in kinds["E4"]
    assert "ditto_taken" in kinds["H9"]
    members = {r for t, r, f in found if f == "members"}
    assert members == {"民兵应急连", "西港镇消防救援站"}


def test_stock_in_many_units_dittos_hidden_rows_and_comments(tmp_path: Path) -> None:
    rows = [
        ["单位名称：某库", "", "", "联系电话：0513-1234567"],
        ["品名", "计量单位", "账面数", "实有数量", "规格", "储备库"],
        ["矿泉水", "件", 100, "95", "500ml*24", "东港镇储备库"],
        ["矿泉水", "瓶", 100, "95", "500ml", "〃"],
        ["桶装水", "桶", "", "30", "18.9L", ""],
        ["盒饭", "份", "", "120", "", ""],
        ["编织袋", "条", "", "2万", "", ""],
        ["编织布", "平米", "", "384.43万", "", ""],
        ["衣服", "套", "", "12.5", "", ""],
        ["大衣", "件", "", "100", "", ""],
        ["大衣", "件", "", "100", "", ""],
        ["药箱", "个", "", "8", "", ""],
        ["饮用水", "吨", "", "2", "", ""],
        ["总计", "", "", "999", "", ""],
    ]  # fmt: skip
    path = saved(tmp_path / "b.xlsx", {"物资": rows, "草稿": [["队伍名称", "人数"], ["甲", 5]]})
    book = load_workbook(path)
    book["物资"].row_dimensions[5].hidden = True
    book["物资"]["D12"].comment = Comment("待核", "office")
    book["草稿"].sheet_state = "veryHidden"
    book.save(path)
    read = reading(path)
    stock = [(v.goods, v.value, v.unit, v.item) for v in read.found.values if v.field == "quantity"]
    assert stock == [
        ("矿泉水", 95 * 24 * 500, "mL", "water_ml"), ("矿泉水", 47_500, "mL", "water_ml"),
        ("盒饭", 120, "meal", "meal"), ("编织袋", 20_000, "piece", ""),
        ("编织布", 3_844_300, "m2", ""), ("大衣", 100, "set", "clothing"),
        ("饮用水", 2_000_000, "mL", "water_ml"),
    ]  # fmt: skip
    assert {v.record for v in read.found.values if v.field == "quantity"} == {"东港镇储备库"}
    kinds = doubts(read)
    assert "hidden_row" in kinds["D5"]
    assert "not_whole" in kinds["D9"]
    assert "duplicate" in kinds["D11"]
    assert "comment_doubt" in kinds["D12"]
    assert [d.key for d in read.found.doubts if d.sheet == "草稿"] == ["hidden_sheet"]
    assert not [v for v in read.found.values if v.sheet == "草稿"]


def test_formulas_strokes_merged_numbers_and_filters(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet, gone = book.add_worksheet("队伍"), book.add_format({"font_strikeout": True})
    head = ["队伍全称", "所属乡镇", "队员数", "冲锋舟", "现状"]
    sheet.write_row(0, 0, head)
    for row, cells in enumerate(
        [
            ["甲队", "东港镇", 20, 1, "在用"], ["乙队", "东港镇", 15, 2, "已解散"],
            ["甲队", "东港镇", 20, 1, "在用"], ["丙队", "西港镇", None, None, "在用"],
            ["丁队", "西港镇", 12, 1, "在用"], head, ["戊队", "西港镇", 8, 0, ""],
            ["己队", "南港镇", None, 1, ""], ["庚队", "南港镇", None, 1, ""],
            ["辛队", "南港镇", 7, 1, ""],
        ], start=1,
    ):  # fmt: skip
        sheet.write_row(row, 0, cells)
    sheet.write_formula(4, 2, "=C2+C3")  # XlsxWriter keeps 0 for what it has not worked out
    sheet.write_formula(4, 3, "=VLOOKUP(A5,其他!A:B,2,0)")
    sheet.write_rich_string(5, 2, gone, "12", "15")
    sheet.merge_range(8, 2, 9, 2, 9)
    sheet.set_row(10, None, None, {"hidden": True})
    listed = book.add_worksheet("筛选")
    listed.write_row(0, 0, ["安置点", "镇", "容纳人数"])
    for row in range(1, 4):
        listed.write_row(row, 0, [f"点{row}", "东港镇", 100 * row])
    listed.autofilter(0, 0, 3, 2)
    listed.filter_column(2, "x > 250")
    listed.set_row(1, None, None, {"hidden": True})
    book.close()
    read = reading(path)
    found = values(read)
    members = {r: v for (t, r, f), v in found.items() if f == "members"}
    assert members == {"甲队": 20, "戊队": 8}
    assert found["shelters", "点1", "capacity"] == 100  # a filter hides it, nobody by hand
    kinds = doubts(read)
    assert "formula_differs" in kinds["C5"]
    assert "uncached" in kinds["D5"]
    assert "part_struck" in kinds["C6"]
    assert "retired" in kinds["C3"]
    assert "duplicate" in kinds["C4"]
    assert "merged_shared" in kinds["C9"]
    assert "hidden_row" in kinds["C11"]
    proposed = {d.cell: d.suggested for d in read.found.doubts}
    assert (proposed["C5"], proposed["C6"]) == (35.0, 15.0)


def test_tables_side_by_side_of_two_kinds_and_of_one(tmp_path: Path) -> None:
    rows = [
        ["医疗机构", "床位数（张）", "地址", "", "避难场所", "面积", "容纳人数", "类别"],
        ["区人民医院", "500张", "海东社区", "", "体育馆", "2公顷", "0.06万人", "区级"],
        ["三厂卫生院", "约60", "三厂街道", "", "中学", "1500平方米", "七百五十", "镇级"],
        ["临江卫生院", "/", "临江镇", "", "小学", "0.1公顷", "500人左右", "村级"],
    ]
    read = reading(saved(tmp_path / "d.xlsx", {"Sheet1": rows}))
    found = values(read)
    assert found["hospitals", "区人民医院", "beds"] == 500
    assert found["shelters", "体育馆", "capacity"] == 600
    assert found["shelters", "体育馆", "area_m2"] == 20_000
    assert found["shelters", "小学", "level"] == "village"
    assert "none" in doubts(read)["B4"]
    twice = [
        ["场所", "容纳人数", "场所", "容纳人数"],
        ["甲", 100, "乙", 200],
        ["合计", 300, "", ""],
    ]
    read = reading(saved(tmp_path / "避难场所.xlsx", {"Sheet1": twice}))
    capacity = {r: v for (t, r, f), v in values(read).items() if f == "capacity"}
    assert capacity == {"甲": 100, "乙": 200}
    assert not doubts(read)  # the total is that of both halves


def test_goods_over_towns_as_columns_and_a_summary_that_repeats(tmp_path: Path) -> None:
    wide = [["物资名称", "单位", "东港镇", "西港镇", "合计"], ["棉大衣", "件", 10, 20, 30]]
    read = reading(saved(tmp_path / "e.xlsx", {"物资分布": wide}))
    assert values(read)["stock", "东港镇/棉大衣", "quantity"] == 10
    assert values(read)["stock", "西港镇/棉大衣", "quantity"] == 20
    assert len([v for v in read.found.values if v.field == "quantity"]) == 2
    own = [["储备库", "物资名称", "单位", "数量"], ["东港镇储备库", "棉大衣", "件", 10]]
    read = reading(saved(tmp_path / "f.xlsx", {"东港": own, "汇总表": wide}))
    assert {v.sheet for v in read.found.values} == {"东港"}
    assert {d.key for d in read.found.doubts if d.sheet == "汇总表"} == {"repeat"}


def test_two_columns_that_mean_the_same_are_not_chosen_between(tmp_path: Path) -> None:
    rows = [["队伍名称", "队员人数", "现有人数", "驻地"], ["甲队", 10, 12, "一心村"]]
    read = reading(saved(tmp_path / "g.xlsx", {"Sheet1": rows}))
    assert not [v for v in read.found.values if v.field == "members"]
    assert "two_columns" in doubts(read)["B1"]
    assert "two_columns" in doubts(read)["C1"]


@pytest.mark.parametrize("head", ["应储备数量", "去年数量", "损坏数量", "计划数量"])
def test_a_column_of_another_quantity_is_not_taken_for_the_stock(head: str, tmp_path: Path) -> None:
    rows = [["物资名称", "单位", head, "储备库"], ["编织袋", "条", 500, "东港镇储备库"]]
    read = reading(saved(tmp_path / "h.xlsx", {"Sheet1": rows}))
    assert not [v for v in read.found.values if v.field == "quantity"]
    assert "unread_column" in doubts(read)["C1"]


def test_a_number_that_does_not_go_with_its_row_is_asked_about(tmp_path: Path) -> None:
    rows = [["避难场所", "面积（平方米）", "容纳人数"], *(["点" + c, 1000, 500] for c in "甲乙丙"),
            ["点丁", 1000, 5000]]  # fmt: skip
    read = reading(saved(tmp_path / "i.xlsx", {"Sheet1": rows}))
    assert ("shelters", "点丁", "capacity") not in values(read)
    told = next(d for d in read.found.doubts if d.key == "ratio")
    assert (told.cell, told.suggested) == ("C5", 500.0)


def test_a_row_that_is_struck_through_and_one_without_a_name(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (["队伍名称", "人数"], ["甲队", 10], ["乙队", 20], ["", 7]):
        sheet.append([v or None for v in row])
    for cell in sheet[3]:
        cell.font = Font(strike=True)
    book.save(tmp_path / "j.xlsx")
    read = reading(tmp_path / "j.xlsx")
    assert [v.record for v in read.found.values if v.field == "members"] == ["甲队"]
    assert "struck_row" in doubts(read)["B3"]
    assert "no_name" in doubts(read)["B4"]


def test_an_old_xls_with_grids_under_their_communities() -> None:
    read = reading(ROOT / "tests" / "workbooks" / "grids.xls")
    found = values(read)
    assert found["communities", "东港镇一心村", "residents"] == 580
    assert found["communities", "东港镇一心村", "households"] == 190
    assert found["communities", "东港镇二意村", "residents"] == 260
    cells = {v.record: v.cell for v in read.found.values
             if (v.table, v.field) == ("communities", "residents")}  # fmt: skip
    assert cells == {"东港镇一心村": "E5", "东港镇二意村": "E6:E7"}  # 270 is not their sum
    kinds = doubts(read)
    assert kinds["E8"] == {"total_differs"}
    assert "G2" in kinds  # last year's column
    assert kinds[""] == {"blind"}  # what is hidden in an .xls cannot be seen, which is said


def test_a_csv_of_a_chinese_windows(tmp_path: Path) -> None:
    text = (
        "储备库,物资名称,单位,数量\r\n"
        '东港镇储备库,编织袋,条,"1,000"\r\n东港镇储备库,盒饭,份,约200\r\n'
    )
    (tmp_path / "k.csv").write_bytes(text.encode("gb18030"))
    found = values(reading(tmp_path / "k.csv"))
    assert found["stock", "东港镇储备库/编织袋", "quantity"] == 1000
    assert found["stock", "东港镇储备库/盒饭", "quantity"] == 200


def test_empty_formatted_cells_and_a_huge_dimension_cost_nothing(tmp_path: Path) -> None:
    plain = saved(tmp_path / "l.xlsx", {"Sheet1": [["队伍名称", "人数"], ["甲队", 10]]})
    many = tmp_path / "many.xlsx"
    rows = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>'
        for n in range(3, 200_000)
    )
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
                content = content.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
            new.writestr(name, content)
    read = reading(many)
    assert len(read.book.sheets[0].cells) == 4
    assert values(read) == values(reading(plain))


def test_every_cell_is_accounted_for(tmp_path: Path) -> None:
    """What is neither a value nor set apart nor in a column that is listed is told."""
    rows = [
        ["队伍名称", "人数", "", "", "领取登记"],
        ["甲队", 10, "", "", 77],
        [],
        ["", "", "", "", "", "", 5],
    ]
    read = reading(saved(tmp_path / "m.xlsx", {"Sheet1": rows, "杂": [["今天", 3], ["明天", 4]]}))
    kinds = doubts(read)
    assert "unread" in kinds["G4"]
    assert kinds["E1"] == {"unread_column"}
    assert "no_table" in kinds["B1"]


@pytest.mark.parametrize("table", sorted(heads()))
def test_every_header_that_anlan_itself_writes_is_known(table: str) -> None:
    entry = next(d for d in described(Scenario) if d.entry.part.file == f"{table}.csv")
    key = entry.columns[0].name
    for column in entry.columns:
        template = SHORT.split(column.zh)[0]
        for label in (column.name, column.zh, column.en, template):
            head, how = head_of((label,), table)
            assert how == EXACT, (label, column.name)
            assert head is not None
            if column.name == key and key != "holder":
                assert head.takes in ("ignore", "name"), label  # an id may stand for a name
            else:
                assert head.field == column.name or head.takes == "ignore", label
                assert (head.takes == "ignore") == (column.name in NOT_READ), label


def test_a_table_under_the_headers_of_the_template(tmp_path: Path) -> None:
    rows = [["队伍编号", "中文名", "类别", "驻地", "人数", "每组人数", "艇数", "区外支援", "出处"],
            ["t1", "甲队", "专业", "一心村", 20, 6, 3, "II", "found"]]  # fmt: skip
    found = values(reading(saved(tmp_path / "n.xlsx", {"Sheet1": rows})))
    assert found["teams", "甲队", "boats"] == 3
    assert found["teams", "甲队", "asked_at"] == "II"
    assert found["teams", "甲队", "name_zh"] == "甲队"
    names = [["team", "name_zh", "kind", "members", "boats"], ["t1", "甲队", "social", 20, 3]]
    found = values(reading(saved(tmp_path / "o.xlsx", {"Sheet1": names})))
    assert (found["teams", "甲队", "boats"], found["teams", "甲队", "kind"]) == (3, "social")


def test_goods_near_to_a_relief_item_are_a_question_that_an_answer_decides(tmp_path: Path) -> None:
    rows = [["储备库", "物资名称", "单位", "数量"],
            ["东港镇储备库", "天然水550ml*24", "箱", 3], ["东港镇储备库", "山泉水", "箱", 10],
            ["东港镇储备库", "瓶装水", "箱", 5], ["东港镇储备库", "蒸馏水", "瓶", 4]]  # fmt: skip
    path = saved(tmp_path / "p.xlsx", {"物资": rows})
    read = reading(path)
    assert not [v for v in read.found.values if v.field == "quantity"]
    assert asked(read) == {"D2", "D3", "D4", "D5"}
    assert {d.suggested for d in read.found.doubts} == {None}  # 10 would be the 10 boxes again
    assert {d.typed for d in read.found.doubts} == {None}
    given = {("物资", (row, 4)): Cell(row, 4, raw, answered=True)
             for row, raw in ((2, 3), (3, "132000ml"), (4, "66升"), (5, 0))}  # fmt: skip
    read = read_book(answered(read.book, given))
    water = {v.goods: v.value for v in read.found.values if v.item == "water_ml"}
    assert water == {"天然水550ml*24": 39_600, "山泉水": 132_000, "瓶装水": 66_000}
    assert not asked(read)


def with_answers(read: Reading, sheet: str, given: dict[str, Raw]) -> Reading:
    """The book read again with answers in cells such as C4."""
    spots = {(int(c[1:]), number_of(c[0])): raw for c, raw in given.items()}
    cells = {(sheet, spot): Cell(*spot, raw, answered=True) for spot, raw in spots.items()}
    return read_book(answered(read.book, cells))


def test_an_answer_to_a_thing_that_is_there_twice_decides(tmp_path: Path) -> None:
    rows = [["队伍名称", "人数", "冲锋舟"], ["四队", "1.2万", 1], ["五队", 8, 1], ["四队", 30, 1]]
    read = reading(saved(tmp_path / "q.xlsx", {"Sheet1": rows}))
    assert doubts(read)["B2"] == {"beyond"}
    assert {"B2", "A4", "B4", "C4"} <= asked(read)
    read = with_answers(read, "Sheet1", {"B4": 30})
    assert values(read)["teams", "四队", "members"] == 30
    assert [v.record for v in read.found.values if v.field == "members"] == ["五队", "四队"]
    assert not asked(read)
    other = with_answers(read, "Sheet1", {"B2": 12})
    assert {d.key for d in other.found.doubts} == {"duplicate"}  # 12 and 30 were both answered
    two = [["储备库", "物资名称", "单位", "数量"], *[["东港镇储备库", "盒饭", "份", 50]] * 2]
    read = reading(saved(tmp_path / "r.xlsx", {"物资": two}))
    assert "duplicate" in doubts(read)["D3"]
    read = with_answers(read, "物资", {"D3": 50})
    assert sum(v.value for v in read.found.values if v.field == "quantity") == 100
    assert not asked(read)


def test_a_number_far_beyond_its_column_is_asked_about_until_it_is_confirmed(
    tmp_path: Path,
) -> None:
    rows = [["队伍名称", "人数", "冲锋舟"], ["甲队", "1.2万", 1], ["乙队", 900, 300]]
    read = reading(saved(tmp_path / "s.xlsx", {"Sheet1": rows}))
    assert asked(read) == {"B2", "C3"}
    assert {d.suggested for d in read.found.doubts} == {None}
    read = with_answers(read, "Sheet1", {"B2": "1.2万", "C3": 300})
    assert values(read)["teams", "甲队", "members"] == 12_000
    assert not asked(read)


@pytest.mark.parametrize(
    ("head", "key", "words"),
    [
        (
            ["单位名称", "人员数量", "橡皮艇（艘）"],
            "no_table_kind",
            "单位名称、人员数量、橡皮艇（艘）",
        ),
        (["单位名称", "甲项", "乙项"], "no_table_words", "甲项、乙项"),
        (["甲项", "人员数量", "橡皮艇（艘）"], "no_table_name", "甲项"),
    ],
)
def test_a_sheet_that_is_no_table_says_which_headers_are_why(
    head: list[str], key: str, words: str, tmp_path: Path
) -> None:
    read = reading(saved(tmp_path / "v.xlsx", {"Sheet1": [head, ["甲", 5, 1]]}))
    told = next(d for d in read.found.doubts)
    assert (told.key, told.asked, told.fill["words"]) == (key, True, words)
    assert words in doubt_text(told, "zh")
