"""Folders of older formats: read as they stand, rewritten on request, or told what to change."""

from __future__ import annotations

import shutil
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from anlan import sim
from anlan.app.cli import main
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.rewrite import rewritten
from anlan.sim.scenario.schema import BuildingFireHazard, Scenario, TyphoonHazard
from tests.chinese import english

OLD = Path(__file__).resolve().parents[1] / "formats" / "1"
TOML = "scenario.toml"
EDGES = ("elevation.asc", "fuel.asc")  # grids have not changed; the old folder is stored without


@pytest.fixture(params=["tiny", "tiny-fire"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A whole folder as it was written for format 1."""
    copy = Path(shutil.copytree(OLD / request.param, tmp_path / request.param))
    if request.param == "tiny-fire":
        for file in EDGES:
            shutil.copy(SHIPPED / "tiny-fire" / file, copy)
    return copy


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLD / "tiny", tmp_path / "tiny"))


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    text = (folder / TOML).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / TOML).write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(BadInput) as caught:
        sim.load(folder)
    assert "\n" not in str(caught.value)
    assert english(caught.value) == []
    return str(caught.value)


def test_a_typhoon_of_format_1_is_read(tiny: Path) -> None:
    scenario = sim.load(tiny)
    assert scenario.hazards == {"typhoon": TyphoonHazard(storm="straight", rain="r-clipper")}
    assert scenario.settings.start is None
    assert scenario.settings.start_before_closest_h == 24.0


def test_fires_of_format_1_are_hazards_where_a_table_lists_them(folder: Path) -> None:
    scenario = sim.load(folder)
    if folder.name == "tiny":
        assert list(scenario.hazards) == ["typhoon"]
        return
    assert list(scenario.hazards) == ["building_fire", "forest_fire", "weather"]
    assert scenario.settings.start == datetime.fromisoformat("2024-01-10T08:00:00+08:00")


def test_random_fires_of_format_1_are_a_hazard(tiny: Path) -> None:
    edited(tiny, ("[policy]", "[fire]\nrandom_buildings = true\n\n[policy]"))
    assert sim.load(tiny).hazard(BuildingFireHazard) == BuildingFireHazard(random=True)


def test_a_folder_says_the_same_before_and_after_it_is_rewritten(folder: Path) -> None:
    before = sim.load(folder)
    old = (folder / TOML).read_text(encoding="utf-8")
    assert main(["migrate", str(folder)]) == 0
    new = (folder / TOML).read_text(encoding="utf-8")
    assert tomllib.loads(new)["format"] == 2
    assert "[hazard]" not in new
    assert comments(new) == comments(old)
    assert sim.load(folder) == before
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == []
    assert main(["migrate", str(folder)]) == 0
    assert (folder / TOML).read_text(encoding="utf-8") == new


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", ["haimen-typhoon", "linyi-building-fire", "fuling-forest-fire"])
def test_the_shipped_files_were_rewritten_by_the_same_command(name: str, tmp_path: Path) -> None:
    """What a district's file says is kept to the last key, and so is every comment."""
    for file in ("building_fires.csv", "ignitions.csv"):
        if (SHIPPED / name / file).exists():
            shutil.copy(SHIPPED / name / file, tmp_path)
    shutil.copy(OLD / name / TOML, tmp_path)
    text, old = rewritten(tmp_path), (OLD / name / TOML).read_text(encoding="utf-8")
    assert text is not None
    assert comments(text) == comments(old)
    was, now = tomllib.loads(old), tomllib.loads(text)
    for key in ("policy", "response", "forest"):
        assert now.get(key) == was.get(key)
    begins = {k: v for k, v in now["scenario"].items() if k not in was["scenario"]}
    assert begins
    assert begins.items() <= was["hazard"].items()
    assert now["scenario"] == was["scenario"] | begins


def test_what_is_said_behind_a_key_that_goes_is_kept(tiny: Path) -> None:
    edited(tiny, ('kind = "typhoon"', 'kind = "typhoon"  # the usual one'))
    text = rewritten(tiny)
    assert text is not None
    assert "# the usual one" in text


def test_line_ends_of_windows_are_kept(tiny: Path) -> None:
    text = (tiny / TOML).read_text(encoding="utf-8")
    (tiny / TOML).write_bytes(text.replace("\n", "\r\n").encode())
    assert main(["migrate", str(tiny)]) == 0
    data = (tiny / TOML).read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 20


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('storm = "', 'strom = "', "key hazard.strom: unknown key; did you mean storm?"),
        ('"straight"', '"strait"', "key hazard.storm: no storm strait in tracks.csv"),
        (
            "closest_h = 24.0",
            "closest_h = 1e9",
            "key hazard.start_before_closest_h: 1000000000.0",
        ),
        ('kind = "typhoon"', 'kind = "tsunami"', "key hazard.kind: tsunami is none of typhoon, we"),
        ('kind = "typhoon"', "", "key hazard.kind: is missing"),
        ('rain = "r-clipper"', 'rain = "gauge"', "key hazard.rain: rain is gauge, but there is no"),
    ],
)
def test_a_slip_in_an_older_file_is_told_in_that_file_s_words(
    tiny: Path, old: str, new: str, line: str
) -> None:
    """Row and key are those that stand in the file, not those of the newest format."""
    edited(tiny, (old, new))
    said = refused(tiny)
    row = said.partition("row ")[2].partition(",")[0]
    assert said == f"scenario.toml, row {row}, {line}" + said.partition(line)[2]
    lines = (tiny / TOML).read_text(encoding="utf-8").splitlines()
    key = line.removeprefix("key hazard.").partition(":")[0]
    assert key in lines[int(row) - 1] or lines[int(row) - 1] == "[hazard]"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("3", "3 is newer than this anlan, which reads formats 1 to 2; install a newer one"),
        ("0", "0 is no format; give 2"),
        ("true", "True is no format; give 2"),
        ('"2"', "2 is no format; give 2"),
        ("2.0", "2.0 is no format; give 2"),
    ],
)
def test_a_format_that_there_is_not_is_one_clear_line(tiny: Path, given: str, says: str) -> None:
    edited(tiny, ("[scenario]", f"format = {given}\n\n[scenario]"))
    assert refused(tiny) == f"scenario.toml, row 4, key format: {says}"


