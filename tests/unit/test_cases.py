"""Inputs that people really had, and others of their kinds: refused, or told and taken.

Each is made out of the tiny scenarios. A case that bears a number comes of a trouble that somebody
wrote about in public; those of an attack have its name.
"""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from anlan.analysis.words.errors import in_words
from anlan.app import cli
from anlan.app.cli import main
from anlan.sim import Places, load, odd, places_of, start_time
from anlan.sim.forcing.track import fixes_of
from anlan.sim.place.roads import RoadMap, RoadTable
from anlan.sim.scenario.clock import great_circle_km, nearest_time
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.grids import parse_ascii_grid, read_grid, read_grids
from anlan.sim.scenario.read import SHIPPED, shipped
from anlan.sim.scenario.registry import Raster
from anlan.sim.scenario.schema import Scenario
from tests.chinese import english

Spoil = Callable[[Path], None]
BAD = 2
HEAD = "time,rain_mm\n"
EPOCH = "2024-09-01T08:00:00+08:00"


def edit(file: str, old: str, new: str) -> Spoil:
    """The first `old` of a file becomes `new`."""

    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def write(file: str, text: str) -> Spoil:
    """The whole file becomes this text."""
    return lambda folder: (folder / file).write_text(text, encoding="utf-8") and None


def rename(old: str, new: str) -> Spoil:
    """A file is called otherwise."""
    return lambda folder: shutil.move(folder / old, folder / new) and None


def drop(file: str, start: str) -> Spoil:
    """All lines of a file that begin so are gone."""

    def spoil(folder: Path) -> None:
        lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
        left = [line for line in lines if not line.startswith(start)]
        (folder / file).write_text("".join(left), encoding="utf-8")

    return spoil


def both(*spoils: Spoil) -> Spoil:
    """Several of them, one after the other."""

    def spoil(folder: Path) -> None:
        for one in spoils:
            one(folder)

    return spoil


def folder_of(tmp_path: Path, spoil: Spoil, name: str = "tiny") -> Path:
    """A copy of a shipped folder, spoilt."""
    folder = Path(shutil.copytree(SHIPPED / name, tmp_path / "mine"))
    spoil(folder)
    return folder


def gauge(*rows: str) -> Spoil:
    """Measured rain in the place of the storm's own."""
    return both(
        edit("scenario.toml", 'rain = "r-clipper"', 'rain = "gauge"'),
        write("gauge.csv", HEAD + "\n".join(rows) + "\n"),
    )


def hours(first: int, count: int, rain: str = "1") -> list[str]:
    """Rows of a gauge, an hour apart, from an hour of 1 September on."""
    found = []
    for n in range(first, first + count):
        day, hour = divmod(n, 24)
        found.append(f"2024-09-{1 + day:02d}T{hour:02d}:00:00+08:00,{rain}")
    return found


FIX = "straight,直线,Straight,2024-09-01T12:00:00Z,28.9,120.9,30.0,975,10\n"
LAST = "straight,直线,Straight,2024-09-03T00:00:00Z,37.9,120.9,30.0,975,10"
PORT = "port,tiny,港口,Port,village,121.25,31.9,"
TEAM = "team-1,救援队,Rescue team,professional,seat,8,4,"

