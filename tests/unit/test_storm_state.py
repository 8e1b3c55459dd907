"""What a storm does to water, power and phone in a run, tick by tick, and what changes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from anlan.sim.model import ResponseModel
from anlan.sim.networks.drainage import HELD_OPEN, HELD_SHUT
from anlan.sim.scenario.schema import Community, Scenario
from tests.oracle.held import act
from tests.oracle.runs import calm_run
from tests.storm import community
from tests.storm import small as neighbours

SHORE = {"coast_km": 1.0, "elevation_m": 0.5, "drain_mm_h": 0.0, "pump_mm_h": 0.0}
DRY = {"rain.scale": 0.0}
ALONE = {"flood.overflow_width_m": 0.0}  # each place keeps its water


def small(
    places: tuple[Community, ...] | None = None, changes: dict[str, float] | None = None
) -> Scenario:
    """A district whose places keep their water; how it runs on is in `test_overflow`."""
    return neighbours(places, changes=ALONE | (changes or {}))


def history(model: ResponseModel) -> dict[str, NDArray[Any]]:
    """Play a run; (T, C) of power out, phone out and depth after each tick."""
    seen: dict[str, list[NDArray[Any]]] = {"power": [], "phone": [], "depth_m": []}
    for _ in range(model.ticks):
        model.step()
        seen["power"].append(model.parts.power.out.copy())
        seen["phone"].append(model.parts.phone.out.copy())
        seen["depth_m"].append(model.parts.water.depth_m)
    return {name: np.stack(rows) for name, rows in seen.items()}


def test_a_sea_over_its_wall_floods_low_ground_and_a_high_wall_keeps_it_out() -> None:
    """3 m of sea, 0.2 m of it lost in the one kilometre to ground 0.5 m high: 2.3 m of water."""
    low = community("low", 32.0, 121.3, **SHORE)
    high = community("high", 32.0, 121.3, **SHORE | {"elevation_m": 9.0})
    sea_m = np.zeros(576)
    sea_m[100:110] = 3.0
    for crest_m, deep_m in ((1.0, 2.3), (2.99, 2.3), (3.0, 0.0)):
        s = small((low, high), changes={"surge.wall_crest_m": crest_m})
        depth_m = history(calm_run(s, sea_level_m=sea_m))["depth_m"]
        assert (depth_m[:100] == 0.0).all()
        assert depth_m[100:, 0] == pytest.approx(np.full(476, deep_m), rel=1e-6)
        assert (depth_m[:, 1] == 0.0).all()


def test_bags_on_the_wall_of_one_place_keep_the_sea_out_from_then_on() -> None:
    places = (community("a", 32.0, 121.3, **SHORE), community("b", 32.0, 121.3, **SHORE))
    sea_m = np.zeros(576)
    sea_m[100:110], sea_m[200:210] = 3.0, 3.5
    s = small(places, changes={"surge.wall_crest_m": 1.0})

    def heighten(parts: Any, tick: int) -> None:
        parts.water.crest_m[0] = 4.0

    before = history(act(calm_run(s, sea_level_m=sea_m), {99: heighten}))["depth_m"]
    assert (before[:, 0] == 0.0).all()
    assert before[-1, 1] == pytest.approx(2.8)
    between = history(act(calm_run(s, sea_level_m=sea_m), {150: heighten}))["depth_m"]
    assert between[-1].tolist() == pytest.approx([2.3, 2.8])


def test_water_stands_deeper_where_the_pumps_have_no_power() -> None:
    """Paved ground, 12 mm an hour for 4 hours, pumps that lift 6: half of it stays, or all."""
    wet = {"drain_mm_h": 0.0, "pump_mm_h": 6.0, "curve_number": 100.0}
    places = (
        community("with", 32.0, 121.2, generator=True, **wet),
        community("without", 32.0, 121.2, generator=False, **wet),
    )
    rain = np.zeros((576, 1))
    rain[24:72] = 12.0
    s = small(places)
    share = s.p("flood.ponding_share")

    def cut(parts: Any, tick: int) -> None:
        for place in (0, 1):
            parts.power.cut(place, tick, 1e9)

    model = act(calm_run(s, rain_mm_h=rain), {10: cut})
    seen = history(model)
    assert seen["power"][11:].all()
    assert seen["depth_m"][71] == pytest.approx(np.array([24.0, 48.0]) / 1000.0 / share, rel=1e-5)
    # The pump that has power goes on: it lifts the rest in four more hours.
    assert seen["depth_m"][118:121, 0].tolist() == pytest.approx(
        [0.5e-3 / share, 0.0, 0.0], abs=1e-6
    )
    assert seen["depth_m"][-1, 1] == pytest.approx(0.048 / share, rel=1e-5)


def test_a_sluice_shuts_while_the_sea_is_high_unless_somebody_holds_it() -> None:
    """Ten hours of high sea below the wall. By itself, held open, held shut from the start."""
    wet = {"drain_mm_h": 6.0, "pump_mm_h": 0.0, "curve_number": 100.0, "coast_km": 20.0}
    places = tuple(community(name, 32.0, 121.2, **wet) for name in ("itself", "open", "shut"))
    s = small(places, changes={"flood.drain_working_share": 1.0})
    level_m = s.p("flood.gates_shut_level_m")
    sea_m = np.zeros(576)
    sea_m[60:180] = level_m
    rain = np.zeros((576, 1))
    rain[24:120] = 6.0

    def hold_gates(parts: Any, tick: int) -> None:
        parts.drainage.gate[1:] = HELD_OPEN, HELD_SHUT

    model = act(calm_run(s, rain_mm_h=rain, sea_level_m=sea_m), {0: hold_gates})
    depth_mm = history(model)["depth_m"] * 1000.0 * s.p("flood.ponding_share")
    # Drains as fast as it rains while open: nothing until tick 60, then 0.5 mm a tick.
    assert depth_mm[59].tolist() == pytest.approx([0.0, 0.0, 18.0], abs=1e-4)
    assert depth_mm[119].tolist() == pytest.approx([30.0, 0.0, 48.0], abs=1e-4)
    assert depth_mm[179].tolist() == pytest.approx([30.0, 0.0, 48.0], abs=1e-4)
    assert depth_mm[189].tolist() == pytest.approx([25.0, 0.0, 48.0], abs=1e-4)
    assert depth_mm[-1].tolist() == pytest.approx([0.0, 0.0, 48.0], abs=1e-4)


def test_base_stations_fall_silent_when_their_battery_is_empty() -> None:
    """Each its battery's hours after its power went, and back in the tick of the power."""
    places = (
        community("village", 32.0, 121.2),
        community("city", 32.0, 121.2, kind="neighbourhood"),
    )
    s = small(places)
    battery = [round(s.p(f"phone.battery_{x}_h") * 12) for x in ("rural", "city")]
    assert battery[0] != battery[1]

    def cut(parts: Any, tick: int) -> None:
        for place in (0, 1):
            parts.power.cut(place, tick, 20.0)

    seen = history(act(calm_run(s), {48: cut}))
    ticks = np.arange(576)[:, None]
    # Cut after the networks' step of tick 48: their first tick without mains is 49, and 240 ticks
    # of repair, from 49 on, are done in tick 288.
    assert (seen["power"] == ((ticks >= 48) & (ticks < 288))).all()
    silent_from = 49 + np.array(battery)
    assert (seen["phone"] == ((ticks >= silent_from) & (ticks < 288))).all()


