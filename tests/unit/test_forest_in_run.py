"""Forest fires in the model: the tiny circle by hand, a real fight, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.engine import prepare
from anlan.sim.model import ResponseModel
from anlan.sim.nature.forest import spread


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
    engine = prepare(scenario)
    streams = Streams(1, 0)
    model = ResponseModel(engine.world, engine.hazard.realise(streams), streams)
    (source,) = model.fires
    before = {fire.id: (0.0, None) for fire in source.fires}  # type: ignore[attr-defined]
    for _ in range(scenario.ticks):
        model.step()
        for fire in source.fires:  # type: ignore[attr-defined]
            if fire.fire is None:
                continue
            burnt = spread.burnt(fire.fire)
            area, cells = before[fire.id]
            assert burnt.sum() >= area  # the area never shrinks
            assert cells is None or burnt[cells].all()  # nothing unburns
            before[fire.id] = (burnt.sum(), burnt)
        for crew in model.crews:
            at = [i for i in model.incidents if crew in i.crews]
            assert len(at) <= 1  # a crew is at one fire at a time
            assert not at or crew.task is at[0]
    return model


def test_crews_build_line_and_are_written_down(fought: ResponseModel) -> None:
    """Fires are seen, crews come, line is built, and the hourly rows say so."""
    (source,) = fought.fires
    first = source.fires[0]  # type: ignore[attr-defined]
    assert first.detected_min >= first.lit_min
    assert first.arrived_min > first.detected_min
    assert first.line_m > 0
    front = fought.ledger.table("fire_front")
    assert (np.diff(front["line_m"][front["fire"] == first.id]) >= 0).all()
    assert front["crews"].max() >= 10


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
