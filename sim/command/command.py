"""Command (指挥部): takes up what it is told, and has carried out what its seats decide.

It knows its picture and nothing else. The seats (`seats.py`) decide: the grade and the level, who
is to leave, which crew goes where, which site is served first, whether aid is asked for.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isnan

from mesa import Agent, Model

from anlan.sim.command.aid import AidRules
from anlan.sim.command.bagging import Bagging
from anlan.sim.command.dispatch import Dispatch
from anlan.sim.command.orders import Calls
from anlan.sim.command.picture import Picture, RoadNews, WaterNews
from anlan.sim.command.pumping import Pumping
from anlan.sim.command.seats import MoveOrder, Seats
from anlan.sim.command.supply import Supply
from anlan.sim.command.timed import STORES, Timed
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import Ledger, facts
from anlan.sim.networks.messages import COMMAND, REPORTS, Messages
from anlan.sim.people.protocol import People
from anlan.sim.people.shelter import Shelters
from anlan.sim.people.spread import PUBLIC, Spreads
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import SIGNALS, Response
from anlan.sim.stores.store import Store
from anlan.sim.threats import HOMELESS, NO_GRADE, Bulletin, Threat

NO_LEVEL = -1
STORM = ("wind", "rain")  # kinds of threat that bring water


@dataclass(frozen=True)
class CommandRules(Rules, prefix="response"):
    """How long command takes to act, and how fast its desk reads."""

    activation_min: float
    desk_min: float


@dataclass(frozen=True)
class Means:
    """What command acts through, and where it is told things."""

    rules: CommandRules
    aid: AidRules
    clock: Clock
    ledger: Ledger
    responses: Sequence[Response]
    bulletins: Sequence[Bulletin]
    messages: Messages
    words: Spreads
    calls: Calls
    shelters: Shelters
    crews: list[Crew]
    stores: list[Store]
    dispatch: Dispatch
    supply: Supply
    pumping: Pumping
    bagging: Bagging
    timed: Timed

    @property
    def water_orders(self) -> tuple[Pumping, Bagging]:
        """All orders against water; pumps come first where a crew can do either."""
        return self.pumping, self.bagging


class Command(Agent):  # type: ignore[misc]
    """The duty office with a few desks, and its seats."""

    def __init__(
        self, model: Model, means: Means, seats: Seats, picture: Picture, people: People
    ) -> None:
        super().__init__(model)
        self.means = means
        self.seats = seats
        self.picture = picture
        self.people = people
        self.level = NO_LEVEL  # row of the responses that is in force
        self.grade = NO_GRADE  # of warning, the highest so far
        self.warned = False  # the public
        self.pending: list[tuple[float, int]] = []  # (minute in force, level)
        # by the minute when it is known; whether it is a cry for help; what is read
        self.being_read: list[tuple[float, str, bool, Incident[Crew]]] = []
        self.aid_asked: list[tuple[float, Crew | Store]] = []  # (minute when it is decided, whom)
        self.stood_down = False
        self.has_acted = False  # a level has been in force, or it has opened the shelters
        self._said = 0  # bulletins heard so far
        self._water_has_changed = False  # somewhere, as one was told in this tick
        self._review_ticks = max(1, means.clock.ticks_of(means.supply.rules.supply_review_min))

    def step_command(self, tick: int) -> None:
        """Hear, raise, order, supply and stand down for one tick; see `minutes.py` for the rest."""
        news = self._listen(tick)
        if news:
            self._raise(news, tick)
        if self.pending:
            self._enforce(tick)
        if self.means.timed.ahead:
            self._give_timed(tick)
        self._receive_aid(tick)
        self._hold_back_water(bool(news), tick)
        if any(threat.severity.get(HOMELESS, 0.0) > 0.0 for threat in news):
            self.means.shelters.open()  # for those who have lost their homes, whatever the level
            self.has_acted = True
        for order in self.seats.orders.on_threats(self.picture, tick):
            self.means.shelters.open()
            self._give(order, tick)
        self.means.calls.step(tick)
        if tick % self._review_ticks == 0:
            if self.has_acted:
                self.means.supply.review(tick)
            self._consider_stand_down(tick)
        elif news:
            self._consider_stand_down(tick)

    # -- what it is told ----------------------------------------------------------------------

    def _listen(self, tick: int) -> list[Threat]:
        """Bulletins and messages that have come; the threats that they speak of."""
        threats = self._hear_bulletins(tick)
        for message in self.means.messages.take():
            if isinstance(message.payload, RoadNews):
                self.picture.roads.hear(message.payload)
            elif isinstance(message.payload, WaterNews):
                self.picture.hear_of_water(message.payload)
                self._water_has_changed = True
            elif isinstance(message.payload, Threat):
                threats.append(message.payload)
        for threat in threats:
            self._hear_of(threat, tick)
        return threats

    def _hear_bulletins(self, tick: int) -> list[Threat]:
        """Offices have lines of their own: their bulletins are there when they are issued."""
        found: list[Threat] = []
        bulletins = self.means.bulletins
        while self._said < len(bulletins) and bulletins[self._said].tick <= tick:
            found += bulletins[self._said].threats
            self._said += 1
        return found

    def _hear_of(self, threat: Threat, tick: int) -> None:
        self.seats.picture.threat(self.picture, threat)
        places = threat.places if threat.places is not None else self.means.calls.place_ids
        for quantity, value in sorted(threat.severity.items()):
            self.means.ledger.add(
                facts.Threat(
                    tick=tick,
                    kind=threat.kind,
                    source=threat.source,
                    quantity=quantity,
                    value=value,
                    within_h=threat.within_h,
                    places=len(places),
                )
            )

    def report(
        self, incident: Incident[Crew], reported_min: float, read_min: float, cry: bool = False
    ) -> None:
        """A desk, command's own or 119, takes up a report; dispatch has it once it is read.

        `cry`: of people in mortal danger, which may come before the report of the incident.
        """
        if not read_min >= incident.read_min:  # true as well while nothing has been read of it
            incident.reported_min, incident.read_min = reported_min, read_min
        heapq.heappush(self.being_read, (read_min, incident.id, cry, incident))

    def take_reports(self, tick: int) -> None:
        """Reports of this tick: each takes the seat that is free first for its reading time.

        An incident that stands for several is as many reports, known at their mean time. But the
        water of a place reaches its homes one after another, and each of its reports says how it
        stands there by then: those that wait are read as one.
        """
        for message in self.means.messages.take(REPORTS):
            incident = message.payload
            incident.reported_min = message.received_min
            in_water = incident.kind == "flood"
            pieces, about = (1, incident.place) if in_water else (incident.cases, None)
            self.seats.desk.put(incident, message.received_min, pieces, about)
        if not len(self.seats.desk):
            return
        before_min = self.means.clock.minute_of(tick + 1)
        for incident, done_min in self.seats.desk.serve(before_min, self.means.rules.desk_min):
            self.report(incident, incident.reported_min, done_min)

    def next_read_min(self) -> float:
        """When the next report has been read."""
        return self.being_read[0][0] if self.being_read else inf

    def know(self, minute: float) -> None:
        """What has been read by a minute is in the picture."""
        while self.next_read_min() <= minute:
            known_min, _, cry, incident = heapq.heappop(self.being_read)
            if cry and isnan(incident.urgent_min):
                incident.urgent_min = known_min
                incident.look_anew()
            if not incident.known:
                incident.known = True
                self.seats.picture.incident(self.picture, incident)

    # -- grades, levels, orders -----------------------------------------------------------------

    def _raise(self, news: list[Threat], tick: int) -> None:
        """A higher grade than before is given out, and the level that goes with it prepared."""
        said_by = ", ".join(sorted({threat.source for threat in news}))
        grade = self.seats.levels.grade(self.picture, tick)
        name = SIGNALS[grade] if grade != NO_GRADE else "none"
        self._write("forecast", said_by, COMMAND, name, self.means.clock.minute_of(tick), "")
        if grade != NO_GRADE and not self.warned and self._is_public(tick):
            self.warned = True
            self._warn_everybody(tick)
        if grade <= self.grade:
            return
        self.grade, self.stood_down = grade, False
        self._write(
            "signal", said_by, "public", SIGNALS[grade], self.means.clock.minute_of(tick), ""
        )
        level = self.seats.levels.level(grade)
        if level > self.level:
            in_force_min = self.means.clock.minute_of(tick) + self.means.rules.activation_min
            self.pending.append((in_force_min, level))

    def _hold_back_water(self, news: bool, tick: int) -> None:
        """Where pumps and bags are wanted is looked at whenever anything new is heard, and now
        and then.
        """
        if self._water_has_changed or news or tick % self._review_ticks == 0:
            self._water_has_changed = False
            grade = self._storm_grade(tick) if self.level != NO_LEVEL else NO_GRADE
            for orders in self.means.water_orders:
                orders.review(grade >= orders.rules.ahead_grade, self.means.clock.minute_of(tick))

    def _storm_grade(self, tick: int) -> int:
        """The grade that wind and rain call for by themselves."""
        storm = {key: t for key, t in self.picture.threats.items() if t.kind in STORM}
        return self.seats.levels.grade(replace(self.picture, threats=storm), tick)

    def _is_public(self, tick: int) -> bool:
        """Whether what calls for a grade is not the matter of a few places alone."""
        threats = self.picture.threats
        public = {key: threat for key, threat in threats.items() if not threat.local}
        if len(public) == len(threats):
            return True
        return self.seats.levels.grade(replace(self.picture, threats=public), tick) != NO_GRADE

    def _warn_everybody(self, tick: int) -> None:
        spread = self.means.words.say(PUBLIC)
        spread.begin_everywhere()
        self.people.warn(spread)

    def _enforce(self, tick: int) -> None:
        for minute, level in [p for p in self.pending if self.means.clock.tick_at(p[0]) <= tick]:
            self.pending.remove((minute, level))
            if level > self.level and not self.stood_down:
                self.level = level
                self.has_acted = True
                self._set_going(self.means.responses[level], minute, tick)

    def _set_going(self, response: Response, minute: float, tick: int) -> None:
        """What a response level sets going."""
        timed = self.means.timed
        self._write("level", COMMAND, "all", response.level, minute, "desk")
        self._order(timed.left_to(response), STORES not in timed.held, minute, tick)
        self._ask_for_aid(response, minute)

    def _give_timed(self, tick: int) -> None:
        """Orders whose hour has come; none after the danger is over."""
        timed = self.means.timed
        due = timed.due(tick)
        if due and not self.stood_down:
            self.has_acted = True
            minute = self.means.clock.minute_of(tick)
            self._order(timed.only(due), STORES in due, minute, tick)

    def _order(self, response: Response, stores: bool, minute: float, tick: int) -> None:
        """Open shelters, call teams and stores in, and have people told to leave."""
        means = self.means
        if response.open_shelters:
            means.shelters.open()
        for crew in means.crews:
            if crew.from_here and crew.team.kind in response.muster:
                crew.called = True
                crew.call_in(minute)
        if stores:
            for store in means.stores:
                if store.row.asked_at is None:
                    store.call_in(tick)
        if response.contraflow:
            means.shelters.roads.traffic.begin_contraflow(minute)
            self._write("contraflow", COMMAND, "all", "", minute, "desk")
        order = self.seats.orders.on_level(response, len(means.words.phone.out))
        if order is not None:
            self._give(order, tick)

    def _give(self, order: MoveOrder, tick: int) -> None:
        """Have people told to leave."""
        self.has_acted = True
        self.means.calls.give(order, self.people, tick)

    def _ask_for_aid(self, response: Response, minute: float) -> None:
        """Those outside who are to be asked at this level begin to decide."""
        decided = minute + self.means.aid.aid_decision_min
        asked = {id(whom) for _, whom in self.aid_asked}
        outside: list[tuple[str | None, Crew | Store]] = [
            *((c.team.asked_at, c) for c in self.means.crews),
            *((s.row.asked_at, s) for s in self.means.stores),
        ]
        for asked_at, whom in outside:
            if asked_at is None or id(whom) in asked:
                continue
            if self.seats.aid.asks(asked_at, response.level):
                self.aid_asked.append((decided, whom))

    def _receive_aid(self, tick: int) -> None:
        """Those who have decided to help set out: crews muster, stock is made ready."""
        for decided, whom in self.aid_asked:
            if self.means.clock.tick_at(decided) != tick:
                continue
            if isinstance(whom, Crew):
                whom.called = whom.from_here = True
                whom.call_in(decided)
            else:
                whom.call_in(tick)

    def _consider_stand_down(self, tick: int) -> None:
        """Over when nothing that is said, of any hazard, calls for a grade any more, and nobody is
        left whom a report says to be trapped or hurt.
        """
        if self.level == NO_LEVEL or self.stood_down or self.pending:
            return
        if self.picture.people_wait():
            return
        if self.seats.levels.grade(self.picture, tick) != NO_GRADE:
            return
        self.stood_down = True
        self.level, self.grade = NO_LEVEL, NO_GRADE
        self.means.timed.stand_down()
        self.means.shelters.roads.traffic.end_contraflow(self.means.clock.minute_of(tick))
        for crew in self.means.crews:
            crew.called = False
        self._write("stand_down", COMMAND, "all", "", self.means.clock.minute_of(tick), "desk")
        self.people.stand_down(tick)

    def _write(
        self, kind: str, sender: str, receiver: str, content: str, minute: float, means: str
    ) -> None:
        tick = self.means.clock.tick_at(minute)
        self.means.ledger.add(
            facts.Message(
                message=f"{kind}/{content}/{tick}",
                kind=kind,
                sender=sender,
                receiver=receiver,
                about="",
                content=content,
                sent_tick=tick,
                received_tick=tick,
                sent_min=minute,
                received_min=minute,
                means=means,
            )
        )
