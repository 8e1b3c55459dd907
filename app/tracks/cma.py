"""Best tracks of the China Meteorological Administration (tcdata.typhoon.org.cn, CHyyyyBST.txt).

A header `66666 BBBB CCC DDDD EEEE F G name date` a storm: international number, how many lines,
number within the year, Chinese number; then a line a fix: time in UTC, grade, latitude and
longitude in tenths of a degree, hPa, the largest two-minute mean wind in m/s. A wind of 9 means
less than 10 m/s, 0 none known. It gives no radii.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anlan.app.tracks.storms import (
    Record,
    Storm,
    Told,
    fix,
    moment,
    number,
    pressure_hpa,
    read_each,
    wind_ms,
)
from anlan.sim.scenario.errors import BadInput, shown, worded

HEADER = re.compile(
    r"66666\s+(\d{4})\s+(\d+)\s+(\d{4})\s+(\d{4})\s+(\d)\s+(\d+)\s*(.*?)\s*(\d{8})?\s*$"
)
NONE = "0000"
WEAK = "9"  # below 10 m/s
NAMELESS = "nameless"


def storms(lines: Iterator[str], file: str) -> Iterator[Storm]:
    """The storms of a file, in its order."""
    for head, at, body in headed(lines):
        found = HEADER.match(head)
        year = int(body[0][1][:4]) if body and body[0][1][:4].isdigit() else 0
        if found is None:
            yield unread("cma", head, at, year, body)
            continue
        outer, promised, serial, own, *_, name, _ = found.groups()
        numbers = dict.fromkeys(n for n in (own, outer) if n != NONE)
        called = "" if NAMELESS in name.lower() else name
        yield Storm("cma", called, year, (*numbers, f"{year}-{serial}"), tuple(body), int(promised))


def unread(agency: str, head: str, at: int, year: int, body: list[tuple[int, str]]) -> Storm:
    """A storm whose header is another than the format's: called by all that it says."""
    return Storm(agency, " ".join(head.split()[1:]), year, (f"#{at}",), tuple(body))


def headed(lines: Iterator[str]) -> Iterator[tuple[str, int, list[tuple[int, str]]]]:
    """Each header with its number and the lines that follow it."""
    head, at, body = "", 0, list[tuple[int, str]]()
    for n, line in enumerate(lines, start=1):
        if line.startswith("66666"):
            if head:
                yield head, at, body
            head, at, body = line, n, []
        elif line.strip():
            body.append((n, line))
    if head:
        yield head, at, body


def rows(storm: Storm, file: str, told: Told) -> list[Record]:
    """The fixes of a storm. Raises BadInput."""
    return read_each(storm, file, told, _row)


def _row(at: int, line: str, told: Told) -> Record:
    cells = line.split()
    if len(cells) < 6:
        raise BadInput(
            worded(
                "'{line}' is no fix of CMA, which has time, grade, latitude, longitude, pressure "
                "and wind",
                line=shown(line.strip()),
            )
        )
    time, _, lat, lon, pressure, wind = cells[:6]
    row = fix(
        moment(time, "%Y%m%d%H"),
        number(lat, worded("the latitude in tenths of a degree"), -900, 900) / 10.0,
        number(lon, worded("the longitude in tenths of a degree"), -1800, 3600) / 10.0,
        "cma",
    )
    told.counts["weak"] += wind == WEAK
    row["pressure_hpa"] = pressure_hpa(pressure)
    row["wind_ms"] = "" if wind == WEAK else wind_ms(wind, 1.0)
    return row
