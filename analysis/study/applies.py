"""What applies to a scenario: numbers and tables of hazards that it has not are nobody's matter."""

from __future__ import annotations

from anlan.sim.scenario.registry import Table, entries
from anlan.sim.scenario.schema import Assumption, Scenario

# beginning of a parameter's name -> the hazards whose runs read it; others apply whatever comes
HAZARDS_OF = {
    "forest.": ("forest_fire",),
    "season.": ("forest_fire",),
    "fire.": ("building_fire",),
    "quake.": ("earthquake",),
    "storm.": ("typhoon",),
    "surge.": ("typhoon",),
    "forecast.": ("typhoon",),
    "rain.": ("typhoon",),
    "weather.": ("weather",),
}
SEASONS = "season."
ALWAYS = ("fire.call_min", "fire.handling_min", "fire.call_seats")  # 119 takes every call


def parameter_applies(name: str, scenario: Scenario) -> bool:
    """Whether the scenario's runs go by a parameter."""
    if name in ALWAYS:
        return True
    kinds = next((kinds for begins, kinds in HAZARDS_OF.items() if name.startswith(begins)), ())
    return not kinds or any(kind in scenario.hazards for kind in kinds)


def read_in_a_run(name: str, scenario: Scenario) -> bool:
    """Whether a run reads a parameter; those of seasons are read by `anlan seasons` alone."""
    return parameter_applies(name, scenario) and not name.startswith(SEASONS)


def assumption_applies(assumption: Assumption, scenario: Scenario) -> bool:
    """Whether an assumption is about a file that the scenario's hazards read."""
    for entry in entries(type(scenario)):
        if isinstance(entry.part, Table) and entry.part.file == assumption.file:
            return not entry.part.hazard or entry.part.hazard in scenario.hazards
    return True
