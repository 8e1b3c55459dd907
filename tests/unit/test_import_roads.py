"""`anlan import-roads`: an extract of OpenStreetMap becomes roads between a scenario's places."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.app.cli import main
from anlan.app.osm.between import NOBODY, Way, main_network, snap, ways_between
from anlan.app.osm.command import roads_of
from anlan.app.osm.ways import (
    Box,
    Streets,
    Told,
    kilograms,
    kmh,
    limits_of,
    metres,
    read_streets,
)
from anlan.sim import load
from anlan.sim.scenario.errors import BadInput

SAMPLE = Path(__file__).parents[1] / "data" / "osm_sample.osm.pbf"
WORLD = Box(-180.0, -90.0, 180.0, 90.0)
Street = tuple[Sequence[tuple[float, float]], dict[str, str]]


def osm(streets: Sequence[Street]) -> str:
    """An extract as text; points at the same place are one."""
    number: dict[tuple[float, float], int] = {}
    for points, _ in streets:
        for point in points:
            number.setdefault(point, len(number) + 1)
    lines = [f'<node id="{n}" version="1" lon="{x}" lat="{y}"/>' for (x, y), n in number.items()]
    for k, (points, tags) in enumerate(streets):
        lines.append(f'<way id="{k + 1}" version="1">')
        lines += [f'<nd ref="{number[p]}"/>' for p in points]
        lines += [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append("</way>")
    return '<osm version="0.6">' + "".join(lines) + "</osm>"


@pytest.fixture
def streets_of(tmp_path: Path) -> Callable[..., tuple[Streets, Told]]:
    def read(streets: Sequence[Street], box: Box = WORLD) -> tuple[Streets, Told]:
        file = tmp_path / "x.osm"
        file.write_text(osm(streets), encoding="utf-8")
        return read_streets(file, box)

    return read


def test_tags_are_read_as_the_wiki_defines_them() -> None:
    assert kmh("50") == kmh("50 km/h") == 50.0
    assert kmh("30 mph") == pytest.approx(48.28032)
    assert kmh("ru:urban") is None
    assert kilograms("7.5") == kilograms("7.5 t") == kilograms("7500 kg") == 7500.0
    assert metres("3.8") == metres("3.8 m") == 3.8
    assert metres("12'6\"") == pytest.approx(3.81)
    assert metres("below bridge") is None
    told = Told()
    both = limits_of({"highway": "primary", "lanes": "4", "maxspeed": "fast"}, told)
    assert both is not None
    assert (both.forward, both.back, both.lanes) == (True, True, 2)  # lanes are of one direction
    assert told.not_read == {"maxspeed=fast": 1}
    one = limits_of({"highway": "motorway", "lanes": "3", "maxspeed": "60"}, told)
    assert one is not None
    assert (one.forward, one.back, one.lanes, one.speed_kmh) == (True, False, 3, 60.0)
    against = limits_of({"highway": "residential", "oneway": "-1"}, told)
    assert against is not None
    assert (against.forward, against.back) == (False, True)
    assert limits_of({"highway": "service", "service": "driveway"}, told) is None
    assert limits_of({"highway": "tertiary", "access": "private"}, told) is None
    assert limits_of({"highway": "tertiary", "access": "no", "motor_vehicle": "yes"}, told)
    assert told.closed == 2


def test_lengths_are_exact_and_a_oneway_street_is_one_road(
    streets_of: Callable[..., tuple[Streets, Told]],
) -> None:
    """A bend of three points out, and a longer way back by another street."""
    out = [(121.0, 31.0), (121.01, 31.02), (121.03, 31.02)]
    back = [(121.03, 31.02), (121.05, 31.05), (121.0, 31.05), (121.0, 31.0)]
    tags = {"highway": "primary", "oneway": "yes"}
    streets, told = streets_of([(out, {**tags, "maxweight": "8"}), (back, tags)])
    ways = _between(streets, [out[0], out[2]])
    assert [(w.tail, w.head, w.oneway) for w in ways] == [(0, 1, True), (1, 0, True)]
    assert ways[0].length_km == pytest.approx(_km(out), rel=1e-9)
    assert ways[1].length_km == pytest.approx(_km(back), rel=1e-9)
    assert ways[0].hours == pytest.approx(_km(out) / 50.0)
    assert (ways[0].max_kg, ways[1].max_kg) == (8000.0, np.inf)
    assert told.by_class_km["primary"] == pytest.approx(_km(out) + _km(back))


def test_only_neighbours_are_joined_and_the_others_go_by_them(
    streets_of: Callable[..., tuple[Streets, Told]],
) -> None:
    row = [(121.0 + 0.01 * n, 31.0) for n in range(7)]
    streets, _ = streets_of([(row, {"highway": "tertiary"})])
    ways = _between(streets, [row[0], row[3], row[6]])
    assert [(w.tail, w.head, w.oneway) for w in ways] == [(0, 1, False), (1, 2, False)]


def test_an_island_is_left_out_and_a_place_by_it_is_told(
    streets_of: Callable[..., tuple[Streets, Told]],
) -> None:
    main = [(121.0, 31.0), (121.1, 31.0)]
    island = [(121.05, 31.05), (121.06, 31.05)]
    dead_end = [(121.1, 31.0), (121.12, 31.0)]  # a way out without a way back is no place to stand
    streets, _ = streets_of(
        [
            (main, {"highway": "primary"}),
            (island, {"highway": "primary"}),
            (dead_end, {"highway": "primary", "oneway": "yes"}),
        ]
    )
    reached, islands, lost_km = main_network(streets)
    assert islands == 1
    assert lost_km == pytest.approx(2 * _km(island) + _km(dead_end))
    spots = np.array([main[0], main[1], island[0], (122.0, 31.0)])
    found = snap(spots[:, 0], spots[:, 1], streets, reached, 9.0)
    assert found.island.tolist() == [False, False, True, True]  # the last by the dead end
    assert (found.point == NOBODY).tolist() == [False, False, False, True]
    assert found.away_km[:2] == pytest.approx([0.0, 0.0])


def test_ways_by_roads_are_no_shorter_than_by_streets_and_seldom_much_longer() -> None:
    """A grid of 30 x 30 with streets of all speeds, 25 places: hours by the roads between
    neighbours beside hours by the streets themselves."""
    streets, points = _grid(30)
    at = np.random.default_rng(1).choice(len(points), 25, replace=False)
    ways = _between(streets, points[at].tolist())
    ends = ([w.tail for w in ways], [w.head for w in ways])
    by_roads = csr_array(([w.hours for w in ways], ends), shape=(25, 25))
    weights = streets.length_km / streets.speed_kmh
    by_streets = csr_array((weights, (streets.tail, streets.head)), shape=(len(points),) * 2)
    least = dijkstra(by_streets, indices=at)[:, at]
    found = dijkstra(by_roads.maximum(by_roads.T), directed=False)
    off = ~np.eye(25, dtype=bool)
    ratio = found[off] / least[off]
    assert ratio.min() > 1.0 - 1e-9
    assert np.median(ratio) < 1.1
    assert ratio.max() < 1.6


def test_the_sample_of_openstreetmap_is_read() -> None:
    """343 highways of a small town, of which the drivable ones count."""
    streets, told = read_streets(SAMPLE, WORLD)
    assert (told.ways, told.closed) == (173, 34)  # of 215; eight have one point in the extract
    assert set(told.by_class_km) >= {"residential", "tertiary", "motorway", "secondary"}
    main, islands, _ = main_network(streets)
    assert islands > 0
    spots = np.stack([streets.lon[main], streets.lat[main]], axis=1)[::40]
    ways = _between(streets, spots.tolist())
    assert {end for w in ways for end in (w.tail, w.head)} == set(range(len(spots)))
    straight = [_km([spots[w.tail], spots[w.head]]) for w in ways]
    assert all(w.length_km >= s - 1e-9 for w, s in zip(ways, straight, strict=True))


@pytest.mark.long
def test_fifty_thousand_points_take_seconds() -> None:
    began = time.process_time()
    streets, points = _grid(224)
    ways = _between(streets, points[:: len(points) // 400].tolist())
    assert len(points) == 224 * 224
    assert len(ways) > 400
    print(f"{time.process_time() - began:.1f} s")


def test_roads_go_into_a_folder_and_its_own_are_kept_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _own(tmp_path)
    before = (folder / "roads.csv").read_text(encoding="utf-8-sig")
    places = load(folder).communities
    row = [(c.lon, c.lat) for c in places]
    extract = tmp_path / "x.osm"
    extract.write_text(osm([(row, {"highway": "secondary", "maxspeed": "??"})]), encoding="utf-8")
    assert main(["import-roads", str(extract), str(folder)]) == 0
    assert "maxspeed=??" in capsys.readouterr().err
    roads = load(folder).roads
    assert {r.mark for r in roads} == {"found"}
    assert len(roads) >= len(places) - 1
    assert all(r.road.startswith("osm.") for r in roads)
    assert (folder / "roads.before.csv").read_text(encoding="utf-8-sig") == before
    notice = (folder / "roads.osm.txt").read_text(encoding="utf-8")
    assert "ODbL 1.0" in notice
    assert places[0].community in notice
    told = (folder / "assumptions.csv").read_text(encoding="utf-8-sig")
    assert "one made-up road" not in told
    assert "lengths from OpenStreetMap" in told


def test_places_that_the_extract_does_not_reach_keep_their_roads(tmp_path: Path) -> None:
    folder = _own(tmp_path)
    scenario = load(folder)
    a, b = scenario.communities[:2]
    extract = tmp_path / "x.osm"
    street = [(a.lon, a.lat), (b.lon, b.lat)]
    extract.write_text(osm([(street, {"highway": "secondary"})]), encoding="utf-8")
    assert main(["import-roads", str(extract), str(folder), "--snap-km", "0.05"]) == 0
    between = {a.community, b.community}
    kept = {r.road for r in scenario.roads if {r.from_community, r.to_community} != between}
    assert {r.road for r in load(folder).roads} == kept | {f"osm.{a.community}.{b.community}"}


def test_what_is_no_extract_or_of_elsewhere_is_one_line_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _own(tmp_path)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    (tmp_path / "broken.osm.pbf").write_bytes(b"not an extract")
    (tmp_path / "pole.osm").write_text(osm([([(500.0, 31.9), (121.2, 31.9)], {"highway": "road"})]))
    capsys.readouterr()
    for name, says in (
        ("nowhere.osm.pbf", "there is no such file"),
        ("broken.osm.pbf", "cannot be read as an extract of OpenStreetMap"),
        (str(SAMPLE), "holds no road within 10 km"),
        ("", "is not a plain file"),
        ("pole.osm", "wrong format for coordinate"),
    ):
        assert main(["import-roads", str(tmp_path / name), str(folder), "--lang", "en"]) == 2
        said = capsys.readouterr().err
        assert says in said
        assert said.count("\n") == 1
    assert main(["import-roads", str(SAMPLE), "tiny"]) == 2
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_district_far_from_the_extract_is_told_where_it_lies() -> None:
    with pytest.raises(BadInput, match="121"):
        roads_of(SAMPLE, load("tiny"), 2.0, 10.0)


@pytest.mark.parametrize(
    ("tag", "value"),
    [("maxspeed", "0"), ("maxspeed", "0.001"), ("maxspeed", "nan"), ("lanes", "0"),
     ("lanes", "999"), ("lanes", "2;3"), ("maxweight", "7,5"), ("maxweight", "0.0001"),
     ("maxheight", "99"), ("oneway", "reversible"), ("oneway", "=1+1")],
)  # fmt: skip
def test_a_tag_that_cannot_be_is_told_and_the_class_stands_in(tag: str, value: str) -> None:
    told = Told()
    found = limits_of({"highway": "primary", tag: value}, told)
    assert found == limits_of({"highway": "primary"}, Told())
    assert told.not_read == {f"{tag}={value}": 1}


def test_over_points_that_are_missing_no_street_leads(tmp_path: Path) -> None:
    street = [(121.0 + 0.01 * n, 31.0) for n in range(5)]
    text = osm([(street, {"highway": "primary"})])
    gone = '<node id="3" version="1" lon="121.02" lat="31.0"/>'
    assert gone in text
    (tmp_path / "x.osm").write_text(text.replace(gone, ""), encoding="utf-8")
    streets, _ = read_streets(tmp_path / "x.osm", WORLD)
    assert sorted(zip(streets.tail.tolist(), streets.head.tolist(), strict=True)) == [
        (0, 1), (1, 0), (2, 3), (3, 2)
    ]  # fmt: skip


def test_oneway_and_twoway_roads_stand_in_one_table(tmp_path: Path) -> None:
    """Out by one street and back by a longer one, and a third place that keeps a two-way road."""
    folder = _own(tmp_path)
    a, b = ((c.lon, c.lat) for c in load(folder).communities[:2])
    place = "far,tiny,远,Far,village,121.6,31.9,1,1,3,4,1,80,10,10,0,0,0,0,0,assumption\n"
    with (folder / "communities.csv").open("a", encoding="utf-8") as file:
        file.write(place)
    with (folder / "roads.csv").open("a", encoding="utf-8") as file:
        file.write("r2,port,far,40,36,0,0,assumption\n")
    once = {"highway": "primary", "oneway": "yes"}
    text = osm([([a, b], once), ([b, (b[0], b[1] + 0.02), a], once)])
    (tmp_path / "x.osm").write_text(text, encoding="utf-8")
    assert main(["import-roads", str(tmp_path / "x.osm"), str(folder)]) == 0
    assert [r.oneway for r in load(folder).roads] == [True, True, False]
    told = (folder / "assumptions.csv").read_text(encoding="utf-8-sig")
    assert "one made-up road" in told  # some of what it speaks of is kept
    assert told.count("OpenStreetMap, ODbL") == 1


def test_no_import_takes_the_place_of_roads_that_were_kept(tmp_path: Path) -> None:
    folder = _own(tmp_path)
    drawn = (folder / "roads.csv").read_bytes()
    # As a Chinese Windows writes it.
    told = (folder / "assumptions.csv").read_text(encoding="utf-8-sig")
    (folder / "assumptions.csv").write_bytes(told.encode("gb18030"))
    a, b = ((c.lon, c.lat) for c in load(folder).communities[:2])
    made = []
    for over in ([], [], [(a[0], a[1] + 0.02)]):
        text = osm([([a, *over, b], {"highway": "primary"})])
        (tmp_path / "x.osm").write_text(text, encoding="utf-8")
        assert main(["import-roads", str(tmp_path / "x.osm"), str(folder)]) == 0
        made.append((folder / "roads.csv").read_bytes())
    assert (folder / "roads.before.csv").read_bytes() == drawn
    assert (folder / "roads.before.2.csv").read_bytes() == made[0] == made[1] != made[2]
    assert not (folder / "roads.before.3.csv").exists()
    told = (folder / "assumptions.csv").read_text(encoding="utf-8-sig")
    assert "全部虚构" in told
    assert told.count("OpenStreetMap, ODbL") == 1


def test_lanes_that_are_turned_stay_so_on_the_real_road(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _own(tmp_path)
    a, b = load(folder).communities[:2]
    head = (
        "road,from_community,to_community,length_km,speed_kmh,trees_per_km,dip_m,contraflow_to,mark"
    )
    drawn = f"{head}\nr1,{b.community},{a.community},6,36,0,0,{a.community},assumption\n"
    (folder / "roads.csv").write_text(drawn, encoding="utf-8")
    ends = [(a.lon, a.lat), (b.lon, b.lat)]
    extract = tmp_path / "x.osm"
    extract.write_text(osm([(ends, {"highway": "primary"})]), encoding="utf-8")
    assert main(["import-roads", str(extract), str(folder), "--lang", "en"]) == 0
    assert [r.contraflow_to for r in load(folder).roads] == [a.community]
    assert "contraflow_to" not in capsys.readouterr().err
    once = {"highway": "primary", "oneway": "yes"}
    back = [ends[1], (b.lon, b.lat + 0.02), ends[0]]
    extract.write_text(osm([(ends, once), (back, once)]), encoding="utf-8")
    assert main(["import-roads", str(extract), str(folder), "--lang", "en"]) == 0
    assert [r.contraflow_to for r in load(folder).roads] == [None, None]
    assert "no new two-way road joins: 1" in capsys.readouterr().err


def test_of_many_tags_the_first_are_named_and_that_there_are_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _own(tmp_path)
    ends = [(c.lon, c.lat) for c in load(folder).communities[:2]]
    ways = [(ends, {"highway": "primary", "maxspeed": f"fast{n:02}"}) for n in range(11)]
    (tmp_path / "x.osm").write_text(osm(ways), encoding="utf-8")
    assert main(["import-roads", str(tmp_path / "x.osm"), str(folder), "--lang", "zh"]) == 0
    said = capsys.readouterr().err
    assert "maxspeed=fast00 (1)、" in said
    assert "maxspeed=fast09 (1) …" in said
    assert "fast10" not in said


def _own(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    assert main(["copy", "tiny", str(folder)]) == 0
    return folder


def _between(streets: Streets, spots: Sequence[Sequence[float]]) -> list[Way]:
    main, _, _ = main_network(streets)
    lon, lat = np.array(spots, dtype=float).T
    return ways_between(streets, main, snap(lon, lat, streets, main, 1.0))


def _grid(side: int) -> tuple[Streets, np.ndarray]:
    """A square grid of two-way streets, each with a speed of its own."""
    rng = np.random.default_rng(7)
    x, y = np.meshgrid(121.0 + 0.002 * np.arange(side), 31.0 + 0.002 * np.arange(side))
    number = np.arange(side * side).reshape(side, side)
    a = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    b = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    km = np.array([_km(points[[i, j]]) for i, j in zip(a, b, strict=True)])
    speed = rng.uniform(20.0, 80.0, len(a))
    both = [np.r_[v, v] for v in (km, speed)]
    rest = [np.full(2 * len(a), v) for v in (1.0, 0.0, np.inf, np.inf)]
    return Streets(*points.T, np.r_[a, b], np.r_[b, a], *both, *rest), points


def _km(points: Sequence[Sequence[float]]) -> float:
    """Great-circle kilometres along points, by the law of cosines."""
    total = 0.0
    for (x, y), (u, v) in pairwise(points):
        a, b, turn = np.radians([y, v, u - x])
        inner = np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(turn)
        total += 6371.0 * float(np.arccos(min(1.0, inner)))
    return total
