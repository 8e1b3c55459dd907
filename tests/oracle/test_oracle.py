"""The array residents and the plain ones must write the same ledger, row by row.

The districts are small and the storm is fierce, so that each rule is used; which rules were
really used is noted on the way and checked at the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.engine import prepare
from anlan.sim.model import ResponseModel
from tests.oracle.district import beside_a_fire, cut
from tests.oracle.residents import NEVER, Household, OracleResidents

Tables = dict[str, dict[str, Any]]


class Watched(OracleResidents):
    """The oracle, noting what happened that the ledger does not show."""

    def __init__(self, model: Any, draws: Any) -> None:
        super().__init__(model, draws)
        self.seen: set[str] = set()
        model.watched = self

    def _too_windy(self, home: Household, tick: int) -> bool:
        windy = super()._too_windy(home, tick)
        if windy:
            self.seen.add("wind stops a bus" if home.in_bus_queue else "wind stops a household")
        return windy

    def _board(self, tick: int) -> None:
        super()._board(tick)
        if any(self.bus_queues):
            self.seen.add("bus queue")

    def _return(self, home: Household, tick: int) -> None:
        super()._return(home, tick)
        self.seen.add("home again" if home.state == "home" else "cannot go home yet")
        if home.return_tick > tick:
            self.seen.add("street still wet")

    def _leave(self, home: Household, tick: int) -> None:
        before = home.state
        super()._leave(home, tick)
        if (before, home.state) == ("preparing", "home"):
            self.seen.add("stays after the stand-down")

    def _leave_tap(self, home: Household, persons: int, tick: int) -> None:
        super()._leave_tap(home, persons, tick)
        if persons < home.heads:
            self.seen.add("one of a thirsty household is taken")

    def _set_out(self, home: Household, tick: int, by_bus: bool) -> bool:
        went = super()._set_out(home, tick, by_bus)
        if went:
            walks = not by_bus and not home.car and not home.to_kin
            self.seen.add("by bus" if by_bus else "on foot" if walks else "by car")
        return went

    def _flee(self, home: Household, tick: int) -> None:
        if home.in_bus_queue:
            self.seen.add("collapse in the bus queue")
        super()._flee(home, tick)


def play_both(scenario: Any, seed: int, run: int = 0) -> tuple[Tables, Tables, set[str]]:
    engine = prepare(scenario)
    streams = Streams(seed, run)
    storm = engine.hazard.realise(streams)
    arrays = ResponseModel(engine.world, storm, streams).run().tables()
    model = ResponseModel(engine.world, storm, streams, residents=Watched)
    return arrays, model.run().tables(), model.watched.seen


def assert_same(arrays: Tables, plain: Tables) -> None:
    assert arrays.keys() == plain.keys()
    for table, columns in arrays.items():
        assert columns.keys() == plain[table].keys()
        for column, values in columns.items():
            other = plain[table][column]
            where = f"{table}.{column}"
            assert len(values) == len(other), f"{where}: {len(values)} rows and {len(other)}"
            assert values.dtype == other.dtype, where
            neither = (values != values) & (other != other)  # NaN: did not happen in both
            differ = np.flatnonzero((values != other) & ~neither)
            assert not len(differ), (
                f"{where} row {differ[0]}: {values[differ[0]]!r} {other[differ[0]]!r}"
            )


def happened(tables: Tables) -> set[str]:
    """What the ledger says did happen."""
    incident, relief, trip = tables["incident"], tables["relief"], tables["trip"]
    casualty, message, level = tables["casualty"], tables["message"], tables["shelter_level"]
    seen = {f"{kind} incident" for kind in incident["kind"]}
    seen |= {f"{o} by {c}" for o, c in zip(casualty["outcome"], casualty["cause"], strict=True)}
    seen |= {f"{k} {o}" for k, o in zip(trip["kind"], trip["outcome"], strict=True)}
    seen |= {f"{k} by {m}" for k, m in zip(message["kind"], message["means"], strict=True)}
    seen |= {f"road closed by {r}" for r in tables["road_closure"]["reason"]}
    seen |= set(tables["evacuation"]["outcome"])
    facts = {
        "brought out alive": incident["rescued"] > 0,
        "died while trapped": incident["died"] > 0,
        "in care": tables["resident_state"]["in_care"] > 0,
        "full shelter": level["occupants"] == level["capacity"],
        "cut off": tables["hazard_level"]["cut_off"],
    }
    for kind in ("community", "shelter"):
        here = relief["kind"] == kind
        facts[f"relief at a {kind}"] = here & (relief["relief_tick"] != NEVER)
        facts[f"no relief at a {kind}"] = here & (relief["ended_tick"] != NEVER)
    return seen | {fact for fact, where in facts.items() if where.any()}


EXPECTED = {
    "collapse incident", "flood incident", "injury incident", "tree incident",
    "died by collapse", "injured by collapse", "died by flood", "died by wind", "injured by wind",
    "arrived", "refused", "waiting", "no_place", "no_road", "overtaken",
    "relief at a community", "no relief at a community",
    "relief at a shelter", "no relief at a shelter",
    "brought out alive", "died while trapped", "in care", "full shelter",
    "cut off", "road closed by tree", "road closed by water", "crew turned_back",
    "report by runner", "order by phone", "order by runner", "stand_down by desk",
    "wind stops a bus", "wind stops a household", "bus queue", "home again",
    "cannot go home yet", "street still wet", "stays after the stand-down",
    "one of a thirsty household is taken", "by bus", "on foot", "by car",
    "collapse in the bus queue",
}  # fmt: skip

# (residents, places, seed, what is different)
STORMS: list[tuple[int, int, int, dict[str, float]]] = [
    (1500, 6, 1, {"wind_factor": 1.4}),
    (1500, 4, 2, {"wind_factor": 1.6, "tree__blocking_share": 0.1}),
    (1200, 8, 3, {"wind_factor": 1.9, "tree__blocking_share": 0.05, "rain__scale": 1.0}),
    (1200, 5, 4, {"wind_factor": 1.3, "tree__blocking_share": 0.2, "stock_share": 0.0}),
    (800, 5, 11, {"wind_factor": 1.2, "rain__scale": 0.5, "phone__battery_city_h": 72.0,
                 "residents__water_lag_h": 1.0}),
]  # fmt: skip


# (seed, what is different)
FOREST_FIRES: list[tuple[int, dict[str, float]]] = [
    (1, {}),
    (2, {"forest__warn_km": 0.1, "forest__passer_day_per_h": 0.5}),
    (3, {"forest__outdoor_share": 1.0, "forest__edge_share_village": 1.0}),
]
IN_FIRES = {
    "died by forest_fire", "injured by forest_fire", "injury incident", "forest_fire incident",
    "order by phone", "arrived", "refused", "brought out alive", "in care",
    "by car", "on foot",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(1, 6))
def test_tiny(seed: int) -> None:
    arrays, plain, _ = play_both(sim.load("tiny"), seed)
    assert_same(arrays, plain)


def test_fierce_storms() -> None:
    seen: set[str] = set()
    for residents, places, seed, changes in STORMS:
        arrays, plain, noted = play_both(cut(residents, places, **changes), seed)
        assert_same(arrays, plain)
        seen |= noted | happened(arrays)
    assert seen >= EXPECTED, f"never happened: {sorted(EXPECTED - seen)}"


def test_forest_fires() -> None:
    """Two places told to leave as a fire comes near, and some whom it finds at home."""
    seen: set[str] = set()
    for seed, changes in FOREST_FIRES:
        arrays, plain, noted = play_both(beside_a_fire(600, **changes), seed)
        assert_same(arrays, plain)
        seen |= noted | happened(arrays)
        (fire,) = np.flatnonzero(arrays["fire"]["kind"] == "forest")
        harm = arrays["casualty"]
        died = harm["persons"][harm["outcome"] == "died"].sum()
        assert arrays["fire"]["died"][fire] == died
        assert arrays["fire"]["victims"][fire] == harm["persons"].sum()
    assert seen >= IN_FIRES, f"never happened: {sorted(IN_FIRES - seen)}"


@pytest.mark.parametrize("people_per_row", [3, 7])
def test_rows_that_stand_for_several(people_per_row: int) -> None:
    scenario = cut(3_001, 6, residents__scale=people_per_row)
    arrays, plain, seen = play_both(scenario, 8)
    assert_same(arrays, plain)
    several = {"brought out alive", "died by flood", "no_place", "by bus", "home again"}
    assert several <= seen | happened(arrays)


@pytest.mark.long
def test_ten_thousand_residents() -> None:
    scenario = cut(10_000, 8, wind_factor=1.5, tree__blocking_share=0.1)
    assert scenario.residents == 10_000
    arrays, plain, _ = play_both(scenario, 7)
    assert_same(arrays, plain)
    assert len(arrays["evacuation"]["persons"]) > 100


def test_a_difference_is_found() -> None:
    """The comparison itself: one changed rule must not pass."""

    class Slower(OracleResidents):
        def _too_windy(self, home: Household, tick: int) -> bool:
            return tick % 2 == 0 or super()._too_windy(home, tick)

    engine = prepare(sim.load("tiny"))
    streams = Streams(1, 0)
    storm = engine.hazard.realise(streams)
    arrays = ResponseModel(engine.world, storm, streams).run().tables()
    plain = ResponseModel(engine.world, storm, streams, residents=Slower).run().tables()
    with pytest.raises(AssertionError, match="evacuation"):
        assert_same({"evacuation": arrays["evacuation"]}, {"evacuation": plain["evacuation"]})
