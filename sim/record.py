"""What is written into the ledger by the hour and at the end of a run: levels, not events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.crews.crew import STATES, Crew
from anlan.sim.forcing.base import Present, StormPath
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.nature.water import Water
from anlan.sim.networks.phone import Phone
from anlan.sim.networks.power import Power
from anlan.sim.networks.roads import Roads
from anlan.sim.people.needs import Sites
from anlan.sim.people.protocol import People
from anlan.sim.people.residents import State
from anlan.sim.people.shelter import Shelters
from anlan.sim.place.world import World
from anlan.sim.stores.lorry import Goods, Lorry
from anlan.sim.stores.store import Store

SITE_KINDS = np.array(["shelter", "community"], dtype=object)


@dataclass
class Closures:
    """Roads that are closed for a lorry, since when and by what."""

    roads: Roads
    place_ids: list[str]
    ledger: Ledger
    since: dict[int, tuple[int, str]] = field(default_factory=dict)  # road -> tick, reason
    _before: NDArray[np.bool_] | None = None

    def step(self, tick: int) -> None:
        """Note roads that closed or opened in this tick."""
        now = self.roads.closed["lorry"]
        before = self._before if self._before is not None else np.zeros_like(now)
        if now is before:
            return
        self._before = now
        for road in np.flatnonzero(now & ~before).tolist():
            self.since[road] = (tick, "tree" if self.roads.closed["boat"][road] else "water")
        for road in np.flatnonzero(before & ~now).tolist():
            self._write(road, tick)

    def _write(self, road: int, opened_tick: int) -> None:
        closed_tick, reason = self.since.pop(road)
        table = self.roads.table
        self.ledger.add(
            facts.RoadClosure(
                road=table.ids[road],
                from_community=self.place_ids[int(table.a[road])],
                to_community=self.place_ids[int(table.b[road])],
                reason=reason,
                closed_tick=closed_tick,
                opened_tick=opened_tick,
            )
        )

    def finish(self) -> None:
        """Write what is still closed at the end."""
        for road in sorted(self.since):
            self._write(road, NEVER)


@dataclass
class Hours:
    """Levels at the end of each hour so far that are written at the end of the run, all at once."""

    ticks: list[int] = field(default_factory=list)
    of_places: dict[str, list[NDArray[Any]]] = field(default_factory=dict)  # column -> (C,) each
    residents: list[NDArray[np.int64]] = field(default_factory=list)  # (C, states) each
    stores: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=list)
    stock: list[dict[str, NDArray[np.int64]]] = field(default_factory=list)  # (I,) each
    # occupants, reserved, open of each shelter
    shelters: list[list[tuple[int, int, bool]]] = field(default_factory=list)
    sea_level_m: list[float] = field(default_factory=list)
    # sites in use, (U,) each, and their stock, owed and persons short, (U, I), and persons, (U,)
    used: list[NDArray[np.int64]] = field(default_factory=list)
    sites: list[tuple[NDArray[np.int64], ...]] = field(default_factory=list)


@dataclass
class Recorder:
    """Writes the levels of a run."""

    world: World
    place_ids: list[str]
    ledger: Ledger
    present: Present
    path: StormPath | None
    water: Water
    power: Power
    phone: Phone
    roads: Roads
    sites: Sites
    goods: Goods
    stores: list[Store]
    lorries: dict[str, list[Lorry]]
    shelters: Shelters
    crews: list[Crew]
    people: People
    hours: Hours = field(default_factory=Hours)

    def __post_init__(self) -> None:
        self._places = np.array(self.place_ids, dtype=object)
        self._items = np.array(self.goods.ids, dtype=object)
        self._sites = np.array(self.sites.ids, dtype=object)
        self._cut_off = np.zeros(len(self.place_ids), dtype=bool)
        self._cut_off_as_of = -1

    def hour(self, tick: int) -> None:
        """Levels at the end of an hour."""
        states = [c.state for c in self.crews]
        self.ledger.add(facts.CrewLevel(tick, *(states.count(s) for s in STATES)))
        hours, sites = self.hours, self.sites
        hours.ticks.append(tick)
        hours.shelters.append([(s.occupants, s.reserved, s.open) for s in self.shelters.all])
        hours.residents.append(self.people.counts.copy())
        hours.stores.append(self._store_levels(tick))
        used = np.flatnonzero(sites.persons > 0)
        hours.used.append(used)
        short, persons = sites.short(used), sites.persons[used]
        hours.sites.append((sites.stock[used], sites.owed[used], short, persons))
        hours.stock.append(self._stock(short))
        sky = self.present.sky
        hours.sea_level_m.append(sky.sea_level_m)
        levels: dict[str, NDArray[Any]] = {
            "wind_ms": sky.wind_ms,
            "gust_ms": sky.gust_ms,
            "rain_mm": self.water.cells.fallen.astype(np.float32),
            "depth_m": self.water.depth_m,
            "power_out": self.power.out.copy(),
            "phone_out": self.phone.out.copy(),
            "cut_off": self._cut_off_now(),
        }
        for column, values in levels.items():
            hours.of_places.setdefault(column, []).append(values)

    def _cut_off_now(self) -> NDArray[np.bool_]:
        """(C,) to which no lorry can drive from the command seat."""
        version = self.roads.map.version["lorry"]
        if version != self._cut_off_as_of:
            minutes = self.roads.map.minutes_from("lorry", self.world.command)
            self._cut_off, self._cut_off_as_of = ~np.isfinite(minutes), version
        return self._cut_off

    def _stock(self, short: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """(I,) of each column of the stock levels."""
        return {
            **self.stock_by_holder(),
            "issued": self.sites.issued.copy(),
            "needed": self.sites.needed.copy(),
            "persons_short": short.sum(axis=0),
        }

    def stock_by_holder(self) -> dict[str, NDArray[np.int64]]:
        """(I,) of each item: at stores, on lorries, at sites, made, lost."""
        zero = np.zeros(len(self.goods.ids), dtype=np.int64)
        lorries = [lorry for fleet in self.lorries.values() for lorry in fleet if lorry.drops]
        return {
            "at_stores": sum((s.stock for s in self.stores), zero),
            "on_trucks": sum((lorry.cargo for lorry in lorries), zero),
            "at_sites": self.sites.stock.sum(axis=0),
            "received": sum((s.received for s in self.stores), zero),
            "lost": sum((s.lost for s in self.stores), zero),
        }

    def _write_stock(self) -> None:
        """Of each item, hour by hour, where it is."""
        hours = self.hours
        columns = {c: np.concatenate([of[c] for of in hours.stock]) for c in hours.stock[0]}
        n = len(self.goods.ids)
        self.ledger.add_many(
            facts.StockLevel,
            tick=np.repeat(hours.ticks, n),
            item=np.tile(self._items, len(hours.ticks)),
            **columns,
        )

    def _write_shelters(self) -> None:
        shelters, hours = self.shelters.all, self.hours
        if not shelters:
            return
        levels = np.array(hours.shelters)  # (H, shelters, 3)
        self.ledger.add_many(
            facts.ShelterLevel,
            tick=np.repeat(hours.ticks, len(shelters)),
            shelter=[s.id for s in shelters] * len(hours.ticks),
            occupants=levels[:, :, 0].ravel(),
            reserved=levels[:, :, 1].ravel(),
            capacity=[s.capacity for s in shelters] * len(hours.ticks),
            open=levels[:, :, 2].ravel().astype(bool),
        )

    def _store_levels(self, tick: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(stores, I) on the shelf, and of it what can be loaded."""
        empty = np.zeros((0, len(self.goods.ids)), dtype=np.int64)
        if not self.stores:
            return empty, empty
        shelf = np.stack([s.stock for s in self.stores])
        return shelf, np.stack([s.available(tick) for s in self.stores])

    def finish(self) -> None:
        """Write the levels that could wait."""
        if not self.hours.ticks:
            return
        self._write_stock()
        self._write_shelters()
        self._write_stores()
        self._write_sites()
        self._write_residents()
        self._write_hazard()

    def _write_stores(self) -> None:
        """Stores by item, where there is or was some."""
        if not self.stores:
            return
        shelf = np.stack([s for s, _ in self.hours.stores])  # (H, S, I)
        available = np.stack([a for _, a in self.hours.stores])
        hour, store, item = np.nonzero(np.broadcast_to(shelf.any(axis=0), shelf.shape))
        names = np.array([s.id for s in self.stores], dtype=object)
        self.ledger.add_many(
            facts.StoreLevel,
            tick=np.array(self.hours.ticks)[hour],
            store=names[store],
            item=self._items[item],
            stock=shelf[hour, store, item],
            available=available[hour, store, item],
        )

    def _write_sites(self) -> None:
        used, n = np.concatenate(self.hours.used), len(self.goods.ids)
        hourly = np.repeat(self.hours.ticks, [len(u) for u in self.hours.used])
        stock, owed, short, persons = map(np.concatenate, zip(*self.hours.sites, strict=True))
        at = np.repeat(used, n)
        self.ledger.add_many(
            facts.SiteLevel,
            tick=np.repeat(hourly, n),
            site=self._sites[at],
            kind=SITE_KINDS[(at >= self.sites.shelters).astype(np.int64)],
            item=np.tile(self._items, len(used)),
            stock=stock.ravel(),
            owed=owed.ravel(),
            persons=np.repeat(persons, n),
            persons_short=short.ravel(),
        )

    def _hour_and_community(self) -> dict[str, NDArray[Any]]:
        """The first two columns of a table with a row an hour and community."""
        return {
            "tick": np.repeat(self.hours.ticks, len(self.place_ids)),
            "community": np.tile(self._places, len(self.hours.ticks)),
        }

    def _write_residents(self) -> None:
        counts = np.stack(self.hours.residents)
        self.ledger.add_many(
            facts.ResidentState,
            **self._hour_and_community(),
            **{s.name.lower(): counts[:, :, s].ravel() for s in State},
        )

    def _write_hazard(self) -> None:
        levels = {c: np.concatenate(v) for c, v in self.hours.of_places.items()}
        self.ledger.add_many(facts.HazardLevel, **self._hour_and_community(), **levels)
        if self.path is None:
            return
        at = np.array(self.hours.ticks)
        self.ledger.add_many(
            facts.Storm,
            tick=at,
            lon=self.path.lon[at],
            lat=self.path.lat[at],
            pressure_hpa=self.path.pressure_hpa[at],
            max_wind_ms=self.path.max_wind_ms[at],
            sea_level_m=np.array(self.hours.sea_level_m),
        )
