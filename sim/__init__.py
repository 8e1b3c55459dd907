"""anlan's simulation: what happens. The public face.

from anlan import sim
scenario = sim.load("haimen-typhoon")
ledger = sim.run(scenario, seed=1)                # facts of one run

What stands to the right of `sim` (analysis, app) uses only this face, and these modules:
`sim.study` (many runs, whole on disk), `sim.ledger` (the data dictionary of the facts), and of
`sim.scenario` `schema` (the rows), `registry` and `dictionary` (which tables there are, and what
their columns mean), `headers` and `takes` (how columns may be called, what they take), `errors`
(how bad input is worded), `rows`, `tables` and `toml` (rows, CSV and TOML read with such words),
`migrate` and `rewrite` (folders of older formats). A test holds it to that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from anlan.sim.scenario.changes import replacing

if TYPE_CHECKING:
    from anlan.sim.chance import Streams, keys_of, stream
    from anlan.sim.checks import load, load_as, odd, override, places_of
    from anlan.sim.engine import Engine, prepare
    from anlan.sim.forcing.typhoon import Typhoon
    from anlan.sim.ledger import Ledger
    from anlan.sim.nature.forest.classes import CLASSES as FOREST_FIRE_CLASSES
    from anlan.sim.phases import PHASES
    from anlan.sim.place.landscape.land import belts_of, land_of
    from anlan.sim.place.landscape.landscape import Landscape
    from anlan.sim.place.lanes import flows_of
    from anlan.sim.scenario.clock import (
        chosen_storm,
        chosen_track,
        closest_approach,
        great_circle_km,
        start_time,
    )
    from anlan.sim.scenario.errors import BadInput
    from anlan.sim.scenario.odd import Odd, need_of_a_day
    from anlan.sim.scenario.override import changes_of
    from anlan.sim.scenario.places import Places
    from anlan.sim.scenario.read import (
        SHIPPED,
        folder_of,
        read,
        shipped,
        shipped_parameters,
        stress_events,
    )
    from anlan.sim.scenario.schema import Scenario
    from anlan.sim.scenario.takes import expected
    from anlan.sim.scenario.takes import in_toml as expected_in_toml
    from anlan.sim.season.seasons import FIELDS as SEASON_FIELDS
    from anlan.sim.season.seasons import Seasons, check_seasons, run_season
    from anlan.sim.year.calls import run_year

# name -> the module that has it, and what it is called there
_HOME = {
    "BadInput": ("anlan.sim.scenario.errors", "BadInput"),
    "Engine": ("anlan.sim.engine", "Engine"),
    "FOREST_FIRE_CLASSES": ("anlan.sim.nature.forest.classes", "CLASSES"),
    "Landscape": ("anlan.sim.place.landscape.landscape", "Landscape"),
    "Ledger": ("anlan.sim.ledger", "Ledger"),
    "Odd": ("anlan.sim.scenario.odd", "Odd"),
    "PHASES": ("anlan.sim.phases", "PHASES"),
    "Places": ("anlan.sim.scenario.places", "Places"),
    "SHIPPED": ("anlan.sim.scenario.read", "SHIPPED"),
    "SEASON_FIELDS": ("anlan.sim.season.seasons", "FIELDS"),
    "Scenario": ("anlan.sim.scenario.schema", "Scenario"),
    "Seasons": ("anlan.sim.season.seasons", "Seasons"),
    "Streams": ("anlan.sim.chance", "Streams"),
    "Typhoon": ("anlan.sim.forcing.typhoon", "Typhoon"),
    "belts_of": ("anlan.sim.place.landscape.land", "belts_of"),
    "changes_of": ("anlan.sim.scenario.override", "changes_of"),
    "check_seasons": ("anlan.sim.season.seasons", "check_seasons"),
    "chosen_storm": ("anlan.sim.scenario.clock", "chosen_storm"),
    "chosen_track": ("anlan.sim.scenario.clock", "chosen_track"),
    "closest_approach": ("anlan.sim.scenario.clock", "closest_approach"),
    "expected": ("anlan.sim.scenario.takes", "expected"),
    "expected_in_toml": ("anlan.sim.scenario.takes", "in_toml"),
    "flows_of": ("anlan.sim.place.lanes", "flows_of"),
    "folder_of": ("anlan.sim.scenario.read", "folder_of"),
    "great_circle_km": ("anlan.sim.scenario.clock", "great_circle_km"),
    "keys_of": ("anlan.sim.chance", "keys_of"),
    "land_of": ("anlan.sim.place.landscape.land", "land_of"),
    "load": ("anlan.sim.checks", "load"),
    "load_as": ("anlan.sim.checks", "load_as"),
    "need_of_a_day": ("anlan.sim.scenario.odd", "need_of_a_day"),
    "odd": ("anlan.sim.checks", "odd"),
    "override": ("anlan.sim.checks", "override"),
    "places_of": ("anlan.sim.checks", "places_of"),
    "prepare": ("anlan.sim.engine", "prepare"),
    "read": ("anlan.sim.scenario.read", "read"),
    "run_season": ("anlan.sim.season.seasons", "run_season"),
    "run_year": ("anlan.sim.year.calls", "run_year"),
    "shipped": ("anlan.sim.scenario.read", "shipped"),
    "shipped_parameters": ("anlan.sim.scenario.read", "shipped_parameters"),
    "start_time": ("anlan.sim.scenario.clock", "start_time"),
    "stream": ("anlan.sim.chance", "stream"),
    "stress_events": ("anlan.sim.scenario.read", "stress_events"),
}

__all__ = [
    "FOREST_FIRE_CLASSES",
    "PHASES",
    "SEASON_FIELDS",
    "SHIPPED",
    "BadInput",
    "Engine",
    "Landscape",
    "Ledger",
    "Odd",
    "Places",
    "Scenario",
    "Seasons",
    "Streams",
    "Typhoon",
    "belts_of",
    "changes_of",
    "check_seasons",
    "chosen_storm",
    "chosen_track",
    "closest_approach",
    "expected",
    "expected_in_toml",
    "flows_of",
    "folder_of",
    "great_circle_km",
    "keys_of",
    "land_of",
    "load",
    "load_as",
    "need_of_a_day",
    "odd",
    "override",
    "places_of",
    "prepare",
    "read",
    "run",
    "run_season",
    "run_year",
    "shipped",
    "shipped_parameters",
    "start_time",
    "stream",
    "stress_events",
]


def __getattr__(name: str) -> Any:
    """Import late: `anlan --help` must not pay for numpy and Mesa."""
    if name not in _HOME:
        raise AttributeError(f"module 'anlan.sim' has no attribute {name!r}")
    module, attribute = _HOME[name]
    return getattr(import_module(module), attribute)


def _replace(scenario: Scenario, **changes: Any) -> Scenario:
    """What `Scenario.replace` does, wherever the scenario came from."""
    from anlan.sim.checks import replace

    return replace(scenario, **changes)


replacing[:] = [_replace]


def run(scenario: Scenario, seed: int = 1, run: int = 0) -> Ledger:
    """Play one run of a scenario and return its facts.

    The same (scenario, seed, run) gives the same tables to the bit. Raises BadInput.
    """
    from anlan.sim.engine import prepare
    from anlan.sim.study.identity import LARGEST_COUNT, check_scenario, check_seed, check_whole

    check_scenario(scenario)
    check_seed(seed)
    check_whole("run", run, 0, LARGEST_COUNT)
    return prepare(scenario).run(seed, run)
