"""Which code made a study's numbers, and which of it and of the data one scenario's runs go by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.identity import fingerprint

ROOT = Path(__file__).resolve().parents[2]
# what the numbers of a study come from
CODE = (
    "sim/**/*.py",
    "analysis/measures/*.py",
    "analysis/chains/*.py",
    "analysis/digests/*.py",
)
NAMES_ONLY = "__init__.py"  # such a file says where names are found, and holds no rule
# Rooms that a run enters for these kinds of hazard alone. `tests/unit/test_code_rooms.py` plays
# scenarios without them and sees that nothing there is called.
ROOMS_OF_HAZARD = {
    "forest_fire": (
        "sim/nature/forest/*.py",
        "sim/fires/forest.py",
        "sim/fires/forest_scene.py",
        "sim/fires/edge_work.py",
        "sim/fires/harm.py",
        "sim/forcing/fire_weather.py",
        "sim/place/landscape/f*.py",
        "sim/place/landscape/l*.py",
        "sim/place/landscape/synthetic.py",
        "sim/scenario/schema/forest.py",
        "sim/season/*.py",
    ),
    "building_fire": (
        "sim/nature/building/*.py",
        "sim/fires/building.py",
        "sim/fires/hoses.py",
        "sim/year/*.py",
    ),
    "earthquake": (
        "sim/quake/damage.py",
        "sim/quake/earthquake.py",
        "sim/quake/reports.py",
        "sim/quake/rubble.py",
        "sim/quake/shaking.py",
    ),
}
# What reads and checks files, and what keeps runs: a scenario's data are named by themselves, and
# nothing here is entered in a run.
NOT_IN_A_RUN = (
    "sim/scenario/check*.py",
    "sim/scenario/changes.py",
    "sim/scenario/dictionary.py",
    "sim/scenario/errors.py",
    "sim/scenario/migrate.py",
    "sim/scenario/override.py",
    "sim/scenario/read.py",
    "sim/scenario/rewrite.py",
    "sim/scenario/tables.py",
    "sim/scenario/toml*.py",
    "sim/study/*.py",
)
# (tables, beginnings of parameters) that the runs of a scenario without this hazard do not read.
DATA_OF_HAZARD = {
    "forest_fire": (("fuels", "season_months", "season_numbers"), ("forest.", "season.")),
    "earthquake": ((), ("quake.",)),
}


def code_sha256(hazards: Iterable[str] | None = None) -> str:
    """SHA-256 over the code that makes a study's numbers.

    With `hazards` (kinds, as `[hazard.<kind>]` names them) that of the runs of a scenario which
    has these alone: the rooms of other hazards do not count, nor what no run enters.
    """
    if hazards is None:
        return _sha256(())
    others = sorted(set(ROOMS_OF_HAZARD) - set(hazards))
    return _sha256((*NOT_IN_A_RUN, *(p for kind in others for p in ROOMS_OF_HAZARD[kind])))


def data_sha256(scenario: Scenario) -> str:
    """SHA-256 of what the runs of a scenario go by: all but the data of hazards it has not."""
    others = [DATA_OF_HAZARD[kind] for kind in set(DATA_OF_HAZARD) - set(scenario.hazards)]
    beginnings = tuple(b for _, some in others for b in some)
    read = {n: p for n, p in scenario.parameters.items() if not n.startswith(beginnings)}
    none: dict[str, object] = {table: () for tables, _ in others for table in tables}
    return fingerprint(scenario.model_copy(update=none | {"parameters": read}))


@cache
def _sha256(without: tuple[str, ...]) -> str:
    found = hashlib.sha256()
    for path in sorted(_files(CODE) - _files(without)):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _files(patterns: Iterable[str]) -> set[Path]:
    return {p for pattern in patterns for p in ROOT.glob(pattern) if p.name != NAMES_ONLY}
