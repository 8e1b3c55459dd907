"""Rescue teams: crews that muster, travel, work, tire, rest, and go to the next task."""

from __future__ import annotations

from dataclasses import dataclass

from mesa import Agent, Model

from anlan.sim.chance import Streams, stream
from anlan.sim.incidents.incident import Incident, WorkRules
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.networks.roads import Roads
from anlan.sim.scenario import schema
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.travel.journey import ARRIVED, Journey, Trips
from anlan.sim.travel.ways import Ways

MUSTER = stream("team.muster", "crew, for each call")
STATES = ("off_duty", "mustering", "idle", "travelling", "working")
# How a deployment ended.
DONE, RELEASED, SENT_ON, TURNED_BACK, LOST, OPEN = (
    "done", "released", "sent_on", "turned_back", "lost", "open",
)  # fmt: skip


@dataclass(frozen=True)
class CrewRules(Rules, prefix="team"):
    """How crews muster, tire and rest."""

    muster_comprehensive_min: float
    muster_professional_min: float
    muster_assault_min: float
    muster_social_min: float
    muster_town_min: float
    muster_first_responder_min: float
    shift_h: float
    rest_h: float
    tired_at_shift_end: float
    tired_at_24h: float
    turnout_day_min: float = of("fire.turnout_day_min")
    turnout_night_min: float = of("fire.turnout_night_min")

    def muster_min(self, kind: str) -> float:
        """Mean time to muster of a kind of team."""
        return float(getattr(self, f"muster_{kind}_min"))


@dataclass(frozen=True)
class CrewWorld:
    """What crews share: the clock, the roads, what is known of them, and where facts go."""

    rules: CrewRules
    work: WorkRules
    clock: Clock
    roads: Roads
    ways: Ways
    trips: Trips
    streams: Streams
    ledger: Ledger


@dataclass
class Deployment:
    """A crew's stay with an incident, from the order to its end."""

    incident: Incident[Crew]
    trip: str
    people: int
    sent_tick: int
    arrived_tick: int = NEVER


