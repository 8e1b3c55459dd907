"""Rescue teams: crews that muster, travel, work, tire, rest, and go to the next task."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, inf, isnan, nan

from mesa import Agent, Model

from anlan.sim.chance import Streams, stream
from anlan.sim.crews.agenda import Agenda
from anlan.sim.crews.duty import Duty
from anlan.sim.incidents.incident import BAG, BAGGING, BOAT, ON_FOOT, PUMP, PUMPING, SAW, Incident
from anlan.sim.ledger import Ledger, facts
from anlan.sim.networks.roads import Roads
from anlan.sim.scenario import schema
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.travel.journey import ARRIVED, Journey, Trips
from anlan.sim.travel.ways import Ways

MUSTER = stream("team.muster", "crew, for each call")
AT_HAND = ("comprehensive", "first_responder")  # kinds whose members are there by night, too
BRIGADES = frozenset({"comprehensive", "professional"})  # a forest fire calls them in from anywhere
VEHICLES = ("lorry", "boat")  # what they come by
STATES = ("off_duty", "mustering", "idle", "travelling", "working")
# How a deployment ended.
DONE, RELEASED, SENT_ON, TURNED_BACK, LOST, OPEN = (
    "done", "released", "sent_on", "turned_back", "lost", "open",
)  # fmt: skip


def comes_by(own: str, driven_to: bool) -> str:
    """What a crew with a vehicle of its `own` takes to where everybody drives, or to elsewhere."""
    return "lorry" if driven_to else own


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
    night_muster_factor: float
    on_duty_most_h: float
    training_comprehensive: float
    training_professional: float
    training_assault: float
    training_social: float
    training_town: float
    training_first_responder: float
    turnout_day_min: float = of("fire.turnout_day_min")
    turnout_night_min: float = of("fire.turnout_night_min")
    rescue_wait_share: float = of("road.rescue_wait_share")
    pump_m3_h: float = of("pump.unit_m3_h")
    pump_people: float = of("pump.unit_people")

    def muster_min(self, kind: str) -> float:
        """Mean time to muster of a kind of team."""
        return float(getattr(self, f"muster_{kind}_min"))

    def drawn_muster_min(self, kind: str, night: bool, u: float) -> float:
        """Time to muster of one crew of a kind, for an even draw: half to one and a half times as
        long as the mean, as the ranges of domain sheet 7 are; longer by night for who is away.
        """
        mean_min = self.muster_min(kind)
        if night and kind not in AT_HAND:
            mean_min *= self.night_muster_factor
        return mean_min * (0.5 + u)

    def training(self, kind: str) -> float:
        """What a member of a kind of team does against a trained rescuer."""
        return float(getattr(self, f"training_{kind}"))

    def pump_units(self, flow_m3_h: float) -> int:
        """How many mobile pumps a team's rated flow stands for."""
        return ceil(flow_m3_h / self.pump_m3_h - 1e-9)


@dataclass(frozen=True)
class CrewWorld:
    """What crews share: the clock, the roads, what is known of them, and where facts go."""

    rules: CrewRules
    clock: Clock
    roads: Roads
    ways: Ways
    trips: Trips
    streams: Streams
    ledger: Ledger
    agenda: Agenda[Crew] = field(default_factory=Agenda)
    duty: Duty[Crew] = field(default_factory=Duty)
    # one object for all crews that can do the same: dispatch asks of thousands what they can do
    abilities: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)


@dataclass
class Bags:
    """The empty bags of a team, of which each of its crews takes what it needs."""

    left: float
    crews: list[Crew] = field(default_factory=list)

    def take(self, bags: float) -> None:
        """So many are filled and laid. Once there are none the team's crews lay no more.

        What rounding leaves of the last one is none: a crew would stay for it.
        """
        self.left -= bags
        if self.left > NO_BAG:
            return
        self.left = 0.0
        for crew in self.crews:
            crew.can -= {BAG}
            crew.world.duty.can_less(crew)
            if crew.task is not None:
                crew.task.look_anew()


NO_BAG = 1e-6  # of a bag


