"""Fires are commanded: what they need is counted, levels rise, those within reach are told."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.command.levels import ByTriggers
from anlan.sim.command.orders import ByLevelAndThreat
from anlan.sim.command.picture import Picture
from anlan.sim.engine import prepare
from anlan.sim.nature.building.block import BlockRules, Building, CityBlock, light
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.reach import Runs
from anlan.sim.threats import Threat
from tests.oracle.runs import FIERCE, forest_of
from tests.unit.test_forest_tactics import burning

LINYI = sim.load("linyi-building-fire")
STRESS = sim.load("linyi-building-fire-stress")
OLD_TOWN = next(c for c in LINYI.building_classes if c.building_class == "old_town")
BLOCK = BlockRules.read(LINYI)


# -- how soon a fire could be somewhere --------------------------------------------------------


def test_before_the_wind_the_way_is_the_distance_over_the_heads_rate() -> None:
    fire = burning()
    edge = spread.edge(fire)
    rows_, cols = fire.ground.row_col(edge)
    head = int(cols.max())
    ahead = fire.ground.flat(np.array([30]), np.array([head + 50]))
    (minutes,) = Runs(fire).minutes_to(ahead, 0.0)
    assert minutes == pytest.approx(50 * 20.0 / Runs(fire).fastest_m_min, rel=0.02)
    behind = fire.ground.flat(np.array([30]), np.array([int(cols[rows_ == 30].min()) - 5]))
    assert Runs(fire).minutes_to(behind, 0.0)[0] > 5 * 20.0 / Runs(fire).fastest_m_min


def test_what_is_beside_the_edge_is_reached_now_and_a_fire_that_is_out_reaches_nothing() -> None:
    fire = burning()
    edge = spread.edge(fire)
    assert (Runs(fire).minutes_to(edge, 0.0) == 0.0).all()
    spread.set_hold(fire, edge, 1e9)
    assert np.isinf(Runs(fire).minutes_to(edge, 0.0)).all()


# -- orders ------------------------------------------------------------------------------------


def _threat(homes: list[int], until_tick: int = 100) -> Threat:
    return Threat(
        "forest_fire", "hill", {"persons": 3.0}, 0.0, until_tick, np.array([1]), leave=True,
        homes=np.array(homes, dtype=np.int64),
    )  # fmt: skip


def test_homes_that_a_threat_names_are_told_once_and_no_others() -> None:
    picture, seat = Picture(roads=None), ByLevelAndThreat()  # type: ignore[arg-type]
    picture.hear_of(_threat([4, 7]))
    (order,) = seat.on_threats(picture, 1)
    assert order.places == (1,)
    assert order.homes is not None
    assert order.homes.tolist() == [4, 7]
    assert seat.on_threats(picture, 2) == []  # nothing new was said
    picture.hear_of(_threat([7, 9]))
    (order,) = seat.on_threats(picture, 3)
    assert order.homes is not None
    assert order.homes.tolist() == [9]
    picture.hear_of(_threat([11], until_tick=3))
    assert seat.on_threats(picture, 4) == []  # it does not hold any more


def test_only_homes_that_the_fire_could_reach_in_time_are_told_to_leave() -> None:
    """At Pingshan: fewer than stand beside wildland in the places named, and more with more
    time.
    """
    told = []
    for lead_min in (30.0, 720.0):
        scenario = sim.load(
            "pingshan-forest-fire",
            {"settings.duration_h": "6", "parameters.forest.warn_lead_min": str(lead_min)} | FIERCE,
        )
        model = prepare(scenario).model(1, 0)
        model.run()
        people = model.parts.world.people
        named = model.parts.command.picture.told_homes
        villages = forest_of(model).villages
        for home in named:
            edge = villages.edges[int(people.community[home])]
            assert home in edge.homes
        told.append(len(named))
    assert 0 < told[0] < told[1]


# -- levels ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "value", "grade"),
    [("engines", 5, -1), ("engines", 6, 0), ("engines", 30, 3), ("trapped_persons", 3, 1)],
)
def test_a_building_fire_raises_a_grade_by_engines_and_people_inside(
    quantity: str, value: float, grade: int
) -> None:
    seat = ByTriggers(LINYI.triggers, LINYI.responses)
    picture = Picture(roads=None)  # type: ignore[arg-type]
    picture.hear_of(Threat("building_fire", "f", {quantity: value}, 0.0, 9, local=True))
    assert seat.grade(picture, 1) == grade


def test_a_fire_in_one_building_raises_levels_but_warns_nobody_elsewhere() -> None:
    ledger = sim.run(LINYI, seed=1)
    message = ledger.table("message")
    levels = message["content"][message["kind"] == "level"].tolist()
    assert levels
    assert "stand_down" in message["kind"].tolist()
    heard = measure_run(LINYI, ledger.tables())["warning.heard_share"]
    assert heard == 0.0


def test_who_fights_fires_by_the_way_comes_with_the_level_alone() -> None:
    """The company's volunteers, 20 of a social team, are mustered by level, or in their town."""
    plain = LINYI.replace(response={r.level: {"muster": ()} for r in LINYI.responses})
    for scenario, come in ((LINYI, True), (plain, False)):
        deployments = sim.run(scenario, seed=2).table("deployment")
        at_market = deployments["incident"] == "fire/market-1"
        social = np.array(["company" in team for team in deployments["team"]])
        assert bool((at_market & social).any()) == come


