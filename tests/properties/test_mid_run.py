"""Networks and water are state: what is changed in mid-run shows in the tick in which it should.

Three places in a row, c0 - c1 - c2, six kilometres and ten minutes apart; the seat of the town, a
team that is always awake, a store and a lorry are at c0. Every run is played twice with the same
seed: once left alone, and once with a deed at a tick. A deed is done after power, water and roads
of its tick, so these follow in the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.parts import Parts
from anlan.sim.people.draws import draw
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places, winds_said
from tests.oracle.district import set_parameters
from tests.oracle.held import Deed, act
from tests.oracle.known import assert_same, differing, known_at
from tests.oracle.runs import calm_run, rows

RUN_C1_MIN = 39.0  # of a runner: 15 minutes to set out, 6 km at 15 km/h
HOUR = 12


def district(residents: int = 60, **values: float) -> Scenario:
    """The three places. Stations without mains live for an hour, and each place keeps its water."""
    tiny = sim.load("tiny")
    row = places(3, [(0, 1, 6.0, 36.0), (1, 2, 6.0, 36.0)])
    at_c0 = {"community": "c0"}
    changes = {"kind": "comprehensive", "members": 120, "crew_size": 4, "boats": 0}
    scenario = row.model_copy(
        update={
            "communities": tuple(
                c.model_copy(
                    update={"residents": residents, "households": residents // 3,
                            "kind": "village", "generator": False, "pump_mm_h": 0.0,
                            "elevation_m": 1.0, "coast_km": 1.0}
                )
                for c in row.communities
            ),
            "teams": tuple(t.model_copy(update=at_c0 | changes) for t in tiny.teams),
            "stores": tuple(s.model_copy(update=at_c0) for s in tiny.stores),
            "shelters": tuple(s.model_copy(update=at_c0) for s in tiny.shelters),
            "stock": tuple(s.model_copy(update={"quantity": 10**6}) for s in tiny.stock),
        }
    )  # fmt: skip
    own = {"phone__battery_city_h": 1.0, "phone__battery_rural_h": 1.0, "team__shift_h": 48.0,
           "flood__overflow_width_m": 0.0}  # fmt: skip
    return set_parameters(scenario, **(own | values))


def hurt(place: int) -> Deed:
    """Somebody is hurt at a place, and found at once."""

    def happens(p: Parts, tick: int) -> None:
        incident: Incident[Any] = Incident(
            f"hurt/{place}/{tick}", "injury", place, tick, persons=1, others=1
        )
        p.incidents.open(incident, tick, unseen=True)
        p.notice.found_at(incident, p.clock.minute_of(tick))

    return happens


def together(*deeds: Mapping[int, Deed]) -> dict[int, Deed]:
    """Deeds at the same ticks, one after another."""

    def all_of(tick: int) -> Deed:
        these = [d[tick] for d in deeds if tick in d]
        return lambda p, t: [deed(p, t) for deed in these]

    return {tick: all_of(tick) for d in deeds for tick in d}


def played(scenario: Scenario, deeds: Mapping[int, Deed], **given: Any) -> ResponseModel:
    model = act(calm_run(scenario, **given), deeds)
    model.run()
    return model


def reports(model: ResponseModel, place: int) -> dict[int, tuple[float, str]]:
    """Tick in which somebody at a place reports -> (minute in which it arrives, by what)."""
    said = rows(model.ledger.table("message"), kind="report", sender=f"c{place}")
    return dict(
        zip(said["sent_tick"], zip(said["received_min"], said["means"], strict=True), strict=True)
    )


def cut(place: int) -> Deed:
    return lambda p, tick: p.power.cut(place, tick, 1e6)


def restore(place: int) -> Deed:
    return lambda p, tick: p.power.work(place, 1e6)


# -- an outage: reports --------------------------------------------------------------------------

OFTEN = {tick: hurt(1) for tick in range(30, 130, 3)}
ELSEWHERE = {tick: hurt(2) for tick in range(30, 130, 10)}
CUT, BACK = 40, 100
SILENT = CUT + 1 + HOUR  # the battery is used from the next tick on, and lasts an hour


def by_runner(tick: int) -> tuple[float, str]:
    """When what somebody at c1 says in a tick is there, and by what."""
    return 5.0 * tick + RUN_C1_MIN, "runner"


def test_reports_take_other_ways_from_the_tick_in_which_the_battery_is_empty() -> None:
    """By phone until then; with a runner after it; all that still waits when the power is back, by
    phone in that tick.
    """
    alone = played(district(), together(OFTEN, ELSEWHERE))
    dark = played(district(), together(OFTEN, ELSEWHERE, {CUT: cut(1), BACK - 1: restore(1)}))
    at_once = {tick: (5.0 * tick, "phone") for tick in OFTEN}
    assert reports(alone, 1) == at_once
    expected = at_once | {
        tick: by_runner(tick) if 5.0 * tick + RUN_C1_MIN < 5.0 * BACK else (5.0 * BACK, "phone")
        for tick in OFTEN
        if SILENT <= tick < BACK
    }
    assert reports(dark, 1) == expected
    assert {means for _, means in expected.values()} == {"phone", "runner"}
    assert reports(dark, 2) == reports(alone, 2) == {t: (5.0 * t, "phone") for t in ELSEWHERE}
    outages = rows(dark.ledger.table("outage"))
    assert list(zip(*outages.values(), strict=True)) == [
        ("power", "c1", CUT, BACK, "cut"),
        ("phone", "c1", SILENT, BACK, "battery"),
    ]
    assert len(alone.ledger.table("outage")["network"]) == 0


def test_a_station_that_a_crew_feeds_brings_reports_sooner_while_the_power_stays_out() -> None:
    """Fed from tick 60 on: what waits comes in that tick, what happens comes at once. When the
    generator leaves after tick 80 the station lives on what it has charged, at half the pace.
    """
    feed: dict[int, Deed] = {
        59: lambda p, tick: p.phone.bridge(1),
        80: lambda p, tick: p.phone.bridge(1, fed=False),
    }
    dark = played(district(), together(OFTEN, {CUT: cut(1)}))
    fed = played(district(), together(OFTEN, {CUT: cut(1)}, feed))
    charged_min = 21 * 2.5  # ticks 60 to 80
    again = 81 + int(np.ceil(charged_min / 5.0))
    for tick, (arrives, means) in reports(fed, 1).items():
        if tick < SILENT or 60 <= tick < again:
            assert (arrives, means) == (5.0 * tick, "phone")
        elif tick < 60:
            assert (arrives, means) == (min(300.0, 5.0 * tick + RUN_C1_MIN), "phone")
        else:
            assert (arrives, means) == by_runner(tick)
    incidents = [rows(m.ledger.table("incident")) for m in (dark, fed)]
    for step in ("reported_min", "read_min", "dispatched_min", "arrived_min"):
        # Those who were hurt while the station was fed: each is helped sooner.
        pairs = [
            (a, b)
            for n, (a, b) in enumerate(zip(*(i[step] for i in incidents), strict=True))
            if SILENT + 3 <= incidents[0]["occurred_tick"][n] < again
        ]
        assert all(b < a for a, b in pairs), step
        assert pairs


def test_a_cut_of_power_that_ends_before_the_battery_does_changes_no_report() -> None:
    short = played(district(), together(OFTEN, {CUT: cut(1), CUT + HOUR - 1: restore(1)}))
    assert reports(short, 1) == {tick: (5.0 * tick, "phone") for tick in OFTEN}
    assert rows(short.ledger.table("outage"))["network"] == ["power"]


# -- an outage: thirst ---------------------------------------------------------------------------

THIRSTY = {
    "residents__water_lost_share": 0.6,
    "residents__reserve_mean_h": 4.0,
    "residents__water_lag_h": 1.0,
}


def dry_by_reserve(model: ResponseModel, place: int, cut_at: int, until: int) -> Counter[int]:
    """Tick -> persons whose tap runs dry in it, by each home's own reserve after a cut."""
    world = model.parts.world
    people, d = world.people, draw(world.scenario, world.people, model.parts.streams)
    found: Counter[int] = Counter()
    for home in range(people.household_start[place], people.household_start[place + 1]):
        when = cut_at + int(d.thirsty_ticks[home])
        if when < until:
            found[when] += int(people.sizes[home])
    return found


