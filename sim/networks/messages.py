"""Messages put into the network that there is: they wait, go another way, arrive late or never.

A message leaves a place by phone while the place's network works. Else somebody sets out with it
for the town seat at once, and it arrives with the runner, or by phone if the network comes back
sooner. Offices have lines of their own and are never silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import Ledger, facts
from anlan.sim.networks.phone import Phone
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules

COMMAND, FIRE_DESK = "command", "119"
REPORTS = "command's desk"  # reports of incidents, which command has to read one by one
RECEIVER = {REPORTS: COMMAND}


@dataclass(frozen=True)
class RunnerRules(Rules, prefix="warning"):
    """How fast a runner is."""

    runner_kmh: float
    runner_start_min: float


def runner_min(rules: RunnerRules, seat_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """(C,) minutes that a runner takes between each place and the seat of its town."""
    return np.asarray(rules.runner_start_min + seat_km / rules.runner_kmh * 60.0)


def runner_ticks(minutes: NDArray[np.float64], tick_min: int) -> NDArray[np.int64]:
    """The same in whole ticks, at least one, for what command does by the tick."""
    return np.maximum(1, np.ceil(minutes / tick_min - 1e-9)).astype(np.int64)


@dataclass(eq=False)
class Message:
    """Something that somebody says to an office. `payload` is what the office will know of it."""

    id: str
    kind: str
    place: int  # the community that it leaves
    about: str
    content: str
    payload: Any
    sent_min: float
    to: str = COMMAND
    runner_min: float = nan  # when the runner who has set out with it arrives
    received_min: float = nan
    means: str = ""


@dataclass
class Messages:
    """What is under way to offices in one run, and what has arrived and is not yet taken up."""

    phone: Phone
    place_ids: list[str]
    runner_min: NDArray[np.float64]  # (C,)
    clock: Clock
    ledger: Ledger
    waiting: list[Message] = field(default_factory=list)
    arrived: list[Message] = field(default_factory=list)

    def send(
        self, id: str, kind: str, place: int, about: str, content: str, payload: Any,
        minute: float, to: str = COMMAND,
    ) -> Message:  # fmt: skip
        """Put a message from a place into the network at a minute of this tick.

        It is there at once where the phone works.
        """
        message = Message(id, kind, place, about, content, payload, minute, to)
        if self.phone.works(place):
            self._arrive(message, minute, "phone")
        else:
            message.runner_min = minute + float(self.runner_min[place])
            self.waiting.append(message)
        return message

    def step(self, tick: int) -> None:
        """One tick: what waited goes by phone where that is back, or arrives with its runner."""
        if not self.waiting:
            return
        begins, ends = self.clock.minute_of(tick), self.clock.minute_of(tick + 1)
        still = []
        for message in self.waiting:
            if self.phone.works(message.place):
                self._arrive(message, max(begins, message.sent_min), "phone")
            elif message.runner_min < ends:
                self._arrive(message, message.runner_min, "runner")
            else:
                still.append(message)
        self.waiting = still

    def take(self, to: str = COMMAND) -> list[Message]:
        """What has arrived at an office since the last time, in order of arrival, then of id."""
        if not self.arrived:
            return []
        mine = [m for m in self.arrived if m.to == to]
        self.arrived = [m for m in self.arrived if m.to != to]
        return sorted(mine, key=lambda m: (m.received_min, m.id))

    def _arrive(self, message: Message, minute: float, means: str) -> None:
        message.received_min, message.means = minute, means
        self.arrived.append(message)
        self._write(message)

    def _write(self, message: Message) -> None:
        self.ledger.add(
            facts.Message(
                message=message.id,
                kind=message.kind,
                sender=self.place_ids[message.place],
                receiver=RECEIVER.get(message.to, message.to),
                about=message.about,
                content=message.content,
                sent_tick=self.clock.tick_at(message.sent_min),
                received_tick=self.clock.tick_at(message.received_min),
                sent_min=message.sent_min,
                received_min=message.received_min,
                means=message.means,
            )
        )

    def finish(self) -> None:
        """Write down what never arrived."""
        for message in self.waiting:
            message.means = "runner"
            self._write(message)
