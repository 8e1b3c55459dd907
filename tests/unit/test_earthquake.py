"""An earthquake in the house: no weather, yet levels, crews, shelters and facts as ever."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.statistics.intervals import mean_interval
from anlan.app.cli import main
from anlan.scenarios.derivation import linyi_quake
from anlan.sim.chance import Streams
from anlan.sim.engine import prepare
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.schema import Scenario
from tests.chinese import english
from tests.oracle.calm import calm
from tests.oracle.district import set_parameters
from tests.oracle.shaken import SHAKES, shaken

SKETCH = "linyi-earthquake-sketch"
TOML = "scenario.toml"

Tables = dict[str, Any]


def played(scenario: Scenario, run: int = 0) -> Tables:
    return sim.run(scenario, 1, run).tables()


def with_teams(scenario: Scenario, factor: int) -> Scenario:
    """So many times the people in every team."""
    teams = tuple(
        t.model_copy(update={"members": t.members * factor, "boats": t.boats * factor})
        for t in scenario.teams
    )
    return scenario.model_copy(update={"teams": teams})


def died(tables: Tables) -> int:
    casualty = tables["casualty"]
    return int(casualty["persons"][casualty["outcome"] == "died"].sum())


@pytest.fixture(scope="module")
def quake() -> Scenario:
    return shaken()


@pytest.fixture(scope="module")
def facts(quake: Scenario) -> Tables:
    return played(quake)


# ---- crews -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deaths() -> dict[int, np.ndarray]:
    """Deaths of thirty runs each without crews, with those that there are, and with twice them.

    The same earthquakes over the same people.
    """
    scenario = shaken()
    return {
        factor: np.array([died(played(with_teams(scenario, factor), run)) for run in range(30)])
        for factor in (0, 1, 2)
    }


@pytest.mark.long
def test_taking_the_crews_away_raises_deaths(deaths: dict[int, np.ndarray]) -> None:
    interval = mean_interval(deaths[0] - deaths[1], 0.99)
    assert interval.low > 0.0, interval


@pytest.mark.long
def test_twice_the_crews_lower_deaths(deaths: dict[int, np.ndarray]) -> None:
    interval = mean_interval(deaths[1] - deaths[2], 0.99)
    assert interval.low > 0.0, interval


def test_nobody_is_got_out_of_voids_but_by_crews(quake: Scenario) -> None:
    """Without crews neighbours free the shallow ones, and nobody else."""
    nobody = shaken(quake__neighbours_mean_h=1e9)
    incident = played(with_teams(nobody, 0))["incident"]
    assert incident["persons"][incident["kind"] == "collapse"].sum() > 20
    assert incident["rescued"].sum() == 0
    incident = played(with_teams(quake, 0))["incident"]
    assert incident["rescued"].sum() > 0
    assert (incident["arrived_tick"] == NEVER).all()
    assert (incident["done_tick"] == NEVER).all()


# ---- facts -----------------------------------------------------------------------------------


def test_every_death_and_wound_is_one_row_with_its_cause_and_an_incident_that_is_there(
    facts: Tables,
) -> None:
    casualty, incident = facts["casualty"], facts["incident"]
    assert set(casualty["cause"]) == {"collapse"}
    assert set(casualty["incident"]) <= set(incident["incident"])
    assert (casualty["persons"] == 1).all()
    last = facts["resident_state"]["tick"] == facts["resident_state"]["tick"].max()
    assert died(facts) == facts["resident_state"]["dead"][last].sum() > 0
    place = dict(zip(incident["incident"], incident["community"], strict=True))
    assert [place[i] for i in casualty["incident"]] == casualty["community"].tolist()


def test_those_who_died_later_are_the_dead_of_their_incident(facts: Tables) -> None:
    casualty, incident = facts["casualty"], facts["incident"]
    later = (casualty["outcome"] == "died") & (casualty["tick"] > SHAKES)
    assert later.any()
    for row in np.flatnonzero(incident["kind"] == "collapse"):
        mine = casualty["incident"] == incident["incident"][row]
        assert incident["died"][row] == casualty["persons"][mine & later].sum()
        assert incident["rescued"][row] + incident["died"][row] <= incident["persons"][row]
        if incident["done_tick"][row] != NEVER:
            assert incident["rescued"][row] + incident["died"][row] == incident["persons"][row]


def test_wounds_are_incidents_for_those_who_treat_them(facts: Tables) -> None:
    incident, casualty = facts["incident"], facts["casualty"]
    hurt = incident["kind"] == "injury"
    injured = casualty["persons"][casualty["outcome"] == "injured"].sum()
    assert incident["persons"][hurt].sum() == injured > 0
    crews = set(incident["crew"][hurt]) - {""}
    assert crews
    assert all("medical" in crew for crew in crews)


def test_people_of_ruined_homes_go_to_shelters_and_do_not_go_home(facts: Tables) -> None:
    """Nobody has told them to: they leave since they have no roof."""
    evacuation = facts["evacuation"]
    unasked = (evacuation["order"] == "") & (evacuation["outcome"] == "arrived")
    assert evacuation["persons"][unasked].sum() > 100
    level = facts["message"]["sent_tick"][facts["message"]["kind"] == "level"]
    to_shelters = unasked & ~np.isin(evacuation["destination"], ["kin", "lodgings", "none"])
    # Shelters open with the level, and some live beside one.
    assert evacuation["left_tick"][to_shelters].min() >= level.min() > SHAKES
    assert evacuation["left_tick"][unasked].min() == SHAKES + 1


def test_the_power_fails_and_phones_follow_when_their_batteries_are_empty(facts: Tables) -> None:
    outage = facts["outage"]
    power, phone = outage["network"] == "power", outage["network"] == "phone"
    assert set(outage["cause"][power]) == {"earthquake"}
    assert (outage["from_tick"][power] == SHAKES).all()
    assert phone.any()
    assert (outage["from_tick"][phone] >= SHAKES + 18).all()  # three hours of ten minutes


# ---- command ---------------------------------------------------------------------------------


def test_command_is_told_within_minutes_raises_musters_and_sends(facts: Tables) -> None:
    threat, message = facts["threat"], facts["message"]
    assert set(threat["kind"]) == {"shaking"}
    assert set(threat["quantity"]) == {"intensity_csis"}
    assert set(threat["source"]) == {"earthquake network"}
    assert threat["tick"].tolist() == [SHAKES + 1, SHAKES + 1]  # after two and five minutes
    kinds = {k: message["sent_tick"][message["kind"] == k] for k in ("signal", "level")}
    assert kinds["signal"].tolist() == [SHAKES + 1]
    assert kinds["level"].tolist() == [SHAKES + 1 + 3]  # half an hour later
    said = message["kind"] == "signal"
    assert message["content"][said].tolist() == ["red"]
    assert message["sender"][said].tolist() == ["earthquake network"]
    muster = facts["muster"]
    assert muster["called_tick"].min() > SHAKES
    sent = facts["incident"]["dispatched_tick"]
    assert (sent[sent != NEVER] >= facts["incident"]["known_tick"][sent != NEVER]).all()
    assert (sent != NEVER).sum() > 5


@pytest.mark.parametrize(
    ("magnitude", "signal"), [(4.4, "blue"), (5.1, "yellow"), (5.8, "orange"), (6.5, "red")]
)
def test_the_grade_follows_the_intensity(magnitude: float, signal: str) -> None:
    """Some ten kilometres off: 5.019 + 1.446 * 4.4 - 4.136 lg 34 = 5.05, and 1.01 each 0.7 more."""
    scenario = shaken(magnitude, quake__scatter_sd=0.0, quake__magnitude_sd=0.0)
    facts = played(scenario)
    strongest = float(facts["threat"]["value"].max())
    assert strongest == pytest.approx(5.1 + 1.446 * (magnitude - 4.4), abs=0.1)
    limits = {t.signal: t.at_least for t in scenario.triggers if t.kind == "shaking"}
    reached = [s for s, least in limits.items() if strongest >= least]
    message = facts["message"]
    assert message["content"][message["kind"] == "signal"].tolist() == [signal]
    assert reached[-1] == signal


def waiting(tables: Tables, tick: int) -> int:
    """People in incidents that command knows of as a tick begins and that are not over by then."""
    incident = tables["incident"]
    known = (incident["known_tick"] != NEVER) & (incident["known_tick"] < tick)
    over = (incident["done_tick"] != NEVER) & (incident["done_tick"] <= tick)
    return int(incident["persons"][known & ~over].sum())


def test_a_calm_wind_does_not_stand_command_down_while_people_are_missing() -> None:
    """The weather office says all the time that nothing blows, and the danger of the shaking is
    over after an hour; the level stays until the last known incident is over.
    """
    facts = played(shaken(6.5, 96, weather=True, quake__threat_h=1.0))
    threat, message, incident = facts["threat"], facts["message"], facts["incident"]
    calm = threat["kind"] == "wind"
    assert (threat["value"][calm] < 10.8).all()
    assert len(threat["tick"][calm]) > 20
    down = message["sent_tick"][message["kind"] == "stand_down"].tolist()
    assert len(down) == 1
    known = (incident["persons"] > 0) & (incident["known_tick"] < down[0])
    last = incident["done_tick"][known].max()
    assert last > SHAKES + 1 + 6 + 12  # hours after the danger of the shaking was over
    assert last <= down[0] <= last + 18  # within the three hours of a bulletin
    assert waiting(facts, down[0]) == 0


def test_command_stands_down_when_the_danger_is_over_and_nobody_waits() -> None:
    facts = played(shaken(5.0, quake__threat_h=4.0, quake__damage_from=7.0))
    message = facts["message"]
    assert not facts["incident"]["kind"].size
    assert (message["kind"] == "level").sum() == 1
    down = message["sent_tick"][message["kind"] == "stand_down"].tolist()
    assert len(down) == 1
    assert SHAKES + 1 + 24 < down[0] <= SHAKES + 1 + 24 + 7  # reviewed every hour


# ---- with others, without, and in which order ------------------------------------------------


def same(one: Tables, other: Tables) -> list[tuple[str, str]]:
    """Columns that differ in any bit."""
    return [(t, c) for t in one for c in one[t] if bits(one[t][c]) != bits(other[t][c])]


def bits(values: Any) -> Any:
    return values.tolist() if values.dtype == object else values.tobytes()


def test_no_magnitude_does_nothing() -> None:
    facts = played(shaken(0.0))
    for table in ("threat", "incident", "casualty", "outage", "evacuation", "message", "muster"):
        assert all(column.size == 0 for column in facts[table].values()), table


def with_fires(scenario: Scenario, magnitude: float | None = None) -> Scenario:
    """Fires in buildings besides, many of them; the earthquake of another magnitude or gone."""
    raw = set_parameters(scenario, fire__rate_per_1000_year=900.0).model_dump()
    raw["settings"] |= {"tick_min": 5, "duration_h": 24}
    raw["hazards"]["building_fire"] = {"random": True}
    if magnitude is None:
        del raw["hazards"]["earthquake"]
    else:
        raw["hazards"]["earthquake"]["magnitude"] = magnitude
    return Scenario.model_validate(raw)


def test_it_works_beside_fires_in_buildings() -> None:
    """The same fires break out; engines have ruins as well; no magnitude changes no bit of them."""
    alone, still, both = (played(with_fires(shaken(), m)) for m in (None, 0.0, 6.5))
    assert same(alone, still) == []
    lit = {
        t["fire"]["ignited_min"][t["fire"]["spread_from"] == ""].tobytes() for t in (alone, both)
    }
    assert len(lit) == 1
    assert alone["fire"]["fire"].size > 2
    incident = both["incident"]
    at = [set(incident["crew"][incident["kind"] == kind]) - {""} for kind in ("fire", "collapse")]
    assert at[0] & at[1]
    assert died(both) > died(alone)


def test_the_order_in_which_hazards_are_listed_changes_no_bit(tmp_path: Path) -> None:
    quake = (
        "[hazard.earthquake]\ntime = 2024-01-10T09:00:00+08:00\nlon = {lon}\nlat = {lat}\n"
        "magnitude = 7.5\ndepth_km = 12\nstrike_deg = 30\n"
    )
    blocks = ["[hazard.weather]\n", "[hazard.building_fire]\n", "[hazard.forest_fire]\n", ""]
    made = []
    for turn in range(4):
        folder = Path(shutil.copytree(SHIPPED / "tiny-fire", tmp_path / str(turn)))
        text = (folder / TOML).read_text(encoding="utf-8")
        for block in blocks[:3]:
            assert block in text
            text = text.replace(block, "", 1)
        town = sim.load("tiny-fire").towns[0]
        blocks[3] = quake.format(lon=town.lon, lat=town.lat)
        mine = "\n".join([*blocks[turn:], *blocks[:turn], "[policy]"])
        (folder / TOML).write_text(text.replace("[policy]", mine, 1), encoding="utf-8")
        made.append(sim.load(folder))
    first, *others = (sim.run(s, seed=3).tables() for s in made)
    assert {"collapse", "fire", "forest_fire"} <= set(first["incident"]["kind"])
    for other in others:
        assert same(first, other) == []


def test_places_in_another_order_shake_the_same(quake: Scenario, facts: Tables) -> None:
    """Chance belongs to places, households and people: a table sorted anew changes no story."""
    turned = quake.model_copy(update={"communities": quake.communities[::-1]})
    other = played(turned)

    def story(tables: Tables) -> list[tuple[Any, ...]]:
        casualty = tables["casualty"]
        now = casualty["tick"] == SHAKES
        columns = ("incident", "community", "outcome", "age_band")
        return sorted(zip(*(casualty[c][now].tolist() for c in columns), strict=True))

    assert story(facts)
    assert story(other) == story(facts)


def test_what_was_cannot_depend_on_a_later_earthquake() -> None:
    """Two that differ in their magnitude alone have the same facts until the ground shakes."""
    weak, strong = (prepare(shaken(m)).model(1, 0) for m in (6.0, 7.5))
    for model in (weak, strong):
        for _ in range(SHAKES):
            model.step()
    assert (weak.time, weak.parts.present.tick) == (SHAKES, SHAKES - 1)
    assert same(weak.ledger.tables(), strong.ledger.tables()) == []
    assert (weak.parts.people.counts == strong.parts.people.counts).all()
    for model in (weak, strong):
        model.step()
    assert (weak.parts.people.counts != strong.parts.people.counts).any()


def test_crews_leave_the_ruins_alone_while_a_storm_blows(quake: Scenario) -> None:
    """From the fifth hour on nobody digs: whom crews have not got out by then stays in."""
    scenario = set_parameters(quake, quake__neighbours_mean_h=1e9)
    wind_ms = np.zeros((scenario.ticks, 1))
    wind_ms[30:] = 30.0
    engine, streams = prepare(scenario), Streams(1, 0)
    model = ResponseModel(engine.world, calm(scenario, wind_ms=wind_ms), streams)
    rescued = []
    for _ in range(60):
        model.step()
        ruins = [i for i in model.parts.incidents.all if i.kind == "collapse"]
        rescued.append(sum(i.rescued for i in ruins))
    assert any(i.open and i.crews for i in ruins)
    assert 0 < rescued[29] == rescued[59] < sum(i.persons for i in ruins)


def test_rows_that_stand_for_several_people_lose_and_save_as_many() -> None:
    """Ten people a row: the same number of people, whole rows of them, and tenfold work."""
    facts = played(set_parameters(shaken(), residents__scale=10.0))
    incident, casualty = facts["incident"], facts["casualty"]
    assert set(casualty["persons"]) <= {9, 10, 11}
    assert died(facts) > 0
    ruins = incident["kind"] == "collapse"
    known = incident["rescued"] + incident["died"]
    assert (known[ruins] <= incident["persons"][ruins]).all()
    assert incident["rescued"][ruins].sum() > 0


# ---- input -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tiny's district without its storm, shaken instead."""
    home = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    text = (home / TOML).read_text(encoding="utf-8")
    block = text[text.index("[hazard.typhoon]") : text.index("[policy]")]
    town = sim.load("tiny").towns[0]
    quake = (
        "[hazard.earthquake]\ntime = 2024-09-01T09:00:00+08:00\n"
        f"lon = {town.lon}\nlat = {town.lat}\nmagnitude = 6.5\ndepth_km = 12\nstrike_deg = 30\n\n"
    )
    text = text.replace(block, quake)
    text = text.replace("start_before_closest_h = 24.0", "start = 2024-09-01T08:00:00+08:00")
    (home / TOML).write_text(text, encoding="utf-8")
    return home


