"""Rows that do not go with what stands beside them: a height, a distance, an area, a share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.text.numbers import number
from anlan.sim import Odd, need_of_a_day
from anlan.sim.scenario.schema import Scenario

Floats = NDArray[np.float64]
Found = Sequence[tuple[int, Mapping[str, object]]]

KM_A_DEG = 111.2
NEAR = 8  # neighbours that a community is held against
BLOCK = 500  # communities whose distances to all others are worked out at once
# In flat country nobody lives 50 m above all neighbours, in hills nobody ten times as far from the
# middle of their heights as these usually lie.
OFF_M, OFF_TIMES = 50.0, 10.0
# Distances to one and the same coast differ by no more than the way between two places; the bank
# of a tidal river may be meant at one of them.
COAST_KM, COAST_TIMES = 20.0, 2.0
# Of places spread evenly, a place's area is about the square of the way to its third neighbour.
AREA_TIMES = 40.0
# Clocks in the west of Xinjiang, which keep Beijing's time, are three hours before the sun.
DEG_AN_HOUR, OFF_H = 15.0, 3.5
# GB/T 28592-2012: rain is heavy from 15 mm in 12 hours on, which drains carry anywhere.
CALM_MM_H = 2.0
DAYS = 90.0  # no store holds what all residents of its district need for a season


def odd_beside(scenario: Scenario) -> Iterator[Odd]:
    """What does not go with its neighbours or with the residents; each kind once."""
    for look in LOOKS:
        yield from look(scenario)


def _told(key: str, file: str, column: str, found: Found) -> Iterator[Odd]:
    """The first of the rows of one kind, with how many there are; nothing without any."""
    if found:
        index, fill = found[0]
        yield Odd(key, file, index, column, {"n": len(found), **fill})


def _neighbours(scenario: Scenario) -> tuple[NDArray[np.intp], Floats]:
    """(C, NEAR) the nearest other communities, and how far they are in km; nearest first."""
    lon = np.array([c.lon for c in scenario.communities])
    lat = np.array([c.lat for c in scenario.communities])
    east, north = lon * KM_A_DEG * np.cos(np.radians(lat.mean())), lat * KM_A_DEG
    nearest, far = [], []
    for begin in range(0, len(lon), BLOCK):
        part = slice(begin, begin + BLOCK)
        km = np.hypot(east[part, None] - east, north[part, None] - north)
        km[np.arange(len(km)), np.arange(begin, begin + len(km))] = np.inf  # itself
        order = np.argsort(km, axis=1, kind="stable")[:, :NEAR]
        nearest.append(order)
        far.append(np.take_along_axis(km, order, axis=1))
    return np.concatenate(nearest), np.concatenate(far)


def _places(scenario: Scenario) -> Iterator[Odd]:
    """Heights, distances to the coast and areas that are not those of the neighbours."""
    places = scenario.communities
    if len(places) <= NEAR:
        return
    near, km = _neighbours(scenario)
    yield from _told("height_off", "communities.csv", "elevation_m", _heights(scenario, near))
    coast_km = np.array([c.coast_km for c in places])
    # off from all of its neighbours, else it is one of these that is wrong
    off = np.abs(coast_km[:, None] - coast_km[near]) > COAST_KM + COAST_TIMES * km
    rows = np.flatnonzero(off.mean(axis=1) > 0.5)
    found = [(int(i), {"what": places[i].community, "km": number(coast_km[i]),
                       "other": number(float(np.median(coast_km[near[i]])))})
             for i in rows]  # fmt: skip
    yield from _told("coast_off", "communities.csv", "coast_km", found)
    large = [(i, {"what": c.community, "km2": number(c.area_km2), "km": number(km[i, 2])})
             for i, c in enumerate(places)
             if c.area_km2 > AREA_TIMES * max(km[i, 2], 1.0) ** 2]  # fmt: skip
    yield from _told("area_large", "communities.csv", "area_km2", large)


def _heights(scenario: Scenario, near: NDArray[np.intp]) -> Found:
    """Communities far above or below all around."""
    places = scenario.communities
    height_m = np.array([c.elevation_m for c in places])
    middle_m = np.median(height_m[near], axis=1)
    spread_m = np.median(np.abs(height_m[near] - middle_m[:, None]), axis=1)
    off_m = np.abs(height_m - middle_m)
    rows = np.flatnonzero(off_m > np.maximum(OFF_M, OFF_TIMES * spread_m))
    return [(int(i), {"what": places[i].community, "m": number(height_m[i]),
                      "other": number(middle_m[i])}) for i in rows]  # fmt: skip


def _ages(scenario: Scenario) -> Iterator[Odd]:
    """More people above 80 than from 60 to 79: two columns changed places."""
    found = [(i, {"what": c.community, "old": f"{c.share_80_plus:g}", "less": f"{c.share_60_79:g}"})
             for i, c in enumerate(scenario.communities)
             if c.share_80_plus is not None and c.share_60_79 is not None
             and c.share_80_plus > c.share_60_79]  # fmt: skip
    yield from _told("ages_swapped", "communities.csv", "share_80_plus", found)


def _stock(scenario: Scenario) -> Iterator[Odd]:
    """More of an item in one place than all residents need in a season: millilitres twice over."""
    items = {i.item: i for i in scenario.items}
    most = {name: DAYS * scenario.residents * need_of_a_day(i) for name, i in items.items()}
    found = [(i, {"what": s.item, "holder": s.holder, "has": f"{s.quantity:,}",
                  "unit": items[s.item].unit, "days": f"{DAYS:g}"})
             for i, s in enumerate(scenario.stock) if s.quantity > most[s.item] > 0]  # fmt: skip
    yield from _told("large_stock", "stock.csv", "quantity", found)


def _barred(scenario: Scenario) -> Iterator[Odd]:
    """Roads that not even a car may take: nobody drives on them."""
    for column, least in (("max_kg", "vehicle.car_kg"), ("max_height_m", "vehicle.car_height_m")):
        limits = [(i, r.road, getattr(r, column)) for i, r in enumerate(scenario.roads)]
        limited = [one for one in limits if one[2] is not None]
        if limited:
            car = scenario.p(least)
            found = [(i, {"what": road, "has": f"{limit:g}", "car": f"{car:g}"})
                     for i, road, limit in limited if limit < car]  # fmt: skip
            yield from _told("road_barred", "roads.csv", column, found)


def _clock(scenario: Scenario) -> Iterator[Odd]:
    """A clock that is not the district's: people sleep by it."""
    lon = float(np.mean([c.lon for c in scenario.communities]))
    offset_h = scenario.settings.utc_offset_h
    if abs(offset_h - lon / DEG_AN_HOUR) > OFF_H:
        said = {"what": f"{offset_h:g}", "lon": f"{lon:.1f}", "sun": f"{lon / DEG_AN_HOUR:+.1f}"}
        yield Odd("clock_off", "scenario.toml", None, "", said)


def _calm(scenario: Scenario) -> Iterator[Odd]:
    """Weather alone, in which it neither rains nor blows: nobody needs any help."""
    if set(scenario.hazards) != {"weather"} or not scenario.weather:
        return
    rain = max(w.rain_mm_h for w in scenario.weather)
    wind = max(w.wind_ms for w in scenario.weather)
    if rain < CALM_MM_H and wind < scenario.p("measure.gale_ms"):
        row = max(range(len(scenario.weather)), key=lambda i: scenario.weather[i].rain_mm_h)
        said = {"mm": f"{rain:.3g}", "ms": f"{wind:.3g}"}
        yield Odd("calm", "weather.csv", row, "rain_mm_h", said)


LOOKS: tuple[Callable[[Scenario], Iterator[Odd]], ...] = (
    _places,
    _ages,
    _stock,
    _barred,
    _clock,
    _calm,
)
