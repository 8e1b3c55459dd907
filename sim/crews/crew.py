"""Rescue teams: crews that muster, travel, work, tire, rest, and go to the next task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from anlan.sim.chance import stream
from anlan.sim.crews.journey import Journey
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.scenario import schema
from anlan.sim.scenario.clock import is_night

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel

MUSTER = stream("team.muster", "crew, for each call")
STATES = ("off_duty", "mustering", "idle", "travelling", "working")


class Crew(Agent):  # type: ignore[misc]
    """One crew of a team: in one place, at one task, at any time."""

    model: ResponseModel

    def __init__(self, model: ResponseModel, team: schema.Team, number: int, boats: int) -> None:
        super().__init__(model)
        self.team = team
        self.id = f"{team.team}/{number + 1}"
        self.number = len(model.crews)
        self.boats = boats
        self.tank_l = team.tank_l or 0.0  # of its tank truck
        self.capabilities = frozenset(team.capabilities)
        self.base = model.world.index[team.community]
        self.place = self.base
        self.vehicle = "boat" if boats else "lorry"
        self.micro = "micro" in self.capabilities  # of a micro fire station
        always = team.kind == "comprehensive" or self.micro  # on duty round the clock
        self.state = "idle" if always else "off_duty"
        self.ready_tick = NEVER  # end of muster or of rest
        self.on_duty_since = 0 if always else NEVER
        self.calls = 0
        scenario = model.world.scenario
        self.shift_ticks = scenario.ticks_of(60.0 * scenario.p("team.shift_h"))
        self.task: Incident | None = None
        self.journey: Journey | None = None
        self.arrived_min = float("nan")  # at the latest task, to the minute and below
        self.lost = 0  # members dead or hurt

    @property
    def people(self) -> int:
        """Members who are fit for work."""
        return min(self.team.crew_size, self.team.members) - self.lost

    def lose(self, persons: int) -> None:
        """Members are dead or hurt: the crew leaves its task and is out for the rest of the run."""
        self.lost += persons
        if self.task is not None:
            self.task.crews.remove(self)
        self.task, self.state, self.ready_tick = None, "off_duty", self.model.ticks

    def vehicle_for(self, capability: schema.Capability) -> str:
        """Fire engines drive even where the team has boats."""
        return "lorry" if capability == "fire" else self.vehicle

    def call_in(self, tick: int) -> None:
        """Begin to muster, if off duty and rested."""
        if self.state != "off_duty" or tick < self.ready_tick:
            return
        scenario = self.model.world.scenario
        mean_min = scenario.p(f"team.muster_{self.team.kind}_min")
        u = self.model.streams.one(MUSTER, self.id, self.calls)
        self.calls += 1
        self.state = "mustering"
        # Half as long to one and a half times as long, evenly: the ranges of domain sheet 7.
        self.ready_tick = tick + max(1, scenario.ticks_of(mean_min * (0.5 + u)))

    def efficiency(self, tick: int) -> float:
        """1 when fresh, falling in a line to the shift's end and in another to 24 hours."""
        p = self.model.world.scenario.p
        hours = (tick - self.on_duty_since) / self.model.world.scenario.ticks_per_h
        shift_h, end, late = (
            p("team.shift_h"),
            p("team.tired_at_shift_end"),
            p("team.tired_at_24h"),
        )
        if hours <= shift_h:
            return 1.0 - (1.0 - end) * hours / shift_h
        if hours >= 24.0 or shift_h >= 24.0:
            return late
        return end - (end - late) * (hours - shift_h) / (24.0 - shift_h)

    def send(self, incident: Incident, destination: int, tick: int, wait_min: float = 0.0) -> None:
        """Set out for an incident, after some minutes (a crew that walks out of another)."""
        self.task = incident
        incident.crews.append(self)
        if incident.dispatched_tick == NEVER:
            incident.dispatched_tick = tick
        if incident.scene and self.place == self.base and self.state == "idle":
            wait_min += self._turnout_min(tick)
        vehicle = self.vehicle_for(incident.capability)
        self._depart(destination, tick, vehicle, wait_min, incident.last_leg_min)

    def _turnout_min(self, tick: int) -> float:
        """From the order to the wheels turning, at a station that is awake or asleep."""
        p = self.model.world.scenario.p
        night = is_night(self.model.world.scenario, self.model.hour_at(tick))
        return p("fire.turnout_night_min" if night else "fire.turnout_day_min")

    def _depart(
        self,
        destination: int,
        tick: int,
        vehicle: str,
        wait_min: float = 0.0,
        last_min: float = 0.0,
    ) -> bool:
        route = self.model.roads.route(vehicle, self.place, destination)
        if route is None:
            return False
        tick_min = self.model.world.scenario.settings.tick_min
        self.journey = Journey(route, vehicle, tick, tick_min, wait_min, last_min)
        self.state = "travelling"
        return True

    def step_crew(self, tick: int, roads_changed: bool) -> None:
        """Muster, travel or rest for one tick; work is done incident by incident."""
        if self.state == "mustering" and tick >= self.ready_tick:
            self.state, self.on_duty_since = "idle", tick
        elif self.state == "travelling":
            self._travel(tick, roads_changed)
        elif self.state == "idle":
            self._consider_rest(tick)
        elif self.state == "off_duty" and self.on_call:
            self.state, self.on_duty_since, self.ready_tick = "idle", tick, NEVER

    def nothing_due(self, tick: int) -> bool:
        """True while it only waits: at work, ready within its shift, or off duty."""
        if self.state == "idle":
            return tick < self.shift_end_tick
        if self.state == "off_duty":
            return not tick >= self.ready_tick > NEVER
        return self.state == "working"

    @property
    def shift_end_tick(self) -> int:
        return self.on_duty_since + self.shift_ticks

    @property
    def is_station(self) -> bool:
        """A fire station's crew: the engine, or the hose, is manned round the clock, in watches."""
        always = self.team.kind == "comprehensive" or self.micro
        return always and "fire" in self.capabilities

    @property
    def on_call(self) -> bool:
        always = self.team.kind == "comprehensive" or self.micro
        return always or self.model.command.mustered(self.team.kind)

    def _travel(self, tick: int, roads_changed: bool) -> None:
        assert self.journey is not None
        if tick >= self.journey.arrival_tick:
            self.log_trip(tick, "arrived")
            self.arrived_min = self.journey.arrival_min
            self.place, self.journey = self.journey.destination, None
            self._arrive(tick)
        elif roads_changed and self.journey.blocked(self.model.roads, tick):
            self.log_trip(tick, "turned_back")
            self.journey = self.journey.back_to_last_node(tick)
            if self.task is not None:
                self.task.crews.remove(self)
                self.task = None

    def _arrive(self, tick: int) -> None:
        if self.task is None or not self.task.open:
            late = self.task
            self.task, self.state = None, "idle"
            if late is not None and late.scene is not None:
                self._go_home(late.capability, tick)
            return
        self.state = "working"
        if self.task.arrived_tick == NEVER:
            self.task.arrived_tick = tick
            self.task.first_crew = self.id
            self.task.work_left_h = self.task.full_work_h(self.model.world.scenario)

    def finish_task(self, tick: int) -> None:
        """The task is done: ready for the next one from here; after a fire, from the station."""
        done = self.task
        self.task, self.state = None, "idle"
        if done is not None and done.scene is not None and self._go_home(done.capability, tick):
            return
        self._consider_rest(tick)

    def _go_home(self, capability: schema.Capability, tick: int) -> bool:
        """Hose, water and men have to be made ready again, and the district covered."""
        away = self.place != self.base
        return away and self._depart(self.base, tick, self.vehicle_for(capability))

    def _consider_rest(self, tick: int) -> None:
        if tick >= self.shift_end_tick:
            if self.is_station and self.place == self.base:
                self.on_duty_since = tick  # the next watch takes over the engine
                return
            scenario = self.model.world.scenario
            self.state = "off_duty"
            self.ready_tick = tick + scenario.ticks_of(60.0 * scenario.p("team.rest_h"))

    def log_trip(self, tick: int, outcome: str) -> None:
        """Write down the journey that ends now."""
        assert self.journey is not None
        self.model.log_trip(
            self.id,
            "crew",
            "task" if self.task else "return",
            self.journey,
            tick,
            outcome,
        )


