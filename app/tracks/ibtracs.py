"""IBTrACS v04 as CSV (`ibtracs.….list.v04r01.csv`): a line a time, columns of each agency.

The second line gives the units, by which numbers are taken (winds in knots, radii in nautical
miles as published). Between an agency's own times, which are six hours apart, the archive draws
lines; IFLAG says so by a letter an agency (O its own, P the place drawn, I wind and pressure, V
other values), and rows of P and I are left out, as are pieces of tracks that belong to no main one
(TRACK_TYPE: spur).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import groupby

from anlan.app.tracks.jma import longest_and_shortest
from anlan.app.tracks.storms import (
    KNOT_MS,
    MILE_KM,
    Record,
    Storm,
    Told,
    fix,
    gale_ms,
    moment,
    number,
    pressure_hpa,
    radius_km,
    read_all,
    wind_ms,
)
from anlan.sim.scenario.errors import BadInput, Slips, bad, shown, worded

NEEDED = ("SID", "SEASON", "NAME", "ISO_TIME", "LAT", "LON")
# agency -> what its columns begin with, and which letter of IFLAG is its own
COLUMNS = {"jtwc": ("USA", 0), "jma": ("TOKYO", 1), "cma": ("CMA", 2), "hko": ("HKO", 3)}
DRAWN = {"P", "I"}  # of IFLAG: place, or wind and pressure, drawn between two of the agency's own
SPEEDS = {"kts": KNOT_MS, "kt": KNOT_MS, "knots": KNOT_MS, "m/s": 1.0}
LENGTHS = {"nmile": MILE_KM, "nm": MILE_KM, "km": 1.0}
PRESSURES = {"mb": 1.0, "hpa": 1.0}
NO_NAMES = {"NOT_NAMED", "UNNAMED", "NOT NAMED", ""}
ROW = " row"  # of the units, among a line's cells: no column is called so
SIDES = ("NE", "SE", "SW", "NW")

Cells = Mapping[str, str]


def storms(lines: Iterator[str], file: str) -> Iterator[Storm]:
    """The storms of a file, one for each agency that has it, in its order. Raises BadInput."""
    table = csv.reader(lines)
    heads = [h.strip().upper().removeprefix("\ufeff") for h in next(table)]
    if lacking := [name for name in NEEDED if name not in heads]:
        problem = worded(
            "has no column {columns}; take a list of IBTrACS v04 (ibtracs.….list.v04r01.csv) as "
            "it is",
            columns=", ".join(lacking),
        )
        raise bad(problem, file, 1)
    used = [
        n for n, h in enumerate(heads)
        if h in (*NEEDED, "USA_ATCF_ID", "IFLAG", "TRACK_TYPE")
        or h.partition("_")[0] in {start for start, _ in COLUMNS.values()}
    ]  # fmt: skip
    units = {heads[n]: cell.strip() for n, cell in enumerate(next(table, [])) if n < len(heads)}
    body = (
        (at, {heads[n]: line[n].strip() for n in used if n < len(line)})
        for at, line in enumerate(table, start=3)
        if line
    )
    for _, rows_of in groupby(body, key=lambda one: one[1].get("SID", "")):
        yield from _storms(list(rows_of), {f"{ROW}{k}": v for k, v in units.items()})


def _storms(body: list[tuple[int, dict[str, str]]], units: Cells) -> Iterator[Storm]:
    first = body[0][1]
    name = "" if first.get("NAME", "") in NO_NAMES else first["NAME"]
    season = first.get("SEASON", "")
    year = int(season) if season.isdigit() else 0
    atcf = {cells["USA_ATCF_ID"]: None for _, cells in body if cells.get("USA_ATCF_ID")}
    for agency, (start, _) in COLUMNS.items():
        own = [
            (at, {**units, **cells})
            for at, cells in body
            if cells.get(f"{start}_LAT") or cells.get(f"{start}_WIND") or cells.get(f"{start}_PRES")
        ]
        if own:
            yield Storm(agency, name, year, (first.get("SID", ""), *atcf), cells=tuple(own))


def rows(storm: Storm, file: str, told: Told) -> list[Record]:
    """The fixes of a storm by its agency. Raises BadInput."""
    return read_all(storm.cells, file, Slips(), lambda _at, cells: _row(storm.agency, cells, told))


def _row(agency: str, cells: Cells, told: Told) -> Record | None:
    start, letter = COLUMNS[agency]
    if "spur" in cells.get("TRACK_TYPE", "").lower():
        told.counts["spur"] += 1
        return None
    if cells.get("IFLAG", "")[letter : letter + 1].upper() in DRAWN:
        told.counts["drawn"] += 1
        return None
    # Where the agency's own position is left out, that of the archive stands in.
    lat = cells.get(f"{start}_LAT") or cells.get("LAT", "")
    lon = cells.get(f"{start}_LON") or cells.get("LON", "")
    row = fix(
        moment(cells.get("ISO_TIME", ""), "%Y-%m-%d %H:%M:%S"),
        number(lat, worded("the latitude"), -90.0, 90.0),
        number(lon, worded("the longitude"), -180.0, 360.0),
        agency,
    )
    if wind := cells.get(f"{start}_WIND", ""):
        row["wind_ms"] = wind_ms(wind, _factor(cells, f"{start}_WIND", SPEEDS))
    if pressure := cells.get(f"{start}_PRES", ""):
        _factor(cells, f"{start}_PRES", PRESSURES)
        row["pressure_hpa"] = pressure_hpa(pressure)
    if agency == "jtwc":
        row |= _quadrants(cells)
    elif agency == "jma" and (longest := cells.get("TOKYO_R30_LONG", "")):
        row |= longest_and_shortest(
            cells.get("TOKYO_R30_DIR", ""), longest, cells.get("TOKYO_R30_SHORT", ""),
            _factor(cells, "TOKYO_R30_LONG", LENGTHS),
        )  # fmt: skip
    return row


def _quadrants(cells: Cells) -> Record:
    found: Record = {}
    for side in SIDES:
        if radius := cells.get(f"USA_R34_{side}", ""):
            factor = _factor(cells, f"USA_R34_{side}", LENGTHS)
            found[f"gale_{side.lower()}_km"] = radius_km(radius, factor)
    found = {"gale_ms": gale_ms("jtwc"), **found} if any(found.values()) else {}
    for column, name in (("USA_RMW", "rmax_km"), ("USA_ROCI", "outer_km")):
        if radius := cells.get(column, ""):
            found[name] = radius_km(radius, _factor(cells, column, LENGTHS))
    if outer := cells.get("USA_POCI", ""):
        _factor(cells, "USA_POCI", PRESSURES)
        found["outer_hpa"] = pressure_hpa(outer)
    return found


def _factor(cells: Cells, column: str, known: Mapping[str, float]) -> float:
    """What a column's numbers are multiplied by, by its unit. Raises BadInput for another unit."""
    unit = cells.get(f"{ROW}{column}", "")
    if unit.lower() not in known:
        told = worded(
            "{column} is in '{unit}' by the second line; known are {units}",
            column=column, unit=shown(unit), units=", ".join(known),
        )  # fmt: skip
        raise BadInput(told)
    return known[unit.lower()]
