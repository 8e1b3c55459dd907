"""The words of the code: everything public says what it is, in functions small enough to read.

`FOLDERS` are held to it; a folder of the house is added here when it keeps to it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.house import ROOT

FOLDERS = ("anlan", "analysis", "app", "sim", "benchmarks")
MOST_LINES, MOST_PARAMETERS = 60, 12
# names that say nothing of what they hold; x is a place on a page or a map, or a formula's symbol
EMPTY_NAMES = {"it", "x", "obj", "tmp", "foo", "stuff"}
WITH_X = (
    "analysis/statistics/", "analysis/plots/", "sim/place/landscape/", "sim/scenario/grids.py",
    "sim/nature/building/radiation.py", "sim/forcing/rain.py",
)  # fmt: skip

# Faces list what others may use; what they list counts as used.
FACES = ("anlan/__init__.py", "sim/__init__.py", "sim/study/__init__.py", "analysis/__init__.py")
FOR_OTHERS = {
    "seated": "puts a drill's player or a policy under test into a seat of command",
    "declared": "what the registries of chance and rules hold, for tests to compare",
    "Recorder.stock_by_holder": "where all units lie now, for the test of conservation",
    "Spread.share_at": "how far a message has spread by now, for the oracle and the theory",
    "capacities": "the columns that may be bought or moved, listed for whoever makes a study",
    "chance_share": "docs/statistics.md tells readers of studies to ask it",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    return sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py"))


def public(tree: ast.AST, within: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Functions, classes and their methods whose names do not begin with an underscore."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield within + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{within}{node.name}.")


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def where(path: Path, name: str) -> str:
    return f"{path.relative_to(ROOT)}: {name}"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def silent(tree: ast.Module) -> list[str]:
    """What is public and says nothing, the module itself among it."""
    found = [] if ast.get_docstring(tree) else ["the module"]
    return found + [name for name, node in public(tree) if not ast.get_docstring(node)]


def long(tree: ast.Module) -> list[str]:
    """Functions that no screen holds, or with more parameters than a reader does."""
    found = []
    for node in functions(tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        given = node.args
        count = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
        if lines > MOST_LINES or count > MOST_PARAMETERS:
            found.append(f"{node.name} ({lines} lines, {count} parameters)")
    return found


def empty_names(tree: ast.Module) -> list[str]:
    """Variables and parameters whose name says nothing."""
    return sorted(
        {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in EMPTY_NAMES}
        | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg) and n.arg in EMPTY_NAMES}
    )


def named(tree: ast.AST) -> Counter[str]:
    """How often each name is read in a tree, as itself or as an attribute of something."""
    found = Counter(n.id for n in ast.walk(tree) if isinstance(n, ast.Name))
    return found + Counter(n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute))


def listed(tree: ast.Module) -> set[str]:
    """The words that a face lists."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.isidentifier()
    }


def unused(trees: Mapping[str, ast.Module], faces: set[str]) -> list[str]:
    """Public functions and classes that no tree names outside of themselves, and no face lists.

    A method counts as used when anything of its name is.
    """
    everywhere: Counter[str] = sum((named(tree) for tree in trees.values()), Counter())
    return [
        f"{file}: {name}"
        for file, tree in trees.items()
        for name, node in public(tree)
        if node.name not in faces and everywhere[node.name] == named(node)[node.name]
    ]


@pytest.mark.parametrize("check", [silent, long])
def test_everything_public_says_what_it_is_and_fits_on_a_screen(check) -> None:  # type: ignore[no-untyped-def]
    assert [where(p, name) for p in files() for name in check(tree_of(p))] == []


def test_names_say_what_they_hold() -> None:
    slips = []
    for path in files():
        allowed = {"x"} if path.relative_to(ROOT).as_posix().startswith(WITH_X) else set()
        slips += [where(path, n) for n in empty_names(tree_of(path)) if n not in allowed]
    assert slips == []


def test_nothing_public_is_there_for_tests_alone() -> None:
    """What only tests call is used where it belongs, or goes with its tests."""
    users = [*files(), *sorted((ROOT / "scenarios").rglob("*.py"))]
    trees = {path.relative_to(ROOT).as_posix(): tree_of(path) for path in users}
    faces = set().union(*(listed(trees[face]) for face in FACES))
    found = unused(trees, faces)
    spare = [where for where in found if not where.endswith(tuple(f" {n}" for n in FOR_OTHERS))]
    assert spare == []
    kept = {name for name in FOR_OTHERS if any(where.endswith(f" {name}") for where in found)}
    assert kept == set(FOR_OTHERS)  # what is used by now needs no excuse


def test_what_nobody_uses_would_be_seen() -> None:
    source = "def a():\n    a()\ndef b():\n    pass\nclass C:\n    def d(self):\n        b()"
    trees = {"one.py": ast.parse(source), "two.py": ast.parse("C")}
    assert unused(trees, set()) == ["one.py: a", "one.py: C.d"]
    assert unused(trees, {"a"}) == ["one.py: C.d"]


def test_slips_would_be_seen() -> None:
    """The checks see a function and a method without words, a long one, and an empty name."""
    lines = "\n".join(f"    a{n} = {n}" for n in range(MOST_LINES))
    source = f'class A:\n    """A."""\n    def b(self, it):\n        pass\ndef c():\n{lines}'
    tree = ast.parse(source)
    assert silent(tree) == ["the module", "A.b", "c"]
    assert long(tree) == [f"c ({MOST_LINES + 1} lines, 0 parameters)"]
    assert empty_names(tree) == ["it"]
