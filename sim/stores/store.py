"""Material stores and their trucks: what lies there, when it can be had, and its delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from mesa import Agent
from numpy.typing import NDArray

from anlan.sim.chance import stream
from anlan.sim.crews.journey import Journey
from anlan.sim.ledger import NEVER
from anlan.sim.scenario import schema

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel

Ints = NDArray[np.int64]
FILL = stream("store.fill", "store")


class Store(Agent):  # type: ignore[misc]
    """One store. Every unit is on the shelf, held back, made later, or lost: never both.

    Modes (储备方式): physical stock can be loaded at once; enterprise-held and social stock
    after a lead time and never in full, social stock not while the power is out; production
    makes `quantity` a day at full rate after a lead time and a ramp.
    """

    model: ResponseModel

    def __init__(self, model: ResponseModel, row: schema.Store, number: int) -> None:
        super().__init__(model)
        self.row = row
        self.id = row.store
        self.number = number
        self.place = model.world.index[row.community]
        items = model.item_ids
        listed = np.zeros(len(items), dtype=np.int64)
        for stock in model.world.scenario.stock:
            if stock.holder == row.store:
                listed[items.index(stock.item)] += stock.quantity
        self.called_tick = NEVER
        self.daily = listed if row.mode == "production" else np.zeros_like(listed)
        holds = np.zeros_like(listed) if row.mode == "production" else listed
        usable = np.floor(holds * self._usable_share()).astype(np.int64)
        self.produces = bool(self.daily.any())
        self.stock = usable  # integer units on the shelf
        self.lost = holds - usable  # listed but not there or not usable
        self.received = np.zeros_like(listed)  # made since the start
        self.trucks = [Truck(model, self, n) for n in range(row.trucks)]

    def _usable_share(self) -> float:
        p = self.model.world.scenario.p
        if self.row.mode in ("physical", "production"):
            return p("store.usable_share")
        u = self.model.streams.one(FILL, self.id)
        low, high = (
            p(f"store.{self.row.mode}_fill_low"),
            p(f"store.{self.row.mode}_fill_high"),
        )
        return low + (high - low) * u

    def call_in(self, tick: int) -> None:
        """Command asks for this store's stock or production."""
        if self.called_tick == NEVER:
            self.called_tick = tick

    def available(self, tick: int) -> Ints:
        """What can be loaded now."""
        if self.row.mode == "physical":
            return self.stock
        hours = self._hours_since_call(tick)
        if hours < self.model.world.scenario.p(f"store.{self.row.mode}_lead_h"):
            return np.zeros_like(self.stock)
        if self.row.mode == "social" and self.model.realisation.power_out[tick, self.place]:
            return np.zeros_like(self.stock)
        return self.stock

    def _hours_since_call(self, tick: int) -> float:
        if self.called_tick == NEVER:
            return -1.0
        return (tick - self.called_tick) / self.model.world.scenario.ticks_per_h

    def make(self, tick: int) -> None:
        """Production up to now: a ramp of q(t) = daily * min(1, (t - lead) / ramp)."""
        p = self.model.world.scenario.p
        t = max(0.0, self._hours_since_call(tick) - p("store.production_lead_h"))
        ramp = p("store.production_ramp_h")
        full_hours = t * t / (2.0 * ramp) if t <= ramp else t - ramp / 2.0
        total = np.floor(self.daily * full_hours / 24.0).astype(np.int64)
        self.stock = self.stock + (total - self.received)
        self.received = total

    def hand_over(self, drop: Drop, tick: int) -> None:
        """Carry a drop to a site in the store's own place, at once."""
        self.stock = self.stock - drop.cargo
        self.model.sites.stock[drop.site] += drop.cargo
        log_delivery(self.model, self.id, drop, tick, tick, "by hand")

    def idle_trucks(self) -> list[Truck]:
        return [t for t in self.trucks if t.state == "idle"]


@dataclass(frozen=True)
class Drop:
    """What a truck brings to one site."""

    site: int
    cargo: Ints  # (I,)
    requested_tick: int