@dataclass
class Deployment:
    """A crew's stay with an incident, from the order to its end."""

    incident: Incident[Crew]
    trip: str
    people: int
    sent_min: float
    departed_min: float
    arrived_min: float = nan


class Crew(Agent):  # type: ignore[misc]
    """One crew of a team: in one place, at one task, at any time.

    Times are minutes since the start of the run. What it does next of itself stands in the agenda.
    """

    def __init__(
        self, model: Model, world: CrewWorld, team: schema.Team, number: int, base: int,
        boats: int = 0, saws: int = 0, pumps: int = 0, stretchers: int = 0,
        bags: Bags | None = None,
    ) -> None:  # fmt: skip
        super().__init__(model)
        self.world = world
        self.turn = world.agenda.join()  # its place among all crews, where two are due at once
        self.due_min = nan
        self.team = team
        self.id = f"{team.team}/{number + 1}"
        self.boats = boats
        self.saws = saws
        self.pumps = pumps
        self.stretchers = stretchers
        self.bags = bags if bags is not None else Bags(0.0)  # of its team
        units = world.rules.pump_units(team.pumps_m3_h or 0.0)
        self.pump_m3_h = (team.pumps_m3_h or 0.0) / max(1, units)  # rated flow of each
        self.skill = world.rules.training(team.kind)
        self.tank_l = team.tank_l or 0.0  # of its tank truck
        self.capabilities: frozenset[schema.Capability] = frozenset(team.capabilities)
        can = frozenset(self.capabilities) | {
            tool
            for tool, capability, has in (
                (SAW, "engineering", saws),
                (BOAT, "water", boats),
                (PUMP, "water", pumps),
                (ON_FOOT, "water", not boats),
                # Who has a boat, or a pump, is to be free for it.
                (BAG, "water", self.bags.left > 0.0 and not boats and not pumps),
            )
            if has and capability in self.capabilities
        }
        self.can: frozenset[str] = world.abilities.setdefault(can, can)
        self.base = base
        self.place = base
        self.vehicle = "boat" if boats else "lorry"
        self.micro = "micro" in self.capabilities  # of a micro fire station
        self.from_here = team.asked_at is None  # else it is help from outside, to be asked for
        # on duty round the clock; whoever is outside is so elsewhere
        self.always = self.from_here and (team.kind == "comprehensive" or self.micro)
        self.called = False  # command has its kind of team called in
        self.state = "idle" if self.always else "off_duty"
        world.duty.enters(self, self.state)
        self.ready_min = -inf  # end of muster or of rest
        self.on_duty_since_min = 0.0
        self.stands_by_since_min = nan  # it waits at its base
        self.mustered_min = nan  # end of its latest muster
        self.calls = 0
        self.task: Incident[Crew] | None = None
        self.deployment: Deployment | None = None
        self.journey: Journey | None = None
        self.arrived_min = float("nan")  # at the latest task, to the minute and below
        self.strength = team.members_of_crew(number)
        self.lost = 0  # of them dead or hurt
        self._called_min = nan
        if self.always:
            self._wait(0.0)

    @property
    def people(self) -> int:
        """Members who are fit for work."""
        return self.strength - self.lost

    @property
    def pumps_m3_h(self) -> float:
        """Rated flow of the pumps that its people can run."""
        manned = min(float(self.pumps), self.people / self.world.rules.pump_people)
        return manned * self.pump_m3_h if PUMP in self.can else 0.0

    def vehicle_for(self, task: Incident[Crew]) -> str:
        """How it comes to an incident."""
        return comes_by(self.vehicle, task.driven_to)

    def turns_to(self, state: str) -> None:
        """Enter another state; who is in which is asked of `duty`."""
        self.world.duty.leaves(self, self.state)
        self.state = state
        self.world.duty.enters(self, state)

    # -- duty -----------------------------------------------------------------------------------

    def _wait(self, minute: float) -> None:
        """Ready: away from its base until the shift ends, at its base standing by."""
        self.turns_to("idle")
        self.world.agenda.free[self.turn] = self
        stands_by = self.place == self.base
        self.stands_by_since_min = minute if stands_by else nan
        if stands_by:
            self._stand_by(minute)
        else:
            self.world.agenda.put(self, self.shift_end_min)

    def _stand_by(self, minute: float) -> None:
        """Who stands by at the base sleeps and eats there, for as long as a level calls for it; a
        shift later they go home if none does any more.
        """
        shift_min = 60.0 * self.world.rules.shift_h
        self.world.agenda.put(self, inf if self.always else minute + shift_min)

    def _goes_home_from_base(self, minute: float) -> None:
        """Nobody calls for it any more: it is rested, and can be called in again."""
        self.stands_by_since_min = nan
        self.turns_to("off_duty")
        self.ready_min = minute
        self.world.agenda.put(self, inf)

    def _has_stood_by(self, minute: float) -> None:
        """Hours of waiting at its base are none on duty; as many as a rest has are a rest."""
        if isnan(self.stands_by_since_min):
            return
        waited_min = minute - self.stands_by_since_min
        rested = waited_min >= 60.0 * self.world.rules.rest_h
        self.on_duty_since_min = minute if rested else self.on_duty_since_min + waited_min
        self.stands_by_since_min = nan

    def call_in(self, minute: float) -> None:
        """Begin to muster, if off duty and rested."""
        if self.state != "off_duty" or minute < self.ready_min:
            return
        world = self.world
        night = world.clock.is_night(minute / world.clock.tick_min)
        u = world.streams.one(MUSTER, self.id, self.calls)
        self.calls += 1
        self.turns_to("mustering")
        self._called_min = minute
        self.ready_min = minute + world.rules.drawn_muster_min(self.team.kind, night, u)
        world.agenda.put(self, self.ready_min)

    def efficiency(self, minute: float) -> float:
        """1 when fresh, falling in a line to the shift's end and in another to 24 hours."""
        r = self.world.rules
        hours = max(0.0, minute - self.on_duty_since_min) / 60.0
        if hours <= r.shift_h:
            return 1.0 - (1.0 - r.tired_at_shift_end) * hours / r.shift_h
        if hours >= 24.0 or r.shift_h >= 24.0:
            return r.tired_at_24h
        over = (hours - r.shift_h) / (24.0 - r.shift_h)
        return r.tired_at_shift_end - (r.tired_at_shift_end - r.tired_at_24h) * over

    @property
    def shift_end_min(self) -> float:
        """When it has to rest."""
        rules = self.world.rules
        return self.on_duty_since_min + 60.0 * min(rules.shift_h, rules.on_duty_most_h)

    @property
    def is_station(self) -> bool:
        """A fire station's crew: the engine, or the hose, is manned round the clock, in watches."""
        return self.always and "fire" in self.capabilities

    @property
    def on_call(self) -> bool:
        """Whether it comes back on duty by itself after its rest."""
        return self.always or self.called

    def act(self, minute: float) -> None:
        """What is due now: mustered, arrived, tired, rested. Work is done incident by incident."""
        if self.state == "mustering":
            self.on_duty_since_min = self.mustered_min = minute
            self.write_muster(minute)
            self._wait(minute)
        elif self.state == "travelling":
            self._end_journey(minute)
        elif self.state == "idle" and isnan(self.stands_by_since_min):
            self._consider_rest(minute)
        elif self.state == "idle" and self.on_call:
            self._stand_by(minute)
        elif self.state == "idle":
            self._goes_home_from_base(minute)
        elif self.state == "working":
            self.finish_task(minute, RELEASED)
        elif self.state == "off_duty" and self.on_call:
            self.on_duty_since_min = minute
            self._wait(minute)
        elif self.state == "off_duty":
            self.world.agenda.free[self.turn] = self  # rested: it can be called in

    def write_muster(self, ready_min: float) -> None:
        """Write down a call to muster, when it has been followed or at the end of the run."""
        tick = self.world.clock.tick_at
        called_min = self._called_min
        self.world.ledger.add(
            facts.Muster(
                self.id, self.team.team, tick(called_min), tick(ready_min), called_min, ready_min
            )
        )

    def _consider_rest(self, minute: float) -> None:
        """Ready for the next task, or off to rest."""
        if minute < self.shift_end_min:
            self._wait(minute)
        elif self.is_station and self.place == self.base:
            self.on_duty_since_min = minute  # the next watch takes over the engine
            self._wait(minute)
        else:
            self.turns_to("off_duty")
            self.ready_min = minute + 60.0 * self.world.rules.rest_h
            self.world.agenda.put(self, self.ready_min)

    # -- tasks ----------------------------------------------------------------------------------

    def send(
        self, incident: Incident[Crew], destination: int, minute: float, wait_min: float = 0.0
    ) -> bool:
        """Set out for an incident, after some minutes (a crew that walks out of another).

        False, and nothing has happened, where it knows of no way.
        """
        if incident.burns and self.place == self.base and self.state == "idle":
            wait_min += self._turnout_min(minute)
        vehicle = self.vehicle_for(incident)
        if not self._depart(destination, minute, vehicle, wait_min, incident.last_leg_min):
            return False
        assert self.journey is not None
        self._has_stood_by(minute)
        self.task = incident
        incident.crews.append(self)
        incident.look_anew()
        incident.ordered(minute)
        if isnan(incident.sent_min):
            incident.sent_min = minute
            incident.left_min = self.journey.departed_min
        trip = self.journey.id if self.journey.route.roads else ""
        departed_min = self.journey.departed_min
        self.deployment = Deployment(incident, trip, self.people, minute, departed_min)
        return True

    def _turnout_min(self, minute: float) -> float:
        """From the order to the wheels turning, at a station that is awake or asleep."""
        r, clock = self.world.rules, self.world.clock
        night = clock.is_night(minute / clock.tick_min)
        return r.turnout_night_min if night else r.turnout_day_min

    def _depart(
        self,
        destination: int,
        minute: float,
        vehicle: str,
        wait_min: float = 0.0,
        last_min: float = 0.0,
    ) -> bool:
        world = self.world
        route = world.ways.route(vehicle, self.place, destination)
        if route is None:
            return False
        name = world.trips.name(self.id) if route.roads else ""
        share = world.rules.rescue_wait_share
        self.journey = Journey(name, route, vehicle, minute, wait_min, last_min, share)
        self.turns_to("travelling")
        world.agenda.on_the_road[self.turn] = self
        self.drive_on()
        return True

    def drive_on(self) -> None:
        """As far as it comes in the present tick."""
        assert self.journey is not None
        agenda = self.world.agenda
        over = self.journey.drive(agenda.begins_min, agenda.ends_min, self.world.roads)
        agenda.put(self, self.journey.over_min if over else inf)

    def _end_journey(self, minute: float) -> None:
        journey, world = self.journey, self.world
        assert journey is not None
        self.write_trip(over=True)
        del world.agenda.on_the_road[self.turn]
        self.place, self.journey = journey.place, None
        if journey.outcome == ARRIVED:
            self.arrived_min = minute
            self._arrive(minute)
            return
        journey.tell(world.ways, world.roads, world.clock.tick_at(minute))
        self.leave_task(minute, TURNED_BACK)
        self._consider_rest(minute)

    def _arrive(self, minute: float) -> None:
        task = self.task
        if task is None or not task.open:
            self.finish_task(minute, RELEASED)
            return
        self.turns_to("working")
        on_duty_most_min = self.on_duty_since_min + 60.0 * self.world.rules.on_duty_most_h
        manned = task.scene is not None or self.is_station
        self.world.agenda.put(self, inf if manned else max(minute, on_duty_most_min))
        if self.deployment is not None:
            self.deployment.arrived_min = minute
            if not task.reached:
                self._first_at(task, self.deployment)
        if task.against_water:
            task.look_anew()  # who is there can be sent on to people
        self.world.agenda.changed[task.id] = task

    def _first_at(self, task: Incident[Crew], stay: Deployment) -> None:
        """Whoever is there first looks what there is to do."""
        task.arrived_min = task.worked_min = stay.arrived_min
        task.departed_min = stay.departed_min
        mustered_min = task.dispatched_min
        if self.mustered_min > mustered_min:  # never while it has not mustered in this run
            mustered_min = self.mustered_min
        task.mustered_min = mustered_min
        task.first_crew = self.id
        if task.scene is not None:
            task.started_min = task.arrived_min

    def leave_task(self, minute: float, outcome: str) -> None:
        """No longer with its task, which is written down."""
        if self.task is not None and self in self.task.crews:
            self.task.crews.remove(self)
            self.task.look_anew()
            if self.task.kind == PUMPING and self.state == "working":
                self.on_duty_since_min += minute - self.arrived_min  # they rested in turns
            self.world.agenda.changed[self.task.id] = self.task
        self.task = None
        self.write_deployment(minute, outcome)

    def write_deployment(self, minute: float, outcome: str) -> None:
        """Write down the stay with an incident that ends now (NaN: at the end of the run)."""
        stay = self.deployment
        if stay is None:
            return
        self.deployment = None
        tick = self.world.clock.tick_at
        self.world.ledger.add(
            facts.Deployment(
                crew=self.id,
                team=self.team.team,
                incident=stay.incident.id,
                trip=stay.trip,
                people=stay.people,
                sent_tick=tick(stay.sent_min),
                arrived_tick=tick(stay.arrived_min),
                left_tick=tick(minute),
                sent_min=stay.sent_min,
                departed_min=stay.departed_min,
                arrived_min=stay.arrived_min,
                left_min=minute,
                outcome=outcome,
            )
        )

    @property
    def lays_bags(self) -> bool:
        """Whether it is at a place where bags are laid."""
        return self.state == "working" and self.task is not None and self.task.kind == BAGGING

    def finish_task(self, minute: float, outcome: str = DONE) -> None:
        """The task is over: ready for the next one from here; after a fire, or bags, from home."""
        done = self.task
        self.leave_task(minute, outcome)
        if done is not None and done.sends_home and self._go_home(done, minute):
            return
        self._consider_rest(minute)

    def _go_home(self, after: Incident[Crew], minute: float) -> bool:
        """Hose, water and men have to be made ready again, and the district covered; who stays
        where bags were laid is cut off there when the roads close.
        """
        away = self.place != self.base
        return away and self._depart(self.base, minute, self.vehicle_for(after))

    def lose(self, persons: int, minute: float) -> None:
        """Members are dead or hurt: the crew leaves its task and is out for the rest of the run."""
        self.lost += persons
        self.leave_task(minute, LOST)
        self.turns_to("off_duty")
        self.ready_min = inf
        self.world.agenda.put(self, inf)

    def write_trip(self, over: bool) -> None:
        """Write down the journey as it stands."""
        assert self.journey is not None
        about = self.task.id if self.task else ""
        purpose = "task" if self.task else "return"
        self.world.trips.write(self.id, "crew", purpose, about, self.journey, over)

    def finish(self) -> None:
        """Write what is still open at the end of the run."""
        if self.journey is not None:
            self.write_trip(over=False)
        if self.state == "mustering":
            self.write_muster(nan)
        self.write_deployment(nan, OPEN)


def crews_of(
    model: Model, world: CrewWorld, teams: tuple[schema.Team, ...], index: dict[str, int]
) -> list[Crew]:
    """Divide every team into crews and share out its boats, saws and stretchers, first crews first,
    and its pumps, last crews first: who has a boat is to be free for people in the water.

    Crews stand in the order of their teams' ids: in a tick one hears by radio what another before
    it has found, and that may not hang on how the teams are listed.
    """
    crews: list[Crew] = []
    for team in sorted(teams, key=lambda t: t.team):
        n = team.crews
        bags = Bags(float(team.bags or 0))
        for number in range(n):
            tools = (team.boats, team.saws or 0, team.stretchers or 0)
            boats, saws, stretchers = (_dealt(of, n, number) for of in tools)
            pumps = _dealt(world.rules.pump_units(team.pumps_m3_h or 0.0), n, n - 1 - number)
            at = index[team.community]
            crew = Crew(model, world, team, number, at, boats, saws, pumps, stretchers, bags)
            bags.crews.append(crew)
        crews += bags.crews
    return crews


def _dealt(things: int, crews: int, number: int) -> int:
    """How many of a team's tools of a kind a crew has: dealt out evenly, first crews first."""
    return things // crews + (1 if number < things % crews else 0)
