"""Rooms of a hazard that are left out of the code of a scenario without it are not entered."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.sim.study.code import ROOMS_OF_HAZARD, ROOT, code_sha256

# Prints which functions of sim are called in a run; in a process of its own, because tests of
# coverage and debuggers may hold the same tool of `sys.monitoring`.
TRACER = """
import json, sys
called = set()
def start(code, _offset):
    called.add((code.co_filename, code.co_name))
    return sys.monitoring.DISABLE
from anlan.sim import load, run
scenario = load(sys.argv[1])
tool = sys.monitoring.PROFILER_ID
sys.monitoring.use_tool_id(tool, "rooms")
sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, start)
sys.monitoring.set_events(tool, sys.monitoring.events.PY_START)
run(scenario, 0)
sys.monitoring.set_events(tool, 0)
# The body of a module, of a class or of a pattern is run when its file is read: no call.
named = {(f, n) for f, n in called if n[0].islower() or n.startswith("_") or n == "__init__"}
print(json.dumps(sorted({f for f, n in named if n not in ("<module>", "<lambda>", "<genexpr>")})))
"""


def _entered(scenario: str) -> set[Path]:
    """The files of which a run calls a function."""
    done = subprocess.run(
        [sys.executable, "-c", TRACER, scenario], capture_output=True, text=True, check=True
    )
    return {Path(p) for p in json.loads(done.stdout)}


def _rooms(kind: str) -> set[Path]:
    return {p for pattern in ROOMS_OF_HAZARD[kind] for p in ROOT.glob(pattern)}


@pytest.mark.parametrize(
    ("scenario", "has"),
    [
        ("tiny", set()),
        ("linyi-flood", set()),
        ("linyi-building-fire", {"building_fire"}),
        ("tiny-fire", {"building_fire", "forest_fire"}),
    ],
)
def test_a_run_enters_no_room_of_a_hazard_that_it_has_not(scenario: str, has: set[str]) -> None:
    entered = _entered(scenario)
    assert any(p.name == "model.py" for p in entered)
    for kind in set(ROOMS_OF_HAZARD) - has:
        assert not entered & _rooms(kind), kind
    for kind in has:
        assert entered & _rooms(kind), kind


def test_each_pattern_names_files() -> None:
    for kind, patterns in ROOMS_OF_HAZARD.items():
        for pattern in patterns:
            assert list(ROOT.glob(pattern)), f"{kind}: {pattern}"


def test_the_code_of_a_scenario_is_that_of_its_hazards() -> None:
    keys = {code_sha256(h) for h in ((), ("forest_fire",), ("building_fire",), ("earthquake",))}
    assert len(keys) == 4
    assert code_sha256(ROOMS_OF_HAZARD) == code_sha256()


def test_files_that_do_not_count_hold_names_only() -> None:
    """A rule in an `__init__.py` of sim would change numbers and not the code that is named."""
    allowed = {"__getattr__", "run", "_replace"}  # sim's face: names found late, one run
    for path in (ROOT / "sim").rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        made = {n.name for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        assert made <= allowed, path
