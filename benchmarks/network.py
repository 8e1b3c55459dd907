"""A made-up road network as large as a real extract of a city: the same for the same seed.

A grid of crossings, shaken and with gaps, whose streets bend: some 50,000 nodes, two thirds of them
of degree two, 127,000 directed links. Communities, shelters, stores, bases and incidents stand at
nodes of their own. A storm shuts and slows the roads inside discs that move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anlan.sim.place.graph import CLOSED_MS, Floats, Ints, Links, Nodes, RoadGraph, build, travel_ms

SIDE = 132  # crossings along an edge of the grid
SPACING_KM = 0.4
GAPS = 0.105  # share of streets that are missing
BENDS = 1.05  # mean number of nodes along a street
KM_A_DEGREE = 111.0


@dataclass(frozen=True)
class Town:
    """A network and who stands where in it (numbers of nodes)."""

    graph: RoadGraph
    speed_kmh: Floats  # (L,)
    communities: Ints
    shelters: Ints
    stores: Ints
    bases: Ints
    incidents: Ints


def make_town(seed: int = 1) -> Town:
    """300 communities, 150 shelters, 20 stores and 60 bases, all of them stops; 100 incidents."""
    rng = np.random.default_rng(seed)
    x_km, y_km, a, b = _crossings(rng)
    x_km, y_km, tail, head, km, kmh = _streets(rng, x_km, y_km, a, b)
    chosen = rng.permutation(len(x_km))
    communities, shelters, stores, bases, incidents = np.split(
        chosen[:630], np.cumsum([300, 150, 20, 60])
    )
    graph = build(
        Links(
            tail=np.concatenate([tail, head]),
            head=np.concatenate([head, tail]),
            length_km=np.tile(km, 2),
            road=np.tile(np.arange(len(tail)), 2),
        ),
        Nodes(
            count=len(x_km),
            stops=np.concatenate([communities, shelters, stores, bases]),
            lon=120.0 + x_km / KM_A_DEGREE,
            lat=31.0 + y_km / KM_A_DEGREE,
        ),
    )
    return Town(graph, np.tile(kmh, 2), communities, shelters, stores, bases, incidents)


def closures(town: Town, states: int = 30, seed: int = 1) -> list[Ints]:
    """Weights of each state of a storm, (L,): some 3 % of the roads shut, twice as many slowed."""
    rng = np.random.default_rng([seed, 2])
    graph = town.graph
    assert graph.node_lon is not None
    assert graph.node_lat is not None
    place = np.stack([graph.node_lon, graph.node_lat], axis=1) * KM_A_DEGREE
    middle = (place[graph.tail] + place[graph.head]) / 2
    low, high = place.min(axis=0), place.max(axis=0)
    centres = rng.uniform(low, high, (12, 2))
    open_ms = travel_ms(graph.length_km, town.speed_kmh)
    found = []
    for _ in range(states):
        centres = np.clip(centres + rng.normal(0.0, 0.5, centres.shape), low, high)
        off_km = np.sqrt(((middle[:, None] - centres) ** 2).sum(axis=2)).min(axis=1)
        wet_ms = np.where(off_km < 2.6, open_ms * 3, open_ms)
        found.append(np.where(off_km < 1.5, CLOSED_MS, wet_ms))
    return found


def _crossings(rng: np.random.Generator) -> tuple[Floats, Floats, Ints, Ints]:
    """Where the crossings of the grid's largest connected part are, and the ends of its streets."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    a = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    b = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    there = rng.random(len(a)) >= GAPS
    a, b = a[there], b[there]
    joined = coo_array((np.ones(len(a)), (a, b)), shape=(number.size, number.size))
    _, part = connected_components(joined, directed=False)
    largest = part == np.bincount(part).argmax()
    renumbered = np.cumsum(largest) - 1
    kept = largest[a]
    place = np.stack(np.divmod(np.flatnonzero(largest), SIDE)) * SPACING_KM
    x_km, y_km = place + rng.uniform(-0.15, 0.15, place.shape)
    return x_km, y_km, renumbered[a[kept]], renumbered[b[kept]]


def _streets(
    rng: np.random.Generator, x_km: Floats, y_km: Floats, a: Ints, b: Ints
) -> tuple[Floats, Floats, Ints, Ints, Floats, Floats]:
    """The streets with their bends: place of each node; ends, length and speed of each piece."""
    bends = rng.geometric(1.0 / (1.0 + BENDS), len(a)) - 1
    street = np.repeat(np.arange(len(a)), bends)
    order = np.arange(len(street)) - np.repeat(np.cumsum(bends) - bends, bends)
    along = (order + 1.0) / (bends[street] + 1.0)
    node = len(x_km) + np.arange(len(street))
    bent = rng.uniform(-0.03, 0.03, (2, len(street)))
    x_all, y_all = (
        np.concatenate([km, (1 - along) * km[a[street]] + along * km[b[street]] + off])
        for km, off in ((x_km, bent[0]), (y_km, bent[1]))
    )
    # A piece before each bend, and one after the last.
    before = np.where(order == 0, a[street], node - 1)
    last = np.array(a)
    last[street] = node  # the last bend of a street is written last
    tail, head = np.concatenate([before, last]), np.concatenate([node, b])
    km = np.hypot(x_all[tail] - x_all[head], y_all[tail] - y_all[head])
    kmh = rng.choice([20.0, 30.0, 40.0, 60.0], len(a), p=[0.3, 0.4, 0.2, 0.1])
    return x_all, y_all, tail, head, km, kmh[np.concatenate([street, np.arange(len(a))])]
