"""The mobile network at each community: base stations on the mains, else on their battery.

A station falls silent when its battery is empty and comes back with the mains; it charges more
slowly than it empties. A crew with a generator, or an emergency vehicle, makes up for the mains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import Ledger
from anlan.sim.networks.outages import Outages
from anlan.sim.scenario.rules import Rules

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class PhoneRules(Rules, prefix="phone"):
    """How long base stations live without mains."""

    battery_city_h: float
    battery_rural_h: float
    charge_ratio: float


class Phone:
    """The mobile network of C communities in one run."""

    def __init__(
        self,
        rules: PhoneRules,
        built_up: Bools,
        place_ids: list[str],
        tick_min: int,
        ledger: Ledger,
    ) -> None:
        self.rules = rules
        self.tick_min = tick_min
        hours = np.where(built_up, rules.battery_city_h, rules.battery_rural_h)
        self.holds_min = 60.0 * hours
        self.left_min = self.holds_min.copy()
        self.bridged: Bools = np.zeros(len(place_ids), dtype=bool)  # fed by a crew
        self.outages = Outages("phone", place_ids, ledger)
        self.full = True  # every battery

    @property
    def out(self) -> Bools:
        """(C,) where there is no network now."""
        return self.outages.out

    def step(self, tick: int, power: Outages) -> None:
        """One tick: batteries empty or charge, stations fall silent or come back."""
        if self.full and not power.number:
            return
        fed = ~power.out | self.bridged
        silent = ~fed & (self.left_min <= 0.0)
        change = np.where(fed, self.rules.charge_ratio, -1.0) * self.tick_min
        self.left_min = np.clip(self.left_min + change, 0.0, self.holds_min)
        self.full = bool((self.left_min >= self.holds_min).all())
        fails = np.flatnonzero(silent & ~self.out)
        self.outages.end(np.flatnonzero(~silent & self.out), tick)
        self.outages.begin(fails, tick, "battery")

    def works(self, place: int) -> bool:
        """Whether a place can be called now."""
        return not self.out[place]

    def bridge(self, place: int, fed: bool = True) -> None:
        """A crew feeds the station of a place from now on, or no more."""
        self.bridged[place] = fed
        self.full = False
