"""The typhoon of a run: sound for every storm, the same for the same draws, and causal.

What a storm does to power, phone, water and trees is state: see test_storm_state.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.engine import prepare
from anlan.sim.forcing import track, wind
from anlan.sim.forcing.base import Forcing, Sky
from anlan.sim.forcing.forecast import WIND_LEADS_H
from anlan.sim.forcing.typhoon import Typhoon, to_ticks
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import Fix, GaugeHour, Scenario
from tests.storm import NOON, NORTHWARD, community, fix, small

STILL = {"storm.position_sd_km": 0.0, "storm.wind_sd_share": 0.0, "storm.rmax_sd_log": 0.0}


def draw(scenario: Scenario, seed: int = 1, run: int = 0) -> Forcing:
    return Typhoon(scenario).draw(Streams(seed, run))


def sky(scenario: Scenario, seed: int = 1, run: int = 0) -> Sky:
    found = draw(scenario, seed, run).sky
    assert found is not None
    return found


def said(forcing: Forcing) -> dict[tuple[str, float], NDArray[np.float64]]:
    """(quantity, hours ahead) -> what each bulletin says of it."""
    found: dict[tuple[str, float], list[float]] = {}
    for bulletin in forcing.bulletins:
        for threat in bulletin.threats:
            for quantity, value in threat.severity.items():
                found.setdefault((quantity, threat.within_h), []).append(value)
    return {key: np.array(values) for key, values in found.items()}


def truth(forcing: Forcing) -> dict[str, NDArray[np.floating]]:
    """Every array of what comes, by name."""
    return {**vars(forcing.sky), **vars(forcing.path)}


def check_sound(s: Scenario, run: int = 0) -> None:
    forcing = draw(s, run=run)
    whole = (s.ticks, len(s.communities))
    shapes = {"wind_ms": whole, "gust_ms": whole, "rain_mm_h": whole}
    for name, array in truth(forcing).items():
        assert np.isfinite(array).all(), name
        assert array.shape == shapes.get(name, (s.ticks,)), name
        if name.endswith(("_ms", "_mm_h", "_hpa")):
            assert (array >= 0.0).all(), name
    for key, values in said(forcing).items():
        assert len(values) == len(forcing.bulletins), key
        assert np.isfinite(values).all(), key
        assert (values >= 0.0).all(), key
    check_sound_state(s, run)


def check_sound_state(s: Scenario, run: int) -> None:
    """What the storm does in a run that is played: a feeder fails once, a phone by its battery."""
    tables = prepare(s).run(1, run).tables()
    levels, outages = tables["hazard_level"], tables["outage"]
    assert len(levels["tick"]) == s.settings.duration_h * len(s.communities)
    assert np.isfinite(levels["depth_m"]).all()
    assert (levels["depth_m"] >= 0.0).all()
    assert not (levels["phone_out"] & ~levels["power_out"]).any()
    spans: dict[str, dict[str, tuple[int, int]]] = {"power": {}, "phone": {}}
    columns = ("network", "community", "from_tick", "to_tick")
    for network, place, begins, ends in zip(*(outages[c] for c in columns), strict=True):
        assert place not in spans[network], "failed twice"
        spans[network][place] = begins, s.ticks if ends == NEVER else ends
    wind, gust = sky(s, run=run).wind_ms, sky(s, run=run).gust_ms
    index = {c.community: n for n, c in enumerate(s.communities)}
    for place, (begins, ends) in spans["power"].items():
        # By a gust that was greater than any before; mended in air that the crews work in.
        here = gust[:, index[place]]
        assert here[begins] >= s.p("power.min_gust_ms")
        assert here[begins] > here[:begins].max(initial=0.0)
        assert ends == s.ticks or wind[ends, index[place]] < s.p("power.crew_wind_ms")
    for place, (begins, ends) in spans["phone"].items():
        power_begins, power_ends = spans["power"][place]
        assert power_begins < begins < ends <= power_ends


@pytest.mark.parametrize("run", range(4))
def test_a_run_is_sound(run: int) -> None:
    check_sound(small(), run)


def test_a_single_place_without_roads() -> None:
    check_sound(small((community("only", 32.0, 121.2),)))


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
    check_sound(small(tracks=tracks))


def test_coarser_ticks_are_sound() -> None:
    s = small()
    check_sound(s.model_copy(update={"settings": s.settings.model_copy(update={"tick_min": 60})}))


def test_the_same_draws_give_the_same_run_to_the_bit_and_another_run_differs() -> None:
    s = small()
    one, same, other = draw(s), draw(s), draw(s, run=1)
    for name, array in truth(one).items():
        assert array.tobytes() == truth(same)[name].tobytes(), name
    assert one.bulletins == same.bulletins
    for name in ("wind_ms", "rain_mm_h", "lat", "sea_level_m"):
        assert (truth(one)[name] != truth(other)[name]).any(), name
    assert (said(one)["wind_ms", 24.0] != said(other)["wind_ms", 24.0]).any()


@pytest.mark.parametrize("lon", [121.0, 121.9, 120.2], ids=["within", "to the east", "to the west"])
@pytest.mark.parametrize("first", [False, True], ids=["after", "before"])
def test_what_a_place_meets_does_not_depend_on_the_other_places(lon: float, first: bool) -> None:
    """Nor on where they stand in the table: rain cells lie on the earth, not on the district."""
    places = tuple(community(f"c{i}", 32.0, 120.7 + 0.2 * i) for i in range(4))
    new = (community("new", 32.0, lon),)
    few, many = sky(small(places)), sky(small((*new, *places) if first else (*places, *new)))
    old = slice(1, None) if first else slice(None, 4)
    for name in ("wind_ms", "gust_ms", "rain_mm_h"):
        assert getattr(many, name)[:, old].tobytes() == getattr(few, name).tobytes(), name


def test_a_forecast_does_not_change_the_truth() -> None:
    before = draw(small())
    after = draw(small(changes={"forecast.interval_h": 1.0, "forecast.persistence": 0.1}))
    assert len(after.bulletins) == 48 != len(before.bulletins)
    for name, array in truth(before).items():
        assert array.tobytes() == truth(after)[name].tobytes(), name


def test_a_forecast_without_error_is_the_truth_ahead() -> None:
    sure = {"forecast.wind_sd_now": 0.0, "forecast.wind_sd_24h": 0.0}
    s = small(changes={**sure, "forecast.time_sd_24h_h": 0.0})
    forcing = draw(s)
    for quantity in ("wind_ms", "gust_ms"):
        worst = truth(forcing)[quantity].max(axis=1)
        for h in WIND_LEADS_H:
            expected = [
                worst[b.tick : b.tick + h * s.ticks_per_h + 1].max() for b in forcing.bulletins
            ]
            assert said(forcing)[quantity, h] == pytest.approx(expected, rel=1e-5)


def test_a_bulletin_says_what_was_measured_and_holds_until_the_next() -> None:
    s = small()
    forcing = draw(s)
    worst = truth(forcing)["wind_ms"].max(axis=1)
    back = round(s.p("response.stand_down_h") * s.ticks_per_h)
    measured = [worst[max(0, b.tick - back) : b.tick + 1].max() for b in forcing.bulletins]
    assert said(forcing)["measured_wind_ms", 0.0].tolist() == [float(m) for m in measured]
    ends = [b.tick for b in forcing.bulletins[1:]]
    for bulletin, end in zip(forcing.bulletins, ends, strict=False):
        assert {t.until_tick for t in bulletin.threats} == {end}
    assert {t.until_tick >= s.ticks - 1 for t in forcing.bulletins[-1].threats} == {True}


def test_forecast_error_grows_with_lead_time() -> None:
    s = small(changes=STILL)
    typhoon = Typhoon(s)
    r = [typhoon.draw(Streams(3, run)) for run in range(40)]
    peak = int(np.argmax(truth(r[0])["wind_ms"].max(axis=1)))
    issued = [b.tick for b in r[0].bulletins]

    def spread(lead_h: int) -> float:
        b = int(np.searchsorted(issued, peak - lead_h * s.ticks_per_h))
        return float(np.std([said(x)["wind_ms", 24.0][b] for x in r]))

    assert spread(20) > 1.5 * spread(3)


def test_longer_lead_never_expects_less() -> None:
    f = said(draw(small()))
    assert (f["wind_ms", 12] >= f["wind_ms", 6]).all()
    assert (f["gust_ms", 24] >= f["gust_ms", 12]).all()


def test_the_right_of_the_track_blows_harder_and_nowhere_harder_than_the_track_says() -> None:
    most = sky(small(changes=STILL)).wind_ms.max(axis=0)
    assert most[3] > most[0] + 3.0  # about half of the motion on either side (Lin and Chavas)
    assert most.max() <= 0.8 * 40.0 * 1.005
    assert most.max() == pytest.approx(0.8 * 40.0, rel=0.1)  # inflow takes a little


def test_winds_between_the_nodes_are_right_to_one_per_cent_outside_the_eye() -> None:
    coarse = sky(small(changes={**STILL, "wind.step_min": 15.0})).wind_ms
    fine = sky(small(changes={**STILL, "wind.step_min": 5.0})).wind_ms
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
        rain = sky(s, run=run).rain_mm_h
        assert rain.sum(axis=0) / s.ticks_per_h == pytest.approx(np.full(4, 42.0))
        assert rain[3 * 12 : 5 * 12].min() == 12.0


# --- the track ------------------------------------------------------------------------------


def fixes_of(tracks: tuple[Fix, ...]) -> track.Fixes:
    return track.fixes_of(small(tracks=tracks), NOON)


def test_the_centre_runs_on_the_great_circle() -> None:
    fixes = fixes_of((fix(0, 60.0, 0.0, 30.0, 980.0), fix(6, 60.0, 90.0, 30.0, 980.0)))
    lat, lon = track.positions(fixes, np.array([0.0, 3.0, 6.0]))
    assert lon == pytest.approx([0.0, 45.0, 90.0])
    # The middle of the arc between two points at 60 N, 90 degrees apart: tan = tan 60 / cos 45.
    assert lat[1] == pytest.approx(np.degrees(np.arctan(np.tan(np.pi / 3) / np.cos(np.pi / 4))))


def test_a_track_without_winds_takes_them_from_its_pressure() -> None:
    fixes = fixes_of((fix(0, 30.0, 122.0, None, 960.0), fix(6, 31.0, 122.0, None, 980.0)))
    gradient = wind.vmax_from_deficit_ms(1.2238, 50.0, 1.15)  # V6's peakedness
    assert fixes.wind_ms[0] == pytest.approx(gradient * wind.surface_factor(gradient), rel=1e-3)


def test_the_centre_is_set_against_the_outermost_closed_isobar() -> None:
    """Ten hectopascal more around it deepen the storm by ten, where the fix says so."""
    one, other = fix(0, 30.0, 122.0, None, 960.0), fix(6, 31.0, 122.0, None, 960.0)
    around = small().p("storm.environment_pressure_hpa")
    deeper = other.model_copy(update={"outer_hpa": around + 10.0})
    found = fixes_of((one, deeper))
    assert found.deficit_hpa.tolist() == [around - 960.0, around - 950.0]
    assert found.wind_ms[1] > fixes_of((one, other)).wind_ms[1]


def test_what_lies_around_a_centre_is_no_deeper_than_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sim.SHIPPED / "tiny", tmp_path / "mine"))
    file = folder / "tracks.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([f"{head},outer_hpa", *(f"{r},970" for r in rows)]), encoding="utf-8")
    with pytest.raises(sim.BadInput, match=r"tracks\.csv, row 2, column outer_hpa: 970 hPa around"):
        sim.load(folder)


def test_a_blank_among_winds_is_a_storm_below_gale_force() -> None:
    fixes = fixes_of(
        (
            fix(0, 30.0, 122.0, None, 960.0),
            fix(6, 31.0, 122.0, 25.0, 980.0),
            fix(12, 32.0, 122.0, 15.0, 990.0),
            fix(18, 33.0, 122.0, None, 960.0),
        )
    )
    assert fixes.wind_ms.tolist() == [17.2, 25.0, 15.0, 15.0]


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
