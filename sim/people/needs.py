"""What people need where they are: stock, needs, shortage and first relief, site by site.

A site is a shelter (numbers 0 .. shelters - 1) or a community whose homes have run dry
(after them, in the communities' order). All quantities are integers in the item's unit, and
at every moment stock + issued = initial + delivered at each site.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, keys_of, stream
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.place.world import World
from anlan.sim.scenario.rules import Rules

Ints = NDArray[np.int64]
ALL = slice(None)
ONCE = stream("needs.once", "site")
PER_MILLE = 1000
NOBODY = -1  # no household: people who came by themselves


@dataclass(frozen=True)
class MealRules(Rules, prefix="needs"):
    """The hours of the day at which people eat."""

    meal_1_h: float
    meal_2_h: float
    meal_3_h: float

    @property
    def hours(self) -> frozenset[int]:
        """The full hours."""
        return frozenset(int(h) for h in (self.meal_1_h, self.meal_2_h, self.meal_3_h))


@dataclass
class Cohort:
    """People of one household, or without one, who came to need relief at a site in one tick and
    have had none yet.
    """

    need_tick: int
    persons: int
    home: int = NOBODY


def _nobody_asks(home: int, tick: int) -> None:
    """Nothing more is done with it."""


@dataclass
class Sites:
    """Shapes: S sites, I items."""

    ids: list[str]
    place: NDArray[np.int64]  # (S,) community where it is
    shelters: int  # how many of them are shelters
    per_h: Ints  # (I,) need a person an hour
    per_meal: Ints  # (I,)
    on_entry: Ints  # (I,) per mille a person, once
    stock: Ints  # (S, I)
    # (S,) thousandths of one of each that count as begun at a site: where three people of ten need
    # a pack, two at a site need one in six runs of ten, and none in the others
    begun: Ints
    owed: Ints  # (S, I) needed and not given yet
    persons: Ints  # (S,)
    entered: Ints  # (S,) people who ever came in
    issued: Ints  # (I,) since the start
    needed: Ints  # (I,) since the start
    # site -> (tick of the need, household) -> who waits, first come first
    waiting: dict[int, dict[tuple[int, int], Cohort]] = field(default_factory=dict)
    rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    # told of each household, and the tick in which all of it there have had something
    served: Callable[[int, int], None] = _nobody_asks

    @cached_property
    def unit(self) -> Ints:
        """(I,) what one person needs at once."""
        return np.asarray(np.maximum(self.per_h, self.per_meal))

    def enter(self, site: int, persons: int, tick: int, home: int = NOBODY) -> None:
        """People come to draw on a site: their once-only needs are owed, they await relief."""
        before = (self.entered[site] * self.on_entry + self.begun[site]) // PER_MILLE
        self.entered[site] += persons
        once = (self.entered[site] * self.on_entry + self.begun[site]) // PER_MILLE - before
        self.owed[site] += once
        self.needed += once
        self.persons[site] += persons
        queue = self.waiting.setdefault(site, {})
        queue.setdefault((tick, home), Cohort(tick, 0, home)).persons += persons

    def leave(self, site: int, persons: int, need_tick: int, tick: int, home: int = NOBODY) -> None:
        """People who came at `need_tick` go; those of them still unserved were never reached."""
        self.persons[site] -= persons
        queue = self.waiting.get(site, {})
        cohort = queue.get((need_tick, home))
        if cohort is not None:
            unserved = min(cohort.persons, persons)
            cohort.persons -= unserved
            if unserved:
                self.rows.append((site, need_tick, NEVER, tick, unserved))
            if cohort.persons == 0:
                del queue[need_tick, home]
        if self.persons[site] == 0:
            self.owed[site] = 0  # nobody is left to whom it could be given

    def serve(self, tick: int, meal: bool) -> None:
        """Give out an hour's needs, and a meal's if it is mealtime, as far as the stock goes."""
        used = (self.persons > 0).nonzero()[0]
        if not len(used):
            return
        each = self.per_h + (self.per_meal if meal else 0)
        due = self.persons[used, None] * each[None, :]
        self.owed[used] += due
        self.needed += due.sum(axis=0)
        given = np.minimum(self.stock[used], self.owed[used])
        self.stock[used] -= given
        self.owed[used] -= given
        self.issued += given.sum(axis=0)
        unit = self.unit
        persons_served = np.where(unit > 0, given // np.maximum(unit, 1), 0).max(axis=1)
        for site, served in zip(used.tolist(), persons_served.tolist(), strict=True):
            if served:
                self._relieve(site, served, tick)

    def _relieve(self, site: int, served: int, tick: int) -> None:
        """First come, first served among those who have had nothing yet."""
        queue = self.waiting.get(site)
        while queue and served > 0:
            key, cohort = next(iter(queue.items()))
            now = min(cohort.persons, served)
            if now:
                self.rows.append((site, cohort.need_tick, tick, NEVER, now))
            cohort.persons -= now
            served -= now
            if cohort.persons == 0:
                del queue[key]
                if cohort.home != NOBODY:
                    self.served(cohort.home, tick)

    def short(self, sites: Ints | slice = ALL) -> Ints:
        """(n, I) people short of each item now at n sites; all by default."""
        return self.short_of(self.owed[sites], self.persons[sites])

    def short_of(self, owed: Ints, persons: Ints) -> Ints:
        """(n, I) people short of each item where so much is owed, (n, I), to so many, (n,)."""
        if not len(owed):
            return np.zeros_like(owed)
        return np.minimum(persons[:, None], -(-owed // np.maximum(self.unit, 1)))

    def want(self, coming: Ints, hours: float) -> Ints:
        """(S, I) what each site must hold for `hours` ahead for those there and coming."""
        ahead = self.per_h * hours + self.per_meal * (3.0 * hours / 24.0)
        people = self.persons + coming
        once = -(-coming[:, None] * self.on_entry[None, :] // PER_MILLE)
        need = np.ceil(people[:, None] * ahead[None, :]).astype(np.int64)
        return np.asarray(self.owed + need + once, dtype=np.int64)

    def finish(self, ledger: Ledger) -> None:
        """Write who got relief when; those still waiting were never reached."""
        for site in sorted(self.waiting):
            for cohort in self.waiting[site].values():
                if cohort.persons:
                    self.rows.append((site, cohort.need_tick, NEVER, NEVER, cohort.persons))
        merged: dict[tuple[int, int, int, int], int] = {}
        for site, need, relief, ended, persons in self.rows:
            key = (site, need, relief, ended)
            merged[key] = merged.get(key, 0) + persons
        for (site, need, relief, ended), persons in sorted(merged.items()):
            kind = "shelter" if site < self.shelters else "community"
            ledger.add(
                facts.Relief(
                    site=self.ids[site],
                    kind=kind,
                    need_tick=need,
                    relief_tick=relief,
                    ended_tick=ended,
                    persons=persons,
                )
            )


def set_up(world: World, streams: Streams) -> Sites:
    """Sites of a scenario with the stock that lies at its shelters at the start."""
    scenario = world.scenario
    ids = [s.shelter for s in scenario.shelters] + [c.community for c in scenario.communities]
    place = [world.index[s.community] for s in scenario.shelters] + list(range(world.places))
    items = [i.item for i in scenario.items]
    stock = np.zeros((len(ids), len(items)), dtype=np.int64)
    shelter_at = {s.shelter: n for n, s in enumerate(scenario.shelters)}
    for row in scenario.stock:
        if row.holder in shelter_at:
            stock[shelter_at[row.holder], items.index(row.item)] += row.quantity
    zeros = np.zeros(len(ids), dtype=np.int64)
    begun = (streams.uniform64(ONCE, keys_of(ids)) * PER_MILLE).astype(np.int64)
    return Sites(
        ids=ids,
        place=np.array(place, dtype=np.int64),
        shelters=len(scenario.shelters),
        per_h=np.array([i.need_per_h for i in scenario.items], dtype=np.int64),
        per_meal=np.array([i.need_per_meal for i in scenario.items], dtype=np.int64),
        on_entry=np.array([i.need_on_entry_permille for i in scenario.items], dtype=np.int64),
        stock=stock,
        begun=begun,
        owed=np.zeros_like(stock),
        persons=zeros.copy(),
        entered=zeros.copy(),
        issued=np.zeros(len(items), dtype=np.int64),
        needed=np.zeros(len(items), dtype=np.int64),
    )