@pytest.mark.parametrize(
    "kind", ["comprehensive", pytest.param("professional", marks=pytest.mark.long)]
)
def test_engines_from_outside_are_there_once_a_level_has_asked_for_them(kind: str) -> None:
    """Stations of others are manned round the clock as well, but not for this district."""
    teams = tuple(t.model_copy(update={"kind": kind}) if t.asked_at else t for t in STRESS.teams)
    scenario = STRESS.model_copy(update={"teams": teams, "duration_h": 12})
    outside = {t.team for t in teams if t.asked_at}
    assert outside
    tables = sim.run(scenario, seed=1).tables()
    message, sent = tables["message"], tables["deployment"]
    level = message["sent_min"][(message["kind"] == "level") & (message["content"] == "III")][0]
    came = sent["sent_min"][[team in outside for team in sent["team"]]]
    assert len(came) > 10
    assert came.min() >= level + scenario.p("response.aid_decision_min")
    bare = sim.run(scenario.model_copy(update={"responses": ()}), seed=1).tables()["deployment"]
    assert not outside & set(bare["team"])


@pytest.mark.long
def test_without_levels_fires_wait_longer_for_an_engine_or_have_none() -> None:
    """In the stress event all engines are busy; those of the city come when a level asks."""
    bare = STRESS.model_copy(update={"responses": ()})
    for run in range(4):
        found = [measure_run(s, sim.run(s, 1, run).tables()) for s in (STRESS, bare)]
        for name, better in (
            ("fire.first_engine_min_mean", -1), ("fire.never_engine_fires", -1),
            ("fire.engine_reached_share", 1), ("rescue.unreached_person_h", -1),
            ("rescue.never_reached_persons", -1),
        ):  # fmt: skip
            assert (found[0][name] - found[1][name]) * better > 0, (run, name)


# -- persons and branches ----------------------------------------------------------------------


def test_a_forest_fire_counts_people_by_skill_and_trucks_not_at_all() -> None:
    model = prepare(sim.load("fuling-forest-fire")).model(1, 0)
    scene = forest_of(model).fires[0]
    by_kind = {c.team.kind: c for c in model.parts.crews if "forest" in c.capabilities}
    for kind, skill in (("town", 1.0), ("first_responder", 0.3), ("assault", 0.6)):
        crew = by_kind[kind]
        assert scene.adds(crew) == pytest.approx(crew.people * skill)
    others = [c for c in model.parts.crews if c.tank_l or "air" in c.capabilities]
    assert others
    assert {scene.adds(c) for c in others} == {0.0}


def test_a_crew_of_three_holds_one_branch_and_a_whole_engine_two() -> None:
    model = prepare(LINYI).model(1, 0)
    model.run()
    sources = model.parts.sources
    (scene,) = [s for s in _scenes(sources) if s.incident.id == "fire/market-1"]
    engine = next(c for c in model.parts.crews if c.is_station and not c.micro)
    assert scene.adds(engine) == 2.0
    engine.lost = engine.strength - 3
    assert scene.adds(engine) == 1.0
    engine.lost = engine.strength - 1
    assert scene.adds(engine) == 0.0


def _scenes(sources: list[Any]) -> list[Any]:
    return [scene for source in sources for scene in getattr(source, "scenes", [])]


# -- branches that keep a fire from its neighbour ----------------------------------------------


def _block(engines: int, arrived_min: float) -> tuple[CityBlock, list[float]]:
    """An old house whose neighbour stands three metres off, left to itself but for some engines."""
    first = light("b", OLD_TOWN, 0.0, [3.0], BLOCK)
    lit: list[float] = []

    def neighbour(parent: Building, minute: float, side: int) -> Building:
        lit.append(minute)
        return light(f"b.{side}", OLD_TOWN, minute, [], BLOCK, spread_from=parent.key)

    block = CityBlock(BLOCK, [first], neighbour, lambda victim: None, 0.0)
    for n in range(engines):
        block.arrive(f"e{n}", arrived_min)
    return block, lit


def test_one_engine_in_time_saves_the_neighbour_though_it_cannot_hold_the_fire() -> None:
    due_min = light("b", OLD_TOWN, 0.0, [3.0], BLOCK).lights[0][0]
    in_time, late = due_min - BLOCK.setup_min - 1.0, due_min + 1.0
    alone, lit = _block(0, 0.0)
    alone.advance(120.0)
    assert lit == [due_min]
    block, lit = _block(1, late)
    block.advance(120.0)
    assert lit == [due_min]
    block, lit = _block(1, in_time)
    block.advance(120.0)
    assert lit == []
    assert math.isnan(block.buildings[0].controlled_min) or block.buildings[0].shields == 1


def test_branches_that_cool_a_wall_are_given_back_to_hold_the_fire() -> None:
    """Three engines feed six branches, as many as the fire takes at most; one cools the wall."""
    block, lit = _block(3, 0.0)
    block.advance(120.0)
    assert lit == []
    assert not math.isnan(block.buildings[0].controlled_min)


@pytest.mark.long
def test_without_fire_teams_more_buildings_and_more_lives_are_lost() -> None:
    """Twenty runs of Linyi, paired; people are inside the old houses."""
    inside = LINYI.replace(building_fires={"old-town-1": {"victims": 6}})
    engines = [t.team for t in LINYI.teams if "fire" in t.capabilities]
    bare = inside.replace(teams={team: {"members": 0} for team in engines})
    lost: dict[str, list[int]] = {"buildings": [], "died": []}
    for run in range(20):
        have, none = (sim.run(s, seed=1, run=run).table("fire") for s in (inside, bare))
        lost["buildings"].append(len(none["fire"]) - len(have["fire"]))
        lost["died"].append(int(none["died"].sum() - have["died"].sum()))
    for differences in lost.values():
        assert min(differences) >= 0
        assert sum(differences) > 0
