"""Best tracks of the Joint Typhoon Warning Center: b-decks of ATCF (`bwp142022.dat`).

Fields between commas: basin, number of the year, time in UTC, minutes, BEST, 0, latitude and
longitude in tenths of a degree with N, S, E, W, the largest one-minute mean wind in knots, hPa,
kind, then the radii: of how many knots, how they are told (NEQ: by quadrant, clockwise from the
north-eastern; AAA: all round), four radii in nautical miles; the outermost closed isobar and its
radius, the radius of the largest wind; the name last but some. A time has a line for each of 34,
50 and 64 knots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from anlan.app.tracks.storms import (
    GALES,
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
    read_each,
    wind_ms,
)
from anlan.sim.scenario.errors import BadInput, shown, worded

BEST, MINUTE, TECH, NAME = "BEST", 3, 4, 27
QUADRANTS = ("NEQ", "SEQ", "SWQ", "NWQ")  # clockwise
NO_NAMES = {
    "", "INVEST", "NONAME", "UNNAMED", "GENESIS", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX",
    "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE", "THIRTEEN", "FOURTEEN", "FIFTEEN",
    "SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN", "TWENTY", "THIRTY",
}  # fmt: skip
LONE = 11  # fields of a line that gives no radii


def storms(lines: Iterator[str], file: str) -> Iterator[Storm]:
    """The storms of a file, in its order; one begins where basin or number change."""
    now: tuple[str, str] | None = None
    body: list[tuple[int, str]] = []
    for n, line in enumerate(lines, start=1):
        cells = _cells(line)
        if len(cells) < LONE or cells[TECH] != BEST:
            continue
        if now not in (None, (cells[0], cells[1])):
            yield _storm(body)
            body = []
        now = cells[0], cells[1]
        body.append((n, line))
    if body:
        yield _storm(body)


def _storm(body: list[tuple[int, str]]) -> Storm:
    first = _cells(body[0][1])
    year = int(first[2][:4]) if first[2][:4].isdigit() else 0
    name = ""
    for _, line in body:  # before a storm is named its lines say INVEST or its number
        cells = _cells(line)
        if len(cells) > NAME and cells[NAME].partition("-")[0] not in NO_NAMES:
            name = cells[NAME]
    return Storm("jtwc", name, year, (f"{first[0]}{first[1]}{year}",), tuple(body))


def _cells(line: str) -> list[str]:
    return [cell.strip().upper() for cell in line.split(",")]


def rows(storm: Storm, file: str, told: Told) -> list[Record]:
    """The fixes of a storm, one a time with its radii of 34 knots. Raises BadInput."""
    found: dict[str, Record] = {}
    for row in read_each(storm, file, told, _row):
        found.setdefault(row["time"], {}).update({k: v for k, v in row.items() if v})
    return [{"wind_ms": "", "pressure_hpa": ""} | row for row in found.values()]


def _row(at: int, line: str, told: Told) -> Record:
    cells = _cells(line)
    minutes = number(cells[MINUTE] or "0", worded("the minutes"), 0, 59)
    row = fix(
        moment(cells[2], "%Y%m%d%H") + timedelta(minutes=minutes),
        _degrees(cells[6], "NS", 900.0),
        _degrees(cells[7], "EW", 1800.0),
        "jtwc",
    )
    row["wind_ms"] = wind_ms(cells[8], KNOT_MS)
    row["pressure_hpa"] = pressure_hpa(cells[9])
    if len(cells) > 19:
        row["outer_hpa"] = pressure_hpa(cells[17])
        row["outer_km"] = radius_km(cells[18], MILE_KM)
        row["rmax_km"] = radius_km(cells[19], MILE_KM)
    if len(cells) > 16 and cells[11] == "34":
        row |= _gales(cells[12], cells[13:17])
    return row


def _gales(code: str, radii: Sequence[str]) -> Record:
    """How far 34 knots blow in each quadrant; nothing where no radius is given."""
    if code == "AAA":
        radii = [radii[0]] * len(QUADRANTS)
    elif code in QUADRANTS:
        turn = QUADRANTS.index(code)  # the first radius is that of the quadrant that is named
        radii = [radii[(n - turn) % len(QUADRANTS)] for n in range(len(QUADRANTS))]
    elif any(radius_km(one, MILE_KM) for one in radii):
        told = worded(
            "the radii are told by '{code}'; only AAA, NEQ, SEQ, SWQ and NWQ are known",
            code=shown(code),
        )
        raise BadInput(told)
    found = dict(zip(GALES, (radius_km(one, MILE_KM) for one in radii), strict=False))
    return {"gale_ms": gale_ms("jtwc"), **found} if any(found.values()) else {}


def _degrees(text: str, ways: str, most: float) -> float:
    """Degrees of a text such as 217N or 1372E, tenths with the side."""
    side = text[-1:]
    if side not in ways or not side:
        told = worded(
            "'{text}' is no place such as 217N or 1372E, in tenths of a degree", text=shown(text)
        )
        raise BadInput(told)
    tenths = number(text[:-1], worded("a place in tenths of a degree"), 0.0, most)
    return tenths / 10.0 * (-1.0 if side in "SW" else 1.0)
