"""What is wrong with input is told in the user's language, and all of it at once."""

from __future__ import annotations

import ast
import csv
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anlan.sim import load
from anlan.sim.scenario.errors import (
    REASONS,
    UNSEEN,
    BadInput,
    Slips,
    Worded,
    bad,
    hidden,
    reason,
    worded,
)
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.rewrite import rewritten
from anlan.sim.scenario.tables import csv_lines
from anlan.sim.scenario.toml_slips import SAYINGS, what_is_wrong
from tests.chinese import english, lines
from tests.house import ROOT

# Who words what a user reads: the first argument is what is wrong.
SAYERS = {"BadInput", "bad", "bad_key", "wrong", "wrong_key", "_wrong", "_unknown"}
NAMES = {"problem", "fault"}  # what is wrong, before it is handed on
OTHERS = ROOT / "sim" / "study"


def is_sentence(node: ast.expr | None) -> bool:
    """Whether an expression is a text of several words that no list of errors knows."""
    if isinstance(node, ast.IfExp):
        return is_sentence(node.body) or is_sentence(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and " " in part.value for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def unworded(source: str, schema: bool = False) -> Iterator[str]:
    """Texts of a module that a user would read in English only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if name in SAYERS or (schema and name == "ValueError"):
                found = is_sentence(node.args[0])
            else:
                continue
        elif isinstance(node, ast.Assign):
            found = getattr(node.targets[0], "id", "") in NAMES and is_sentence(node.value)
        elif isinstance(node, ast.Yield):
            found = is_sentence(node.value)
        else:
            continue
        if found:
            yield ast.unparse(node)


def test_no_error_of_a_scenario_is_worded_in_english_only() -> None:
    found = []
    for path in (ROOT / "sim").rglob("*.py"):
        source, schema = path.read_text(encoding="utf-8"), path.parent.name == "schema"
        says = schema or "scenario.errors" in source or "scenario.places" in source
        if says and not path.is_relative_to(OTHERS):
            found += [f"{path}: {text}" for text in unworded(source, schema)]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "raise BadInput('no such thing')",
        "raise bad(f'{x} is wrong', 'a.csv')",
        "raise at.wrong('is wrong', 'a.csv')",
        "problem = f'{x} is wrong' if x else ''",
        "yield f'{x} is wrong'",
    ],
)
def test_one_that_is_would_be_seen(source: str) -> None:
    assert len(list(unworded(source))) == 1
    assert not list(unworded("raise bad(worded('{x} is wrong', x=x), f'{file}, {first}')"))
    assert len(list(unworded("raise ValueError('is wrong')", schema=True))) == 1


# ---- what others say -------------------------------------------------------------------------

SPOILT = {
    "a full-width comma": ("a = 1\nb = 5\uff0c\n", 2, "该行有 \uff0c（U+FF0C）：应写 ,"),
    "a full-width sign": ("a \uff1d 5\n", 1, "应写 ="),
    "bent quotes": ("a = \u201cx\u201d\n", 1, '应写 "'),
    "an open list": ("a = [1,\n", None, "在文件末尾"),
    "twice": ("[a]\nb = 1\n[a]\n", 3, "定义了两次"),
    "a control character": ("a = '\x01'\n", 1, "含有不允许的字符"),
    "a date that is none": ("a = 2020-02-31T00:00:00Z\n", 1, "日期或时间无效"),
    "no key": ("= 1\n", 1, "该行不合格式"),
    "no value": ("a = = 5\n", 1, "值不合格式"),
    "an open quote": ('a = "x\n', 1, ""),
    "lists without end": ("a = " + "[" * 5000, None, "列表嵌套过深"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_a_text_that_is_no_toml_is_told_in_chinese_with_its_line_and_the_sign(case: str) -> None:
    text, row, says = SPOILT[case]
    with pytest.raises((tomllib.TOMLDecodeError, RecursionError)) as caught:
        tomllib.loads(text)
    problem, line = what_is_wrong(caught.value, text)
    error = bad(problem, "a.toml", line)
    assert line == row
    assert says in lines(error)[0]
    assert english(error) == []
    if isinstance(caught.value, tomllib.TOMLDecodeError):
        assert str(error).split(": ", 1)[1].startswith(str(caught.value))


def test_signs_in_plain_quotes_and_in_comments_are_not_told_of() -> None:
    text = "a = ['\uff0c', 1 2]  # \uff0c\n"
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert "U+" not in what_is_wrong(caught.value, text)[0]


def test_what_the_parser_does_not_say_is_told_as_it_stands() -> None:
    assert what_is_wrong(ValueError("quite new"), "a") == ("quite new", None)
    said, line = what_is_wrong(ValueError("Quite new (at line 3, column 1)"), "a")
    assert (said, line) == ("Quite new (at line 3, column 1)", 3)
    assert all(isinstance(text, Worded) for text in SAYINGS)


@pytest.mark.parametrize("text", ['a,"b\n', 'a,"b"c\n'])
def test_a_spoilt_table_is_told_in_chinese(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        list(csv_lines(text, "a.csv"))
    assert english(caught.value) == []
    with pytest.raises(csv.Error) as plain:
        list(csv.reader([text], strict=True))
    assert str(plain.value) in str(caught.value)


def test_what_the_system_says_of_files_is_told_in_chinese() -> None:
    for text in REASONS:
        error = bad(worded("cannot be read: {why}", why=reason(OSError(1, str(text)))), "a.csv")
        assert str(error) == f"a.csv: cannot be read: {text}"
        assert english(error) == []
    assert reason(OSError(5, "Something new")) == "Something new"


def test_a_character_that_nobody_sees_is_named_in_chinese() -> None:
    for sign in (*UNSEEN, "\x07"):
        assert english(bad(hidden(f"a{sign}b"), "a.csv")) == []


# ---- all at once -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))


def edit(file: str, *pairs: tuple[str, str]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, f"{file} has no {old!r}"
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, encoding="utf-8")

    return spoil


PORT = "121.25,31.9,16,8,"
TWO_MORE = (
    "made up,known\nteam-2,二队,Two,professional,seet,8,4,1,rescue,2,x,known"
    "\nteam-2,二队,Two,professional,port,8,4,1,rescue,2,x,known"
)
# Slips of one file, and what is said of each, in this order.
TOGETHER = {
    "what a row cannot be as a whole": (
        [edit("communities.csv", (PORT, "121.25,31.9,6,8,"), ("0,0,0.5,0,", "0.75,0,0.5,0,"))],
        ["four dwelling shares", "8 households for 6 residents"],
    ),
    "unknown keys at the top and within, of both files": (
        [
            edit("scenario.toml", ("[policy]", "[polices]\n[orderz]\n[policy]"),
                 ("storm =", "strom =")),
            edit("plan.toml", ("limit =", "limits = 1\nlimit =")),
        ],
        ["key polices", "key orderz", "key hazard.typhoon.strom", "key target[1].limits"],
    ),
    "two files that are no TOML": (
        [edit("scenario.toml", ("tick_min = 5", "tick_min = = 5")),
         edit("plan.toml", ("limit = 1.0", "limit = = 1"))],
        ["scenario.toml, row", "plan.toml, row"],
    ),
    "two hazards with slips": (
        [edit("scenario.toml", ("storm =", "strom ="), ("[policy]", "[hazard.flod]\n[policy]"))],
        ["key hazard.typhoon.strom", "key hazard.flod"],
    ),
    "two policies, a store and a road": (
        [
            edit("scenario.toml", ('"nearest-idle"', '"nearest-idol"')),
            edit("stores.csv", ("1,2000,10", "1,0,10")),
            edit("roads.csv", ("seat,port", "seat,seat")),
        ],
        ["stores.csv, row 2", "roads.csv, row 2", "key policy.dispatch"],
    ),
    "a bad cell beside an id, a reference, a policy and a reference to a row with a slip": (
        [
            edit("teams.csv", ("seat,8,4,1", "seat,eight,4,1"), ("made up,known", TWO_MORE)),
            edit("communities.csv", (PORT, "121.25,31.9,16x,8,")),
            edit("scenario.toml", ('"nearest-idle"', '"nearest-idol"')),
        ],
        [
            "communities.csv, row 3, column residents",
            "teams.csv, row 2, column members",
            "teams.csv, row 4, column team: team-2 is already",
            "teams.csv, row 3, column community: no community seet",
            "key policy.dispatch",
        ],
    ),
    "a file that is no TOML beside a bad cell": (
        [
            edit("scenario.toml", ("tick_min = 5", "tick_min = = 5")),
            edit("teams.csv", ("seat,8,4,1", "seat,eight,4,1")),
        ],
        ["scenario.toml, row", "teams.csv, row 2, column members"],
    ),
    "a block with a slip beside one with a key that is there twice": (
        [
            edit("plan.toml", ("limit = 1.0", "limits = 1.0"),
                 ('id = "moved-before-gale"', 'id = "no-deaths"')),
        ],
        ["key target[1].limits",
         "plan.toml, row 34, key target[4].id: no-deaths is already"],
    ),
    "an id and a reference": (
        [edit("stock.csv", ("store-1,meal", "store-2,meal")),
         edit("plan.toml", ('id = "no-deaths"', 'id = "town-store"'))],
        ["key target[3].id", "stock.csv, row"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TOGETHER)
def test_all_slips_are_told_at_once(case: str, folder: Path) -> None:
    spoils, wanted = TOGETHER[case]
    for spoil in spoils:
        spoil(folder)
    with pytest.raises(BadInput) as caught:
        load(folder)
    told = [str(e) for e in (caught.value, *caught.value.others)]
    assert len(told) == len(wanted), told
    assert all(words in line for words, line in zip(wanted, told, strict=True)), told
    assert english(caught.value) == []


def test_all_of_set_is_told_at_once() -> None:
    slips = {
        "teams.team-1.boat": "2",
        "teams.nobody.boats": "2",
        "parameters.wind.air": "2",
        "settings.tick_min": "7",
        "settings.duration_h": "0",
        "stock.store-1.meal": "+3",
        "stock.store-1.tent": "-1",
    }
    with pytest.raises(BadInput) as caught:
        load("tiny", slips)
    told = [str(e) for e in (caught.value, *caught.value.others)]
    assert len(told) == len(slips), told
    assert all(line.startswith("--set ") for line in told)
    assert english(caught.value) == []
    with pytest.raises(BadInput) as unknown:
        load("tiny", {"team.t.boats": "2", "settings": "7"})
    assert [str(e)[:22] for e in (unknown.value, *unknown.value.others)] == [
        "--set team.t.boats: no",
        "--set settings: the ke",
    ]


def test_each_slip_of_set_names_the_change_that_it_is_of() -> None:
    with pytest.raises(BadInput) as caught:
        load(
            "tiny", {"teams.team-1.boat": "2", "teams.nobody.boats": "2", "settings.tick_min": "7"}
        )
    told = sorted(str(e).split(": ")[0] for e in (caught.value, *caught.value.others))
    assert told == [
        "--set settings.tick_min=7", "--set teams.nobody.boats=2", "--set teams.team-1.boat=2",
    ]  # fmt: skip
    with pytest.raises(BadInput, match=r"^--set stock.store-9.meal=3: stock.csv, store-9"):
        load("tiny", {"settings.duration_h": "5", "stock.store-9.meal": "3"})


def test_a_refused_sign_leaves_no_slip_that_is_none() -> None:
    """The row as it would be without the refused value is not held against itself."""
    with pytest.raises(BadInput) as caught:
        load("tiny", {"communities.port.residents": "5", "communities.port.households": "+3"})
    assert caught.value.others == ()
    assert "leave out the sign" not in str(caught.value)
    assert english(caught.value) == []


def test_what_to_change_by_hand_is_told_in_chinese(folder: Path) -> None:
    text = 'scenario = {tick_min = 5, duration_h = 3}\nhazard = {kind = "typhoon", storm = "x"}\n'
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="its lines cannot be moved by itself") as caught:
        rewritten(folder)
    assert english(caught.value) == []
    assert "并以下列内容代替" in lines(caught.value)[0]


def test_slips_of_slips_stay_in_order() -> None:
    slips = Slips()
    first = BadInput("a")
    first.others = (BadInput("b"),)
    for one in (first, BadInput("c")):
        with slips:
            raise one
    with pytest.raises(BadInput) as caught:
        slips.raise_first()
    assert [str(e) for e in (caught.value, *caught.value.others)] == ["a", "b", "c"]
