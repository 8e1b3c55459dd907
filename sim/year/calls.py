"""A year of ordinary calls over the stations' engines, to judge how well they cover a district.

From event to event instead of by ticks, on open roads: nearest idle engines, travel over the
road graph, growth and fight as in `ground`, engines busy until they are home again. The other
calls (help, false alarms) take one engine each and keep it for an exponential time. Every call
is a row of the ledger's fire table: kind "building", or "other" for a call without a fire.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.ledger import TABLES, Ledger
from anlan.sim.nature.building import neighbours, rows
from anlan.sim.nature.building import outbreaks as calls
from anlan.sim.nature.building.block import NAN, Building, Ground, Rules, clipped, rules_of
from anlan.sim.nature.building.travel import accelerating_min, run_up_km
from anlan.sim.nature.building.victims import Victim
from anlan.sim.scenario.clock import is_night, start_time
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario, Team
from anlan.sim.year.fleet import Ask, Fleet

OTHER = stream("fire.other", "community")
OTHER_CALL = stream("fire.other_call", "call without a fire")

STEP_MIN = 1.0  # the officer at a fire looks again after a minute


@dataclass(eq=False)
class Call:
    """One call of the year and how it goes on. Times are minutes since the start."""

    number: int
    key: str
    place: int
    happened_min: float
    noticed_min: float
    called_min: float
    ready_min: float  # the fire desk gives the order
    last_leg_min: float
    service_min: float = NAN  # of a call without a fire
    ground: Ground | None = None
    sent_min: float = math.inf
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
        start = start_time(scenario)
        self.start_h = start.hour + start.minute / 60.0
        self.end_min = days * 24.0 * 60.0
        self.rules: Rules = rules_of(scenario)
        self.teams, self.bases = engines_of(scenario)
        self.minutes = station_minutes(scenario, self.bases)  # (engines, C)
        # Nearest first; of two engines of one station the first.
        self.order = np.argsort(self.minutes, axis=0, kind="stable").T.tolist()
        self.fleet = Fleet(len(self.bases), self._sent)
        self.calls = self._all_calls()

    def play(self) -> Ledger:
        """All calls, in order of their orders; the rows of the fire table."""
        for call in self.calls:
            self.fleet.at(call.ready_min, lambda now, call=call: self._order(call, now))  # type: ignore[misc]
        self.fleet.run()
        ledger = Ledger()
        for call in self.calls:
            self._write(ledger, call)
        return ledger

    # -- calls ------------------------------------------------------------------------------

    def _all_calls(self) -> list[Call]:
        found = [
            self._fire(o) for o in calls.random(self.scenario, self.streams, None, self.end_min)
        ]
        found += self._others()
        found.sort(key=lambda c: (c.called_min, c.place, c.key))
        seats = [0.0] * int(self.scenario.p("fire.call_seats"))
        for number, call in enumerate(found):
            seat = seats.index(min(seats))
            call.number = number
            seats[seat] = max(call.called_min, seats[seat]) + self.scenario.p("fire.handling_min")
            call.ready_min = seats[seat]
        return found

    def _fire(self, outbreak: calls.Outbreak) -> Call:
        scenario, rules = self.scenario, self.rules
        fire, caught = neighbours.first_building(scenario, self.streams, rules, outbreak)
        _trap(fire, caught)
        ground = Ground(
            rules,
            [fire],
            spread=self._spread,
            saved=lambda victim: None,
            clock_min=outbreak.ignited_min,
        )
        return Call(
            number=-1,
            key=outbreak.key,
            place=outbreak.place,
            happened_min=outbreak.ignited_min,
            noticed_min=outbreak.noticed_min,
            called_min=outbreak.noticed_min + scenario.p("fire.call_min"),
            ready_min=NAN,
            last_leg_min=self._last_leg_min(outbreak.inside_km),
            ground=ground,
        )

    def _spread(self, parent: Building, minute: float, side: int) -> Building:
        fire, caught = neighbours.next_building(
            self.scenario, self.streams, self.rules, parent, minute, side
        )
        _trap(fire, caught)
        return fire

    def _others(self) -> list[Call]:
        """Calls without a fire, evenly over the year and by residents over the places."""
        p = self.scenario.p
        found = []
        for place, community in enumerate(self.scenario.communities):
            per_min = (
                p("fire.other_calls_per_1000_year") * community.residents / 1000.0 / calls.YEAR_MIN
            )
            generator = self.streams.generator(OTHER, community.community)
            for n, minute in enumerate(calls.poisson_minutes(generator, per_min, self.end_min)):
                u = self.streams.generator(OTHER_CALL, f"{community.community}/{n}").random(2)
                radius_km = math.sqrt(community.area_km2 / math.pi * float(u[0]))
                found.append(
                    Call(
                        number=-1,
                        key=f"{community.community}-other-{n}",
                        place=place,
                        happened_min=float(minute),
                        noticed_min=float(minute),
                        called_min=float(minute),
                        ready_min=NAN,
                        last_leg_min=self._last_leg_min(radius_km * p("fire.street_factor")),
                        service_min=-p("fire.other_service_min") * math.log1p(-float(u[1])),
                    )
                )
        return found

    def _last_leg_min(self, inside_km: float) -> float:
        kmh = self.scenario.p("fire.local_kmh")
        return accelerating_min(inside_km, kmh, run_up_km(kmh, self.scenario.p("fire.local_ms2")))

    # -- engines ----------------------------------------------------------------------------

    def _order(self, call: Call, now: float) -> None:
        wanted = call.ground.buildings[0].building.engines_first if call.ground else 1
        self._ask(call, wanted, now)

    def _ask(self, call: Call, wanted: int, now: float) -> None:
        can_come = [e for e in self.order[call.place] if np.isfinite(self.minutes[e, call.place])]
        if can_come:
            self.fleet.ask(Ask(call.number, can_come, min(wanted, len(can_come))), now)

    def _sent(self, number: int, engines: list[int], now: float) -> None:
        call = self.calls[number]
        if call.out_min <= now:  # all over while it waited: the engines stay
            for engine in engines:
                self.fleet.at(now, lambda at, e=engine: self.fleet.free(e, at))  # type: ignore[misc]
            return
        call.sent_min = min(call.sent_min, now)
        for engine in engines:
            call.engines.append(engine)
            drive_min = float(self.minutes[engine, call.place]) + call.last_leg_min
            call.home_min[engine] = drive_min
            arrives = now + self._turnout_min(now) + drive_min
            self.fleet.at(arrives, lambda at, e=engine: self._arrive(call, e, at))  # type: ignore[misc]

    def _turnout_min(self, now: float) -> float:
        night = is_night(self.scenario, self._hour(now))
        return self.scenario.p("fire.turnout_night_min" if night else "fire.turnout_day_min")

    def _hour(self, now: float) -> float:
        return (self.start_h + now / 60.0) % 24.0

    def _arrive(self, call: Call, engine: int, now: float) -> None:
        if call.out_min <= now:
            self._home(call, engine, now)
            return
        call.there += 1
        first = call.first_engine < 0
        if first:
            call.first_engine, call.arrived_min = engine, now
        if call.ground is None:
            call.out_min = now + call.service_min
            self.fleet.at(call.out_min, lambda at: self._home(call, engine, at))
            return
        call.ground.advance(now)
        call.ground.arrive(engine, now)
        if first:
            self._look(call, now)

    def _home(self, call: Call, engine: int, now: float) -> None:
        """An engine leaves and is ready once it is back at its station."""
        call.engines.remove(engine)
        back = now + call.home_min[engine]
        self.fleet.at(back, lambda at: self.fleet.free(engine, at))

    def _look(self, call: Call, now: float) -> None:
        """Every minute at the ground: ask for more, let go what is not needed, or close."""
        ground = call.ground
        assert ground is not None
        ground.advance(now)
        there = [e for e in call.engines if e in ground.water_from]
        if ground.over(now):
            call.out_min = now
            self.fleet.withdraw(call.number)
            for engine in there:
                self._home(call, engine, now)
            return
        if ground.fought_down():
            self.fleet.withdraw(call.number)
            for engine in there[1:]:
                ground.leave(engine)
                self._home(call, engine, now)
        else:
            asked = len(call.engines) + self.fleet.still_wanted(call.number)
            more = ground.engines_needed() - asked
            if more > 0 and asked < len(self.bases):
                self._ask(call, min(more, len(self.bases) - asked), now)
        self.fleet.at(_next_look(ground, now), lambda at: self._look(call, at))

    # -- facts ------------------------------------------------------------------------------

    def _write(self, ledger: Ledger, call: Call) -> None:
        place = self.scenario.communities[call.place].community
        crew = self.teams[call.first_engine].team if call.first_engine >= 0 else ""
        chain = {
            "discovered_min": call.noticed_min,
            "called_min": call.called_min,
            "dispatched_min": call.sent_min,
            "arrived_min": call.arrived_min,
        }
        if call.ground is not None:
            call.ground.advance(max(call.ground.clock_min, self.end_min))
            for fire in call.ground.buildings:
                end = math.inf  # a fire of the year's last hours is followed to its end
                rows.write(ledger, fire, place, -1, chain, crew, end, end)
            return
        values: dict[str, object] = {
            c: NAN for c, spec in TABLES["fire"].items() if spec[0] == "float64"
        }
        values |= {c: 0 for c, spec in TABLES["fire"].items() if spec[0] in ("int32", "int64")}
        values |= {c: "" for c, spec in TABLES["fire"].items() if spec[0] == "str"}
        values |= {"fire": call.key, "kind": "other", "community": place, "incident": -1}
        values |= {"ignited_min": call.happened_min, "out_min": clipped(call.out_min, math.inf)}
        values |= {"first_crew": crew, "engines_needed_max": 1, "engines_peak": call.there}
        values |= {"water_l": 0.0, "burnt_m2": 0.0, "burnt_ha": 0.0} | chain
        values = {c: NAN if v == math.inf else v for c, v in values.items()}
        ledger.add("fire", *(values[c] for c in TABLES["fire"]))


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
        for _ in range(-(-t.members // t.crew_size))
    ]
    if not teams:
        raise BadInput(
            "teams.csv, column capabilities: no comprehensive team has fire; "
            "a year of calls needs at least one fire station"
        )
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


def _next_look(ground: Ground, now: float) -> float:
    """Minute by minute while anything is out of control; else when the next thing is due."""
    if any(b.uncontrolled(now) for b in ground.buildings):
        return now + STEP_MIN
    due = [t for b in ground.buildings for t in (b.knocked_min, b.ends_min()) if t > now]
    due += [
        v.dies_min
        for b in ground.buildings
        for v in b.victims
        if math.isnan(v.out_min) and v.dies_min > now
    ]
    return min(due, default=now) + 1e-6 if due else now + STEP_MIN


def _trap(fire: Building, caught: neighbours.Caught) -> None:
    """People caught in a year are only counted: nobody by name."""
    fire.victims += [
        Victim(n, fire.ignited_min + float(lasts), fire.ignited_min)
        for n, lasts in enumerate(caught.lasts_min)
    ]
