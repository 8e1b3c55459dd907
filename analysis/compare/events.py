"""Whether folders played one event over the same places: only then differences are the plan's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anlan.analysis.results.folder import Results
from anlan.sim import chosen_track, start_time
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario

EVENT = ("hazards", "gauge", "weather", "ignitions", "building_fires")


def check_events(results: Sequence[Results], option: str) -> None:
    """Raise BadInput where a folder's event or places are not the first one's.

    `option`: what says that this is meant.
    """
    for one in results[1:]:
        others = list(_others(results[0].scenario, one.scenario))
        if others:
            raise BadInput(
                f"{one.folder}: other {' and '.join(others)} than {results[0].folder} "
                f"({one.scenario.id}, {results[0].scenario.id}), so that differences say "
                f"nothing of a plan; if this is meant, give {option}"
            )


def _others(first: Scenario, other: Scenario) -> Iterator[str]:
    """What the two do not have in common, in words."""
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
