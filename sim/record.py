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
from anlan.sim.networks.cut_off import CutOff
from anlan.sim.networks.phone import Phone
from anlan.sim.networks.power import Power
from anlan.sim.networks.roads import Roads
from anlan.sim.people.needs import Sites
from anlan.sim.people.protocol import People
from anlan.sim.people.shelter import Shelters
from anlan.sim.people.states import State
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


PLACE_LEVELS = (
    "wind_ms", "gust_ms", "rain_mm", "depth_m", "power_out", "phone_out", "cut_off",
)  # fmt: skip


@dataclass
class Hours:
    """Levels at the end of each hour so far; all are written at the end of the run, at once.

    Most are held as they are: a store's stock, say, is a new array whenever it changes.
    """

    ticks: list[int] = field(default_factory=list)
    of_places: list[tuple[NDArray[Any], ...]] = field(default_factory=list)  # PLACE_LEVELS, (C,)
    residents: list[NDArray[np.int64]] = field(default_factory=list)  # (C, states) each
    # on the shelf, of it what can be loaded, made so far: (I,) of each store
    stores: list[tuple[list[NDArray[np.int64]], ...]] = field(default_factory=list)
    lorries: list[NDArray[np.int64]] = field(default_factory=list)  # (I,) on all of them
    given: list[tuple[NDArray[np.int64], ...]] = field(default_factory=list)  # issued, needed (I,)
    # sites in use, (U,) each, their stock and what is owed there, (U, I), and persons, (U,)
    used: list[NDArray[np.int64]] = field(default_factory=list)
    sites: list[tuple[NDArray[np.int64], ...]] = field(default_factory=list)
    # occupants, reserved, open of each shelter
    shelters: list[list[tuple[int, int, bool]]] = field(default_factory=list)
    sea_level_m: list[float] = field(default_factory=list)


@dataclass
class Recorder:
    """Writes the levels of a run."""

    place_ids: list[str]
    ledger: Ledger
    present: Present
    path: StormPath | None
    water: Water
    power: Power
    phone: Phone
    cut_off: CutOff
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

    def hour(self, tick: int) -> None:
        """Levels at the end of an hour."""
        states = [c.state for c in self.crews]
        self.ledger.add(facts.CrewLevel(tick, *(states.count(s) for s in STATES)))
        hours, sites, sky = self.hours, self.sites, self.present.sky
        hours.ticks.append(tick)
        hours.residents.append(self.people.counts.copy())
        hours.stores.append(
            (
                [s.stock for s in self.stores],
                [s.available(tick) for s in self.stores],
                [s.received for s in self.stores],
            )
        )
        hours.lorries.append(self._on_lorries())
        hours.given.append((sites.issued.copy(), sites.needed.copy(), sites.stock.sum(axis=0)))
        hours.shelters.append([(s.occupants, s.reserved, s.open) for s in self.shelters.all])
        used = (sites.persons > 0).nonzero()[0]
        hours.used.append(used)
        at_risk = self.people.at_risk_at_sites()[used]
        hours.sites.append((sites.stock[used], sites.owed[used], sites.persons[used], at_risk))
        hours.sea_level_m.append(sky.sea_level_m)
        hours.of_places.append(
            (
                sky.wind_ms,
                sky.gust_ms,
                self.water.cells.fallen.astype(np.float32),
                self.water.depth_m,
                self.power.out.copy(),
                self.phone.out.copy(),
                self.cut_off.now,
            )
        )

    def _on_lorries(self) -> NDArray[np.int64]:
        """(I,) of each item on the way."""
        loaded = [v.cargo for fleet in self.lorries.values() for v in fleet if v.drops]
        return sum(loaded, np.zeros(len(self.goods.ids), dtype=np.int64))

    def stock_by_holder(self) -> dict[str, NDArray[np.int64]]:
        """(I,) of each item: at stores, on lorries, at sites, made, lost."""
        zero = np.zeros(len(self.goods.ids), dtype=np.int64)
        return {
            "at_stores": sum((s.stock for s in self.stores), zero),
            "on_trucks": self._on_lorries(),
            "at_sites": self.sites.stock.sum(axis=0),
            "received": sum((s.received for s in self.stores), zero),
            "lost": sum((s.lost for s in self.stores), zero),
        }

    def _write_stock(self) -> None:
        """Of each item, hour by hour, where it is."""
        hours, n = self.hours, len(self.goods.ids)
        shape = (len(hours.ticks), len(self.stores), n)
        shelf, _, made = (
            np.array(levels).reshape(shape) for levels in zip(*hours.stores, strict=True)
        )
        issued, needed, at_sites = (np.array(levels) for levels in zip(*hours.given, strict=True))
        lost = sum((s.lost for s in self.stores), np.zeros(n, dtype=np.int64))
        short = np.array([s.sum(axis=0) for s in self._short()])
        columns = {
            "at_stores": shelf.sum(axis=1, dtype=np.int64),
            "on_trucks": np.array(hours.lorries),
            "at_sites": at_sites,
            "received": made.sum(axis=1, dtype=np.int64),
            "lost": np.broadcast_to(lost, (len(hours.ticks), n)),
            "issued": issued,
            "needed": needed,
            "persons_short": short,
        }
        self.ledger.add_many(
            facts.StockLevel,
            tick=np.repeat(hours.ticks, n),
            item=np.tile(self._items, len(hours.ticks)),
            **{name: values.ravel() for name, values in columns.items()},
        )

    def _short(self) -> list[NDArray[np.int64]]:
        """(U, I) people short of each item at the sites in use, hour by hour."""
        return [self.sites.short_of(owed, persons) for _, owed, persons, _ in self.hours.sites]

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
        shelf, available, _ = (
            np.array(levels) for levels in zip(*self.hours.stores, strict=True)
        )  # (H, S, I)
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
        stock, owed, persons, at_risk = map(np.concatenate, zip(*self.hours.sites, strict=True))
        short = np.concatenate(self._short())
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
            persons_at_risk=np.repeat(at_risk, n),
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
        hourly = zip(*self.hours.of_places, strict=True)
        levels = {c: np.concatenate(v) for c, v in zip(PLACE_LEVELS, hourly, strict=True)}
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
