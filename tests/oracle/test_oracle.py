"""The array residents and the plain ones must write the same ledger, row by row.

The districts are small and the storm is fierce, so that each rule is used; which rules were
really used is noted on the way and checked at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.command.seats import MoveOrder
from anlan.sim.model import ResponseModel
from anlan.sim.parts import Parts
from anlan.sim.people.protocol import People
from anlan.sim.people.residents import Residents
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from tests.oracle.both import Tables, assert_same, happened, play_both, played
from tests.oracle.calm import calm, winds_said
from tests.oracle.deeds import at_random, order, stand_down
from tests.oracle.district import (
    DANGEROUS_WAYS,
    SEVERE,
    behind_dikes,
    beside_a_fire,
    cut,
    fewer,
    set_parameters,
    with_fires,
)
from tests.oracle.held import Deed, act, hold
from tests.oracle.persons import DWELLINGS, Household, Resident
from tests.oracle.residents import OracleResidents
from tests.oracle.shaken import shaken, with_hospitals

EXPECTED = {
    "collapse incident", "flood incident", "injury incident", "tree incident", "fire incident",
    "died by collapse", "injured by collapse", "died by flood", "died by wind", "injured by wind",
    "died by fire", "died by moving", "injured by moving",
    "arrived", "refused", "waiting", "no_place", "no_road", "overtaken",
    "relief at a community", "no relief at a community",
    "relief at a shelter", "no relief at a shelter",
    "brought out alive", "died while trapped", "in care", "full shelter",
    "cut off", "road closed by tree", "road closed by water", "crew turned_back",
    "report by runner", "order by phone", "order by runner", "stand_down by desk",
    "wind stops a bus", "wind stops a household", "bus queue", "home again",
    "cannot go home yet", "street still wet", "stays after the stand-down",
    "one of a thirsty household is taken", "by bus", "on foot", "by car",
    "collapse in the bus queue", "leaves a second time",
    "second outage at a place", "dry in a second outage",
    "overcome by rising water", "overcome at once",
    "ruin by something else", "casualty without an incident",
    "a guest lacks: kin tap",
    "trapped in a fire", "not at home in a fire", "carried out",
    "at risk by wind", "at risk by flood", "at risk by outage", "at risk by fire",
}  # fmt: skip

FIRES = {"fire__rate_per_1000_year": 4000.0}  # by chance, besides those listed
# Water in which nobody holds on for long.
COLD = {"damage__hold_h": 1.0, "damage__water_c": 5.0}
QUICK = {"team__boat_kmh": 200.0, "team__boat_stop_min": 0.1, "team__wade_person_h": 0.05}
# (residents, places, seed, what is different)
STORMS: list[tuple[int, int, int, dict[str, float]]] = [
    (1500, 6, 1, {"wind_factor": 1.4} | DANGEROUS_WAYS),
    (1500, 4, 2, {"wind_factor": 1.6, "tree__blocking_share": 0.1}),
    (1200, 8, 3, {"wind_factor": 1.9, "tree__blocking_share": 0.05, "rain__scale": 1.0}),
    (1200, 5, 4, {"wind_factor": 1.3, "tree__blocking_share": 0.2, "stock_share": 0.0} | FIRES),
    (800, 5, 11, {"wind_factor": 1.2, "rain__scale": 0.5, "phone__battery_city_h": 72.0,
                 "residents__water_lag_h": 1.0}),
    # Boats so quick that nobody waits for long, and command stands down while streets are wet.
    (1500, 6, 1, {"wind_factor": 1.2, "duration_h": 96} | QUICK),
    # Nothing to give out, and people who go home from shelters as they came.
    (400, 4, 5, {"wind_factor": 1.1, "stock_share": 0.0, "duration_h": 96}),
]  # fmt: skip
# The same, where dikes break after the storm, and streets are wet as command stands down.
DIKES: list[tuple[int, int, int, dict[str, float]]] = [
    (1500, 6, 1, {"wind_factor": 1.0, "duration_h": 96} | QUICK),
]


# (seed, what is different)
FOREST_FIRES: list[tuple[int, dict[str, float]]] = [
    (1, {}),
    (2, {"forest__warn_lead_min": 20.0, "forest__passer_day_per_h": 0.5}),
    (3, {"forest__outdoor_share": 1.0, "forest__edge_share_village": 1.0} | DANGEROUS_WAYS),
]
IN_FIRES = {
    "died by forest_fire", "injured by forest_fire", "injury incident", "forest_fire incident",
    "order by phone", "arrived", "refused", "brought out alive", "in care",
    "by car", "on foot",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("name", ["tiny", "tiny-fire"])
def test_tiny(name: str, seed: int) -> None:
    arrays, plain, _ = play_both(sim.load(name), seed)
    assert_same(arrays, plain)


def test_full_roads() -> None:
    """Roads that carry a hundredth, all told to leave by the clock, some lanes turned."""
    scenario = cut(400, 4, wind_factor=1.1, road__capacity_factor=0.05)
    roads = tuple(r.model_copy(update={"contraflow_to": r.to_community}) for r in scenario.roads)
    orders = scenario.orders.model_copy(update={"move_h": 2.0, "contraflow_h": 1.0})
    scenario = scenario.model_copy(update={"roads": roads, "orders": orders})
    arrays, plain, _ = play_both(scenario, 1)
    assert_same(arrays, plain)
    assert arrays["evacuation"]["queue_person_min"].sum() > 0.0
    assert arrays["road_load"]["longest_wait_min"].max() > 0.0


@pytest.mark.long
def test_a_fierce_storm() -> None:
    """The first, every time; all of them, and dikes that break, on purpose."""
    residents, places, seed, changes = STORMS[0]
    scenario = with_fires(cut(residents, places, **changes), every_h=5)
    arrays, plain, noted = play_both(scenario, seed, at_random(scenario, seed, ("cut", "ruin"), 12))
    assert_same(arrays, plain)
    assert noted


@pytest.mark.long
def test_fierce_storms() -> None:
    """Other things than the storm happen too: fires, cuts of power, homes that fall for no wind,
    and dikes that break.
    """
    seen: set[str] = set()
    happens = ("cut", "mend", "ruin")
    stories = [(story, happens, 12) for story in STORMS]
    stories += [(story, (*happens, "flood"), 24) for story in DIKES]
    for (residents, places, seed, changes), kinds, number in stories:
        scenario = with_fires(cut(residents, places, **changes), every_h=5)
        deeds = at_random(scenario, seed, kinds, number)
        arrays, plain, noted = play_both(scenario, seed, deeds)
        assert_same(arrays, plain)
        seen |= noted | happened(arrays)
    assert seen >= EXPECTED, f"never happened: {sorted(EXPECTED - seen)}"


@pytest.mark.long
def test_earthquakes() -> None:
    """Ruins, wounds and homes that nobody may live in, alone and after some have left for a storm's
    sake: who is on the way or in a shelter comes to no harm.
    """
    seen: set[str] = set()
    for seed, changes, beds in ((1, {}, 900), (2, {"residents__scale": 3.0}, 7), (4, {}, 3)):
        arrays, plain, noted = play_both(with_hospitals(shaken(7.5, **changes), beds), seed)
        assert_same(arrays, plain)
        seen |= noted | happened(arrays)
    out = order(MoveOrder("beforehand", DWELLINGS, (0, 1)))
    scenario = shaken(7.5, residents__comply_sturdy=1.0)
    arrays, plain, noted = play_both(scenario, 3, {2: out, 250: stand_down})
    assert_same(arrays, plain)
    seen |= noted | happened(arrays)
    wanted = {
        "collapse incident", "injury incident", "died by collapse", "injured by collapse",
        "carried out", "brought out alive", "died while trapped", "in care", "arrived",
        "cannot go home yet", "home again", "by bus", "on foot",
        "driven to near", "driven to far", "died waiting for a bed", "treated and driven nowhere",
    }  # fmt: skip
    assert seen >= wanted, f"never happened: {sorted(wanted - seen)}"


def test_forest_fires() -> None:
    """Two places told to leave as a fire comes near, and some whom it finds at home."""
    seen: set[str] = set()
    for seed, changes in FOREST_FIRES:
        arrays, plain, noted = play_both(beside_a_fire(600, **changes), seed)
        assert_same(arrays, plain)
        seen |= noted | happened(arrays)
        (fire,) = np.flatnonzero(arrays["fire"]["kind"] == "forest")
        harm = arrays["casualty"]
        burnt = harm["cause"] == "forest_fire"
        died = harm["persons"][burnt & (harm["outcome"] == "died")].sum()
        assert arrays["fire"]["died"][fire] == died
        outright = harm["incident"] == arrays["fire"]["incident"][fire]
        struck = (burnt & (harm["outcome"] == "injured")) | outright
        assert arrays["fire"]["victims"][fire] == harm["persons"][struck].sum()
    assert seen >= IN_FIRES, f"never happened: {sorted(IN_FIRES - seen)}"


@pytest.mark.parametrize("people_per_row", [pytest.param(3, marks=pytest.mark.long), 7])
def test_rows_that_stand_for_several(people_per_row: int) -> None:
    scenario = cut(3_001, 6, 96, wind_factor=1.1, residents__scale=people_per_row,
                   residents__lodged_share=0.0, residents__dormitory_lodged_share=0.0,
                   **QUICK | COLD)  # fmt: skip
    arrays, plain, seen = play_both(scenario, 8)
    assert_same(arrays, plain)
    several = {"brought out alive", "died by flood", "no_place", "by bus", "home again"}
    assert several <= seen | happened(arrays)


def test_behind_dikes_that_break() -> None:
    """A sea that fills places: whom the news of boils sends out, whom a rush drowns."""
    scenario = behind_dikes(cut(
        300, 3, 36, surge__tide_amplitude_m=4.0, surge__river_rise_m=2.0,
        damage__upstairs_share=0.1,
        damage__drown_mu=7.6, damage__drown_sigma=2.75, dike__boils_per_km_h_m=0.1,
        flood__overflow_width_m=0.0,  # else too little stays behind the dike to drown anybody
    ))  # fmt: skip
    arrays, plain, seen = play_both(scenario, 3)
    assert_same(arrays, plain)
    assert {"died by flood", "overtaken", "arrived"} <= seen | happened(arrays)
    broken = arrays["dike"]["broken_min"]
    assert np.isfinite(broken).any()
    assert (arrays["incident"]["kind"] == "sand_boil").sum() > 3


@pytest.mark.parametrize("people", [Residents, OracleResidents])
@pytest.mark.parametrize("saved", [False, True])
def test_who_is_overcome_by_water_can_be_saved_in_that_tick(people: Any, saved: bool) -> None:
    """Four metres of water come at tick 40 and overcome some who cannot hold on for a minute: they
    die in tick 41, unless a crew has finished before."""
    scenario = set_parameters(
        cut(400, 4, 12), damage__drown_mu=0.0, damage__upstairs_share=0.0,
        damage__under_5min_share=1.0, damage__under_10min_share=1.0, damage__under_25min_share=1.0,
        damage__hold_h=0.001,
    )  # fmt: skip
    streams = Streams(1, 0)
    model = ResponseModel(build(scenario), calm(scenario), streams, people=people)
    hold(model, depth_m=np.where(np.arange(scenario.ticks) < 40, 0.0, 4.0)[:, None])

    def bring_out(parts: Parts, tick: int) -> None:
        for incident in parts.incidents.all:
            parts.people.bring_out(incident, tick)

    act(model, {41: bring_out} if saved else {})
    tables = model.run().tables()
    assert (tables["incident"]["occurred_tick"] == 40).all()
    drowned = tables["casualty"]["tick"]
    if saved:
        assert not len(drowned)
        assert (tables["incident"]["rescued"] == tables["incident"]["persons"]).all()
    else:
        assert len(drowned) > 20
        assert (drowned == 41).all()


# scenario, how it is changed, what must have happened
SHIPPED: list[tuple[str, Callable[[Any], Any], set[str]]] = [
    ("linyi-flood", lambda s: fewer(s, 1500, rain_factor=2.5, **SEVERE),
     {"flood incident", "died by flood", "by bus"}),
    ("pingshan-typhoon", lambda s: fewer(s, 1500, wind_factor=2.0, **SEVERE, **COLD),
     {"collapse incident", "injury incident", "tree incident", "died by flood", "arrived"}),
    ("linyi-building-fire", lambda s: with_fires(fewer(s, 1500), every_h=4),
     {"died by fire", "trapped in a fire", "carried out"}),
    ("pingshan-forest-fire", lambda s: fewer(s, 1500), {"forest_fire incident"}),
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("name", "changed", "must"), SHIPPED)
def test_shipped_scenarios_with_few_residents(
    name: str, changed: Callable[[Any], Any], must: set[str]
) -> None:
    arrays, plain, seen = play_both(changed(sim.load(name)), 1)
    assert_same(arrays, plain)
    assert must <= seen | happened(arrays)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "much"),
    [("haimen-typhoon", "casualty"), ("fuling-forest-fire", "trip"),
     ("nantong-typhoon", "casualty")],
)  # fmt: skip
def test_large_shipped_scenarios_with_few_residents(name: str, much: str) -> None:
    """All their places and roads; wild storms, and households that live in danger. Fires hurt
    nobody since homes are told in time; crews drive to them.
    """
    arrays, plain, _ = play_both(fewer(sim.load(name), 3000, 1.3, **SEVERE), 1)
    assert_same(arrays, plain)
    assert len(next(iter(arrays[much].values()))) > 5


@pytest.mark.long
def test_ten_thousand_residents() -> None:
    scenario = cut(10_000, 8, wind_factor=1.5, tree__blocking_share=0.1)
    assert scenario.residents == 10_000
    arrays, plain, _ = play_both(scenario, 7)
    assert_same(arrays, plain)
    assert len(arrays["evacuation"]["persons"]) > 100


def test_an_order_lifts_the_stand_down_for_those_away() -> None:
    """All clear at tick 200; at tick 201 a place is told to leave. Who is away stays away."""
    scenario = cut(400, 4, 40, wind_factor=0.2)
    everybody = MoveOrder("made-up", DWELLINGS, (0, 1))
    elsewhere = MoveOrder("made-up", DWELLINGS, (2,))
    arrays, plain, seen = play_both(
        scenario,
        1,
        {5: order(everybody), 200: stand_down, 201: order(elsewhere)},
    )
    assert "order after a stand-down" in seen
    away = plain["resident_state"]["sheltered"] + plain["resident_state"]["with_kin"]
    later = (plain["resident_state"]["tick"] > 210) & (
        plain["resident_state"]["community"] == scenario.communities[0].community
    )
    assert (np.diff(away[later]) == 0).all()
    assert away[later].min() > 10
    assert_same(arrays, plain)


def test_power_that_is_mended_and_cut_in_one_tick() -> None:
    """Cut at tick 5; at tick 6 it is back, and cut anew before anybody sees the light."""
    scenario = cut(400, 4, 40, wind_factor=0.2)

    def mend_and_cut(parts: Parts, tick: int) -> None:
        parts.power.outages.end(np.array([0]), tick)
        parts.power.cut(0, tick, 30.0)

    cuts = {5: lambda parts, tick: parts.power.cut(0, tick, 30.0), 6: mend_and_cut}
    arrays, plain, _ = play_both(scenario, 1, cuts)
    assert (plain["relief"]["kind"] == "community").any()
    assert_same(arrays, plain)


def test_of_two_warnings_the_one_that_comes_first_is_heard() -> None:
    """A loudspeaker begins; a tick later everybody's telephone rings."""
    scenario = set_parameters(
        cut(400, 4, 12, wind_factor=0.2), warning__sms_a_per_min=10.0, warning__sms_cap=1.0
    )

    def say(channels: tuple[str, ...]) -> Any:
        def warn(parts: Parts, tick: int) -> None:
            spread = parts.words.say(channels)
            spread.begin_everywhere()
            parts.people.warn(spread)

        return warn

    arrays, plain, _ = play_both(scenario, 1, {5: say(("loudspeaker",)), 6: say(("sms",))})
    assert plain["warning"]["heard_tick"].max() == 6
    assert_same(arrays, plain)


