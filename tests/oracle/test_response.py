"""Dispatch and supply, worked out once more beside the model, must come to the same facts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from anlan import sim
from tests.oracle.crews import Crew, Station, Task
from tests.oracle.crowded import Case, crowded
from tests.oracle.district import behind_dikes, cut, with_fires
from tests.oracle.lorries import Depot, Goods
from tests.oracle.observed import observed, side_by_side
from tests.oracle.response import Given, Rows, play
from tests.oracle.roads import NEVER, Drive, KnownRoads

# In 12 and 18 somebody is hurt in the tick in which command looks at the sites.
SEEDS = (*range(8), 12, 18)

EXPECTED = {
    "done", "released", "turned_back",  # ends of a deployment
    "several crews at an incident", "mustered twice", "drives home", "waits for its second turn",
    "all-rounders", "town", "boats", "waders", "medics", "station", "corner", "from-afar",
    "central", "shop", "club", "works", "neighbours", "by hand",
    "delivery arrived", "return arrived", "delivery turned_back",
    "several sites on a round", "two lorries for a request", "under way at the end",
    "cannot be loaded yet", "water pumped", "from a pump to people", "at an arrest", "bags laid",
    "out of bags", "from bags to people", "from upstairs to others", "a cry for help",
}  # fmt: skip


def assert_same(tables: dict[str, Rows], mine: dict[str, Rows]) -> None:
    """The same rows in every table that the oracle has."""
    for name, (theirs, ours) in side_by_side(tables, mine).items():
        assert not theirs, f"{name}: only the model has {theirs[:3]}, the oracle {ours[:3]}"
        assert not ours, f"{name}: only the oracle has {ours[:3]}"


def given_and_tables(case: Case) -> tuple[Given, dict[str, Rows]]:
    return observed(case.scenario, case.seed, case.deeds, case.forcing, **case.held)


def play_both(case: Case) -> tuple[dict[str, Rows], dict[str, Rows]]:
    given, tables = given_and_tables(case)
    return tables, play(given)


def happened(tables: dict[str, Rows]) -> set[str]:
    """What the tables say did happen."""
    stays, loads, trips = tables["deployment"], tables["delivery"], tables["trip"]
    seen = {r["outcome"] for r in stays} | {r["team"] for r in stays}
    seen |= {r["store"] for r in loads} | {r["truck"] for r in loads if r["truck"] == "by hand"}
    seen |= {f"{r['purpose']} {r['outcome']}" for r in trips if r["kind"] == "truck"}
    seen |= {f"request by {r['means']}" for r in tables["request"]}
    at_work = Counter(r["incident"] for r in stays if r["outcome"] == "done")
    musters = Counter(r["crew"] for r in tables["muster"])
    rounds = {(r["truck"], r["departed_tick"], r["site"]) for r in loads}
    sites = Counter((truck, tick) for truck, tick, _ in rounds if truck != "by hand")
    lorries = {(r["request"], r["truck"]) for r in loads if r["request"]}
    sent = {(r["incident"], r["sent_tick"]) for r in stays}
    known = {r["incident"]: r["known_tick"] for r in tables["incident"]}
    pumping = {r["outcome"] for r in stays if r["incident"].startswith("pumping/")}
    bagging = {r["outcome"] for r in stays if r["incident"].startswith("bagging/")}
    facts = {
        "bags laid": any(r["bags"] > 0.0 for r in tables["bagged"]),
        "out of bags": "released" in bagging,
        "from bags to people": "sent_on" in bagging,
        "water pumped": "done" in pumping,
        "from a pump to people": "sent_on" in pumping,
        "from upstairs to others": any(
            r["outcome"] == "sent_on" for r in stays if r["incident"].startswith("flood/")
        ),
        "a cry for help": any(r["urgent_min"] == r["urgent_min"] for r in tables["incident"]),
        "at an arrest": any(i.startswith("arrest/") for i in at_work),
        "several crews at an incident": max(at_work.values(), default=0) > 1,
        "mustered twice": max(musters.values(), default=0) > 1,
        "drives home": any(r["kind"] == "crew" and r["purpose"] == "return" for r in trips),
        "waits for its second turn": any(tick > known[i] + 12 for i, tick in sent),
        "several sites on a round": max(sites.values(), default=0) > 1,
        "two lorries for a request": max(Counter(r for r, _ in lorries).values(), default=0) > 1,
        "under way at the end": any(r["arrived_tick"] == NEVER for r in loads),
        "cannot be loaded yet": any(r["available"] < r["stock"] for r in tables["store_level"]),
    }
    return seen | {fact for fact, there in facts.items() if there}


@pytest.mark.parametrize(
    "seed", [1, 2, *(pytest.param(n, marks=pytest.mark.long) for n in (3, 4, 5))]
)
@pytest.mark.parametrize("name", ["tiny", "tiny-fire"])
def test_tiny(name: str, seed: int) -> None:
    given, tables = observed(sim.load(name), seed)
    assert_same(tables, play(given))
    served = "delivery" if name == "tiny" else "deployment"
    assert tables[served] or name == "tiny"  # in some runs of tiny nobody needs anything


def test_at_dikes() -> None:
    """Crews leave pumps and bags for sand boils, ring some in time, and go where a dike breaks."""
    scenario = behind_dikes(
        cut(300, 3, 48, surge__tide_amplitude_m=4.0, surge__river_rise_m=2.0, wind_factor=1.0,
            dike__boils_per_km_h_m=0.1, dike__ring_person_h=10.0),
        rings=20,
    )  # fmt: skip
    given, tables = observed(scenario, 3)
    assert_same(tables, play(given))
    boils = [r for r in tables["incident"] if r["kind"] == "sand_boil"]
    stays = [r for r in tables["deployment"] if r["incident"].startswith("sand_boil/")]
    assert {"done", "released"} <= {r["outcome"] for r in stays}
    assert any(r["done_min"] == r["done_min"] for r in boils)
    assert any(r["broken_min"] == r["broken_min"] for r in tables["dike"])


@pytest.mark.long
def test_tiny_with_many_crews_and_lorries() -> None:
    """Eight teams, five stores, harm all over: everything that can happen did."""
    seen: set[str] = set()
    for seed in SEEDS:
        tables, mine = play_both(crowded(seed))
        assert_same(tables, mine)
        seen |= happened(tables)
    assert seen >= EXPECTED, f"never happened: {sorted(EXPECTED - seen)}"


@pytest.mark.parametrize("seed", [2, pytest.param(3, marks=pytest.mark.long)])
def test_a_fierce_storm(seed: int) -> None:
    """Water, gales and trees on Haimen's roads, and fires besides."""
    given, tables = observed(with_fires(cut(800, 5, 40, 24.0, 1.4)), seed)
    assert_same(tables, play(given))
    assert len(tables["deployment"]) > 15
    assert len(tables["delivery"]) > 50