def thirst(model: ResponseModel, place: int) -> dict[str, Counter[int]]:
    """Tick -> persons who began to need relief at home at a place, and who needed it no more."""
    found = rows(model.ledger.table("relief"), site=f"c{place}")
    return {c: Counter(dict_sum(found[c], found["persons"])) for c in ("need_tick", "ended_tick")}


def dict_sum(keys: list[int], values: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for key, value in zip(keys, values, strict=True):
        found[key] = found.get(key, 0) + value
    return found


def test_taps_run_dry_by_each_homes_own_reserve_and_run_again_with_the_power() -> None:
    """Two cuts: each is counted from its own beginning, and nobody is thirsty between them."""
    scenario = district(300, **THIRSTY)
    model = played(scenario, {40: cut(1), 159: restore(1), 200: cut(1), 299: restore(1)})
    first = dry_by_reserve(model, 1, 40, 160)
    second = dry_by_reserve(model, 1, 200, 300)
    assert min(first) >= 40 + HOUR
    assert thirst(model, 1)["need_tick"] == first + second
    ended = thirst(model, 1)["ended_tick"]
    assert ended == Counter({160: sum(first.values()), 300: sum(second.values())})
    assert not thirst(model, 0)["need_tick"]
    assert not thirst(played(scenario, {}), 1)["need_tick"]


def test_a_site_that_cannot_telephone_asks_and_is_relieved_later() -> None:
    """Stations with a battery of ten hours, and with none: the runner is behind the phone by one
    review of the sites, the lorry and the water follow.
    """
    said = {"bulletins": winds_said((0, 20.0))}  # command raises a level, and supplies
    first = []
    for battery_h in (10.0, 0.0):
        batteries = {"phone__battery_city_h": battery_h, "phone__battery_rural_h": battery_h}
        model = played(district(300, **(THIRSTY | batteries)), {40: cut(1)}, **said)
        asked = {c: v[0] for c, v in rows(model.ledger.table("request"), site="c1").items()}
        water = rows(model.ledger.table("delivery"), site="c1", item="water_ml")
        relieved = min(t for t in rows(model.ledger.table("relief"))["relief_tick"] if t != NEVER)
        first.append((asked, water["departed_tick"][0], water["arrived_tick"][0], relieved))
    (by_phone, *then), (by_runner, *later) = first
    assert (by_phone["means"], by_runner["means"]) == ("phone", "runner")
    assert by_phone["wanted_tick"] == by_runner["wanted_tick"] == by_phone["heard_tick"]
    assert by_runner["heard_tick"] == by_phone["heard_tick"] + HOUR  # 8 ticks: at the next review
    assert [b - a for a, b in zip(then, later, strict=True)] == [HOUR, HOUR, HOUR]


# -- a pump: water and roads ---------------------------------------------------------------------

# Paved ground, 12 mm/h of rain and pumps that just lift it: 1 mm a tick.
WET = {"curve_number": 100.0, "drain_mm_h": 0.0, "pump_mm_h": 12.0}
LIMITS = {"vehicle__lorry_wading_m": 0.604, "vehicle__car_wading_m": 0.304}
MM_M = 0.001 / 0.12  # depth on the streets of a millimetre over the whole place
FAILS, MENDED = 50, 150
SHUT = FAILS + 73  # 73 mm stand 0.608 m deep
OPEN = MENDED + 28  # 100 mm less one a tick: 72 mm stand 0.6 m deep


def rained_on() -> Scenario:
    scenario = district(**LIMITS)
    assert scenario.p("flood.ponding_share") == 0.12
    wet = tuple(c.model_copy(update=WET) for c in scenario.communities)
    return scenario.model_copy(update={"communities": wet})


def set_pump(place: int, mm_tick: float) -> Deed:
    def happens(p: Parts, tick: int) -> None:
        p.drainage.pump_mm[place] = mm_tick

    return happens


def depths_m(model: ResponseModel) -> Any:
    """Play a run; (T, C) water on the streets at the end of each tick."""
    found = []
    for _ in range(model.ticks):
        model.step()
        found.append(model.parts.water.depth_m.copy())
    model.finish()
    return np.array(found)


@pytest.mark.parametrize("how", ["the pump breaks", "its power is cut"])
def test_water_rises_where_a_pump_stands_still_and_falls_when_it_runs_again(how: str) -> None:
    """A millimetre a tick from the next tick on, as long as it lasts; the roads to the place shut
    in the tick in which the water is too deep, and open when it is no more.
    """
    fails = set_pump(1, 0.0) if how == "the pump breaks" else cut(1)
    mended = set_pump(1, 2.0)
    deeds = {FAILS: fails, MENDED: mended}
    if how != "the pump breaks":
        deeds = together({FAILS: fails, MENDED - 1: restore(1)}, {MENDED: mended})
    ticks = rained_on().ticks
    depth = depths_m(act(calm_run(rained_on(), rain_mm_h=12.0), deeds))
    # With its own pump back in tick 150 the water stands still for that tick; then it falls.
    mm = np.clip(np.arange(ticks) - FAILS, 0, MENDED - FAILS - (how != "the pump breaks"))
    mm = np.maximum(mm - np.clip(np.arange(ticks) - MENDED, 0, None), 0)
    assert depth[:, 1] == pytest.approx(mm * MM_M, abs=1e-6)
    assert depth[:, [0, 2]] == pytest.approx(0.0, abs=1e-6)


def test_roads_command_and_crews_follow_the_water() -> None:
    """Somebody at c2 is hurt three ticks before the road shuts: the crew is on its way, turns
    back, and command sends nobody over it until it is told that it is open.
    """
    deeds: dict[int, Deed] = {FAILS: set_pump(1, 0.0), MENDED: set_pump(1, 2.0)}
    help_wanted = {SHUT - 3: hurt(2)}
    alone = played(rained_on(), help_wanted, rain_mm_h=12.0)
    flooded = played(rained_on(), together(help_wanted, deeds), rain_mm_h=12.0)
    closures = rows(flooded.ledger.table("road_closure"))
    assert closures["road"] == ["r0", "r1"]
    assert closures["closed_tick"] == [SHUT, SHUT]
    assert closures["opened_tick"] == [OPEN, OPEN]
    assert closures["reason"] == ["water", "water"]
    assert rows(alone.ledger.table("road_closure"))["road"] == []
    news = rows(flooded.ledger.table("message"), kind="road")
    assert {(t, c) for t, c in zip(news["received_tick"], news["content"], strict=True)} == {
        (SHUT, "water"), (OPEN, "open")
    }  # fmt: skip
    name = f"hurt/2/{SHUT - 3}"
    sent, outcome = (rows(m.ledger.table("deployment"), incident=name) for m in (alone, flooded))
    read_min = 5.0 * (SHUT - 3) + 3.0
    assert (sent["sent_min"], sent["outcome"]) == ([read_min], ["done"])
    assert outcome["sent_min"] == [read_min, 5.0 * OPEN]
    assert outcome["outcome"] == ["turned_back", "done"]
    trips = rows(flooded.ledger.table("trip"), about=name)
    assert trips["outcome"] == ["turned_back", "arrived"]
    assert SHUT < trips["arrived_tick"][0] < OPEN < trips["arrived_tick"][1]
    (helped,), (late,) = (
        rows(m.ledger.table("incident"), incident=name)["arrived_tick"] for m in (alone, flooded)
    )
    assert SHUT < helped < OPEN < late


def test_a_crew_that_pumps_a_place_dry_opens_its_roads_in_the_next_tick() -> None:
    pumped: dict[int, Deed] = {
        FAILS: set_pump(1, 0.0),
        139: lambda p, tick: p.water.cells.take(1, 60.0),
    }
    depth = depths_m(act(calm_run(rained_on(), rain_mm_h=12.0), pumped))
    assert depth[139, 1] == pytest.approx(89 * MM_M, abs=1e-6)
    assert depth[140, 1] == pytest.approx(30 * MM_M, abs=1e-6)
    model = played(rained_on(), pumped, rain_mm_h=12.0)
    closures = rows(model.ledger.table("road_closure"), road="r0")
    assert (closures["closed_tick"][0], closures["opened_tick"][0]) == (SHUT, 140)


# -- a tree --------------------------------------------------------------------------------------


def test_a_tree_that_comes_to_lie_shuts_the_road_from_the_next_tick_until_it_is_taken_away() -> (
    None
):
    deeds: dict[int, Deed] = {
        70: lambda p, tick: p.trees.lay(0, 1),
        90: lambda p, tick: p.trees.clear(0),
    }
    model = played(district(), deeds)
    closures = rows(model.ledger.table("road_closure"))
    assert list(zip(*closures.values(), strict=True)) == [("r0", "c0", "c1", "tree", 71, 91)]
    hurt_then = {75: hurt(1)}
    waits, alone = played(district(), together(deeds, hurt_then)), played(district(), hurt_then)
    (late,), (soon,) = (m.ledger.table("incident")["dispatched_min"] for m in (waits, alone))
    assert (soon, late) == (378.0, 455.0)  # three minutes to read; told that the tree is gone


# -- a dike --------------------------------------------------------------------------------------

HIGH_SEA = np.where((np.arange(432) >= 60) & (np.arange(432) < 120), 4.0, 0.0)
FLOODED_M = 4.0 - 1.0 - 0.2  # less the ground's height, and what is lost in a kilometre of land


def set_crest(place: int, crest_m: float) -> Deed:
    def happens(p: Parts, tick: int) -> None:
        p.water.crest_m[place] = crest_m

    return happens


def stranded(model: ResponseModel) -> dict[tuple[str, int], int]:
    """(place, tick) -> persons whom the water trapped."""
    found = rows(model.ledger.table("incident"), kind="flood")
    return dict(
        zip(zip(found["community"], found["occurred_tick"], strict=True), found["persons"],
            strict=True)
    )  # fmt: skip


def in_reach(model: ResponseModel, place: int, depth_m: float) -> int:
    """Persons of a place whose home water of a depth on the street strands."""
    world = model.parts.world
    people, d = world.people, draw(world.scenario, world.people, model.parts.streams)
    homes = slice(people.household_start[place], people.household_start[place + 1])
    limit = d.floor_m[homes] + np.float32(world.scenario.p("damage.strand_depth_m"))
    return int(people.sizes[homes][limit <= np.float32(depth_m)].sum())


def test_a_dike_that_breaks_floods_its_own_place_from_the_next_tick_on() -> None:
    """The sea stands 4 m high from tick 60; the wall of c1 breaks in tick 80."""
    scenario = district()
    breach = {80: set_crest(1, 2.0)}
    depth = depths_m(act(calm_run(scenario, sea_level_m=HIGH_SEA), breach))
    assert (depth[:81] == 0.0).all()
    assert depth[81:120, 1] == pytest.approx(FLOODED_M, rel=1e-5)
    assert (depth[:, [0, 2]] == 0.0).all()
    assert depth[-1, 1] < depth[119, 1]  # it runs off when the sea has fallen
    broken, held = (played(scenario, deeds, sea_level_m=HIGH_SEA) for deeds in (breach, {}))
    assert stranded(held) == {}
    assert stranded(broken) == {("c1", 81): in_reach(broken, 1, FLOODED_M)}
    assert rows(held.ledger.table("road_closure"))["road"] == []
    closed = rows(broken.ledger.table("road_closure"))
    assert (set(closed["road"]), set(closed["closed_tick"])) == ({"r0", "r1"}, {81})
    told = rows(broken.ledger.table("message"), kind="report")
    assert min(told["sent_tick"]) >= 81


@pytest.mark.parametrize(("raised_at", "dry"), [(59, True), (58, True), (60, False)])
def test_a_dike_that_is_raised_in_time_keeps_its_own_place_dry(raised_at: int, dry: bool) -> None:
    """Walls of 2 m under a sea of 4 m from tick 60: bags laid in tick 59 hold it, in tick 60 they
    are one tick late, and the other places are flooded either way.
    """
    low = district(surge__wall_crest_m=2.0)
    raised = played(low, {raised_at: set_crest(1, 5.0)}, sea_level_m=HIGH_SEA)
    alone = played(low, {}, sea_level_m=HIGH_SEA)
    whole = {(f"c{n}", 60): in_reach(alone, n, FLOODED_M) for n in range(3)}
    assert stranded(alone) == whole
    expected = {key: n for key, n in whole.items() if not (dry and key[0] == "c1")}
    assert stranded(raised) == expected


# -- none of it shows before ---------------------------------------------------------------------

DEEDS: dict[str, Callable[[Parts, int], Any]] = {
    "power is cut": cut(1),
    "power is restored": restore(1),
    "a station is fed": lambda p, tick: p.phone.bridge(1),
    "a pump breaks": set_pump(1, 0.0),
    "a dike breaks": set_crest(1, -2.0),
    "a tree falls": lambda p, tick: p.trees.lay(0, 3),
    "water is pumped out": lambda p, tick: p.water.cells.take(1, 50.0),
}


@pytest.mark.parametrize("name", DEEDS)
def test_what_is_known_before_a_deed_is_the_same_with_it_and_without(name: str) -> None:
    """Tiny under its storm, on low ground, with feeders that fail and water that stands: the deed
    changes facts after its tick and none before.
    """
    tiny = sim.load("tiny")
    low = tuple(c.model_copy(update={"elevation_m": 0.0}) for c in tiny.communities)
    scenario = set_parameters(
        tiny.model_copy(update={"communities": low}), power__poles_per_feeder=500.0,
        rain__scale=4.0, flood__drain_working_share=0.1, residents__water_lost_share=0.9,
        residents__water_lag_h=0.0, residents__reserve_mean_h=6.0, phone__battery_rural_h=1.0,
    )  # fmt: skip
    engine = prepare(scenario)
    alone = engine.run(5, 0).tables()
    for tick in (180, 260, 300):
        model = act(engine.model(5, 0), {tick: DEEDS[name]})
        changed = model.run().tables()
        assert_same(known_at(alone, tick - 1, 5), known_at(changed, tick - 1, 5), tick)
        if tick == 300:
            assert differing(alone, changed)
