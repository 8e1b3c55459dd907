"""Which code made a study's numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# what the numbers of a study come from
CODE = ("sim/**/*.py", "analysis/measures/*.py", "analysis/digests/*.py")
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


def code_sha256(hazards: Iterable[str] | None = None) -> str:
    """SHA-256 over the code that makes a study's numbers.

    With `hazards` (kinds, as `[hazard.<kind>]` names them) that of the runs of a scenario which
    has these alone: the rooms of other hazards do not count.
    """
    others = set(ROOMS_OF_HAZARD) - set(hazards) if hazards is not None else set()
    return _sha256(frozenset(others))


@cache
def _sha256(without: frozenset[str]) -> str:
    left_out = _files(p for kind in without for p in ROOMS_OF_HAZARD[kind])
    found = hashlib.sha256()
    for path in sorted(_files(CODE) - left_out):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _files(patterns: Iterable[str]) -> set[Path]:
    return {p for pattern in patterns for p in ROOT.glob(pattern) if p.name != NAMES_ONLY}
