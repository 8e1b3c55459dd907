"""Rooms of a hazard that are left out of the code of a scenario without it are not entered."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.sim import load, run
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.code import (
    DATA_OF_HAZARD,
    NOT_IN_A_RUN,
    ROOMS_OF_HAZARD,
    ROOT,
    code_sha256,
    data_sha256,
)
from tests.oracle.both import assert_same

# Prints which functions of sim are called in a run; in a process of its own, because tests of
# coverage and debuggers may hold the same tool of `sys.monitoring`.
TRACER = """
import json, sys
called = set()
def start(code, _offset):
    called.add((code.co_filename, code.co_name))
    return sys.monitoring.DISABLE
from anlan.sim import load, model
from anlan.sim.engine import prepare
scenario = load(sys.argv[1])
tool = sys.monitoring.PROFILER_ID
sys.monitoring.use_tool_id(tool, "rooms")
sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, start)
sys.monitoring.set_events(tool, sys.monitoring.events.PY_START)
prepare(scenario).run(0, 0)
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


def _files(patterns: tuple[str, ...]) -> set[Path]:
    return {p for pattern in patterns for p in ROOT.glob(pattern)}


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
    assert not entered & _files(NOT_IN_A_RUN)
    for kind in set(ROOMS_OF_HAZARD) - has:
        assert not entered & _files(ROOMS_OF_HAZARD[kind]), kind
    for kind in has:
        assert entered & _files(ROOMS_OF_HAZARD[kind]), kind


def test_each_pattern_names_files() -> None:
    for patterns in (*ROOMS_OF_HAZARD.values(), NOT_IN_A_RUN):
        for pattern in patterns:
            assert list(ROOT.glob(pattern)), pattern


def test_the_code_of_a_scenario_is_that_of_its_hazards() -> None:
    keys = {code_sha256(h) for h in ((), ("forest_fire",), ("building_fire",), ("earthquake",))}
    assert len(keys) == 4
    assert code_sha256() not in keys


def test_files_that_do_not_count_hold_names_only() -> None:
    """A rule in an `__init__.py` of sim would change numbers and not the code that is named."""
    allowed = {"__getattr__", "run", "_replace"}  # sim's face: names found late, one run
    for path in (ROOT / "sim").rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        made = {n.name for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        assert made <= allowed, path


def _without(scenario: Scenario, kind: str) -> Scenario:
    """With other numbers in all that belongs to a hazard which it has not."""
    tables, beginnings = DATA_OF_HAZARD[kind]
    changed = {
        name: p.model_copy(update={"value": p.low if p.value != p.low else p.high})
        for name, p in scenario.parameters.items()
        if name.startswith(beginnings)
    }
    assert changed
    update = {"parameters": {**scenario.parameters, **changed}, **dict.fromkeys(tables, ())}
    return scenario.model_copy(update=update)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tiny", "forest_fire"),
        ("linyi-flood", "forest_fire"),
        ("linyi-building-fire", "forest_fire"),
        ("tiny", "earthquake"),
        ("tiny-fire", "earthquake"),
    ],
)
def test_data_of_a_hazard_that_it_has_not_moves_nothing(name: str, kind: str) -> None:
    scenario = load(name)
    other = _without(scenario, kind)
    assert data_sha256(other) == data_sha256(scenario)
    assert_same(run(other, 0).tables(), run(scenario, 0).tables())


def test_what_a_run_goes_by_is_named() -> None:
    """Any other number of the scenario gives another name."""
    keys = {data_sha256(load("tiny", change)) for change in (
        {}, {"teams.team-1.members": "3"}, {"parameters.storm.position_sd_km": "30"},
    )}  # fmt: skip
    assert len(keys) == 3