class Crew(Agent):  # type: ignore[misc]
    """One crew of a team: in one place, at one task, at any time."""

    def __init__(
        self, model: Model, world: CrewWorld, team: schema.Team, number: int, boats: int, base: int
    ) -> None:
        super().__init__(model)
        self.world = world
        self.team = team
        self.id = f"{team.team}/{number + 1}"
        self.boats = boats
        self.tank_l = team.tank_l or 0.0  # of its tank truck
        self.capabilities: frozenset[schema.Capability] = frozenset(team.capabilities)
        self.base = base
        self.place = base
        self.vehicle = "boat" if boats else "lorry"
        self.micro = "micro" in self.capabilities  # of a micro fire station
        self.always = team.kind == "comprehensive" or self.micro  # on duty round the clock
        self.from_here = team.asked_at is None  # else it is help from outside, to be asked for
        self.called = False  # command has its kind of team called in
        self.state = "idle" if self.always else "off_duty"
        self.ready_tick = NEVER  # end of muster or of rest
        self.on_duty_since = 0 if self.always else NEVER
        self.calls = 0
        self.shift_ticks = world.clock.ticks_of(60.0 * world.rules.shift_h)
        self.task: Incident[Crew] | None = None
        self.deployment: Deployment | None = None
        self.journey: Journey | None = None
        self.arrived_min = float("nan")  # at the latest task, to the minute and below
        self.strength = min(team.crew_size, team.members - number * team.crew_size)
        self.lost = 0  # of them dead or hurt
        self._called_tick = NEVER

    @property
    def people(self) -> int:
        """Members who are fit for work."""
        return self.strength - self.lost

    def vehicle_for(self, capability: schema.Capability) -> str:
        """Fire engines drive even where the team has boats."""
        return "lorry" if capability == "fire" else self.vehicle

    # -- duty -----------------------------------------------------------------------------------

    def call_in(self, tick: int) -> None:
        """Begin to muster, if off duty and rested."""
        if self.state != "off_duty" or tick < self.ready_tick:
            return
        world = self.world
        mean_min = world.rules.muster_min(self.team.kind)
        u = world.streams.one(MUSTER, self.id, self.calls)
        self.calls += 1
        self.state = "mustering"
        self._called_tick = tick
        # Half as long to one and a half times as long, evenly: the ranges of domain sheet 7.
        self.ready_tick = tick + max(1, world.clock.ticks_of(mean_min * (0.5 + u)))

    def efficiency(self, tick: int) -> float:
        """1 when fresh, falling in a line to the shift's end and in another to 24 hours."""
        r = self.world.rules
        hours = (tick - self.on_duty_since) / self.world.clock.ticks_per_h
        if hours <= r.shift_h:
            return 1.0 - (1.0 - r.tired_at_shift_end) * hours / r.shift_h
        if hours >= 24.0 or r.shift_h >= 24.0:
            return r.tired_at_24h
        over = (hours - r.shift_h) / (24.0 - r.shift_h)
        return r.tired_at_shift_end - (r.tired_at_shift_end - r.tired_at_24h) * over

    @property
    def shift_end_tick(self) -> int:
        """When it has to rest."""
        return self.on_duty_since + self.shift_ticks

    @property
    def is_station(self) -> bool:
        """A fire station's crew: the engine, or the hose, is manned round the clock, in watches."""
        return self.always and "fire" in self.capabilities

    @property
    def on_call(self) -> bool:
        """Whether it comes back on duty by itself after its rest."""
        return self.always or self.called

    def nothing_due(self, tick: int) -> bool:
        """True while it only waits: at work, ready within its shift, or off duty."""
        if self.state == "idle":
            return tick < self.shift_end_tick
        if self.state == "off_duty":
            return not tick >= self.ready_tick > NEVER
        return self.state == "working"

    def step_crew(self, tick: int) -> None:
        """Muster, travel or rest for one tick; work is done incident by incident."""
        if self.state == "mustering" and tick >= self.ready_tick:
            self._be_ready(tick)
        elif self.state == "travelling":
            self._travel(tick)
        elif self.state == "idle":
            self._consider_rest(tick)
        elif self.state == "off_duty" and self.on_call:
            self.state, self.on_duty_since, self.ready_tick = "idle", tick, NEVER

    def _be_ready(self, tick: int) -> None:
        self.state, self.on_duty_since = "idle", tick
        self.write_muster(tick)

    def write_muster(self, ready_tick: int) -> None:
        """Write down a call to muster, when it has been followed or at the end of the run."""
        self.world.ledger.add(facts.Muster(self.id, self.team.team, self._called_tick, ready_tick))

    def _consider_rest(self, tick: int) -> None:
        if tick >= self.shift_end_tick:
            if self.is_station and self.place == self.base:
                self.on_duty_since = tick  # the next watch takes over the engine
                return
            clock = self.world.clock
            self.state = "off_duty"
            self.ready_tick = tick + clock.ticks_of(60.0 * self.world.rules.rest_h)

    # -- tasks ----------------------------------------------------------------------------------

    def send(
        self, incident: Incident[Crew], destination: int, tick: int, wait_min: float = 0.0
    ) -> bool:
        """Set out for an incident, after some minutes (a crew that walks out of another).

        False, and nothing has happened, where it knows of no way.
        """
        if incident.burns and self.place == self.base and self.state == "idle":
            wait_min += self._turnout_min(tick)
        vehicle = self.vehicle_for(incident.capability)
        if not self._depart(destination, tick, vehicle, wait_min, incident.last_leg_min):
            return False
        assert self.journey is not None
        self.task = incident
        incident.crews.append(self)
        if incident.dispatched_tick == NEVER:
            incident.dispatched_tick = tick
            incident.left_min = tick * self.world.clock.tick_min + wait_min
        trip = self.journey.id if self.journey.route.roads else ""
        self.deployment = Deployment(incident, trip, self.people, tick)
        return True

    def _turnout_min(self, tick: int) -> float:
        """From the order to the wheels turning, at a station that is awake or asleep."""
        r = self.world.rules
        return r.turnout_night_min if self.world.clock.is_night(tick) else r.turnout_day_min

    def _depart(
        self,
        destination: int,
        tick: int,
        vehicle: str,
        wait_min: float = 0.0,
        last_min: float = 0.0,
    ) -> bool:
        world = self.world
        route = world.ways.route(vehicle, self.place, destination)
        if route is None:
            return False
        name = world.trips.name(self.id) if route.roads else ""
        self.journey = Journey(name, route, vehicle, tick, world.clock.tick_min, wait_min, last_min)
        self.state = "travelling"
        return True

    def _travel(self, tick: int) -> None:
        journey, world = self.journey, self.world
        assert journey is not None
        if not journey.step(tick, world.roads):
            return
        self.write_trip(tick)
        self.place, self.journey = journey.place, None
        if journey.outcome == ARRIVED:
            self.arrived_min = journey.over_min
            self._arrive(tick)
            return
        journey.tell(world.ways, world.roads, tick)
        self.leave_task(tick, TURNED_BACK)
        self.state = "idle"

    def _arrive(self, tick: int) -> None:
        if self.task is None or not self.task.open:
            late = self.task
            self.leave_task(tick, RELEASED)
            self.state = "idle"
            if late is not None and late.burns:
                self._go_home(late.capability, tick)
            return
        self.state = "working"
        if self.deployment is not None:
            self.deployment.arrived_tick = tick
        if self.task.arrived_tick == NEVER:
            self.task.arrived_tick = tick
            self.task.first_crew = self.id
            self.task.work_left_h = self.task.full_work_h(self.world.work)

    def leave_task(self, tick: int, outcome: str) -> None:
        """No longer with its task, which is written down."""
        if self.task is not None and self in self.task.crews:
            self.task.crews.remove(self)
        self.task = None
        self.write_deployment(tick, outcome)

    def write_deployment(self, tick: int, outcome: str) -> None:
        """Write down the stay with an incident that ends now (NEVER: at the end of the run)."""
        stay = self.deployment
        if stay is None:
            return
        self.deployment = None
        self.world.ledger.add(
            facts.Deployment(
                crew=self.id,
                team=self.team.team,
                incident=stay.incident.id,
                trip=stay.trip,
                people=stay.people,
                sent_tick=stay.sent_tick,
                arrived_tick=stay.arrived_tick,
                left_tick=tick,
                outcome=outcome,
            )
        )

    def finish_task(self, tick: int, outcome: str = DONE) -> None:
        """The task is over: ready for the next one from here; after a fire, from the station."""
        done = self.task
        self.leave_task(tick, outcome)
        self.state = "idle"
        if done is not None and done.burns and self._go_home(done.capability, tick):
            return
        self._consider_rest(tick)

    def _go_home(self, capability: schema.Capability, tick: int) -> bool:
        """Hose, water and men have to be made ready again, and the district covered."""
        away = self.place != self.base
        return away and self._depart(self.base, tick, self.vehicle_for(capability))

    def lose(self, persons: int, tick: int) -> None:
        """Members are dead or hurt: the crew leaves its task and is out for the rest of the run."""
        self.lost += persons
        self.leave_task(tick, LOST)
        self.state, self.ready_tick = "off_duty", self.world.clock.ticks

    def write_trip(self, tick: int) -> None:
        """Write down the journey as it stands."""
        assert self.journey is not None
        about = self.task.id if self.task else ""
        purpose = "task" if self.task else "return"
        self.world.trips.write(self.id, "crew", purpose, about, self.journey, tick)

    def finish(self) -> None:
        """Write what is still open at the end of the run."""
        if self.journey is not None:
            self.write_trip(NEVER)
        if self.state == "mustering":
            self.write_muster(NEVER)
        self.write_deployment(NEVER, OPEN)


def crews_of(
    model: Model, world: CrewWorld, teams: tuple[schema.Team, ...], index: dict[str, int]
) -> list[Crew]:
    """Divide every team into crews and share out its boats, first crews first.

    Crews stand in the order of their teams' ids: in a tick one hears by radio what another before
    it has found, and that may not hang on how the teams are listed.
    """
    crews: list[Crew] = []
    for team in sorted(teams, key=lambda t: t.team):
        n = -(-team.members // team.crew_size) if team.members else 0
        for number in range(n):
            boats = team.boats // n + (1 if number < team.boats % n else 0)
            crews.append(Crew(model, world, team, number, boats, index[team.community]))
    return crews
