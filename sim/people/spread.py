"""How a message spreads among the people of a place, tick by tick.

Each channel follows Rogers and Sorensen's broadcast-and-contagion form
n = (1 - e^-(A+B)t) / (1 + (B/A) e^-(A+B)t), capped; t is the time for which the channel
worked: it stands still while the network or the power is out, and runs slower at night.
Channels combine as 1 - prod(1 - n). Domain sheet section 5, case V43.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.networks.phone import Phone
from anlan.sim.networks.power import Power
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
PUBLIC = ("sms", "loudspeaker", "tv", "social")
ORDER = ("sms", "loudspeaker", "door")
NEEDS_PHONE = {"sms", "social"}
NEEDS_POWER = {"loudspeaker", "tv"}
AT_ANY_HOUR = {"door"}


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


class Spread:
    """One message on its way through C communities; in each it begins at a tick of its own."""

    def __init__(self, rules: SpreadRules, channels: tuple[str, ...], places: int) -> None:
        self.minutes = np.zeros((len(channels), places))  # for which each channel worked
        self.share: F64 = np.zeros(places)  # reached by the end of the latest tick
        self.grew = False  # in the latest tick, anywhere
        self._running = np.zeros(places, dtype=bool)
        self._has_begun = False  # somewhere, since the latest tick
        self._set_channels(rules, [rules.channel(name) for name in channels])

    def _set_channels(self, rules: SpreadRules, channels: list[Channel]) -> None:
        """(K, 1) numbers of K channels, so that one step is one sum over all of them."""

        def column(values: list[float]) -> F64:
            return np.array(values, dtype=np.float64)[:, None]

        self._a = column([c.a_per_min for c in channels])
        self._b = column([c.b_per_min for c in channels])
        self._cap = column([c.cap for c in channels])
        self._night_pace = column(
            [1.0 if c.name in AT_ANY_HOUR else rules.night_factor for c in channels]
        )
        self._by_phone = np.array([[c.name in NEEDS_PHONE] for c in channels])
        self._by_power = np.array([[c.name in NEEDS_POWER] for c in channels])

    def begin(self, places: int | slice) -> None:
        """It begins to spread at a place, or at several that have not yet heard of it."""
        self._running[places] = True
        self._has_begun = True

    def step(self, tick_min: int, night: bool, phone_out: Bools, power_out: Bools) -> None:
        """One tick, outages (C,)."""
        if not (self.grew or self._has_begun):
            return
        self._has_begun = False
        places = np.flatnonzero(self._running)
        self.grew = bool(len(places))
        if not self.grew:
            return
        works = ~(self._by_phone & phone_out[places] | self._by_power & power_out[places])
        pace = self._night_pace * float(tick_min) if night else float(tick_min)
        minutes = self.minutes[:, places] + works * pace
        self.minutes[:, places] = minutes
        share = diffusion(minutes, self._a, self._b)
        self.share[places] = 1.0 - (1.0 - self._cap * share).prod(axis=0)
        # It has spread there as far as it will.
        done = (minutes * (self._a + self._b) > ENOUGH).all(axis=0)
        self._running[places[done]] = False


class Words:
    """All messages that spread in a run, through the networks that there are."""

    def __init__(self, rules: SpreadRules, clock: Clock, phone: Phone, power: Power) -> None:
        self.rules = rules
        self.clock = clock
        self.phone = phone
        self.power = power
        self.spreads: list[Spread] = []

    def say(self, channels: tuple[str, ...]) -> Spread:
        """A new message, which has not begun anywhere yet."""
        spread = Spread(self.rules, channels, len(self.phone.out))
        self.spreads.append(spread)
        return spread

    def step(self, tick: int) -> None:
        """One tick of each."""
        night = self.clock.is_night(tick)
        for spread in self.spreads:
            spread.step(self.clock.tick_min, night, self.phone.out, self.power.out)


ENOUGH = 40.0  # e^-40 is lost in the rounding of 1 - e^-40: the share grows no more
