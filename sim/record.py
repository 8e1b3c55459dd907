"""What is written into the ledger by the hour and at the end of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.crews.crew import STATES
from anlan.sim.ledger import NEVER
from anlan.sim.people.residents import State

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel

SITE_KINDS = np.array(["shelter", "community"], dtype=object)


@dataclass
class Hours:
    """Levels at the end of each hour so far that are written at the end of the run, all at once."""

    ticks: list[int] = field(default_factory=list)
    residents: list[NDArray[np.int64]] = field(default_factory=list)  # (C, states) each
    cut_off: list[NDArray[np.bool_]] = field(default_factory=list)  # (C,) each
    # sites in use, (U,) each, and their stock, owed and persons short, (U, I), and persons, (U,)
    used: list[NDArray[np.int64]] = field(default_factory=list)
    sites: list[tuple[NDArray[np.int64], ...]] = field(default_factory=list)


def hour(model: ResponseModel, tick: int) -> None:
    """Levels at the end of an hour."""
    short = model.sites.short()
    _stock(model, short, tick)
    _shelters(model, tick)
    _crews(model, tick)
    model.hours.ticks.append(tick)
    model.hours.residents.append(model.residents.counts.copy())
    sites, used = model.sites, np.flatnonzero(model.sites.persons > 0)
    model.hours.used.append(used)
    model.hours.sites.append(
        (sites.stock[used], sites.owed[used], short[used], sites.persons[used])
    )
    model.hours.cut_off.append(~np.isfinite(model.roads.minutes_from("lorry", model.world.command)))


def _stock(model: ResponseModel, short: NDArray[np.int64], tick: int) -> None:
    held = model.stock_by_holder()
    model.ledger.add_many(
        "stock_level",
        tick=tick,
        item=model.item_names,
        **held,
        issued=model.sites.issued.copy(),
        needed=model.sites.needed.copy(),
        persons_short=short.sum(axis=0),
    )


def _sites(model: ResponseModel) -> None:
    used, n = np.concatenate(model.hours.used), len(model.item_ids)
    hourly = np.repeat(model.hours.ticks, [len(u) for u in model.hours.used])
    stock, owed, short, persons = map(np.concatenate, zip(*model.hours.sites, strict=True))
    at = np.repeat(used, n)
    kinds = SITE_KINDS[(at >= model.sites.shelters).astype(np.int64)]
    model.ledger.add_many(
        "site_level",
        tick=np.repeat(hourly, n),
        site=model.site_names[at],
        kind=kinds,
        item=np.tile(model.item_names, len(used)),
        stock=stock.ravel(),
        owed=owed.ravel(),
        persons=np.repeat(persons, n),
        persons_short=short.ravel(),
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


def _residents(model: ResponseModel) -> None:
    counts = np.stack(model.hours.residents)
    model.ledger.add_many(
        "resident_state",
        **_hour_and_community(model),
        **{s.name.lower(): counts[:, :, s].ravel() for s in State},
    )


def _hazard(model: ResponseModel) -> None:
    """The hazard depends on nobody, so its levels can wait for the end."""
    storm, at = model.realisation, np.array(model.hours.ticks)
    tick_h = model.world.scenario.settings.tick_min / 60.0
    rain = np.cumsum(storm.rain_mm_h, axis=0, dtype=np.float64)[at] * tick_h
    model.ledger.add_many(
        "hazard_level",
        **_hour_and_community(model),
        wind_ms=storm.wind_ms[at].ravel(),
        gust_ms=storm.gust_ms[at].ravel(),
        rain_mm=rain.ravel(),
        depth_m=storm.depth_m[at].ravel(),
        power_out=storm.power_out[at].ravel(),
        phone_out=storm.phone_out[at].ravel(),
        cut_off=np.concatenate(model.hours.cut_off),
    )
    model.ledger.add_many(
        "storm",
        tick=at,
        lon=storm.centre_lon[at],
        lat=storm.centre_lat[at],
        pressure_hpa=storm.pressure_hpa[at],
        max_wind_ms=storm.max_wind_ms[at],
        sea_level_m=storm.sea_level_m[at],
    )


def _hour_and_community(model: ResponseModel) -> dict[str, NDArray[Any]]:
    """The first two columns of a table with a row an hour and community."""
    return {
        "tick": np.repeat(model.hours.ticks, model.world.places),
        "community": np.tile(model.place_names, len(model.hours.ticks)),
    }


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
    if model.hours.ticks:
        _sites(model)
        _residents(model)
        _hazard(model)
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