def test_a_battery_charges_as_fast_as_the_ratio_says() -> None:
    """A second cut, an hour after the first is mended: what was charged in that hour is left."""
    s = small((community("village", 32.0, 121.2),), changes={"phone.charge_ratio": 0.25})
    battery = round(s.p("phone.battery_rural_h") * 12)
    assert battery > 24

    def cut(parts: Any, tick: int) -> None:
        parts.power.cut(0, tick, (battery + 12) / 12)

    first = 48
    mended = first + battery + 12
    seen = history(act(calm_run(s), {first: cut, mended + 11: cut}))
    silent = np.flatnonzero(seen["phone"][:, 0])
    again = mended + 12 + 3  # twelve ticks of charging, from `mended` on, at a quarter: three
    assert silent[0] == first + 1 + battery
    assert silent[silent >= mended][0] == again


def test_a_crew_with_a_generator_keeps_a_station_alive_while_it_is_there() -> None:
    s = small((community("bridged", 32.0, 121.2), community("not", 32.0, 121.2)))
    battery = round(s.p("phone.battery_rural_h") * 12)

    def cut(parts: Any, tick: int) -> None:
        for place in (0, 1):
            parts.power.cut(place, tick, 1e9)

    def bridge(parts: Any, tick: int) -> None:
        parts.phone.bridge(0, tick == 60)

    seen = history(act(calm_run(s), {48: cut, 60: bridge, 300: bridge}))
    silent = [np.flatnonzero(seen["phone"][:, n])[0] for n in (0, 1)]
    # Twelve ticks of the battery were gone at 60; by 300 it is full again.
    assert silent == [301 + battery, 49 + battery]


@pytest.mark.parametrize("gust_ms", [40.0, 46.0, 90.0])
def test_as_many_trees_lie_across_a_road_as_a_poisson_number_of_its_gust(gust_ms: float) -> None:
    """Three roads of 500 trees: -500 ln(1 - s / (1 + exp((m - g) / w))) in the mean."""
    changes = {"tree.blocking_share": 0.3}
    s = small(changes=changes)
    s = s.model_copy(
        update={"roads": tuple(r.model_copy(update={"trees_per_km": 25.0}) for r in s.roads)}
    )
    gust = np.zeros((576, 1))
    gust[2:5], gust[8] = gust_ms, 0.9 * gust_ms
    median_ms, scale_ms = s.p("tree.median_gust_ms"), s.p("tree.gust_scale_ms")
    mean = -500 * np.log1p(-0.3 / (1.0 + np.exp((median_ms - gust_ms) / scale_ms)))
    assert mean > 36.0  # e^-36 is lost beside 1
    across = []
    for seed in range(1, 9):
        model = calm_run(s, seed, gust_ms=gust)
        for _ in range(12):
            model.step()
        across += model.parts.trees.across.tolist()  # no crew clears them
    assert np.mean(across) == pytest.approx(mean, abs=4.0 * np.sqrt(mean / 24))
    assert np.var(across, ddof=1) == pytest.approx(mean, rel=4.0 * np.sqrt(2 / 23))
