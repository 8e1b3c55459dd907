"""Bad input: each case is one line that names the file, the row, the column and what is right."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from anlan.sim import load
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED
from tests.chinese import english


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scenario folder of one's own: a copy of the tiny one."""
    return Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))


Slip = Callable[[Path], int]  # spoils a folder and tells the row where it did


def edit(file: str, old: str, new: str) -> Slip:
    """A slip: the first `old` in a file becomes `new`."""

    def slip(folder: Path) -> int:
        text = (folder / file).read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, f"{file} has no {old!r} to spoil"
        (folder / file).write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1

    return slip


def write(file: str, data: bytes) -> Slip:
    """A slip: the whole file becomes these bytes."""

    def slip(folder: Path) -> int:
        (folder / file).write_bytes(data)
        return 1

    return slip


def append(file: str, line: str) -> Slip:
    """A slip: one more line at the end of a file."""

    def slip(folder: Path) -> int:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        (folder / file).write_text("\n".join([*lines, line, ""]), encoding="utf-8")
        return len(lines) + 1

    return slip


def cut(file: str, rows: int) -> Slip:
    """A slip: only the first rows of a file are left."""

    def slip(folder: Path) -> int:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        (folder / file).write_text("\n".join(lines[:rows]), encoding="utf-8")
        return rows

    return slip


def remove(file: str) -> Slip:
    """A slip: the file is not there."""

    def slip(folder: Path) -> int:
        (folder / file).unlink()
        return 0

    return slip


PORT = "port,tiny,港口,Port,village,121.25,31.9,16,8,"
ROAD = "r1,seat,port,6.0,36,0,0,assumption"
TEAM = "professional,seat,8,4,1,"


def roads(*rows: str) -> Slip:
    """A slip: a table of roads with its columns that may be left out; the last row is told."""
    head = "road,from_community,to_community,length_km,speed_kmh,trees_per_km,dip_m,mark,oneway"
    lines = [f"{head},lanes,capacity_veh_h_lane,max_kg,max_height_m", *rows, ""]
    spoil = write("roads.csv", "\n".join(lines).encode())
    return lambda folder: spoil(folder) + len(rows)


BOTH_WAYS = "r1,seat,port,6.0,36,0,0,assumption,0"

