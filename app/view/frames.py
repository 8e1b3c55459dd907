"""One run, hour by hour, as a map plays it: water, power, roads, calls for help, who is where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.results.typical_run import typical_run

if TYPE_CHECKING:
    import pandas as pd

    from anlan.analysis.results.folder import Results

WET_M = 0.15  # water shallower than a kerb is not shown
MOST_AGENTS = 400  # crews and lorries on the map at a time


def frames(results: Results) -> dict[str, Any]:
    """The hours of the run that is nearest to the middle of all; empty where no facts were kept."""
    run = typical_run(results)
    if run is None:
        return {}
    scenario = results.scenario
    at = {c.community: (c.lon, c.lat) for c in scenario.communities}
    per_h = 60.0 / scenario.settings.tick_min
    hours = np.arange(scenario.settings.duration_h + 1)
    hazard = _hazard(results.ledger_table("hazard_level", run), per_h)
    shelters = _shelters(results.ledger_table("shelter_level", run), per_h)
    trips = results.ledger_table("trip", run)
    incidents = results.ledger_table("incident", run)
    roads = results.ledger_table("road_closure", run)
    shown = []
    for hour in hours.tolist():
        minute, tick = 60.0 * hour, hour * per_h
        shown.append(
            {
                **hazard.get(hour, {"wet": {}, "dark": []}),
                "shelters": shelters.get(hour, {}),
                "calls": _open(incidents, minute),
                "closed": _closed(roads, tick),
                "moving": _moving(trips, minute, at),
            }
        )
    clocks = [moment.isoformat(timespec="minutes") for moment in results.clocks(hours)]
    return {"run": int(run), "clocks": clocks, "hours": shown}


def _hazard(table: pd.DataFrame, per_h: float) -> dict[int, dict[str, Any]]:
    """Hour -> places under water with its depth, places without power, the strongest wind."""
    found: dict[int, dict[str, Any]] = {}
    for tick, rows in table.groupby("tick"):
        deep = rows[rows["depth_m"] >= WET_M]
        found[round(float(str(tick)) / per_h)] = {
            "wet": {str(c): round(float(d), 2)
                    for c, d in zip(deep["community"], deep["depth_m"], strict=True)},
            "dark": [str(c) for c in rows["community"][rows["power_out"].astype(bool)]],
            "wind": round(float(rows["wind_ms"].max()), 1),
        }  # fmt: skip
    return found


def _shelters(table: pd.DataFrame, per_h: float) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for tick, rows in table[table["occupants"] > 0].groupby("tick"):
        held = zip(rows["shelter"], rows["occupants"], strict=True)
        found[round(float(str(tick)) / per_h)] = {str(s): int(n) for s, n in held}
    return found


def _open(table: pd.DataFrame, minute: float) -> dict[str, int]:
    """Place -> calls for help that are open."""
    over = table["done_min"].to_numpy(dtype=float)
    lasts = (over < 0) | np.isnan(over) | (over > minute)
    rows = table[(table["occurred_min"] <= minute) & lasts]
    return {str(c): int(n) for c, n in rows.groupby("community").size().items()}


def _closed(table: pd.DataFrame, tick: float) -> list[str]:
    opened = table["opened_tick"].to_numpy()
    rows = table[(table["closed_tick"] <= tick) & ((opened < 0) | (opened > tick))]
    return sorted({str(road) for road in rows["road"]})


def _moving(
    trips: pd.DataFrame, minute: float, at: dict[str, tuple[float, float]]
) -> list[list[Any]]:
    """Kind, longitude and latitude of all who are on the way, on the straight line between ends."""
    arrives = trips["arrived_min"].to_numpy(dtype=float)
    arrives = np.where((arrives < 0) | np.isnan(arrives), np.inf, arrives)
    left = trips["departed_min"].to_numpy(dtype=float)
    rows = trips[(left <= minute) & (arrives > minute)].head(MOST_AGENTS)
    found = []
    for trip in rows.to_dict("records"):
        start, end = at.get(str(trip["origin"])), at.get(str(trip["destination"]))
        if start is None or end is None:
            continue
        whole = float(trip["arrived_min"]) - float(trip["departed_min"])
        share = (minute - float(trip["departed_min"])) / whole if whole > 0 else 0.5
        share = min(max(share, 0.0), 1.0)
        found.append([str(trip["kind"]), *(round(a + share * (b - a), 5)
                                           for a, b in zip(start, end, strict=True))])  # fmt: skip
    return found
