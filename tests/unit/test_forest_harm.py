"""What a forest fire does to people: crews overrun, residents at home, and what is written down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.chance import Streams
from anlan.sim.fires import harm
from anlan.sim.fires.wildfire import Post, Wildfire
from anlan.sim.forcing.hazards import sky
from anlan.sim.model import ResponseModel
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.intensity import flame_m
from anlan.sim.people.draws import burns
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import beside_a_fire, set_parameters
from tests.properties.test_conservation import crews_are_somewhere, people_add_up


def model_of(scenario: Scenario, seed: int = 1) -> ResponseModel:
    streams = Streams(seed, 0)
    storm = sky(scenario).realise(streams)
    return ResponseModel(build(scenario), storm, streams)


def forest_of(model: ResponseModel) -> Any:
    (source,) = model.fires
    return source


def test_the_chances_are_exponential_in_the_intensity() -> None:
    """1 - exp(-I / I_d) die, and of the others 1 - exp(-I / I_h) are badly hurt."""
    scenario = sim.load("tiny-fire")
    u = (np.arange(100_000) + 0.5) / 100_000
    dies, hurt = burns(scenario, np.full(u.size, 2000.0), u)
    assert dies.mean() == pytest.approx(1.0 - np.exp(-2000.0 / 10_000.0), abs=1e-4)
    alive = np.exp(-2000.0 / 10_000.0)
    assert hurt.mean() == pytest.approx(alive * (1.0 - np.exp(-2000.0 / 3000.0)), abs=1e-4)
    assert not (dies & hurt).any()
    assert not np.any(burns(scenario, np.zeros(u.size), u))


# ---- crews ---------------------------------------------------------------------------------


def at_the_edge(**values: float) -> tuple[ResponseModel, Wildfire, Any, int]:
    """A crew that stands at the head of a windy fire as the next tick begins.

    Returns the model, the fire, the crew and the tick.
    """
    nobody_at_home = {"forest__edge_share_village": 0.0}
    model = model_of(beside_a_fire(60, **(nobody_at_home | values)))
    (fire,) = forest_of(model).fires
    tick = 10  # lit in the seventh
    for _ in range(tick):
        model.step()
    assert fire.incident is not None
    crew = next(c for c in model.crews if c.team.team == "hands")
    fire.incident.crews.append(crew)
    crew.task, crew.state = fire.incident, "working"
    edge = spread.edge(fire.fire)
    head = int(edge[np.argmax(spread.intensity_at_kw_m(fire.fire, edge))])
    fire.posts[crew.id] = Post(1, fire.road_head, cell=head)
    return model, fire, crew, tick


def burn_on(model: ResponseModel, fire: Wildfire, tick: int) -> None:
    source = forest_of(model)
    fire.burn(tick, source.weather, source.rates, source.error)
    harm.overrun_crews(fire, tick)


DEADLY = {"forest__pass_flame_m": 0.1, "forest__death_kw_m": 1e-6}


def test_a_crew_that_cannot_get_away_is_lost_and_counted() -> None:
    model, fire, crew, tick = at_the_edge(**DEADLY, forest__escape_notice_min=5.0)
    burn_on(model, fire, tick)
    table = model.ledger.table("casualty")
    overrun = table["cause"] == "overrun"
    assert table["outcome"][overrun].tolist() == ["died"]
    assert table["persons"][overrun].tolist() == [10]
    assert (crew.state, crew.task, crew.people, fire.toll.dead) == ("off_duty", None, 0, 10)
    assert crew.id not in fire.posts
    for _ in range(model.ticks - tick):
        model.step()
        assert crew.state == "off_duty"
        crews_are_somewhere(model)
    sim.record.finish(model)
    tables = model.ledger.tables()
    assert tables["fire"]["died"][0] >= 10
    assert tables["fire"]["fire_class"][0] in ("major", "extremely serious")  # ten dead and more
    found = measure_run(model.world.scenario, tables)
    harmed = tables["casualty"]
    lost = harmed["persons"][harmed["cause"] == "overrun"].sum()  # later crews among them
    assert found["fire.crew_deaths"] == lost >= 10
    assert found["harm.deaths"] == found["fire.forest_deaths"] == float(tables["fire"]["died"][0])


def test_hurt_members_are_an_incident_that_medical_crews_come_to() -> None:
    model, fire, _, tick = at_the_edge(
        forest__pass_flame_m=0.1, forest__escape_notice_min=5.0, forest__death_kw_m=1e12,
        forest__hurt_kw_m=1e-6,
    )  # fmt: skip
    burn_on(model, fire, tick)
    (incident,) = fire.toll.incidents
    assert (incident.kind, incident.persons, incident.rescued) == ("injury", 10, 0)
    for _ in range(model.ticks - tick):
        model.step()
    assert (incident.rescued, incident.died) == (10, 0)
    assert incident.first_crew.startswith("medics")
    assert fire.toll.rescued == 10


@pytest.mark.parametrize(
    "safe",
    [
        # burnt ground beside it is open at once, and there is time to reach it
        {"forest__flames_last_min": 0.0, "forest__escape_kmh": 1000.0,
         "forest__escape_notice_min": 0.0},
        {"forest__pass_flame_m": 99.0},  # flames that people step through
    ],
)  # fmt: skip
def test_a_crew_gets_away_where_it_can(safe: dict[str, float]) -> None:
    model, fire, crew, tick = at_the_edge(**(DEADLY | safe))
    burn_on(model, fire, tick)
    assert not len(model.ledger.table("casualty")["tick"])
    assert crew.state == "working"


def test_burnt_ground_that_still_burns_saves_nobody() -> None:
    model, fire, _, tick = at_the_edge(
        **DEADLY, forest__flames_last_min=1e4, forest__escape_kmh=20.0,
        forest__escape_notice_min=0.0,
    )  # fmt: skip
    burn_on(model, fire, tick)
    assert fire.toll.dead == 10


def test_the_distance_to_walk_grows_with_the_flames() -> None:
    """Four flame lengths beyond the nearest burnt cell: just enough speed saves, less does not."""
    model, fire, crew, tick = at_the_edge()
    cell = fire.posts[crew.id].cell
    source = forest_of(model)
    fire.burn(tick, source.weather, source.rates, source.error)
    g = fire.fire.ground
    around = np.append(spread.neighbours(g), 0) + cell
    label, since = fire.fire.label_min[around], tick * 5.0
    coming = around[(label >= since) & (label < since + 5.0)].astype(np.int32)
    flames = flame_m(spread.intensity_at_kw_m(fire.fire, coming))
    rows, cols = g.row_col(coming)
    row, col = g.row_col(cell)
    near = np.hypot(rows - row, cols - col) * g.land.cell_m <= 4.0 * flames
    left_min = fire.fire.label_min[coming[near]].min() - since
    burnt = np.argwhere(g.map(fire.fire.label_min) <= since)
    away_m = np.hypot(burnt[:, 0] - row, burnt[:, 1] - col).min() * g.land.cell_m
    need_kmh = (away_m + 4.0 * flames[near].max()) / left_min * 0.06
    for factor, caught in ((1.001, False), (0.999, True)):
        changed = set_parameters(
            model.world.scenario, forest__escape_kmh=need_kmh * factor, forest__pass_flame_m=0.1,
            forest__escape_notice_min=0.0, forest__flames_last_min=0.0,
        )  # fmt: skip
        object.__setattr__(model.world, "scenario", changed)
        assert (harm._caught_kw_m(fire, cell, tick) is not None) == caught


# ---- residents -----------------------------------------------------------------------------


def test_people_add_up_while_a_fire_harms_them() -> None:
    model = model_of(beside_a_fire(300))
    for _ in range(model.ticks):
        model.step()
        people_add_up(model)
        crews_are_somewhere(model)
    toll = forest_of(model).fires[0].toll
    assert min(toll.dead, toll.hurt) > 0
    assert model.residents.counts[:, 7].sum() == toll.dead
    casualty = model.ledger.table("casualty")
    assert (casualty["cause"] == "forest_fire").all()


def test_who_left_in_time_is_not_harmed_and_houses_protect() -> None:
    def toll(**values: float) -> int:
        model = model_of(beside_a_fire(300, **values))
        for _ in range(model.ticks):
            model.step()
        found = forest_of(model).fires[0].toll
        return int(found.dead + found.hurt)

    going = {f"residents__comply_{d}": 1.0 for d in ("sturdy", "low_lying")} | {
        "residents__prepare_mode_min": 1.0, "residents__car_share": 1.0,
        "residents__kin_share": 1.0,
    }  # fmt: skip
    never_told = toll(**going, forest__passer_day_per_h=0.0)
    assert toll(**going, forest__passer_day_per_h=200.0) < never_told
    assert toll(forest__house_factor=0.0) < toll(forest__house_factor=1.0)
    assert toll(forest__edge_share_village=0.0) == 0


def test_homes_beside_the_wild_are_the_same_in_every_run_and_as_many_as_the_share() -> None:
    scenario = beside_a_fire(3000)
    one, other = (forest_of(model_of(scenario, seed)).villages._edge(1) for seed in (1, 2))
    assert (one.homes == other.homes).all()
    assert (one.cells == other.cells).all()
    homes = scenario.communities[1].households
    assert len(one.homes) == pytest.approx(0.5 * homes, abs=4.0 * np.sqrt(0.25 * homes))
    assert model_of(scenario).world.people.community[one.homes].tolist() == [1] * len(one.homes)


def test_what_came_to_a_cell_is_priced_before_and_after_it_burns() -> None:
    """The intensity of the fire into a cell does not change when the cell has burnt."""
    _, fire, _, _ = at_the_edge()
    edge = spread.edge(fire.fire)
    before = spread.intensity_at_kw_m(fire.fire, edge)
    first = np.argsort(fire.fire.label_min[edge])[:3]
    spread.advance(fire.fire, float(fire.fire.label_min[edge[first]].max()))
    after = spread.intensity_at_kw_m(fire.fire, edge[first])
    assert after == pytest.approx(before[first], rel=0.35)
    assert (after > 0).all()


# ---- what is written down ------------------------------------------------------------------


def calm_day() -> Scenario:
    """A fire in calm grass that is seen at once, and enough hands to close its edge."""
    scenario = beside_a_fire(
        40, weather_calm=True, forest__passer_day_per_h=200.0, forest__burn_down_h=0.5
    )
    teams = tuple(
        t.model_copy(update={"members": 160, "crew_size": 40}) if t.team == "hands" else t
        for t in scenario.teams
    )
    assert scenario.forest is not None
    forest = scenario.forest.model_copy(update={"district_forest_ha": 100.0})
    return scenario.model_copy(update={"teams": teams, "forest": forest})


def test_a_contained_fire_leaves_as_much_as_one_that_burns_on() -> None:
    """Cells, hours and line, to the end of the run, whether crews came or not."""
    fought = calm_day()
    alone = fought.model_copy(update={"teams": fought.teams[:1]})
    for scenario, held in ((fought, True), (alone, False)):
        tables = sim.run(scenario).tables()
        fire = {name: column[0] for name, column in tables["fire"].items()}
        assert np.isnan(fire["controlled_min"]) != held
        front, cells, line = (tables[f"fire_{x}"] for x in ("front", "cell", "line"))
        assert front["tick"].tolist() == list(range(11, scenario.ticks, 12))  # every hour
        land = forest_of(model_of(scenario)).rates.ground.land
        assert len(cells["row"]) * land.cell_ha == pytest.approx(fire["burnt_ha"])
        assert front["burnt_ha"][-1] == fire["burnt_ha"]
        assert (len(line["row"]) > 0) == held == (front["line_m"][-1] > 0)
        assert front["status"][-1] == ("out" if held else "running")
        measures = measure_run(scenario, tables)
        names = ["fire.detection_min_mean", "fire.arrival_min_mean", "fire.contained_h",
                 "fire.out_h", "fire.burnt_ha", "fire.class_worst", "fire.damage_permille",
                 "fire.line_m", "fire.water_l", "fire.crew_h", "fire.crew_deaths"]  # fmt: skip
        assert not [n for n in names if np.isnan(measures[n])]


def test_line_in_the_ledger_is_where_and_when_crews_built_it() -> None:
    model = model_of(calm_day())
    ledger = model.run()
    (fire,) = forest_of(model).fires
    line = ledger.table("fire_line")
    assert set(line["kind"]) == {"line"}
    g = fire.fire.ground
    assert g.flat(line["row"], line["col"]).tolist() == fire.line
    arrived = ledger.table("fire")["arrived_min"][0]
    assert line["tick"].min() * 5.0 >= arrived
    assert (np.diff(line["tick"]) >= 0).all()
    each_m = fire.line_m / len(line["row"])
    assert g.land.cell_m * 0.9 < each_m < g.land.cell_m * 1.5  # cells touch at sides or corners
