"""Errors are said in the user's language: the list of errors has each template of the code."""

from __future__ import annotations

import ast
import pickle
import shutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.analysis.words import FALLBACK, LANGS
from anlan.analysis.words.errors import in_words, templates
from anlan.app.cli import main
from anlan.sim.scenario.errors import BadInput, Worded, bad, nearest, one_line, swapped, worded
from anlan.sim.scenario.read import SHIPPED
from tests.house import HOUSE, ROOT

BAD = 2


def of_code() -> Iterator[str]:
    """The templates that the code words errors with."""
    for folder in HOUSE:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "worded":
                    first = node.args[0]
                    assert isinstance(first, ast.Constant), f"{path}: {ast.unparse(first)}"
                    yield first.value


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_list_has_the_templates_of_the_code_and_no_other() -> None:
    assert set(templates()) == set(of_code())


@pytest.mark.parametrize("template", sorted(set(of_code())))
def test_a_template_has_the_same_blanks_in_every_language(template: str) -> None:
    said = templates()[template]
    assert set(said) == set(LANGS)
    assert all(blanks(text) == blanks(template) for text in said.values())
    assert all(text.strip() for text in said.values())


def test_a_text_keeps_what_it_was_made_of() -> None:
    error = bad(
        worded("unknown column; {near}", near=nearest("boat", ["boats"])), "a.csv", 1, "boat"
    )
    assert str(error) == in_words(error, FALLBACK)
    assert str(error) == "a.csv, row 1, column boat: unknown column; did you mean boats?"
    assert in_words(error, "zh") == "a.csv 第 1 行“boat”列：没有这一列；是否应为 boats？"
    again = pickle.loads(pickle.dumps(error))
    assert in_words(again, "zh") == in_words(error, "zh")


def test_a_text_that_is_no_template_is_said_as_it_is() -> None:
    assert in_words(BadInput("just {so}"), "zh") == "just {so}"
    assert in_words(bad("just {so}", "a.csv"), "zh") == "a.csv：just {so}"


def test_braces_of_the_input_are_no_blanks() -> None:
    error = bad(worded("{text} is not a number", text="{x}"), "{file}.csv")
    assert str(error) == "{file}.csv: {x} is not a number"
    assert in_words(error, "zh") == "{file}.csv：{x} 不是数"


def test_words_are_swapped_wherever_they_stand() -> None:
    inner = worded("words separated by ';', each {what}", what="b")
    text = swapped(one_line(worded("is empty; give {what}", what=inner)), "words separated by ';'",
                   "a list")  # fmt: skip
    assert isinstance(text, Worded)
    assert text == "is empty; give a list, each b"
    assert in_words(text, "zh") == "为空；应为列表，每项为b"


SLIPS = {
    "missing column": ("teams.csv", "crew_size", "x", "teams.csv 第 1 行“crew_size”列：缺少这一列"),
    "unknown column": ("teams.csv", "members", "membres", "没有这一列；是否应为 members？"),
    "not a number": ("teams.csv", "seat,8,", "seat,eight,", "不是整数；应为0 至 100000 的整数"),
    "out of range": ("teams.csv", "seat,8,4", "seat,8,0", "0 小于 1；应为1 至"),
    "unknown reference": ("roads.csv", ",port,", ",prot,", "为 prot 的行；是否应为 port？"),
    "not a word": ("teams.csv", "professional", "profesional", "不在可用的词之中；应为"),
    "unknown key": ("scenario.toml", "tick_min", "tick_minutes", "没有这个键；是否应为 tick_min？"),
    "unknown storm": ("scenario.toml", '"straight"', '"strait"', "是否应为 straight？"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_the_usual_slips_are_said_in_chinese(
    slip: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, old, new, says = SLIPS[slip]
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    assert main(["check", str(folder), "--lang", "zh"]) == BAD
    line = capsys.readouterr().err.splitlines()[0]
    assert says in line, line
    assert " is " not in line
    assert " give " not in line


def test_a_duplicate_a_missing_file_and_an_unknown_scenario_are_said_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    table = folder / "teams.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    assert main(["check", str(folder), "--lang", "zh"]) == BAD
    assert "编号 team-1 与 teams.csv 中的另一行重复" in capsys.readouterr().err
    table.unlink()
    assert main(["check", str(folder), "--lang", "zh"]) == BAD
    assert "teams.csv：缺少该文件；请提供含以下各列的表" in capsys.readouterr().err
    assert main(["check", "haimen-typhon", "--lang", "zh"]) == BAD
    assert "没有名为 haimen-typhon 的情景；是否应为 haimen-typhoon" in capsys.readouterr().err
    assert main(["check", "tiny", "--set", "teams.team-1.boat=2", "--lang", "zh"]) == BAD
    assert "没有名为 boat 的键；是否应为 boats？" in capsys.readouterr().err
