"""The house keeps its order: imports point one way, and nothing of one machine is written down."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ("scenarios", "sim", "analysis", "app")  # a folder imports only what stands to its left
# Spelt in pieces so that this file does not hold them itself.
FORBIDDEN = tuple(
    "".join(pieces)
    for pieces in (("/wo", "rk/"), ("/tm", "p/"), ("/ho", "me/"), ("/ro", "ot/"), ("pypi", ".org"))
)
TEXT = {".py", ".md", ".toml", ".csv", ".txt", ".html", ".j2", ".cff", ".json", ".yml", ""}
SKIPPED = {"out", "build", "dist", "__pycache__"}


def modules() -> list[Path]:
    return sorted(p for folder in ORDER for p in (ROOT / folder).rglob("*.py"))


def imported(source: str, package: str) -> set[str]:
    """The top-level names that a module imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(package if node.level else (node.module or "").split(".")[0])
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value.split(".")[0])
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    right = set(ORDER[ORDER.index(package) + 1 :]) | {"tests", "benchmarks"}
    assert not imported(path.read_text(encoding="utf-8"), package) & right


def test_a_backward_import_would_be_seen() -> None:
    for source in (
        "import analysis",
        "from app.cli import main",
        "def f():\n    import analysis.plots as p",
        "from importlib import import_module\nimport_module('app.cli')",
    ):
        assert imported(source, "sim") & {"analysis", "app"}, source


def committed() -> list[Path]:
    """The text files that would be committed."""
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(p.startswith(".") and p != ".ci" for p in parts[:-1])
        if hidden or SKIPPED & set(parts) or any(p.endswith(".egg-info") for p in parts):
            continue
        if path.is_file() and path.suffix in TEXT:
            found.append(path)
    return found


def test_nothing_of_one_machine_is_written_down() -> None:
    slips = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in committed()
        for word in FORBIDDEN
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert not slips


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_address(name: str) -> None:
    pin, digest = r"[a-z0-9-]+==[A-Za-z0-9.]+ \\", r"    --hash=sha256:[0-9a-f]{64}( \\)?"
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    odd = [x for x in text.splitlines() if not re.fullmatch(rf"{pin}|{digest}|#.*|", x)]
    assert odd == []


def test_the_two_requirements_agree() -> None:
    runtime, dev = (
        set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.M))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime < dev


def test_every_direct_dependency_is_pinned() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.M))
    for wanted in project["dependencies"]:
        assert re.split(r"[\[<>=;]", wanted)[0].strip().lower() in pinned


def test_dev_py_can_be_read_by_old_versions_of_python() -> None:
    """It must parse there to say that they are too old."""
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))
