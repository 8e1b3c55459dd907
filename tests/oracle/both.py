"""A run played twice, with the arrays and with the oracle, and the two ledgers side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from anlan.sim.chance import Streams
from anlan.sim.engine import prepare
from anlan.sim.forcing.base import Forcing
from anlan.sim.model import ResponseModel
from anlan.sim.people.residents import Residents
from tests.oracle.held import Deed, act
from tests.oracle.persons import NEVER, Household, Resident
from tests.oracle.residents import OracleResidents

Tables = dict[str, dict[str, Any]]


def played(
    scenario: Any,
    seed: int,
    people: Callable[..., Any],
    deeds: Mapping[int, Deed] | None = None,
    forcing: Forcing | None = None,
) -> tuple[Tables, Any]:
    """The ledger of a run with one kind of residents, and these residents."""
    engine = prepare(scenario)
    streams = Streams(seed, 0)
    comes = forcing if forcing is not None else engine.forcing(streams)
    model = ResponseModel(engine.world, comes, streams, people=people)
    return act(model, deeds or {}).run().tables(), model.parts.people


def play_both(
    scenario: Any,
    seed: int,
    deeds: Mapping[int, Deed] | None = None,
    forcing: Forcing | None = None,
) -> tuple[Tables, Tables, set[str]]:
    """The ledger with the arrays, that with the oracle, and what the oracle saw happen."""
    arrays, _ = played(scenario, seed, Residents, deeds, forcing)
    plain, watched = played(scenario, seed, Watched, deeds, forcing)
    return arrays, plain, watched.seen


def assert_same(arrays: Tables, plain: Tables) -> None:
    """Every table, column and row of two ledgers."""
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


class Watched(OracleResidents):
    """The oracle, noting what happened that the ledger does not show."""

    def __init__(self, around: Any, draws: Any) -> None:
        super().__init__(around, draws)
        self.seen: set[str] = set()
        self.dried: dict[int, set[int]] = {}  # household -> outages in which its tap ran dry

    def _too_windy(self, home: Household) -> bool:
        windy = super()._too_windy(home)
        if windy:
            self.seen.add("wind stops a bus" if home.in_bus_queue else "wind stops a household")
        return windy

    def _buses_come(self, tick: int) -> None:
        super()._buses_come(tick)
        if any(self.bus_queues):
            self.seen.add("bus queue")

    def _go_home(self, home: Household, tick: int) -> None:
        super()._go_home(home, tick)
        self.seen.add("home again" if home.state == "home" else "cannot go home yet")
        if home.return_tick > tick:
            self.seen.add("street still wet")

    def _leave(self, home: Household, tick: int) -> None:
        before = home.state
        super()._leave(home, tick)
        if (before, home.state) == ("preparing", "home"):
            self.seen.add("stays after the stand-down")

    def _lacks(self, home: Household, what: str, tick: int) -> None:
        super()._lacks(home, what, tick)
        if what.startswith("kin "):
            self.seen.add(f"a guest lacks: {what}")

    def _leave_tap(self, home: Household, persons: int, tick: int) -> None:
        super()._leave_tap(home, persons, tick)
        if persons < home.heads:
            self.seen.add("one of a thirsty household is taken")

    def _power_comes_and_goes(self, tick: int) -> None:
        super()._power_comes_and_goes(tick)
        for home in self.households:
            if home.thirsty_since == tick:
                outages = self.dried.setdefault(home.number, set())
                outages.add(home.place.dark_since)
                if len(outages) > 1:
                    self.seen.add("dry in a second outage")

    def _set_out(self, home: Household, tick: int, by_bus: bool) -> bool:
        again = home.left_tick != NEVER
        went = super()._set_out(home, tick, by_bus)
        if went:
            walks = not by_bus and not home.car and not home.to_kin and not home.to_lodgings
            self.seen.add("by bus" if by_bus else "on foot" if walks else "by car")
            if again:
                self.seen.add("leaves a second time")
        return went

    def _flee(self, home: Household, tick: int) -> None:
        if home.in_bus_queue:
            self.seen.add("collapse in the bus queue")
        super()._flee(home, tick)

    def _water_rises_on_the_stranded(self, tick: int) -> None:
        before = {p.number for p in self.everyone if p.last_tick != NEVER}
        super()._water_rises_on_the_stranded(tick)
        for person in self.everyone:
            if person.last_tick == NEVER or person.number in before:
                continue
            rose = person.incident.occurred_tick < tick
            self.seen.add("overcome by rising water" if rose else "overcome at once")

    def _last_ones_die(self, tick: int) -> None:
        saved = [p for p in self.everyone if p.last_tick == tick and p.apart != "trapped"]
        if any(p.incident.kind == "flood" for p in saved):
            self.seen.add("out of the water in time")
        super()._last_ones_die(tick)

    def ruin(self, homes: Any, tick: int) -> None:
        inside = [h for h in homes.tolist() if self.households[h].at_home]
        super().ruin(homes, tick)
        if any(self.households[h].fled for h in inside):
            self.seen.add("ruin by something else")

    def trap(self, persons: Any, last_ticks: Any, tick: int, incident: Any) -> Any:
        caught = super().trap(persons, last_ticks, tick, incident)
        if len(caught):
            self.seen.add("trapped in a fire")
        if len(caught) < len(persons):
            self.seen.add("not at home in a fire")
        return caught

    def carry_out(self, person: int, incident: Any) -> bool:
        out = super().carry_out(person, incident)
        self.seen.add("carried out" if out else "too late to be carried out")
        return out

    def order(
        self, dwellings: Any, tick: int, spread: Any, places: Any, name: str, homes: Any = None
    ) -> int:
        if self.stood_down:
            self.seen.add("order after a stand-down")
        if homes is not None:
            self.seen.add("order to some homes")
        return super().order(dwellings, tick, spread, places, name, homes)

    def _casualty(
        self, person: Resident, cause: str, outcome: str, tick: int, incident: Any
    ) -> None:
        super()._casualty(person, cause, outcome, tick, incident)
        if incident is None:
            self.seen.add("casualty without an incident")


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
    seen |= {f"at risk by {c}" for c in tables["at_risk"]["cause"]}
    outage = tables["outage"]
    power = outage["community"][outage["network"] == "power"]
    facts = {
        "second outage at a place": np.unique(power, return_counts=True)[1] > 1,
        "brought out alive": incident["rescued"] > 0,
        "died while trapped": incident["died"] > 0,
        "in care": tables["resident_state"]["in_care"] > 0,
        "full shelter": level["occupants"] == level["capacity"],
        "cut off": tables["hazard_level"]["cut_off"],
    }
    wound = tables["wound"]
    seen |= {f"driven to {name}" for name in wound["hospital"] if name}
    waited = ~np.isnan(wound["care_min"]) & (wound["hospital"] == "")
    badly = wound["severity"] != "minimal"
    facts["treated and driven nowhere"] = waited & badly & (wound["died_tick"] == NEVER)
    facts["died waiting for a bed"] = waited & (wound["died_tick"] != NEVER)
    for kind in ("community", "shelter"):
        here = relief["kind"] == kind
        facts[f"relief at a {kind}"] = here & (relief["relief_tick"] != NEVER)
        facts[f"no relief at a {kind}"] = here & (relief["ended_tick"] != NEVER)
    return seen | {fact for fact, where in facts.items() if where.any()}
