"""Whoever types wrongly is told so in their language: nothing at the front door is English only."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.app.cli import main
from anlan.sim.scenario.read import SHIPPED
from tests.house import ROOT

BAD = 2
HELD = ("sim/study", "analysis", "app")  # the folders whose errors are all made of templates
# what makes an error -> which of its arguments is what it says
SAYING = {
    "BadInput": 0, "OwnCodeError": 0, "Unguarded": 0, "BadParameter": 0, "bad": 0, "bad_key": 0,
    "wrong": 0, "Spoilt": 1,
}  # fmt: skip
MAKING = re.compile(rf"\b({'|'.join(SAYING)})\(|\bRow\b")  # what other files hold is no error
READ_BY_PYDANTIC = "Row"  # a ValueError of such a class is told as an error of its file


def plain_errors(tree: ast.Module) -> Iterator[ast.Call]:
    """Errors that are said in a text that no list of words has in a second language."""
    plain = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_plain(node.value)
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        place = SAYING.get(getattr(node.func, "attr", "") or getattr(node.func, "id", ""))
        if place is None or place >= len(node.args):
            continue
        said = node.args[place]
        if is_plain(said) or (isinstance(said, ast.Name) and said.id in plain):
            yield node
    for kind in (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)):
        if READ_BY_PYDANTIC in map(ast.unparse, kind.bases):
            yield from (
                n for n in ast.walk(kind)
                if isinstance(n, ast.Call) and ast.unparse(n.func) == "ValueError"
                and is_plain(n.args[0])
            )  # fmt: skip


def is_plain(said: ast.expr) -> bool:
    """A literal text, an f-string, or one of them made longer or put on one line."""
    if isinstance(said, ast.JoinedStr):
        return True
    if isinstance(said, ast.Constant):
        return isinstance(said.value, str) and bool(said.value)
    if isinstance(said, ast.BinOp):
        return is_plain(said.left) or is_plain(said.right)
    if isinstance(said, ast.Call) and said.args:
        return ast.unparse(said.func) in ("one_line", "str") and is_plain(said.args[0])
    return False


def test_no_error_is_said_in_english_only() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for folder in HELD
        for path in sorted((ROOT / folder).rglob("*.py"))
        if MAKING.search(text := path.read_text(encoding="utf-8"))
        for node in plain_errors(ast.parse(text))
    ]
    assert found == []


def test_an_error_in_english_only_would_be_seen() -> None:
    for source in (
        'raise BadInput("no")', 'raise BadInput(f"no {x}")', 'raise BadInput("no " + x)',
        'raise BadInput(one_line(f"{x}"))', 'bad("no", file)', 'raise toml.wrong(f"{x}", "a", "b")',
        'problem = f"{x} is no"\nraise bad(problem, file)', 'raise typer.BadParameter("no")',
        'raise Spoilt(path, "no")',
        'class A(Row):\n    def f(self):\n        raise ValueError("no")',
    ):  # fmt: skip
        assert len(list(plain_errors(ast.parse(source)))) == 1, source
    for source in ('raise BadInput(worded("no"))', "raise BadInput(problem)", 'ValueError("no")'):
        assert list(plain_errors(ast.parse(source))) == [], source


STUDY = """
[study]
id = "s"
scenario = "tiny"
replications = 4

