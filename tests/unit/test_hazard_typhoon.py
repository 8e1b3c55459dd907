"""The typhoon of a run: sound for every storm, the same for the same draws, and causal."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest

from anlan.sim import load
from anlan.sim.chance import Streams
from anlan.sim.forcing import track, wind
from anlan.sim.forcing.base import Realisation
from anlan.sim.forcing.forecast import LEADS_H
from anlan.sim.forcing.hazards import HAZARDS
from anlan.sim.forcing.typhoon import Typhoon, to_ticks
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import Community, Fix, GaugeHour, Road, Scenario, TyphoonHazard

NOON = datetime(2022, 9, 14, 12, tzinfo=UTC)
TINY = load("tiny")
STILL = {"storm.position_sd_km": 0.0, "storm.wind_sd_share": 0.0, "storm.rmax_sd_log": 0.0}


def community(name: str, lat: float, lon: float, **changes: object) -> Community:
    base = TINY.communities[0].model_dump()
    base.update(community=name, lat=lat, lon=lon, coast_km=20.0, kind="village")
    return Community(**(base | changes))


def fix(hour: float, lat: float, lon: float, wind_ms: float | None, hpa: float) -> Fix:
    return Fix(
        storm="s", name_zh="风", name_en="s", time=NOON + timedelta(hours=hour), lat=lat, lon=lon,
        wind_ms=wind_ms, pressure_hpa=hpa, wind_averaging_min=10,
    )  # fmt: skip


# A storm of 40 m/s that comes from the south at 30 km/h and passes over 32 N, 121 E.
NORTHWARD = tuple(fix(h, 32.0 + 0.27 * h, 121.0, 40.0, 960.0) for h in range(-30, 31, 6))


def small(
    communities: tuple[Community, ...] | None = None,
    tracks: tuple[Fix, ...] = NORTHWARD,
    changes: dict[str, float] | None = None,
    rain: Literal["r-clipper", "gauge"] = "r-clipper",
) -> Scenario:
    """Four places in a row from west to east, roads between them, and one storm."""
    places = communities or tuple(community(f"c{i}", 32.0, 120.7 + 0.2 * i) for i in range(4))
    road = {"length_km": 20.0, "speed_kmh": 40.0, "trees_per_km": 100.0, "dip_m": 0.2}
    roads = tuple(
        Road(road=f"r{i}", from_community=a.community, to_community=b.community,
             mark="assumption", **road)
        for i, (a, b) in enumerate(pairwise(places))
    )  # fmt: skip
    parameters = dict(TINY.parameters)
    for name, value in (changes or {}).items():
        wide = {"value": value, "low": -1e9, "high": 1e9}
        parameters[name] = parameters[name].model_copy(update=wide)
    towns = (TINY.towns[0].model_copy(update={"lat": 32.0, "lon": 121.0}),)
    begins = {"start_before_closest_h": 24.0, "duration_h": 48, "tick_min": 5}
    return TINY.model_copy(
        update={
            "communities": places,
            "roads": roads,
            "tracks": tracks,
            "towns": towns,
            "parameters": parameters,
            "hazards": {"typhoon": TyphoonHazard(storm=tracks[0].storm, rain=rain)},
            "settings": TINY.settings.model_copy(update=begins),
        }
    )


def realise(scenario: Scenario, seed: int = 1, run: int = 0) -> Realisation:
    return HAZARDS["typhoon"](scenario).realise(Streams(seed, run))


def flat(r: Realisation) -> dict[str, np.ndarray]:
    """Every array of a realisation by name."""
    out = {f.name: getattr(r, f.name) for f in fields(r) if f.name != "forecast"}
    out["issued"] = r.forecast.issued_tick
    for h in LEADS_H:
        out[f"wind{h}"] = r.forecast.wind_within_ms[h]
        out[f"gust{h}"] = r.forecast.gust_within_ms[h]
    return out


def check_sound(r: Realisation, s: Scenario) -> None:
    shapes = {
        "wind_ms": (s.ticks, len(s.communities)),
        "gust_ms": (s.ticks, len(s.communities)),
        "rain_mm_h": (s.ticks, len(s.communities)),
        "depth_m": (s.ticks, len(s.communities)),
        "power_out": (s.ticks, len(s.communities)),
        "phone_out": (s.ticks, len(s.communities)),
        "road_depth_m": (s.ticks, len(s.roads)),
        "tree_tick": (len(s.roads),),
        "tree_count": (len(s.roads),),
    }
    for name, array in flat(r).items():
        assert np.isfinite(array).all(), name
        assert array.shape == shapes.get(name, array.shape), name
        if name.endswith(("_m", "_ms", "_mm_h")) and name != "sea_level_m":
            assert (array >= 0.0).all(), name
    assert ((r.tree_count >= 1) == (r.tree_tick < s.ticks)).all()
    for out in (r.power_out, r.phone_out):
        begins = (out[1:] & ~out[:-1]).sum(axis=0) + out[0]
        assert (begins <= 1).all()
    assert not (r.phone_out & ~r.power_out).any()


@pytest.mark.parametrize("run", range(4))
def test_a_run_is_sound(run: int) -> None:
    s = small()
    check_sound(realise(s, run=run), s)


def test_a_single_place_without_roads() -> None:
    s = small((community("only", 32.0, 121.2),))
    check_sound(realise(s), s)


@pytest.mark.parametrize(
    "tracks",
    [
        (fix(0, 31.0, 122.0, 30.0, 975.0),),  # one fix: a storm that stands
        (fix(0, 31.0, 122.0, None, 1012.0), fix(6, 32.0, 121.5, None, 1012.0)),  # no deficit
        (fix(0, 31.0, 122.0, 0.0, 990.0), fix(6, 36.0, 124.0, 5.0, 990.0)),  # weak and fast
        tuple(fix(h, -20.0 - 0.1 * h, 179.9 + 0.01 * h, 40.0, 950.0) for h in (0, 6)),
    ],
    ids=["one fix", "no deficit", "weak and fast", "southern, near the date line"],
)
def test_odd_tracks_are_sound(tracks: tuple[Fix, ...]) -> None:
    s = small(tracks=tracks)
    check_sound(realise(s), s)


def test_coarser_ticks_are_sound() -> None:
    s = small()
    s = s.model_copy(update={"settings": s.settings.model_copy(update={"tick_min": 60})})
    check_sound(realise(s), s)


def test_the_same_draws_give_the_same_run_to_the_bit_and_another_run_differs() -> None:
    s = small()
    one, same, other = flat(realise(s)), flat(realise(s)), flat(realise(s, run=1))
    for name, array in one.items():
        assert array.tobytes() == same[name].tobytes(), name
    for name in ("wind_ms", "rain_mm_h", "centre_lat", "sea_level_m", "wind24"):
        assert (one[name] != other[name]).any(), name


def test_what_a_place_meets_does_not_depend_on_the_places_after_it() -> None:
    # Rain cells lie on a lattice over the district, so the added place lies within it.
    places = tuple(community(f"c{i}", 32.0, 120.7 + 0.2 * i) for i in range(4))
    more = (*places, community("c4", 32.0, 121.0))
    few, many = realise(small(places)), realise(small(more))
    for name in ("wind_ms", "rain_mm_h", "power_out", "phone_out"):
        assert (getattr(many, name)[:, :4] == getattr(few, name)).all(), name


def test_a_forecast_does_not_change_the_truth() -> None:
    before = flat(realise(small()))
    after = flat(realise(small(changes={"forecast.interval_h": 1.0, "forecast.persistence": 0.1})))
    said = {"issued", *(f"{k}{h}" for k in ("wind", "gust") for h in LEADS_H)}
    assert len(after["wind24"]) == 48 != len(before["wind24"])
    for name in before.keys() - said:
        assert before[name].tobytes() == after[name].tobytes(), name


def test_a_forecast_without_error_is_the_truth_ahead() -> None:
    sure = {"forecast.wind_sd_now": 0.0, "forecast.wind_sd_24h": 0.0}
    s = small(changes={**sure, "forecast.time_sd_24h_h": 0.0})
    r = realise(s)
    worst = r.wind_ms.max(axis=1)
    for b, issued in enumerate(r.forecast.issued_tick):
        for h in LEADS_H:
            ahead = worst[issued : issued + h * s.ticks_per_h + 1].max()
            assert r.forecast.wind_within_ms[h][b] == pytest.approx(ahead, rel=1e-5)


def test_forecast_error_grows_with_lead_time() -> None:
    s = small(changes=STILL)
    hazard = Typhoon(s)
    r = [hazard.realise(Streams(3, run)) for run in range(40)]
    peak = int(np.argmax(r[0].wind_ms.max(axis=1)))

    def spread(lead_h: int) -> float:
        b = int(np.searchsorted(r[0].forecast.issued_tick, peak - lead_h * s.ticks_per_h))
        return float(np.std([x.forecast.wind_within_ms[24][b] for x in r]))

    assert spread(20) > 1.5 * spread(3)


def test_longer_lead_never_expects_less() -> None:
    f = realise(small()).forecast
    assert (f.wind_within_ms[12] >= f.wind_within_ms[6]).all()
    assert (f.gust_within_ms[24] >= f.gust_within_ms[12]).all()


def test_the_right_of_the_track_blows_harder_and_nowhere_harder_than_the_track_says() -> None:
    r = realise(small(changes=STILL))
    most = r.wind_ms.max(axis=0)
    assert most[3] > most[0] + 5.0
    assert most.max() <= 0.8 * 40.0 * 1.005
    assert most.max() == pytest.approx(0.8 * 40.0, rel=0.1)  # inflow takes a little


def test_winds_between_the_nodes_are_right_to_one_per_cent_outside_the_eye() -> None:
    coarse = realise(small(changes={**STILL, "wind.step_min": 15.0})).wind_ms
    fine = realise(small(changes={**STILL, "wind.step_min": 5.0})).wind_ms
    error = np.abs(coarse / fine - 1.0)[fine >= 10.8]
    assert np.quantile(error, 0.97) < 0.01  # the rest lies where the ring passes over
    assert error.max() < 0.04
    assert coarse.max(axis=0) == pytest.approx(fine.max(axis=0), rel=0.01)


def test_gauge_rain_is_what_was_measured_in_every_run() -> None:
    s = small(rain="gauge")
    hours = tuple(
        GaugeHour(time=start_time(s) + timedelta(hours=h), rain_mm=mm)
        for h, mm in ((3, 12.0), (4, 30.0))
    )
    s = s.model_copy(update={"gauge": hours})
    for run in (0, 1):
        rain = realise(s, run=run).rain_mm_h
        assert rain.sum(axis=0) / s.ticks_per_h == pytest.approx(np.full(4, 42.0))
        assert rain[3 * 12 : 5 * 12].min() == 12.0


def test_a_sea_over_its_wall_floods_low_ground_and_a_high_wall_keeps_it_out() -> None:
    shore = {"coast_km": 1.0, "drain_mm_h": 0.0, "pump_mm_h": 0.0}
    low = community("low", 32.0, 121.3, elevation_m=0.5, **shore)
    high = community("high", 32.0, 121.3, elevation_m=9.0, **shore)
    dry = {"rain.scale": 0.0, "surge.wall_crest_m": 1.0}
    over = realise(small((low, high), changes=dry))
    peak = over.sea_level_m.max()
    assert over.depth_m[:, 0].max() == pytest.approx(peak - 0.5 - 0.2, rel=1e-4)
    assert over.depth_m[:, 1].max() == 0.0
    kept = realise(small((low, high), changes={**dry, "surge.wall_crest_m": peak + 0.01}))
    assert kept.depth_m.max() == 0.0


def test_water_stands_deeper_where_the_pumps_have_no_power() -> None:
    wet = {"drain_mm_h": 0.0, "pump_mm_h": 6.0, "curve_number": 95.0}
    places = (
        community("with", 32.0, 121.2, generator=True, **wet),
        community("without", 32.0, 121.2, generator=False, **wet),
    )
    r = realise(small(places, changes={"power.poles_per_feeder": 1e6}))
    assert r.power_out.any(axis=0).all()
    assert r.depth_m[:, 1].max() > r.depth_m[:, 0].max() > 0.0


def test_base_stations_fall_silent_when_their_battery_is_empty() -> None:
    r = realise(small(changes={"power.poles_per_feeder": 1e6, "power.restore_mean_h": 100.0}))
    down, silent = np.argmax(r.power_out, axis=0), np.argmax(r.phone_out, axis=0)
    long_enough = r.phone_out.any(axis=0)
    assert long_enough.any()
    assert (silent - down)[long_enough] == pytest.approx(6.0 * 12)  # rural battery, hours


# --- the track ------------------------------------------------------------------------------


def fixes_of(tracks: tuple[Fix, ...]) -> track.Fixes:
    return track.fixes_of(small(tracks=tracks), NOON)


def test_the_centre_runs_on_the_great_circle() -> None:
    fixes = fixes_of((fix(0, 60.0, 0.0, 30.0, 980.0), fix(6, 60.0, 90.0, 30.0, 980.0)))
    lat, lon = track.positions(fixes, np.array([0.0, 3.0, 6.0]))
    assert lon == pytest.approx([0.0, 45.0, 90.0])
    # The middle of the arc between two points at 60 N, 90 degrees apart: tan = tan 60 / cos 45.
    assert lat[1] == pytest.approx(np.degrees(np.arctan(np.tan(np.pi / 3) / np.cos(np.pi / 4))))


def test_a_fix_without_wind_takes_it_from_its_pressure() -> None:
    fixes = fixes_of((fix(0, 30.0, 122.0, None, 960.0), fix(6, 31.0, 122.0, 25.0, 980.0)))
    gradient = wind.vmax_from_deficit_ms(1.2238, 50.0, 1.15)  # V6's peakedness
    assert fixes.wind_ms[0] == pytest.approx(gradient * wind.surface_factor(gradient), rel=1e-3)
    assert fixes.wind_ms[1] == 25.0


def test_motion_is_the_legs_own_speed_at_its_middle() -> None:
    storm = track.storm_at(fixes_of(NORTHWARD), np.array([3.0]), 1)
    assert storm.move_north_ms[0] == pytest.approx(0.27 * 111.195 / 3.6, rel=1e-4)
    assert storm.move_east_ms[0] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("rule", [1, 2])
def test_decay_is_applied_after_the_last_fix_only(rule: int) -> None:
    storm = track.storm_at(fixes_of(NORTHWARD), np.array([0.0, 30.0, 36.0, 48.0]), rule)
    assert storm.vmax_ms[:2] == pytest.approx([40.0, 40.0])
    assert 40.0 > storm.vmax_ms[2] > storm.vmax_ms[3] > 0.0
    if rule == 1:  # 26.7 + (V - 26.7) exp(-0.095 t), knots
        kt = 40.0 / 0.514444
        assert storm.vmax_ms[2] / 0.514444 == pytest.approx(26.7 + (kt - 26.7) * np.exp(-0.57))


def test_runs_shift_the_track_by_the_stated_spread() -> None:
    hazard = Typhoon(small())
    lat = [hazard._storms(Streams(5, run))[0].lat[0] for run in range(400)]
    assert np.std(lat) * 111.195 == pytest.approx(25.0, rel=0.1)


def test_lines_between_nodes() -> None:
    nodes = np.array([[0.0], [3.0], [9.0]], dtype=np.float32)
    assert to_ticks(nodes, 3, 6)[:, 0] == pytest.approx([0.0, 1.0, 2.0, 3.0, 5.0, 7.0])
    assert to_ticks(nodes, 3, 7)[-1, 0] == 9.0
