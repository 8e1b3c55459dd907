"""Who is at risk is the hazard's doing: nothing that anybody does or leaves undone changes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.ledger import NEVER
from anlan.sim.people.residents import Residents
from anlan.sim.scenario.schema import DWELLINGS, Scenario, Team
from tests.oracle.both import played
from tests.oracle.crowded import crowded
from tests.oracle.deeds import at_random
from tests.oracle.district import beside_a_fire, cut, with_fires

HAZARD = {
    "at_risk": ("community", "way", "cause", "again", "from_tick", "ended_tick"),
    "in_peril": ("community", "cause", "from_tick"),
}
# Trees across most roads, and homes that hold little.
CUT_OFF = {"wind_factor": 1.3, "tree__blocking_share": 0.2, "residents__larder_mean_h": 12.0}
SHIPPED = (
    "pingshan-typhoon-stress",
    "linyi-flood-stress",
    "linyi-earthquake-sketch",
    "linyi-building-fire-stress",
)


def at_risk(tables: Any) -> Counter[Any]:
    """Who is at risk, or in peril, of what and when: persons by the columns of the hazard."""
    found: Counter[Any] = Counter()
    for table, names in HAZARD.items():
        columns = [tables[table][name].tolist() for name in (*names, "persons")]
        for *story, persons in zip(*columns, strict=True):
            found[table, *story] += persons
    return found


def causes_of(found: Counter[Any], table: str = "at_risk") -> set[str]:
    """What it is that puts somebody there."""
    at = 1 + HAZARD[table].index("cause")
    return {story[at] for story in found if story[0] == table}


def without(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """The scenario with parts of the response gone, and with too much of it."""
    towns = tuple(t.model_copy(update={"bus_seats_per_h": 0}) for t in scenario.towns)
    everybody = tuple(r.model_copy(update={"move": DWELLINGS}) for r in scenario.responses)
    changes: dict[str, dict[str, Any]] = {
        "no teams": {"teams": ()},
        "no shelters": {
            "shelters": (),
            "stock": tuple(r for r in scenario.stock if r.holder not in _shelters(scenario)),
        },
        "no buses": {"towns": towns},
        "nobody told": {"responses": (), "triggers": ()},
        "everybody out": {"responses": everybody},
        "no goods": {"stock": ()},
        "pumps everywhere": {"teams": tuple(_with_pumps(t) for t in scenario.teams)},
        "no saws": {"teams": _sawing(scenario, 0)},
        "ten times the saws and members": {"teams": _sawing(scenario, 10)},
    }
    for name, update in changes.items():
        yield name, scenario.model_copy(update=update)


def _with_pumps(team: Any) -> Any:
    update = {"pumps_m3_h": 5000.0, "capabilities": (*team.capabilities, "water")}
    return team.model_copy(update=update)


def _sawing(scenario: Scenario, times: int) -> tuple[Team, ...]:
    """Teams with so many times their saws, and their people where there are more."""
    return tuple(
        t.model_copy(update={"saws": times * (t.saws or 0), "members": max(1, times) * t.members})
        for t in scenario.teams
    )


def _shelters(scenario: Scenario) -> set[str]:
    return {s.shelter for s in scenario.shelters}


def same_whatever_is_done(scenario: Scenario, seed: int) -> Counter[Any]:
    """Play each variant; returns who is at risk in all of them."""
    as_is = at_risk(sim.run(scenario, seed=seed).tables())
    for name, changed in without(scenario):
        assert at_risk(sim.run(changed, seed=seed).tables()) == as_is, name
    return as_is


@pytest.mark.long
def test_small_districts() -> None:
    causes: dict[str, set[str]] = {table: set() for table in HAZARD}
    for residents, places, seed, changes in (
        (400, 4, 1, {"wind_factor": 1.4, "residents__water_lag_h": 1.0}),
        (300, 3, 2, {"wind_factor": 1.8, "rain__scale": 1.0, "residents__scale": 3.0}),
        (300, 5, 3, CUT_OFF),
    ):
        scenario = with_fires(cut(residents, places, **changes), every_h=5)
        found = same_whatever_is_done(scenario, seed)
        for table, seen in causes.items():
            seen |= causes_of(found, table)
    assert causes["at_risk"] >= {"wind", "flood", "fire", "outage", "cut_off"}
    assert causes["in_peril"] >= {"flood", "collapse"}


def test_a_forest_fire_that_is_fought_puts_the_same_people_at_risk() -> None:
    scenario = beside_a_fire(600)
    assert causes_of(same_whatever_is_done(scenario, 1)) == {"forest_fire"}


@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_districts(name: str) -> None:
    assert same_whatever_is_done(sim.load(name), 1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_policies(seed: int) -> None:
    """Other orders of dispatch and supply, and crews that pump and mend."""
    case = crowded(seed)
    as_is = at_risk(played(case.scenario, seed, Residents, case.deeds, case.forcing)[0])
    assert as_is
    for update in ({"dispatch": "most-people-first"}, {"supply": "nearest-first"}):
        policy = case.scenario.policy.model_copy(update=update)
        changed = case.scenario.model_copy(update={"policy": policy})
        tables, _ = played(changed, seed, Residents, case.deeds, case.forcing)
        assert at_risk(tables) == as_is, update


def test_help_that_changes_nature_leaves_those_at_risk_as_they_were() -> None:
    """Crews pump streets dry and mend the power: fewer are harmed, as many are at risk."""
    scenario = cut(900, 6, 72, wind_factor=1.5, rain__scale=1.0, residents__water_lag_h=1.0)
    left_alone, _ = played(scenario, 4, Residents)
    helped, _ = played(scenario, 4, Residents, at_random(scenario, 4, ("mend", "dry"), 600))
    assert at_risk(helped) == at_risk(left_alone)
    stranded = [
        int(t["incident"]["persons"][t["incident"]["kind"] == "flood"].sum())
        for t in (left_alone, helped)
    ]
    outages = [int((t["outage"]["to_tick"] - t["outage"]["from_tick"]).sum())
               for t in (left_alone, helped)]  # fmt: skip
    assert stranded[1] < stranded[0] or outages[1] < outages[0]


def test_persons_add_up() -> None:
    """Each resident is in the table at most once for each way, and once in all not `again`."""
    scenario = cut(900, 6, 72, wind_factor=1.6, rain__scale=1.0, residents__water_lag_h=1.0)
    rows = sim.run(scenario, seed=5).tables()["at_risk"]
    living = {c.community: c.residents for c in scenario.communities}
    ways = [rows["way"] == way for way in ("home", "supply", "road")]
    for keep in (*ways, ~rows["again"]):
        for place, residents in living.items():
            assert rows["persons"][keep & (rows["community"] == place)].sum() <= residents
    assert rows["again"].any()
    assert (rows["persons"] > 0).all()
    relief, since = rows["relief_tick"], rows["from_tick"]
    first = ~rows["again"] & (relief != NEVER)
    assert (relief[first] >= since[first]).all()
    died = scenario.communities and rows["fate"] == "dead"
    assert rows["persons"][died & ~rows["again"]].sum() > 0


@pytest.mark.long
def test_what_a_worse_response_does() -> None:
    """On the same disaster no measure of people gets better where the response is worse."""
    scenario = cut(600, 4, 60, wind_factor=1.5, residents__water_lag_h=1.0)
    seeds = range(1, 4)

    def measured(of: Scenario) -> dict[str, float]:
        found = [measure_run(of, sim.run(of, seed=seed).tables()) for seed in seeds]
        return {name: float(np.mean([f[name] for f in found])) for name in found[0]}

    as_is = measured(scenario)
    changed = {name: measured(s) for name, s in without(scenario)}
    for name in ("warning.in_time_share", "evacuation.left_share", "evacuation.arrived_share"):
        assert changed["nobody told"][name] < as_is[name], name
    for name in ("evacuation.needless_persons", "evacuation.needless_person_h"):
        assert changed["everybody out"][name] > as_is[name], name
        assert changed["nobody told"][name] <= as_is[name], name
    for name in ("no shelters", "no buses", "nobody told", "no goods"):
        now = changed[name]
        assert now["relief.persons_in_need"] == as_is["relief.persons_in_need"], name
        assert now["relief.within_10h_share"] <= as_is["relief.within_10h_share"], name


def test_who_clears_roads_relieves_those_cut_off() -> None:
    """The same people are cut off and run out; with saws and hands they wait for less long."""
    scenario = cut(600, 6, 72, **CUT_OFF)
    teams = tuple(t for t in scenario.teams if "engineering" in t.capabilities)
    plainly = {"saws": 2, "members": 10}
    teams = tuple(t.model_copy(update=plainly) for t in teams)
    waited, in_time = [], []
    for times in (0, 1, 10):
        some = scenario.model_copy(update={"teams": teams if times else ()})
        changed = some.model_copy(update={"teams": _sawing(some, times)})
        found = [measure_run(changed, sim.run(changed, seed=n).tables()) for n in (1, 2, 3)]
        assert min(f["relief.cut_off_persons"] for f in found) > 0
        waited.append([f["relief.cut_off_wait_person_h"] for f in found])
        in_time.append([f["relief.cut_off_within_10h_share"] for f in found])
    none, some_saws, many = (np.array(w) for w in waited)
    assert (many <= some_saws).all()
    assert (some_saws <= none).all()
    assert many.sum() < some_saws.sum() < none.sum()
    assert np.nansum(in_time[0]) < np.nansum(in_time[1]) <= np.nansum(in_time[2])


def plenty(scenario: Scenario, goods: int = 100, lorries: int = 10) -> Scenario:
    """Room for everybody in the shelters, and goods and lorries for all of them."""
    roomy = tuple(s.model_copy(update={"capacity": 10_000}) for s in scenario.shelters)
    stock = tuple(s.model_copy(update={"quantity": s.quantity * goods}) for s in scenario.stock)
    stores = tuple(s.model_copy(update={"trucks": s.trucks * lorries}) for s in scenario.stores)
    return scenario.model_copy(update={"shelters": roomy, "stock": stock, "stores": stores})


def short_of_water(scenario: Scenario, seed: int) -> float:
    """Person-hours of those at risk short of water in a run."""
    found = measure_run(scenario, sim.run(scenario, seed=seed).tables())["shortage.water_person_h"]
    return float(found)


def dry() -> Scenario:
    """A few places where taps run dry soon after the power goes."""
    return cut(
        600, 4, 60, wind_factor=1.5, residents__water_lag_h=1.0, residents__lodged_share=0.0,
        residents__dormitory_lodged_share=0.0,
    )  # fmt: skip


@pytest.mark.long
def test_with_room_and_goods_for_all_fewer_moved_never_means_more_water() -> None:
    """Whatever is taken away from moving people out, in every run."""
    scenario = plenty(dry())
    for seed in range(1, 6):
        as_is = short_of_water(scenario, seed)
        for name in ("no buses", "no shelters", "nobody told"):
            assert short_of_water(dict(without(scenario))[name], seed) >= as_is, (name, seed)


def test_moving_those_not_at_risk_takes_places_and_goods_from_those_who_are() -> None:
    """The congestion that the test above lifts, named: in some runs the buses fill the shelters
    with people whose homes stand, and those whose homes do not find no place (the first of the
    two), or, with room for all, no goods (the second).
    """
    for scenario in (dry(), plenty(dry(), goods=1, lorries=1)):
        no_buses = dict(without(scenario))["no buses"]
        seeds = range(1, 9)
        assert any(short_of_water(no_buses, s) < short_of_water(scenario, s) for s in seeds)


@pytest.mark.long
def test_without_congestion_fewer_moved_means_more_without_a_roof() -> None:
    """With no dry taps, room for all and no crews whom others could wait for, moving only helps."""
    scenario = cut(600, 4, 60, wind_factor=1.5, residents__water_lost_share=0.0)
    roomy = tuple(s.model_copy(update={"capacity": 10_000}) for s in scenario.shelters)
    scenario = scenario.model_copy(update={"teams": (), "shelters": roomy})
    for name in ("no buses", "no shelters", "nobody told"):
        changed = dict(without(scenario))[name]
        for seed in range(1, 4):
            a, b = (measure_run(of, sim.run(of, seed=seed).tables()) for of in (scenario, changed))
            assert b["relief.no_roof_person_h"] >= a["relief.no_roof_person_h"], name
            assert b["relief.within_10h_share"] <= a["relief.within_10h_share"], name