STATE = ("cut", "mend", "flood", "dry", "ruin", "burn", "trap", "shake", "hold back")
WORDS = ("order", "warn", "stand down")


@pytest.mark.parametrize("seed", range(6))
def test_what_is_done_to_state_at_random(seed: int) -> None:
    """Power, water and homes are changed in the middle of a run, forty times in each."""
    scenario = cut(400, 5, 40, 15.0, (0.5, 1.0, 1.3)[seed % 3], residents__scale=(1, 3)[seed % 2])
    arrays, plain, _ = play_both(scenario, seed, at_random(scenario, seed, STATE, 40))
    assert_same(arrays, plain)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_while_networks_come_and_go(seed: int) -> None:
    """Orders and warnings at random, the power cut and mended, batteries of half an hour: who
    would have heard by now hears later, or by another channel. Nobody stands down."""
    scenario = cut(400, 5, 40, phone__battery_city_h=0.5, phone__battery_rural_h=0.5)
    deeds = at_random(scenario, seed, ("cut", "mend", "order", "warn"), 60)
    arrays, plain, _ = play_both(
        scenario, seed, deeds, calm(scenario, bulletins=winds_said((30, 20.0)))
    )
    assert_same(arrays, plain)
    assert {"arrived", "refused", "order by runner"} <= happened(arrays)
    outages = arrays["outage"]["network"]
    assert (outages == "phone").sum() > 3


