"""`anlan import-geo`: features of a GIS become rows; what one lacks is told by its number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from anlan.analysis.map_frames import Point, gcj
from anlan.app.cli import main
from anlan.app.geo.shapes import area_km2, inside, middle
from anlan.sim import load

Said = dict[str, Any]


def point(at: Point, **properties: object) -> Said:
    shape = {"type": "Point", "coordinates": list(at)}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def square(at: Point, half: float, **properties: object) -> Said:
    (x, y), h = at, half
    ring = [[x - h, y - h], [x + h, y - h], [x + h, y + h], [x - h, y + h], [x - h, y - h]]
    return {"type": "Feature", "properties": properties,
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


def collection(*features: Said, **more: object) -> str:
    held = {"type": "FeatureCollection", "features": list(features), **more}
    return json.dumps(held, ensure_ascii=False)


def own(folder: Path, scenario: str = "linyi-flood") -> Path:
    assert main(["copy", scenario, str(folder / "mine")]) == 0
    return folder / "mine"


def bring(
    folder: Path,
    text: str,
    table: str,
    capsys: pytest.CaptureFixture[str],
    more: Sequence[str] = (),
) -> tuple[int, str]:
    path = folder.parent / "layer.geojson"
    path.write_text(text, encoding="utf-8")
    capsys.readouterr()
    lang = [] if "--lang" in more else ["--lang", "en"]
    command = ["import-geo", str(path), str(folder), "--table", table, *lang, *more]
    return main(command), capsys.readouterr().err


def test_areas_middles_and_what_lies_inside() -> None:
    ring = [(121.0, 31.0), (121.01, 31.0), (121.01, 31.01), (121.0, 31.01)]
    hole = [(121.004, 31.004), (121.006, 31.004), (121.006, 31.006), (121.004, 31.006)]
    # 0.01 degrees: 1.1088 km along the meridian, 0.9548 km along the parallel (WGS 84)
    assert area_km2([[ring]]) == pytest.approx(1.1088 * 0.9548, rel=3e-3)
    assert area_km2([[ring, hole]]) == pytest.approx(0.96 * area_km2([[ring]]), rel=1e-4)
    assert middle([[ring]]) == pytest.approx((121.005, 31.005))
    assert inside((121.002, 31.002), [[ring, hole]])
    assert not inside((121.005, 31.005), [[ring, hole]])
    assert not inside((121.02, 31.005), [[ring]])


def test_shelters_stand_in_the_community_that_they_name_or_in_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path)
    before = load(folder)
    a, b = before.communities[3], before.communities[9]
    there = before.shelters[0]
    features = (
        point(
            (a.lon + 0.001, a.lat), 场所名称="第一小学", 可容纳人数="1,200人", 级别="镇级", 底图="1"
        ),
        point((b.lon + 0.002, b.lat), name="体育馆", capacity=300, 所在社区=b.name_zh),
        point((a.lon, a.lat), 名称=there.name_zh, 容量="约900"),
        point((a.lon, a.lat), 名称="没有人数"),
        point((a.lon + 3.0, a.lat), 名称="外地", 容量=10),
        {"type": "Feature", "properties": {"名称": "没有位置"}, "geometry": None},
    )
    code, said = bring(folder, collection(*features), "shelters", capsys)
    assert code == 0
    rows = {s.name_zh: s for s in load(folder).shelters}
    assert (rows["第一小学"].community, rows["第一小学"].capacity) == (a.community, 1200)
    assert (rows["第一小学"].level, rows["第一小学"].mark) == ("town", "found")
    assert rows["体育馆"].community == b.community
    assert rows["体育馆"].mark == "assumption"  # its level is filled in
    assert (rows[there.name_zh].capacity, rows[there.name_zh].mark) == (900, "assumption")
    assert rows[there.name_zh].shelter == there.shelter
    assert len(rows) == len(before.shelters) + 2
    for told in (
        "feature 4 (没有人数): lacks capacity",
        "feature 5 (外地): lies 2",
        "feature 6 (没有位置): no point and no polygon",
        "feature 3 (",
        "level is not given for ",
        "cannot be told: 1 of the places",
        "properties that are not read: 底图",
        "2 new rows in shelters.csv, 1 changed",
    ):
        assert told in said
    assert (folder / "shelters.before.csv").exists()
    assert bring(folder, collection(*features[:2]), "shelters", capsys)[1].count("2 the same") == 1


def test_hydrants_and_ponds_are_water_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path, "pingshan-forest-fire")
    before = load(folder)
    at = (before.communities[0].lon, before.communities[0].lat)
    places = [(at[0] + 0.002 * n, at[1]) for n in range(4)]
    features = (
        point(places[0], emergency="fire_hydrant"),
        point(places[1], 编号="XHS-7", 类型="室外消火栓"),
        point(places[2], 名称="北坡蓄水池", **{"容积(m3)": 60}),
        point(places[3], 名称="无名设施"),
    )
    code, said = bring(folder, collection(*features), "water_points", capsys)
    assert code == 0
    added = load(folder).water_points[len(before.water_points) :]
    assert [(w.name_zh, w.kind, w.water_l) for w in added] == [
        ("layer 1", "hydrant", None), ("XHS-7", "hydrant", None), ("北坡蓄水池", "tank", 60_000.0)
    ]  # fmt: skip
    assert (added[1].lon, added[1].lat) == pytest.approx(places[1], abs=1e-6)
    assert "feature 4 (无名设施): lacks kind" in said
    code, said = bring(folder, collection(*features), "water_points", capsys)
    assert code == 0
    assert "0 new rows" in said


def test_outlines_of_communities_give_areas_and_middles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path)
    before = load(folder)
    a, b = before.communities[0], before.communities[1]
    town = next(t for t in before.towns if t.town == a.town)
    features = (
        square((a.lon, a.lat), 0.005, 名称=a.name_zh, 所属镇街=town.name_zh),
        square((b.lon + 0.01, b.lat), 0.005, 名称=b.name_zh),
        square((a.lon, a.lat), 0.005, 名称="没有这个村"),
    )
    code, said = bring(folder, collection(*features), "communities", capsys)
    assert code == 0
    first, second = load(folder).communities[:2]
    assert first.area_km2 == pytest.approx(1.0, abs=0.15)
    assert (first.lon, first.lat) == (a.lon, a.lat)
    assert (second.lon, second.lat) == pytest.approx((b.lon + 0.01, b.lat), abs=1e-6)
    assert first.town == a.town
    road, now = ({r.road: r for r in one.roads} for one in (before, load(folder)))
    moved = [r for r in road.values() if b.community in (r.from_community, r.to_community)]
    assert moved
    assert all(now[r.road].length_km != r.length_km for r in moved)
    assert f"{len(moved)} drawn roads have another length" in said
    assert all(now[r.road] == r for r in road.values() if r not in moved)
    assert (first.mark, second.mark) == (a.mark, b.mark)  # of residents nothing is known now
    assert "feature 2" in said
    assert "feature 3 (没有这个村): lacks" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no JSON"),
        ('{"type": "FeatureCollection", "features": [', "is no JSON"),
        ("[]", "is no GeoJSON with features"),
        (collection(point((118.4, 35.0)), crs={"type": "name", "properties": {
            "name": "urn:ogc:def:crs:EPSG::4549"}}), "is in urn:ogc:def:crs:EPSG::4549"),
        (collection(point((118.4, 35.0), lng_gcj02=1.0)), "names a web map's frame (lng_gcj02"),
        (collection(point((35.0, 118.4))), "feature 1: longitude stands first"),
        (collection(point((39_500_000.0, 3_900_000.0))), "are no degrees"),
        (collection({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [1]}}),
         "feature 1: its geometry is none of GeoJSON"),
        (collection(point((118.41, 35.05), 名称="x", 容量=9.9e8)), "layer.geojson features!1, col"),
        (collection(point((0.0, 0.0), 名称="x")), "every feature of layer.geojson lacks something"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    folder = own(tmp_path)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    code, said = bring(folder, text, "shelters", capsys)
    assert code == 2
    assert says in said.splitlines()[-1]
    code, said = bring(folder, text, "shelters", capsys, ["--lang", "zh"])
    assert code == 2
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_other_tables_and_shipped_folders_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path)
    assert bring(folder, collection(), "teams", capsys)[1].startswith("anlan: --table teams: give")
    path = tmp_path / "layer.geojson"
    assert main(["import-geo", str(path), "tiny", "--table", "shelters"]) == 2
    gone = ["import-geo", str(tmp_path / "none.geojson"), str(folder), "--table", "shelters"]
    assert main(gone) == 2


def test_points_of_a_web_map_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path)
    places = load(folder).communities[:6]
    features = [point(gcj((c.lon, c.lat)), 名称=c.name_zh) for c in places]
    code, said = bring(folder, collection(*features), "communities", capsys)
    assert code == 2
    assert "look like GCJ-02" in said
    assert load(folder).communities[:6] == places
    assert bring(folder, collection(*features), "communities", capsys, ["--wgs84"])[0] == 0
    shelters = [
        point(gcj((c.lon, c.lat)), 名称=f"避难所{n}", 容量=100, 所在社区=c.name_zh)
        for n, c in enumerate(places)
    ]
    other = own(tmp_path / "other")
    code, said = bring(other, collection(*shelters), "shelters", capsys)
    assert code == 2
    assert "look like GCJ-02" in said
