"""What the forcing cannot work with: weather that no forest fire is worked out for."""

from __future__ import annotations

from anlan.sim.forcing.fire_weather import LIMITS
from anlan.sim.scenario.errors import Slips, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


def check_fire_weather(scenario: Scenario, at: Places) -> None:
    """A fire's weather must be such as a front is worked out for; other hazards take more.

    Raises BadInput.
    """
    if scenario.forest is None:
        return
    slips = Slips()
    for i, row in enumerate(scenario.weather):
        for column, (low, high) in LIMITS.items():
            value = getattr(row, column)
            if not low <= value <= high:
                problem = worded(
                    "{value:g} is no weather for a forest fire; give {low:g} to {high:g}",
                    value=value,
                    low=low,
                    high=high,
                )
                with slips:
                    raise at.wrong(problem, "weather.csv", i, row, column)
    slips.raise_first()