# Refused: (case, what is spoilt, words of the error).
REFUSED: list[tuple[str, str, Spoil, tuple[str, ...]]] = [
    ("01-time-cma", "tiny", edit("tracks.csv", "2024-08-31T12:00:00Z", "2024083112"),
     ("tracks.csv, row 2, column time", "2024083112 is not a time")),
    ("02-time-excel", "tiny", edit("tracks.csv", "2024-08-31T12:00:00Z", "45535.5"),
     ("tracks.csv, row 2, column time", "45535.5 is not a time")),
    ("05-wind0-at-landfall", "tiny", edit("tracks.csv", FIX, FIX.replace("30.0", "0")),
     ("tracks.csv, row 6, column wind_ms", "0 m/s at 975 hPa", "give no wind")),
    ("07-gauge-code-999.9", "tiny", gauge(*hours(8, 3), *hours(11, 1, "999.9")),
     ("gauge.csv, row 5, column rain_mm", "999.9 is more than 450")),
    ("weather-code-9999", "tiny-fire", edit("weather.csv", "20,50,0,0,0", "20,50,0,0,999"),
     ("weather.csv, row 2, column rain_mm_h", "999 is more than 450")),
    ("14-gauge-other-year", "tiny", gauge("2023-09-01T08:00:00+08:00,1"),
     ("gauge.csv, row 2, column time", "no row lies in the run")),
    ("gauge-after-the-run", "tiny", gauge("2024-10-01T08:00:00+08:00,1"),
     ("gauge.csv, row 2, column time", "no row lies in the run")),
    ("17-antimeridian", "tiny",
     write("tracks.csv", "storm,name_zh,name_en,time,lat,lon,wind_ms,pressure_hpa,"
           "wind_averaging_min\n"
           "straight,直,Straight,2024-08-31T12:00:00Z,20,150.0,30,975,10\n"
           "straight,直,Straight,2024-09-01T12:00:00Z,22,179.5,30,975,10\n"
           "straight,直,Straight,2024-09-02T12:00:00Z,24,-179.5,30,975,10\n"
           "straight,直,Straight,2024-09-03T12:00:00Z,26,-170,30,975,10\n"),
     ("tracks.csv", "nearest to the district at an end of its track")),
    ("19-community-typo-lon", "tiny", edit("communities.csv", "121.25", "112.25"),
     ("communities.csv, row 3, column lon", "km from its town tiny")),
    ("attack-community-far", "tiny", edit("communities.csv", "121.25", "-73.9"),
     ("communities.csv, row 3, column lon", "km from its town tiny")),
    ("community-swapped", "tiny", edit("communities.csv", "121.25,31.9", "31.9,121.25"),
     ("communities.csv, row 3, column lat",)),
    ("community-swapped-west", "tiny", edit("communities.csv", "121.25,31.9", "31.9,87.6"),
     ("communities.csv, row 3, column lon", "km from its town")),
    ("town-typo", "tiny", edit("towns.csv", "121.2,31.9", "112.2,31.9"),
     ("towns.csv, row 2, column lon", "km from the middle of the district")),
    ("watch-point-far", "tiny-fire",
     write("watch_points.csv", "watch,name_zh,name_en,kind,community,lon,lat,source,mark\n"
           "w1,瞭望,Watch,watch_point,port,0,0,made up,known\n"),
     ("watch_points.csv, row 2, column lon", "km from the middle of the district")),
    ("attack-road-short", "tiny", edit("roads.csv", "6.0", "0.001"),
     ("roads.csv, row 2, column length_km", "shorter than the straight line", "(4.7 km)")),
    ("35-zero-width", "tiny", edit("teams.csv", "seat", "seat\u200b"),
     ("teams.csv, row 2, column community", "U+200B (zero width space)", "after 'seat'")),
    ("attack-control", "tiny", edit("shelters.csv", "Shelter", "She\x01lter"),
     ("shelters.csv, row 2, column name_en", "U+0001")),
    ("turned-round", "tiny", edit("towns.csv", "Tiny Town", "Tiny\u202eTown"),
     ("towns.csv, row 2, column name_en", "U+202E")),
    ("hidden-in-toml", "tiny", edit("scenario.toml", "Tiny district", "Tiny\u2066district"),
     ("scenario.toml, row 10, key scenario.district", "U+2066")),
    ("hidden-in-header", "tiny", edit("roads.csv", "speed_kmh", "speed\u200b_kmh"),
     ("roads.csv, row 1", "U+200B")),
    ("40-title-row", "tiny", edit("teams.csv", "team,", "某区队伍一览表,,,,,,,,,,,\nteam,"),
     ("teams.csv, row 1", "row 2 looks like the header, which must be the first line")),
    ("title-and-date", "tiny", edit("roads.csv", "road,", "道路表\n2024年9月,,\nroad,"),
     ("roads.csv, row 1", "row 3 looks like the header")),
    ("41-fullwidth-comma", "tiny",
     write("stores.csv", "store，name_zh，name_en\nstore-1，库，Store\n"),
     ("stores.csv, row 1", "full-width commas (，)")),
    ("fullwidth-comma-in-row", "tiny", edit("roads.csv", "6.0,36", "6.0，36"),
     ("roads.csv, row 2", "full-width commas (，)")),
    ("fullwidth-digit", "tiny", edit("teams.csv", "seat,8,4", "seat,８,4"),
     ("teams.csv, row 2, column members", "full-width characters; write 8")),
    ("other-case", "tiny", both(gauge(*hours(8, 36)), rename("gauge.csv", "Gauge.CSV")),
     ("gauge.csv: lies there as Gauge.CSV",)),
    ("sides-differ", "tiny-fire", edit("elevation.asc", "cellsize 5", "dx 5\ndy 6"),
     ("elevation.asc", "cells of 5 x 6; give square ones")),
    ("attack-compact-date", "tiny", edit("tracks.csv", "2024-08-31T12:00:00Z", "20240831"),
     ("tracks.csv, row 2, column time", "20240831 is not a time")),
    ("attack-gauge-year", "tiny", gauge("2014-09-01T00:00:00+08:00,1"),
     ("gauge.csv, row 2, column time", "no row lies in the run")),
    ("attack-inside-km", "tiny-fire", edit("building_fires.csv", "0.25", "1e308"),
     ("building_fires.csv, row 2, column inside_km", "0 to 100")),
    ("attack-own-range", "tiny-fire",
     edit("parameters.csv", "fire.local_kmh,18,km/h,10,35", "fire.local_kmh,0,km/h,-100,100"),
     ("parameters.csv, row 2, column value", "give 10 to 35")),
    ("own-high", "tiny-fire",
     edit("parameters.csv", "fire.local_kmh,18,km/h,10,35", "fire.local_kmh,18,km/h,10,350"),
     ("parameters.csv, row 2, column high", "350 is outside the range")),
    ("attack-run-ends", "tiny", edit("scenario.toml", "closest_h = 24.0", "closest_h = 720"),
     ("scenario.toml, row 17, key scenario.start_before_closest_h",
      "the run ends before the closest approach")),
    ("run-begins-after", "tiny",
     edit("scenario.toml", "start_before_closest_h = 24.0", "start = 2025-09-01T00:00:00Z"),
     ("scenario.toml, row 17, key scenario.start", "the run begins after the storm")),
    ("attack-start-9999", "tiny-fire",
     edit("scenario.toml", "2024-01-10T08:00:00+08:00", "9999-12-31T23:00:00Z"),
     ("scenario.toml", "not in the years 1900 to 2100")),
    ("attack-track-far", "tiny", edit("tracks.csv", "2024-09-03T00", "9999-12-31T23"),
     ("tracks.csv, row 12, column time", "not in the years 1900 to 2100")),
    ("neither-wind-nor-pressure", "tiny", edit("tracks.csv", FIX, FIX.replace("30.0,975", ",")),
     ("tracks.csv, row 6", "neither wind_ms nor pressure_hpa")),
]  # fmt: skip