def test_the_blocks_of_format_2_without_its_number_are_told(tiny: Path) -> None:
    edited(tiny, ('[hazard]\nkind = "typhoon"', "[hazard.typhoon]"),
           ("start_before_closest_h = 24.0\n", ""))  # fmt: skip
    assert "this is format 2; write format = 2 at the top of the file" in refused(tiny)


def test_the_block_of_format_1_under_the_number_of_2_is_told(tiny: Path) -> None:
    edited(tiny, ("[scenario]", "format = 2\n[scenario]"))
    assert "key hazard.kind: this is format 1; take out format = 2" in refused(tiny)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_check_tells_of_an_older_format(
    tiny: Path, lang: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tiny), "--lang", lang]) == 0  # its rows are assumptions: not judged
    said = " ".join(capfd.readouterr().out.split())
    assert "anlan migrate" in said
    assert ("is of format 1" if lang == "en" else "是格式 1") in said
    main(["migrate", str(tiny), "--lang", lang])
    capfd.readouterr()
    main(["check", str(tiny), "--lang", lang])
    assert "migrate" not in capfd.readouterr().out


def test_a_file_whose_lines_cannot_be_moved_is_left_alone_and_told_how(
    tiny: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A hazard written on one line: read all the same, but not rewritten."""
    block = '[hazard]\nkind = "typhoon"\nstorm = "straight"\nstart_before_closest_h = 24.0\n'
    block += 'rain = "r-clipper"\n'
    inline = 'hazard = { kind = "typhoon", storm = "straight", start_before_closest_h = 24.0 }\n'
    edited(tiny, (block, ""), ("[scenario]", f"{inline}\n[scenario]"))
    assert isinstance(sim.load(tiny), Scenario)
    before = (tiny / TOML).read_bytes()
    assert main(["migrate", str(tiny)]) == 2
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "write format = 2 at its top, start_before_closest_h = 24.0 in [scenario]" in err
    assert '[hazard.typhoon] storm = "straight"' in err
    assert (tiny / TOML).read_bytes() == before


def test_a_folder_that_cannot_be_written_is_bad_input(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from anlan.app import migrate

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(migrate, "write_text", full)
    before = (tiny / TOML).read_bytes()
    assert main(["migrate", str(tiny)]) == 2
    assert "No space left on device" in capfd.readouterr().err
    assert (tiny / TOML).read_bytes() == before


@pytest.mark.parametrize(
    ("key", "value", "new"),
    [
        ("hazard.start_before_closest_h", "12", "settings.start_before_closest_h"),
        ("hazard.start", "2024-01-10T08:00:00Z", "settings.start"),
        ("fire.random_buildings", "1", "hazard.building_fire.random"),
    ],
)
def test_an_older_name_of_a_setting_is_answered_with_the_new(
    key: str, value: str, new: str
) -> None:
    with pytest.raises(BadInput, match=f"is called {new} since format 2; write that"):
        sim.load("tiny", {key: value})
