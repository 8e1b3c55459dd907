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
from anlan.sim.forcing.base import Now
from anlan.sim.ledger import Ledger
from anlan.sim.networks import fragility
from anlan.sim.networks.outages import Outages
from anlan.sim.scenario.rules import Rules

Bools = NDArray[np.bool_]
NONE = np.empty(0, dtype=np.int64)

POLE = stream("power.pole", "community")
REPAIR = stream("power.repair", "community")
ROUNDING_H = 1e-9  # what many small steps may leave of a repair that is done


@dataclass(frozen=True)
class PowerRules(Rules, prefix="power"):
    """When feeders fail, and how long their repair takes."""

    poles_per_feeder: float
    min_gust_ms: float
    crew_wind_ms: float
    restore_mean_h: float


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
        self._least_ms = float(self.stands_ms.min(initial=np.inf))
        self.repair_h = fragility.exponential(streams.uniform64(REPAIR, keys), rules.restore_mean_h)
        self.outages = Outages("power", place_ids, ledger)
        # place -> hours that its repair would still take if nobody had helped; the same where a
        # place is not in here
        self.unaided_h: dict[int, float] = {}

    @property
    def out(self) -> Bools:
        """(C,) where there is no mains power now."""
        return self.outages.out

    @property
    def out_unaided(self) -> Bools:
        """(C,) where there would be no mains power now if nobody had helped to mend it."""
        if not self.unaided_h:
            return self.out
        out = self.out.copy()
        out[list(self.unaided_h)] = True
        return out

    def step(self, tick: int, sky: Now) -> None:
        """One tick: what is mended comes back, what the gust breaks fails."""
        fails = self._fails(sky)
        if self.outages.number:
            working = self.out & (sky.wind_ms < self.rules.crew_wind_ms)
            self.repair_h[working] -= self.tick_h
            self.outages.end(np.flatnonzero(self.out & (self.repair_h <= ROUNDING_H)), tick)
        self._go_on_unaided(sky)
        self.outages.begin(fails, tick, "wind")

    def _go_on_unaided(self, sky: Now) -> None:
        """Repairs as they would go on without the help that they have had."""
        for place, hours in list(self.unaided_h.items()):
            if sky.wind_ms[place] < self.rules.crew_wind_ms:
                self.unaided_h[place] = hours - self.tick_h
            if self.unaided_h[place] <= ROUNDING_H:
                del self.unaided_h[place]

    def _fails(self, sky: Now) -> NDArray[np.int64]:
        """Where the weakest pole breaks in this tick."""
        if sky.peak_gust_ms < self._least_ms:
            return NONE
        fails = np.flatnonzero((sky.gust_ms >= self.stands_ms) & ~self.out)
        self.stands_ms[fails] = np.inf
        self._least_ms = float(self.stands_ms.min())
        return fails

    def work(self, place: int, hours: float) -> None:
        """Crews have done some of the repair at a place; it ends in the next step.

        Where nothing is broken there is nothing to do.
        """
        if self.out[place]:
            self.unaided_h.setdefault(place, float(self.repair_h[place]))
            self.repair_h[place] -= hours

    def cut(self, place: int, tick: int, repair_h: float, cause: str = "cut") -> None:
        """The power at a place is cut, for so many hours of repair."""
        self.unaided_h.pop(place, None)
        self.repair_h[place] = repair_h
        if not self.out[place]:
            self.outages.begin(np.array([place]), tick, cause)
