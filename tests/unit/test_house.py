"""The house keeps its order: imports point one way, and nothing of one machine is written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

from tests.house import HOUSE, ROOT, arrows, circles, imported, modules, room, taken

# Spelt in pieces so that this file does not hold them itself.
FORBIDDEN = tuple(
    "".join(pieces)
    for pieces in (("/wo", "rk/"), ("/tm", "p/"), ("/ho", "me/"), ("/ro", "ot/"), ("pypi", ".org"))
)
TEXT = {".py", ".md", ".toml", ".csv", ".txt", ".html", ".j2", ".cff", ".json", ".yml", ""}
SKIPPED = {"out", "build", "dist", "__pycache__", ".git"}
# Within a folder of the house a room imports only what stands before it.
SIM = (
    "scenario", "portable", "chance", "ledger", "threats", "place", "forcing", "nature", "networks",
    "travel", "incidents", "people", "stores", "crews", "command", "source", "fires", "quake",
    "dikes", "arrests", "year", "season", "hazards", "checks", "record", "parts", "phases",
    "wiring", "model", "engine", "study",
)  # fmt: skip

ANALYSIS = (
    "words", "text", "statistics", "measures", "own", "cover", "map_frames", "unusual",
    "notes_rivers", "notes", "chains", "digests", "verdict", "study", "seasons", "what_counts",
    "capabilities",
    "plan_map", "validation", "results", "deadline", "compare", "explain", "sizing", "plots",
    "report", "document", "exports", "pipeline",
)  # fmt: skip
# What of `sim` those may use who stand to its right; the first two have a list of names, `__all__`.
EXPORTED = (
    "anlan.sim", "anlan.sim.study", "anlan.sim.ledger", "anlan.sim.scenario.schema",
    "anlan.sim.scenario.registry", "anlan.sim.scenario.dictionary", "anlan.sim.scenario.errors",
    "anlan.sim.scenario.rows", "anlan.sim.scenario.tables", "anlan.sim.scenario.toml",
    "anlan.sim.scenario.migrate", "anlan.sim.scenario.rewrite", "anlan.sim.scenario.headers",
    "anlan.sim.scenario.takes",
)  # fmt: skip


def backwards(inside: str, order: Sequence[str]) -> list[str]:
    """Imports within a folder of the house that point to a room further right, or to no room."""
    found = []
    for module, others in arrows().items():
        here = room(module, inside)
        for other in sorted(others):
            there = room(other, inside)
            if not here or not there or here == there:
                continue
            known = here in order and there in order
            if not known or order.index(there) > order.index(here):
                found.append(f"{module} -> {other}")
    return found


def test_folders_import_only_what_stands_to_their_left() -> None:
    wrong = [
        f"{module} -> {other}"
        for module, others in arrows().items()
        for other in others
        if module != "anlan" and (other == "anlan" or _rank(other) > _rank(module))
    ]
    assert wrong == []


def _rank(module: str) -> int:
    return HOUSE.index(module.split(".")[1])


def test_the_house_is_imported_by_its_one_name() -> None:
    """`import sim` works from the checkout's top, and would give a second BadInput."""
    bare = []
    for path in [
        *modules().values(),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").glob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            bare += [f"{path}: {n}" for n in names if n.split(".")[0] in HOUSE]
    assert bare == []


def test_rooms_of_sim_are_in_order() -> None:
    assert backwards("sim", SIM) == []


def test_rooms_of_analysis_are_in_order() -> None:
    assert backwards("analysis", ANALYSIS) == []
    rooms = {room(name, "analysis") for name in modules()} - {""}
    assert rooms == set(ANALYSIS)


def test_no_circle_of_files() -> None:
    assert circles(inner()) == []


def test_no_circle_of_files_in_analysis_and_app() -> None:
    found = circles(inner())
    assert [c for c in found if any(_rank(name) > HOUSE.index("sim") for name in c)] == []


def inner() -> dict[str, frozenset[str]]:
    """Who imports whom, without what a package's __init__ offers late: the face, not the inside."""
    faces = {name for name, path in modules().items() if path.name == "__init__.py"}
    return {name: others - faces for name, others in arrows().items() if name not in faces}


def test_analysis_and_app_use_only_what_sim_exports() -> None:
    """Not its insides: so that these can change, and everybody sees what others rely on."""
    inside = []
    for name, path in modules().items():
        if name == "anlan" or _rank(name) <= HOUSE.index("sim"):
            continue
        used = {m for m in arrows()[name] if m.startswith("anlan.sim")} - set(EXPORTED)
        inside += [f"{name} -> {module}" for module in sorted(used)]
        for module, word in sorted(taken(path.read_text(encoding="utf-8"), name)):
            if module not in EXPORTED:
                continue
            listed = getattr(import_module(module), "__all__", None)
            if word.startswith("_") or (listed is not None and word not in listed):
                inside.append(f"{name} takes {word} out of {module}")
    assert inside == []


@pytest.mark.parametrize("face", ["anlan", "anlan.sim", "anlan.sim.study", "anlan.analysis"])
def test_a_face_gives_every_name_that_it_lists(face: str) -> None:
    module = import_module(face)
    assert all(getattr(module, name) is not None for name in module.__all__)


def test_a_backward_import_would_be_seen() -> None:
    known = ("anlan.app.cli", "anlan.analysis.plots", "anlan.analysis")
    for source, wanted in (
        ("import anlan.analysis", "anlan.analysis"),
        ("from anlan.app.cli import main", "anlan.app.cli"),
        ("from anlan.app import cli", "anlan.app.cli"),
        ("def f():\n    import anlan.analysis.plots as p", "anlan.analysis.plots"),
        ("if TYPE_CHECKING:\n    from anlan.analysis.plots import style", "anlan.analysis.plots"),
        ("from importlib import import_module\nimport_module('anlan.app.cli')", "anlan.app.cli"),
        ("from ..analysis import plots", "anlan.analysis.plots"),
    ):
        assert wanted in imported(source, "anlan.sim.model", known), source


def test_a_circle_would_be_seen() -> None:
    graph = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("a"), "d": frozenset("a")}
    assert circles(graph) == [["a", "b", "c"]]


def test_every_package_is_installed() -> None:
    """pyproject.toml lists the packages one by one: none may be forgotten."""
    import tomllib

    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = told["tool"]["setuptools"]["packages"]
    there = {name.rpartition(".")[0] for name in modules()} | {
        name for name, path in modules().items() if path.name == "__init__.py"
    }
    assert sorted(listed) == sorted(there - {""})


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
