"""What the readers of best tracks share: a storm as a file has it, and its fixes as rows.

A reader gives the storms of a file with their lines unread, so that what is wrong with a storm
that nobody asks for stops nobody; `rows` reads the lines of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from anlan.sim.scenario.errors import BadInput, Slips, bad, shown, worded

Record = dict[str, str]

KNOT_MS = 1852.0 / 3600.0  # a nautical mile, 1852 m by definition, an hour
MILE_KM = 1.852
CENTURY_FROM = 51  # two-digit years: JMA's tracks begin in 1951
MOST_WIND_MS, PRESSURES_HPA = 120.0, (850.0, 1050.0)  # as tracks.csv takes them
MOST_RADIUS_KM = 3000.0


@dataclass(frozen=True)
class Agency:
    """Who made a track: over how many minutes its winds are means, and of which wind its radii."""

    name: str
    averaging_min: int
    gale_kt: int | None = None


# How each agency makes its best track: CMA's two-minute winds (Ying et al. 2014), JMA's ten-minute
# ones with radii of 30 and 50 knots, JTWC's one-minute ones with radii of 34, 50 and 64, HKO's
# ten-minute ones (Knapp et al. 2010).
AGENCIES: Mapping[str, Agency] = {
    "cma": Agency("CMA", 2),
    "jma": Agency("JMA", 10, 30),
    "jtwc": Agency("JTWC", 1, 34),
    "hko": Agency("HKO", 10),
}


@dataclass(frozen=True)
class Storm:
    """A storm of a file, its lines not read yet.

    `numbers`: whatever it may be asked for by besides its name; `lines`: each with its number in
    the file; `promised`: how many there should be, None where the file does not say.
    """

    agency: str
    name: str
    year: int
    numbers: tuple[str, ...]
    lines: tuple[tuple[int, str], ...] = ()
    promised: int | None = None
    cells: tuple[tuple[int, Mapping[str, str]], ...] = ()

    def __str__(self) -> str:
        called = " ".join(one for one in (self.name, str(self.year)) if one)
        return f"{called} ({', '.join((*self.numbers, AGENCIES[self.agency].name))})"


@dataclass
class Told:
    """What was done with lines beside reading them: counts by the ending of a key of words."""

    counts: Counter[str] = field(default_factory=Counter)


GALES = (*(f"gale_{q}_km" for q in ("ne", "se", "sw", "nw")), "gale_long_km")  # of tracks.csv
Rows = Callable[[Storm, str, Told], list[Record]]


@dataclass(frozen=True)
class Format:
    """A format of best tracks: what it is called, the storms of a file, the fixes of a storm."""

    name: str
    storms: Callable[[Iterator[str], str], Iterator[Storm]]
    rows: Rows


def read_each(
    storm: Storm, file: str, told: Told, one: Callable[[int, str, Told], Record | None]
) -> list[Record]:
    """The fixes of a storm's lines, every slip of them told. Raises BadInput."""
    slips = Slips()
    if storm.promised is not None and storm.promised != len(storm.lines):
        problem = worded(
            "the header of {name} promises {promised} fixes, and {found} follow; the file is cut "
            "or spoilt, take it anew",
            name=shown(storm.name or storm.numbers[0]),
            promised=storm.promised,
            found=len(storm.lines),
        )
        slips.note(bad(problem, file, storm.lines[0][0] - 1 if storm.lines else None))
    return read_all(storm.lines, file, slips, lambda at, line: one(at, line, told))


def read_all[T](
    lines: Iterable[tuple[int, T]],
    file: str,
    slips: Slips,
    one: Callable[[int, T], Record | None],
) -> list[Record]:
    """The fixes of numbered lines, the slips of all told with those before. Raises BadInput."""
    rows = []
    for at, line in lines:
        with slips:
            try:
                row = one(at, line)
            except BadInput as error:
                raise bad(error.told, file, at) from None
            if row is not None:
                rows.append(row)
    slips.raise_first()
    return rows


def number(text: str, what: str, least: float, most: float) -> float:
    """A number within its bounds. Raises BadInput without a place."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise BadInput(
            worded(
                "{what} is '{text}', where a number from {least:g} to {most:g} should stand",
                what=what, text=shown(text.strip()), least=least, most=most,
            )
        )  # fmt: skip
    return value


def moment(text: str, form: str) -> datetime:
    """A time in UTC by its form. Raises BadInput without a place."""
    try:
        if len(text) != len(datetime(2000, 1, 1).strftime(form)):  # strptime takes 1 for 01
            raise ValueError
        time = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        what = worded("the time is '{text}', which cannot be", text=shown(text.strip()))
        raise BadInput(what) from None
    return time


def century(time: datetime) -> datetime:
    """A time that was read from a year of two digits, in the century of the records."""
    years = time.year % 100
    return time.replace(year=(1900 if years >= CENTURY_FROM else 2000) + years)


def fix(time: datetime, lat: float, lon: float, agency: str) -> Record:
    """The cells of a fix that every one has."""
    return {
        "time": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "lat": plain(lat),
        "lon": plain(lon - 360.0 if lon > 180.0 else lon),
        "wind_ms": "",
        "pressure_hpa": "",
        "wind_averaging_min": str(AGENCIES[agency].averaging_min),
    }


def wind_ms(text: str, factor: float) -> str:
    """A wind in m/s by the factor of its unit; nothing where the agency gives none."""
    if none_given(text):
        return ""
    return f"{number(text, worded('the wind'), 0.0, MOST_WIND_MS / factor) * factor:.1f}"


def pressure_hpa(text: str) -> str:
    """A central or outer pressure; nothing where the agency gives none."""
    return "" if none_given(text) else plain(number(text, worded("the pressure"), *PRESSURES_HPA))


def radius_km(text: str, factor: float) -> str:
    """A radius in km by the factor of its unit; nothing for 0, by which agencies give none."""
    if none_given(text):
        return ""
    value = number(text, worded("a radius"), 0.0, MOST_RADIUS_KM / factor) * factor
    return f"{value:.1f}" if value >= 1.0 else ""


def none_given(text: str) -> bool:
    """Whether a cell says that there is no value: empty, 0, or below it (-999)."""
    return not text.strip() or text.strip().startswith("-") or not text.strip().strip("0.")


def plain(value: float) -> str:
    """A number as a person writes it: 998, not 998.0."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def gale_ms(agency: str) -> str:
    """The wind of an agency's gale radii, m/s."""
    knots = AGENCIES[agency].gale_kt
    return "" if knots is None else f"{knots * KNOT_MS:.2f}"
