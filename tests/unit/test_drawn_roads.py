"""The drawn roads of hills beside the real ones that their four numbers were fitted to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial.distance import cdist

from anlan.scenarios.derivation.chance import uniform
from anlan.scenarios.derivation.files import FACTS, SCENARIOS, read_rows
from anlan.scenarios.derivation.network import gabriel, shortest_tree
from anlan.scenarios.derivation.places import Layout
from anlan.scenarios.derivation.roads import roads
from anlan.scenarios.derivation.sites import Plane
from anlan.scenarios.derivation.units import Unit

Floats = NDArray[np.float64]
REAL = [r for r in read_rows(FACTS / "road_detours.csv") if r["district"] == "fuling"]
HILLS = {
    "main_detour_factor": 1.2, "detour_factor": 1.1, "detour_extra_km": 0.5, "dip_max_m": 0.6,
    "rise_max_m": 0.0, "main_road_kmh": 40.0, "local_road_kmh": 25.0, "main_trees_per_km": 0.0,
    "local_trees_per_km": 0.0, "seed": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def fuling() -> tuple[Floats, Floats]:
    """Straight and driven kilometres between each two of Fuling's places, shape (433, 433)."""
    folder = SCENARIOS / "fuling-forest-fire"
    places, links = (read_rows(folder / f"{name}.csv") for name in ("communities", "roads"))
    at = {row["community"]: number for number, row in enumerate(places)}
    plane = Plane(float(places[0]["lon"]), float(places[0]["lat"]))
    points = plane.xy([(float(row["lon"]), float(row["lat"])) for row in places])
    ends = ([at[r["from_community"]] for r in links], [at[r["to_community"]] for r in links])
    ways = csr_array(([float(r["length_km"]) for r in links], ends), shape=(len(at), len(at)))
    return cdist(points, points), np.asarray(dijkstra(ways, directed=False))


@pytest.mark.parametrize("row", REAL, ids=lambda r: f"{r['from_km']} km, quantile {r['quantile']}")
def test_ways_wind_as_they_do_in_fuling(row: dict[str, str], fuling: tuple[Floats, Floats]) -> None:
    """Of a fit, not of a finding: four numbers against these eight, all within a tenth."""
    straight, driven = (table[np.triu_indices(len(table), 1)] for table in fuling)
    band = (straight >= float(row["from_km"])) & (straight < float(row["to_km"] or "inf"))
    found = np.quantile(driven[band] / straight[band], float(row["quantile"]))
    assert found == pytest.approx(float(row["detour"]), rel=0.1)


def test_the_shortest_tree_leaves_nobody_out_and_is_the_shortest() -> None:
    points = np.stack([uniform(1, "x", 60), uniform(1, "y", 60)], axis=1)
    pairs = gabriel(points)
    tree = shortest_tree(points, pairs)
    assert len(tree) == 59
    assert tree <= set(pairs)
    assert connected_components(_matrix(points, tree), directed=False)[0] == 1
    # Kruskal (1956): the next shortest pair that closes no ring.
    length = {p: float(np.linalg.norm(points[p[0]] - points[p[1]])) for p in pairs}
    of = list(range(60))
    least = 0.0
    for i, j in sorted(pairs, key=length.__getitem__):
        if of[i] != of[j]:
            least += length[i, j]
            of = [of[i] if group == of[j] else group for group in of]
    assert sum(length[p] for p in tree) == pytest.approx(least)


def test_a_place_more_redraws_no_road_between_others_far_from_it() -> None:
    """Whether two neighbours are joined is drawn for the two, by their names."""
    points = np.stack([uniform(1, "x", 80), uniform(1, "y", 80)], axis=1) * 20.0
    ids = [f"p-{n}" for n in range(80)]
    more = np.vstack([[[60.0, 60.0]], points])
    before, after = _joined(points, ids), _joined(more, ["new", *ids])
    assert 79 < len(before) < len(gabriel(points))
    assert {p for p in after if "new" not in p} == before


def _joined(points: Floats, ids: list[str]) -> set[frozenset[str]]:
    town = Unit("t", "c", "镇", "Town", 0.0, 0.0, 0, len(points), 0, None, "", "assumption")
    layout = Layout([town], points, [], [])
    rows = roads(layout, ids, HILLS | {"neighbours_joined": 0.3})
    return {frozenset((str(r["from_community"]), str(r["to_community"]))) for r in rows}


def _matrix(points: Floats, pairs: set[tuple[int, int]]) -> csr_array:
    i, j = np.array(sorted(pairs)).T
    return csr_array((np.ones(len(i)), (i, j)), shape=(len(points), len(points)))
