"""Streets -> roads between places: each place to each neighbour whose ways meet its own first.

Every point of the network belongs to the place from which it is reached soonest, and to the place
that it reaches soonest: the network's Voronoi cells (Erwig 2000). Where a link leads from the
cell of one place into that of another, the two are neighbours, and the quickest way between them
over such a link becomes one road with its exact length. Ways between places that are no
neighbours are made of these, as they lead past others in any case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from anlan.app.osm.ways import Floats, Ints, Streets

KM_PER_DEGREE = 6371.0 * np.pi / 180.0
NOBODY = -1
LEAST_KM = 0.001  # a road needs a length, also between two places at one point
ALIKE = 0.02  # there and back this near in length and time are one road for both directions


@dataclass(frozen=True)
class Snapped:
    """P places and the point of the main network nearest to each.

    `point` (P,): NOBODY where none is near enough; `away_km` (P,) to the nearest; `island` (P,):
    whether a point that the main network does not reach lies nearer.
    """

    point: Ints
    away_km: Floats
    island: NDArray[np.bool_]


@dataclass(frozen=True)
class Way:
    """A road from one place to another: lengths and times add up, limits are the least."""

    tail: int
    head: int
    length_km: float
    hours: float
    lanes: int
    trees: float
    max_kg: float
    max_height_m: float
    oneway: bool = True


def main_network(streets: Streets) -> tuple[NDArray[np.bool_], int, float]:
    """Which points can be reached from each other and back, of all such sets the longest one.

    Also how many other sets of more than one point there are, and the kilometres of links that
    lie outside of the main one (each direction by itself).
    """
    count, label = connected_components(_matrix(streets), connection="strong")
    within = label[streets.tail] == label[streets.head]
    length = np.bincount(label[streets.tail][within], streets.length_km[within], count)
    main = int(length.argmax())
    points = np.bincount(label, minlength=count)
    lost_km = float(streets.length_km[~(within & (label[streets.tail] == main))].sum())
    return label == main, int((points > 1).sum()) - 1, lost_km


def snap(
    lon: Floats, lat: Floats, streets: Streets, main: NDArray[np.bool_], most_km: float
) -> Snapped:
    """Each place to its nearest point of the main network, at most so far."""
    used = np.zeros(len(streets.lon), dtype=bool)
    used[streets.tail] = used[streets.head] = True
    plane = _Plane(float(np.mean(lat)))
    places = plane.km(lon, lat)
    numbers = np.flatnonzero(used & main)
    away, nearest = cKDTree(plane.km(streets.lon[numbers], streets.lat[numbers])).query(places)
    others = np.flatnonzero(used & ~main)
    nearer = np.full(len(lon), np.inf)
    if len(others):
        nearer[:] = cKDTree(plane.km(streets.lon[others], streets.lat[others])).query(places)[0]
    point = np.where(away <= most_km, numbers[nearest], NOBODY)
    return Snapped(point, np.asarray(away), nearer < away)


def ways_between(streets: Streets, main: NDArray[np.bool_], snapped: Snapped) -> list[Way]:
    """The roads between neighbours among the places that were snapped, by their numbers."""
    places = np.flatnonzero(snapped.point != NOBODY)
    points, place_of = _first_at(snapped.point[places], places)
    trees = _Trees(streets, main, points)
    best = trees.best_links()
    found = {
        (place_of[i], place_of[j]): trees.way(link, place_of[i], place_of[j], snapped.away_km)
        for (i, j), link in best.items()
    }
    for i, j in _at_one_point(snapped.point, places):
        km = max(LEAST_KM, float(snapped.away_km[i] + snapped.away_km[j]))
        found[i, j] = found[j, i] = Way(i, j, km, km / 15.0, 1, 0.0, np.inf, np.inf)
    return _paired(found)


class _Plane:
    """Degrees as kilometres east and north, near one latitude."""

    def __init__(self, lat: float) -> None:
        self.scale = np.array([KM_PER_DEGREE * np.cos(np.radians(lat)), KM_PER_DEGREE])

    def km(self, lon: Floats, lat: Floats) -> Floats:
        return np.asarray(np.stack([lon, lat], axis=1) * self.scale)


class _Trees:
    """From which place each point is reached soonest, and which place it reaches soonest."""

    def __init__(self, streets: Streets, main: NDArray[np.bool_], points: Ints) -> None:
        keep = np.flatnonzero(main[streets.tail] & main[streets.head])
        self.streets, self.points = streets, points
        self.hours = streets.length_km / streets.speed_kmh
        # Of several links between two points the quickest serves; equal ones by their row.
        order = keep[np.lexsort((keep, self.hours[keep], streets.head[keep], streets.tail[keep]))]
        pair = np.stack([streets.tail[order], streets.head[order]])
        self.links = order[np.r_[True, (pair[:, 1:] != pair[:, :-1]).any(axis=0)]]
        self.link_at = {
            (int(streets.tail[k]), int(streets.head[k])): int(k) for k in self.links.tolist()
        }
        size = len(streets.lon)
        ends = (streets.tail[self.links], streets.head[self.links])
        # scipy reads a weight of nothing as no link at all.
        there = csr_array((np.maximum(self.hours[self.links], 1e-12), ends), shape=(size, size))
        self.out_h, self.out_by, self.out_of = _tree(there, points)
        self.in_h, self.in_by, self.in_to = _tree(csr_array(there.T), points)

    def best_links(self) -> dict[tuple[int, int], int]:
        """(from, to), as numbers of `points` -> the link over which the way is quickest."""
        tail, head = self.streets.tail[self.links], self.streets.head[self.links]
        i, j = self.out_of[tail], self.in_to[head]
        hours = self.out_h[tail] + self.hours[self.links] + self.in_h[head]
        over = (i != j) & (i != NOBODY) & (j != NOBODY) & np.isfinite(hours)
        found: dict[tuple[int, int], int] = {}
        for n in np.flatnonzero(over)[np.argsort(hours[over], kind="stable")].tolist():
            found.setdefault((int(i[n]), int(j[n])), int(self.links[n]))
        return found

    def way(self, link: int, tail: int, head: int, away_km: Floats) -> Way:
        """The whole way over one link, from the place before it to the place after it."""
        streets = self.streets
        links = [
            *self._back(int(streets.tail[link])), link, *self._onwards(int(streets.head[link]))
        ]  # fmt: skip
        km = streets.length_km[links]
        # From the place to the network and from it to the other: as the crow flies, at the pace
        # of the first and last street.
        legs = np.array([away_km[tail], away_km[head]])
        hours = self.hours[links].sum() + (legs / streets.speed_kmh[[links[0], links[-1]]]).sum()
        length = max(LEAST_KM, float(km.sum() + legs.sum()))
        return Way(
            tail, head, length, float(max(hours, 1e-6)), int(streets.lanes[links].min()),
            float((km * streets.trees_per_km[links]).sum()),
            float(streets.max_kg[links].min()), float(streets.max_height_m[links].min()),
        )  # fmt: skip

    def _back(self, point: int) -> list[int]:
        """The links by which a point is reached from its place, in order."""
        found = []
        while self.out_by[point] >= 0:
            before = int(self.out_by[point])
            found.append(self.link_at[before, point])
            point = before
        return found[::-1]

    def _onwards(self, point: int) -> list[int]:
        """The links by which a point reaches its place, in order."""
        found = []
        while self.in_by[point] >= 0:
            after = int(self.in_by[point])
            found.append(self.link_at[point, after])
            point = after
        return found


def _tree(there: csr_array, points: Ints) -> tuple[Floats, Ints, Ints]:
    """Of each point: hours from the nearest of `points`, the point before it, which of them."""
    hours, before, source = dijkstra(there, indices=points, min_only=True, return_predecessors=True)
    number = np.full(there.shape[0], NOBODY, dtype=np.int64)
    number[points] = np.arange(len(points))
    of = np.where(source >= 0, number[np.maximum(source, 0)], NOBODY)
    return np.asarray(hours), np.asarray(before, dtype=np.int64), np.asarray(of, dtype=np.int64)


def _first_at(point: Ints, places: Ints) -> tuple[Ints, list[int]]:
    """The points that places are at, each once, and the first place at each."""
    points, first = np.unique(point, return_index=True)
    return points.astype(np.int64), [int(n) for n in places[first]]


def _at_one_point(point: Ints, places: Ints) -> list[tuple[int, int]]:
    """Places at a point where another stands before them, each with that one."""
    first: dict[int, int] = {}
    return [
        (first[int(point[p])], int(p))
        for p in places.tolist()
        if first.setdefault(int(point[p]), int(p)) != p
    ]


def _paired(found: dict[tuple[int, int], Way]) -> list[Way]:
    """One road for both directions where they are alike, else one for each, by the places."""
    ways = []
    for (i, j), way in sorted(found.items()):
        back = found.get((j, i))
        if back is None or not _alike(way, back):
            ways.append(way)
        elif i < j:
            ways.append(
                Way(
                    i, j, max(way.length_km, back.length_km), max(way.hours, back.hours),
                    min(way.lanes, back.lanes), max(way.trees, back.trees),
                    min(way.max_kg, back.max_kg), min(way.max_height_m, back.max_height_m), False,
                )
            )  # fmt: skip
    return ways


def _alike(a: Way, b: Way) -> bool:
    pairs = ((a.length_km, b.length_km), (a.hours, b.hours))
    return all(abs(there - back) <= ALIKE * max(there, back) for there, back in pairs)


def _matrix(streets: Streets) -> csr_array:
    size = len(streets.lon)
    ones = np.ones(len(streets.tail))
    return csr_array((ones, (streets.tail, streets.head)), shape=(size, size))
