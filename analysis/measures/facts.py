"""The facts of one run beside its scenario, with the look-ups that measures share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from itertools import repeat
from typing import Any, Concatenate

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Item, Scenario

Column = NDArray[Any]
Table = Mapping[str, Column]
Tables = Mapping[str, Table]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
RELIEF_H = 10  # the limit in the names of the measures of relief
# Kinds of incident: one who has come out of a ruin or a fire hurt; a cardiac arrest.
BROUGHT_OUT, ARREST = "wounded", "arrest"
FORESEEN = ("wind", "collapse", "flood", "forest_fire")  # causes that a warning can come before


def short_name(item: str) -> str:
    """An item's name without its unit: water_ml -> water."""
    return item.removesuffix("_ml").removesuffix("_g")


def index_of(names: Column, order: tuple[str, ...]) -> Ints:
    """Where each name stands in `order`; -1 for a name that is not there."""
    places = map(_place_in(order).get, names.tolist(), repeat(-1))
    return np.fromiter(places, dtype=np.int64, count=len(names))


@lru_cache(maxsize=64)
def _place_in(order: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(order)}


def once[T, **P](
    function: Callable[Concatenate[Facts, P], T],
) -> Callable[Concatenate[Facts, P], T]:
    """A function of facts (and of plain values) that is worked out once for each run."""

    @wraps(function)
    def kept(facts: Facts, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (function, args, *kwargs.items())
        if key not in facts.kept:
            facts.kept[key] = function(facts, *args, **kwargs)
        found: T = facts.kept[key]
        return found

    return kept


@dataclass(frozen=True)
class Facts:
    """A run: the scenario and its ledger's tables (table -> column -> array)."""

    scenario: Scenario
    tables: Tables
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # see `once`

    @cached_property
    def h_per_tick(self) -> float:
        """Hours that a tick lasts."""
        return self.scenario.settings.tick_min / 60.0

    @cached_property
    def end(self) -> int:
        """The tick after the last one: where what never happened is censored."""
        return self.scenario.ticks

    @cached_property
    def end_min(self) -> float:
        """The end of the run in minutes since its start."""
        return float(self.end * self.scenario.settings.tick_min)

    @cached_property
    def communities(self) -> tuple[str, ...]:
        """Ids, in the scenario's order; so are those of towns, shelters and items."""
        return tuple(c.community for c in self.scenario.communities)

    @cached_property
    def towns(self) -> tuple[str, ...]:
        """Ids of the towns."""
        return tuple(t.town for t in self.scenario.towns)

    @cached_property
    def shelters(self) -> tuple[str, ...]:
        """Ids of the shelters."""
        return tuple(s.shelter for s in self.scenario.shelters)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The relief items."""
        return self.scenario.items

    @cached_property
    def item_names(self) -> tuple[str, ...]:
        """Ids of the items."""
        return tuple(i.item for i in self.scenario.items)

    @cached_property
    def residents(self) -> Ints:
        """(C,) residents of each community."""
        return np.array([c.residents for c in self.scenario.communities], dtype=np.int64)

    @cached_property
    def town_of(self) -> Ints:
        """(C,) number of each community's town."""
        town = np.array([c.town for c in self.scenario.communities], dtype=object)
        return index_of(town, self.towns)

    @cached_property
    def shelter_home(self) -> Ints:
        """(S,) number of the community in which each shelter stands."""
        home = np.array([s.community for s in self.scenario.shelters], dtype=object)
        return index_of(home, self.communities)

    @cached_property
    def shelter_capacity(self) -> Ints:
        """(S,) places of each shelter."""
        return np.array([s.capacity for s in self.scenario.shelters], dtype=np.int64)

    @once
    def community_at(self, table: str, column: str = "community") -> Ints:
        """The number of the community in each row of a table's column; -1 where it is none."""
        return index_of(self.tables[table][column], self.communities)

    @once
    def site_community(self, table: str) -> Ints:
        """The number of the community of each row's site, be it a shelter or a community."""
        site = self.tables[table]["site"]
        community = index_of(site, self.communities)
        if not len(self.shelters):
            return community
        shelter = index_of(site, self.shelters)
        return np.where(shelter >= 0, self.shelter_home[shelter], community)

    @once
    def item_at(self, table: str) -> Ints:
        """The number of the item in each row of a table; -1 for one that the scenario lacks."""
        return index_of(self.tables[table]["item"], self.item_names)

    @once
    def hours(self, table: str) -> tuple[Ints, Ints]:
        """The ticks of a table in order, and each row's place among them."""
        ticks, place = np.unique(self.tables[table]["tick"], return_inverse=True)
        return ticks.astype(np.int64), place

    @once
    def hazard(self, column: str) -> Floats:
        """(H, C) a column of hazard_level by hour and community."""
        ticks, place = self.hours("hazard_level")
        out = np.zeros((len(ticks), len(self.communities)))
        out[place, self.community_at("hazard_level")] = self.tables["hazard_level"][column]
        return out

    @cached_property
    def gale_tick(self) -> Ints:
        """(C,) first recorded tick with a gale in each community; the end where none comes."""
        ticks, _ = self.hours("hazard_level")
        gale = self.hazard("wind_ms") >= self.scenario.p("measure.gale_ms")
        if not len(ticks):
            return np.full(len(self.communities), self.end, dtype=np.int64)
        return np.where(gale.any(axis=0), ticks[gale.argmax(axis=0)], self.end)

    @cached_property
    def rescues(self) -> dict[str, Column]:
        """The incidents with persons in them (a fallen tree has none), and how long each waited.

        Those whom rescuers bring out hurt are in them once, where they were trapped: that a call
        for a medical crew follows is the response's doing, not the disaster's. Cardiac arrests
        have measures of their own.

        `wait_min` runs from the minute in which it happened to the first crew, to the end of the
        run where nobody came; so nothing that is found later looks better. `home` is the number
        of the community.
        """
        table = self.tables["incident"]
        beside = index_of(table["kind"], (BROUGHT_OUT, ARREST)) >= 0
        keep = (table["persons"] > 0) & ~beside
        rows: dict[str, Column] = {name: column[keep] for name, column in table.items()}
        rows["reached"] = ~np.isnan(rows["arrived_min"])
        until = np.where(rows["reached"], rows["arrived_min"], self.end_min)
        rows["wait_min"] = np.maximum(until - rows["occurred_min"], 0.0)
        rows["home"] = self.community_at("incident")[keep]
        return rows

    @cached_property
    def at_risk(self) -> dict[str, Column]:
        """The rows of at_risk, with their home community. Who is in it is the hazard's doing."""
        rows: dict[str, Column] = dict(self.tables["at_risk"])
        rows["home"] = self.community_at("at_risk")
        return rows

    @cached_property
    def unsafe_homes(self) -> dict[str, Column]:
        """Of those at risk, whose home becomes untenable by a hazard that can be seen to come."""
        foreseen = index_of(self.at_risk["cause"], FORESEEN) >= 0
        return self._of_risk((self.at_risk["way"] == "home") & foreseen)

    @cached_property
    def in_need(self) -> dict[str, Column]:
        """Everybody at risk once, by what came first, and how long they waited for relief.

        `wait_h` begins when they have nothing left, a kit's hours after they are at risk; it ends
        with the first relief, or when a supply or the road came back by itself, or with the run.
        `reached`: somebody relieved them, or a kit lasted for as long. `never`: neither, and none
        of these came back. `soon_over`: one came back by itself within ten hours of the risk,
        which is the hazard's doing.
        """
        rows = self._of_risk(~self.at_risk["again"])
        since, ended = rows["from_tick"], rows["ended_tick"]
        relieved = rows["relief_tick"] != NEVER
        over = (ended != NEVER) & (rows["way"] != "home")
        until = np.where(over, ended, self.end)
        by_kit = (rows["lacks_tick"] > since) & (rows["lacks_tick"] >= until)
        until = np.where(relieved, np.minimum(rows["relief_tick"], until), until)
        rows["wait_h"] = np.maximum(until - rows["lacks_tick"], 0) * self.h_per_tick
        rows["reached"] = relieved | by_kit
        rows["never"] = ~rows["reached"] & ~over
        rows["soon_over"] = over & ((ended - since) * self.h_per_tick <= RELIEF_H)
        return rows

    def _of_risk(self, keep: Bools) -> dict[str, Column]:
        return {name: column[keep] for name, column in self.at_risk.items()}

    @cached_property
    def in_peril(self) -> dict[str, Column]:
        """The rows of in_peril, with their home community. Who is in it is the hazard's doing.

        `minutes`: how long after its happening a crew was at the incident that they were in; 0
        where they were in none and live, infinite where none came or who was in none is dead.
        """
        table, incident = self.tables["in_peril"], self.tables["incident"]
        rows: dict[str, Column] = dict(table)
        rows["home"] = self.community_at("in_peril")
        took = np.maximum(incident["arrived_min"] - incident["occurred_min"], 0.0)
        took = np.where(np.isnan(took), np.inf, took)
        known = dict(zip(incident["incident"].tolist(), took.tolist(), strict=True))
        alone = np.where(rows["fate"] == "dead", np.inf, 0.0).tolist()
        named = zip(rows["incident"].tolist(), alone, strict=True)
        rows["minutes"] = np.array([known[i] if i else a for i, a in named], dtype=np.float64)
        return rows

    @cached_property
    def evacuees(self) -> dict[str, Column]:
        """The rows of evacuation that were ordered to leave, with their home community."""
        table = self.tables["evacuation"]
        keep = table["ordered_tick"] >= 0
        rows: dict[str, Column] = {name: column[keep] for name, column in table.items()}
        rows["home"] = self.community_at("evacuation")[keep]
        return rows
