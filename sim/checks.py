"""A scenario that is right: read, changed, and checked with what every room knows.

Each room says in a module `checks` of its own what of a scenario it cannot work with; this
module stands to the right of the rooms and asks them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from anlan.sim.command.checks import check_policies
from anlan.sim.fires.checks import check_tactics
from anlan.sim.forcing.checks import check_fire_weather
from anlan.sim.forcing.odd import odd_of_storm
from anlan.sim.hazards import check_hazards
from anlan.sim.place.landscape.checks import check_landscape
from anlan.sim.scenario import check as own
from anlan.sim.scenario.errors import BadInput, Slips, about, one_line, retold, shown, worded
from anlan.sim.scenario.odd import Odd, odd_of_tables
from anlan.sim.scenario.override import changed, changes_of
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.read import folder_of, read
from anlan.sim.scenario.schema import Scenario

Check = Callable[[Scenario, Places], None]
# These look at one row or block by itself, whatever else is wrong.
ALONE: tuple[Check, ...] = (
    check_policies,
    check_tactics,
    check_fire_weather,
)
# These rely on a scenario whose parts fit together.
ROOMS: tuple[Check, ...] = (
    check_landscape,
    check_hazards,
)


def load(name_or_path: str | Path, overrides: Mapping[str, str] | None = None) -> Scenario:
    """The scenario of a shipped name or of a folder, with `--set` overrides. Raises BadInput."""
    scenario = load_as(Scenario, folder_of(name_or_path))
    return override(scenario, overrides) if overrides else scenario


def load_as[S: Scenario](kind: type[S], folder: Path, also: Sequence[Check] = ()) -> S:
    """The scenario of a folder as a class with tables of its own. Raises BadInput.

    `also`: what others know of it, such as of its measures; each must bear that parts with slips
    are not there.
    """
    scenario, at = read(folder, kind, partial(check_sound, also=also))
    check(scenario, at, also)
    return scenario


def check_sound(scenario: Scenario, at: Places, also: Sequence[Check] = ()) -> None:
    """Raise BadInput for what is wrong beside the parts and rows with slips, which are left out."""
    slips = Slips()
    with slips:
        own.check_sound(scenario, at)
    of_policy = (check_policies, check_tactics) if hasattr(scenario, "policy") else ()
    for look in (*of_policy, *also):
        with slips:
            look(scenario, at)
    slips.raise_first()


def places_of(name_or_path: str | Path) -> Places:
    """Where the rows and keys of a scenario stand in its files. Raises BadInput."""
    return read(folder_of(name_or_path), Scenario, own.check_sound)[1]


def odd(scenario: Scenario) -> list[Odd]:
    """What may not mean what it says, each kind once: taken at its word, and told."""
    return [*odd_of_tables(scenario), *odd_of_storm(scenario)]


def check(scenario: Scenario, at: Places | None = None, also: Sequence[Check] = ()) -> None:
    """Raise BadInput if the parts of a scenario do not fit together, or a room cannot use them.

    `at` knows the lines of its files; without it a row is named by its id.
    """
    places, slips = at or Places(), Slips()
    for look in (own.check, *ALONE, *also):
        with slips:
            look(scenario, places)
    slips.raise_first()
    for look in ROOMS:
        with slips:
            look(scenario, places)
    slips.raise_first()


def override[S: Scenario](scenario: S, overrides: Mapping[str, str]) -> S:
    """The scenario with `key=value` texts applied, checked anew.

    Raises BadInput that names the key.
    """
    changes = changes_of(scenario, overrides)
    try:
        return replace(scenario, **changes)
    except BadInput as error:
        raise retold(error, partial(_of_option, overrides)) from None


def _of_option(overrides: Mapping[str, str], error: BadInput) -> BadInput:
    """An error with the changes that it is about; with all of them where it does not say that."""
    mine = about(error, overrides) or list(overrides)
    told = ", ".join(f"{shown(k)}={shown(overrides[k])}" for k in mine)
    return BadInput(one_line(worded("--set {told}: {error}", told=told, error=error.told)))


def replace[S: Scenario](scenario: S, **changes: Mapping[Any, Any]) -> S:
    """The scenario with the changes, checked anew; the given one stays as it is.

    stock={("haimen-store", "water_ml"): 90_000}, teams={"t1": {"members": 40}},
    parameters={"wind.air_density_kg_m3": 1.2}, settings={"duration_h": 48},
    hazard={"typhoon": {"storm": "lekima-2019"}} or {"storm": "lekima-2019"}, policy={...}, and so
    on for the other tables. hazard={"building_fire": {"random": True}} adds a hazard,
    {"building_fire": None} takes it away. Raises BadInput.
    """
    new = changed(scenario, changes)
    check(new)
    return new
