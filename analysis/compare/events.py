"""Whether plans are played in one event over the same places: only then differences are theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anlan.sim import chosen_track, start_time
from anlan.sim.scenario.errors import BadInput, all_of, worded
from anlan.sim.scenario.schema import Scenario

EVENT = ("hazards", "gauge", "weather", "ignitions", "building_fires")
PARTS = {
    "places": worded("places"),
    "storm": worded("storm"),
    "hazards": worded("hazards"),
    "hours": worded("hours"),
}
Called = tuple[str, Scenario]  # what a plan is called in an error, and what it plays


def check_events(plans: Sequence[Called], option: str) -> None:
    """Raise BadInput where a plan's event or places are not the first one's.

    `option`: what says that this is meant.
    """
    for name, scenario in plans[1:]:
        others = other_parts(plans[0][1], scenario)
        if others:
            raise BadInput(
                worded(
                    "{name}: other {parts} than {first} ({its_id}, {first_id}), so that "
                    "differences say nothing of a plan; if this is meant, give {option}",
                    name=name,
                    parts=all_of([PARTS[part] for part in others]),
                    first=plans[0][0],
                    its_id=scenario.id,
                    first_id=plans[0][1].id,
                    option=option,
                )
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
