"""Several hazards act on one state; each is named by its kind, and their order means nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
import pytest
from pydantic import Field

from anlan import sim
from anlan.app.docs.formats import scenario_format
from anlan.sim.hazards import HAZARDS, Makers
from anlan.sim.scenario import dictionary as words
from anlan.sim.scenario.dictionary import Said, said
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.registry import Kind
from anlan.sim.scenario.schema import (
    HAZARD_KINDS,
    BuildingFireHazard,
    Id,
    Row,
    Scenario,
    TyphoonHazard,
    WeatherHazard,
)
from anlan.sim.source import Field as Around
from tests.chinese import english

TOML = "scenario.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tiny's typhoon on a tick that suits fires as well."""
    return Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))


def edited(folder: Path, old: str, new: str) -> Path:
    text = (folder / TOML).read_text(encoding="utf-8")
    assert old in text
    (folder / TOML).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(BadInput) as caught:
        sim.load(folder)
    assert english(caught.value) == []
    return str(caught.value)


FIRES = "[hazard.building_fire]\nrandom = true\n"


def test_the_order_in_which_hazards_are_listed_changes_no_bit(tmp_path: Path) -> None:
    """Of the scenario, its JSON and a run's facts: a fire in a shed, one in grass, the weather."""
    blocks = ("[hazard.weather]\n", "[hazard.building_fire]\n", "[hazard.forest_fire]\n")
    made = []
    for turn in range(3):
        folder = Path(shutil.copytree(SHIPPED / "tiny-fire", tmp_path / str(turn)))
        for block in blocks:
            edited(folder, block, "")
        edited(folder, "[policy]", "\n".join([*blocks[turn:], *blocks[:turn], "[policy]"]))
        made.append(sim.load(folder))
    first, *others = made
    facts = sim.run(first, seed=3).tables()
    assert set(facts["fire"]["kind"]) == {"building", "forest"}
    for other in others:
        assert other == first
        assert other.model_dump_json() == first.model_dump_json()
        again = sim.run(other, seed=3).tables()
        differ = [(t, c) for t in facts for c in facts[t] if bits(facts[t][c]) != bits(again[t][c])]
        assert differ == []


def bits(values: Any) -> Any:
    return values.tolist() if values.dtype == object else values.tobytes()


def test_hazards_given_in_python_are_sorted_and_made_rows() -> None:
    tiny = sim.load("tiny")
    raw = tiny.model_dump()
    raw["hazards"] = {"typhoon": {"storm": "straight"}, "building_fire": {"random": True}}
    scenario = Scenario.model_validate(raw)
    assert list(scenario.hazards) == ["building_fire", "typhoon"]
    assert scenario.hazard(BuildingFireHazard) == BuildingFireHazard(random=True)
    assert scenario.hazard(WeatherHazard) is None
    with pytest.raises(ValueError, match="no kind of hazard is named meteor"):
        Scenario.model_validate(raw | {"hazards": {"meteor": {}}})


def test_what_is_written_as_json_is_read_back_with_every_hazard_of_its_own_class() -> None:
    scenario = sim.load("tiny-fire")
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    assert set(map(type, scenario.hazards.values())) == {
        type(h) for h in Scenario.model_validate_json(scenario.model_dump_json()).hazards.values()
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[policy]", "[hazard.weather]\n\n[policy]", "one sky, and typhoon and weather give one"),
        ("[policy]", "[hazard.meteor]\n\n[policy]", "key hazard.meteor: no hazard of that kind"),
        ("[policy]", "[hazard.typhon]\n\n[policy]", "did you mean typhoon?"),
        ("[hazard.typhoon]", "[hazard.weather]", "key hazard.weather.storm: unknown key"),
        ("[policy]", "[hazard.building_fire]\n\n[policy]", "no fire breaks out: give rows in bu"),
        ("[policy]", "[hazard.forest_fire]\n\n[policy]", "no fire breaks out: give rows in ign"),
        ('storm = "straight"', "", "key hazard.typhoon.storm: is missing"),
        ("start_before_closest_h = 24.0", "", "key scenario: a run begins once; give start"),
        (
            "start_before_closest_h = 24.0",
            "start_before_closest_h = 24.0\nstart = 2024-09-01T08:00:00+08:00",
            "a run begins once",
        ),
    ],
)
def test_hazards_that_do_not_fit_are_one_line(folder: Path, old: str, new: str, says: str) -> None:
    said = refused(edited(folder, old, new))
    assert said.startswith("scenario.toml, row ")
    assert says in said, said


