"""A run played by the model, with what the oracle of dispatch and supply takes as given."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.sim.chance import Streams, declared
from anlan.sim.engine import prepare
from anlan.sim.forcing.base import Forcing
from anlan.sim.model import ResponseModel
from anlan.sim.parts import Parts
from tests.oracle.held import Deed, act, hold
from tests.oracle.response import DrawnOn, Given, Roads, Rows, Said

VEHICLES = ("lorry", "boat")


@dataclass
class Notes:
    """A source of the run that only looks: at roads, fallen trees and fires, tick by tick."""

    parts: Parts
    roads: list[Roads] = field(default_factory=list)
    trees: list[dict[str, int]] = field(default_factory=list)
    depth_m: list[list[float]] = field(default_factory=list)
    drawn_on: list[DrawnOn] = field(default_factory=list)
    needed: list[Said[float]] = field(default_factory=list)
    adds: list[Said[dict[str, float]]] = field(default_factory=list)
    runs: list[Said[bool]] = field(default_factory=list)
    water_l: list[Said[float]] = field(default_factory=list)
    micro: list[Said[int]] = field(default_factory=list)
    near: list[Said[bool]] = field(default_factory=list)
    bagless_min: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What each fire asks for is looked at whenever command is about to send crews."""
        dispatch = self.parts.command.means.dispatch
        send = dispatch.step

        def look_and_send(minute: float) -> None:
            crews = self.parts.crews
            fires = {i.id: i.scene for i in self.parts.incidents.all if i.scene is not None}
            adds = {n: {c.id: s.adds(c) for c in crews} for n, s in fires.items()}
            self.needed.append((minute, {n: s.needed() for n, s in fires.items()}))
            self.adds.append((minute, adds))
            self.runs.append((minute, {n: s.runs() for n, s in fires.items()}))
            self.water_l.append((minute, {n: s.water_wanted_l() for n, s in fires.items()}))
            self.micro.append((minute, {n: s.micro_wanted() for n, s in fires.items()}))
            sites = {i.id: i.own_town for i in self.parts.incidents.all if i.against_water}
            self.near.append((minute, sites))
            send(minute)

        dispatch.step = look_and_send  # type: ignore[method-assign]
        step = self.parts.minutes.step

        def look_and_step(tick: int) -> None:
            self._look_at_queues()
            step(tick)

        self.parts.minutes.step = look_and_step  # type: ignore[method-assign]

    def _look_at_queues(self) -> None:
        """Queues as crews and lorries meet them: people have set out in this tick by then."""
        traffic = self.parts.roads.traffic
        for link, slots in traffic.slots.items():
            road, back = divmod(link, 2)
            start = int((traffic.table.b if back else traffic.table.a)[road])
            room = traffic._room(link)  # as rain and contraflow let it be in this tick
            self.roads[-1].queues[road, start] = room, list(slots.taken)

    def step(self, tick: int) -> None:
        """One tick, before command's turn."""
        p = self.parts
        self.roads.append(
            Roads(
                {v: p.roads.closed[v].tolist() for v in VEHICLES},
                {v: p.roads.minutes[v].tolist() for v in VEHICLES},
                p.roads.traffic.rules.slot_min,
            )
        )
        self._look_at_bags(p.clock.minute_of(tick))
        self.depth_m.append(p.water.depth_m.tolist())
        self.trees.append({i.id: i.trees for i in p.incidents.all if i.kind == "tree"})
        self.drawn_on.append(self._look_at_sites())

    def _look_at_sites(self) -> DrawnOn:
        """Whom command finds at each site, and on the way: who is hurt in this tick is gone."""
        sites = self.parts.sites
        persons, owed = sites.persons.tolist(), sites.owed.tolist()
        reserved = [shelter.reserved for shelter in self.parts.shelters.all]
        coming = reserved + [0] * (len(sites.ids) - len(reserved))
        return {
            site: (persons[n], coming[n], owed[n])
            for n, site in enumerate(sites.ids)
            if persons[n] or coming[n]
        }

    def finish(self) -> None:
        """It leaves no facts."""
        self._look_at_bags(self.parts.clock.end_min)

    def _look_at_bags(self, minute: float) -> None:
        """Whose bags were used up by a minute, in the tick that ends with it."""
        for crew in self.parts.crews:
            if crew.team.bags and crew.bags.left <= 0.0:
                self.bagless_min.setdefault(crew.team.team, minute)


def observed(
    scenario: Any,
    seed: int,
    deeds: Mapping[int, Deed] | None = None,
    forcing: Forcing | None = None,
    **held: Any,
) -> tuple[Given, dict[str, Rows]]:
    """What is given of one run, and the run's own tables as rows; `held` as in `held.hold`."""
    engine = prepare(scenario)
    streams = Streams(seed, 0)
    comes = forcing if forcing is not None else engine.forcing(streams)
    model = act(hold(ResponseModel(engine.world, comes, streams), **held), deeds or {})
    notes = Notes(model.parts)
    model.parts.sources.append(notes)
    tables = {name: rows(columns) for name, columns in model.run().tables().items()}
    assert comes.sky is not None

    def luck(stream: str, thing: str, number: int) -> float:
        return streams.one(declared()[stream][0], thing, number)

    given = Given(
        scenario=scenario,
        tables=tables,
        luck=luck,
        start_hour=model.parts.clock.start_hour,
        wind_ms=list(comes.sky.wind_ms),
        roads=notes.roads,
        trees=notes.trees,
        depth_m=notes.depth_m,
        drawn_on=notes.drawn_on,
        dug_h={i.id: i.work_h for i in model.parts.incidents.all if i.kind == "collapse"},
        safe_left_h={i.id: i.safe_left_h for i in model.parts.incidents.all if i.kind == "flood"},
        needed=notes.needed,
        adds=notes.adds,
        runs=notes.runs,
        water_l=notes.water_l,
        micro=notes.micro,
        near=notes.near,
        bagless_min=notes.bagless_min,
        lost_min={i.id: i.done_min for i in model.parts.incidents.all if i.lost},
        runner_ticks=model.parts.command.means.calls.runner_ticks.tolist(),
        drawn_leg_min={i.id: i.last_leg_min for i in model.parts.incidents.all},
    )
    return given, tables


def side_by_side(
    tables: dict[str, Rows], mine: dict[str, Rows]
) -> dict[str, tuple[list[Any], list[Any]]]:
    """Of each table of the oracle the rows that only the model has and those that only it has.

    Rows are compared whatever their order; of an incident the columns that the oracle has.
    """
    found = {}
    for name, rows_of in mine.items():
        columns = list(rows_of[0]) if rows_of else list(tables[name][0] if tables[name] else {})
        both = [Counter(_plain(row, columns) for row in side) for side in (tables[name], rows_of)]
        only = [list((a - b).elements()) for a, b in (both, both[::-1])]
        found[name] = (only[0], only[1])
    return found


def _plain(row: dict[str, Any], columns: list[str]) -> tuple[Any, ...]:
    """Kilometres and minutes are sums, which depend on their order in the last digits."""
    return tuple(_rounded(row[c]) if isinstance(row[c], float) else row[c] for c in columns)


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def rows(columns: dict[str, Any]) -> Rows:
    """A table as one dict a row."""
    lists = {name: values.tolist() for name, values in columns.items()}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
