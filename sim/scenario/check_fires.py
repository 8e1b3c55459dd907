"""Whether fires have what they burn, and those that the tables list are named as hazards."""

from __future__ import annotations

from anlan.sim.scenario.errors import Slips, bad, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import BuildingFireHazard, ForestFireHazard, Scenario

TOML = "scenario.toml"
MAX_FIRE_TICK_MIN = 5  # dispatch falls on ticks: a longer one would blur the five-minute target
SHARE_SLACK = 1e-6


def check_buildings(scenario: Scenario, at: Places) -> None:
    """The classes share out all fires; listed fires are those of the hazard, and the tick fits."""
    slips = Slips()
    for column in ("share_neighbourhood", "share_village"):
        total = sum(getattr(c, column) for c in scenario.building_classes)
        if scenario.building_classes and abs(total - 1.0) > SHARE_SLACK:
            problem = worded(
                "the classes' shares add up to {total:g}; they must add up to 1", total=total
            )
            slips.note(bad(problem, "building_classes.csv", None, column))
    with slips:
        _check_listed(scenario, at)
    slips.raise_first()


def _check_listed(scenario: Scenario, at: Places) -> None:
    """The fires of the table are those of a hazard that is named. Raises BadInput."""
    slips = Slips()
    listed = scenario.building_fires
    hazard = scenario.hazard(BuildingFireHazard)
    if hazard is None:
        if listed:
            problem = worded(
                "{toml} names no [hazard.building_fire] for it; name it there", toml=TOML
            )
            raise at.wrong(problem, "building_fires.csv", 0, listed[0], "fire")
        return
    if not (hazard.random or listed):
        problem = worded("no fire breaks out: give rows in building_fires.csv, or random = true")
        slips.note(at.wrong_key(problem, TOML, "hazard.building_fire", "random"))
    if scenario.settings.tick_min > MAX_FIRE_TICK_MIN:
        problem = worded(
            "{tick_min} min is too long for fires in buildings; give at most {most}, best 1",
            tick_min=scenario.settings.tick_min,
            most=MAX_FIRE_TICK_MIN,
        )
        slips.note(at.wrong_key(problem, TOML, "scenario", "tick_min"))
    people = {c.community: c.residents for c in scenario.communities}
    for i, row in enumerate(listed):
        if row.victims is not None and row.victims > people[row.community]:
            problem = worded(
                "{victims} victims, but {community} has {people} residents; give at most as many",
                victims=row.victims,
                community=row.community,
                people=people[row.community],
            )
            slips.note(at.wrong(problem, "building_fires.csv", i, row, "victims"))
    slips.raise_first()


def check_forest(scenario: Scenario, at: Places) -> None:
    """Forest fires have land, weather and rows that light them."""
    hazard = scenario.hazard(ForestFireHazard)
    if scenario.ignitions and hazard is None:
        problem = worded("{toml} names no [hazard.forest_fire] for it; name it there", toml=TOML)
        raise at.wrong(problem, "ignitions.csv", 0, scenario.ignitions[0], "ignition")
    if hazard is not None and not scenario.ignitions:
        problem = worded("no fire breaks out: give rows in ignitions.csv")
        raise at.wrong_key(problem, TOML, "hazard.forest_fire", None)
    if scenario.forest is not None:
        if not scenario.weather:
            raise bad(
                worded("a forest fire needs its weather; give rows"), "weather.csv", None, "time"
            )
        return
    if hazard is not None:
        problem = worded(
            "there is no [forest] in {toml} for a fire to burn in; give one", toml=TOML
        )
        raise at.wrong(problem, "ignitions.csv", 0, scenario.ignitions[0], "ignition")
    if scenario.belts:
        problem = worded(
            "there is no [forest] in {toml} for a belt to stand in; give one", toml=TOML
        )
        raise at.wrong(problem, "belts.csv", 0, scenario.belts[0], "belt")
