"""The road graph: directed links between nodes, fixed for a scenario.

Nothing here knows of hazards, ticks or runs. What a link takes at the moment, and whether it is
open, belongs to a router (`routes.py`); what opens and shuts it, to whoever sets its weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.sim.scenario.schema import Scenario

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Weights are whole milliseconds. This one stands for "closed", and a way that takes as long (24.8
# days) is no way: it is the largest number that every routing library holds.
CLOSED_MS = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Links:
    """Columns of L directed links as they come; a two-way road is two links. None: not known.

    `ids` order ties (by their text; without them the row number does). `road` is the row that a
    link was made from; `lanes` and `capacity_veh_h_lane` (vehicles an hour) are of its direction.
    """

    tail: ArrayLike
    head: ArrayLike
    length_km: ArrayLike
    ids: Sequence[str] | None = None
    road: ArrayLike | None = None
    lanes: ArrayLike | None = None
    capacity_veh_h_lane: ArrayLike | None = None
    max_kg: ArrayLike | None = None
    max_height_m: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class Nodes:
    """Columns of N nodes. `stops`: numbers of those that are often asked about; all if None.

    `ids` order ties between equally near places (without them the row number does). The coordinates
    in degrees are needed by the contraction hierarchy alone.
    """

    count: int
    ids: Sequence[str] | None = None
    stops: ArrayLike | None = None
    lon: ArrayLike | None = None
    lat: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """N nodes and L directed links. Arrays are (L,) but for the `node_` ones, (N,), and `stops`."""

    nodes: int
    tail: Ints
    head: Ints
    length_km: Floats
    rank: Ints  # place of the link's id among all: ties go to the lower one
    road: Ints  # row that it was made from
    lanes: Floats  # NaN where not known
    capacity_veh_h: Floats  # of all lanes together; NaN where not known
    max_kg: Floats  # inf without a limit
    max_height_m: Floats
    stops: Ints  # (S,)
    node_rank: Ints
    node_lon: Floats | None
    node_lat: Floats | None

    @property
    def links(self) -> int:
        """L: how many directed links it has."""
        return len(self.tail)

    def bars(self, kg: float, height_m: float) -> NDArray[np.bool_]:
        """(L,) where a vehicle is too heavy or too high."""
        return np.asarray((kg > self.max_kg) | (height_m > self.max_height_m))


def travel_ms(length_km: Floats, speed_kmh: Floats) -> Ints:
    """Whole milliseconds over each length: at least one; `CLOSED_MS` where it does not move."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ms = np.rint(length_km / speed_kmh * 3.6e6)
    held = np.clip(np.nan_to_num(ms, nan=CLOSED_MS, posinf=CLOSED_MS), 1, CLOSED_MS)
    return np.where(speed_kmh > 0.0, held, CLOSED_MS).astype(np.int64)


def build(links: Links, nodes: Nodes) -> RoadGraph:
    """A graph from plain arrays. Raises ValueError on what cannot be a road graph."""
    tail, head = np.asarray(links.tail, dtype=np.int64), np.asarray(links.head, dtype=np.int64)
    count = len(tail)
    length_km = _column(links.length_km, count, np.nan, "length_km")
    _check_ends(tail, head, nodes.count)
    if not (np.isfinite(length_km) & (length_km >= 0.0)).all():
        raise ValueError("length_km: every link needs a length of 0 km or more")
    lanes = _column(links.lanes, count, np.nan, "lanes")
    stops = range(nodes.count) if nodes.stops is None else nodes.stops
    road = np.arange(count) if links.road is None else np.asarray(links.road, dtype=np.int64)
    if len(road) != count:
        raise ValueError(f"road: {len(road)} values for {count} links")
    return RoadGraph(
        nodes=nodes.count,
        tail=tail,
        head=head,
        length_km=length_km,
        rank=_ranks(links.ids, count, "link"),
        road=road,
        lanes=lanes,
        capacity_veh_h=lanes * _column(links.capacity_veh_h_lane, count, np.nan, "capacity"),
        max_kg=_column(links.max_kg, count, np.inf, "max_kg"),
        max_height_m=_column(links.max_height_m, count, np.inf, "max_height_m"),
        stops=_stops(np.asarray(stops, dtype=np.int64), nodes.count),
        node_rank=_ranks(nodes.ids, nodes.count, "node"),
        node_lon=None if nodes.lon is None else _column(nodes.lon, nodes.count, np.nan, "lon"),
        node_lat=None if nodes.lat is None else _column(nodes.lat, nodes.count, np.nan, "lat"),
    )


def graph_of(scenario: Scenario) -> RoadGraph:
    """The graph of a scenario: its communities are the nodes, every one of them a stop."""
    index = {c.community: i for i, c in enumerate(scenario.communities)}
    ways = [(row, road, False) for row, road in enumerate(scenario.roads)]
    ways += [(row, road, True) for row, road in enumerate(scenario.roads) if not road.oneway]
    roads = [road for _, road, _ in ways]
    start = [index[r.to_community if back else r.from_community] for _, r, back in ways]
    end = [index[r.from_community if back else r.to_community] for _, r, back in ways]
    return build(
        Links(
            tail=start,
            head=end,
            length_km=[r.length_km for r in roads],
            ids=[f"{r.road}{'<' if back else '>'}" for _, r, back in ways],
            road=[row for row, _, _ in ways],
            lanes=_known([r.lanes for r in roads], np.nan),
            capacity_veh_h_lane=_known([r.capacity_veh_h_lane for r in roads], np.nan),
            max_kg=_known([r.max_kg for r in roads], np.inf),
            max_height_m=_known([r.max_height_m for r in roads], np.inf),
        ),
        Nodes(
            count=len(index),
            ids=list(index),
            lon=[c.lon for c in scenario.communities],
            lat=[c.lat for c in scenario.communities],
        ),
    )


def _known(values: Sequence[float | None], otherwise: float) -> Floats:
    return np.array([otherwise if v is None else v for v in values], dtype=np.float64)


def _column(values: ArrayLike | None, count: int, otherwise: float, name: str) -> Floats:
    if values is None:
        return np.full(count, otherwise)
    column = np.asarray(values, dtype=np.float64)
    if column.shape != (count,):
        raise ValueError(f"{name}: {column.size} values for {count} rows")
    return column


def _check_ends(tail: Ints, head: Ints, nodes: int) -> None:
    if tail.shape != head.shape:
        raise ValueError(f"{len(tail)} tails for {len(head)} heads")
    for name, ends in (("tail", tail), ("head", head)):
        if len(ends) and not 0 <= ends.min() <= ends.max() < nodes:
            raise ValueError(f"{name}: every end is a node, 0 to {nodes - 1}")


def _stops(stops: Ints, nodes: int) -> Ints:
    if len(np.unique(stops)) != len(stops):
        raise ValueError("stops: a node stands there twice")
    if len(stops) and not 0 <= stops.min() <= stops.max() < nodes:
        raise ValueError(f"stops: every stop is a node, 0 to {nodes - 1}")
    return stops


def _ranks(ids: Sequence[str] | None, count: int, what: str) -> Ints:
    """(count,) the place of each id when they are sorted as text."""
    if ids is None:
        return np.arange(count, dtype=np.int64)
    if len(ids) != count or len(set(ids)) != count:
        raise ValueError(f"{what} ids: {count} different ones are needed")
    ranks = np.empty(count, dtype=np.int64)
    ranks[sorted(range(count), key=ids.__getitem__)] = np.arange(count)
    return ranks