def test_a_scenario_without_a_hazard_is_refused(folder: Path) -> None:
    text = (folder / TOML).read_text(encoding="utf-8")
    block = text[text.index("[hazard.typhoon]") : text.index("[policy]")]
    (folder / TOML).write_text(text.replace(block, ""), encoding="utf-8")
    assert "key hazard: is missing; name at least one, such as [hazard.typhoon]" in refused(folder)


def test_what_goes_by_the_weather_is_not_left_without(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED / "tiny-fire", tmp_path / "mine"))
    edited(folder, "[hazard.weather]\n", "")
    said = refused(folder)
    assert said.startswith("scenario.toml, row ")
    assert "key hazard.forest_fire: it goes by the weather" in said
    assert said.endswith("name [hazard.typhoon] or [hazard.weather] too")


def test_without_wind_and_rain_it_is_calm_and_dry(folder: Path) -> None:
    """Fires in buildings burn under no sky at all; nobody speaks of the weather."""
    text = (folder / TOML).read_text(encoding="utf-8")
    block = text[text.index("[hazard.typhoon]") : text.index("[policy]")]
    (folder / TOML).write_text(text.replace(block, FIRES + "\n"), encoding="utf-8")
    edited(folder, "start_before_closest_h = 24.0", "start = 2024-09-01T08:00:00+08:00")
    facts = sim.run(sim.load(folder), seed=1).tables()
    assert facts["hazard_level"]["tick"].size
    assert not facts["hazard_level"]["gust_ms"].any()
    assert not facts["hazard_level"]["rain_mm"].any()
    assert facts["threat"]["tick"].size == facts["storm"]["tick"].size == 0


def test_listed_fires_need_their_hazard(tmp_path: Path) -> None:
    """Else they would never break out, and every target of theirs be met without a word."""
    for kind, file in (("building_fire", "building_fires"), ("forest_fire", "ignitions")):
        folder = Path(shutil.copytree(SHIPPED / "tiny-fire", tmp_path / kind))
        edited(folder, f"[hazard.{kind}]\n", "")
        assert refused(folder).startswith(f"{file}.csv, row 2, column ")
        assert refused(folder).endswith(f"names no [hazard.{kind}] for it; name it there")


def test_a_run_that_counts_from_a_typhoon_has_one(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED / "tiny-fire", tmp_path / "mine"))
    edited(folder, "start = 2024-01-10T08:00:00+08:00", "start_before_closest_h = 3")
    assert "there is no [hazard.typhoon] to count from; give start" in refused(folder)


def test_a_run_under_a_typhoon_may_begin_at_a_stated_time() -> None:
    changed = sim.load(
        "tiny",
        {"settings.start": "2024-09-01T20:00:00+08:00", "settings.start_before_closest_h": ""},
    )
    from anlan.sim.scenario.clock import start_time

    assert start_time(changed).isoformat() == "2024-09-01T20:00:00+08:00"


def test_a_key_without_a_kind_means_the_one_hazard_that_has_it() -> None:
    by_alias = sim.load("haimen-typhoon", {"hazard.storm": "lekima-2019"})
    in_full = sim.load("haimen-typhoon", {"hazard.typhoon.storm": "lekima-2019"})
    assert (
        by_alias == in_full == sim.load("haimen-typhoon").replace(hazard={"storm": "lekima-2019"})
    )
    assert by_alias.hazard(TyphoonHazard) == TyphoonHazard(storm="lekima-2019")


