"""Whether plans are played in one event over the same places: only then differences are theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anlan.sim import chosen_track, start_time
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario

EVENT = ("hazards", "gauge", "weather", "ignitions", "building_fires")
Called = tuple[str, Scenario]  # what a plan is called in an error, and what it plays


def check_events(plans: Sequence[Called], option: str) -> None:
    """Raise BadInput where a plan's event or places are not the first one's.

    `option`: what says that this is meant.
    """
    for name, scenario in plans[1:]:
        others = other_parts(plans[0][1], scenario)
        if others:
            raise BadInput(
                f"{name}: other {' and '.join(others)} than {plans[0][0]} "
                f"({scenario.id}, {plans[0][1].id}), so that differences say "
                f"nothing of a plan; if this is meant, give {option}"
            )


def other_parts(first: Scenario, other: Scenario) -> list[str]:
    """What of the event the two do not have in common: places, storm or hazards, hours."""
    return list(_others(first, other))


def _others(first: Scenario, other: Scenario) -> Iterator[str]:
    if {c.community for c in first.communities} != {c.community for c in other.communities}:
        yield "places"
    if chosen_track(first) != chosen_track(other):
        yield "storm"
    elif any(getattr(first, part) != getattr(other, part) for part in EVENT):
        yield "hazards"
    if (start_time(first), first.settings.duration_h) != (
        start_time(other),
        other.settings.duration_h,
    ):
        yield "hours"
