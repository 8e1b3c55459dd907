"""Best tracks of RSMC Tokyo, the Japan Meteorological Agency (`bst_all.txt`, `bstyyyy.txt`).

A header `66666 BBBB CCC DDDD EEEE F G name date` a storm, then a line a fix in fixed columns:
time in UTC (yymmddhh), 002, grade, latitude and longitude in tenths of a degree, hPa, the largest
ten-minute mean wind in knots (000: a depression, none is given), and of 50 and 30 knots whither
the longest radius points (1 NE to 8 N, 9 all round alike, 0 none), that radius and the shortest in
nautical miles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anlan.app.tracks.cma import headed, unread
from anlan.app.tracks.storms import (
    KNOT_MS,
    MILE_KM,
    Record,
    Storm,
    Told,
    century,
    fix,
    gale_ms,
    moment,
    number,
    pressure_hpa,
    radius_km,
    read_each,
    wind_ms,
)
from anlan.sim.scenario.errors import BadInput, shown, worded

HEADER = re.compile(r"66666\s+(\d{4})\s+(\d+)\s+(\d{4})?\s+(\d{4})\s+(\d)\s+(\d+)\s*(.*?)\s*$")
REVISED = re.compile(r"\s*\d{8}$")
LINE = re.compile(r"(\d{8}) +002 +(\d) +(\d+) +(\d+) +(\d+)(.*)$")
POINTS = ("", "NE", "E", "SE", "S", "SW", "W", "NW", "N", "")  # by the agency's code


def storms(lines: Iterator[str], file: str) -> Iterator[Storm]:
    """The storms of a file, in its order."""
    for head, at, body in headed(lines):
        found = HEADER.match(head)
        years = body[0][1][:2] if body else ""
        year = century(moment(years, "%y")).year if len(years) == 2 and years.isdigit() else 0
        if found is None:
            yield unread("jma", head, at, year, body)
            continue
        own, promised, *_, rest = found.groups()
        name = REVISED.sub("", rest).strip()
        yield Storm("jma", name, year, (own,), tuple(body), int(promised))


def rows(storm: Storm, file: str, told: Told) -> list[Record]:
    """The fixes of a storm. Raises BadInput."""
    return read_each(storm, file, told, _row)


def _row(at: int, line: str, told: Told) -> Record:
    found = LINE.match(line.rstrip())
    if found is None:
        raise BadInput(
            worded(
                "'{line}' is no fix of JMA, which has time, 002, grade, latitude, longitude, "
                "pressure and wind",
                line=shown(line.strip()),
            )
        )
    time, _, lat, lon, pressure, rest = found.groups()
    row = fix(
        century(moment(time, "%y%m%d%H")),
        number(lat, worded("the latitude, tenths of a degree"), 0, 900) / 10.0,
        number(lon, worded("the longitude, tenths of a degree"), 0, 3600) / 10.0,
        "jma",
    )
    cells = rest.replace("#", " ").split()
    row["pressure_hpa"] = pressure_hpa(pressure)
    row["wind_ms"] = wind_ms(cells[0] if cells else "", KNOT_MS)
    if len(cells) >= 5:
        row |= longest_and_shortest(cells[3][:1], cells[3][1:], cells[4], MILE_KM)
    return row


def longest_and_shortest(code: str, longest: str, shortest: str, factor: float) -> Record:
    """How far 30 knots blow by the agency's code and radii; nothing where it gives none."""
    far, near = radius_km(longest, factor), radius_km(shortest, factor)
    if not (far and near):
        return {}
    pointing = number(code, worded("the direction of the longest radius"), 0, 9)
    return {
        "gale_ms": gale_ms("jma"),
        "gale_long_km": far,
        "gale_short_km": near,
        "gale_long_to": POINTS[int(pointing)],
    }
