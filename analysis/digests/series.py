"""Curves of the district, hour by hour: stock, shelters, outages, crews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints
from anlan.analysis.measures.networks import closed_roads

Arrays = dict[str, NDArray[Any]]
Curve = tuple[str, Floats, NDArray[Any]]  # name, hours since the start, values

SERIES_OF_ITEM = ("at_stores", "on_trucks", "at_sites", "needed", "issued", "persons_short")
SERIES = ("occupants", "places_open", "power_out_persons", "phone_out_persons",
          "cut_off_persons", "crews_busy", "crews_ready", "crews_mustering",
          "crews_travelling", "crews_working", "crews_resting", "roads_closed")  # fmt: skip


def series(facts: Facts) -> Arrays:
    """The table `series`: a row an hour and curve."""
    curves = [
        *_item_curves(facts),
        *_shelter_curves(facts),
        *_network_curves(facts),
        *_crew_curves(facts),
    ]
    return {
        "hour": np.concatenate([hour for _, hour, _ in curves]),
        "series": np.repeat(
            np.array([name for name, _, _ in curves], dtype=object), [len(h) for _, h, _ in curves]
        ),
        "value": np.concatenate([np.asarray(value, dtype=float) for _, _, value in curves]),
    }


def _item_curves(facts: Facts) -> Iterator[Curve]:
    table = facts.tables["stock_level"]
    hourly = _on_the_hour(facts, table["tick"])
    for item in facts.items:
        rows = hourly & (table["item"] == item.item)
        hour = clock_hours(facts, table["tick"][rows])
        for column in SERIES_OF_ITEM:
            yield f"{column}.{item.item}", hour, table[column][rows]


def _shelter_curves(facts: Facts) -> Iterator[Curve]:
    ticks, place = facts.hours("shelter_level")
    table, n = facts.tables["shelter_level"], len(ticks)
    hour = clock_hours(facts, ticks)
    yield "occupants", hour, np.bincount(place, table["occupants"], n)
    yield "places_open", hour, np.bincount(place, table["capacity"] * table["open"], n)


def _network_curves(facts: Facts) -> Iterator[Curve]:
    ticks, _ = facts.hours("hazard_level")
    hour = clock_hours(facts, ticks)
    for column in ("power_out", "phone_out", "cut_off"):
        yield f"{column}_persons", hour, facts.hazard(column) @ facts.residents
    at_end = closed_roads(facts)[np.clip(ticks, 0, facts.end - 1)]
    yield "roads_closed", hour, at_end


def _crew_curves(facts: Facts) -> Iterator[Curve]:
    table = facts.tables["crew_level"]
    hour = clock_hours(facts, table["tick"])
    yield "crews_busy", hour, table["travelling"] + table["working"]
    yield "crews_ready", hour, table["idle"]
    for state in ("mustering", "travelling", "working"):
        yield f"crews_{state}", hour, table[state]
    yield "crews_resting", hour, _resting(facts)


def _resting(facts: Facts) -> Ints:
    """Crews off duty that have been on duty before: at rest, or out for good.

    Off duty are also those that were never called in: as many as there were in the first hour, too
    early for any to rest, less those that were called since.
    """
    off, tick = facts.tables["crew_level"]["off_duty"], facts.tables["crew_level"]["tick"]
    muster = facts.tables["muster"]
    order = np.argsort(muster["called_tick"], kind="stable")
    _, first = np.unique(muster["crew"][order].astype(str), return_index=True)
    called = np.sort(muster["called_tick"][order][first])
    by_now = np.searchsorted(called, tick, side="right")
    resting: Ints = np.maximum(off + by_now - (off + by_now)[:1], 0)
    return resting


def _on_the_hour(facts: Facts, tick: Ints) -> Bools:
    """Rows written at the end of an hour's last tick (the hourly tables are written then)."""
    ticks, _ = facts.hours("hazard_level")
    return np.isin(tick, ticks) if len(ticks) else np.ones(len(tick), dtype=bool)


def clock_hours(facts: Facts, tick: Ints) -> Floats:
    """The end of a tick in hours since the start."""
    return (np.asarray(tick, dtype=float) + 1.0) * facts.h_per_tick
