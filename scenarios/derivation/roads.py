"""roads.csv: village roads, roads between town seats, and the few long ways over the water."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from anlan.scenarios.derivation.chance import Floats, uniform
from anlan.scenarios.derivation.files import Record
from anlan.scenarios.derivation.network import gabriel, shortest_tree
from anlan.scenarios.derivation.places import Assumed, Ints, Layout

Pair = tuple[int, int]


@dataclass(frozen=True)
class Link:
    """A road of known kind between two places, such as the way over a bridge."""

    pair: Pair
    length_km: float
    speed_kmh: float


def roads(
    layout: Layout,
    ids: Sequence[str],
    assumed: Assumed,
    islands: Sequence[str] = (),
    links: Sequence[Link] = (),
    bridges: Collection[Pair] = (),
    apart: Callable[[Pair], bool] = lambda _: False,
) -> list[Record]:
    """Gabriel graphs over the seats and over all places, islands apart, and the links.

    Of the neighbours among all places that are not seats only some are joined in hills: those of
    the shortest tree, which leaves nobody out, and the others by chance (`neighbours_joined`).
    apart: says which places a river keeps apart; bridges: pairs joined over it all the same.
    """
    on_island = np.isin([u.id for u in layout.units], list(islands))
    seats = layout.seats
    main = _joined(layout.points, seats[~on_island]) | set(bridges)
    local = _joined(layout.points, np.flatnonzero(~on_island[layout.town_of]))
    local |= _joined(layout.points, np.flatnonzero(on_island[layout.town_of]))
    main, local = ({p for p in s if p in bridges or not apart(p)} for s in (main, local))
    local = _thinned(local, layout.points, ids, assumed) - main
    linked = {link.pair: link for link in links}
    pairs = sorted(main | local | set(linked))
    dips = assumed["dip_max_m"] * uniform(assumed["seed"], "dip", len(pairs)) ** 3
    # What a road stands above the low streets of its ends is a dip below nothing.
    dips -= assumed["rise_max_m"] * uniform(assumed["seed"], "rise", len(pairs))
    rows: list[Record] = []
    for number, (i, j) in enumerate(pairs):
        length = float(np.linalg.norm(layout.points[i] - layout.points[j]))
        kind = "main" if (i, j) in main else "local"
        row: Record = {
            "road": f"r-{number + 1:03d}",
            "from_community": ids[i],
            "to_community": ids[j],
            "length_km": round(_way_km(length, kind, assumed), 3),
            "speed_kmh": f"{assumed[f'{kind}_road_kmh']:g}",
            "trees_per_km": f"{assumed[f'{kind}_trees_per_km']:g}",
            "dip_m": round(float(dips[number]), 2),
            "mark": "assumption",
        }
        if (i, j) in linked:
            row["length_km"] = linked[i, j].length_km
            row["speed_kmh"] = f"{linked[i, j].speed_kmh:g}"
            row["trees_per_km"] = row["dip_m"] = 0
        rows.append(row)
    return rows


def pair(i: int, j: int) -> Pair:
    """The smaller first."""
    return (int(min(i, j)), int(max(i, j)))


def _way_km(straight_km: float, kind: str, assumed: Assumed) -> float:
    """How long a road is: a village road also winds down from each place and up to the next."""
    if kind == "main":
        return straight_km * assumed["main_detour_factor"]
    return straight_km * assumed["detour_factor"] + assumed["detour_extra_km"]


def _thinned(pairs: set[Pair], points: Floats, ids: Sequence[str], assumed: Assumed) -> set[Pair]:
    """The pairs of the shortest tree, and of the others each by a draw of the pair's own."""
    share = assumed["neighbours_joined"]
    if share >= 1.0:
        return pairs
    tree = shortest_tree(points, sorted(pairs))
    return tree | {p for p in pairs - tree if _draw(p, ids, assumed["seed"]) < share}


def _draw(pair: Pair, ids: Sequence[str], seed: float) -> float:
    names = sorted(ids[end] for end in pair)
    return float(uniform(seed, f"joined|{names[0]}|{names[1]}", 1)[0])


def _joined(points: Floats, own: Ints) -> set[Pair]:
    if not len(own):
        return set()
    return {pair(own[i], own[j]) for i, j in gabriel(points[own])}
