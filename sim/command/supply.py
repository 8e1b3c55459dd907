"""Sending material to sites: what each asks for, who is served first, what fits on a truck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.policies import SUPPLY
from anlan.sim.ledger import NEVER
from anlan.sim.stores.store import Drop

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel
    from anlan.sim.stores.store import Store, Truck

Ints = NDArray[np.int64]


@dataclass
class Asking:
    """The sites that ask in one review, shapes (A,), (A,) and (A, I)."""

    sites: Ints
    places: Ints
    left: Ints  # not yet on a truck


class Supply:
    """Command's book of what the sites asked for. It knows only what could be phoned through."""

    def __init__(self, model: ResponseModel) -> None:
        self.model = model
        self.asked = np.zeros_like(model.sites.stock)  # last want that came through
        self.on_hand = np.zeros_like(model.sites.stock)  # stock when they asked
        self.asked_tick = np.full(len(model.sites.ids), NEVER, dtype=np.int64)
        self.silent_since = np.full(len(model.sites.ids), NEVER, dtype=np.int64)
        ticks = np.array([c.runner_ticks() for c in model.communities])
        self.runner_ticks = ticks[model.sites.place]
        scenario = model.world.scenario
        self.kg = np.array([i.kg_per_unit for i in scenario.items])
        self.m3 = np.array([i.m3_per_unit for i in scenario.items])
        self.policy = SUPPLY[scenario.policy.supply]

    def review(self, tick: int) -> None:
        """Hear the sites that can be heard, then load trucks in the policy's order."""
        coming = self._coming()
        if self._nobody_wants(coming):
            self.silent_since[:] = NEVER
            return
        inbound = self._inbound()
        horizon_h = self.model.world.scenario.p("response.supply_horizon_h")
        want = self.model.sites.want(coming, horizon_h)
        self._carry(want, inbound, tick)
        self._hear(want, tick)
        short_of = self.asked - self.on_hand - inbound
        covered = 1.0 - self.model.world.scenario.p("response.supply_reorder_share")
        ask = np.maximum(short_of, 0)
        # A site asks again only when some item's cover has fallen below the reorder share.
        asks = (ask > covered * self.asked).any(axis=1) & (ask > 0).any(axis=1)
        sites = np.flatnonzero(asks)
        if not len(sites):
            return
        stores = [s for s in self.model.stores if s.idle_trucks() and s.available(tick).any()]
        if not stores:
            return
        to_sites = self.model.roads.minutes_table(
            "lorry", [s.place for s in stores], self.model.sites.place[sites]
        )
        short = self.model.sites.short()[sites].max(axis=1)
        order = self.policy(short, ask[sites] @ self.kg, to_sites.min(axis=0))
        asking = Asking(sites, self.model.sites.place[sites], ask[sites].copy())
        ready = [s.idle_trucks() for s in stores]
        for n in order:
            self._serve(n, asking, stores, ready, to_sites[:, n], tick)
            if not any(ready):
                return

    def _nobody_wants(self, coming: Ints) -> bool:
        """Nobody draws on a site, is on the way to one, is owed or has asked for anything."""
        sites = self.model.sites
        return not (sites.persons.any() or coming.any() or sites.owed.any() or self.asked.any())

    def _carry(self, wanted: Ints, inbound: Ints, tick: int) -> None:
        """What a store holds goes by hand, without a truck or a call, to sites in its own place."""
        sites = self.model.sites
        want = wanted - sites.stock - inbound
        needy = (want > 0).any(axis=1) & (sites.persons > 0)
        if not needy.any():
            return
        for store in self.model.stores:
            for site in np.flatnonzero(needy & (sites.place == store.place)).tolist():
                cargo = np.minimum(np.maximum(want[site], 0), store.available(tick))
                if cargo.any():
                    store.hand_over(Drop(site, cargo, tick), tick)

    def _coming(self) -> Ints:
        """(S,) people on their way to each site."""
        coming = np.zeros(len(self.model.sites.ids), dtype=np.int64)
        coming[: self.model.sites.shelters] = [s.reserved for s in self.model.shelters]
        return coming

    def _hear(self, want: Ints, tick: int) -> None:
        sites = self.model.sites
        phone = ~self.model.realisation.phone_out[tick, sites.place]
        wants = (want > sites.stock).any(axis=1)
        heard = phone | self._runner_came(phone, wants, tick)
        fresh = heard & wants & (self.asked_tick == NEVER)
        self.asked_tick[fresh] = tick
        self.asked[heard] = want[heard]
        self.on_hand[heard] = sites.stock[heard]

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
        for store in self.model.stores:
            for truck in store.trucks:
                for drop in truck.drops:
                    coming[drop.site] += drop.cargo
        return coming

    def _serve(
        self,
        n: int,
        asking: Asking,
        stores: list[Store],
        ready: list[list[Truck]],
        minutes: NDArray[np.float64],
        tick: int,
    ) -> None:
        """Send trucks from the nearest stores until site n has what it asked for.

        `ready` holds the idle trucks of each store; those that are sent are taken out.
        """
        for s in np.argsort(minutes, kind="stable").tolist():
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
        """A truck's load: the first site's ask, then that of sites near it while there is room."""
        p = self.model.world.scenario.p
        available = store.available(tick).copy()
        room_kg, room_m3 = store.row.truck_kg, store.row.truck_m3
        drops: list[Drop] = []
        for n in self._near(first, asking, p("store.round_min")):
            cargo = self.fill(asking.left[n], available, room_kg, room_m3)
            if not cargo.any():
                if n == first:
                    break
                continue
            site = int(asking.sites[n])
            drops.append(Drop(site, cargo, int(self.asked_tick[site])))
            self.asked_tick[site] = NEVER  # what is still wanted is asked anew
            asking.left[n] -= cargo
            available -= cargo
            room_kg -= float(cargo @ self.kg)
            room_m3 -= float(cargo @ self.m3)
            if len(drops) >= p("store.most_stops"):
                break
        return drops

    def _near(self, first: int, asking: Asking, within_min: float) -> list[int]:
        """The first site, then the others that still ask, nearest to it first."""
        place = int(asking.places[first])
        minutes = self.model.roads.minutes_within("lorry", place, within_min)[asking.places]
        other = asking.left.any(axis=1) & (minutes <= within_min)
        other[first] = False
        near = np.flatnonzero(other)
        return [first, *near[np.argsort(minutes[near], kind="stable")].tolist()]

    def fill(self, want: Ints, available: Ints, truck_kg: float, truck_m3: float) -> Ints:
        """A load of what is wanted and there, every item cut alike to the truck's mass and room."""
        load = np.minimum(want, available)
        kg, m3 = float(load @ self.kg), float(load @ self.m3)
        share = min(1.0, truck_kg / kg if kg > 0 else 1.0, truck_m3 / m3 if m3 > 0 else 1.0)
        share = max(0.0, share)
        return np.floor(load * share).astype(np.int64)
