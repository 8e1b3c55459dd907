"""scenario.toml of an older format, read as if it were of the newest.

Format 1 named one hazard by its kind and put fires apart; it had no `format` key. In format 2
hazards stand side by side in `[hazard.<kind>]`, and when a run begins belongs to `[scenario]`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from anlan.sim.scenario.errors import BadInput, bad_key, shown, worded
from anlan.sim.scenario.tables import read_text
from anlan.sim.scenario.toml import Toml, parse_toml

FILE = "scenario.toml"
FORMAT = 2  # the newest
SKIES = ("typhoon", "weather")  # the kinds of hazard that format 1 knew
# Names that --set and a study's factors had under format 1 -> what they are called now.
RENAMED = {
    "hazard.start": "settings.start",
    "hazard.start_before_closest_h": "settings.start_before_closest_h",
    "fire.random_buildings": "hazard.building_fire.random",
}


def format_of(toml: Toml) -> int:
    """The format that a scenario.toml says it has; 1 where it says none. Raises BadInput."""
    given = toml.data.get("format", 1)
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise toml.wrong(
            worded("{given} is no format; give {format}", given=shown(given), format=FORMAT),
            "",
            "format",
        )
    if given > FORMAT:
        problem = worded(
            "{given} is newer than this anlan, which reads formats 1 to {format}",
            given=given,
            format=FORMAT,
        )
        raise toml.wrong(worded("{problem}; install a newer one", problem=problem), "", "format")
    return given


def format_of_folder(folder: Path) -> int:
    """The format of a scenario's folder. Raises BadInput."""
    return format_of(parse_toml(folder, FILE, ("format",)))


def migrated(toml: Toml, folder: Path) -> Toml:
    """A scenario.toml with its keys as the newest format has them. Raises BadInput."""
    if format_of(toml) == FORMAT:
        hazard = toml.data.get("hazard")
        if isinstance(hazard, dict) and isinstance(hazard.get("kind"), str):
            problem = worded(
                "this is format 1; take out format = {format}, then run anlan migrate",
                format=FORMAT,
            )
            raise toml.wrong(problem, "hazard", "kind")
        return toml
    return _from_1(toml, lambda file: _has_rows(folder, file))


def _has_rows(folder: Path, file: str) -> bool:
    """Whether a table has a row below its header."""
    try:
        text = read_text(folder, file)
    except BadInput:  # the reader will say what is wrong with it
        return False
    return text is not None and sum(bool(line.strip(" ,")) for line in text.splitlines()) > 1


def _from_1(toml: Toml, has_rows: Callable[[str], bool]) -> Toml:
    """Format 1 with the keys of format 2."""
    data = {key: value for key, value in toml.data.items() if key not in ("hazard", "fire")}
    written: dict[str, str] = {}
    hazards: dict[str, Any] = {}
    if "hazard" in toml.data:
        kind, keys, begins = _sky(toml)
        hazards[kind] = keys
        written[f"hazard.{kind}"] = "hazard"
        if isinstance(scenario := data.get("scenario"), dict):
            data["scenario"] = scenario | begins
            written |= {f"scenario.{key}": f"hazard.{key}" for key in begins}
    fire = toml.data.get("fire", {})
    if not isinstance(fire, dict):
        raise bad_key(worded("is not a table; write [fire]"), FILE, "fire")
    buildings = {("random" if k == "random_buildings" else k): v for k, v in fire.items()}
    if has_rows("building_fires.csv") or (buildings and buildings != {"random": False}):
        hazards["building_fire"] = buildings
    if "fire" in toml.data:
        written |= {
            "hazard.building_fire": "fire",
            "hazard.building_fire.random": "fire.random_buildings",
        }
    if has_rows("ignitions.csv"):
        hazards["forest_fire"] = {}
    if hazards:
        data["hazard"] = hazards
    return replace(toml, data=data | {"format": FORMAT}, written=written)


def _sky(toml: Toml) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The one hazard of format 1: its kind, the keys it keeps, the keys that go to [scenario]."""
    old = toml.data["hazard"]
    if not isinstance(old, dict):
        raise bad_key(worded("is not a table; write [hazard.typhoon] or the like"), FILE, "hazard")
    if old and all(isinstance(keys, dict) for keys in old.values()):
        problem = worded(
            "this is format {format}; write format = {format} at the top of the file", format=FORMAT
        )
        raise toml.wrong(problem, "hazard", None)
    kind = old.get("kind")
    if kind is None:
        raise toml.wrong(worded("is missing; give it"), "hazard", "kind")
    if kind not in SKIES:
        raise toml.wrong(
            worded("{kind} is none of {kinds}", kind=shown(kind), kinds=", ".join(SKIES)),
            "hazard",
            "kind",
        )
    begins = {key: old[key] for key in ("start", "start_before_closest_h") if key in old}
    if "start" in begins or kind == "weather":  # the other one meant nothing
        begins.pop("start_before_closest_h", None)
    unused = {"kind", "start", "start_before_closest_h"}
    if kind == "weather":
        unused.add("storm")
        if old.get("rain") == "r-clipper":
            unused.add("rain")
    return kind, {key: value for key, value in old.items() if key not in unused}, begins