@pytest.mark.long
def test_what_is_said_at_random() -> None:
    """Orders, warnings and stand-downs again and again, and state changed besides."""
    for seed in range(4):
        scenario = cut(400, 5, 40, 15.0, (0.5, 1.0, 1.3)[seed % 3])
        deeds = at_random(scenario, seed, STATE + WORDS, 50)
        arrays, plain, seen = play_both(scenario, seed, deeds)
        assert_same(arrays, plain)
        assert "order after a stand-down" in seen


# ---- the oracle itself ---------------------------------------------------------------------


def test_it_implements_the_whole_protocol() -> None:
    """Every method, with the arguments of the Protocol in their order and by their names."""
    import inspect

    for name, wanted in vars(People).items():
        if name.startswith("_"):
            continue
        mine = vars(OracleResidents)[name]
        assert type(mine) is type(wanted), name
        if inspect.isfunction(wanted):
            named = list(inspect.signature(wanted).parameters)
            assert list(inspect.signature(mine).parameters) == named, name


# What the oracles may import from the house at run time: facts that they write, the record of an
# incident, the names of streams.
ALLOWED = {
    "anlan.sim.chance": {"declared"},
    "anlan.sim.incidents.incident": {"Incident"},
    "anlan.sim.ledger": {"facts"},
}
ORACLES = (
    "persons", "hurt", "stories", "residents", "kin", "rides", "roads", "crews", "lorries",
    "response", "queues",
)  # fmt: skip
OURS = {f"tests.oracle.{name}" for name in ORACLES}


