"""Mains power at each community: poles that the wind breaks, and their repair.

A feeder goes down in the first tick whose gust its weakest pole does not stand. Repair crews of the
grid work while the wind lets them; when their hours are done the power is back, and the new
pole holds. A crew, a plan or a player may shorten the repair or cut the power.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Keys, Streams, stream
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.networks import fragility
from anlan.sim.scenario.rules import Rules

Bools = NDArray[np.bool_]
F32 = NDArray[np.float32]

POLE = stream("power.pole", "community")
REPAIR = stream("power.repair", "community")


@dataclass(frozen=True)
class PowerRules(Rules, prefix="power"):
    """When feeders fail, and how long their repair takes."""

    poles_per_feeder: float
    min_gust_ms: float
    crew_wind_ms: float
    restore_mean_h: float


class Outages:
    """What of a network is out where, and since when; writes each outage when it ends."""

    def __init__(self, network: str, place_ids: list[str], ledger: Ledger) -> None:
        self.network = network
        self.place_ids = place_ids
        self.ledger = ledger
        self.out: Bools = np.zeros(len(place_ids), dtype=bool)
        self.since = np.full(len(place_ids), NEVER, dtype=np.int64)
        self.cause = [""] * len(place_ids)

    def begin(self, places: NDArray[np.int64], tick: int, cause: str) -> None:
        """It fails at some places that had it."""
        self.out[places] = True
        self.since[places] = tick
        for place in places.tolist():
            self.cause[place] = cause

    def end(self, places: NDArray[np.int64], tick: int) -> None:
        """It is back at some places that lacked it; NEVER at the end of the run."""
        for place in places.tolist():
            self.ledger.add(
                facts.Outage(
                    network=self.network,
                    community=self.place_ids[place],
                    from_tick=int(self.since[place]),
                    to_tick=tick,
                    cause=self.cause[place],
                )
            )
        self.out[places] = False

    def finish(self) -> None:
        """Write down what is still out at the end."""
        for place in np.flatnonzero(self.out).tolist():
            self.end(np.array([place]), NEVER)


class Power:
    """Mains power of C communities in one run."""

    def __init__(
        self, rules: PowerRules, keys: Keys, place_ids: list[str], tick_h: float,
        streams: Streams, ledger: Ledger,
    ) -> None:  # fmt: skip
        self.rules = rules
        self.tick_h = tick_h
        u = streams.uniform64(POLE, keys)
        stands = fragility.feeder_strength_ms(u, rules.poles_per_feeder)
        # What is left of this gust, the feeder stands no more; infinite once it has failed.
        self.stands_ms = np.maximum(stands, rules.min_gust_ms).astype(np.float32)
        self.repair_h = fragility.exponential(streams.uniform64(REPAIR, keys), rules.restore_mean_h)
        self.outages = Outages("power", place_ids, ledger)

    @property
    def out(self) -> Bools:
        """(C,) where there is no mains power now."""
        return self.outages.out

    def step(self, tick: int, gust_ms: F32, wind_ms: F32) -> NDArray[np.int64]:
        """One tick of wind, (C,) each; the places where the power went or came back."""
        fails = np.flatnonzero((gust_ms >= self.stands_ms) & ~self.out)
        self.stands_ms[fails] = np.inf
        back = fails[:0]
        if self.out.any():
            working = self.out & (wind_ms < self.rules.crew_wind_ms)
            self.repair_h[working] -= self.tick_h
            back = np.flatnonzero(self.out & (self.repair_h <= 0.0))
            self.outages.end(back, tick)
        self.outages.begin(fails, tick, "wind")
        return np.concatenate([fails, back])

    def work(self, place: int, hours: float) -> None:
        """Crews have done some of the repair at a place; it ends in the next step."""
        self.repair_h[place] -= hours

    def cut(self, place: int, tick: int, repair_h: float, cause: str = "cut") -> None:
        """The power at a place is cut, for so many hours of repair."""
        self.repair_h[place] = repair_h
        if not self.out[place]:
            self.outages.begin(np.array([place]), tick, cause)
