"""Slips in the tables of rivers and links of water: one line each, with file, row and column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anlan.analysis.notes import notes
from anlan.sim import BadInput, load, places_of
from anlan.sim.scenario.read import SHIPPED

HEAD = {
    "rivers.csv": "river,name_zh,name_en,source,mark",
    "river_stage.csv": "river,time,stage_m,mark",
    "river_places.csv": "community,river,fall_m,outlet_m,mark",
    "dikes.csv": "dike,name_zh,name_en,community,length_km,guards,rings,river,crest_m,source,mark",
    "water_links.csv": "from_community,to_community,sill_m,width_m,mark",
}
ROWS = {
    "rivers.csv": ["yi,沂河,Yi,made up,assumption"],
    "river_stage.csv": [
        "yi,2024-09-01T00:00:00Z,1.5,assumption",
        "yi,2024-09-05T00:00:00Z,2.5,assumption",
    ],
    "river_places.csv": ["{place},yi,0,1,assumption"],
    "dikes.csv": ["d1,堤,dike,{place},2,10,2,yi,9,made up,assumption"],
    "water_links.csv": ["{place},{other},9,20,assumption"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    for file, rows in ROWS.items():
        write(made, file, rows)
    return made


def write(folder: Path, file: str, rows: list[str]) -> None:
    place, other = (c.community for c in load("tiny").communities[:2])
    text = "\n".join([HEAD[file], *rows]).format(place=place, other=other)
    (folder / file).write_text(text + "\n", encoding="utf-8")


def test_rivers_are_read(folder: Path) -> None:
    scenario = load(folder)
    assert [r.stage_m for r in scenario.river_stage] == [1.5, 2.5]
    assert scenario.dikes[0].river == "yi"


@pytest.mark.parametrize(
    ("file", "rows", "said"),
    [
        ("river_stage.csv", ["yi,2024-09-01T00:00:00Z,nan,assumption"],
         "river_stage.csv, row 2, column stage_m"),
        ("river_stage.csv", ["yi,2024-09-01T00:00:00Z,inf,assumption"],
         "river_stage.csv, row 2, column stage_m"),
        ("river_stage.csv", ["yi,2024-09-01T00:00:00Z,,assumption"],
         "river_stage.csv, row 2, column stage_m"),
        ("river_stage.csv", ["yi,2024-09-01,1,assumption"], "river_stage.csv, row 2, column time"),
        ("river_stage.csv", ["shu,2024-09-01T00:00:00Z,1,assumption"], "no river shu in rivers"),
        ("river_stage.csv", [*ROWS["river_stage.csv"], ROWS["river_stage.csv"][0]],
         "river_stage.csv, row 4, column time: .*sort a river's rows by time"),
        ("river_stage.csv", [*ROWS["river_stage.csv"], ROWS["river_stage.csv"][1]],
         "river_stage.csv, row 4, column time: .*sort a river's rows by time"),
        ("river_stage.csv", ["yi,2023-09-01T00:00:00Z,1,assumption"],
         "rivers.csv, row 2, column river: the stages of yi go from"),
        ("river_stage.csv", [], "rivers.csv, row 2, column river: yi has no stage"),
        ("rivers.csv", [*ROWS["rivers.csv"], *ROWS["rivers.csv"]], "rivers.csv, row 3"),
        ("river_places.csv", ["nowhere,yi,0,1,assumption"], "river_places.csv, row 2"),
        ("river_places.csv", ["{place},shu,0,1,assumption"], "no river shu in rivers"),
        ("river_places.csv", ["{place},yi,0,500,assumption"],
         "river_places.csv, row 2, column outlet_m: 500 m lies above the ground"),
        ("river_places.csv", ["{place},yi,900,1,assumption"], "row 2, column fall_m"),
        ("river_places.csv", ROWS["river_places.csv"] * 2, "river_places.csv, row 3"),
        ("river_places.csv", [], "dikes.csv, row 2, column river: no row of river_places.csv says"),
        ("dikes.csv", ["d1,堤,dike,{place},2,10,2,shu,9,made up,assumption"],
         "dikes.csv, row 2, column river: no river shu"),
        ("dikes.csv", ["d1,堤,dike,{place},2,10,2,yi,-9,made up,assumption"],
         "dikes.csv, row 2, column crest_m: -9 m is no higher than the ground"),
        ("water_links.csv", ["{place},{place},9,20,assumption"],
         "water_links.csv, row 2, column to_community: the link leads from"),
        ("water_links.csv", ["{place},nowhere,9,20,assumption"],
         "water_links.csv, row 2, column to_community: no community nowhere"),
        ("water_links.csv", ["{place},{other},9,20,assumption", "{other},{place},9,20,assumption"],
         "water_links.csv, row 3, column to_community: .* have a link already"),
        ("water_links.csv", ["{place},{other},-9,20,assumption"],
         "water_links.csv, row 2, column sill_m: -9 m lies below the ground"),
        ("water_links.csv", ["{place},{other},9,0,assumption"],
         "water_links.csv, row 2, column width_m"),
        ("water_links.csv", ["{place},{other},nan,20,assumption"],
         "water_links.csv, row 2, column sill_m"),
    ],
)  # fmt: skip
def test_a_slip_is_one_line(folder: Path, file: str, rows: list[str], said: str) -> None:
    write(folder, file, rows)
    with pytest.raises(BadInput, match=said) as caught:
        load(folder)
    assert "\n" not in str(caught.value)


def test_all_slips_are_said_at_once(folder: Path) -> None:
    write(folder, "river_places.csv", ["{place},yi,0,500,assumption"])
    write(folder, "dikes.csv", ["d1,堤,dike,{place},2,10,2,yi,-9,made up,assumption"])
    with pytest.raises(BadInput) as caught:
        load(folder)
    assert len(caught.value.others) == 1


@pytest.mark.parametrize(
    ("file", "rows", "said"),
    [
        ("river_stage.csv", ["yi,2024-09-01T00:00:00Z,150,assumption"],
         "row 2, column stage_m: 150 m lies 145 m from the ground of seat (1 such"),
        ("river_stage.csv", ["yi,2024-09-01T00:00:00Z,1.5,assumption"],
         "no stage of yi is given for 36 of the run's 36 h"),
        ("river_stage.csv", ["yi,2024-08-30T00:00:00Z,0,assumption",
                             "yi,2024-09-05T00:00:00Z,0.5,assumption"],
         "the river yi stands at 0.5 m at most, 0.5 m below the lowest of its outlets"),
        ("river_places.csv", ["{place},yi,0,-400,assumption"],
         "row 2, column outlet_m: -400 m lies 405 m from the ground"),
        ("dikes.csv", ["d1,堤,dike,{place},2,10,2,yi,900,made up,assumption"],
         "row 2, column crest_m: 900 m lies 895 m from the ground"),
        ("water_links.csv", ["{place},{other},900,20,assumption"],
         "row 2, column sill_m: 900 m lies 895 m from the ground"),
    ],
)  # fmt: skip
def test_what_may_not_mean_what_it_says_is_told(
    folder: Path, file: str, rows: list[str], said: str
) -> None:
    read = load(folder)
    assert not any(
        "yi" in n or " m lies " in n for n in notes(read, "en", lambda: places_of(folder))
    )
    write(folder, file, rows)
    if file != "dikes.csv":
        (folder / "dikes.csv").unlink()
    assert any(said in note for note in notes(load(folder), "en", lambda: places_of(folder)))


def test_a_river_into_which_nobody_drains_is_told(folder: Path) -> None:
    (folder / "dikes.csv").unlink()
    (folder / "river_places.csv").unlink()
    assert any("drains into the river yi" in note for note in notes(load(folder), "en"))
