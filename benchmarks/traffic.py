"""Queues on the roads beside UXsim (pip install uxsim) on a grid of 10 x 10 places.

    python3 benchmarks/traffic.py [--load 0.5 1.0 1.5] [--seed 1]

Cars set out evenly through an hour between random places; the busiest road, by the quickest ways,
is asked for `load` times what it carries. Roads are 0.9 to 1.1 km long, at 36 km/h, with one lane
of 600 cars an hour. UXsim, which has queues that reach back and a diagram of speed and density, is
played twice: everybody on the ways that this program takes, and with its own choice of ways.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from anlan.sim.networks.roads import RoadRules, Roads  # noqa: E402
from anlan.sim.networks.traffic import UNITS  # noqa: E402
from anlan.sim.place.exposure import exposure_of  # noqa: E402
from anlan.sim.place.roads import RoadTable, Route  # noqa: E402
from tests.oracle.calm import places, quiet_traffic  # noqa: E402

SIDE, KMH, VEH_H, HOUR_MIN = 10, 36.0, 600.0, 60.0
PLATOON = 5  # cars that UXsim moves together
PAIRS = 400
Cars = list[tuple[float, Route]]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--load", type=float, nargs="+", default=[0.5, 1.0, 1.5])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("load   cars   free min   here   UXsim, same ways   UXsim, its own ways")
    for load in given.load:
        roads = grid(given.seed)
        cars = demand(roads, load, given.seed)
        free = float(np.mean([way.minutes[-1] for _, way in cars]))
        mine = ours(roads, cars)
        peer = [uxsim_mean(roads, cars, given.seed, same) for same in (True, False)]
        told = "   ".join(f"{m:5.1f} (here {mine / m - 1.0:+.0%})" for m in peer)
        print(f"{load:4.1f}  {len(cars):5d}   {free:7.1f}   {mine:5.1f}   {told}")


def grid(seed: int) -> Roads:
    """The roads, all of them open and dry."""
    rng = np.random.default_rng(seed)
    links = []
    for row in range(SIDE):
        for column in range(SIDE):
            here = row * SIDE + column
            ends = [here + 1] if column < SIDE - 1 else []
            ends += [here + SIDE] if row < SIDE - 1 else []
            links += [(here, end, float(rng.uniform(0.9, 1.1)), KMH) for end in ends]
    scenario = places(SIDE * SIDE, links)
    given = {"lanes": 1, "capacity_veh_h_lane": VEH_H}
    roads = tuple(r.model_copy(update=given) for r in scenario.roads)
    scenario = scenario.model_copy(update={"roads": roads})
    table = RoadTable(scenario, {c.community: n for n, c in enumerate(scenario.communities)})
    traffic = quiet_traffic(scenario, table)
    return Roads(RoadRules.read(scenario), table, exposure_of(scenario), 1, traffic)


def demand(roads: Roads, load: float, seed: int) -> Cars:
    """Cars in the order in which they set out, in platoons, and the way of each."""
    rng = np.random.default_rng([seed, 2])
    ways: list[Route] = []
    while len(ways) < PAIRS:
        start, end = rng.integers(0, SIDE * SIDE, 2).tolist()
        way = roads.map.route("car", start, end) if start != end else None
        if way is not None:
            ways.append(way)
    busy = np.zeros(2 * roads.table.n)
    for way in ways:
        for road, node in zip(way.roads, way.nodes, strict=False):
            busy[roads.traffic.link(road, node)] += 1.0
    total = round(load * VEH_H / busy.max() * PAIRS / PLATOON)  # platoons
    rounds = [rng.permutation(PAIRS) for _ in range(total // PAIRS + 1)]
    order = np.concatenate(rounds)[:total]
    minutes = np.arange(total) * HOUR_MIN / total
    return [
        (float(m), ways[n])
        for m, n in zip(minutes.tolist(), order.tolist(), strict=True)
        for _ in range(PLATOON)
    ]


def ours(roads: Roads, cars: Cars) -> float:
    """Mean trip in minutes, as the runs have it: a tick's people book as the tick begins."""
    traffic, spent = roads.traffic, 0.0
    tick_min = float(traffic.clock.tick_min)
    for minute, way in cars:
        left, waited = minute // tick_min * tick_min, 0.0
        for road, node, after in zip(way.roads, way.nodes, way.minutes, strict=False):
            waited += traffic.book(traffic.link(road, node), left + after + waited, UNITS)
        spent += way.minutes[-1] + waited
    return spent / len(cars)


def uxsim_mean(roads: Roads, cars: Cars, seed: int, same_ways: bool) -> float:
    """Mean trip in minutes in UXsim."""
    from uxsim import World

    world: Any = World(
        name="", deltan=PLATOON, tmax=6 * 3600, print_mode=0, save_mode=0, random_seed=seed
    )
    node = [world.addNode(f"c{n}", n % SIDE, n // SIDE) for n in range(SIDE * SIDE)]
    table, link = roads.table, {}
    for road in range(table.n):
        for a, b in ((table.a[road], table.b[road]), (table.b[road], table.a[road])):
            link[road, int(a)] = world.addLink(
                f"r{road}-{a}", node[a], node[b], length=1000.0 * float(table.length_km[road]),
                free_flow_speed=KMH / 3.6, jam_density=0.2, capacity_out=VEH_H / 3600.0,
                capacity_in=VEH_H / 3600.0,
            )  # fmt: skip
    for minute, way in cars[::PLATOON]:
        ends = node[way.nodes[0]], node[way.nodes[-1]]
        vehicle = world.addVehicle(*ends, 60.0 * minute)
        if same_ways:
            route = [link[r, n] for r, n in zip(way.roads, way.nodes, strict=False)]
            vehicle.enforce_route(route)
    world.exec_simulation()
    world.analyzer.basic_analysis()
    done = world.analyzer.trip_completed / world.analyzer.trip_all
    if done < 1.0:
        print(f"({done:.1%} of UXsim's trips were over after six hours)")
    return float(world.analyzer.average_travel_time) / 60.0


if __name__ == "__main__":
    main()
