"""Orders to leave, and the calls by which each place acknowledges one (叫应)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.command.picture import Picture
from anlan.sim.command.seats import MoveOrder
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.networks.messages import COMMAND
from anlan.sim.networks.phone import Phone
from anlan.sim.people.protocol import People
from anlan.sim.people.spread import ORDER, Spread, Spreads
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import DWELLINGS, Response
from anlan.sim.threats import Threat

ANSWER = stream("order.answer", "community and order, for each try")


@dataclass(frozen=True)
class CallRules(Rules, prefix="warning"):
    """How a place is called, and how often."""

    answer_share: float
    retry_min: float
    call_tries: int


class ByLevelAndThreat:
    """The built-in seat: whom a response names, everywhere; and whoever lives where danger comes
    near.
    """

    def on_level(self, response: Response, places: int) -> MoveOrder | None:
        """The dwelling groups of the response, in all places."""
        if not response.move:
            return None
        return MoveOrder(response.level, response.move, tuple(range(places)))

    def on_threats(self, picture: Picture, tick: int) -> list[MoveOrder]:
        """Everybody in places of which a source says that people should leave, each place once;
        where it names homes, those alone.
        """
        found: list[MoveOrder] = []
        for threat in picture.leaving(tick):
            if threat.places is None:
                continue
            if threat.homes is not None:
                homes = sorted(set(threat.homes.tolist()) - picture.told_homes)
                picture.told_homes.update(homes)
                if homes:
                    found.append(_clear(threat, threat.places.tolist(), homes))
                continue
            fresh = set(threat.places.tolist()) - picture.told_to_leave
            picture.told_to_leave |= fresh
            if fresh:
                found.append(_clear(threat, sorted(fresh)))
        return found


def _clear(threat: Threat, places: list[int], homes: list[int] | None = None) -> MoveOrder:
    named = None if homes is None else np.array(homes, dtype=np.int64)
    return MoveOrder(threat.kind, DWELLINGS, tuple(places), named)


@dataclass(eq=False)
class PlaceCall:
    """One order that a place has not acknowledged yet."""

    order: str
    place: int
    spread: Spread
    sent_tick: int
    next_tick: int
    tries: int = 0
    runner_tick: int = NEVER


@dataclass
class Calls:
    """Calls the responsible persons until they answer; when the tries are used up a runner goes."""

    rules: CallRules
    clock: Clock
    phone: Phone
    runner_ticks: NDArray[np.int64]
    place_ids: list[str]
    streams: Streams
    ledger: Ledger
    words: Spreads
    open: list[PlaceCall] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)

    def give(self, order: MoveOrder, people: People, tick: int) -> None:
        """Call each place; what it is told spreads there once it has answered."""
        number = self._names[order.name] = self._names.get(order.name, 0) + 1
        name = order.name if number == 1 else f"{order.name}-{number}"
        spread = self.words.say(ORDER)
        places = np.zeros(len(self.place_ids), dtype=bool)
        places[list(order.places)] = True
        people.order(order.dwellings, tick, spread, places, name, order.homes)
        self.open += [PlaceCall(name, place, spread, tick, tick) for place in order.places]
        self.step(tick)

    def step(self, tick: int) -> None:
        """One tick: those whose next try, or whose runner, falls due."""
        if self.open:
            self.open = [call for call in self.open if not self._try(call, tick)]

    def _try(self, call: PlaceCall, tick: int) -> bool:
        """Whether a call is acknowledged in this tick."""
        if call.runner_tick != NEVER:
            if tick < call.runner_tick:
                return False
            return self._acknowledged(call, tick, "runner")
        if tick < call.next_tick:
            return False
        step = max(1, self.clock.ticks_of(self.rules.retry_min))
        if call.tries == self.rules.call_tries:
            call.runner_tick = tick + int(self.runner_ticks[call.place])
            return False
        u = self.streams.one(ANSWER, f"{self.place_ids[call.place]}/{call.order}", call.tries)
        call.tries += 1
        call.next_tick = tick + step
        answered = self.phone.works(call.place) and u < self.rules.answer_share
        return answered and self._acknowledged(call, tick, "phone")

    def _acknowledged(self, call: PlaceCall, tick: int, means: str) -> bool:
        call.spread.begin(call.place)
        self._write(call, tick, means)
        return True

    def _write(self, call: PlaceCall, tick: int, means: str) -> None:
        place = self.place_ids[call.place]
        self.ledger.add(
            facts.Message(
                message=f"order/{call.order}/{place}",
                kind="order",
                sender=COMMAND,
                receiver=place,
                about="",
                content=call.order,
                sent_tick=call.sent_tick,
                received_tick=tick,
                sent_min=self.clock.minute_of(call.sent_tick),
                received_min=self.clock.minute_of(tick) if tick != NEVER else nan,
                means=means,
            )
        )

    def finish(self) -> None:
        """Write down the calls that nobody has acknowledged by the end."""
        for call in self.open:
            self._write(call, NEVER, "runner" if call.runner_tick != NEVER else "phone")
