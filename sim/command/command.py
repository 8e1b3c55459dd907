"""Command (指挥部): takes up what it is told, and has carried out what its seats decide.

It knows its picture and nothing else. The seats (`seats.py`) decide: the grade and the level, who
is to leave, which crew goes where, which site is served first, whether aid is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mesa import Agent, Model

from anlan.sim.command.aid import AidRules
from anlan.sim.command.desk import Desk
from anlan.sim.command.dispatch import Dispatch
from anlan.sim.command.orders import Calls
from anlan.sim.command.picture import Picture, RoadNews
from anlan.sim.command.seats import MoveOrder, Seats
from anlan.sim.command.supply import Supply
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import Ledger, facts
from anlan.sim.networks.messages import COMMAND, Messages
from anlan.sim.people.protocol import People
from anlan.sim.people.shelter import Shelters
from anlan.sim.people.spread import PUBLIC, Spreads
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import SIGNALS, Response
from anlan.sim.stores.store import Store
from anlan.sim.threats import NO_GRADE, Bulletin, Threat

NO_LEVEL = -1


@dataclass(frozen=True)
class CommandRules(Rules, prefix="response"):
    """How long command takes to act, and how fast its desk reads."""

    activation_min: float
    desk_min: float
    desks: int


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
        self.pending: list[tuple[int, int]] = []  # (tick in force, level)
        self.desk: Desk[Incident[Crew]] = Desk(means.rules.desks)
        self.being_read: list[tuple[int, Incident[Crew]]] = []  # by the tick when it is known
        self.aid_asked: list[tuple[int, Crew | Store]] = []  # (tick when it is decided, whom)
        self.stood_down = False
        self.has_acted = False  # a level has been in force, or somebody was told to leave
        self._said = 0  # bulletins heard so far
        self._review_ticks = max(1, means.clock.ticks_of(means.supply.rules.supply_review_min))

    def step_command(self, tick: int) -> None:
        """Hear, raise, order, read, send, supply and stand down for one tick."""
        news = self._listen(tick)
        if news:
            self._raise(news, tick)
        if self.pending:
            self._enforce(tick)
        self._receive_aid(tick)
        for order in self.seats.orders.on_threats(self.picture, tick):
            self.means.shelters.open()
            self._give(order, tick)
        self.means.calls.step(tick)
        self._read(tick)
        if self.picture.open:
            self.means.dispatch.step(tick)
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
            if isinstance(message.payload, Incident):
                message.payload.reported_tick = message.received_tick
                came_min = float(tick * self.means.clock.tick_min)
                self.desk.put(message.payload, came_min, message.payload.cases)
            elif isinstance(message.payload, RoadNews):
                self.picture.roads.hear(message.payload)
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
        self.picture.hear_of(threat)
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

    def report(self, incident: Incident[Crew], reported_tick: int, known_tick: int) -> None:
        """Another desk (119) has taken the report; it goes straight to dispatch."""
        incident.reported_tick, incident.known_tick = reported_tick, known_tick
        self.being_read.append((known_tick, incident))

    def _read(self, tick: int) -> None:
        """Each report takes the seat that is free first for its reading time, in order.

        An incident that stands for several is as many reports, known at their mean time.
        """
        if not (len(self.desk) or self.being_read):
            return
        clock, rules = self.means.clock, self.means.rules
        before_min = float((tick + 1) * clock.tick_min)
        for incident, done_min in self.desk.serve(before_min, rules.desk_min):
            incident.known_tick = clock.ticks_of(done_min)
            self.being_read.append((incident.known_tick, incident))
        known = [i for when, i in self.being_read if when <= tick]
        if known:
            self.being_read = [(w, i) for w, i in self.being_read if w > tick]
            for incident in known:
                self.picture.know(incident)

    # -- grades, levels, orders -----------------------------------------------------------------

    def _raise(self, news: list[Threat], tick: int) -> None:
        """A higher grade than before is given out, and the level that goes with it prepared."""
        said_by = ", ".join(sorted({threat.source for threat in news}))
        grade = self.seats.levels.grade(self.picture, tick)
        name = SIGNALS[grade] if grade != NO_GRADE else "none"
        self._write("forecast", said_by, COMMAND, name, tick, "")
        if grade != NO_GRADE and not self.warned and self._is_public(tick):
            self.warned = True
            self._warn_everybody(tick)
        if grade <= self.grade:
            return
        self.grade, self.stood_down = grade, False
        self._write("signal", said_by, "public", SIGNALS[grade], tick, "")
        level = self.seats.levels.level(grade)
        if level > self.level:
            delay = self.means.clock.ticks_of(self.means.rules.activation_min)
            self.pending.append((tick + delay, level))

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
        for when, level in [p for p in self.pending if p[0] <= tick]:
            self.pending.remove((when, level))
            if level > self.level and not self.stood_down:
                self.level = level
                self.has_acted = True
                self._set_going(self.means.responses[level], tick)

    def _set_going(self, response: Response, tick: int) -> None:
        """What a response level sets going."""
        means = self.means
        self._write("level", COMMAND, "all", response.level, tick, "desk")
        if response.open_shelters:
            means.shelters.open()
        for crew in means.crews:
            if crew.from_here and crew.team.kind in response.muster:
                crew.called = True
                crew.call_in(tick)
        for store in means.stores:
            if store.row.asked_at is None:
                store.call_in(tick)
        self._ask_for_aid(response, tick)
        order = self.seats.orders.on_level(response, len(means.words.phone.out))
        if order is not None:
            self._give(order, tick)

    def _give(self, order: MoveOrder, tick: int) -> None:
        """Have people told to leave."""
        self.has_acted = True
        self.means.calls.give(order, self.people, tick)

    def _ask_for_aid(self, response: Response, tick: int) -> None:
        """Those outside who are to be asked at this level begin to decide."""
        decided = tick + self.means.clock.ticks_of(self.means.aid.aid_decision_min)
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
            if decided == tick:
                if isinstance(whom, Crew):
                    whom.called = whom.from_here = True
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
        for crew in self.means.crews:
            crew.called = False
        self._write("stand_down", COMMAND, "all", "", tick, "desk")
        self.people.stand_down(tick)

    def _write(
        self, kind: str, sender: str, receiver: str, content: str, tick: int, means: str
    ) -> None:
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
                means=means,
            )
        )