def muster_all(model: ResponseModel) -> list[Crew]:
    """Divide every team into crews and share out its boats, first crews first."""
    crews: list[Crew] = []
    model.crews = crews
    for team in model.world.scenario.teams:
        n = -(-team.members // team.crew_size) if team.members else 0
        for number in range(n):
            boats = team.boats // n + (1 if number < team.boats % n else 0)
            crews.append(Crew(model, team, number, boats))
    return crews


def work(model: ResponseModel, incident: Incident, tick: int) -> None:
    """One tick of work at an incident by the crews that are there; finishes it when done."""
    scenario = model.world.scenario
    if incident.scene is not None:
        if incident.scene.work([c for c in incident.crews if c.state == "working"], tick):
            model.close_incident(incident, tick)
        return
    if float(model.realisation.wind_ms[tick, incident.place]) >= scenario.p("team.stop_wind_ms"):
        return
    there = [c for c in incident.crews if c.state == "working"]
    done_h = 0.0
    for crew in there:
        rate = 1.0
        if incident.kind == "flood":
            rate = (
                crew.boats * scenario.p("team.boat_persons_per_h")
                if crew.boats
                else scenario.p("team.wade_persons_per_h")
            )
        done_h += rate * crew.efficiency(tick) / scenario.ticks_per_h
    incident.work_left_h -= done_h
    if there and incident.work_left_h <= 1e-9:
        model.close_incident(incident, tick)
