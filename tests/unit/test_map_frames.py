"""Coordinates of Chinese web maps are recognised and told; nothing converts them in silence."""

from __future__ import annotations

import math
import random
from pathlib import Path

import openpyxl
import pytest

from anlan.analysis.map_frames import (
    FRAMES,
    MARKS,
    Pair,
    Point,
    baidu,
    frame_of,
    gcj,
    suspected,
)
from anlan.app.cli import main
from anlan.app.workbook.tables import table_in
from anlan.sim import great_circle_km, load
from anlan.sim.study import write_table

# Two of Shenzhen's public shelters, geocoded in GCJ-02, and where they lie (list of 2020).
SHELTERS = (
    ((114.275719, 22.666082), (114.280547, 22.663247)),
    ((114.396975, 22.693986), (114.401928, 22.691331)),
)


def test_points_of_a_public_list_are_where_the_frame_puts_them() -> None:
    for known, given in SHELTERS:
        assert 1000.0 * great_circle_km(*gcj(known), *given) < 0.2
        assert 550.0 < 1000.0 * great_circle_km(*gcj(known), *known) < 620.0
    # Baidu's own frame lies 0.0065, 0.006 degrees from GCJ-02, and turns by a hair.
    known = SHELTERS[0][0]
    assert baidu(known)[0] - gcj(known)[0] == pytest.approx(0.0065, abs=4e-4)
    assert baidu(known)[1] - gcj(known)[1] == pytest.approx(0.006, abs=4e-4)


def noised(point: Point, sd_km: float, draws: random.Random) -> Point:
    east, north = draws.gauss(0.0, sd_km), draws.gauss(0.0, sd_km)
    return (
        point[0] + east / (111.2 * math.cos(math.radians(point[1]))),
        point[1] + north / 111.2,
    )


@pytest.mark.parametrize("frame", list(FRAMES))
def test_a_frame_is_told_from_places_that_are_known_well_or_roughly(frame: str) -> None:
    draws = random.Random(1)
    seats = [(t.lon, t.lat) for t in load("haimen-typhoon").towns]
    for sd_km in (0.01, 0.25):
        pairs = [Pair("x", noised(FRAMES[frame](at), sd_km, draws), at) for at in seats]
        found = suspected(pairs)
        assert found is not None
        assert (found.frame, found.of) == (frame, len(seats))
    one = suspected([Pair("x", FRAMES[frame](seats[0]), seats[0])])
    assert one is not None
    assert one.frame == frame


def test_places_that_are_only_elsewhere_are_of_no_frame() -> None:
    seats = [(t.lon, t.lat) for t in load("haimen-typhoon").towns]
    wrong = 0
    for seed in range(100):
        draws = random.Random(seed)
        pairs = [Pair("x", noised(at, 0.5, draws), at) for at in seats]
        wrong += suspected(pairs) is not None
    assert wrong <= 3
    assert suspected([Pair("x", at, at) for at in seats]) is None
    assert suspected([]) is None


def moved(folder: Path, file: str, frame: str) -> None:
    table = table_in(folder, file)
    assert table is not None
    for row in table.rows:
        lon, lat = FRAMES[frame]((float(row["lon"]), float(row["lat"])))
        row["lon"], row["lat"] = f"{lon:.6f}", f"{lat:.6f}"
    write_table(folder / file, table.text())


@pytest.mark.parametrize("file", ["towns.csv", "communities.csv"])
def test_the_check_of_a_folder_tells(
    tmp_path: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    assert main(["copy", "linyi-flood", str(folder)]) == 0
    assert frame_of(load(folder), "en") is None
    moved(folder, file, "GCJ-02")
    capsys.readouterr()
    for lang, says in (("zh", "与 GCJ-02（约 5"), ("en", "as GCJ-02 does (some 5")):
        assert main(["check", str(folder), "--lang", lang]) in (0, 1)
        assert says in "".join(capsys.readouterr().out.split("\n"))


def test_a_workbook_with_such_places_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    assert main(["copy", "linyi-flood", str(folder)]) == 0
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    places = [(c.name_zh, c.lon, c.lat) for c in load(folder).communities[:6]]
    book = tmp_path / "places.xlsx"

    def bring(head: str, frame: str | None, *more: str) -> tuple[int, str]:
        work = openpyxl.Workbook()
        sheet = work.active
        assert sheet is not None
        sheet.append(["社区名称", f"经度{head}", f"纬度{head}"])
        for name, lon, lat in places:
            point = FRAMES[frame]((lon, lat)) if frame else (lon + 0.001, lat)
            sheet.append([name, *(round(x, 6) for x in point)])
        work.save(book)
        capsys.readouterr()
        command = ["import", str(book), str(folder), "--yes", "--lang", "en", *more]
        return main(command), capsys.readouterr().err

    for head, frame, says in (
        ("", "GCJ-02", "communities.csv: the coordinates look like GCJ-02"),
        ("", "BD-09", "communities.csv: the coordinates look like BD-09"),
        ("(GCJ02)", None, "!B1: by its header"),
    ):
        code, said = bring(head, frame)
        assert code == 2
        assert says in said
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert bring("", None)[0] == 0
    assert load(folder).communities[0].lon == pytest.approx(places[0][1] + 0.001)
    assert bring("", "GCJ-02", "--wgs84")[0] == 0


def test_headers_that_name_a_frame_are_known() -> None:
    for text in ("经度(GCJ-02)", "百度坐标", "gcj02_lng", "BD09经度", "高德地图经度"):
        assert MARKS.search(text)
    assert not MARKS.search("经度（CGCS2000）")
