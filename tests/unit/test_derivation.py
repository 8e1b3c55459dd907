"""The shipped tables of Haimen follow from the facts and the assumptions, byte for byte."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from anlan.scenarios.derivation import haimen
from anlan.scenarios.derivation.chance import normal, uniform, whole_shares
from anlan.scenarios.derivation.files import FACTS, SCENARIOS, read_rows
from anlan.scenarios.derivation.network import gabriel
from anlan.scenarios.derivation.sites import Plane, distance_to_line, inside, share_out
from anlan.scenarios.derivation.units import read_units
from anlan.sim import load
from anlan.sim.scenario.schema import Scenario

DERIVED = [
    "towns.csv",
    "communities.csv",
    "roads.csv",
    "teams.csv",
    "stores.csv",
    "dikes.csv",
    "shelters.csv",
    "hospitals.csv",
    "stock.csv",
    "tracks.csv",
]


@pytest.fixture(scope="module")
def district() -> Scenario:
    return load("haimen-typhoon")


def test_deriving_again_gives_the_same_bytes(tmp_path: Path) -> None:
    haimen.main(tmp_path)
    made, shipped = tmp_path / "haimen-typhoon", SCENARIOS / "haimen-typhoon"
    assert sorted(p.name for p in made.iterdir()) == sorted(DERIVED)
    for file in DERIVED:
        assert (made / file).read_bytes() == (shipped / file).read_bytes(), file


def test_each_town_has_as_many_places_as_the_statistics_list_says(district: Scenario) -> None:
    places = Counter(c.town for c in district.communities)
    facts = {
        r["town"]: int(r["n_village_units"])
        for r in read_rows(FACTS / "towns.csv")
        if r["district"] == "haimen"
    }
    both = places.pop("haimen-jd") + places.pop("binjiang-jd")
    assert both == facts["海门街道"]
    for unit in read_units("haimen"):
        if unit.id in places:
            assert places[unit.id] == facts[unit.name_zh], unit.id


def test_neighbourhoods_lie_nearest_to_their_seat(district: Scenario) -> None:
    for town in district.towns:
        here = [c for c in district.communities if c.town == town.town]
        kinds = [c.kind for c in here]
        assert kinds == sorted(kinds)  # neighbourhood before village
        assert (here[0].lon, here[0].lat) == (town.lon, town.lat)


def test_those_who_may_have_to_move_are_one_to_two_and_a_half_in_a_hundred(
    district: Scenario,
) -> None:
    """Jiangsu moved 0.4 % for In-Fa, Guangdong 2.7 % for Mangkhut (domain case V57)."""
    moved = sum(
        c.residents * (c.dangerous_share + c.dormitory_share + c.low_lying_share + c.boat_share)
        for c in district.communities
    )
    assert 0.01 < moved / district.residents < 0.025


def test_whole_shares_give_the_total_and_are_off_by_less_than_one() -> None:
    weights = 1 + uniform(7, "weights", 100)
    shares = whole_shares(12_345, weights)
    assert sum(shares) == 12_345
    assert np.abs(np.array(shares) - 12_345 * weights / weights.sum()).max() < 1


def test_draw_i_does_not_depend_on_how_many_are_drawn() -> None:
    assert np.array_equal(uniform(1, "x", 5), uniform(1, "x", 50)[:5])
    assert np.array_equal(normal(1, "x", 5), normal(1, "x", 50)[:5])


def test_gabriel_graph_of_a_square_with_a_centre_has_no_diagonal() -> None:
    """The centre lies in the circle over each diagonal, and on no side's."""
    square = np.array([(0, 0), (2, 0), (2, 2), (0, 2), (1, 1)], dtype=float)
    joined = set(gabriel(square))
    assert (0, 2) not in joined
    assert (1, 3) not in joined
    assert {(0, 4), (1, 4), (2, 4), (3, 4)} <= joined


def test_gabriel_graph_agrees_with_its_definition() -> None:
    """Against the plain definition on random points, few (every pair) and many (Delaunay's)."""
    for n in (30, 80):
        points = uniform(3, "points", 2 * n).reshape(-1, 2)
        plain = {
            (i, j)
            for i in range(n)
            for j in range(i + 1, n)
            if all(
                np.linalg.norm(points[k] - (points[i] + points[j]) / 2)
                >= np.linalg.norm(points[i] - points[j]) / 2
                for k in range(n)
                if k not in (i, j)
            )
        }
        assert set(gabriel(points)) == plain


def test_inside_a_ring_and_distance_to_a_line() -> None:
    ring = np.array([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], dtype=float)
    points = np.array([(1, 1), (2, 3), (3, 2), (5, 1)], dtype=float)
    assert inside(points, ring).tolist() == [True, False, True, False]
    line = np.array([(0, 0), (10, 0)], dtype=float)
    assert distance_to_line(np.array([(5.0, 3.0), (-3.0, 4.0)]), line).tolist() == [3.0, 5.0]


def test_the_plane_gives_back_degrees() -> None:
    plane = Plane(121.2, 31.9)
    assert plane.lonlat(plane.xy([(121.31, 31.95)])) == [(121.31, 31.95)]


def test_too_few_points_for_the_sites_is_said() -> None:
    with pytest.raises(ValueError, match="1 free lattice points for 4 sites"):
        share_out(np.array([[3.0, 3.0]]), np.array([[0.0, 0.0]]), [5], 1.0)