[study.question]
zh = "问"
en = "asked"
"""

# what was typed -> what its line must hold. {home} is a folder to play with.
TYPED = {
    "run tiny --runs 0": "--runs：0 过小；应不小于 1",
    "run tiny --runs 1.5": "--runs：1.5 不是整数",
    "run tiny --runs 九": "--runs：九 不是整数",
    "run tiny --runs １０": "--runs：１０ 是全角字符；请写 10",
    "run tiny --rusn 4": "没有选项 --rusn；是否应为 --runs？",
    "run tiny -q": "没有选项 -q",
    "run": "缺少参数 SCENARIO",
    "rnu tiny": "没有命令 rnu；是否应为 'run'？",
    "": "缺少命令",
    "run tiny twice": "多出的内容：twice",
    "run tiny --seed": "选项 --seed 后面缺少值",
    "run tiny --seed -1": "--seed：-1 过小；应不小于 0",
    "run tiny --seed 99999999999999999999": "过大；最大为",
    "run tiny --overwrite=1": "选项 --overwrite 不带值",
    "run tiny --assumptions 0": "--assumptions：0 过小；应不小于 2",
    "run tiny --set teams": "不是 键=值 的形式",
    "run tiny --module no_such --out {home}/o": "没有模块 no_such",
    "run tiny --shard 4/3 --out {home}/o": "--shard 4/3：请写 i/n",
    "size tiny": "缺少选项 --may-change",
    "size tiny --may-change {home}/none.csv": "缺少该文件",
    "size tiny --may-change {home}/may.csv": "at_least 9 大于 at_most 8",
    "study {home}/none.toml": "没有这个文件；请给出研究文件",
    "study {home}/study.toml": "outputs.tables：没有表 place；是否应为 places？",
    "study {home}/broken.toml": "samples：lhs 设计须写明个数",
    "merge {home}": "里面没有研究的任何部分",
    "compare {home}": "没有 anlan 的结果",
    "compare tiny --confidence 0.2": "--confidence：0.2 过小；应不小于 0.5",
    "compare tiny --out {home}/o": "没有可比较的",
    "explain {home}": "没有 anlan 的结果",
    "report {home}": "没有 anlan 的结果",
    "deadline tiny --step x": "--step：x 不是数",
    "deadline tiny --step 0.02 --out {home}/o": "步长 0.02 小时",
    "deadline tiny --order mvoe --out {home}/o": "没有指令 mvoe；是否应为 move？",
    "deadline tiny --target evacutaed --out {home}/o": "指标 evacutaed",
    "cover tiny --years 1000": "--years：1000 过大；应不大于 100",
    "check tiny --lang fr": "不在可用的语言之中",
}  # fmt: skip
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]+ [A-Za-z]{2,}")  # three words that run on


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a study that asks for what is not there, and a list of what may change."""
    (tmp_path / "study.toml").write_text(
        STUDY + '[outputs]\ntables = ["place"]\n', encoding="utf-8"
    )
    broken = STUDY.replace("replications = 4", "replications = 0")
    broken += '[[factor]]\nname = "parameters.x"\nlow = 2\nhigh = 1\n[design]\nkind = "lhs"\n'
    (tmp_path / "broken.toml").write_text(broken, encoding="utf-8")
    may = "what,at_least,at_most,step\nteams.team-1.members,9,8,1\n"
    (tmp_path / "may.csv").write_text(may, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("typed", TYPED)
def test_a_wrong_line_is_told_in_chinese(
    typed: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [a.format(home=home) for a in typed.split()]
    before = sorted(home.iterdir())
    code = main(["--lang", "zh", *arguments])
    lines = capsys.readouterr().err.replace(str(home), "…").splitlines()
    assert code == BAD, lines
    assert any(TYPED[typed] in line for line in lines), lines
    assert [line for line in lines if SENTENCE.search(line)] == []
    assert sorted(home.iterdir()) == before  # nothing half-written


def test_all_slips_of_a_study_are_told_at_once(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", str(home / "broken.toml"), "--lang", "zh"]) == BAD
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3, lines
    assert "replications" in lines[0]
    assert "low 2 不小于 high 1" in lines[1]
    assert "samples" in lines[2]


def test_a_folder_of_another_kind_is_told_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    for command in ("report", "explain", "merge"):
        assert main([command, str(folder), "--lang", "zh"]) == BAD
        err = capsys.readouterr().err
        assert len(err.splitlines()) == 1
        assert not SENTENCE.search(err.replace(str(folder), "…")), err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('id = “s”', "（第 2 行第 6 个字符）；该行有 “（U+201C）：应写 \""),
        ('id ＝ "s"', "键之后应为等号“=”（第 2 行第 4 个字符）；该行有 ＝（U+FF1D）：应写 ="),
        ('id = "s"\nid = "t"', "同一个键赋值了两次（第 3 行第 9 个字符）"),
        ('id = ["s"', "列表没有闭合（缺少“]”）"),
    ],
)  # fmt: skip
def test_what_breaks_a_toml_file_is_told_in_chinese_with_the_character(
    line: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "study.toml").write_text(f"[study]\n{line}\n", encoding="utf-8")
    assert main(["study", str(tmp_path / "study.toml"), "--lang", "zh"]) == BAD
    assert told in capsys.readouterr().err