@pytest.mark.long
def test_places_without_a_telephone() -> None:
    """Command knows what they said when they were last heard, and what it has sent since."""
    for seed in SEEDS:
        tables, mine = play_both(crowded(seed, silent=True))
        assert "request by runner" in happened(tables)
        assert_same(tables, mine)


def test_the_last_crew_of_a_team_has_what_is_left_of_it() -> None:
    """Ten members in crews of four: the third has two."""
    case = crowded(1)
    teams = tuple(
        t.model_copy(update={"members": 10, "crew_size": 4}) if t.team == "all-rounders" else t
        for t in case.scenario.teams
    )
    case.scenario = case.scenario.model_copy(update={"teams": teams})
    tables, mine = play_both(case)
    stays = [r for r in mine["deployment"] if r["crew"] == "all-rounders/3"]
    assert stays
    assert {r["people"] for r in stays} == {2}
    assert_same(tables, mine)


# ---- the comparison itself -------------------------------------------------------------------


def never_tired(self: Station, crew: Crew, tick: int) -> float:
    return 1.0


def all_walk(self: Station, minute: float) -> None:
    """Nobody is carried: whoever is treated holds no crew up."""
    for turns in self.carries.values():
        while turns and turns[0][0] <= minute:
            turns.pop(0)


def last_there(self: Station, task: Task, free: list[Crew], micro: bool) -> Crew | None:
    """Whoever is first once everybody who would be there sooner is left out."""
    last, left = None, list(free)
    while (crew := first_there(self, task, left, micro)) is not None:
        last = crew
        left.remove(crew)
    return last


