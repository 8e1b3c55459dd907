"""Whether rivers have stages, outlets and dikes lie where they can be, links join two places."""

from __future__ import annotations

from datetime import datetime, timedelta

from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.errors import Slips, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


def check_rivers(scenario: Scenario, at: Places) -> None:
    """Each river has stages, forward in time; outlets and crests lie right to the ground."""
    slips = Slips()
    for look in (_check_stages, _check_outlets, _check_dikes):
        with slips:
            look(scenario, at)
    slips.raise_first()


def _check_stages(scenario: Scenario, at: Places) -> None:
    slips, last = Slips(), dict[str, datetime]()
    for i, row in enumerate(scenario.river_stage):
        before = last.get(row.river)
        if before is not None and row.time <= before:
            problem = worded(
                "{time} is not after {before}, the row of {river} before it; sort a river's rows "
                "by time",
                time=row.time.isoformat(),
                before=before.isoformat(),
                river=row.river,
            )
            slips.note(at.wrong(problem, "river_stage.csv", i, row, "time"))
        last[row.river] = row.time
    for i, river in enumerate(scenario.rivers):
        if river.river not in last:
            problem = worded(
                "{river} has no stage; give rows for it in river_stage.csv", river=river.river
            )
            slips.note(at.wrong(problem, "rivers.csv", i, river, "river"))
    slips.raise_first()


def _check_outlets(scenario: Scenario, at: Places) -> None:
    slips, ground = Slips(), {c.community: c.elevation_m for c in scenario.communities}
    for i, row in enumerate(scenario.river_places):
        if row.outlet_m > ground[row.community]:
            problem = worded(
                "{outlet_m:g} m lies above the ground of {community} ({ground_m:g} m), which then "
                "drains nowhere; give a height below it, on the datum of elevation_m",
                outlet_m=row.outlet_m,
                community=row.community,
                ground_m=ground[row.community],
            )
            slips.note(at.wrong(problem, "river_places.csv", i, row, "outlet_m"))
    slips.raise_first()


def _check_dikes(scenario: Scenario, at: Places) -> None:
    slips, ground = Slips(), {c.community: c.elevation_m for c in scenario.communities}
    rivers = {p.community: p.river for p in scenario.river_places}
    for i, dike in enumerate(scenario.dikes):
        if dike.river is not None and rivers.get(dike.community) != dike.river:
            problem = worded(
                "no row of river_places.csv says how high {river} stands at {community}; give one",
                river=dike.river,
                community=dike.community,
            )
            slips.note(at.wrong(problem, "dikes.csv", i, dike, "river"))
        if dike.crest_m is not None and dike.crest_m <= ground[dike.community]:
            problem = worded(
                "{crest_m:g} m is no higher than the ground of {community} ({ground_m:g} m); give "
                "a height above it, on the datum of elevation_m, or leave it empty",
                crest_m=dike.crest_m,
                community=dike.community,
                ground_m=ground[dike.community],
            )
            slips.note(at.wrong(problem, "dikes.csv", i, dike, "crest_m"))
    slips.raise_first()


def check_links(scenario: Scenario, at: Places) -> None:
    """A link joins two places, once, over a sill no lower than either ground."""
    slips, ground = Slips(), {c.community: c.elevation_m for c in scenario.communities}
    seen = set[frozenset[str]]()
    for i, row in enumerate(scenario.water_links):
        ends = frozenset((row.from_community, row.to_community))
        column, problem = "to_community", ""
        if len(ends) == 1:
            problem = worded(
                "the link leads from {place} to itself; give another end", place=row.to_community
            )
        elif ends in seen:
            problem = worded(
                "{one} and {other} have a link already, which leads both ways; keep one",
                one=row.from_community,
                other=row.to_community,
            )
        else:
            high = max(sorted(ends), key=lambda place: ground[place])
            if row.sill_m < ground[high]:
                column = "sill_m"
                problem = worded(
                    "{sill_m:g} m lies below the ground of {place} ({ground_m:g} m); give a sill "
                    "as high as the higher ground, or higher",
                    sill_m=row.sill_m,
                    place=high,
                    ground_m=ground[high],
                )
        seen.add(ends)
        if problem:
            slips.note(at.wrong(problem, "water_links.csv", i, row, column))
    slips.raise_first()


def check_stages_meet(scenario: Scenario, at: Places) -> None:
    """A river's stages and the run have some time in common."""
    if not scenario.rivers:
        return
    slips, start = Slips(), start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    for i, river in enumerate(scenario.rivers):
        times = [s.time for s in scenario.river_stage if s.river == river.river]
        if times[0] < end and times[-1] >= start:
            continue
        problem = worded(
            "the stages of {river} go from {first} to {last}, and the run from {start} to {end}; "
            "give the run's own hours",
            river=river.river,
            first=times[0].isoformat(),
            last=times[-1].isoformat(),
            start=start.isoformat(),
            end=end.isoformat(),
        )
        slips.note(at.wrong(problem, "rivers.csv", i, river, "river"))
    slips.raise_first()
