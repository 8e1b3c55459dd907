"""Forest fires in the model: the tiny circle by hand, a real fight, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.model import ResponseModel
from anlan.sim.nature.forest import spread
from tests.oracle.district import beside_a_fire
from tests.oracle.held import hold
from tests.oracle.runs import check_crews, forest_of, rows


def test_tiny_circle_is_the_hand_worked_one() -> None:
    """Rate 1.28 m/min in calm, flat grass: 1.853 ha after an hour, 11.58 ha after 150 min."""
    tables = sim.run(sim.load("tiny-fire")).tables()
    front = tables["fire_front"]
    by_tick = dict(zip(front["tick"].tolist(), front["burnt_ha"].tolist(), strict=True))
    rate = (0.03 * 20 + 0.01 * 50 - 0.3) * 1.6
    # the run's third hour ends at minute 180, 150 min after the ignition; its second at minute 90
    assert by_tick[179] == pytest.approx(math.pi * (rate * 150) ** 2 / 1e4, rel=0.03)
    assert by_tick[119] == pytest.approx(math.pi * (rate * 90) ** 2 / 1e4, rel=0.03)
    circles = 2.0 * math.pi * rate * np.array([30.0, 90.0, 150.0])
    np.testing.assert_allclose(front["edge_m"], circles, rtol=0.05)  # 241, 724 and 1,206 m
    fire = {k: v[tables["fire"]["kind"] == "forest"][0] for k, v in tables["fire"].items()}
    assert fire["ignited_min"] == 30.0
    assert np.isnan(fire["out_min"])  # nobody fights it: a row all the same
    assert fire["burnt_ha"] == pytest.approx(by_tick[179])


@pytest.fixture(scope="module")
def fought() -> ResponseModel:
    """Twelve hours of the fires of Fuling, checked at every tick on the way."""
    scenario = sim.load("fuling-forest-fire", {"settings.duration_h": "14"})
    model = prepare(scenario).model(1, 0)
    before: dict[str, tuple[int, np.ndarray | None]] = {}
    for _ in range(scenario.ticks):
        model.step()
        for scene in forest_of(model).fires:
            if scene.blaze.fire is None:
                continue
            burnt = spread.burnt(scene.blaze.burning)
            area, cells = before.get(scene.blaze.id, (0, None))
            assert burnt.sum() >= area  # the area never shrinks
            assert cells is None or burnt[cells].all()  # nothing unburns
            before[scene.blaze.id] = (int(burnt.sum()), burnt)
        check_crews(model)
    assert len(before) == len(forest_of(model).fires)
    return model


def test_crews_build_line_and_are_written_down(fought: ResponseModel) -> None:
    """Fires are seen, crews come, line is built, and the hourly rows say so."""
    first = forest_of(fought).fires[0]
    assert first.detected_min >= first.blaze.lit_min
    assert first.arrived_min > first.detected_min
    assert first.blaze.line_m > 0
    front = fought.ledger.table("fire_front")
    assert (np.diff(front["line_m"][front["fire"] == first.blaze.id]) >= 0).all()
    assert front["crews"].max() >= 10


def test_command_is_told_of_a_fire_from_its_discovery_until_it_is_contained(
    fought: ResponseModel,
) -> None:
    """Every `forest.warn_every_min`, with what has burnt by then: messages, no look at the fire."""
    scenario = fought.parts.world.scenario
    every = round(scenario.p("forest.warn_every_min") / scenario.settings.tick_min)
    message, threat = fought.ledger.table("message"), fought.ledger.table("threat")
    for scene in forest_of(fought).fires:
        found, end = scene.incident.found_min / 5.0, scene.blaze.contained_tick
        # It is contained by the work of a tick, which comes after the tick's messages.
        due = [t for t in range(0, fought.ticks, every) if t > found and (end < 0 or t <= end)]
        told = (message["kind"] == "threat") & (message["about"] == scene.incident.id)
        assert message["sent_tick"][told].tolist() == due
        heard = threat["source"] == scene.blaze.id
        assert set(threat["tick"][heard]) == set(message["received_tick"][told])
        burnt = heard & (threat["quantity"] == "burnt_ha")
        assert (np.diff(threat["value"][burnt]) >= 0).all()
        hours = threat["value"][heard & (threat["quantity"] == "burning_h")]
        assert hours[0] >= 0.0
        assert (np.diff(hours) > 0).all()


def test_the_same_seed_gives_the_same_fire() -> None:
    scenario = sim.load("tiny-fire")
    one, other = (sim.run(scenario, seed=3).tables()["fire_cell"] for _ in range(2))
    assert all(np.array_equal(one[c], other[c]) for c in one)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"forest.lon": "120.0"}, "outside the map"),
        ({"ignitions.grass-1.lat": "32.5"}, "outside the map"),
        ({"ignitions.grass-1.time": "2024-01-11T08:30:00+08:00"}, "outside the run"),
        ({"hazard.rain": "gauge"}, "no key rain"),
        ({"hazard.weather.rain": "gauge"}, "no key rain"),
    ],
)
def test_what_does_not_fit_is_refused(settings: dict[str, str], says: str) -> None:
    with pytest.raises(sim.BadInput, match=says):
        sim.load("tiny-fire", settings)


@pytest.mark.parametrize("silent", [False, True], ids=["phones work", "phones are dead"])
def test_command_clears_places_when_it_has_been_told_of_the_fire_and_not_before(
    silent: bool,
) -> None:
    """The fire only tells: a runner takes its minutes, and nobody is ordered out till then."""
    scenario = beside_a_fire(300, forest__passer_day_per_h=200.0)
    model = hold(prepare(scenario).model(1, 0), phone_out=silent)
    tables = model.run().tables()
    told = rows(tables["message"], kind="threat")
    first_sent, first_heard = (
        min(told["sent_tick"]),
        min(t for t in told["received_tick"] if t >= 0),
    )
    assert set(told["means"]) == {"runner" if silent else "phone"}
    assert (first_heard > first_sent) == silent
    orders = tables["evacuation"]
    ordered = orders["ordered_tick"][orders["order"] != ""]
    assert ordered.min() == first_heard
    assert {name.split("/")[1] for name in orders["order"] if name} == {"forest_fire"}
    said_by = {
        s
        for s, k in zip(*(tables["threat"][c] for c in ("source", "kind")), strict=True)
        if k == "forest_fire"
    }
    assert said_by == {scenario.ignitions[0].ignition}


def _burnt_by(*lons: float) -> list[tuple[int, int]]:
    """Cells that fires on the tiny field burn in three hours, each as often as it is burnt."""
    scenario = sim.load("tiny-fire")
    (lit,) = scenario.ignitions
    fires = [lit.model_copy(update={"ignition": f"grass-{lon}", "lon": lon}) for lon in lons]
    scenario = scenario.model_copy(update={"ignitions": tuple(fires)})
    cells = sim.run(scenario).tables()["fire_cell"]
    return list(zip(cells["row"].tolist(), cells["col"].tolist(), strict=True))


def test_what_one_fire_has_burnt_burns_in_no_other() -> None:
    """Two fires that run into each other burn what either burns alone, and no cell twice."""
    west, east = 121.2570, 121.2582  # 113 m apart: they meet after some 45 minutes
    together = _burnt_by(west, east)
    alone = _burnt_by(west), _burnt_by(east)
    assert len(together) == len(set(together))
    assert set(together) == set(alone[0]) | set(alone[1])
    assert len(together) < 0.8 * (len(alone[0]) + len(alone[1]))
