"""Material stores: what lies there, and when it can be had."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from mesa import Agent, Model
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.ledger import NEVER
from anlan.sim.networks.power import Power
from anlan.sim.scenario import schema
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules

Ints = NDArray[np.int64]
FILL = stream("store.fill", "store")


@dataclass(frozen=True)
class StockRules(Rules, prefix="store"):
    """What of a store's stock can be used, and after what time."""

    usable_share: float
    enterprise_lead_h: float
    enterprise_fill_low: float
    enterprise_fill_high: float
    social_lead_h: float
    social_fill_low: float
    social_fill_high: float
    production_lead_h: float
    production_ramp_h: float

    def lead_h(self, mode: str) -> float:
        """Hours from the call until stock of a mode can be loaded."""
        return float(getattr(self, f"{mode}_lead_h", 0.0))

    def fill(self, mode: str) -> tuple[float, float]:
        """The range of the share of stock of a mode that is really there."""
        if mode in ("physical", "production"):
            return self.usable_share, self.usable_share
        return getattr(self, f"{mode}_fill_low"), getattr(self, f"{mode}_fill_high")


class Store(Agent):  # type: ignore[misc]
    """One store. Every unit is on the shelf, held back, made later, or lost: never both.

    Modes (储备方式): physical stock can be loaded at once; enterprise-held and social stock
    after a lead time and never in full, social stock not while the power is out; production
    makes `quantity` a day at full rate after a lead time and a ramp.
    """

    def __init__(
        self, model: Model, row: schema.Store, place: int, listed: Ints,
        rules: StockRules, clock: Clock, power: Power, streams: Streams,
    ) -> None:  # fmt: skip
        """listed (I,): what stock.csv gives to the store."""
        super().__init__(model)
        self.row = row
        self.id = row.store
        self.place = place
        self.rules, self.clock, self.power = rules, clock, power
        self.called_tick = NEVER
        self.daily = listed if row.mode == "production" else np.zeros_like(listed)
        holds = np.zeros_like(listed) if row.mode == "production" else listed
        low, high = rules.fill(row.mode)
        share = low + (high - low) * streams.one(FILL, self.id) if high > low else low
        usable = np.floor(holds * share).astype(np.int64)
        self.produces = bool(self.daily.any())
        self.stock = usable  # integer units on the shelf
        self.lost = holds - usable  # listed but not there or not usable
        self.received = np.zeros_like(listed)  # made since the start

    def call_in(self, tick: int) -> None:
        """Command asks for this store's stock or production."""
        if self.called_tick == NEVER:
            self.called_tick = tick

    def available(self, tick: int) -> Ints:
        """What can be loaded now."""
        if self.row.mode == "physical":
            return self.stock
        dark = self.row.mode == "social" and bool(self.power.out[self.place])
        if dark or self._hours_since_call(tick) < self.rules.lead_h(self.row.mode):
            return np.zeros_like(self.stock)
        return self.stock

    def _hours_since_call(self, tick: int) -> float:
        if self.called_tick == NEVER:
            return -1.0
        return (tick - self.called_tick) / self.clock.ticks_per_h

    def make(self, tick: int) -> None:
        """Production up to now: a ramp of q(t) = daily * min(1, (t - lead) / ramp)."""
        t = max(0.0, self._hours_since_call(tick) - self.rules.production_lead_h)
        ramp = self.rules.production_ramp_h
        full_hours = t * t / (2.0 * ramp) if t <= ramp else t - ramp / 2.0
        total = np.floor(self.daily * full_hours / 24.0).astype(np.int64)
        self.stock = self.stock + (total - self.received)
        self.received = total

    def take(self, cargo: Ints) -> None:
        """Cargo (I,) leaves the shelf."""
        self.stock = self.stock - cargo
