"""What is written into the ledger by the hour and at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents.team import STATES
from sim.ledger import NEVER
from sim.world.residents import State

if TYPE_CHECKING:
    from sim.model import ResponseModel


def hour(model: ResponseModel, tick: int) -> None:
    """Levels at the end of an hour."""
    _stock(model, tick)
    _sites(model, tick)
    _shelters(model, tick)
    _residents(model, tick)
    _hazard(model, tick)
    _crews(model, tick)


def _stock(model: ResponseModel, tick: int) -> None:
    held = model.stock_by_holder()
    model.ledger.add_many(
        "stock_level",
        tick=tick,
        item=model.item_ids,
        **held,
        issued=model.sites.issued.copy(),
        needed=model.sites.needed.copy(),
        persons_short=model.sites.short().sum(axis=0),
    )


def _sites(model: ResponseModel, tick: int) -> None:
    used = np.flatnonzero(model.sites.persons > 0)
    if not len(used):
        return
    n = len(model.item_ids)
    at = np.repeat(used, n)
    kinds = np.where(at < model.sites.shelters, "shelter", "community").astype(object)
    model.ledger.add_many(
        "site_level",
        tick=tick,
        site=np.array(model.sites.ids, dtype=object)[at],
        kind=kinds,
        item=np.tile(np.array(model.item_ids, dtype=object), len(used)),
        stock=model.sites.stock[used].ravel(),
        owed=model.sites.owed[used].ravel(),
        persons=model.sites.persons[at],
        persons_short=model.sites.short()[used].ravel(),
    )


def _shelters(model: ResponseModel, tick: int) -> None:
    if not model.shelters:
        return
    model.ledger.add_many(
        "shelter_level",
        tick=tick,
        shelter=[s.id for s in model.shelters],
        occupants=[s.occupants for s in model.shelters],
        reserved=[s.reserved for s in model.shelters],
        capacity=[s.capacity for s in model.shelters],
        open=[s.open for s in model.shelters],
    )


def _residents(model: ResponseModel, tick: int) -> None:
    model.ledger.add_many(
        "resident_state",
        tick=tick,
        community=model.place_ids,
        **{s.name.lower(): model.residents.counts[:, s].copy() for s in State},
    )


def _hazard(model: ResponseModel, tick: int) -> None:
    storm = model.realisation
    tick_h = model.world.scenario.settings.tick_min / 60.0
    rain = storm.rain_mm_h[: tick + 1].sum(axis=0, dtype=np.float64) * tick_h
    cut_off = ~np.isfinite(model.roads.minutes_from("lorry", model.world.command))
    model.ledger.add_many(
        "hazard_level",
        tick=tick,
        community=model.place_ids,
        wind_ms=storm.wind_ms[tick],
        gust_ms=storm.gust_ms[tick],
        rain_mm=rain,
        depth_m=storm.depth_m[tick],
        power_out=storm.power_out[tick],
        phone_out=storm.phone_out[tick],
        cut_off=cut_off,
    )
    model.ledger.add(
        "storm",
        tick,
        float(storm.centre_lon[tick]),
        float(storm.centre_lat[tick]),
        float(storm.pressure_hpa[tick]),
        float(storm.max_wind_ms[tick]),
        float(storm.sea_level_m[tick]),
    )


def _crews(model: ResponseModel, tick: int) -> None:
    states = [c.state for c in model.crews]
    model.ledger.add("crew_level", tick, *(states.count(s) for s in STATES))


def closures(model: ResponseModel, before: NDArray[np.bool_], tick: int) -> None:
    """Note roads that closed or opened for a lorry in this tick."""
    now = model.roads.closed["lorry"]
    for road in np.flatnonzero(now & ~before).tolist():
        reason = "tree" if model.roads.tree_closed[road] else "water"
        model.closed_since[road] = (tick, reason)
    for road in np.flatnonzero(before & ~now).tolist():
        _closure(model, road, tick)


def _closure(model: ResponseModel, road: int, opened_tick: int) -> None:
    since, reason = model.closed_since.pop(road)
    row = model.world.scenario.roads[road]
    model.ledger.add(
        "road_closure",
        row.road,
        row.from_community,
        row.to_community,
        reason,
        since,
        opened_tick,
    )


def finish(model: ResponseModel) -> None:
    """Write what is still open at the end: nothing that did not happen is dropped."""
    for road in sorted(dict(model.closed_since)):
        _closure(model, road, NEVER)
    for crew in model.crews:
        if crew.journey is not None:
            crew.log_trip(NEVER, "under_way")
    for store in model.stores:
        for truck in store.trucks:
            if truck.journey is not None:
                truck.log(NEVER, "under_way")
            for drop in truck.drops:
                truck.log_delivery(drop, NEVER)
    for i in model.incidents:
        model.ledger.add(
            "incident",
            i.number,
            i.kind,
            model.place_ids[i.place],
            model.world.scenario.roads[i.road].road if i.road >= 0 else "",
            i.occurred_tick,
            i.reported_tick,
            i.known_tick if i.known_tick < model.ticks else NEVER,
            i.dispatched_tick,
            i.arrived_tick,
            i.done_tick,
            i.persons,
            i.rescued,
            i.died,
            i.first_crew,
            i.cases,
        )
    for fire in model.fires:
        fire.finish(model.ledger)
    model.sites.finish(model.ledger)
    model.residents.finish(model.ledger)
