"""The district as a drawing: roads, water, places, and who stands where.

Plain SVG, made here: nothing is asked of any network. Shapes say the same as colours (teams are
triangles, stores squares, shelters houses), so the map can be read in grey.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from anlan.analysis.plots.ground import OUTLINE, WATER, outlines_of, waters_of
from anlan.analysis.plots.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SKY, VERMILION
from anlan.analysis.words.names import name_of, names
from anlan.app.view.draft import SHELTERS, STORES, TEAMS

if TYPE_CHECKING:
    from anlan.sim.scenario.schema import Scenario

WIDE, TALLEST, FLATTEST = 720.0, 720.0, 430.0  # of the drawing, in its own units
MARGIN = 34.0
LAND, ROAD = "#F7F4EC", "#B8AF9C"
COLOURS = {TEAMS: VERMILION, STORES: BLUE, SHELTERS: GREEN}
REACH = 16.0  # how near a click must be to what it means
LABELS = 16  # town names up to so many; of more, those that are far enough from each other
APART = 46.0
CLOSEST = 8.0  # the furthest that one can zoom in
Point = tuple[float, float]


@dataclass(frozen=True)
class Sight:
    """What part of the district is seen: its middle in the whole drawing, how much larger."""

    middle: Point = (0.5, 0.5)
    times: float = 1.0

    def nearer(self, factor: float) -> Sight:
        """The same middle, larger or smaller."""
        return Sight(self.middle, min(max(self.times * factor, 1.0), CLOSEST))


@dataclass
class Ground:
    """What does not change while a planner works: where places are and what lies between them."""

    scenario: Scenario
    at: dict[str, Point] = field(default_factory=dict)  # place -> where in the whole drawing, 0–1
    size: Point = (WIDE, WIDE)

    def __post_init__(self) -> None:
        """Lay the district out."""
        self.waters = [line.tolist() for line in waters_of(self.scenario)]
        if not self.waters and self.scenario.settings.coast:
            self.waters = [[tuple(point) for point in self.scenario.settings.coast]]
        self.outlines = [ring.tolist() for ring in outlines_of(self.scenario)]
        places = [(c.lon, c.lat) for c in self.scenario.communities]
        around = [*places, *(tuple(p) for ring in self.outlines for p in ring)]
        west, east = min(p[0] for p in around), max(p[0] for p in around)
        south, north = min(p[1] for p in around), max(p[1] for p in around)
        shrink = math.cos(math.radians((south + north) / 2))
        across, high = max((east - west) * shrink, 1e-4), max(north - south, 1e-4)
        wide = WIDE - 2 * MARGIN
        tall = min(max(wide * high / across + 2 * MARGIN, FLATTEST), TALLEST)
        self.size = (WIDE, tall)
        self.scale = min(wide / across, (tall - 2 * MARGIN) / high)
        self.middle, self.shrink = ((west + east) / 2, (south + north) / 2), shrink
        self.at = {c.community: self.whole(c.lon, c.lat) for c in self.scenario.communities}

    def whole(self, lon: float, lat: float) -> Point:
        """A point of the whole drawing, by its longitude and latitude."""
        return (
            self.size[0] / 2 + (lon - self.middle[0]) * self.shrink * self.scale,
            self.size[1] / 2 - (lat - self.middle[1]) * self.scale,
        )

    def seen(self, point: Point, sight: Sight) -> Point:
        """Where a point of the whole drawing lies in what is seen."""
        wide, tall = self.size
        return (
            (point[0] - sight.middle[0] * wide) * sight.times + wide / 2,
            (point[1] - sight.middle[1] * tall) * sight.times + tall / 2,
        )

    def middle_at(self, click: Point, sight: Sight) -> Point:
        """The middle of a sight that looks where somebody clicked."""
        wide, tall = self.size
        return (
            sight.middle[0] + (click[0] - wide / 2) / sight.times / wide,
            sight.middle[1] + (click[1] - tall / 2) / sight.times / tall,
        )

    def nearest(self, click: Point, sight: Sight) -> str:
        """The place that lies nearest to a click."""
        return min(self.at, key=lambda c: math.dist(click, self.seen(self.at[c], sight)))


def symbols(
    ground: Ground, tables: Mapping[str, list[dict[str, str]]], sight: Sight
) -> dict[tuple[str, str], Point]:
    """(file, id) -> where its symbol stands: those at one place in rings around it."""
    found: dict[tuple[str, str], Point] = {}
    held: dict[str, int] = {}
    step = _size(ground) * 1.9
    for file, rows in tables.items():
        for row in rows:
            place, id_ = row.get("community", ""), next(iter(row.values()), "")
            if place not in ground.at:
                continue
            n = held[place] = held.get(place, 0) + 1
            at = ground.seen(ground.at[place], sight)
            found[file, id_] = _ring(at, n, step)
    return found


def _ring(at: Point, n: int, step: float) -> Point:
    """Where the n-th of a place stands: six in the first ring, twelve in the second, and so on."""
    ring, before = 1, 0
    while n > before + 6 * ring:
        before += 6 * ring
        ring += 1
    turn = 2 * math.pi * (n - before - 1) / (6 * ring) - math.pi / 2
    return at[0] + ring * step * math.cos(turn), at[1] + ring * step * math.sin(turn)


def hit(places: Mapping[tuple[str, str], Point], click: Point) -> tuple[str, str] | None:
    """What stands where somebody clicked; None where nothing does."""
    near = min(places, key=lambda k: math.dist(places[k], click), default=None)
    return near if near is not None and math.dist(places[near], click) <= REACH else None


def drawn(
    ground: Ground,
    tables: Mapping[str, list[dict[str, str]]],
    sight: Sight,
    chosen: tuple[str, str] | None,
    hour: Mapping[str, Any] | None,
    lang: str,
) -> str:
    """The whole map as SVG; `hour` is one of `frames`."""
    parts = [*_ground(ground, sight), *_roads(ground, sight, hour), *_places(ground, sight, hour)]
    parts += _fires(ground, sight)
    size = _size(ground)
    placed = symbols(ground, tables, sight)
    for (file, id_), at in placed.items():
        parts.append(_symbol(file, at, size, (file, id_) == chosen))
    parts += _labels(ground, sight, list(placed.values()), lang)
    if hour is not None:
        parts += _moving(ground, sight, hour)
    return "".join(parts)


def _size(ground: Ground) -> float:
    """How large a symbol is: smaller where there are many places."""
    return 9.0 if len(ground.at) <= 40 else 6.0 if len(ground.at) <= 200 else 4.5


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points)


def _ground(ground: Ground, sight: Sight) -> list[str]:
    wide, tall = ground.size
    parts = [f'<rect width="{wide:.0f}" height="{tall:.0f}" fill="{LAND}"/>']

    def line(points: Iterable[Any]) -> str:
        return _path(ground.seen(ground.whole(p[0], p[1]), sight) for p in points)

    for ring in ground.outlines:
        parts.append(f'<path d="{line(ring)}Z" fill="none" stroke="{OUTLINE}" stroke-width="2" '
                     'stroke-dasharray="9 4 2 4"/>')  # fmt: skip
    for water in ground.waters:
        parts.append(f'<path d="{line(water)}" fill="none" stroke="{WATER}" stroke-width="3"/>')
    for point in ground.scenario.water_points:
        at = ground.seen(ground.whole(point.lon, point.lat), sight)
        parts.append(_dot(at, 4, WATER, INK))
    return parts


def _roads(ground: Ground, sight: Sight, hour: Mapping[str, Any] | None) -> list[str]:
    closed = set(hour["closed"]) if hour is not None else set()
    wide = 1.6 if len(ground.at) > 200 else 2.4
    parts = []
    for road in ground.scenario.roads:
        ends = [ground.seen(ground.at[c], sight) for c in (road.from_community, road.to_community)]
        shut = road.road in closed
        look = f'stroke="{INK}" stroke-dasharray="3 4"' if shut else f'stroke="{ROAD}"'
        parts.append(f'<path d="{_path(ends)}" {look} stroke-width="{wide + shut}"/>')
    return parts


def _dot(at: Point, radius: float, fill: str, stroke: str = "none", opacity: float = 1.0) -> str:
    return (
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}" fill="{fill}" '
        f'stroke="{stroke}" fill-opacity="{opacity:g}"/>'
    )


def _places(ground: Ground, sight: Sight, hour: Mapping[str, Any] | None) -> list[str]:
    """A dot a place; in an hour of a run under water, without power, with calls for help."""
    size = _size(ground)
    parts = []
    for place, whole in ground.at.items():
        at = ground.seen(whole, sight)
        if hour is not None:
            if depth := hour["wet"].get(place):
                parts.append(_dot(at, size * (1.6 + min(depth, 2.0)), SKY, opacity=0.7))
            if calls := hour["calls"].get(place):
                radius = size * (1.2 + math.log2(1 + calls) / 2)
                parts.append(
                    _dot(at, radius, "none", VERMILION).replace("/>", ' stroke-width="3"/>')
                )
        dark = hour is not None and place in hour["dark"]
        parts.append(_dot(at, size * 0.5, INK if dark else "#FFFFFF", INK))
    return parts


def _fires(ground: Ground, sight: Sight) -> list[str]:
    parts = []
    for fire in ground.scenario.ignitions:
        a, b = ground.seen(ground.whole(fire.lon, fire.lat), sight)
        star = [(a, b - 12), (a + 8, b + 8), (a, b + 3), (a - 8, b + 8)]
        parts.append(f'<path d="{_path(star)}Z" fill="{ORANGE}" stroke="{INK}"/>')
    return parts


def _symbol(file: str, at: Point, size: float, chosen: bool) -> str:
    a, b = at
    shapes = {
        TEAMS: [(a, b - size), (a + size, b + size * 0.8), (a - size, b + size * 0.8)],
        STORES: [(a - size * 0.8, b - size * 0.8), (a + size * 0.8, b - size * 0.8),
                 (a + size * 0.8, b + size * 0.8), (a - size * 0.8, b + size * 0.8)],
        SHELTERS: [(a, b - size), (a + size, b - size * 0.1), (a + size * 0.7, b + size * 0.9),
                   (a - size * 0.7, b + size * 0.9), (a - size, b - size * 0.1)],
    }  # fmt: skip
    edge = f'stroke="{INK}" stroke-width="4"' if chosen else 'stroke="#FFFFFF" stroke-width="1"'
    return f'<path d="{_path(shapes[file])}Z" fill="{COLOURS[file]}" {edge}/>'


def _labels(ground: Ground, sight: Sight, placed: list[Point], lang: str) -> list[str]:
    """The names of towns, below what stands there, as many as do not cover each other."""
    written: list[Point] = []
    parts = []
    for town in ground.scenario.towns:
        at = ground.seen(ground.whole(town.lon, town.lat), sight)
        name = escape(name_of(town, lang))
        around = [p[1] for p in placed if math.dist(p, at) < APART]
        at = (at[0], max([at[1], *around]) + 22)
        near = [p for p in written if abs(p[1] - at[1]) < 20 and abs(p[0] - at[0]) < 2.2 * APART]
        if near and len(ground.scenario.towns) > 1:
            continue
        written.append(at)
        side = "end" if at[0] > ground.size[0] - 120 else "start" if at[0] < 120 else "middle"
        parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="17" text-anchor="{side}" '
            f'paint-order="stroke" stroke="{LAND}" stroke-width="4" fill="{INK}" '
            f'style="font-family:inherit">{name}</text>'
        )
    return parts


def _moving(ground: Ground, sight: Sight, hour: Mapping[str, Any]) -> list[str]:
    """Who is on the way: crews as small triangles, lorries as small squares."""
    parts = []
    for kind, lon, lat in hour["moving"]:
        at = ground.seen(ground.whole(lon, lat), sight)
        if kind == "crew":
            a, b = at
            shape = [(a, b - 5), (a + 5, b + 4), (a - 5, b + 4)]
            parts.append(f'<path d="{_path(shape)}Z" fill="{PURPLE}" stroke="#FFFFFF"/>')
        else:
            parts.append(
                f'<rect x="{at[0] - 4:.1f}" y="{at[1] - 4:.1f}" width="8" height="8" '
                f'fill="{GREY}" stroke="#FFFFFF"/>'
            )
    return parts


def place_names(ground: Ground, lang: str) -> dict[str, str]:
    """Place -> its name with its town's."""
    found = names(ground.scenario, lang)
    return {place: found[place] for place in ground.at}
