"""Lorries of the stores: rounds of drops to the sites, over the roads that are left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.networks.roads import Roads
from anlan.sim.people.needs import Sites
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.stores.store import Store
from anlan.sim.travel.journey import ARRIVED, Journey, Trips
from anlan.sim.travel.ways import Ways

Ints = NDArray[np.int64]
IDLE, LOADING, DRIVING, UNLOADING, STUCK = "idle", "loading", "driving", "unloading", "stuck"


@dataclass(frozen=True)
class LorryRules(Rules, prefix="store"):
    """How long loading and unloading take, and when a lorry tries again."""

    load_min: float
    unload_min: float
    stop_min: float
    retry_min: float = of("response.truck_retry_min")


@dataclass(frozen=True)
class Goods:
    """The relief items of a scenario: ids, and mass and room of a unit, (I,)."""

    ids: list[str]
    kg: NDArray[np.float64]
    m3: NDArray[np.float64]

    # Summed item by item: BLAS, behind `@`, adds in an order that hangs on the processor.
    def mass_kg(self, units: Ints) -> NDArray[np.float64]:
        """Mass of so many units of each item, (..., I) -> (...)."""
        return np.asarray((units * self.kg).sum(axis=-1))

    def room_m3(self, units: Ints) -> NDArray[np.float64]:
        """Room that so many units of each item take, (..., I) -> (...)."""
        return np.asarray((units * self.m3).sum(axis=-1))


@dataclass(frozen=True)
class Drop:
    """What a lorry brings to one site, and the request that it answers."""

    site: int
    cargo: Ints  # (I,)
    request: str
    requested_tick: int


@dataclass(frozen=True)
class Haulage:
    """What all lorries share."""

    rules: LorryRules
    goods: Goods
    clock: Clock
    roads: Roads
    ways: Ways
    trips: Trips
    sites: Sites
    ledger: Ledger

    def ticks(self, minutes: float) -> int:
        """Minutes as whole ticks, at least one."""
        return max(1, self.clock.ticks_of(minutes))

    def write_drop(
        self, store: str, drop: Drop, trip: str, departed: int, arrived: int, lorry: str
    ) -> None:
        """Rows of the delivery table, one an item; NEVER for what has not happened."""
        for item in np.flatnonzero(drop.cargo).tolist():
            self.ledger.add(
                facts.Delivery(
                    request=drop.request,
                    trip=trip,
                    store=store,
                    site=self.sites.ids[drop.site],
                    item=self.goods.ids[item],
                    quantity=int(drop.cargo[item]),
                    requested_tick=drop.requested_tick,
                    departed_tick=departed,
                    arrived_tick=arrived,
                    truck=lorry,
                )
            )

    def carry_by_hand(self, store: Store, drop: Drop, tick: int) -> None:
        """Carry a drop to a site in the store's own place, at once."""
        store.take(drop.cargo)
        self.sites.stock[drop.site] += drop.cargo
        self.write_drop(store.id, drop, "", tick, tick, "by hand")


class Lorry:
    """One lorry of a store, on a round of drops."""

    def __init__(self, haulage: Haulage, store: Store, number: int) -> None:
        self.haulage = haulage
        self.store = store
        self.id = f"{store.id}/{number + 1}"
        self.state = IDLE
        self.place = store.place
        self.drops: list[Drop] = []
        self.load_kg = 0.0
        self.loaded_tick = NEVER
        self.until_tick = NEVER
        self.journey: Journey | None = None
        self._trip = ""  # the one on which it brings its next drop

    @property
    def cargo(self) -> Ints:
        """(I,) all that is on it."""
        return sum((d.cargo for d in self.drops), np.zeros(len(self.haulage.goods.ids), np.int64))

    def load(self, drops: list[Drop], tick: int) -> None:
        """Take the drops' cargo off the shelf and start loading."""
        self.drops = drops
        self.store.take(self.cargo)
        self.load_kg = float(self.haulage.goods.mass_kg(self.cargo))
        self.loaded_tick = NEVER
        self._trip = ""
        self.state = LOADING
        self.until_tick = tick + self.haulage.ticks(self.haulage.rules.load_min)

    def step(self, tick: int) -> None:
        """Load, drive, unload or come back for one tick."""
        if self.state == IDLE:
            return
        if self.state == DRIVING:
            self._drive(tick)
        elif tick >= self.until_tick:
            self._when_due[self.state](self, tick)

    def _set_out(self, tick: int) -> None:
        self.loaded_tick = tick
        self._go(tick)

    def _target(self) -> int:
        return int(self.haulage.sites.place[self.drops[0].site]) if self.drops else self.store.place

    def _go(self, tick: int) -> None:
        """Set out for the next drop to which a way is known, or home; wait where none is."""
        if not self.drops and self.place == self.store.place:
            self.state = IDLE
            return
        haulage = self.haulage
        for _ in range(max(1, len(self.drops))):
            route = haulage.ways.route("lorry", self.place, self._target())
            if route is not None:
                name = haulage.trips.name(self.id) if route.roads else ""
                minute = haulage.clock.minute_of(tick)
                self.journey = Journey(name, route, "lorry", minute)
                self.state = DRIVING
                return
            self.drops = self.drops[1:] + self.drops[:1]
        self.state = STUCK
        self.until_tick = tick + haulage.ticks(haulage.rules.retry_min)

    def _drive(self, tick: int) -> None:
        journey, haulage = self.journey, self.haulage
        assert journey is not None
        if not journey.step(haulage.clock.minute_of(tick), haulage.roads):
            return
        self.write_trip(over=True)
        self.place, self.journey = journey.place, None
        if journey.outcome == ARRIVED and self.drops and self.place == self._target():
            self._trip = journey.id or self._trip  # it may stand there already
            self.state = UNLOADING
            self.until_tick = tick + self._unload_ticks()
            return
        if journey.outcome != ARRIVED:
            journey.tell(haulage.ways, haulage.roads, tick)
        self._go(tick)

    def _unload_ticks(self) -> int:
        """A stop, and as much of a full unloading as this drop is of the load."""
        rules = self.haulage.rules
        kg = float(self.haulage.goods.mass_kg(self.drops[0].cargo))
        share = kg / self.load_kg if self.load_kg > 0 else 1.0
        return self.haulage.ticks(rules.stop_min + share * rules.unload_min)

    def _unload(self, tick: int) -> None:
        drop = self.drops.pop(0)
        self.haulage.sites.stock[drop.site] += drop.cargo
        self._write_drop(drop, self._trip, tick)
        self._go(tick)

    def _write_drop(self, drop: Drop, trip: str, arrived_tick: int) -> None:
        self.haulage.write_drop(self.store.id, drop, trip, self.loaded_tick, arrived_tick, self.id)

    def write_trip(self, over: bool) -> None:
        """Write down the journey as it stands."""
        assert self.journey is not None
        purpose = "delivery" if self.drops else "return"
        self.haulage.trips.write(self.id, "truck", purpose, "", self.journey, over)

    def finish(self) -> None:
        """Write what is still under way at the end of the run."""
        if self.journey is not None:
            self.write_trip(over=False)
        for drop in self.drops:
            self._write_drop(drop, "", NEVER)

    _when_due: ClassVar[dict[str, Callable[[Lorry, int], None]]] = {
        LOADING: _set_out,
        STUCK: _go,
        UNLOADING: _unload,
    }


def fleet_of(haulage: Haulage, stores: list[Store]) -> dict[str, list[Lorry]]:
    """The lorries of each store, by the store's id."""
    return {s.id: [Lorry(haulage, s, n) for n in range(s.row.trucks)] for s in stores}