def no_gale(self: Station, place: int) -> bool:
    return False


def by_mass_only(self: Depot, ask: Goods, shelf: Goods, kg: float, m3: float) -> Goods:
    return by_both(self, ask, shelf, kg, 1e9)


def not_by_hand(self: Depot, wants: list[Goods], tick: int) -> None:
    return None


def pumps_first(self: Station, near: list[Task], minute: float) -> None:
    return None


def stays_with_all(self: Station, near: list[Task], minute: float) -> None:
    return None


def deaf(self: Station, task: Task) -> int:
    return min(turn(self, task), 2) or 1


def heads_for_seats(self: Station, task: Task) -> bool:
    return self._lacks_people(task)


def in_two_ticks(self: Drive, now_min: float, roads: Any) -> bool:
    return now_min > self.told_min + 5.0 and drives(self, now_min, roads)


def whole_minutes(self: Drive, begins_min: float, ends_min: float, roads: Any) -> bool:
    over = drives_through(self, begins_min, ends_min, roads)
    self.over_min = math.ceil(self.over_min) if over else math.nan
    return over


def trees_for_water(self: KnownRoads, road: int, as_of: int, what: str) -> None:
    hears(self, road, as_of, "tree" if what == "water" else what)


turn = Station._turn
first_there, by_both, drives = Station._first_there, Depot._cut_to, Drive.go_on
drives_through, hears = Drive.go_through, KnownRoads.hear
SLIPS: list[tuple[type[Any], str, Callable[..., Any], str]] = [
    (Station, "_freshness", never_tired, "incident"),
    (Station, "_carry", all_walk, "incident"),
    (Station, "_first_there", last_there, "deployment"),
    (Station, "_gale", no_gale, "deployment"),
    (Station, "_from_pumps_to_people", pumps_first, "deployment"),
    (Station, "_from_upstairs", stays_with_all, "deployment"),
    (Station, "_turn", deaf, "deployment"),
    (Station, "_lacks_boats", heads_for_seats, "deployment"),
    (Depot, "_cut_to", by_mass_only, "delivery"),
    (Depot, "_carry_by_hand", not_by_hand, "store_level"),
    (Drive, "go_on", in_two_ticks, "trip"),
    (Drive, "go_through", whole_minutes, "deployment"),
    (KnownRoads, "hear", trees_for_water, "trip"),
]


@cache
def rightly_played() -> list[tuple[Given, dict[str, Rows]]]:
    """Runs in which the plain model, as it is, says what the model says."""
    runs = [given_and_tables(crowded(seed)) for seed in range(4)]
    for given, tables in runs:
        assert_same(tables, play(given))
    return runs


@pytest.mark.parametrize(("part", "rule", "slip", "table"), SLIPS)
def test_a_difference_is_found(
    part: type[Any],
    rule: str,
    slip: Callable[..., Any],
    table: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One changed rule must not pass, in the table that it is about, in one run or another."""
    runs = rightly_played()
    monkeypatch.setattr(part, rule, slip)

    def compare() -> None:
        for given, tables in runs:
            assert_same({table: tables[table]}, {table: play(given)[table]})

    with pytest.raises(AssertionError, match=table):
        compare()
