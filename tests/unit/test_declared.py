"""What modules declare: parameters that somebody reads, and streams of chance named once."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache

import pytest

from anlan.sim import chance, load
from anlan.sim.scenario.rules import Rules, declared
from tests.house import modules


@cache
def whole_house() -> dict[str, ast.Module]:
    """Module -> its tree; all are imported, so that each has declared what it declares."""
    for name in modules():
        if name.startswith(("anlan.sim", "anlan.analysis")):
            importlib.import_module(name)
    return {name: ast.parse(path.read_text("utf-8")) for name, path in modules().items()}


def asked_by_name() -> set[str]:
    """The names of parameters in calls such as `scenario.p("measure.gale_ms")`."""
    return {
        node.args[0].value
        for tree in whole_house().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "p"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


@cache
def used_attributes() -> re.Pattern[str]:
    """Every name after a dot somewhere, and the names that a getattr() puts together."""
    found: set[str] = set()
    for tree in whole_house().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                found.add(re.escape(node.attr))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr":
                asked = node.args[1]
                if isinstance(asked, ast.JoinedStr):
                    found.add("".join(map(pattern, asked.values)))
    return re.compile("|".join(sorted(found)))


def pattern(part: ast.expr) -> str:
    """What part of an f-string may become."""
    return re.escape(part.value) if isinstance(part, ast.Constant) else r"[a-z0-9_]+"


def rules_of_the_house() -> list[type[Rules]]:
    whole_house()
    return [rules for rules in declared() if rules.__module__.startswith("anlan.")]


def test_every_parameter_is_read_and_every_name_that_is_read_is_there() -> None:
    known = set(load("tiny").parameters)
    read = {name for rules in rules_of_the_house() for name in rules.names().values()}
    read |= asked_by_name()
    assert known - read == set()  # a number in parameters/*.csv that nobody reads
    assert read - known == set()  # a name that no row of parameters/*.csv has


def test_every_field_of_rules_is_used() -> None:
    used = used_attributes()
    idle = [
        f"{rules.__module__}.{rules.__name__}.{name}"
        for rules in rules_of_the_house()
        for name in rules.names()
        if not used.fullmatch(name)
    ]
    assert idle == []


def test_every_class_of_rules_is_read() -> None:
    trees = whole_house().values()
    read = {
        node.func.value.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "read"
        and isinstance(node.func.value, ast.Name)
    }
    assert [r.__name__ for r in rules_of_the_house() if r.__name__ not in read] == []


def test_a_parameter_that_is_not_there_stops_the_reading() -> None:
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class MadeUpRules(Rules, prefix="no"):
        such_parameter: float

    with pytest.raises(KeyError, match=r"no\.such_parameter"):
        MadeUpRules.read(load("tiny"))


def test_a_stream_has_one_home_and_a_second_is_refused() -> None:
    whole_house()
    streams = chance.declared()
    assert len(streams) > 40
    name, (_, home) = next(iter(streams.items()))
    with pytest.raises(ValueError, match=home):
        chance.stream(name, "somebody else's")
    assert chance.declared()[name][1] == home


def test_no_stream_is_written_down_twice() -> None:
    written = [
        node.args[0].value
        for tree in whole_house().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "stream"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(written) == len(set(written)) > 40
