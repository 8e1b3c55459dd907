"""A year of ordinary calls over the stations' engines, to judge how well they cover a district.

From event to event, in minutes as they fall and never in ticks, on open roads: nearest idle
engines, travel over the road graph, growth and fight as in `block`, engines busy until they are
home again. A call's order stands when the desk has taken it; from then on it waits for an engine,
if none is free. The other calls (help, false alarms) take one engine each and keep it for an
exponential time. Every call is a row of the ledger's fire table: kind "building", or "other" for a
call without a fire.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.command.desk import Desk
from anlan.sim.command.fire_desk import FireDeskRules
from anlan.sim.ledger import TABLES, Ledger, facts
from anlan.sim.nature.building import neighbours, rows
from anlan.sim.nature.building.block import NAN, BlockRules, Building, CityBlock, clipped
from anlan.sim.nature.building.outbreaks import YEAR_MIN, Outbreak, Outbreaks, poisson_minutes
from anlan.sim.nature.building.travel import LocalRules
from anlan.sim.nature.building.victims import Victim
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.errors import bad, worded
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario, Team
from anlan.sim.year.fleet import Ask, Fleet

OTHER = stream("fire.other", "community")
OTHER_CALL = stream("fire.other_call", "call without a fire")

STEP_MIN = 1.0  # the officer at a fire looks again after a minute


@dataclass(frozen=True)
class YearRules(Rules, prefix="fire"):
    """Calls without a fire, and turnout."""

    other_calls_per_1000_year: float
    other_service_min: float
    street_factor: float
    turnout_day_min: float
    turnout_night_min: float


@dataclass(eq=False)
class YearCall:
    """One call of the year and how it goes on. Times are minutes since the start."""

    number: int
    key: str
    place: int
    happened_min: float
    noticed_min: float
    called_min: float
    ordered_min: float  # the desk has taken it and gives the order, engines free or not
    last_leg_min: float
    service_min: float = NAN  # of a call without a fire
    block: CityBlock | None = None
    sent_min: float = math.inf  # first engine free for it
    left_min: float = math.inf  # first engine turned out
    arrived_min: float = math.inf
    out_min: float = math.inf
    first_engine: int = -1
    engines: list[int] = field(default_factory=list)  # there or on the way
    there: int = 0
    home_min: dict[int, float] = field(default_factory=dict)  # engine -> minutes to its station


class Year:
    """The state of one year."""

    def __init__(self, scenario: Scenario, seed: int, run: int, days: float) -> None:
        self.scenario = scenario
        self.streams = Streams(seed, run)
        self.clock = Clock.of(scenario)
        self.end_min = days * 24.0 * 60.0
        self.rules = BlockRules.read(scenario)
        self.year = YearRules.read(scenario)
        self.desk = FireDeskRules.read(scenario)
        self.local = LocalRules.read(scenario)
        self.lighter = neighbours.Lighter.of(scenario, self.streams, self.rules)
        self.teams, self.bases = engines_of(scenario)
        self.minutes = station_minutes(scenario, self.bases)  # (engines, C)
        # Nearest first; of two engines of one station the first.
        self.order = np.argsort(self.minutes, axis=0, kind="stable").T.tolist()
        self.fleet = Fleet(len(self.bases), self._sent)
        self.calls = self._all_calls()

    def play(self) -> Ledger:
        """All calls, in order of their orders; the rows of the fire table."""
        for call in self.calls:
            self.fleet.at(call.ordered_min, lambda now, call=call: self._order(call, now))  # type: ignore[misc]
        self.fleet.run()
        ledger = Ledger()
        for call in self.calls:
            self._write(ledger, call)
        return ledger

    # -- calls ------------------------------------------------------------------------------

    def _all_calls(self) -> list[YearCall]:
        outbreaks = Outbreaks.of(self.scenario, self.streams, self.clock)
        found = [self._fire(o) for o in outbreaks.calm(self.end_min)]
        found += self._others()
        found.sort(key=lambda c: (c.called_min, c.key))
        desk: Desk[YearCall] = Desk(self.desk.call_seats)
        for number, call in enumerate(found):
            call.number = number
            desk.put(call, call.called_min)
        for call, done_min in desk.serve(math.inf, self.desk.handling_min):
            call.ordered_min = done_min
        return found

    def _fire(self, outbreak: Outbreak) -> YearCall:
        fire, caught = self.lighter.first(outbreak)
        _trap(fire, caught)
        block = CityBlock(
            self.rules,
            [fire],
            spread=self._spread,
            saved=lambda victim: None,
            clock_min=outbreak.ignited_min,
        )
        return YearCall(
            number=-1,
            key=outbreak.key,
            place=outbreak.place,
            happened_min=outbreak.ignited_min,
            noticed_min=outbreak.noticed_min,
            called_min=outbreak.noticed_min + self.desk.call_min,
            ordered_min=NAN,
            last_leg_min=self.local.last_leg_min(outbreak.inside_km),
            block=block,
        )

    def _spread(self, parent: Building, minute: float, side: int) -> Building:
        fire, caught = self.lighter.next(parent, minute, side)
        _trap(fire, caught)
        return fire

    def _others(self) -> list[YearCall]:
        """Calls without a fire, evenly over the year and by residents over the places."""
        rules, found = self.year, []
        for place, community in enumerate(self.scenario.communities):
            a_year = rules.other_calls_per_1000_year * community.residents / 1000.0
            per_min = a_year / YEAR_MIN
            generator = self.streams.generator(OTHER, community.community)
            for n, minute in enumerate(poisson_minutes(generator, per_min, self.end_min)):
                u = self.streams.generator(OTHER_CALL, f"{community.community}/{n}").random(2)
                radius_km = math.sqrt(community.area_km2 / math.pi * float(u[0]))
                found.append(
                    YearCall(
                        number=-1,
                        key=f"{community.community}-other-{n}",
                        place=place,
                        happened_min=float(minute),
                        noticed_min=float(minute),
                        called_min=float(minute),
                        ordered_min=NAN,
                        last_leg_min=self.local.last_leg_min(radius_km * rules.street_factor),
                        service_min=-rules.other_service_min * float(portable.log1p(-u[1])),
                    )
                )
        return found

    # -- engines ----------------------------------------------------------------------------

    def _order(self, call: YearCall, now: float) -> None:
        wanted = call.block.buildings[0].building.engines_first if call.block else 1
        self._ask(call, wanted, now)

    def _ask(self, call: YearCall, wanted: int, now: float) -> None:
        can_come = [e for e in self.order[call.place] if np.isfinite(self.minutes[e, call.place])]
        if can_come:
            self.fleet.ask(Ask(call.number, can_come, min(wanted, len(can_come))), now)

    def _sent(self, number: int, engines: list[int], now: float) -> None:
        call = self.calls[number]
        if call.out_min <= now:  # all over while it waited: the engines stay
            for engine in engines:
                self.fleet.at(now, lambda at, e=engine: self.fleet.free(e, at))  # type: ignore[misc]
            return
        turned_out = now + self._turnout_min(now)
        call.sent_min = min(call.sent_min, now)
        call.left_min = min(call.left_min, turned_out)
        for engine in engines:
            call.engines.append(engine)
            drive_min = float(self.minutes[engine, call.place]) + call.last_leg_min
            call.home_min[engine] = drive_min
            arrives = turned_out + drive_min
            self.fleet.at(arrives, lambda at, e=engine: self._arrive(call, e, at))  # type: ignore[misc]

    def _turnout_min(self, now: float) -> float:
        night = self.clock.is_night_hour(self.clock.hour_of(now))
        return self.year.turnout_night_min if night else self.year.turnout_day_min

    def _arrive(self, call: YearCall, engine: int, now: float) -> None:
        if call.out_min <= now:
            self._home(call, engine, now)
            return
        call.there += 1
        first = call.first_engine < 0
        if first:
            call.first_engine, call.arrived_min = engine, now
        if call.block is None:
            call.out_min = now + call.service_min
            self.fleet.at(call.out_min, lambda at: self._home(call, engine, at))
            return
        call.block.advance(now)
        call.block.arrive(str(engine), now)
        if first:
            self._look(call, now)

    def _home(self, call: YearCall, engine: int, now: float) -> None:
        """An engine leaves and is ready once it is back at its station."""
        call.engines.remove(engine)
        back = now + call.home_min[engine]
        self.fleet.at(back, lambda at: self.fleet.free(engine, at))

    def _look(self, call: YearCall, now: float) -> None:
        """Every minute at the block: ask for more, let go what is not needed, or close."""
        block = call.block
        assert block is not None
        block.advance(now)
        there = [e for e in call.engines if str(e) in block.water_from]
        if block.over(now):
            call.out_min = now
            self.fleet.withdraw(call.number)
            for engine in there:
                self._home(call, engine, now)
            return
        if block.fought_down():
            self.fleet.withdraw(call.number)
            for engine in there[1:]:
                block.leave(str(engine))
                self._home(call, engine, now)
        else:
            asked = len(call.engines) + self.fleet.still_wanted(call.number)
            more = block.engines_needed() - asked
            if more > 0 and asked < len(self.bases):
                self._ask(call, min(more, len(self.bases) - asked), now)
        self.fleet.at(_next_look(block, now), lambda at: self._look(call, at))

    # -- facts ------------------------------------------------------------------------------

    def _write(self, ledger: Ledger, call: YearCall) -> None:
        place = self.scenario.communities[call.place].community
        crew = self.teams[call.first_engine].team if call.first_engine >= 0 else ""
        chain = {
            "discovered_min": call.noticed_min,
            "called_min": call.called_min,
            "ordered_min": call.ordered_min,
            "dispatched_min": call.sent_min,
            "left_min": call.left_min,
            "arrived_min": call.arrived_min,
        }
        if call.block is not None:
            call.block.advance(max(call.block.clock_min, self.end_min))
            for fire in call.block.buildings:
                end = math.inf  # a fire of the year's last hours is followed to its end
                rows.write(ledger, fire, place, "", chain, crew, end, end)
            return
        values: dict[str, object] = {
            c: {"str": "", "float64": NAN}.get(spec[0], 0) for c, spec in TABLES["fire"].items()
        }
        values |= {"fire": call.key, "kind": "other", "community": place}
        values |= {"ignited_min": call.happened_min, "out_min": clipped(call.out_min, math.inf)}
        values |= {"first_crew": crew, "engines_needed_max": 1, "engines_peak": call.there}
        values |= {"water_l": 0.0, "mop_up_person_h": 0.0, "crown_ha": 0.0} | chain
        values |= {"burnt_m2": 0.0, "burnt_ha": 0.0}
        values = {c: NAN if v == math.inf else v for c, v in values.items()}
        ledger.add(facts.Fire(**values))  # type: ignore[arg-type]  # a dictionary of mixed values


def run_year(scenario: Scenario, seed: int = 1, run: int = 0, days: float = 365.0) -> Ledger:
    """A year of ordinary calls; the facts are in the ledger's table "fire".

    The same (scenario, seed, run) gives the same rows to the bit. Raises BadInput where no team
    is a fire station.
    """
    return Year(scenario, seed, run, days).play()


def engines_of(scenario: Scenario) -> tuple[list[Team], NDArray[np.int64]]:
    """The engines that stand by round the clock: the team of each, and the place of its station.

    A crew of a comprehensive team that can fight fire is an engine.
    """
    places = {c.community: n for n, c in enumerate(scenario.communities)}
    teams = [
        t
        for t in scenario.teams
        if t.kind == "comprehensive" and "fire" in t.capabilities and "micro" not in t.capabilities
        for _ in range(t.crews)
    ]
    if not teams:
        problem = worded(
            "no comprehensive team has fire; a year of calls needs at least one fire station"
        )
        raise bad(problem, "teams.csv", None, "capabilities")
    return teams, np.array([places[t.community] for t in teams], dtype=np.int64)


def station_minutes(scenario: Scenario, bases: NDArray[np.int64]) -> NDArray[np.float64]:
    """(engines, C) minutes from each engine's station to every place, all roads open."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    places = {c.community: n for n, c in enumerate(scenario.communities)}
    a = [places[r.from_community] for r in scenario.roads]
    b = [places[r.to_community] for r in scenario.roads]
    minutes = [r.length_km / r.speed_kmh * 60.0 for r in scenario.roads]
    graph = coo_array((minutes, (a, b)), shape=(len(places), len(places))).tocsr()
    stations, which = np.unique(bases, return_inverse=True)
    return np.asarray(dijkstra(graph, directed=False, indices=stations)[which])


def _next_look(block: CityBlock, now: float) -> float:
    """Just after the next thing is due; within a minute while a building is out of control or
    somebody alive inside.
    """
    due = [t for b in block.buildings for t in (b.knocked_min, b.ends_min()) if t > now]
    inside = [v for b in block.buildings for v in b.victims if math.isnan(v.out_min)]
    due += [v.dies_min for v in inside if v.dies_min > now]
    busy = any(b.uncontrolled(now) for b in block.buildings)
    if not due or busy or any(v.dies_min > now for v in inside):
        due.append(now + STEP_MIN)
    return math.nextafter(min(due), math.inf)  # the next number there is: no time is added


def _trap(fire: Building, caught: neighbours.Caught) -> None:
    """People caught in a year are only counted: nobody by name."""
    fire.victims += [
        Victim(n, fire.ignited_min + float(lasts), fire.ignited_min)
        for n, lasts in enumerate(caught.lasts_min)
    ]
