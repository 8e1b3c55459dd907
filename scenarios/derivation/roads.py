"""roads.csv: village roads, roads between town seats, and the few long ways over the water."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from anlan.scenarios.derivation.chance import Floats, uniform
from anlan.scenarios.derivation.files import Record
from anlan.scenarios.derivation.network import gabriel
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

    apart: says which places a river keeps apart; bridges: pairs joined over it all the same.
    """
    on_island = np.isin([u.id for u in layout.units], list(islands))
    seats = layout.seats
    main = _joined(layout.points, seats[~on_island]) | set(bridges)
    local = _joined(layout.points, np.flatnonzero(~on_island[layout.town_of])) - main
    local |= _joined(layout.points, np.flatnonzero(on_island[layout.town_of]))
    main, local = ({p for p in s if p in bridges or not apart(p)} for s in (main, local))
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
            "length_km": round(length * assumed["detour_factor"], 3),
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


def _joined(points: Floats, own: Ints) -> set[Pair]:
    if not len(own):
        return set()
    return {pair(own[i], own[j]) for i, j in gabriel(points[own])}
