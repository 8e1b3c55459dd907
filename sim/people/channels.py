"""How fast a message spreads: the share reached in each community at each tick.

Each channel follows Rogers and Sorensen's broadcast-and-contagion form
n = (1 - e^-(A+B)t) / (1 + (B/A) e^-(A+B)t), capped; t is the time for which the channel
worked: it stands still while the network or the power is out, and runs slower at night.
Channels combine as 1 - prod(1 - n). Domain sheet section 5, case V43.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.base import Realisation
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]
PUBLIC = ("sms", "loudspeaker", "tv", "social")
ORDER = ("sms", "loudspeaker", "door")
NEEDS_PHONE = {"sms", "social"}
NEEDS_POWER = {"loudspeaker", "tv"}


def diffusion(minutes: F64, a_per_min: float, b_per_min: float) -> F64:
    """Share reached after `minutes`, before the cap. V43: A .02, B .05: 10 min .2246."""
    decay = np.exp(-(a_per_min + b_per_min) * minutes)
    return (1.0 - decay) / (1.0 + (b_per_min / a_per_min) * decay)


def night(scenario: Scenario, start_hour: float, ticks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) whether it is night in each tick."""
    hour = (start_hour + ticks / scenario.ticks_per_h) % 24.0
    since, until = scenario.p("warning.night_from_h"), scenario.p("warning.night_to_h")
    return np.asarray((hour >= since) | (hour < until))


def reached(
    scenario: Scenario,
    realisation: Realisation,
    channels: tuple[str, ...],
    start_hour: float,
    begins: NDArray[np.int64],
    places: NDArray[np.int64],
) -> F64:
    """(P, T) share reached by the end of each tick in each of `places`.

    `begins` (P,) is the tick in which the message starts there (T or more: never).
    """
    ticks = np.arange(realisation.power_out.shape[0])
    running = ticks[None, :] >= begins[:, None]
    slow = np.where(night(scenario, start_hour, ticks), scenario.p("warning.night_factor"), 1.0)
    missed = np.ones(running.shape)
    for channel in channels:
        works = running
        if channel in NEEDS_PHONE:
            works = works & ~realisation.phone_out[:, places].T
        if channel in NEEDS_POWER:
            works = works & ~realisation.power_out[:, places].T
        pace = 1.0 if channel == "door" else slow
        minutes = np.cumsum(works * pace, axis=1) * scenario.settings.tick_min
        share = diffusion(
            minutes,
            scenario.p(f"warning.{channel}_a_per_min"),
            scenario.p(f"warning.{channel}_b_per_min"),
        )
        missed *= 1.0 - scenario.p(f"warning.{channel}_cap") * share
    return 1.0 - missed
