"""The places of a scenario as arrays, and the world that all runs of it share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from anlan.sim.place.graph import RoadGraph, graph_of
from anlan.sim.place.population import Population, settle
from anlan.sim.place.searches import Sparse
from anlan.sim.scenario.schema import Community, Scenario, Town


@dataclass(frozen=True)
class World:
    """What does not change between runs: places, people, and where things stand."""

    scenario: Scenario
    index: dict[str, int]  # community id -> number
    town_of: NDArray[np.int64]  # (C,) number of its town
    town_seat: NDArray[np.int64]  # (towns,) the community nearest to each town's own coordinates
    seat_km: NDArray[np.float64]  # (C,) by road from the seat of its town, roads open
    command: int  # community of the command seat
    people: Population
    graph: RoadGraph

    @property
    def places(self) -> int:
        """C: how many communities there are."""
        return len(self.index)


def build(scenario: Scenario) -> World:
    """Build the world of a scenario. Needs each town to have at least one community."""
    index = {c.community: i for i, c in enumerate(scenario.communities)}
    towns = {t.town: i for i, t in enumerate(scenario.towns)}
    town_of = np.array([towns[c.town] for c in scenario.communities], dtype=np.int64)
    seats = np.zeros(len(towns), dtype=np.int64)
    for number, town in enumerate(scenario.towns):
        there = [c for c in scenario.communities if c.town == town.town]
        seats[number] = index[min((_apart(c, town), c.community) for c in there)[1]]
    seat = scenario.settings.command_community
    graph = graph_of(scenario)
    return World(
        scenario=scenario,
        index=index,
        town_of=town_of,
        town_seat=seats,
        seat_km=_seat_km(graph, town_of, seats),
        command=index[seat if seat is not None else min(index)],
        people=settle(scenario),
        graph=graph,
    )


def _apart(community: Community, town: Town) -> float:
    """How far a community lies from its town's coordinates, degrees."""
    return float(np.hypot(community.lon - town.lon, community.lat - town.lat))


def _seat_km(
    graph: RoadGraph, town_of: NDArray[np.int64], seats: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Shortest way from each town's seat to its communities, on foot: either way along any road."""
    tail = np.concatenate([graph.tail, graph.head])
    head = np.concatenate([graph.head, graph.tail])
    either_way = Sparse(graph.nodes, tail, head)
    km = dijkstra(either_way.matrix(np.tile(graph.length_km, 2)), indices=seats)
    return np.asarray(km[town_of, np.arange(graph.nodes)])
