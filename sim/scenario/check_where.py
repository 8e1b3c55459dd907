"""Whether every place lies in or near its district, and roads are long enough.

A slip of one digit, or longitude and latitude the wrong way round, moves a village to another
province: the storm then never reaches it, and nobody is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from pydantic import BaseModel

from anlan.sim.scenario.clock import great_circle_km
from anlan.sim.scenario.errors import Slips, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import (
    Ignition,
    Peak,
    Scenario,
    Town,
    WatchPoint,
    WaterPoint,
)

# The widest county of China (Ruoqiang) is some 450 km across, its towns far less.
MAX_FROM_TOWN_KM = 200.0
MAX_FROM_MIDDLE_KM = 500.0
# A road's ends stand for whole villages, so it may be somewhat shorter than the straight line
# between their middles; by half it cannot be.
LEAST_OF_LINE = 0.5
MAX_LAT = 90.0
SAME_PLACE_KM = 1.0  # within a village's own extent its middle says nothing of a road's length

Point = tuple[float, float]  # longitude, latitude
# (file, index of the row, row, column that says where it is, the place)
Placed = tuple[str, int, BaseModel, str, Point]


def check_where(scenario: Scenario, at: Places) -> None:
    """Communities lie near their towns, and all else near the middle of the district."""
    slips, middle = Slips(), middle_of(scenario)
    for cell in _placed(scenario):
        with slips:
            _check_near(middle, MAX_FROM_MIDDLE_KM, worded("the middle of the district"), cell, at)
    if not slips.found:  # else it may be the town that lies wrong
        towns = {t.town: (t.lon, t.lat) for t in scenario.towns}
        for i, c in enumerate(scenario.communities):
            cell = ("communities.csv", i, c, "lon", (c.lon, c.lat))
            with slips:
                _check_near(
                    towns[c.town],
                    MAX_FROM_TOWN_KM,
                    worded("its town {town}", town=c.town),
                    cell,
                    at,
                )
    slips.raise_first()


def middle_of(scenario: Scenario) -> Point:
    """The middle longitude and latitude of towns and communities, which one slip cannot move."""
    places = [(t.lon, t.lat) for t in scenario.towns]
    places += [(c.lon, c.lat) for c in scenario.communities]
    return median(lon for lon, _ in places), median(lat for _, lat in places)


def _placed(scenario: Scenario) -> Iterator[Placed]:
    tables: tuple[tuple[str, Sequence[Town | Ignition | WatchPoint | WaterPoint | Peak]], ...] = (
        ("towns.csv", scenario.towns),
        ("ignitions.csv", scenario.ignitions),
        ("watch_points.csv", scenario.watch_points),
        ("water_points.csv", scenario.water_points),
        ("peaks.csv", scenario.peaks),
    )
    for file, rows in tables:
        for i, row in enumerate(rows):
            yield file, i, row, "lon", (row.lon, row.lat)
    for i, belt in enumerate(scenario.belts):
        for place in belt.places:
            yield "belts.csv", i, belt, "points", place


def _check_near(centre: Point, most_km: float, what: str, cell: Placed, at: Places) -> None:
    file, index, row, column, (lon, lat) = cell
    km = great_circle_km(*centre, lon, lat)
    if km <= most_km:
        return
    turned = abs(lon) <= MAX_LAT and great_circle_km(*centre, lat, lon) <= most_km
    then = (
        worded("longitude and latitude are the wrong way round")
        if turned
        else worded("mend lon or lat")
    )
    problem = worded(
        "({lon:g}, {lat:g}) is {km:,.0f} km from {what}; {then}",
        lon=lon,
        lat=lat,
        km=km,
        what=what,
        then=then,
    )
    raise at.wrong(problem, file, index, row, column)


def check_lengths(scenario: Scenario, at: Places) -> None:
    """No road is much shorter than the straight line between its places."""
    slips = Slips()
    for i, (road, line_km) in enumerate(zip(scenario.roads, lines_km(scenario), strict=True)):
        if line_km > SAME_PLACE_KM and road.length_km < LEAST_OF_LINE * line_km:
            problem = worded(
                "{length_km:g} km is shorter than the straight line between {from_community} and "
                "{to_community} ({line_km:.1f} km); give the road's length in kilometres, or "
                "mend their lon and lat",
                length_km=road.length_km,
                from_community=road.from_community,
                to_community=road.to_community,
                line_km=line_km,
            )
            slips.note(at.wrong(problem, "roads.csv", i, road, "length_km"))
    slips.raise_first()


def lines_km(scenario: Scenario) -> list[float]:
    """The straight line between the two ends of each road."""
    place = {c.community: (c.lon, c.lat) for c in scenario.communities}
    return [
        great_circle_km(*place[r.from_community], *place[r.to_community]) for r in scenario.roads
    ]
