"""Engines at stations and calls that come in, from event to event: who goes, who waits.

The one queue behind a year of calls; its theory (Erlang, the hypercube, the square-root law) is
in the tests.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Sent = Callable[[int, list[int], float], None]


@dataclass
class Ask:
    """A call that wants engines: so many more, from the order of its place."""

    call: int
    order: Sequence[int]  # engines by preference
    wanted: int


@dataclass
class Fleet:
    """Engines, each idle or out. Asks that cannot be met wait in order of arrival.

    `sent(call, engines, minute)` is told of engines as they set out.
    """

    engines: int
    sent: Sent
    idle: list[bool] = field(init=False)
    waiting: deque[Ask] = field(default_factory=deque)
    _events: list[tuple[float, int, Callable[[float], None]]] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self.idle = [True] * self.engines

    def at(self, minute: float, do: Callable[[float], None]) -> None:
        """Have something done at a minute; what falls together is done in the order given."""
        heapq.heappush(self._events, (minute, self._count, do))
        self._count += 1

    def run(self) -> None:
        """Do everything that falls due, until nothing is left."""
        while self._events:
            minute, _, do = heapq.heappop(self._events)
            do(minute)

    def ask(self, ask: Ask, minute: float) -> None:
        """A call wants engines: idle ones go now, the rest is waited for."""
        self.waiting.append(ask)
        self._serve(minute)

    def free(self, engine: int, minute: float) -> None:
        """An engine is ready again at its station."""
        self.idle[engine] = True
        self._serve(minute)

    def withdraw(self, call: int) -> None:
        """A call wants no more."""
        self.waiting = deque(a for a in self.waiting if a.call != call)

    def still_wanted(self, call: int) -> int:
        """Engines that a call waits for."""
        return sum(a.wanted for a in self.waiting if a.call == call)

    def _serve(self, minute: float) -> None:
        while self.waiting:
            ask = self.waiting[0]
            going = [e for e in ask.order if self.idle[e]][: ask.wanted]
            for engine in going:
                self.idle[engine] = False
            ask.wanted -= len(going)
            if ask.wanted == 0:
                self.waiting.popleft()
            if going:
                self.sent(ask.call, going, minute)
            if ask.wanted > 0 or not going:
                return
