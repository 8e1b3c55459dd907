"""`anlan import-track`: best tracks of four kinds become rows of tracks.csv, units and all."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from anlan.app.cli import main
from anlan.app.tracks.command import Asked, Track, track_of
from anlan.sim import SHIPPED, load, override
from anlan.sim.scenario.errors import BadInput

# Made up, in the layouts that the agencies publish.
CMA = """\
66666 2212    4 0012 2212 0 6 Muifa                               20230101
2022091406 5 288 1228  955      42
2022091412 4 299 1223  965      38
2022091500 2 327 1209  988      23
2022091506 1 340 1205  996       9
66666 0000    3 0013 0000 0 6 (nameless)                          20230101
2022091506 1 150 1300 1002      12
2022091512 1 155 1290 1000      15
2022091518 0 160 1280    0       0
66666 2214    2 0014 2214 0 6 Chan-hom(-)1                        20230101
2022092000 1 150 1300 1002      12
2022092006 1 155 1290 1000      15
"""
JMA = """\
66666 2212    4 0017 2212 0 6               MUIFA              20221028
22091318 002 2 272 1235 1004     000
22091406 002 5 288 1228  955     080     90060 0060 90150 0150
22091418 002 5 312 1217  975     065     90060 0060 90120 0120        #
22091506 002 3 340 1205  990     045     00000 0000 20120 0090
"""
DECK = """\
WP, 14, 2022091406,   , BEST,   0, 287N, 1229E,  85,  962, TY,  34, NEQ,  120,  115,  115,  110, 1005,  200,  27, 105,   0,   W,   0,    ,   0,   0,     INVEST, D,
WP, 14, 2022091406,   , BEST,   0, 287N, 1229E,  85,  962, TY,  50, NEQ,   60,   60,   60,   55, 1005,  200,  27, 105,   0,   W,   0,    ,   0,   0,     INVEST, D,
WP, 14, 2022091421, 30, BEST,   0, 318N, 1214E,  60,  978, TS,  34, SEQ,   70,   60,    0,   80, 1005,  175,  25,  75,   0,   W,   0,    ,   0,   0,      MUIFA, D,
WP, 14, 2022091506,   , BEST,   0, 341N, 1206E,  45,    0, TS,   0,    ,    0,    0,    0,    0,    0,    0,   0,   0,   0,   W,   0,    ,   0,   0,      MUIFA, D,
"""  # noqa: E501 (the layout is the agency's)
HEADS = (
    "SID,SEASON,NUMBER,BASIN,NAME,ISO_TIME,LAT,LON,TRACK_TYPE,IFLAG,USA_ATCF_ID,USA_LAT,USA_LON,"
    "USA_WIND,USA_PRES,USA_R34_NE,USA_R34_SE,USA_RMW,TOKYO_LAT,TOKYO_LON,TOKYO_WIND,TOKYO_PRES,"
    "TOKYO_R30_DIR,TOKYO_R30_LONG,TOKYO_R30_SHORT,CMA_LAT,CMA_LON,CMA_WIND,CMA_PRES"
)
UNITS = (
    " ,Year, , , , ,degrees_north,degrees_east, , , ,degrees_north,degrees_east,kts,mb,nmile,nmile,"
    "nmile,degrees_north,degrees_east,kts,mb,1,nmile,nmile,degrees_north,degrees_east,kts,mb"
)
LINES = (
    "2022247N26147,2022,67,WP,MUIFA,2022-09-14 06:00:00,28.8,122.8,main,OOO___________,WP142022,"
    "28.7,122.9,85,962,120,115,27,28.8,122.8,80,955,9,150,150,28.8,122.8,82,955",
    "2022247N26147,2022,67,WP,MUIFA,2022-09-14 09:00:00,29.3,122.6,main,PIP___________,WP142022,"
    "29.3,122.6,82,962,120,115,27,29.3,122.6,78,960,9,150,150,29.3,122.6,80,960",
    "2022247N26147,2022,67,WP,MUIFA,2022-09-15 06:00:00,34.0,120.5,main,OOO___________,WP142022,"
    "34.1,120.6,45,992, , , ,34.0,120.5,45,990,2,120,90,34.0,120.5,45, ",
)
ARCHIVE = "\n".join((HEADS, UNITS, *LINES)) + "\n"


def taken(folder: Path, text: str, **asked: Any) -> Track:
    path = folder / "track"
    path.write_text(text, encoding="utf-8")
    return track_of(path, Asked(**asked))


def cells(track: Track, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row.get(name, "") for name in names) for row in track.rows]


def own(folder: Path) -> Path:
    assert main(["copy", "tiny", str(folder / "mine")]) == 0
    return folder / "mine"


def test_cma_gives_two_minute_winds_in_metres_a_second(tmp_path: Path) -> None:
    track = taken(tmp_path, CMA, storm="muifa")
    assert cells(track, "time", "lat", "lon", "wind_ms", "pressure_hpa", "wind_averaging_min") == [
        ("2022-09-14T06:00:00Z", "28.8", "122.8", "42.0", "955", "2"),
        ("2022-09-14T12:00:00Z", "29.9", "122.3", "38.0", "965", "2"),
        ("2022-09-15T00:00:00Z", "32.7", "120.9", "23.0", "988", "2"),
        ("2022-09-15T06:00:00Z", "34", "120.5", "", "996", "2"),  # 9: below 10 m/s
    ]
    assert track.told.counts["weak"] == 1
    assert (track.own_id, track.rows[0]["name_zh"], track.rows[0]["name_en"]) == (
        "muifa-2022", "梅花", "Muifa"
    )  # fmt: skip
    nameless = taken(tmp_path, CMA, storm="2022-0013")
    assert nameless.own_id == "cma-2022-0013"
    assert (len(nameless.rows), nameless.told.counts["neither"]) == (2, 1)


def test_jma_gives_ten_minute_winds_in_knots_and_radii_of_30(tmp_path: Path) -> None:
    track = taken(tmp_path, JMA)
    names = ("wind_ms", "wind_averaging_min", "gale_ms", "gale_long_km", "gale_short_km",
             "gale_long_to")  # fmt: skip
    assert cells(track, *names) == [
        ("", "10", "", "", "", ""),  # of a depression none is given
        ("41.2", "10", "15.43", "277.8", "277.8", ""),
        ("33.4", "10", "15.43", "222.2", "222.2", ""),
        ("23.2", "10", "15.43", "222.2", "166.7", "E"),
    ]
    old = JMA.replace("66666 2212", "66666 5112").replace("\n22", "\n51")
    assert taken(tmp_path, old).rows[0]["time"] == "1951-09-13T18:00:00Z"


def test_what_jma_publishes_gives_the_shipped_rows_of_a_storm(tmp_path: Path) -> None:
    """Muifa of the shipped table written in JMA's layout and read again."""
    with (SHIPPED / "haimen-typhoon" / "tracks.csv").open(encoding="utf-8-sig") as file:
        shipped = [row for row in csv.DictReader(file) if row["storm"] == "muifa-2022"]
    codes = {"": 9, "NE": 1, "E": 2, "SE": 3, "S": 4, "SW": 5, "W": 6, "NW": 7, "N": 8}
    lines = [f"66666 2212  {len(shipped):03} 0017 2212 0 6               MUIFA"]
    for row in shipped:
        knots = round(float(row["wind_ms"] or 0) / 0.514444)
        far, near = (round(float(row[f"gale_{n}_km"] or 0) / 1.852) for n in ("long", "short"))
        line = (
            f"{row['time'][2:13].replace('-', '').replace('T', '')} 002 5 "
            f"{float(row['lat']) * 10:03.0f} {float(row['lon']) * 10:04.0f} "
            f"{row['pressure_hpa']:>4}     {knots:03}     00000 0000 "
            f"{codes[row['gale_long_to']]}{far:04} {near:04}"
        )
        lines.append(line)
    track = taken(tmp_path, "\n".join(lines))
    for row, wanted in zip(track.rows, shipped, strict=True):
        for name, cell in wanted.items():
            if cell and name.endswith(("lat", "lon", "_ms", "_km", "_hpa")):
                assert float(row[name]) == pytest.approx(float(cell), abs=0.11), (row, name)
            else:
                assert row.get(name, "") == cell