def test_a_hazard_can_be_added_and_taken_away() -> None:
    tiny = sim.load("tiny")
    both = sim.load("tiny", {"hazard.building_fire.random": "true"})
    assert both == tiny.replace(hazard={"building_fire": {"random": True}})
    assert list(both.hazards) == ["building_fire", "typhoon"]
    assert both.replace(hazard={"building_fire": None}) == tiny
    for changes, says in (
        ({"hazard.weather.rain": "gauge"}, "unknown key"),
        ({"hazard.typhon.storm": "x"}, "no key typhon of typhoon; did you mean typhoon?"),
        ({"hazard.magnitude": "7"}, "no key magnitude of typhoon"),
    ):
        with pytest.raises(BadInput, match=says):
            sim.load("tiny", changes)
    with pytest.raises(BadInput, match=r"no \[hazard.typhoon\] to count from"):
        both.replace(hazard={"typhoon": None})


def test_every_kind_that_ships_does_something() -> None:
    assert set(HAZARDS) == set(HAZARD_KINDS)
    for name, parts in HAZARDS.items():
        assert parts.driver or parts.source, name


class MeteorHazard(Row):
    """`[hazard.meteor]`: a kind that only this test knows."""

    community: Id
    mass_t: Annotated[float, Field(gt=0.0, le=1e6, allow_inf_nan=False)]


class Meteor:
    """What it does in a run: every home of its place falls down in the tenth tick."""

    def __init__(self, field: Around) -> None:
        hazard = field.scenario.hazard(MeteorHazard)
        assert hazard is not None
        self.field, self.place = field, field.place_ids.index(hazard.community)

    def step(self, tick: int) -> None:
        if tick == 10:
            starts = self.field.world.people.household_start
            self.field.people.ruin(np.arange(*starts[self.place : self.place + 2]), tick)

    def finish(self) -> None:
        """It leaves no facts of its own."""


def test_a_hazard_that_can_be_named_can_be_played() -> None:
    assert HAZARDS.keys() == HAZARD_KINDS.keys()
    for parts in HAZARDS.values():
        assert parts.driver is not None or parts.source is not None


def test_a_new_kind_of_hazard_is_a_class_and_an_entry(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read, checked, set, played beside the typhoon, and described; no reader is edited."""
    kind = Kind(row=MeteorHazard, en="meteor", zh="陨石", refers={"community": ("communities",)})
    monkeypatch.setitem(cast(dict[str, Kind], HAZARD_KINDS), "meteor", kind)
    monkeypatch.setitem(HAZARDS, "meteor", Makers(source=Meteor))
    block = '[hazard.meteor]\ncommunity = "port"\nmass_t = 3\n\n'
    scenario = sim.load(edited(folder, "[policy]", block + "[policy]"))
    assert scenario.hazard(MeteorHazard) == MeteorHazard(community="port", mass_t=3)
    assert list(scenario.hazards) == ["meteor", "typhoon"]
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    heavier = sim.override(scenario, {"hazard.mass_t": "4", "hazard.meteor.community": "seat"})
    assert heavier.hazard(MeteorHazard) == MeteorHazard(community="seat", mass_t=4)
    tables = sim.run(heavier, seed=1).tables()
    assert tables["warning"]["heard_tick"].size
    fallen = tables["incident"]["kind"] == "collapse"
    assert fallen.any()
    assert set(tables["incident"]["community"][fallen]) == {"seat"}
    assert set(tables["incident"]["occurred_tick"][fallen]) == {10}
    edited(folder, 'community = "port"', 'community = "prot"')
    assert "key hazard.meteor.community: no community prot in communities.csv" in refused(folder)
    edited(folder, "mass_t = 3", "mass_t = 0")
    assert "key hazard.meteor.mass_t: 0 is not more than 0" in refused(folder)
    columns = said() | {
        ("scenario.toml [hazard.meteor]", "community"): Said("", "where it falls", "落点"),
        ("scenario.toml [hazard.meteor]", "mass_t"): Said("t", "its mass", "质量"),
    }
    monkeypatch.setattr(words, "said", lambda: columns)
    page = scenario_format()
    assert "## `scenario.toml [hazard.meteor]` (may be left out 可省)\n\nMeteor. 陨石。" in page
    assert "| `mass_t` | a number, more than 0, 1000000 or less | t |" in page
