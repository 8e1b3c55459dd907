"""The imports of the whole house, read from its files: who uses whom, wherever an import stands.

Imports inside functions and under TYPE_CHECKING count as any other: they say who knows whom.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ("scenarios", "sim", "analysis", "app")  # a folder imports only what stands to its left


@cache
def modules() -> dict[str, Path]:
    """Dotted name -> file, of every module of the house."""
    found = {"anlan": ROOT / "anlan" / "__init__.py"}
    for room in HOUSE:
        for path in (ROOT / room).rglob("*.py"):
            parts = ("anlan", *path.relative_to(ROOT).with_suffix("").parts)
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path
    return dict(sorted(found.items()))


def imported(source: str, module: str, known: Iterable[str]) -> set[str]:
    """The modules among `known` that a module's source imports; a package counts as its __init__.

    `from a.b import c` is the module a.b.c where there is one, else a.b.
    """
    known = set(known)
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {_longest(alias.name, known) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in known else _longest(base, known))
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(_longest(first.value, known))
    return {name for name in found if name} - {module}


def _base(node: ast.ImportFrom, module: str) -> str:
    if not node.level:
        return node.module or ""
    above = module.split(".")[: -node.level]
    return ".".join([*above, node.module] if node.module else above)


def _longest(name: str, known: set[str]) -> str:
    """The longest part of a dotted name that is a module of the house; empty for others."""
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        if ".".join(parts[:n]) in known:
            return ".".join(parts[:n])
    return ""


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def taken(source: str, module: str) -> set[tuple[str, str]]:
    """(module, name) of each name that a module's source takes out of another by `from`."""
    return {
        (_base(node, module), alias.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@cache
def arrows() -> dict[str, frozenset[str]]:
    """Module -> the modules of the house that it imports."""
    known = modules()
    return {
        name: frozenset(imported(path.read_text(encoding="utf-8"), name, known))
        for name, path in known.items()
    }


def circles(graph: dict[str, frozenset[str]]) -> list[list[str]]:
    """Groups of two or more modules that reach each other by imports (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(graph.get(name, ())):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = []
            while not group or group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return sorted(found)


def room(module: str, inside: str) -> str:
    """The part of a module's name right under a folder of the house: anlan.sim.people.draws in sim
    is people; a module that stands in the folder itself has its own name.
    """
    parts = module.split(".")
    return parts[2] if parts[:2] == ["anlan", inside] and len(parts) > 2 else ""
