"""Whether places were given in the frame of a Chinese web map: GCJ-02, or BD-09 of Baidu.

Both lie some hundred metres off WGS 84 and CGCS2000, by an amount that is nearly the same all over
a district. So places that are known tell: where given ones lie off them all by that amount, they
are likely of such a frame. Nothing is ever converted here; it is told, and what to do.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from anlan.analysis.words import LANGS, word
from anlan.analysis.words.names import name_of
from anlan.sim import SHIPPED, great_circle_km
from anlan.sim.scenario.schema import Scenario

Point = tuple[float, float]  # longitude, latitude

# Krasovsky's ellipsoid and the series of the frame, as published by many (eviltransform, 2013);
# checked against points that were given in both frames (tests/unit/test_map_frames.py).
AXIS_M, ECCENTRICITY_2 = 6378245.0, 0.00669342162296594323
BAIDU_TURN = math.pi * 3000.0 / 180.0

SAME_KM = 0.06  # two notes of one place are this near to each other
ALONE_KM = 0.025  # where there is one place only it must fit better
NEAR_KM = 5.0  # a place of the same name farther off is another
MOVED_KM = 0.001
FEW = 5  # places that say something by their mean alone
SURE = 3.0  # standard errors
LEAST_OFF, MOST_OFF = 0.25, 0.6  # of the shift by which a middle may miss it, known well or badly
TO_DEVIATION = 1.4826  # from the median distance of a normal law to its standard deviation
OF_MEDIAN = 1.2533  # standard error of a median over that of a mean

# What a header, a note or a property says where points are of such a frame.
MARKS = re.compile(
    r"gcj[-_ ]?0?2|bd[-_ ]?0?9|火星坐标|百度(坐标|地图|经纬度)|高德(坐标|地图|经纬度)"
    r"|腾讯(坐标|地图)|amap|baidu",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Pair:
    """A place as it is given, and where it is known to lie."""

    name: str
    given: Point
    known: Point


@dataclass(frozen=True)
class Suspicion:
    """Of so many places how many lie off as in a frame; `metres` is how far it moves them."""

    frame: str
    fitting: int
    of: int
    metres: float
    first: str


def gcj(point: Point) -> Point:
    """A point of WGS 84 as maps in GCJ-02 have it (Amap, Tencent)."""
    east, north = point[0] - 105.0, point[1] - 35.0
    waves = 20.0 * math.sin(6.0 * math.pi * east) + 20.0 * math.sin(2.0 * math.pi * east)
    up = -100.0 + 2.0 * east + 3.0 * north + 0.2 * north * north + 0.1 * east * north
    up += 0.2 * math.sqrt(abs(east)) + waves * 2.0 / 3.0
    up += (20.0 * math.sin(math.pi * north) + 40.0 * math.sin(math.pi * north / 3.0)) * 2.0 / 3.0
    up += 160.0 * math.sin(math.pi * north / 12.0) * 2.0 / 3.0
    up += 320.0 * math.sin(math.pi * north / 30.0) * 2.0 / 3.0
    out = 300.0 + east + 2.0 * north + 0.1 * east * east + 0.1 * east * north
    out += 0.1 * math.sqrt(abs(east)) + waves * 2.0 / 3.0
    out += (20.0 * math.sin(math.pi * east) + 40.0 * math.sin(math.pi * east / 3.0)) * 2.0 / 3.0
    out += 150.0 * math.sin(math.pi * east / 12.0) * 2.0 / 3.0
    out += 300.0 * math.sin(math.pi * east / 30.0) * 2.0 / 3.0
    lat = math.radians(point[1])
    less = 1.0 - ECCENTRICITY_2 * math.sin(lat) ** 2
    meridian_m = AXIS_M * (1.0 - ECCENTRICITY_2) / (less * math.sqrt(less))
    parallel_m = AXIS_M / math.sqrt(less) * math.cos(lat)
    return point[0] + math.degrees(out / parallel_m), point[1] + math.degrees(up / meridian_m)


def baidu(point: Point) -> Point:
    """A point of WGS 84 as Baidu's maps have it (BD-09)."""
    east, north = gcj(point)
    far = math.hypot(east, north) + 0.00002 * math.sin(north * BAIDU_TURN)
    turn = math.atan2(north, east) + 0.000003 * math.cos(east * BAIDU_TURN)
    return far * math.cos(turn) + 0.0065, far * math.sin(turn) + 0.006


FRAMES: Mapping[str, Callable[[Point], Point]] = {"GCJ-02": gcj, "BD-09": baidu}


def suspected(pairs: Sequence[Pair]) -> Suspicion | None:
    """The frame that places are likely given in; None where nothing speaks for one."""
    moved = [p for p in pairs if great_circle_km(*p.given, *p.known) > MOVED_KM]
    found = [s for frame in FRAMES if (s := _same(frame, moved) or _on_the_whole(frame, moved))]
    return max(found, key=lambda s: -_misfit(s.frame, moved), default=None)


def _same(frame: str, pairs: Sequence[Pair]) -> Suspicion | None:
    """Half of the places at least lie where the frame puts the known ones."""
    within = ALONE_KM if len(pairs) == 1 else SAME_KM
    fitting = [p for p in pairs if great_circle_km(*p.given, *FRAMES[frame](p.known)) < within]
    least = 1 if len(pairs) == 1 else max(2.0, 0.5 * len(pairs))
    return _suspicion(frame, fitting, pairs) if pairs and len(fitting) >= least else None


