"""What is kept of every run: its measures, its hourly curves, its places, what broke.

Worked out in the worker after each run, so that the memory of a study stays flat. The tables
and their columns are named in `TABLES`; `sim.replicate` merges them over the runs, each with
a leading column `run`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.context import Context, Floats, Ints, Tables, index_of
from anlan.analysis.fire_breaks import fire_failures
from anlan.analysis.fires import MIN_PER_H, crew_wait_min
from anlan.analysis.measures import MEASURES, RESCUE_MIN, closed_roads, relief_late, shelter_use
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Scenario

Arrays = dict[str, NDArray[Any]]

# table -> column -> (unit, English, Chinese); the measures' own columns come from the registry
TABLES: dict[str, dict[str, tuple[str, str, str]]] = {
    "measures": {},
    "series": {
        "hour": ("h", "hours since the start", "开始后小时数"),
        "series": ("", "which curve: see the list of series", "曲线名称"),
        "value": ("", "its value for the district at that hour", "该小时全区数值"),
    },
    "places": {
        "community": ("", "community", "社区"),
        "residents": ("person", "residents", "居民数"),
        "first_response_min_worst": (
            "min",
            "longest wait for the first crew (to the end where none came); empty: no incident",
            "救援首队到场的最长等待（未到场计至结束）；空为无险情",
        ),
        "rescue_late_persons": (
            "person",
            "persons in incidents reached after more than 60 min or never",
            "60分钟后才到场或始终未到场的险情涉及人数",
        ),
        "rescue_never_persons": ("person", "persons in incidents never reached", "始终未到场人数"),
        "relief_wait_h_max": (
            "h",
            "longest wait for first relief (to the end where none came); empty: no need",
            "首次救助的最长等待（未得到计至结束）；空为无需求",
        ),
        "relief_late_persons": (
            "person",
            "persons relieved after more than 10 h or never",
            "10小时后才得到或始终未得到救助的人数",
        ),
        "relief_never_persons": ("person", "persons never relieved", "始终未得到救助人数"),
        "deaths": ("person", "deaths", "死亡人数"),
        "cut_off_h": ("h", "hours with no road open to the command seat", "交通中断小时数"),
        "max_depth_m": ("m", "deepest water on the streets", "最大积水深"),
        "power_out_h": ("h", "hours without mains power", "停电小时数"),
    },
    "responses": {
        "community": ("", "where the incident was", "险情地点"),
        "kind": ("", "kind of incident", "险情类别"),
        "persons": ("person", "persons trapped or hurt", "涉险人数"),
        "response_min": (
            "min",
            "minutes from report to first crew, to the end of the run where none came",
            "从报出到首队到场的分钟数，未到场计至结束",
        ),
        "reached": ("", "whether a crew came", "是否到场"),
    },
    "road_closed": {
        "road": ("", "road", "路段"),
        "closed_h": ("h", "hours closed for a lorry", "不能通行货车的小时数"),
    },
    "shelter_use": {
        "shelter": ("", "shelter", "避难场所"),
        "peak_occupants": ("person", "most residents inside at any hour", "各小时在所人数的最大值"),
        "full_h": ("h", "hours full or fully booked", "住满或订满的小时数"),
    },
    "fires": {
        "fire": ("", "id of the fire", "火场编号"),
        "kind": ("", "building or forest", "类别"),
        "community": ("", "where; for a forest fire the road head", "地点；森林火灾为上山路口"),
        "spread_from": ("", "the fire that lit it, or empty", "由何处蔓延，无则为空"),
        "ignited_h": ("h", "ignition, hours since the start", "起火，开始后小时数"),
        "wait_min": (
            "min",
            "first crew: minutes from the order (building) or the report (forest) to its arrival, "
            "to the end of the run where none came; empty for one that a neighbour lit",
            "首队用时：建筑火灾从下令、森林火灾从报警到到场的分钟数，未到场计至结束；由邻近建筑引燃的为空",
        ),
        "reached": (
            "",
            "whether a crew came; for one that a neighbour lit whether an engine put water on it",
            "是否到场；由邻近建筑引燃的为是否有消防车出水",
        ),
        "out_h": ("h", "hours from ignition to out; empty: not out", "起火到扑灭；空为未扑灭"),
    },
    "fire_fronts": {
        "hour": ("h", "hours since the start", "开始后小时数"),
        "fire": ("", "id of the forest fire", "火场编号"),
        "burnt_ha": ("ha", "land burnt", "过火面积"),
        "edge_m": ("m", "edge that still runs", "活动火线长"),
        "line_m": ("m", "line built", "已建隔离线长"),
        "crews": ("crew", "crews at the fire", "在场队伍"),
    },
    "fire_cells": {
        "fire": ("", "id of the forest fire", "火场编号"),
        "row": ("", "row of the landscape that burnt, 0 the northernmost", "过火网格的行"),
        "col": ("", "column of the landscape that burnt", "过火网格的列"),
    },
    "breaks": {
        "kind": (
            "",
            "store_out, shelter_full, road_closed, cut_off, power_out, phone_out, late_rescue, "
            "short, death; of fires: engine_late, water_late, engines_short, fire_spread, "
            "forest_wait, forest_short, forest_open, forest_not_out, fire_map_edge, "
            "fire_village, fire_overrun",
            "类别：储备用尽、避难场所满、道路中断、社区孤立、停电、断网、救援迟到、短缺、死亡；"
            "火灾：首车迟到、出水迟、消防车不足、蔓延、森林火灾等候、扑火队伍不足、未围住、"
            "未扑灭、烧到图边、烧到村庄、队伍被围困",
        ),
        "place": (
            "",
            "store, shelter, road, community or forest fire",
            "储备库、避难场所、路段、社区或森林火场",
        ),
        "item": ("", "item, else empty", "物资，无则为空"),
        "hour": ("h", "hours since the start", "开始后小时数"),
    },
}

SERIES_OF_ITEM = ("at_stores", "at_sites", "needed", "issued", "persons_short")
SERIES = ("occupants", "places_open", "power_out_persons", "phone_out_persons",
          "cut_off_persons", "crews_busy", "crews_ready", "roads_closed")  # fmt: skip


def digest(scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
    """One run's digest: table -> column -> array, as `TABLES` names them."""
    return Chosen(tuple(MEASURES), tuple(DIGESTS))(scenario, tables)


