"""What a cell of an office's table says: number, unit, doubt."""

from __future__ import annotations

import datetime as dt

import pytest

from anlan.app.workbook.amounts import understood, unit_in
from anlan.app.workbook.cells import Cell, Raw
from anlan.app.workbook.formulas import value_of
from anlan.app.workbook.goods import goods_of
from anlan.app.workbook.known import name_of
from anlan.app.workbook.regions import is_total


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [
        (12, 12, ""), (2.5, 2.5, ""), ("9人", 9, "人"), (" 450 ", 450, ""),
        ("１６００㎡", 1600, "平方米"),
        ("1,200人", 1200, "人"), ("2台(套)", 2, "台"), ("0.24万平方米", 2400, "平方米"),
        ("2 000", 2000, ""),
        ("1.2万", 12000, ""), ("3亩", 3, "亩"), ("１８名", 18, "名"), ("2台/套", 2, "台"),
        ("0", 0, ""),
    ],
)  # fmt: skip
def test_what_is_clear_is_taken(raw: Raw, value: float, unit: str) -> None:
    found = understood(raw)
    assert (found.value, found.unit, found.doubt, found.asked) == (value, unit, "", False)


@pytest.mark.parametrize(
    ("raw", "value", "doubt"),
    [
        ("约5", 5, "about"), ("2800余人", 2800, "about"), ("180余万件(套)", 1_800_000, "about"),
        ("600左右", 600, "about"), ("二十人", 20, "han_number"), ("一百二十", 120, "han_number"),
        ("100(单)", 100, "bracket"), ("无", 0, "none"), ("/", 0, "none"),
    ],
)  # fmt: skip
def test_what_is_nearly_clear_is_taken_and_told(raw: Raw, value: float, doubt: str) -> None:
    found = understood(raw)
    assert (found.value, found.doubt, found.asked) == (value, doubt, False)


@pytest.mark.parametrize(
    ("raw", "doubt", "suggested"),
    [
        ("若干", "vague", None), ("—", "dash", None), ("20（其中5顶待维修）", "part", 15),
        ("5人（含志愿者2人）", "part", 5), ("3-5", "range", None), ("1500～3000", "range", None),
        ("l0", "letters", 10), ("1O", "letters", 10), ("1000条/500m²", "several", None),
        ("各100", "each", None), ("不少于6人", "bound", None), ("3艘+2艘", "sum", 5),
        ("80%", "percent", None),
        (dt.date(2024, 3, 5), "date_number", None), (True, "not_a_number", None),
        (-3, "negative", None),
        ("见附件", "vague", None), ("12（损坏）", "bracket_doubt", 0),
        ("张三", "not_a_number", None),
    ],
)  # fmt: skip
def test_what_leaves_a_choice_is_asked_about(raw: Raw, doubt: str, suggested: float | None) -> None:
    found = understood(raw)
    assert (found.value, found.doubt, found.asked) == (None, doubt, True)
    assert found.suggested == suggested


def test_units_and_their_multiples() -> None:
    assert unit_in("万条") == ("piece", 10_000.0)
    assert unit_in("吨") == ("kg", 1000.0)
    assert unit_in("台（套）") == ("piece", 1.0)
    assert unit_in("备注") is None


@pytest.mark.parametrize(
    ("name", "unit", "spec", "item", "factor"),
    [
        ("瓶装水", "箱", "550ml×24瓶/箱", "water_ml", 13_200.0),
        ("矿泉水", "件", "24*500毫升", "water_ml", 12_000.0),
        ("桶装水", "桶", "18.9L", "water_ml", 18_900.0),
        ("饮用水", "吨", "", "water_ml", 1_000_000.0),
        ("方便面", "箱", "12桶/箱", "meal", 12.0),
        ("盒饭", "万份", "", "meal", 10_000.0),
        ("救灾被褥包", "套", "一被一褥", "bedding", 1.0),
        ("编织袋", "万条", "50×90cm", "", 10_000.0),
        ("铅丝", "吨", "8#", "", 1000.0),
        ("棉被", "床", "1.5kg", "", 1.0),
        ("瓶装水550ml*24", "箱", "", "water_ml", 13_200.0),
        ("瓶装水550mlx24", "箱", "", "water_ml", 13_200.0),
        ("瓶装水 550ml X24", "箱", "", "water_ml", 13_200.0),
        ("矿泉水550ml/24瓶", "箱", "", "water_ml", 13_200.0),
        ("矿泉水500ml×24瓶/箱", "箱", "", "water_ml", 12_000.0),
        ("550毫升矿泉水24瓶装", "箱", "", "water_ml", 13_200.0),
        ("方便面12桶/箱", "箱", "", "meal", 12.0),
        ("排水泵", "台", "", "", 1.0),
        ("防水布", "块", "", "", 1.0),
        ("消毒水", "瓶", "500ml", "", 1.0),
        ("救生衣", "件", "", "", 1.0),
    ],
)
def test_goods_in_their_units(name: str, unit: str, spec: str, item: str, factor: float) -> None:
    found = goods_of(name, unit, spec)
    assert (found.item, found.factor, found.asked) == (item, pytest.approx(factor), False)


@pytest.mark.parametrize(
    ("name", "unit", "spec", "doubt"),
    [
        ("瓶装水", "箱", "", "no_size"),
        ("瓶装水", "箱", "550ml", "no_number_in_box"),
        ("瓶装水", "箱", "550ml 12瓶/箱或24瓶/箱", "no_number_in_box"),
        ("方便面", "箱", "", "no_number_in_box"),
        ("方便面", "公斤", "", "unlike_unit"),
        ("编织袋", "车厢", "", "unknown_unit"),
        ("天然水550ml*24", "箱", "", "near_item"),
        ("饮用山泉水", "箱", "550ml*24", "near_item"),
        ("小米自热套餐", "份", "", "near_item"),
    ],
)
def test_goods_whose_size_is_not_said_are_asked_about(
    name: str, unit: str, spec: str, doubt: str
) -> None:
    found = goods_of(name, unit, spec)
    assert (found.doubt, found.asked) == (doubt, True)


def test_formulas_that_no_program_has_worked_out() -> None:
    cells = {
        (2, 5): Cell(2, 5, 15.0), (2, 6): Cell(2, 6, 24.0), (3, 5): Cell(3, 5, "9人"),
        (2, 7): Cell(2, 7, None, "=E2*F2"), (2, 8): Cell(2, 8, 0.9),
    }  # fmt: skip
    assert value_of("=E2*F2", cells) == 360.0
    assert value_of("=ROUND($G$2*H2,0)", cells) == 324.0
    assert value_of("=SUM(E2:F3)", cells) == 39.0
    assert value_of("=E3*2", cells) is None
    assert value_of("=SUMIF(清单!J:J,A2,清单!G:G)", cells) is None
    assert value_of("=__import__('os').getcwd()", cells) is None


def test_names_are_one_line_without_telephones() -> None:
    assert name_of("余东民兵应急连（张三13800001111）") == ("余东民兵应急连", True)
    assert name_of("示范中学\n体育馆") == ("示范中学体育馆", False)
    assert name_of("乙队 0513-82345678") == ("乙队", True)


@pytest.mark.parametrize("text", ["小计", "合 计", "余东镇合计", "合计：24处", "总计", "共计3支"])
def test_totals(text: str) -> None:
    assert is_total(text)


@pytest.mark.parametrize("text", ["设计院小组", "余东镇应急救援队", "合计镇第一队伍名"])
def test_no_totals(text: str) -> None:
    assert not is_total(text)