def rules_imported(source: str) -> list[str]:
    """Names that a file imports from the house, or from beside it, and should not."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    wrong = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            wrong += [a.name for a in node.names if a.name.split(".")[0] in ("anlan", "tests")]
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            ours = module in OURS and not node.level
            if node.level or (module.split(".")[0] in ("anlan", "tests") and not ours):
                known = ALLOWED.get(module, set())
                wrong += [f"{module}.{a.name}" for a in node.names if a.name not in known]
    return wrong


@pytest.mark.parametrize("name", ORACLES)
def test_it_imports_no_rule(name: str) -> None:
    source = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    assert rules_imported(source) == []
    assert "import_module" not in source
    assert "__import__" not in source


def test_an_imported_rule_would_be_seen() -> None:
    for line in (
        "from anlan.sim.people.draws import burns",
        "import anlan.sim.people.draws",
        "from anlan.sim.people import draws",
        "def f():\n    from anlan.sim.people.spread import diffusion",
        "from anlan.sim.chance import Streams",
        "from tests.oracle.both import Watched",
    ):
        assert rules_imported(line), line
    fine = "if TYPE_CHECKING:\n    from anlan.sim.people.draws import Draws"
    assert rules_imported(fine) == []


class Windier(OracleResidents):
    """Nobody sets out in an even tick."""

    def _too_windy(self, home: Household) -> bool:
        return self.around.present.tick % 2 == 0 or super()._too_windy(home)


class OneOutage(OracleResidents):
    """Only the first outage of a place dries its taps."""

    def _power_comes_and_goes(self, tick: int) -> None:
        for place in self.places:
            if place.number in self.lit_again:
                place.dark = False
            elif place.was_dark and not place.dark:
                self.lit_again.add(place.number)
        super()._power_comes_and_goes(tick)

    def __init__(self, around: Any, draws: Any) -> None:
        super().__init__(around, draws)
        self.lit_again: set[int] = set()


class Swimmers(OracleResidents):
    """Whom the water overcomes lasts two ticks more."""

    def _water_rises_on_the_stranded(self, tick: int) -> None:
        super()._water_rises_on_the_stranded(tick + 2)


class Nameless(OracleResidents):
    """A ruin goes by another name."""

    def _open(self, kind: str, name: str, people: list[Resident], *when: Any) -> Any:
        return super()._open(kind, name.replace("collapse", "ruin"), people, *when)


class Deaf(OracleResidents):
    """The warning is heard a tick late."""

    def _words_are_heard(self, tick: int) -> None:
        warnings, self.warnings = self.warnings, self.warnings if tick % 2 else []
        super()._words_are_heard(tick)
        self.warnings = warnings


@cache
def rightly_played() -> tuple[Scenario, dict[int, Deed], Tables]:
    """A run in which the plain model, as it is, says what the arrays say."""
    scenario = cut(600, 4, 60, 26.0, 1.5, residents__water_lag_h=1.0)
    deeds = at_random(scenario, 3, ("cut", "mend"), 20)
    arrays, _ = played(scenario, 3, Residents, deeds)
    plain, _ = played(scenario, 3, OracleResidents, deeds)
    assert_same(arrays, plain)
    return scenario, deeds, arrays


@pytest.mark.parametrize(
    ("slip", "table"),
    [
        (Windier, "evacuation"),
        (OneOutage, "relief"),
        (Swimmers, "casualty"),
        pytest.param(Nameless, "incident", marks=pytest.mark.long),
        pytest.param(Deaf, "warning", marks=pytest.mark.long),
    ],
)
def test_a_difference_is_found(slip: type[OracleResidents], table: str) -> None:
    """The comparison itself: one changed rule must not pass, in the table that it is about."""
    scenario, deeds, arrays = rightly_played()
    slipped, _ = played(scenario, 3, slip, deeds)
    with pytest.raises(AssertionError, match=table):
        assert_same({table: arrays[table]}, {table: slipped[table]})
