"""What is odd about rivers and ways for water: stages that are held, heights in another unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from anlan.sim import Odd, start_time
from anlan.sim.scenario.schema import Scenario

HOUR = timedelta(hours=1)
# No river in flood stands so high over the ground that drains into it, and no dike or sill rises so
# far over its ground: centimetres written for metres, or a height on another datum.
FAR_M = 20.0


def odd_of_rivers(scenario: Scenario) -> list[Odd]:
    """What is odd about `rivers.csv` and the tables that go with it."""
    return [one for look in LOOKS for one in look(scenario)]


def _told(
    key: str, file: str, column: str, found: Sequence[tuple[int, Mapping[str, object]]]
) -> Iterator[Odd]:
    """The first of the rows of one kind, with how many there are; nothing without any."""
    if found:
        index, fill = found[0]
        yield Odd(key, file, index, column, {"n": len(found), **fill})


def _unused(scenario: Scenario) -> Iterator[Odd]:
    used = {p.river for p in scenario.river_places}  # a dike's river has an outlet beside it
    found = [(i, {"what": r.river}) for i, r in enumerate(scenario.rivers) if r.river not in used]
    yield from _told("river_unused", "rivers.csv", "river", found)


def _held(scenario: Scenario) -> Iterator[Odd]:
    """Stages that begin after the run, or end before it: held at their ends."""
    start, end = start_time(scenario), timedelta(hours=scenario.settings.duration_h)
    found = []
    for i, river in enumerate(scenario.rivers):
        times = [s.time - start for s in scenario.river_stage if s.river == river.river]
        open_h = (max(times[0], timedelta(0)) + max(end - times[-1], timedelta(0))) / HOUR
        if open_h > 1.0:
            said = {
                "what": river.river,
                "h": f"{open_h:.3g}",
                "whole": scenario.settings.duration_h,
            }
            found.append((i, said))
    yield from _told("river_held", "rivers.csv", "river", found)


def _idle(scenario: Scenario) -> Iterator[Odd]:
    """A river that stands below all its outlets at all times."""
    found = []
    for i, river in enumerate(scenario.rivers):
        drains = [p for p in scenario.river_places if p.river == river.river]
        stages_m = [s.stage_m for s in scenario.river_stage if s.river == river.river]
        high_m = max(stages_m) + scenario.p("river.rise_m")
        short_m = min((p.outlet_m + p.fall_m - high_m for p in drains), default=0.0)
        if short_m > 0.0:
            found.append((i, {"what": river.river, "m": f"{short_m:.3g}", "high": f"{high_m:g}"}))
    yield from _told("river_idle", "rivers.csv", "river", found)


def _far(scenario: Scenario) -> Iterator[Odd]:
    """Heights far from the ground that they belong to."""
    ground_m = {c.community: c.elevation_m for c in scenario.communities}
    low_m: dict[str, tuple[float, str]] = {}  # river -> its lowest ground, as the gauge reads it
    for p in scenario.river_places:
        here = (ground_m[p.community] + p.fall_m, p.community)
        low_m[p.river] = min(low_m.get(p.river, here), here)
    tables = {
        ("river_stage.csv", "stage_m"): [
            (s.stage_m, *low_m.get(s.river, (s.stage_m, ""))) for s in scenario.river_stage
        ],
        ("river_places.csv", "outlet_m"): [
            (p.outlet_m, ground_m[p.community], p.community) for p in scenario.river_places
        ],
        ("dikes.csv", "crest_m"): [
            (ground_m[d.community] if d.crest_m is None else d.crest_m, ground_m[d.community],
             d.community)
            for d in scenario.dikes
        ],
        ("water_links.csv", "sill_m"): [
            (w.sill_m, *max((ground_m[e], e) for e in (w.from_community, w.to_community)))
            for w in scenario.water_links
        ],
    }  # fmt: skip
    for (file, column), rows in tables.items():
        found = [
            (i, {"m": f"{m:g}", "what": place, "off": f"{abs(m - ground):.3g}"})
            for i, (m, ground, place) in enumerate(rows)
            if abs(m - ground) > FAR_M and (m > ground or column == "outlet_m")
        ]
        yield from _told("height_far", file, column, found)


LOOKS: tuple[Callable[[Scenario], Iterator[Odd]], ...] = (_unused, _held, _idle, _far)
