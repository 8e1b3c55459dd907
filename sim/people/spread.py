"""How a message spreads among the people of a place.

Each channel follows Rogers and Sorensen's broadcast-and-contagion form
n = (1 - e^-(A+B)t) / (1 + (B/A) e^-(A+B)t), capped; t is the time for which the channel
worked: it stands still while the network or the power is out, and runs slower at night.
Channels combine as 1 - prod(1 - n). Domain sheet section 5, case V43.

While the networks of a place stay as they are the rest of a message's course there is known, so it
is worked out once, and again from the tick in which power or phone goes or comes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim.networks.outages import Outages
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
PUBLIC = ("sms", "loudspeaker", "tv", "social")
ORDER = ("sms", "loudspeaker", "door")
NEEDS_PHONE = {"sms", "social"}
NEEDS_POWER = {"loudspeaker", "tv"}
AT_ANY_HOUR = {"door"}
ENOUGH = 40.0  # e^-40 is lost in the rounding of 1 - e^-40: the share grows no more


@dataclass(frozen=True)
class Channel:
    """One channel: its pace, and the share that it reaches in the end."""

    name: str
    a_per_min: float
    b_per_min: float
    cap: float


@dataclass(frozen=True)
class SpreadRules(Rules, prefix="warning"):
    """The channels of a scenario, and their pace at night."""

    sms_a_per_min: float
    sms_b_per_min: float
    sms_cap: float
    loudspeaker_a_per_min: float
    loudspeaker_b_per_min: float
    loudspeaker_cap: float
    tv_a_per_min: float
    tv_b_per_min: float
    tv_cap: float
    social_a_per_min: float
    social_b_per_min: float
    social_cap: float
    door_a_per_min: float
    door_b_per_min: float
    door_cap: float
    night_factor: float

    def channel(self, name: str) -> Channel:
        """One channel by its name."""
        pace_a, pace_b, cap = (
            getattr(self, f"{name}_{k}") for k in ("a_per_min", "b_per_min", "cap")
        )
        return Channel(name, pace_a, pace_b, cap)


def diffusion(minutes: F64, a_per_min: F64 | float, b_per_min: F64 | float) -> F64:
    """Share reached after `minutes`, before the cap. V43: A .02, B .05: 10 min .2246."""
    decay = np.exp(-(a_per_min + b_per_min) * minutes)
    return (1.0 - decay) / (1.0 + (b_per_min / a_per_min) * decay)


@dataclass(frozen=True, eq=False)
class Channels:
    """The numbers of K channels, (K, 1) each, so that one sum does for all of them."""

    a_per_min: F64
    b_per_min: F64
    cap: F64
    by_phone: Bools
    by_power: Bools
    paced_min: F64  # (K, T + 1) minutes for which each works from the start of the run to a tick

    @classmethod
    def of(cls, rules: SpreadRules, names: tuple[str, ...], clock: Clock) -> Channels:
        """The channels of these names."""
        channels = [rules.channel(name) for name in names]
        night = np.array([clock.is_night(tick) for tick in range(clock.ticks)])
        paces = [
            np.where(night, 1.0 if c.name in AT_ANY_HOUR else rules.night_factor, 1.0)
            for c in channels
        ]
        paced_min = np.cumsum(np.array(paces) * clock.tick_min, axis=1)
        return cls(
            np.array([[c.a_per_min] for c in channels]),
            np.array([[c.b_per_min] for c in channels]),
            np.array([[c.cap] for c in channels]),
            np.array([[c.name in NEEDS_PHONE] for c in channels]),
            np.array([[c.name in NEEDS_POWER] for c in channels]),
            np.concatenate([np.zeros((len(names), 1)), paced_min], axis=1),
        )

    def works(self, phone_out: Bools, power_out: Bools) -> Bools:
        """(K, n) which channels work at n places."""
        return np.asarray(~(self.by_phone & phone_out | self.by_power & power_out))

    def share(self, minutes: F64) -> F64:
        """(n,) reached after minutes of each channel, (K, n)."""
        reached = self.cap * diffusion(minutes, self.a_per_min, self.b_per_min)
        return np.asarray(1.0 - (1.0 - reached).prod(axis=0))

    def exhausted(self, minutes: F64) -> Bools:
        """(n,) whether it has spread as far as it will."""
        return np.asarray((minutes * (self.a_per_min + self.b_per_min) > ENOUGH).all(axis=0))


@dataclass(frozen=True, eq=False)
class Course:
    """How far a message will have spread by the end of each tick from `start`, as things stand."""

    start: int
    share: F64  # (T - start,)


class Spread:
    """One message on its way through C communities; in each it begins at a tick of its own."""

    def __init__(self, channels: Channels, places: int) -> None:
        self.channels = channels
        self.fresh: list[tuple[Course, list[int]]] = []  # courses that are new in this tick, where
        self._course: dict[int, Course] = {}  # of each place where it has begun
        self._begun: list[int] = []  # where it begins in this tick
        self._tick = -1
        count = len(channels.cap)
        self._minutes = np.zeros((count, places))  # of each channel, at the start of its course
        self._works = np.zeros((count, places), dtype=bool)
        self._running = np.zeros(places, dtype=bool)

    @property
    def places(self) -> int:
        """C."""
        return len(self._running)

    def share_at(self, place: int) -> float:
        """Reached in a place by the end of the latest tick."""
        course = self._course.get(place)
        return float(course.share[self._tick - course.start]) if course is not None else 0.0

    def begin(self, place: int) -> None:
        """It begins to spread at a place."""
        self._begun.append(place)

    def begin_everywhere(self) -> None:
        """It begins to spread at all places."""
        self._begun += range(len(self._running))

    def step(self, tick: int, changed: bool, phone_out: Bools, power_out: Bools) -> None:
        """One tick. `changed`: whether an outage, (C,) each, has begun or ended since the last."""
        self._tick = tick
        if self.fresh:
            self.fresh = []
        if changed:
            self._go_on(tick, phone_out, power_out)
        if self._begun:
            places = np.array(sorted(set(self._begun) - self._course.keys()), dtype=np.int64)
            self._begun.clear()
            self._set_out(places, tick, self.channels.works(phone_out[places], power_out[places]))

    def _go_on(self, tick: int, phone_out: Bools, power_out: Bools) -> None:
        """Where other channels work than until now, the course is another from now on."""
        running = np.flatnonzero(self._running)
        works = self.channels.works(phone_out[running], power_out[running])
        other = (works != self._works[:, running]).any(axis=0)
        places, works = running[other], works[:, other]
        since = np.array([self._course[p].start for p in places.tolist()], dtype=np.int64)
        paced = self.channels.paced_min
        self._minutes[:, places] += self._works[:, places] * (paced[:, [tick]] - paced[:, since])
        done = self.channels.exhausted(self._minutes[:, places])
        self._running[places[done]] = False
        self._set_out(places[~done], tick, works[:, ~done])

    def _set_out(self, places: NDArray[np.int64], tick: int, works: Bools) -> None:
        """New courses from a tick, one for all places that are alike."""
        self._works[:, places] = works
        self._running[places] = True
        alike: dict[bytes, list[int]] = {}
        for n, place in enumerate(places.tolist()):
            same = self._minutes[:, place].tobytes() + works[:, n].tobytes()
            alike.setdefault(same, []).append(place)
        paced = self.channels.paced_min
        for group in alike.values():
            minutes, on = self._minutes[:, [group[0]]], self._works[:, [group[0]]]
            ahead = minutes + on * (paced[:, tick + 1 :] - paced[:, [tick]])
            course = Course(tick, self.channels.share(ahead))
            self._course.update(dict.fromkeys(group, course))
            self.fresh.append((course, group))


@dataclass
class Spreads:
    """All messages that spread in a run, through the networks that there are."""

    rules: SpreadRules
    clock: Clock
    phone: Outages
    power: Outages
    spreads: list[Spread] = field(default_factory=list)
    _as_of: tuple[int, int] = (0, 0)

    def say(self, channels: tuple[str, ...]) -> Spread:
        """A new message, which has not begun anywhere yet."""
        spread = Spread(Channels.of(self.rules, channels, self.clock), len(self.phone.out))
        self.spreads.append(spread)
        return spread

    def step(self, tick: int) -> None:
        """One tick of each."""
        as_of = self.phone.version, self.power.version
        changed, self._as_of = as_of != self._as_of, as_of
        for spread in self.spreads:
            spread.step(tick, changed, self.phone.out, self.power.out)