class Truck:
    """One truck of a store, on a round of drops.

    States: idle, loading, driving, unloading, stuck.
    """

    def __init__(self, model: ResponseModel, store: Store, number: int) -> None:
        self.model = model
        self.store = store
        self.id = f"{store.id}/{number + 1}"
        self.state = "idle"
        self.place = store.place
        self.drops: list[Drop] = []
        self.load_kg = 0.0
        self.loaded_tick = NEVER
        self.until_tick = NEVER
        self.journey: Journey | None = None

    @property
    def cargo(self) -> Ints:
        """(I,) all that is on it."""
        return sum((d.cargo for d in self.drops), np.zeros(len(self.model.item_ids), np.int64))

    def load(self, drops: list[Drop], tick: int) -> None:
        """Take the drops' cargo off the shelf and start loading."""
        self.drops = drops
        self.store.stock = self.store.stock - self.cargo
        self.load_kg = float(self.cargo @ self.model.command.supply.kg)
        self.loaded_tick = NEVER
        self.state = "loading"
        self.until_tick = tick + self._ticks(self._p("store.load_min"))

    def step_truck(self, tick: int, roads_changed: bool) -> None:
        """Load, drive, unload or come back for one tick."""
        if self.state == "driving":
            self._drive(tick, roads_changed)
        elif tick < self.until_tick:
            return
        elif self.state == "loading":
            self.loaded_tick = tick
            self._go(tick)
        elif self.state == "stuck":
            self._go(tick)
        elif self.state == "unloading":
            self._unload(tick)

    def _target(self) -> int:
        return int(self.model.sites.place[self.drops[0].site]) if self.drops else self.store.place

    def _go(self, tick: int) -> None:
        """Set out for the next drop that can be reached, or home; wait where no road is open."""
        if not self.drops and self.place == self.store.place:
            self.state = "idle"
            return
        for _ in range(max(1, len(self.drops))):
            route = self.model.roads.route("lorry", self.place, self._target())
            if route is not None:
                tick_min = self.model.world.scenario.settings.tick_min
                self.journey = Journey(route, "lorry", tick, tick_min)
                self.state = "driving"
                return
            self.drops = self.drops[1:] + self.drops[:1]
        self.state = "stuck"
        self.until_tick = tick + self._ticks(self._p("response.truck_retry_min"))

    def _drive(self, tick: int, roads_changed: bool) -> None:
        assert self.journey is not None
        if tick >= self.journey.arrival_tick:
            self.log(tick, "arrived")
            self.place, self.journey = self.journey.destination, None
            if self.drops and self.place == self._target():
                self.state = "unloading"
                self.until_tick = tick + self._unload_ticks()
            else:  # home, or back at the last crossing after turning round
                self._go(tick)
        elif roads_changed and self.journey.blocked(self.model.roads, tick):
            self.log(tick, "turned_back")
            self.journey = self.journey.back_to_last_node(tick)

    def _unload_ticks(self) -> int:
        """A stop, and as much of a full unloading as this drop is of the load."""
        kg = float(self.drops[0].cargo @ self.model.command.supply.kg)
        share = kg / self.load_kg if self.load_kg > 0 else 1.0
        return self._ticks(self._p("store.stop_min") + share * self._p("store.unload_min"))

    def _unload(self, tick: int) -> None:
        drop = self.drops.pop(0)
        self.model.sites.stock[drop.site] += drop.cargo
        self.log_delivery(drop, tick)
        self._go(tick)

    def log_delivery(self, drop: Drop, arrived_tick: int) -> None:
        """Write a drop down, item by item; NEVER when it has not arrived."""
        log_delivery(self.model, self.store.id, drop, self.loaded_tick, arrived_tick, self.id)

    def log(self, tick: int, outcome: str) -> None:
        """Write down the journey that ends now."""
        assert self.journey is not None
        purpose = "delivery" if self.drops else "return"
        self.model.log_trip(self.id, "truck", purpose, self.journey, tick, outcome)

    def _p(self, name: str) -> float:
        return self.model.world.scenario.p(name)

    def _ticks(self, minutes: float) -> int:
        return max(1, self.model.world.scenario.ticks_of(minutes))


def log_delivery(
    model: ResponseModel, store: str, drop: Drop, departed: int, arrived: int, truck: str
) -> None:
    """Rows of the ledger's delivery table, one an item."""
    for item in np.flatnonzero(drop.cargo).tolist():
        model.ledger.add(
            "delivery",
            store,
            model.sites.ids[drop.site],
            model.item_ids[item],
            int(drop.cargo[item]),
            drop.requested_tick,
            departed,
            arrived,
            truck,
        )