@pytest.mark.parametrize(("case", "base", "spoil", "words"), REFUSED, ids=[c[0] for c in REFUSED])
def test_it_is_refused_in_a_line(
    case: str,
    base: str,
    spoil: Spoil,
    words: tuple[str, ...],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = folder_of(tmp_path, spoil, base)
    caught: list[BadInput] = []
    say = cli.complain_of
    monkeypatch.setattr(cli, "complain_of", lambda e, lang: caught.append(e) or say(e, lang))
    assert main(["check", str(folder)]) == BAD
    said = capfd.readouterr()
    assert said.out == ""
    assert [english(error) for error in caught] == [[]]
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err, said.err


# Told and taken: (case, base, what is spoilt, key of the note, words of it).
TOLD: list[tuple[str, str, Spoil, str, tuple[str, ...]]] = [
    ("04-wind0-last-fix", "tiny",
     edit("tracks.csv", LAST, LAST.replace("30.0,975", "0,1000")),
     "wind_nought", ("tracks.csv, row 12, column wind_ms", "Taken as not given")),
    ("08-knots-as-ms", "tiny", edit("tracks.csv", FIX, FIX.replace("30.0,975", "85,955")),
     "wind_high", ("tracks.csv, row 6, column wind_ms", "85 m/s", "955 hPa", "Knots?")),
    ("ms-as-knots", "tiny", edit("tracks.csv", FIX, FIX.replace("30.0,975", "9,940")),
     "wind_low", ("tracks.csv, row 6, column wind_ms", "9 m/s", "940 hPa")),
    ("blank-in-a-deep-storm", "tiny", edit("tracks.csv", FIX, FIX.replace("30.0,975", ",955")),
     "wind_blank", ("tracks.csv, row 6, column wind_ms", "955 hPa", "17.2 m/s")),
    ("10-fix-a-minute-later", "tiny",
     edit("tracks.csv", FIX, FIX + FIX.replace("12:00:00Z,28.9", "12:01:00Z,29.1")),
     "track_fast", ("tracks.csv, row 7, column time", "22 km in 1 min")),
    ("11-track-gap", "tiny",
     both(*(drop("tracks.csv", f"straight,直线,Straight,2024-09-0{d}T")
            for d in (1, 2))),
     "track_gap", ("tracks.csv, row 4, column time", "54 h and")),
    ("13-run-ends-before-storm", "tiny",
     edit("scenario.toml", "duration_h = 36", "duration_h = 12"),
     "run_before_storm", ("scenario.toml, scenario.start_before_closest_h", "ends 12 h before")),
    ("run-begins-late", "tiny",
     edit("scenario.toml", "start_before_closest_h = 24.0", "start = 2024-09-02T12:00:00Z"),
     "run_after_storm", ("scenario.toml, scenario.start", "begins 12 h after")),
    ("storm-far-off", "tiny",
     lambda f: (f / "tracks.csv").write_text(
         (f / "tracks.csv").read_text(encoding="utf-8").replace("120.9", "135.9"),
         encoding="utf-8") and None,
     "far_storm", ("tracks.csv", "no nearer than 1,3")),
    ("16-gauge-daily-rows", "tiny",
     gauge("2024-09-01T08:00:00+08:00,105", "2024-09-02T08:00:00+08:00,0"),
     "gauge_steps", ("gauge.csv, row 3, column time", "24 h after", "rain of one hour")),
    ("gauge-begins-late", "tiny", gauge(*hours(20, 24)),
     "gauge_part", ("gauge.csv", "covers 24 of the run's 36 h")),
    ("community-60-km-off", "tiny",
     both(edit("communities.csv", "121.25", "121.9"), edit("roads.csv", "6.0", "80")),
     "far_community", ("communities.csv, row 3, column lon", "66 km from its town")),
    ("20-road-600-km", "tiny", edit("roads.csv", "6.0", "600"),
     "long_road", ("roads.csv, row 2, column length_km", "600 km long", "Metres")),
    ("road-a-little-short", "tiny", edit("roads.csv", "6.0", "4.0"),
     "short_road", ("roads.csv, row 2, column length_km", "is 4 km long")),
    ("46-second-bridge", "tiny",
     edit("roads.csv", "r1,", "r2,seat,port,7,36,0,0,assumption\nr1,"),
     "parallel_road", ("roads.csv, row 3, column to_community", "Taken as two roads")),
    ("25-store-without", "tiny",
     both(edit("stores.csv", "1,2000,10", "0,0,0"), drop("stock.csv", "store-1")),
     "empty_store", ("stores.csv, row 2, column trucks", "neither a lorry nor stock")),
    ("26-crew-larger", "tiny", edit("teams.csv", "seat,8,4", "seat,35,40"),
     "large_crew", ("teams.csv, row 2, column crew_size", "Taken as one crew of 35")),
    ("team-of-nobody", "tiny", edit("teams.csv", "seat,8,4,1", "seat,0,4,0"),
     "no_members", ("teams.csv, row 2, column members", "sends nobody")),
    ("shelter-of-none", "tiny", edit("shelters.csv", "seat,20", "seat,0"),
     "no_capacity", ("shelters.csv, row 2, column capacity",)),
    ("32-shelter-twice", "tiny",
     edit("shelters.csv", "shelter-1,", "shelter-2,避难 场所 ,Shelter,town,seat,20,x,known\n"
          "shelter-1,"),
     "twice", ("shelters.csv, row 3, column name_zh", "shelter-1 has the name of shelter-2")),
    ("34-stock-in-litres", "tiny", edit("stock.csv", "water_ml,60000", "water_ml,60"),
     "small_stock", ("stock.csv, row 2, column quantity", "60 mL", "less than one person")),
    ("49-wind-in-kmh", "tiny-fire", edit("weather.csv", "20,50,0,0,0", "20,50,36,270,0"),
     "weather_gale", ("weather.csv, row 2, column wind_ms", "36 m/s", "in km/h, write 10")),
    ("weather-by-the-day", "tiny-fire",
     edit("weather.csv", "2024-01-10T12:00:00Z", "2024-01-11T00:00:00Z"),
     "weather_steps", ("weather.csv, row 3, column time", "24 h after")),
    ("52-missing-pressure", "tiny", edit("tracks.csv", FIX, FIX.replace("975", "")),
     "no_pressure", ("tracks.csv, row 6, column pressure_hpa", "Taken as 975 hPa")),
]  # fmt: skip


@pytest.mark.parametrize(("case", "base", "spoil", "key", "words"), TOLD, ids=[c[0] for c in TOLD])
def test_it_is_told_in_both_languages_and_taken(
    case: str, base: str, spoil: Spoil, key: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    from anlan.analysis.notes import notes

    folder = folder_of(tmp_path, spoil, base)
    scenario = load(folder)
    found = [one for one in odd(scenario) if one.key == key]
    assert len(found) == 1, odd(scenario)
    english = notes(scenario, "en", lambda: places_of(folder))
    chinese = notes(scenario, "zh", lambda: places_of(folder))
    assert len(english) == len(chinese)
    assert any(all(word in note for word in words) for note in english), english
    file, _, rest = words[0].partition(", row ")
    if rest:
        row = rest.split(",")[0]
        assert any(f"{file}第{row}行" in note for note in chinese), chinese


def test_check_prints_what_is_odd_and_says_that_the_data_are_valid(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path, edit("roads.csv", "6.0", "600"))
    assert main(["check", str(folder)]) != BAD
    said = capfd.readouterr().out
    assert "roads.csv, row 2" in said
    assert "Taken as written" in " ".join(said.split())
    assert "How far the stock goes" in said


def test_what_has_no_file_is_named_by_what_it_is(tmp_path: Path) -> None:
    from anlan.analysis.notes import notes

    changed = load("tiny", {"teams.team-1.crew_size": "40"})
    assert any("teams.csv, team-1, column crew_size" in n for n in notes(changed, "en"))
    spoil = edit("tracks.csv", FIX, FIX.replace("30.0,975", "85,955"))
    known = notes(load(folder_of(tmp_path, spoil)), "en", Places)
    assert any("tracks.csv, 2024-09-01T12:00+00:00, column wind_ms" in n for n in known)


def test_a_report_tells_what_is_odd(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, edit("roads.csv", "6.0", "600"))
    out = tmp_path / "out"
    plain = ["--workers", "1", "--no-pictures", "--lang", "en"]
    main(["run", str(folder), "--runs", "1", *plain, "--out", str(out)])
    page = (out / "report.en.html").read_text(encoding="utf-8")
    assert "roads.csv, r1, column length_km" in page


@pytest.mark.parametrize("name", [name for name, *_ in shipped() if "nantong" not in name])
def test_nothing_of_what_ships_is_odd_but_rain_of_a_few_hours(name: str) -> None:
    assert {one.key for one in odd(load(name))} <= {"gauge_part"}


# -- what is taken -------------------------------------------------------------------------------


def tiny_with(tmp_path: Path, spoil: Spoil, base: str = "tiny") -> Scenario:
    return load(folder_of(tmp_path, spoil, base))


def test_a_wind_of_nought_leaves_the_storm_what_it_is(tmp_path: Path) -> None:
    spoil = edit("tracks.csv", LAST, LAST.replace("30.0,975", "0,1000"))
    scenario = tiny_with(tmp_path, spoil)
    fixes = fixes_of(scenario, start_time(scenario))
    assert np.isfinite(fixes.wind_ms).all()
    assert 5.0 < fixes.wind_ms[-1] < 20.0


@pytest.mark.parametrize(("row", "taken"), [(FIX, 975.0), (LAST, None)])
def test_a_pressure_that_is_not_given_comes_of_the_fixes_beside_it_or_of_the_wind(
    row: str, taken: float | None, tmp_path: Path
) -> None:
    scenario = tiny_with(tmp_path, edit("tracks.csv", row, row.replace("975", "")))
    deficit = fixes_of(scenario, start_time(scenario)).deficit_hpa
    usual = fixes_of(load("tiny"), start_time(load("tiny"))).deficit_hpa
    assert np.isfinite(deficit).all()
    if taken is not None:
        assert deficit.tolist() == usual.tolist()
    else:
        assert deficit[:-1].tolist() == usual[:-1].tolist()
        assert 20.0 < deficit[-1] < 80.0  # 30 m/s


def test_a_leg_over_the_antimeridian_goes_the_shorter_way() -> None:
    track = load("tiny").tracks[:2]
    ends = [
        track[0].model_copy(update={"lat": 20.0, "lon": 179.0}),
        track[1].model_copy(update={"lat": 20.0, "lon": -179.0}),
    ]
    _, km = nearest_time(ends, 121.2, 31.9)
    assert km == pytest.approx(great_circle_km(179.0, 20.0, 121.2, 31.9))
    at, near = nearest_time(ends, 180.0, 20.0)
    assert near < 1.0
    assert ends[0].time < at < ends[1].time


@pytest.mark.parametrize("base", ["tiny", "tiny-fire"])
def test_names_may_lack_one_language(base: str, tmp_path: Path) -> None:
    from anlan.analysis.words.names import name_of

    scenario = tiny_with(tmp_path, edit("towns.csv", ",Tiny Town,", ",,"), base)
    assert name_of(scenario.towns[0], "en") == scenario.towns[0].name_zh


def test_a_grid_of_dx_and_dy_is_one_of_square_cells() -> None:
    text = "ncols 2\nnrows 1\nxllcorner 0\nyllcorner 0\ndx 5\ndy 5\nNODATA_value -9999\n1 2\n"
    assert parse_ascii_grid(text).cell_m == 5.0


def test_a_second_bridge_is_driven_where_the_first_is_closed(tmp_path: Path) -> None:
    spoil = edit("roads.csv", "r1,", "r2,seat,port,9,36,0,0,assumption\nr1,")
    scenario = tiny_with(tmp_path, spoil)
    index = {c.community: i for i, c in enumerate(scenario.communities)}
    table = RoadTable(scenario, index)
    roads = RoadMap(table)
    way = index["seat"], index["port"]
    roads.set_minutes("lorry", table.free_min)
    assert roads.minutes_between("lorry", *way) == pytest.approx(10.0)
    closed = np.where(np.array(table.ids) == "r1", np.inf, table.free_min)
    roads.set_minutes("lorry", closed)
    assert roads.minutes_between("lorry", *way) == pytest.approx(15.0)


# -- rasters with a frame of their own -----------------------------------------------------------

RASTERS = {"elevation.asc": Raster(en="", zh="")}
CORNER = (121.255, 31.895)


def geotiff(path: Path, crs: str, x: float, y: float, cell: float = 5.0) -> None:
    """A flat grid of 20 x 20 cells whose south-west corner lies at (x, y)."""
    rasterio = pytest.importorskip("rasterio")
    transform = rasterio.transform.from_origin(x, y + 20 * cell, cell, cell)
    with rasterio.open(
        path, "w", driver="GTiff", width=20, height=20, count=1, dtype="float32", crs=crs,
        transform=transform,
    ) as data:  # fmt: skip
        data.write(np.full((1, 20, 20), 100.0, dtype="float32"))


def in_frame(crs: str) -> tuple[float, float]:
    """Where the corner of the tiny fire's land lies in a frame."""
    pytest.importorskip("rasterio")
    from rasterio.warp import transform

    xs, ys = transform("EPSG:4326", crs, [CORNER[0]], [CORNER[1]])
    return xs[0], ys[0]


# How a GeoTIFF is spoilt, and how each is told in Chinese.
SPOILT_TIFFS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "another file": (lambda _: b"hello", "不是 GeoTIFF"),
    "an empty file": (lambda _: b"", "文件是空的"),
    "the beginning alone": (lambda whole: whole[:10], "文件不完整或已损坏"),
    "cut short": (lambda whole: whole[: len(whole) // 2], "文件不完整或已损坏"),
}


@pytest.mark.parametrize("case", SPOILT_TIFFS)
def test_a_geotiff_that_cannot_be_read_is_told_in_chinese(case: str, tmp_path: Path) -> None:
    spoil, says = SPOILT_TIFFS[case]
    file = tmp_path / "elevation.tif"
    geotiff(file, "EPSG:32651", 300_000.0, 3_500_000.0)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(BadInput) as caught:
        read_grid(tmp_path, file.name)
    line = in_words(caught.value, "zh")
    assert line.startswith(f"elevation.tif：{says}")
    said = re.search("（栅格库原话：“(.*)”）$", line)
    assert english(caught.value, said[1] if said else "") == []


@pytest.mark.filterwarnings("ignore:.*identity")
def test_a_geotiff_that_says_no_place_is_told_and_the_library_warns_nobody(tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=20, height=20, count=1, dtype="float32"
    ) as data:
        data.write(np.full((1, 20, 20), 100.0, dtype="float32"))
    with warnings.catch_warnings(record=True) as warned, pytest.raises(BadInput) as caught:
        read_grid(tmp_path, "a.tif")
    assert in_words(caught.value, "zh").startswith("a.tif：没有位置信息")
    assert warned == []


def test_a_geotiff_in_a_frame_of_its_own_is_told_in_chinese(tmp_path: Path) -> None:
    geotiff(tmp_path / "a.tif", 'LOCAL_CS["x",UNIT["metre",1]]', 300_000.0, 3_500_000.0)
    with pytest.raises(BadInput) as caught:
        read_grid(tmp_path, "a.tif")
    assert in_words(caught.value, "zh").startswith("a.tif：其投影无法识别")


@pytest.mark.parametrize("name", ["elevation.tif", "elevation.TIF", "Elevation.TIFF"])
def test_a_geotiff_is_read_whatever_the_letters_of_its_name(name: str, tmp_path: Path) -> None:
    geotiff(tmp_path / name, "EPSG:32651", *in_frame("EPSG:32651"))
    assert "ncols 20" in read_grids(tmp_path, RASTERS, CORNER)["elevation.asc"]


def test_a_geotiff_that_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    x, y = in_frame("EPSG:32651")
    geotiff(tmp_path / "elevation.tif", "EPSG:32651", x + 20_000.0, y + 30_000.0)
    with pytest.raises(BadInput, match=r"36 km from lon, lat of \[forest\]"):
        read_grids(tmp_path, RASTERS, CORNER)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3395"])
def test_a_projection_whose_metres_are_not_the_grounds_is_refused(crs: str, tmp_path: Path) -> None:
    geotiff(tmp_path / "elevation.tif", crs, *in_frame(crs))
    with pytest.raises(BadInput, match="m on the ground"):
        read_grids(tmp_path, RASTERS, CORNER)


@pytest.mark.parametrize("value", ["30", "1000000", "3.5"])
def test_moisture_in_percent_is_refused(value: str, tmp_path: Path) -> None:
    lines = (SHIPPED / "tiny-fire" / "elevation.asc").read_text(encoding="utf-8").splitlines()
    body = "\n".join([*lines[:6], *([" ".join([value] * 100)] * 100)])
    with pytest.raises(BadInput, match=r"moisture.asc: holds .* not percent"):
        tiny_with(tmp_path, write("moisture.asc", body), "tiny-fire")


# -- runs and studies ----------------------------------------------------------------------------


def test_no_ledgers_kept_still_ends_in_a_verdict(tmp_path: Path) -> None:
    out = tmp_path / "out"
    short = ["--set", "settings.duration_h=6", "--set", "settings.start_before_closest_h=4"]
    kept = ["--workers", "1", "--no-pictures", "--keep-ledgers", "0", "--out", str(out)]
    main(["run", "tiny", "--runs", "2", *kept, *short])
    assert (out / "report.en.html").is_file()


STUDY = """[study]
id = "s1"
question = {{ zh = "问", en = "q" }}
scenario = "{scenario}"
replications = 2
{more}
[[factor]]
name = "{name}"
{factor}
[design]
kind = "grid"
"""
COMPLY = "parameters.residents.comply_low_lying"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "target.no-deaths.measure", "factor": 'values = ["harm.deaths", "wibble"]'},
         "no measure wibble"),
        ({"factor": "low = 0.31\nhigh = 0.9\nlevels = 1000000000"}, "more than most_runs"),
        ({"factor": "low = -1e308\nhigh = 1e308\nlevels = 3"}, "no value that a number can have"),
        ({"scenario": "a" * 5000}, "key study.scenario"),
        ({"scenario": r"a\u0000b"}, "key study.scenario"),
        ({"more": '[set]\n"parameters.wind.air_density_kg_m3" = nan'}, "nan is no value"),
        ({"more": '[set]\n"parameters.wind.air_density_kg_m3" = -inf'}, "-inf is no value"),
        ({"factor": "values = [0.8, nan]"}, "nan is no value"),
        ({"factor": "values = [0.8, inf]"}, "inf is no value"),
    ],
)  # fmt: skip
def test_a_study_that_cannot_be_is_refused_in_a_line(
    given: dict[str, str], words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    told = {"scenario": "tiny", "more": "", "name": COMPLY, "factor": "values = [0.8, 0.9]"}
    (tmp_path / "study.toml").write_text(STUDY.format(**{**told, **given}), encoding="utf-8")
    assert main(["study", str(tmp_path / "study.toml"), "--estimate"]) == BAD
    said = capfd.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_study_with_a_name_that_no_disk_holds_is_not_there(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["study", "a" * 5000]) == BAD
    assert "there is no such file" in capfd.readouterr().err


# -- what needs no folder of its own -------------------------------------------------------------


def test_a_table_that_is_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, lambda f: (f / "towns.csv").unlink())
    (folder / "towns.csv").symlink_to("towns.csv")
    with pytest.raises(BadInput, match=r"towns\.csv: "):
        load(folder)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished folder of two short runs."""
    out = tmp_path_factory.mktemp("played") / "out"
    short = ["--set", "settings.duration_h=6", "--set", "settings.start_before_closest_h=4"]
    main(
        ["run", "tiny", "--runs", "2", "--workers", "1", "--no-pictures", "--out", str(out), *short]
    )
    return out


@pytest.mark.parametrize("measure", ["run", "variant"])
def test_a_key_of_the_runs_is_no_measure(
    measure: str, played: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(played), str(played), "--measure", measure]) == BAD
    assert "not in the data" in capfd.readouterr().err


def test_differences_that_cannot_be_written_are_told_in_a_line(
    played: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for csv in (tmp_path, tmp_path / "file" / "x.csv"):
        assert main(["compare", str(played), str(played), "--csv", str(csv)]) == BAD
        assert "cannot be written" in capfd.readouterr().err


@pytest.mark.parametrize("text", ["null", "[1]", "3"])
def test_a_manifest_that_is_none_is_told_in_a_line(
    text: str, played: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(played, tmp_path / "copy"))
    (copy / "manifest.json").write_text(text, encoding="utf-8")
    assert main(["report", str(copy)]) == BAD
    assert "manifest.json: is missing or spoilt" in capfd.readouterr().err
