"""Sending material to sites: what each asks for, who is served first, what fits on a lorry.

A site asks by phone; where the network is out somebody is sent with the request. Command knows
what a site had and wanted when it was last heard, and what it has sent since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.picture import KnownRoads
from anlan.sim.command.seats import SupplySeat
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.networks.phone import Phone
from anlan.sim.people.needs import Sites
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.stores.lorry import IDLE, Drop, Goods, Haulage, Lorry
from anlan.sim.stores.store import Store

Ints = NDArray[np.int64]
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class SupplyRules(Rules, prefix="response"):
    """When sites are looked after, and for how long ahead they are given."""

    supply_review_min: float
    supply_horizon_h: float
    supply_reorder_share: float
    most_stops: int = of("store.most_stops")
    round_min: float = of("store.round_min")


@dataclass
class Asking:
    """The sites that ask in one review, shapes (A,), (A,) and (A, I)."""

    sites: Ints
    places: Ints
    left: Ints  # not yet on a lorry


@dataclass
class Requests:
    """Who asked for something and has been sent nothing since; names and writes each request."""

    sites: Sites
    ledger: Ledger
    heard_tick: Ints  # (S,) when the latest request was heard
    standing: NDArray[np.bool_]  # (S,) whether nothing has been loaded for it since
    _wanted_tick: Ints
    _number: Ints

    @classmethod
    def none(cls, sites: Sites, ledger: Ledger) -> Requests:
        """Nobody has asked for anything."""
        never = np.full(len(sites.ids), NEVER, dtype=np.int64)
        number = np.zeros(len(sites.ids), dtype=np.int64)
        return cls(sites, ledger, never, number > 0, never.copy(), number)

    def want(self, wants: NDArray[np.bool_], tick: int) -> None:
        """(S,) which sites want something now."""
        self._wanted_tick[~wants] = NEVER
        self._wanted_tick[wants & (self._wanted_tick == NEVER)] = tick

    def hear(self, fresh: NDArray[np.bool_], by_phone: NDArray[np.bool_], tick: int) -> None:
        """(S,) which of those that had no request standing are heard now, and how."""
        for site in np.flatnonzero(fresh).tolist():
            self._number[site] += 1
            self.heard_tick[site], self.standing[site] = tick, True
            self.ledger.add(
                facts.Request(
                    request=self.name(site),
                    site=self.sites.ids[site],
                    wanted_tick=int(self._wanted_tick[site]),
                    heard_tick=tick,
                    means="phone" if by_phone[site] else "runner",
                )
            )

    def name(self, site: int) -> str:
        """The id of the latest request of a site."""
        return f"{self.sites.ids[site]}/{self._number[site]}"

    def answered(self, site: int) -> None:
        """Something is on a lorry for a site: what it still wants is asked anew."""
        self.standing[site] = False


@dataclass
class Supply:
    """Command's book of what the sites asked for, and the lorries that it sends."""

    rules: SupplyRules
    seat: SupplySeat
    sites: Sites
    coming: Callable[[], Ints]  # (S,) people on their way to each site
    stores: list[Store]
    lorries: dict[str, list[Lorry]]
    haulage: Haulage
    roads: KnownRoads
    phone: Phone
    runner_ticks: Ints  # (S,)
    requests: Requests
    asked: Ints = field(init=False)  # (S, I) the last want that came through
    on_hand: Ints = field(init=False)  # (S, I) stock when they asked
    short: Ints = field(init=False)  # (S,) people short of something when they asked
    sent_since: Ints = field(init=False)  # (S, I) loaded for them since, or on its way then
    silent_since: Ints = field(init=False)  # (S,)

    def __post_init__(self) -> None:
        self.asked = np.zeros_like(self.sites.stock)
        self.on_hand = np.zeros_like(self.sites.stock)
        self.short = np.zeros(len(self.sites.ids), dtype=np.int64)
        self.sent_since = np.zeros_like(self.sites.stock)
        self.silent_since = np.full(len(self.sites.ids), NEVER, dtype=np.int64)
        # In order of ids: ties of the policy are broken by it.
        self._by_id = np.array(sorted(range(len(self.sites.ids)), key=self.sites.ids.__getitem__))

    @property
    def goods(self) -> Goods:
        """The items that are moved."""
        return self.haulage.goods

    def review(self, tick: int) -> None:
        """Hear the sites that can be heard, then load lorries in the policy's order."""
        coming = self.coming()
        if self._nobody_wants(coming):
            self.silent_since[:] = NEVER
            return
        inbound = self._inbound()
        want = self.sites.want(coming, self.rules.supply_horizon_h)
        self._carry(want, inbound, tick)
        self._hear(want, inbound, tick)
        ask = np.maximum(self.asked - self.on_hand - self.sent_since, 0)
        covered = 1.0 - self.rules.supply_reorder_share
        # A site asks again only when some item's cover has fallen below the reorder share.
        asks = (ask > covered * self.asked).any(axis=1) & (ask > 0).any(axis=1)
        sites = self._by_id[asks[self._by_id]]
        stores = [s for s in self.stores if self._idle(s) and s.available(tick).any()]
        if not len(sites) or not stores:
            return
        to_sites = self.roads.minutes_table(
            "lorry", [s.place for s in stores], self.sites.place[sites]
        )
        order = self.seat(self.short[sites], self.goods.mass_kg(ask[sites]), to_sites.min(axis=0))
        asking = Asking(sites, self.sites.place[sites], ask[sites].copy())
        ready = [self._idle(s) for s in stores]
        for n in order:
            self._serve(n, asking, stores, ready, to_sites[:, n], tick)
            if not any(ready):
                return

    def _idle(self, store: Store) -> list[Lorry]:
        return [lorry for lorry in self.lorries[store.id] if lorry.state == IDLE]

    def _nobody_wants(self, coming: Ints) -> bool:
        """Nobody draws on a site, is on the way to one, is owed or has asked for anything."""
        s = self.sites
        return not (s.persons.any() or coming.any() or s.owed.any() or self.asked.any())

    def _carry(self, wanted: Ints, inbound: Ints, tick: int) -> None:
        """What a store holds goes by hand, without a lorry or a call, to sites in its own place."""
        sites = self.sites
        want = wanted - sites.stock - inbound
        needy = (want > 0).any(axis=1) & (sites.persons > 0)
        if not needy.any():
            return
        for store in self.stores:
            here = needy & (sites.place == store.place)
            for site in self._by_id[here[self._by_id]].tolist():
                cargo = np.minimum(np.maximum(want[site], 0), store.available(tick))
                if cargo.any():
                    self.haulage.carry_by_hand(store, Drop(site, cargo, "", tick), tick)
                    want[site] -= cargo

    def _hear(self, want: Ints, inbound: Ints, tick: int) -> None:
        """What the sites that can be heard want and have, from whom nobody is told otherwise."""
        phone = ~self.phone.out[self.sites.place]
        wants = (want > self.sites.stock).any(axis=1)
        self.requests.want(wants, tick)
        heard = phone | self._runner_came(phone, wants, tick)
        fresh = heard & wants & ~self.requests.standing
        self.requests.hear(fresh, phone, tick)
        self.asked[heard] = want[heard]
        self.on_hand[heard] = self.sites.stock[heard]
        self.short[heard] = self.sites.short(heard.nonzero()[0]).max(axis=1, initial=0)
        self.sent_since[heard] = inbound[heard]

    def _runner_came(
        self, phone: NDArray[np.bool_], wants: NDArray[np.bool_], tick: int
    ) -> NDArray[np.bool_]:
        """Sites without a phone whose runner has had time to come since they began to want."""
        silent = wants & ~phone
        self.silent_since[~silent] = NEVER
        self.silent_since[silent & (self.silent_since == NEVER)] = tick
        return np.asarray(silent & (tick - self.silent_since >= self.runner_ticks))

    def _inbound(self) -> Ints:
        coming = np.zeros_like(self.asked)
        for lorries in self.lorries.values():
            for lorry in lorries:
                for drop in lorry.drops:
                    coming[drop.site] += drop.cargo
        return coming

    def _serve(
        self,
        n: int,
        asking: Asking,
        stores: list[Store],
        ready: list[list[Lorry]],
        minutes: F64,
        tick: int,
    ) -> None:
        """Send lorries from the nearest stores until site n has what it asked for.

        `ready` holds the idle lorries of each store; those that are sent are taken out.
        """
        for s in sorted(range(len(stores)), key=lambda s: (minutes[s], stores[s].id)):
            store = stores[s]
            if minutes[s] == np.inf:
                return
            while ready[s]:
                if not np.minimum(asking.left[n], store.available(tick)).any():
                    break
                drops = self._round(n, asking, store, tick)
                if not drops:
                    break
                ready[s].pop(0).load(drops, tick)

    def _round(self, first: int, asking: Asking, store: Store, tick: int) -> list[Drop]:
        """A lorry's load: the first site's ask, then that of sites near it while there is room."""
        available = store.available(tick).copy()
        room_kg, room_m3 = store.row.truck_kg, store.row.truck_m3
        drops: list[Drop] = []
        for n in self._near(first, asking):
            cargo = self.fill(asking.left[n], available, room_kg, room_m3)
            if not cargo.any():
                if n == first:
                    break
                continue
            site = int(asking.sites[n])
            heard = int(self.requests.heard_tick[site])
            drops.append(Drop(site, cargo, self.requests.name(site), heard))
            self.sent_since[site] += cargo
            self.requests.answered(site)
            asking.left[n] -= cargo
            available -= cargo
            room_kg -= float(self.goods.mass_kg(cargo))
            room_m3 -= float(self.goods.room_m3(cargo))
            if len(drops) >= self.rules.most_stops:
                break
        return drops

    def _near(self, first: int, asking: Asking) -> list[int]:
        """The first site, then the others that still ask, nearest to it first."""
        place, round_min = int(asking.places[first]), self.rules.round_min
        minutes = self.roads.minutes_within("lorry", place, round_min)[asking.places]
        other = asking.left.any(axis=1) & (minutes <= round_min)
        other[first] = False
        near = np.flatnonzero(other)
        return [first, *near[np.argsort(minutes[near], kind="stable")].tolist()]

    def fill(self, want: Ints, available: Ints, truck_kg: float, truck_m3: float) -> Ints:
        """A load of what is wanted and there, every item cut alike to the lorry's mass and room."""
        load = np.minimum(want, available)
        kg, m3 = float(self.goods.mass_kg(load)), float(self.goods.room_m3(load))
        share = min(1.0, truck_kg / kg if kg > 0 else 1.0, truck_m3 / m3 if m3 > 0 else 1.0)
        share = max(0.0, share)
        return np.floor(load * share).astype(np.int64)