@dataclass(frozen=True)
class Chosen:
    """A digest of some measures and tables only."""

    measures: tuple[str, ...]
    tables: tuple[str, ...] = ()

    def __call__(self, scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
        x = Context(scenario, tables)
        values = {name: np.array([MEASURES[name].function(x)]) for name in self.measures}
        return {"measures": values} | {name: DIGESTS[name](x) for name in self.tables}


# ---- hourly curves -------------------------------------------------------------------------


def _series(x: Context) -> Arrays:
    curves = [*_item_curves(x), *_shelter_curves(x), *_network_curves(x), *_crew_curves(x)]
    return {
        "hour": np.concatenate([hour for _, hour, _ in curves]),
        "series": np.repeat(
            np.array([name for name, _, _ in curves], dtype=object), [len(h) for _, h, _ in curves]
        ),
        "value": np.concatenate([np.asarray(value, dtype=float) for _, _, value in curves]),
    }


Curve = tuple[str, Floats, NDArray[Any]]


def _item_curves(x: Context) -> Iterator[Curve]:
    table = x.tables["stock_level"]
    hourly = _on_the_hour(x, table["tick"])
    for item in x.items:
        rows = hourly & (table["item"] == item.item)
        hour = _clock_hours(x, table["tick"][rows])
        for column in SERIES_OF_ITEM:
            yield f"{column}.{item.item}", hour, table[column][rows]


def _shelter_curves(x: Context) -> Iterator[Curve]:
    ticks, place = x.hours("shelter_level")
    table, n = x.tables["shelter_level"], len(ticks)
    hour = _clock_hours(x, ticks)
    yield "occupants", hour, np.bincount(place, table["occupants"], n)
    yield "places_open", hour, np.bincount(place, table["capacity"] * table["open"], n)


def _network_curves(x: Context) -> Iterator[Curve]:
    ticks, _ = x.hours("hazard_level")
    hour = _clock_hours(x, ticks)
    for column in ("power_out", "phone_out", "cut_off"):
        yield f"{column}_persons", hour, x.hazard(column) @ x.residents
    at_end = closed_roads(x)[np.clip(ticks, 0, x.end - 1)]
    yield "roads_closed", hour, at_end


def _crew_curves(x: Context) -> Iterator[Curve]:
    table = x.tables["crew_level"]
    hour = _clock_hours(x, table["tick"])
    yield "crews_busy", hour, table["travelling"] + table["working"]
    yield "crews_ready", hour, table["idle"]


def _on_the_hour(x: Context, tick: Ints) -> NDArray[np.bool_]:
    """Rows written at the end of an hour's last tick (the hourly tables are written then)."""
    ticks, _ = x.hours("hazard_level")
    return np.isin(tick, ticks) if len(ticks) else np.ones(len(tick), dtype=bool)


def _clock_hours(x: Context, tick: Ints) -> Floats:
    """The end of a tick in hours since the start."""
    return (np.asarray(tick, dtype=float) + 1.0) * x.h_per_tick


# ---- places --------------------------------------------------------------------------------


def _places(x: Context) -> Arrays:
    n = len(x.communities)
    rescue, relief, casualty = x.rescues, x.reliefs, x.tables["casualty"]
    late = ~rescue["reached"] | (rescue["wait_min"] > RESCUE_MIN)
    died = casualty["persons"] * (casualty["outcome"] == "died")
    h = _hours_per_row(x)
    depth = x.hazard("depth_m")
    return {
        "community": np.array(x.communities, dtype=object),
        "residents": x.residents,
        "first_response_min_worst": _largest(rescue["at"], rescue["wait_min"], n),
        "rescue_late_persons": _sum(rescue["at"], rescue["persons"] * late, n),
        "rescue_never_persons": _sum(rescue["at"], rescue["persons"] * ~rescue["reached"], n),
        "relief_wait_h_max": _largest(relief["at"], relief["wait_h"], n),
        "relief_late_persons": _sum(relief["at"], relief["persons"] * relief_late(x), n),
        "relief_never_persons": _sum(relief["at"], relief["persons"] * relief["never"], n),
        "deaths": _sum(x.at("casualty"), died, n),
        "cut_off_h": x.hazard("cut_off").sum(axis=0) * h,
        "max_depth_m": depth.max(axis=0) if len(depth) else np.zeros(n),
        "power_out_h": x.hazard("power_out").sum(axis=0) * h,
    }


def _hours_per_row(x: Context) -> float:
    """How many hours a row of hazard_level stands for."""
    ticks, _ = x.hours("hazard_level")
    return float(np.median(np.diff(ticks)) * x.h_per_tick) if len(ticks) > 1 else 1.0


def _sum(at: Ints, weights: NDArray[Any], n: int) -> Ints:
    known = at >= 0
    return np.bincount(at[known], weights[known], n).astype(np.int64)


def _largest(at: Ints, values: NDArray[Any], n: int) -> Floats:
    out = np.full(n, -np.inf)
    np.maximum.at(out, at[at >= 0], values[at >= 0])
    return np.where(np.isinf(out), np.nan, out)


def _responses(x: Context) -> Arrays:
    """One row an incident, also where a row of the ledger stands for several alike."""
    rows, cases = x.rescues, x.rescues["cases"]
    first = np.repeat(np.cumsum(cases) - cases, cases)
    more = np.arange(len(first)) - first < np.repeat(rows["persons"] % cases, cases)
    return {
        "community": np.repeat(rows["community"], cases),
        "kind": np.repeat(rows["kind"], cases),
        "persons": np.repeat(rows["persons"] // cases, cases) + more,
        "response_min": np.repeat(rows["wait_min"], cases),
        "reached": np.repeat(rows["reached"], cases),
    }


def _road_closed(x: Context) -> Arrays:
    """Hours closed of each road that was closed; a road twice closed at once counts twice."""
    table = x.tables["road_closure"]
    names = tuple(r.road for r in x.scenario.roads)
    until = np.where(table["opened_tick"] == NEVER, x.end, table["opened_tick"])
    hours = (until - table["closed_tick"]) * x.h_per_tick
    closed = np.bincount(index_of(table["road"], names), hours, len(names))
    hit = np.isin(np.arange(len(names)), index_of(table["road"], names))
    return {"road": np.array(names, dtype=object)[hit], "closed_h": np.minimum(
        closed[hit], x.end * x.h_per_tick)}  # fmt: skip


def _shelter_use(x: Context) -> Arrays:
    """How full the shelters became that anybody entered."""
    use = shelter_use(x)
    peak = use.max(axis=0) if len(use) else np.zeros(len(x.shelters))
    level = x.tables["shelter_level"]
    which = index_of(level["shelter"], x.shelters)
    full_h = np.bincount(which, _full(x), len(x.shelters)) * _hours_per_row(x)
    used = peak > 0
    return {
        "shelter": np.array(x.shelters, dtype=object)[used],
        "peak_occupants": peak[used].astype(np.int64),
        "full_h": full_h[used],
    }


def _full(x: Context) -> NDArray[np.bool_]:
    """The rows of shelter_level in which a shelter is full or fully booked."""
    level = x.tables["shelter_level"]
    taken = level["occupants"] + level["reserved"]
    full: NDArray[np.bool_] = level["open"] & (level["capacity"] > 0) & (taken >= level["capacity"])
    return full


# ---- fires ---------------------------------------------------------------------------------


def _fires(x: Context) -> Arrays:
    table = x.tables["fire"]
    lit = table["spread_from"] != ""  # by a neighbour: the crews were called to that one
    return {
        **{c: table[c] for c in ("fire", "kind", "community", "spread_from")},
        "ignited_h": table["ignited_min"] / MIN_PER_H,
        "wait_min": np.where(lit, np.nan, crew_wait_min(x)),
        "reached": np.where(lit, table["engines_peak"] > 0, ~np.isnan(table["arrived_min"])),
        "out_h": (table["out_min"] - table["ignited_min"]) / MIN_PER_H,
    }


def _fire_fronts(x: Context) -> Arrays:
    table = x.tables["fire_front"]
    columns = ("fire", "burnt_ha", "edge_m", "line_m", "crews")
    return {"hour": _clock_hours(x, table["tick"]), **{c: table[c] for c in columns}}


# ---- what broke, where and when ------------------------------------------------------------

Break = tuple[str, str, str, float]


def _breaks(x: Context) -> Arrays:
    """The first of each kind of failure (of each item for stores and shortages)."""
    rows = [row for row in _first_breaks(x) if row is not None]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return {
        "kind": np.array(columns[0], dtype=object),
        "place": np.array(columns[1], dtype=object),
        "item": np.array(columns[2], dtype=object),
        "hour": np.array(columns[3], dtype=float),
    }


def _first_breaks(x: Context) -> Iterator[Break | None]:
    t = x.tables
    for item in x.items:
        yield _store_out(x, item.item)
        rows = (t["site_level"]["item"] == item.item) & (t["site_level"]["persons_short"] > 0)
        ends = t["site_level"]["tick"] + 1  # such rows tell how it stood at the end of the tick
        yield _first(x, "short", t["site_level"]["site"], ends, rows, item.item)
    level = t["shelter_level"]
    yield _first(x, "shelter_full", level["shelter"], level["tick"] + 1, _full(x))
    closure = t["road_closure"]
    every = np.ones(len(closure["road"]), dtype=bool)
    yield _first(x, "road_closed", closure["road"], closure["closed_tick"], every)
    hazard = t["hazard_level"]
    for column in ("cut_off", "power_out", "phone_out"):
        yield _first(x, column, hazard["community"], hazard["tick"] + 1, hazard[column])
    rescue = x.rescues
    late = ~rescue["reached"] | (rescue["wait_min"] > RESCUE_MIN)
    limit = rescue["since_tick"] + x.scenario.ticks_of(RESCUE_MIN)
    yield _first(x, "late_rescue", rescue["community"], np.minimum(limit, x.end), late)
    casualty = t["casualty"]
    died = casualty["outcome"] == "died"
    yield _first(x, "death", casualty["community"], casualty["tick"], died)
    for kind, places, minute in fire_failures(x):
        if len(minute):
            at = int(np.argmin(minute))
            yield kind, str(places[at]), "", float(minute[at]) / MIN_PER_H


def _first(
    x: Context,
    kind: str,
    place: NDArray[Any],
    tick: NDArray[Any],
    rows: NDArray[np.bool_],
    item: str = "",
) -> Break | None:
    if not rows.any():
        return None
    at = np.flatnonzero(rows)[np.argmin(tick[rows])]
    return kind, str(place[at]), item, float(tick[at] * x.h_per_tick)


def _store_out(x: Context, item: str) -> Break | None:
    """The first store of physical stock to have sent out all of the item that was usable.

    What the other modes really hold is drawn run by run and not in the ledger.
    """
    table = x.tables["delivery"]
    held = {s.holder: s.quantity for s in x.scenario.stock if s.item == item and s.quantity > 0}
    usable = x.scenario.p("store.usable_share")
    physical = (s.store for s in x.scenario.stores if s.mode == "physical")
    stores = tuple(s for s in physical if s in held)
    sent = (table["item"] == item) & (table["departed_tick"] >= 0)
    store, tick = index_of(table["store"][sent], stores), table["departed_tick"][sent]
    quantity = table["quantity"][sent]
    best: Break | None = None
    for s, name in enumerate(stores):
        order = np.argsort(tick[store == s], kind="stable")
        total = quantity[store == s][order].cumsum()
        all_of_it = math.floor(held[name] * usable + 1e-9)  # pieces; a share of one is none
        if len(total) and total[-1] >= all_of_it:
            when = tick[store == s][order][np.searchsorted(total, all_of_it)]
            hour = float(when * x.h_per_tick)
            if best is None or hour < best[3]:
                best = ("store_out", name, item, hour)
    return best


def _fire_cells(x: Context) -> Arrays:
    return {c: x.tables["fire_cell"][c] for c in TABLES["fire_cells"]}


DIGESTS: dict[str, Callable[[Context], Arrays]] = {
    "series": _series,
    "places": _places,
    "responses": _responses,
    "road_closed": _road_closed,
    "shelter_use": _shelter_use,
    "fires": _fires,
    "fire_fronts": _fire_fronts,
    "fire_cells": _fire_cells,
    "breaks": _breaks,
}
