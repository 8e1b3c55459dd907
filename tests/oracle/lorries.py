"""Stores, lorries and what command sends where, plainly.

Every hour or so command hears the sites that can be heard. What each asks for is what it must hold
for a day or so ahead, less what it has and what is on its way to it. It asks again only when of
some item less than a share of that is left. What a store has for a site in its own place is
carried over by hand. For the others lorries are loaded, one after another from the nearest store
that has something, and go round: the site that is served first, then those near it, as long as
there is room.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.roads import NEVER, Drive, KnownRoads, RoadsNow, tick_of

Goods = list[int]  # units of each item


@dataclass
class Site:
    """A shelter, or the homes of a place whose taps are dry."""

    id: str
    place: int
    # as it is
    stock: Goods
    persons: int = 0
    coming: int = 0
    owed: Goods = field(default_factory=list)
    # what command has heard of it
    said_want: Goods = field(default_factory=list)
    said_stock: Goods = field(default_factory=list)
    said_short: int = 0
    sent_since: Goods = field(default_factory=list)  # loaded for it since then, or on its way then
    silent_since: int = NEVER
    # its requests
    wanted_tick: int = NEVER
    asked_tick: int = NEVER  # when the latest request was heard
    answered: bool = True  # something has been loaded for it since
    requests: int = 0

    @property
    def request(self) -> str:
        """The latest one."""
        return f"{self.id}/{self.requests}"


@dataclass
class Load:
    """What a lorry has for one site."""

    site: Site
    goods: Goods
    request: str
    requested_tick: int


class Lorry:
    """One lorry of a store."""

    def __init__(self, store: Store, number: int) -> None:
        self.id = f"{store.id}/{number + 1}"
        self.store = store
        self.place = store.place
        self.state = "idle"
        self.loads: list[Load] = []
        self.full_kg = 0.0
        self.left_store_tick = NEVER
        self.until = NEVER
        self.drive: Drive | None = None
        self.drives = 0
        self.trip = ""  # that brought what it unloads


class Store:
    """A store of some mode: there at once, after a while, while there is light, or made."""

    def __init__(self, given: Any, row: Any, place: int, listed: Goods) -> None:
        self.given = given
        self.p = given.scenario.p
        self.row = row
        self.id = row.store
        self.place = place
        self.called_tick = NEVER
        self.decided_tick = NEVER  # of help from outside
        self.made = [0] * len(listed)
        makes = row.mode == "production"
        self.daily = listed if makes else [0] * len(listed)
        share = self.p("store.usable_share")
        if row.mode in ("enterprise", "social"):
            low, high = (self.p(f"store.{row.mode}_fill_{end}") for end in ("low", "high"))
            share = low + (high - low) * given.luck("store.fill", self.id, 0)
        self.stock = [0 if makes else math.floor(n * share) for n in listed]
        self.lorries = [Lorry(self, n) for n in range(row.trucks)]

    @property
    def idle(self) -> list[Lorry]:
        """Lorries that stand there empty."""
        return [lorry for lorry in self.lorries if lorry.state == "idle"]

    def _hours_since_call(self, tick: int) -> float:
        hours = (tick - self.called_tick) * self.given.scenario.settings.tick_min / 60.0
        return -1.0 if self.called_tick == NEVER else hours

    def available(self, tick: int) -> Goods:
        """What can be loaded now."""
        mode = self.row.mode
        if mode == "physical":
            return list(self.stock)
        ready = self._hours_since_call(tick) >= self.p(f"store.{mode}_lead_h")
        if mode == "social" and self.given.out("power", self.place, tick):
            ready = False
        return list(self.stock) if ready else [0] * len(self.stock)

    def make(self, tick: int) -> None:
        """So much a day once it is at full rate; it gets there evenly."""
        hours = max(0.0, self._hours_since_call(tick) - self.p("store.production_lead_h"))
        ramp = self.p("store.production_ramp_h")
        full_hours = hours * hours / (2.0 * ramp) if hours <= ramp else hours - ramp / 2.0
        for item, daily in enumerate(self.daily):
            total = math.floor(daily * full_hours / 24.0)
            self.stock[item] += total - self.made[item]
            self.made[item] = total

    def take(self, goods: Goods) -> None:
        """They leave the shelf."""
        self.stock = [have - n for have, n in zip(self.stock, goods, strict=True)]


class Depot:
    """All stores and lorries of a run, and what command does with them."""

    def __init__(self, given: Any, roads: KnownRoads) -> None:
        self.given = given
        self.scenario = given.scenario
        self.p = self.scenario.p
        self.tick_min = self.scenario.settings.tick_min
        self.roads = roads
        self.items = self.scenario.items
        at = {c.community: n for n, c in enumerate(self.scenario.communities)}
        where = [(s.shelter, at[s.community]) for s in self.scenario.shelters]
        where += [(c.community, n) for n, c in enumerate(self.scenario.communities)]
        self.sites = [self._site(name, place) for name, place in where]
        self.stores = [
            Store(given, row, at[row.community], self._listed(row.store))
            for row in sorted(self.scenario.stores, key=lambda row: row.store)
        ]
        self.requests: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.trips: list[Any] = []
        self.levels: list[dict[str, Any]] = []

    def _listed(self, holder: str) -> Goods:
        """What stock.csv says of a store or shelter."""
        return [
            sum(r.quantity for r in self.scenario.stock if (r.holder, r.item) == (holder, i.item))
            for i in self.items
        ]

    def _site(self, name: str, place: int) -> Site:
        none = [0] * len(self.items)
        shelters = {s.shelter for s in self.scenario.shelters}
        stock = self._listed(name) if name in shelters else list(none)
        lists = [list(none) for _ in range(4)]
        owed, want, had, sent = lists
        return Site(name, place, stock, owed=owed, said_want=want, said_stock=had, sent_since=sent)

    def _ticks(self, minutes: float) -> int:
        """One at least."""
        return max(1, math.ceil(minutes / self.tick_min - 1e-9))

    def _kg(self, goods: Goods) -> float:
        return float(sum(n * i.kg_per_unit for n, i in zip(goods, self.items, strict=True)))

    def _m3(self, goods: Goods) -> float:
        return float(sum(n * i.m3_per_unit for n, i in zip(goods, self.items, strict=True)))

    # -- command ---------------------------------------------------------------------------------

    def level(self, response: Any, minute: float) -> None:
        """With the first level in force stores that are here are called; help may be asked for."""
        order = ("IV", "III", "II", "I")
        for store in self.stores:
            asked_at = store.row.asked_at
            if asked_at is None and store.called_tick == NEVER:
                store.called_tick = tick_of(minute, self.tick_min)
            if asked_at is None or store.decided_tick != NEVER:
                continue
            if order.index(response.level) >= order.index(asked_at):
                decided_min = minute + self.p("response.aid_decision_min")
                store.decided_tick = tick_of(decided_min, self.tick_min)

    def aid(self, tick: int) -> None:
        """Those outside who have decided to help make their stock ready."""
        for store in self.stores:
            if store.decided_tick == tick and store.called_tick == NEVER:
                store.called_tick = tick

    def review(self, tick: int) -> None:
        """Hear the sites, carry over what is near, load lorries for the rest."""
        self.given.look_at_sites(self.sites, tick)
        wants = [self._want(site) for site in self.sites]
        self._carry_by_hand(wants, tick)
        for site, want in zip(self.sites, wants, strict=True):
            self._hear(site, want, tick)
        asking = []
        for site in sorted(self.sites, key=lambda s: s.id):
            ask = self._asks_for(site)
            covered = 1.0 - self.p("response.supply_reorder_share")
            low = any(n > covered * want for n, want in zip(ask, site.said_want, strict=True))
            if low and any(ask):
                asking.append((site, ask))
        self._load_lorries(asking, tick)

    def _want(self, site: Site) -> Goods:
        """What is owed, what those there and coming need for some hours, and once on entry."""
        hours = self.p("response.supply_horizon_h")
        wants = []
        for item, owed in zip(self.items, site.owed, strict=True):
            each = item.need_per_h * hours + item.need_per_meal * (3.0 * hours / 24.0)
            once = math.ceil(site.coming * item.need_on_entry_permille / 1000)
            wants.append(owed + math.ceil((site.persons + site.coming) * each) + once)
        return wants

    def _on_the_way(self, site: Site) -> Goods:
        total = [0] * len(self.items)
        for store in self.stores:
            for lorry in store.lorries:
                for load in lorry.loads:
                    if load.site is site:
                        total = [a + b for a, b in zip(total, load.goods, strict=True)]
        return total

    def _carry_by_hand(self, wants: list[Goods], tick: int) -> None:
        """To sites with people in the store's own place, and in no time."""
        missing = []
        for site, want in zip(self.sites, wants, strict=True):
            has = zip(want, site.stock, self._on_the_way(site), strict=True)
            missing.append([max(0, w - s - c) for w, s, c in has])
        for store in self.stores:
            beside = zip(self.sites, missing, strict=True)
            for site, lacks in sorted(beside, key=lambda b: b[0].id):
                if site.place != store.place or not site.persons:
                    continue
                pairs = zip(lacks, store.available(tick), strict=True)
                goods = [min(n, have) for n, have in pairs]
                if any(goods):
                    store.take(goods)
                    site.stock = [a + b for a, b in zip(site.stock, goods, strict=True)]
                    lacks[:] = [a - b for a, b in zip(lacks, goods, strict=True)]
                    self._write_load(store, Load(site, goods, "", tick), "", tick, tick, "by hand")

    def _hear(self, site: Site, want: Goods, tick: int) -> None:
        """By phone, or from somebody who set out when the site began to want something."""
        by_phone = not self.given.out("phone", site.place, tick)
        wants = any(w > s for w, s in zip(want, site.stock, strict=True))
        if not wants:
            site.wanted_tick = NEVER
        elif site.wanted_tick == NEVER:
            site.wanted_tick = tick
        if not wants or by_phone:
            site.silent_since = NEVER
        elif site.silent_since == NEVER:
            site.silent_since = tick
        ran = site.silent_since != NEVER and (
            tick - site.silent_since >= self.given.runner_ticks[site.place]
        )
        if not by_phone and not ran:
            return
        if wants and site.answered:
            site.requests += 1
            site.asked_tick, site.answered = tick, False
            self.requests.append(
                {
                    "request": site.request,
                    "site": site.id,
                    "wanted_tick": site.wanted_tick,
                    "heard_tick": tick,
                    "means": "phone" if by_phone else "runner",
                }
            )
        site.said_want, site.said_stock = list(want), list(site.stock)
        site.said_short = self._short(site)
        site.sent_since = self._on_the_way(site)

    def _asks_for(self, site: Site) -> Goods:
        """What it wanted and had when it was last heard, less what was sent to it since."""
        said = zip(site.said_want, site.said_stock, site.sent_since, strict=True)
        return [max(0, want - had - sent) for want, had, sent in said]

    def _short(self, site: Site) -> int:
        """People short of some item now."""
        short = 0
        for item, owed in zip(self.items, site.owed, strict=True):
            at_once = max(1, item.need_per_h, item.need_per_meal)
            short = max(short, min(site.persons, math.ceil(owed / at_once)))
        return short

    def _load_lorries(self, asking: list[tuple[Site, Goods]], tick: int) -> None:
        """The sites with most people short first, then those that ask for the most."""
        stores = [s for s in self.stores if s.idle and any(s.available(tick))]
        if not stores or not asking:
            return
        order = sorted(asking, key=lambda a: (-a[0].said_short, -self._kg(a[1])))
        for first, ask in order:
            reach = []
            for store in stores:
                minutes = self.roads.minutes_from("lorry", store.place)[first.place]
                if not math.isinf(minutes):
                    reach.append((minutes, store.id, store))
            for _, _, store in sorted(reach, key=lambda r: r[:2]):
                while store.idle and any(
                    min(n, have) for n, have in zip(ask, store.available(tick), strict=True)
                ):
                    loads = self._round(first, asking, store, tick)
                    if not loads:
                        break
                    self._load(store, loads, tick)

    def _round(
        self, first: Site, asking: list[tuple[Site, Goods]], store: Store, tick: int
    ) -> list[Load]:
        """A lorry's load: the first site's, then that of sites not far from it, the nearest first.

        `asking` is what each still lacks: it is reduced.
        """
        minutes = self.roads.minutes_from("lorry", first.place)
        near = [
            (minutes[site.place], n)
            for n, (site, ask) in enumerate(asking)
            if site is not first and any(ask) and minutes[site.place] <= self.p("store.round_min")
        ]
        stops = [a for a in asking if a[0] is first] + [asking[n] for _, n in sorted(near)]
        shelf = store.available(tick)
        kg, m3 = store.row.truck_kg, store.row.truck_m3
        loads: list[Load] = []
        for site, ask in stops:
            goods = self._cut_to(ask, shelf, kg, m3)
            if not any(goods):
                if site is first:
                    break
                continue
            loads.append(Load(site, goods, site.request, site.asked_tick))
            site.answered = True
            site.sent_since = [a + b for a, b in zip(site.sent_since, goods, strict=True)]
            ask[:] = [a - b for a, b in zip(ask, goods, strict=True)]
            shelf = [a - b for a, b in zip(shelf, goods, strict=True)]
            kg, m3 = kg - self._kg(goods), m3 - self._m3(goods)
            if len(loads) == self.p("store.most_stops"):
                break
        return loads

    def _cut_to(self, ask: Goods, shelf: Goods, kg: float, m3: float) -> Goods:
        """As much as there is; too heavy or too large a load is cut, every item alike."""
        goods = [min(n, have) for n, have in zip(ask, shelf, strict=True)]
        share = 1.0
        if self._kg(goods) > 0:
            share = min(share, kg / self._kg(goods))
        if self._m3(goods) > 0:
            share = min(share, m3 / self._m3(goods))
        return [math.floor(n * max(0.0, share)) for n in goods]

    # -- lorries ---------------------------------------------------------------------------------

    def _load(self, store: Store, loads: list[Load], tick: int) -> None:
        lorry = store.idle[0]
        lorry.loads = loads
        total = [sum(n) for n in zip(*(load.goods for load in loads), strict=True)]
        store.take(total)
        lorry.full_kg = self._kg(total)
        lorry.left_store_tick, lorry.trip = NEVER, ""
        lorry.state = "loading"
        lorry.until = tick + self._ticks(self.p("store.load_min"))

    def move(self, tick: int, roads: RoadsNow) -> None:
        """Stores make, and every lorry loads, drives, unloads or waits for a tick."""
        for store in self.stores:
            if any(store.daily):
                store.make(tick)
        for store in self.stores:
            for lorry in store.lorries:
                if lorry.state == "driving":
                    self._drive_on(lorry, tick, roads)
                elif lorry.state != "idle" and tick >= lorry.until:
                    if lorry.state == "loading":
                        lorry.left_store_tick = tick
                    if lorry.state == "unloading":
                        self._unload(lorry, tick)
                    self._next(lorry, tick)

    def _target(self, lorry: Lorry) -> int:
        return lorry.loads[0].site.place if lorry.loads else lorry.store.place

    def _next(self, lorry: Lorry, tick: int) -> None:
        """To the next site to which a way is known, the others later; then back to the store."""
        if not lorry.loads and lorry.place == lorry.store.place:
            lorry.state = "idle"
            return
        for _ in range(max(1, len(lorry.loads))):
            way = self.roads.way("lorry", lorry.place, self._target(lorry))
            if way is not None:
                lorry.drives += bool(way.roads)
                trip = f"{lorry.id}/{lorry.drives}"
                lorry.drive = Drive(trip, way, "lorry", float(tick * self.tick_min))
                lorry.state = "driving"
                return
            lorry.loads = lorry.loads[1:] + lorry.loads[:1]
        lorry.state = "stuck"
        lorry.until = tick + self._ticks(self.p("response.truck_retry_min"))

    def _drive_on(self, lorry: Lorry, tick: int, roads: RoadsNow) -> None:
        drive = lorry.drive
        assert drive is not None
        if not drive.go_on(float(tick * self.tick_min), roads):
            return
        self._write_trip(lorry)
        lorry.place, lorry.drive = drive.place, None
        if drive.outcome == "arrived" and lorry.loads:
            lorry.trip = drive.trip or lorry.trip  # from one site to another in the same place
            lorry.state = "unloading"
            part = self._kg(lorry.loads[0].goods) / lorry.full_kg if lorry.full_kg else 1.0
            minutes = self.p("store.stop_min") + part * self.p("store.unload_min")
            lorry.until = tick + self._ticks(minutes)
            return
        if drive.outcome == "turned_back":
            tree = roads.closed("boat", drive.stopped_by)
            self.roads.hear(drive.stopped_by, tick, "tree" if tree else "water")
        self._next(lorry, tick)

    def _unload(self, lorry: Lorry, tick: int) -> None:
        load = lorry.loads.pop(0)
        load.site.stock = [a + b for a, b in zip(load.site.stock, load.goods, strict=True)]
        self._write_load(lorry.store, load, lorry.trip, lorry.left_store_tick, tick, lorry.id)

    # -- facts -----------------------------------------------------------------------------------

    def record(self, tick: int) -> None:
        """What lies in each store."""
        for store in self.stores:
            rows = zip(self.items, store.stock, store.available(tick), strict=True)
            self.levels += [
                {"tick": tick, "store": store.id, "item": i.item, "stock": n, "available": a}
                for i, n, a in rows
            ]

    def finish(self) -> None:
        """What is still on its way. An item that a store never had has no level."""
        for store in self.stores:
            for lorry in store.lorries:
                if lorry.drive is not None:
                    self._write_trip(lorry)
                for load in lorry.loads:
                    self._write_load(store, load, "", lorry.left_store_tick, NEVER, lorry.id)
        had = {(row["store"], row["item"]) for row in self.levels if row["stock"]}
        self.levels = [row for row in self.levels if (row["store"], row["item"]) in had]

    def _write_trip(self, lorry: Lorry) -> None:
        assert lorry.drive is not None
        purpose = "delivery" if lorry.loads else "return"
        row = lorry.drive.row(lorry.id, "truck", purpose, "", self.given.places, self.tick_min)
        self.trips += [row] if row else []

    def _write_load(
        self, store: Store, load: Load, trip: str, departed: int, arrived: int, truck: str
    ) -> None:
        for item, quantity in zip(self.items, load.goods, strict=True):
            if quantity:
                self.deliveries.append(
                    {
                        "request": load.request,
                        "trip": trip,
                        "store": store.id,
                        "site": load.site.id,
                        "item": item.item,
                        "quantity": quantity,
                        "requested_tick": load.requested_tick,
                        "departed_tick": departed,
                        "arrived_tick": arrived,
                        "truck": truck,
                    }
                )