def _on_the_whole(frame: str, pairs: Sequence[Pair]) -> Suspicion | None:
    """Many places, known to some hundred metres each, lie off by the frame's shift in the middle
    and by nothing across it.
    """
    if len(pairs) < FEW:
        return None
    (middle, error), (aside, aside_error) = _shares(frame, pairs)
    fits = _about(middle, 1.0, error) and _about(aside, 0.0, aside_error)
    return _suspicion(frame, pairs, pairs) if fits and middle >= SURE * error else None


def _about(share: float, wanted: float, error: float) -> bool:
    """Whether a share of the shift is what the frame gives, as far as it is known."""
    return abs(share - wanted) <= min(MOST_OFF, max(LEAST_OFF, 2.0 * error))


def tells(pairs: Sequence[Pair]) -> bool:
    """Whether places are known so well that one of the frames would have been seen."""
    near = sum(great_circle_km(*p.given, *p.known) < SAME_KM for p in pairs)
    if near >= max(1.0, 0.5 * len(pairs)):
        return True
    return len(pairs) >= FEW and all(SURE * _shares(f, pairs)[0][1] < 1.0 for f in FRAMES)


def _shares(frame: str, pairs: Sequence[Pair]) -> tuple[tuple[float, float], tuple[float, float]]:
    """How far places lie off along the frame's shift and across it, in shares of the shift: each
    the median and its standard error.
    """
    along, across = [], []
    for p in pairs:
        shift, off = _km(p.known, FRAMES[frame](p.known)), _km(p.known, p.given)
        size = math.hypot(*shift)
        along.append((off[0] * shift[0] + off[1] * shift[1]) / size**2)
        across.append((off[0] * shift[1] - off[1] * shift[0]) / size**2)
    return _middle(along), _middle(across)


def _middle(shares: Sequence[float]) -> tuple[float, float]:
    """The median and its standard error."""
    middle = median(shares)
    deviation = TO_DEVIATION * median(abs(s - middle) for s in shares)
    return middle, OF_MEDIAN * deviation / math.sqrt(len(shares))


def _misfit(frame: str, pairs: Sequence[Pair]) -> float:
    """How far the middle place lies from where the frame puts it, km."""
    return median(great_circle_km(*p.given, *FRAMES[frame](p.known)) for p in pairs)


def _suspicion(frame: str, fitting: Sequence[Pair], pairs: Sequence[Pair]) -> Suspicion:
    first = fitting[0]
    km = great_circle_km(*first.known, *FRAMES[frame](first.known))
    return Suspicion(frame, len(fitting), len(pairs), 1000.0 * km, first.name)


def _km(start: Point, end: Point) -> Point:
    """Kilometres east and north from a point to one near by."""
    east = great_circle_km(*start, end[0], start[1])
    north = great_circle_km(*start, start[0], end[1])
    return math.copysign(east, end[0] - start[0]), math.copysign(north, end[1] - start[1])


@cache
def known_seats() -> Mapping[str, tuple[Point, ...]]:
    """The seats of the shipped districts' towns, by name in any language."""
    found: dict[str, dict[Point, None]] = {}
    for path in sorted(SHIPPED.glob("*/towns.csv")):
        with path.open(encoding="utf-8-sig", newline="") as table:
            for row in csv.DictReader(table):
                for lang in LANGS:
                    at = (float(row["lon"]), float(row["lat"]))
                    found.setdefault(row[f"name_{lang}"], {})[at] = None
    return {name: tuple(points) for name, points in found.items()}


def seat_pairs(names: Sequence[str], given: Point) -> Iterator[Pair]:
    """A place beside the known seat of one of its names, where one lies near; once."""
    for name in names:
        near = [s for s in known_seats().get(name, ()) if great_circle_km(*given, *s) < NEAR_KM]
        if near:
            yield Pair(name, given, min(near, key=lambda s: great_circle_km(*given, *s)))
            return


def frame_of(scenario: Scenario, lang: str) -> Suspicion | None:
    """The frame that a scenario's towns, or its communities, are likely given in."""
    seats = [
        pair
        for t in scenario.towns
        for pair in seat_pairs([name_of(t, each) for each in LANGS], (t.lon, t.lat))
    ]
    return suspected(seats) or _apart(scenario, lang)


def _apart(scenario: Scenario, lang: str) -> Suspicion | None:
    """Towns that lie from a community of their own as one frame lies from the other."""
    own: dict[str, list[Point]] = {}
    for c in scenario.communities:
        own.setdefault(c.town, []).append((c.lon, c.lat))
    for frame, moved in FRAMES.items():
        fitting = []
        for t in scenario.towns:
            seat = (t.lon, t.lat)
            around = own.get(t.town, [])
            same = any(great_circle_km(*seat, *p) < SAME_KM for p in around)
            other = [
                p for p in around
                if great_circle_km(*moved(seat), *p) < ALONE_KM
                or great_circle_km(*seat, *moved(p)) < ALONE_KM
            ]  # fmt: skip
            if other and not same:
                fitting.append(Pair(name_of(t, lang), other[0], seat))
        if len(fitting) >= max(2.0, 0.3 * len(scenario.towns)):
            return _suspicion(frame, fitting, fitting)
    return None


def frame_note(scenario: Scenario, lang: str) -> Iterator[str]:
    """One sentence where places are likely given in the frame of a web map."""
    if found := frame_of(scenario, lang):
        yield word("note.map_frame", lang, frame=found.frame, n=found.fitting, of=found.of,
                   first=found.first, m=f"{found.metres:.0f}")  # fmt: skip