def test_a_folder_without_a_sky_is_shaken(folder: Path) -> None:
    facts = played(sim.load(folder))
    assert facts["threat"]["kind"].size == 2
    assert not facts["hazard_level"]["wind_ms"].any()


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("magnitude = 6.5", "magnitude = 12", "magnitude", "12 is more than 9.5"),
        ("magnitude = 6.5", "magnitude = -1", "magnitude", "-1 is less than 0"),
        ("depth_km = 12", "depth_km = 1200", "depth_km", "1200 is more than 70"),
        ("magnitude = 6.5\n", "", "magnitude", "is missing"),
        ("T09:00:00+08:00", "T07:59:00+08:00", "time", "is outside the run, which goes from 2024"),
        ("time = 2024-09-01", "time = 2025-09-01", "time", "is outside the run, which goes from"),
        ("T09:00:00+08:00", "T09:00:00", "time", "has no offset from UTC"),
        ("magnitude = 6.5", "magnitude = 1.5", "lon", "nobody would feel it: at magnitude 1.5"),
        ("\nlon = ", "\nlon = -", "lon", "nobody would feel it: at magnitude 6.5 the nearest"),
        ("strike_deg = 30", "strike_deg = 30\nrain = 3", "rain", "unknown key"),
    ],
)
def test_a_slip_is_one_line_and_nothing_is_played(
    folder: Path, old: str, new: str, key: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (folder / TOML).read_text(encoding="utf-8")
    head, block = text.split("[hazard.earthquake]")
    assert old in block
    (folder / TOML).write_text(
        head + "[hazard.earthquake]" + block.replace(old, new, 1), encoding="utf-8"
    )
    with pytest.raises(BadInput) as caught:
        sim.load(folder)
    said = str(caught.value)
    assert english(caught.value) == []
    assert said.startswith("scenario.toml, row ")
    assert f"key hazard.earthquake.{key}: " in said
    assert says in said
    assert main(["check", str(folder), "--lang", "en"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err == f"anlan: {said}\n"


def test_an_earthquake_is_set_and_studied_like_any_hazard(folder: Path) -> None:
    stronger = sim.load(folder, {"hazard.earthquake.magnitude": "7.2"})
    assert stronger == sim.load(folder).replace(hazard={"earthquake": {"magnitude": 7.2}})
    with pytest.raises(BadInput, match=r"12 is more than 9\.5"):
        sim.load(folder, {"hazard.magnitude": "12"})


# ---- the scenario that ships -----------------------------------------------------------------


def test_the_sketch_says_in_both_languages_that_it_is_one() -> None:
    sketch = sim.load(SKETCH)
    settings = sketch.settings
    for text in (settings.name, settings.summary):
        assert "草图" in text.zh
        assert "sketch" in text.en.lower()
    told = [a for a in sketch.assumptions if "SKETCH" in a.en]
    assert len(told) >= 4
    assert all("草图" in a.zh for a in told)
    assert any("not calibrated" in a.en and "未经" in a.zh for a in told)


def test_the_sketch_has_the_district_of_linyis_other_scenarios(tmp_path: Path) -> None:
    linyi_quake.main(tmp_path)
    for made in sorted((tmp_path / SKETCH).iterdir()):
        assert made.read_bytes() == (SHIPPED / SKETCH / made.name).read_bytes(), made.name
        assert made.read_bytes() == (SHIPPED / "linyi-flood" / made.name).read_bytes()


def test_the_sketch_goes_through_a_whole_run() -> None:
    """Everybody is somewhere in the end, and the plan's targets can be judged."""
    sketch = sim.load(SKETCH)
    facts = played(sketch)
    state = facts["resident_state"]
    last = state["tick"] == state["tick"].max()
    persons = sum(int(v[last].sum()) for k, v in state.items() if k not in ("tick", "community"))
    assert persons == sketch.residents == 151_600
    assert died(facts) > 50