def test_a_deck_of_jtwc_gives_one_minute_winds_and_radii_by_quadrant(tmp_path: Path) -> None:
    track = taken(tmp_path, DECK, storm="WP142022")
    assert track.own_id == "muifa-2022"  # named late in the deck
    names = ("time", "wind_ms", "pressure_hpa", "wind_averaging_min", "gale_ms", "gale_ne_km",
             "gale_se_km", "gale_sw_km", "gale_nw_km", "rmax_km", "outer_hpa")  # fmt: skip
    assert cells(track, *names) == [
        ("2022-09-14T06:00:00Z", "43.7", "962", "1", "17.49", "222.2", "213.0", "213.0", "203.7",
         "50.0", "1005"),
        # from the south-eastern quadrant on; none where no gales blow
        ("2022-09-14T21:30:00Z", "30.9", "978", "1", "17.49", "148.2", "129.6", "111.1", "",
         "46.3", "1005"),
        ("2022-09-15T06:00:00Z", "23.2", "", "1", "", "", "", "", "", "", ""),
    ]  # fmt: skip


def test_ibtracs_is_read_by_agency_and_by_its_units(tmp_path: Path) -> None:
    names = ("lat", "wind_ms", "pressure_hpa", "wind_averaging_min", "gale_ne_km", "gale_long_km")
    found = {a: taken(tmp_path, ARCHIVE, agency=a, storm="MUIFA 2022") for a in
             ("cma", "jma", "jtwc")}  # fmt: skip
    assert {a: cells(track, *names) for a, track in found.items()} == {
        "cma": [("28.8", "42.2", "955", "2", "", ""), ("34", "23.2", "", "2", "", "")],
        "jma": [
            ("28.8", "41.2", "955", "10", "", "277.8"),
            ("34", "23.2", "990", "10", "", "222.2"),
        ],
        "jtwc": [("28.7", "43.7", "962", "1", "222.2", ""), ("34.1", "23.2", "992", "1", "", "")],
    }
    assert [track.told.counts["drawn"] for track in found.values()] == [1, 1, 1]
    with pytest.raises(BadInput, match=r"several agencies: .*\(jtwc, jma, cma\)"):
        taken(tmp_path, ARCHIVE, storm="2022247N26147")
    metric = ARCHIVE.replace("degrees_east,kts,mb\n", "degrees_east,m/s,mb\n")
    assert taken(tmp_path, metric, agency="cma").rows[0]["wind_ms"] == "82.0"
    furlongs = ARCHIVE.replace("nmile,nmile,nmile", "furlong,nmile,nmile")
    with pytest.raises(BadInput, match="row 3: USA_R34_NE is in 'furlong'"):
        taken(tmp_path, furlongs, agency="jtwc")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (None, "holds 3 storms: Muifa 2022"),
        ("muifa-2021", "holds no storm muifa-2021; nearest of its 3: Muifa 2022"),
        ("chanhom", "holds no storm chanhom; nearest of its 3: Chan-hom"),
        ("2022", "holds 3 storms that 2022 may mean"),
    ],
)
def test_a_storm_that_is_not_told_from_others_is_one_line(
    tmp_path: Path, asked: str | None, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        taken(tmp_path, CMA, **({} if asked is None else {"storm": asked}))
    assert caught.value.others == ()
    for fits in ("muifa", "Muifa 2022", "2212", "202212", "梅花", "梅花2022", "muifa 2212"):
        assert taken(tmp_path, CMA, storm=fits).own_id == "muifa-2022"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "in a format that is known"),
        ("a,b\n1,2\n", "in a format that is known"),
        ("\x1f\x8bzip", "is packed"),
        (DECK.replace("BEST", "OFCL"), "an a-deck"),
        ("SID,SEASON\n", "row 1: has no column NAME, ISO_TIME, LAT, LON"),
        (JMA.replace("   4 0017", "   9 0017"), "row 1: the header of MUIFA promises 9 fixes"),
        (JMA.replace(" 1228  955", " 1228 1955"), "row 3: the pressure is '1955'"),
        (JMA.replace("22091406", "22091326"), "row 3: the time is '22091326'"),
        (CMA.replace("      42", "     420"), "row 2: the wind is '420'"),
        (CMA.replace("2022091406 5 288 1228", "2022091406 5 2880 1228"), "row 2: the latitude"),
        (DECK.replace("318N", "318X"), "row 3: '318X' is no place"),
        (DECK.replace("SEQ", "QQQ"), "row 3: the radii are told by 'QQQ'"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    folder, path = own(tmp_path), tmp_path / "track.txt"
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    path.write_text(text, encoding="latin-1")
    capsys.readouterr()
    asked = ["--storm", "muifa-2022", "--agency", "cma" if text.startswith("66666 2212    4 0012")
             else "jma" if text.startswith("66666") else "jtwc"]  # fmt: skip
    for lang, wanted in (("en", says), ("zh", "track.txt")):
        command = ["import-track", str(path), str(folder), *asked, "--lang", lang]
        assert main(command) == 2
        said = capsys.readouterr().err
        assert wanted in said
        assert said.count("\n") == 1
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_track_stands_beside_those_there_were_and_can_be_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, path = own(tmp_path), tmp_path / "CH2022BST.txt"
    table = folder / "tracks.csv"
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    noted = [f"{lines[0]},备注", *(f"{line},手工" for line in lines[1:])]  # a planner's own column
    table.write_text("\n".join(noted), encoding="utf-8")
    before, fixes = table.read_bytes(), load(folder).tracks
    path.write_text(CMA, encoding="utf-8")
    command = ["import-track", str(path), str(folder), "--storm", "2212", "--lang", "en"]
    assert main(command) == 0
    said = capsys.readouterr().err
    assert "CMA's mean over 2 min" in said
    assert "nearest to the district" in said
    assert "no gale radii" in said
    after = load(folder)
    assert after.tracks[: len(fixes)] == fixes
    assert [f.storm for f in after.tracks[len(fixes) :]] == ["muifa-2022"] * 4
    assert override(after, {"hazard.typhoon.storm": "muifa-2022"})
    assert table.read_text(encoding="utf-8-sig").splitlines()[: len(noted)] == noted
    kept = (folder / "tracks.before.csv").read_text(encoding="utf-8-sig")
    assert kept == before.decode("utf-8-sig")
    assert "sha256" in (folder / "tracks.muifa-2022.txt").read_text(encoding="utf-8")
    assert main([*command, "--id", "muifa-b", "--name", "zh=梅花二"]) == 0
    assert main(command) == 0
    assert "in place of the muifa-2022" in capsys.readouterr().err
    assert len(load(folder).tracks) == len(fixes) + 8
    assert main(["import-track", str(path), "tiny"]) == 2


def test_a_storm_that_never_comes_near_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, path = own(tmp_path), tmp_path / "far.txt"
    body = "\n".join(
        f"20220914{h:02} 5 {100 + h:03} {1500 - h * 3} 950 45" for h in range(0, 24, 6)
    )
    path.write_text(f"66666 2299    4 0099 2299 0 6 FARAWAY 20230101\n{body}\n", encoding="utf-8")
    assert main(["import-track", str(path), str(folder), "--lang", "en"]) == 0
    said = capsys.readouterr().err
    assert "cannot play it as it is" in said
    assert "nearest to the district at an end of its track" in said
    lats = "\n".join(
        f"2022091{4 + n // 4}{n % 4 * 6:02} 5 {150 + 40 * n} 1400 950 45" for n in range(8)
    )
    path.write_text(f"66666 2299    8 0099 2299 0 6 FARAWAY 20230101\n{lats}\n", encoding="utf-8")
    assert main(["import-track", str(path), str(folder), "--lang", "en"]) == 0
    assert "the storm comes no nearer than" in capsys.readouterr().err