# name -> (slip, what the line begins with, what it also says)
CASES: dict[str, tuple[Slip, str, str]] = {
    "missing column": (
        edit("teams.csv", "name_en,kind,community,members", "name_en,kind,community,persons"),
        "teams.csv, row {row}, column members: the column is missing",
        "if persons is it, call that members",
    ),
    "column left out": (
        write("stock.csv", b"holder,item,mark\nstore-1,meal,assumption\n"),
        "stock.csv, row 1, column quantity: the column is missing",
        "a whole number from 0 to 1000000000000",
    ),
    "column twice": (
        write("stock.csv", b"holder,item,item,quantity,mark\n"),
        "stock.csv, row 1, column item: the column is there twice",
        "keep one",
    ),
    "town that does not exist": (
        edit("communities.csv", "port,tiny,", "port,tinny,"),
        "communities.csv, row {row}, column town: no town tinny in towns.csv",
        "did you mean tiny?",
    ),
    "negative population": (
        edit("communities.csv", PORT, PORT.replace("16,8,", "-16,8,")),
        "communities.csv, row {row}, column residents: -16 is less than 0",
        "give a whole number from 0 to 10000000",
    ),
    "negative members": (
        edit("teams.csv", TEAM, TEAM.replace(",8,", ",-3,")),
        "teams.csv, row {row}, column members: -3 is less than 0",
        "give a whole number from 0 to 100000",
    ),
    "half a person": (
        edit("communities.csv", PORT, PORT.replace("16,8,", "16.5,8,")),
        "communities.csv, row {row}, column residents: 16.5 is not a whole number",
        "give a whole number from 0 to 10000000",
    ),
    "NaN": (
        edit("roads.csv", ROAD, ROAD.replace("6.0", "nan")),
        "roads.csv, row {row}, column length_km: nan is not a finite number",
        "give a number, more than 0",
    ),
    "infinite": (
        edit("stores.csv", "1,2000,10", "1,inf,10"),
        "stores.csv, row {row}, column truck_kg: inf is not a finite number",
        "give a number from 0 to 1000000",
    ),
    "probability of 1.2": (
        edit("communities.csv", "0,0,0.5,0,", "0,0,1.2,0,"),
        "communities.csv, row {row}, column low_lying_share: 1.2 is more than 1",
        "give a number from 0 to 1",
    ),
    "shares above one": (
        edit("communities.csv", "0,0,0.5,0,", "0.3,0.4,0.5,0,"),
        "communities.csv, row {row}: the four dwelling shares add up to 1.2",
        "more than 1",
    ),
    "probability of 1.2 in the plan": (
        edit("plan.toml", "at_least = 0.95", "at_least = 1.2"),
        "plan.toml, row {row}, key target[3].at_least: 1.2 is not less than 1",
        "give a number",
    ),
    "track that goes back in time": (
        edit("tracks.csv", "2024-09-01T00:00:00Z", "2024-08-30T00:00:00Z"),
        "tracks.csv, row {row}, column time: 2024-08-30T00:00:00+00:00 is not after",
        "sort the storm's fixes by time",
    ),
    "time without offset": (
        edit("tracks.csv", "2024-09-01T00:00:00Z", "2024-09-01T00:00:00"),
        "tracks.csv, row {row}, column time: 2024-09-01T00:00:00 has no offset",
        "such as 2022-09-14T18:00:00+08:00",
    ),
    "track that ends too soon": (
        cut("tracks.csv", 6),
        "tracks.csv, column time: the storm straight is nearest to the district at an end",
        "before and after",
    ),
    "road to nowhere": (
        edit("roads.csv", ROAD, ROAD.replace("seat,port", "seat,prot")),
        "roads.csv, row {row}, column to_community: no community prot in communities.csv",
        "did you mean port?",
    ),
    "road to itself": (
        edit("roads.csv", ROAD, ROAD.replace("seat,port", "seat,seat")),
        "roads.csv, row {row}, column to_community: the road leads from seat to itself",
        "give another end",
    ),
    "a road that only leads in": (
        roads("r1,seat,port,6.0,36,0,0,assumption,1,,,,"),
        "communities.csv, row 3, column community: one-way roads only lead into port",
        "add one that leads out to roads.csv",
    ),
    "a road that only leads out": (
        roads("r1,port,seat,6.0,36,0,0,assumption,1,,,,"),
        "communities.csv, row 3, column community: one-way roads only lead out of port",
        "add one that leads in to roads.csv",
    ),
    "a road neither one-way nor two-way": (
        roads("r1,seat,port,6.0,36,0,0,assumption,both,,,,"),
        "roads.csv, row {row}, column oneway: both is neither yes nor no",
        "give",
    ),
    "a road of half a lane": (
        roads(BOTH_WAYS + ",0.5,,,"),
        "roads.csv, row {row}, column lanes: 0.5 is not a whole number",
        "from 1 to 12, or nothing",
    ),
    "a lane that nobody can use": (
        roads(BOTH_WAYS + ",1,0,,"),
        "roads.csv, row {row}, column capacity_veh_h_lane: 0 is not more than 0",
        "4000 or less, or nothing",
    ),
    "a bridge that bears tonnes": (
        roads(BOTH_WAYS + ",,,20,"),
        "roads.csv, row {row}, column max_kg: 20 is less than 100",
        "from 100 to 1000000, or nothing",
    ),
    "a bridge that bears no fly": (
        roads(BOTH_WAYS + ",,,nan,"),
        "roads.csv, row {row}, column max_kg: nan is not a finite number",
        "from 100 to 1000000, or nothing",
    ),
    "a bar for cats": (
        roads(BOTH_WAYS + ",,,,0.3"),
        "roads.csv, row {row}, column max_height_m: 0.3 is less than 1",
        "from 1 to 20, or nothing",
    ),
    "no road": (
        edit("roads.csv", ROAD, ""),
        "communities.csv, row 3, column community: no road joins port to the rest",
        "add one to roads.csv",
    ),
    "empty file": (
        write("shelters.csv", b""),
        "shelters.csv: the file is empty",
        "header line",
    ),
    "a cell too few": (
        edit("towns.csv", "121.2,31.9,", "31.9,"),
        "towns.csv, row {row}: 7 cells, but the header has 8 columns",
        "8 columns",
    ),
    "no rows": (
        write("towns.csv", b"town,name_zh,name_en,lon,lat,bus_seats_per_h,source,mark\n"),
        "towns.csv: has 0 rows below its header",
        "give at least 1",
    ),
    "missing file": (
        remove("teams.csv"),
        "teams.csv: the file is missing",
        "team, name_zh, name_en, kind, community",
    ),
    "missing plan": (remove("plan.toml"), "plan.toml: the file is missing", "target"),
    "neither UTF-8 nor GB18030": (
        write("towns.csv", "town,name_zh\ntiny,café, über\n".encode("latin-1")),
        "towns.csv, row 2: not UTF-8",
        "CSV UTF-8",
    ),
    "UTF-8 with a spoilt character": (
        write(
            "towns.csv", "town,name_zh\ntiny,小镇镇政府\n".encode().replace(b"\xe5\xba", b"\xe5")
        ),
        "towns.csv, row 2: not UTF-8",
        "CSV UTF-8",
    ),
    "UTF-16 as old Excel writes": (
        write("towns.csv", "town,name_zh\n".encode("utf-16")),
        "towns.csv, row 1: not UTF-8",
        "CSV UTF-8",
    ),
    "open quote": (
        edit("stores.csv", "store-1,储备库", 'store-1,"储备库'),
        "stores.csv, row {row}: not valid CSV",
        "unexpected end",
    ),
    "a cell too many": (
        edit("teams.csv", "made up,known", "made, up,assumption"),
        "teams.csv, row {row}: 13 cells, but the header has 12 columns",
        "12 columns",
    ),
    "unknown key": (
        edit("scenario.toml", "storm = ", "strom = "),
        "scenario.toml, row {row}, key hazard.typhoon.strom: unknown key; did you mean storm?",
        "storm",
    ),
    "a key left out": (
        edit("scenario.toml", 'storm = "straight"\n', ""),
        "scenario.toml, row 19, key hazard.typhoon.storm: is missing",
        "give it",
    ),
    "a key too many": (
        edit("scenario.toml", "[policy]", "landfall = 3\n[policy]"),
        "scenario.toml, row {row}, key hazard.typhoon.landfall: unknown key",
        "storm",
    ),
    "unknown table": (
        edit("scenario.toml", "[policy]", "[polices]\nx = 1\n[policy]"),
        "scenario.toml, row {row}, key polices: unknown key; did you mean policy?",
        "policy",
    ),
    "unknown key in the plan": (
        edit("plan.toml", "limit = 1.0", "limits = 1.0\nlimit = 1.0"),
        "plan.toml, row {row}, key target[1].limits: unknown key; did you mean limit?",
        "limit",
    ),
    "broken TOML": (
        edit("scenario.toml", "tick_min = 5", "tick_min = = 5"),
        "scenario.toml, row {row}: not valid TOML",
        "Invalid value",
    ),
    "unknown storm": (
        edit("scenario.toml", 'storm = "straight"', 'storm = "strait"'),
        "scenario.toml, row {row}, key hazard.typhoon.storm: no storm strait in tracks.csv",
        "did you mean straight?",
    ),
    "unknown tick": (
        edit("scenario.toml", "tick_min = 5", "tick_min = 7"),
        "scenario.toml, row {row}, key scenario.tick_min: 7 is not one of these numbers",
        "one of 1, 2, 5, 10, 15",
    ),
    "tick in quotes": (
        edit("scenario.toml", "tick_min = 5", 'tick_min = "5"'),
        "scenario.toml, row {row}, key scenario.tick_min: 5 is a text; write the number",
        "one of 1, 2, 5, 10, 15",
    ),
    "seat of the command that is no community": (
        edit("scenario.toml", 'command_community = "seat"', 'command_community = "prt"'),
        "scenario.toml, row {row}, key scenario.command_community: no community prt",
        "did you mean port?",
    ),
    "unknown policy": (
        edit("scenario.toml", '"nearest-idle"', '"nearest-idol"'),
        "scenario.toml, row {row}, key policy.dispatch: no policy nearest-idol",
        "did you mean nearest-idle?",
    ),
    "true for a number": (
        edit("plan.toml", "limit = 1.0", "limit = true"),
        "plan.toml, row {row}, key target[1].limit: true is not a number",
        "give a number",
    ),
    "a number as Python writes it": (
        edit("communities.csv", PORT, PORT.replace("16,8,", "1_6,8,")),
        "communities.csv, row {row}, column residents: 1_6 is not a number",
        "give a whole number",
    ),
    "a point of the coast without latitude": (
        edit("scenario.toml", "[[121.30, 31.80], ", "[[121.30], "),
        "scenario.toml, row {row}, key scenario.coast: its item 1 holds too little",
        "[longitude, latitude]",
    ),
    "semicolons": (
        write("stock.csv", b"holder;item;quantity;mark\nstore-1;meal;1;assumption\n"),
        "stock.csv, row 1: the columns are separated by semicolons",
        "with commas",
    ),
    "tabs": (
        write("stock.csv", b"holder\titem\tquantity\tmark\n"),
        "stock.csv, row 1: the columns are separated by tabs",
        "with commas",
    ),
    "an endless cell": (
        append("teams.csv", "x" * 200_000),
        "teams.csv, row {row}: a cell holds more than 131072 characters",
        "is a quote not closed?",
    ),
    "a mountain too high": (
        edit("communities.csv", PORT + "3.0", PORT + "1e300"),
        "communities.csv, row {row}, column elevation_m: 1e300 is more than 9000",
        "from -500 to 9000",
    ),
    "a village of no size": (
        edit("communities.csv", "4.0,1.0,80", "4.0,1e-300,80"),
        "communities.csv, row {row}, column area_km2: 1e-300 is less than 0.0001",
        "from 0.0001 to 100000",
    ),
    "a road round the world": (
        edit("roads.csv", ROAD, ROAD.replace("6.0", "1e300")),
        "roads.csv, row {row}, column length_km: 1e300 is more than 2000",
        "2000 or less",
    ),
    "a wood on a road": (
        edit("roads.csv", ROAD, ROAD.replace("36,0,", "36,1e12,")),
        "roads.csv, row {row}, column trees_per_km: 1e12 is more than 10000",
        "from 0 to 10000",
    ),
    "rain from no gauge": (
        edit("scenario.toml", 'rain = "r-clipper"', 'rain = "gauge"'),
        "scenario.toml, row {row}, key hazard.typhoon.rain: rain is gauge, but there is",
        "no gauge.csv with rows; give one, or write r-clipper",
    ),
    "responses highest first": (
        edit("scenario.toml", 'level = "III"', 'level = "IV"'),
        "scenario.toml, row {row}, key response[2].level: IV does not stand above IV",
        "lowest first",
    ),
    "unknown stock holder": (
        append("stock.csv", "store-2,meal,5,assumption"),
        "stock.csv, row {row}, column holder: no store or shelter store-2",
        "did you mean store-1?",
    ),
    "unknown item": (
        append("stock.csv", "store-1,meals,5,assumption"),
        "stock.csv, row {row}, column item: no item meals in items.csv; that is the name of meal",
        "meal",
    ),
    "stock twice": (
        append("stock.csv", "store-1,meal,5,assumption"),
        "stock.csv, row {row}, column item: store-1 has a row for meal already",
        "put the two together",
    ),
    "unknown capability": (
        edit("teams.csv", "rescue;water;", "rescue;watr;"),
        "teams.csv, row {row}, column capabilities: watr is not one of the words",
        "rescue, water, engineering, medical, fire",
    ),
    "team in no community": (
        edit("teams.csv", TEAM, TEAM.replace("seat", "seta")),
        "teams.csv, row {row}, column community: no community seta in communities.csv",
        "did you mean seat?",
    ),
    "id twice": (
        edit("shelters.csv", "shelter-1,", "store-1,"),
        "shelters.csv, row {row}, column shelter: store-1 is already the id of a row in stores.csv",
        "give another id",
    ),
    "id in capitals": (
        edit("teams.csv", "team-1,", "Team 1,"),
        "teams.csv, row {row}, column team: Team 1 has a blank in it",
        "write team-1",
    ),
    "empty cell": (
        edit("teams.csv", TEAM, TEAM.replace(",8,", ",,")),
        "teams.csv, row {row}, column members: is empty",
        "give a whole number from 0 to 100000",
    ),
    "no name": (
        edit("teams.csv", "救援队", ""),
        "teams.csv, row {row}, column name_zh: is empty",
        "give a text",
    ),
    "neither yes nor no": (
        edit("communities.csv", "30,10,1,", "30,10,maybe,"),
        "communities.csv, row {row}, column generator: maybe is neither yes nor no",
        "give 1 or 0",
    ),
    "more households than residents": (
        edit("communities.csv", PORT, PORT.replace("16,8,", "6,8,")),
        "communities.csv, row {row}: 8 households for 6 residents",
        "at most one each",
    ),
    "a number beyond 64 bits": (
        edit("stock.csv", "store-1,meal,60", "store-1,meal,9999999999999999999999"),
        "stock.csv, row {row}, column quantity: 9999999999999999999999 is more than 1000000000000",
        "give a whole number from 0 to 1000000000000",
    ),
    "trucks that carry nothing": (
        edit("stores.csv", "1,2000,10", "1,0,10"),
        "stores.csv, row {row}, column truck_kg: 1 trucks that carry nothing",
        "more than 0",
    ),
    "target twice": (
        edit("plan.toml", 'id = "no-deaths"', 'id = "town-store"'),
        "plan.toml, row {row}, key target[3].id: town-store is already the id of a target",
        "another id",
    ),
    "own parameter that is none": (
        write(
            "parameters.csv",
            b"name,value,unit,low,high,source,mark,zh,en\n"
            b"wind.air_densty_kg_m3,1.15,kg/m3,1.1,1.3,x,known,x,x\n",
        ),
        "parameters.csv, row 2, column name: no parameter wind.air_densty_kg_m3",
        "did you mean wind.air_density_kg_m3?",
    ),
    "own parameter out of its range": (
        write(
            "parameters.csv",
            b"name,value,unit,low,high,source,mark,zh,en\n"
            b"wind.air_density_kg_m3,9,kg/m3,1.1,1.3,x,known,x,x\n",
        ),
        "parameters.csv, row 2: value 9 outside its range 1.1 to 1.3",
        "range",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_slip_is_named_by_file_row_and_column_with_what_would_be_right(
    folder: Path, name: str
) -> None:
    slip, begins, says = CASES[name]
    row = slip(folder)
    with pytest.raises(BadInput) as caught:
        load(folder)
    line = str(caught.value)
    assert line.startswith(begins.format(row=row)), line
    assert says in line, line
    assert "\n" not in line
    assert english(caught.value) == []


@pytest.mark.parametrize(
    "second",
    [
        "r2,port,seat,9,36,0,0,known,0,,,3000,",  # a weaker bridge beside it
        "r2,port,seat,9,36,0,0,known,0,2,900,,3.5",
        "r2,seat,port,9,36,0,0,known,1,,,3000,",
    ],
)
def test_a_second_road_with_another_limit_is_right(folder: Path, second: str) -> None:
    roads(BOTH_WAYS + ",,,,", second)(folder)
    assert len(load(folder).roads) == 2


def test_two_one_way_roads_make_a_two_way_one(folder: Path) -> None:
    rows = ("r1,seat,port,6.0,36,0,0,known,1,,,,", "r2,port,seat,9,36,0,0,known,1,,,,")
    roads(*rows)(folder)
    assert [r.oneway for r in load(folder).roads] == [True, True]


def test_lanes_are_turned_to_an_end_of_the_road(folder: Path) -> None:
    port = next(
        line
        for line in (folder / "communities.csv").read_text(encoding="utf-8").splitlines()
        if line.startswith("port,")
    )
    append("communities.csv", port.replace("port,", "pier,", 1))(folder)
    head = "road,from_community,to_community,length_km,speed_kmh,trees_per_km,dip_m,mark"
    rows = (f"{head},contraflow_to", f"{ROAD},pier", "r2,port,pier,2,36,0,0,assumption,pier", "")
    write("roads.csv", "\n".join(rows).encode())(folder)
    with pytest.raises(BadInput) as told:
        load(folder)
    line = (
        "roads.csv, row 2, column contraflow_to: pier is no end that the road leads to; give port"
    )
    assert str(told.value).startswith(line)


def test_contraflow_without_a_road_to_turn_is_told(folder: Path) -> None:
    path = folder / "scenario.toml"
    text = path.read_text(encoding="utf-8").replace(
        "open_shelters = true", "open_shelters = true\ncontraflow = true", 1
    )
    path.write_text(f"{text}\n[orders]\ncontraflow_h = 1.0\n", encoding="utf-8")
    with pytest.raises(BadInput) as told:
        load(folder)
    said = "no road names contraflow_to, so there are no lanes to turn; name it in roads.csv, or"
    lines = [str(told.value), *map(str, told.value.others)]
    assert [line.split(": ", 1)[1].split(" leave")[0] for line in lines] == [said, said]
    assert [line.rsplit("leave ", 1)[1] for line in lines] == ["contraflow out", "contraflow_h out"]
    head = "road,from_community,to_community,length_km,speed_kmh,trees_per_km,dip_m,mark"
    write("roads.csv", f"{head},contraflow_to\n{ROAD},port\n".encode())(folder)
    assert load(folder).orders.contraflow_h == 1.0


@pytest.mark.parametrize("name", ["haimen-typhon", "tinny"])
def test_an_unknown_scenario_is_answered_with_the_nearest_and_the_list(name: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(name)
    line = str(caught.value)
    assert f"no scenario is named {name}" in line
    assert "did you mean" in line
    assert "anlan list" in line


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "x" * 5000, "no/such/folder"])
def test_a_name_that_is_no_name_is_bad_input(name: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(name)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_folder_without_scenario_toml_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no scenario\.toml"):
        load(tmp_path)


def test_a_link_that_leads_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    shutil.move(folder / "teams.csv", outside)
    (folder / "teams.csv").symlink_to(outside)
    with pytest.raises(BadInput, match=r"teams\.csv: is a link that leads out"):
        load(folder)


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(folder: Path) -> None:
    (folder / "teams.csv").unlink()
    os.mkfifo(folder / "teams.csv")
    with pytest.raises(BadInput, match=r"teams\.csv: is not a plain file"):
        load(folder)


def test_a_file_too_large_to_be_a_table_is_refused(folder: Path) -> None:
    with (folder / "gauge.csv").open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(BadInput, match=r"gauge\.csv: is larger than 50 MB"):
        load(folder)


def test_control_characters_of_a_file_do_not_reach_the_terminal(folder: Path) -> None:
    edit("teams.csv", "professional", "pro\x1b[31mfessional")(folder)
    with pytest.raises(BadInput) as caught:
        load(folder)
    assert "\x1b" not in str(caught.value)
