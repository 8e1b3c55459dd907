"""What a forest fire does to people: crews overrun, residents at home, and what is written down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.crews.crew import Crew, Deployment
from anlan.sim.engine import prepare
from anlan.sim.fires import harm
from anlan.sim.fires.blaze import Post
from anlan.sim.fires.forest_scene import ForestScene
from anlan.sim.fires.rules import OverrunRules
from anlan.sim.model import ResponseModel
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.intensity import flame_m
from anlan.sim.people.draws import BurnRules, burns
from anlan.sim.people.states import State
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import beside_a_fire
from tests.oracle.runs import forest_of
from tests.properties.test_conservation import crews_are_somewhere, people_add_up


def model_of(scenario: Scenario, seed: int = 1) -> ResponseModel:
    return prepare(scenario).model(seed, 0)


def hurt_in(scene: ForestScene) -> int:
    return sum(i.persons for i in scene.hurt)


def test_the_chances_are_exponential_in_the_intensity() -> None:
    """1 - exp(-I / I_d) die, and of the others 1 - exp(-I / I_h) are badly hurt."""
    rules = BurnRules.read(sim.load("tiny-fire"))
    u = (np.arange(100_000) + 0.5) / 100_000
    dies, hurt = burns(rules, np.full(u.size, 2000.0), u)
    assert dies.mean() == pytest.approx(1.0 - np.exp(-2000.0 / 10_000.0), abs=1e-4)
    alive = np.exp(-2000.0 / 10_000.0)
    assert hurt.mean() == pytest.approx(alive * (1.0 - np.exp(-2000.0 / 3000.0)), abs=1e-4)
    assert not (dies & hurt).any()
    assert not np.any(burns(rules, np.zeros(u.size), u))


# ---- crews ---------------------------------------------------------------------------------


def at_the_edge(**values: float) -> tuple[ResponseModel, ForestScene, Crew, int]:
    """A crew that stands at the head of a windy fire as the next tick begins.

    Returns the model, the fire, the crew and the tick.
    """
    nobody_at_home = {"forest__edge_share_village": 0.0}
    model = model_of(beside_a_fire(60, **(nobody_at_home | values)))
    (scene,) = forest_of(model).fires
    tick = 10  # lit in the seventh
    for _ in range(tick):
        model.step()
    crew = next(c for c in model.parts.crews if c.team.team == "hands")
    scene.incident.crews.append(crew)
    crew.task = scene.incident
    crew.turns_to("working")
    crew.deployment = Deployment(scene.incident, "", crew.people, tick, tick)
    fire = scene.blaze.burning
    edge = spread.edge(fire)
    head = int(edge[np.argmax(spread.intensity_at_kw_m(fire, edge))])
    scene.blaze.posts[crew.id] = Post(1, scene.blaze.road_head, cell=head)
    return model, scene, crew, tick


def burn_on(model: ResponseModel, scene: ForestScene, tick: int) -> None:
    """The fire burns through a tick, and comes to those who stand at it."""
    source = forest_of(model)
    scene.burn(tick, source.weather, source.rates, source.error)
    source.overrun(scene, list(scene.incident.crews), tick)


DEADLY = {"forest__pass_flame_m": 0.1, "forest__death_kw_m": 1e-6}


def test_a_crew_that_cannot_get_away_is_lost_and_counted() -> None:
    model, scene, crew, tick = at_the_edge(**DEADLY, forest__escape_notice_min=5.0)
    burn_on(model, scene, tick)
    table = model.ledger.table("casualty")
    overrun = table["cause"] == "overrun"
    assert table["outcome"][overrun].tolist() == ["died"] * 10
    assert table["persons"][overrun].tolist() == [1] * 10
    assert set(table["incident"][overrun]) == {scene.incident.id}
    assert (crew.state, crew.task, crew.people, scene.dead) == ("off_duty", None, 0, 10)
    assert crew.id not in scene.blaze.posts
    deployment = model.ledger.table("deployment")
    last = {c: v[-1] for c, v in deployment.items()}
    assert (last["crew"], last["outcome"], last["left_tick"]) == (
        crew.id,
        "lost",
        tick + 1,
    )  # at its end
    for _ in range(model.ticks - tick):
        model.step()
        assert crew.state == "off_duty"
        crews_are_somewhere(model)
    model.finish()
    tables = model.ledger.tables()
    assert tables["fire"]["died"][0] >= 10
    assert tables["fire"]["fire_class"][0] in ("major", "extremely serious")  # ten dead and more
    found = measure_run(model.parts.world.scenario, tables)
    harmed = tables["casualty"]
    lost = harmed["persons"][harmed["cause"] == "overrun"].sum()  # later crews among them
    assert found["fire.crew_deaths"] == lost >= 10
    assert found["harm.deaths"] == found["fire.forest_deaths"] == float(tables["fire"]["died"][0])


def test_hurt_members_are_an_incident_that_medical_crews_come_to() -> None:
    model, scene, crew, tick = at_the_edge(
        forest__pass_flame_m=0.1, forest__escape_notice_min=5.0, forest__death_kw_m=1e12,
        forest__hurt_kw_m=1e-6, team__treat_person_h=0.5,
    )  # fmt: skip
    burn_on(model, scene, tick)
    (incident,) = scene.hurt
    assert (incident.kind, incident.persons, incident.rescued) == ("injury", 10, 0)
    assert incident.id == f"overrun/{scene.blaze.id}/{crew.id}/{tick}"
    for _ in range(model.ticks - tick):
        model.step()
    assert (incident.rescued, incident.died) == (10, 0)
    assert incident.first_crew.startswith("medics")
    assert scene.rescued == sum(i.rescued for i in scene.hurt) >= 10


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
    model, scene, crew, tick = at_the_edge(**(DEADLY | safe))
    burn_on(model, scene, tick)
    assert not len(model.ledger.table("casualty")["tick"])
    assert crew.state == "working"


def test_burnt_ground_that_still_burns_saves_nobody() -> None:
    model, scene, _, tick = at_the_edge(
        **DEADLY, forest__flames_last_min=1e4, forest__escape_kmh=20.0,
        forest__escape_notice_min=0.0,
    )  # fmt: skip
    burn_on(model, scene, tick)
    assert scene.dead == 10


def test_the_distance_to_walk_grows_with_the_flames() -> None:
    """Four flame lengths beyond the nearest burnt cell: just enough speed saves, less does not."""
    model, scene, crew, tick = at_the_edge()
    cell = scene.blaze.posts[crew.id].cell
    source = forest_of(model)
    scene.burn(tick, source.weather, source.rates, source.error)
    fire = scene.blaze.burning
    g = fire.ground
    around = np.append(spread.neighbours(g), 0) + cell
    label, since = fire.label_min[around], tick * 5.0
    coming = around[(label >= since) & (label < since + 5.0)].astype(np.int32)
    flames = flame_m(spread.intensity_at_kw_m(fire, coming))
    rows, cols = g.row_col(coming)
    row, col = g.row_col(cell)
    near = np.hypot(rows - row, cols - col) * g.land.cell_m <= 4.0 * flames
    left_min = fire.label_min[coming[near]].min() - since
    burnt = np.argwhere(g.map(fire.label_min) <= since)
    away_m = np.hypot(burnt[:, 0] - row, burnt[:, 1] - col).min() * g.land.cell_m
    need_kmh = (away_m + 4.0 * flames[near].max()) / left_min * 0.06
    shipped = OverrunRules.read(model.parts.world.scenario)
    for factor, caught in ((1.001, False), (0.999, True)):
        rules = replace(
            shipped, escape_kmh=need_kmh * factor, pass_flame_m=0.1, escape_notice_min=0.0,
            flames_last_min=0.0,
        )  # fmt: skip
        assert (
            harm._caught_kw_m(scene.blaze, rules, cell, rules.pass_flame_m, tick) is not None
        ) == caught


# ---- residents -----------------------------------------------------------------------------


def test_people_add_up_while_a_fire_harms_them() -> None:
    model = model_of(beside_a_fire(300))
    (scene,) = forest_of(model).fires
    for _ in range(model.ticks):
        model.step()
        people_add_up(model)
        crews_are_somewhere(model)
    assert min(scene.dead, hurt_in(scene)) > 0
    assert model.parts.people.counts[:, State.DEAD].sum() == scene.died
    casualty = model.ledger.table("casualty")
    assert (casualty["cause"] == "forest_fire").all()
    assert casualty["persons"][casualty["outcome"] == "died"].sum() == scene.died
    assert casualty["persons"][casualty["outcome"] == "injured"].sum() == hurt_in(scene)


def test_who_left_in_time_is_not_harmed_and_houses_protect() -> None:
    def toll(**values: float) -> int:
        model = model_of(beside_a_fire(300, **values))
        for _ in range(model.ticks):
            model.step()
        (scene,) = forest_of(model).fires
        return scene.dead + hurt_in(scene)

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
    assert model_of(scenario).parts.world.people.community[one.homes].tolist() == [1] * len(
        one.homes
    )


def test_what_came_to_a_cell_is_priced_before_and_after_it_burns() -> None:
    """The intensity of the fire into a cell does not change when the cell has burnt."""
    _, scene, _, _ = at_the_edge()
    fire = scene.blaze.burning
    edge = spread.edge(fire)
    before = spread.intensity_at_kw_m(fire, edge)
    first = np.argsort(fire.label_min[edge])[:3]
    spread.advance(fire, float(fire.label_min[edge[first]].max()))
    after = spread.intensity_at_kw_m(fire, edge[first])
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
    (scene,) = forest_of(model).fires
    line = ledger.table("fire_line")
    assert set(line["kind"]) == {"line"}
    g = scene.blaze.burning.ground
    assert g.flat(line["row"], line["col"]).tolist() == scene.blaze.line
    arrived = ledger.table("fire")["arrived_min"][0]
    assert line["tick"].min() * 5.0 >= arrived
    assert (np.diff(line["tick"]) >= 0).all()
    each_m = scene.blaze.line_m / len(line["row"])
    assert g.land.cell_m * 0.9 < each_m < g.land.cell_m * 1.5  # cells touch at sides or corners
