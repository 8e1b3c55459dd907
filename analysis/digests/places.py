"""What happened at each place of a run, at each incident, road and shelter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.digests.series import Arrays
from anlan.analysis.digests.tables import INCIDENT_STEPS
from anlan.analysis.measures.evacuation import AWAY, HOUSED
from anlan.analysis.measures.facts import Facts, Floats, Ints, index_of
from anlan.analysis.measures.relief import relief_late
from anlan.analysis.measures.rescue import RESCUE_MIN
from anlan.analysis.measures.shelters import full, occupants
from anlan.sim.ledger import NEVER


def places(facts: Facts) -> Arrays:
    """The table `places`: a row a community."""
    n = len(facts.communities)
    rescue, relief, casualty = facts.rescues, facts.in_need, facts.tables["casualty"]
    late = ~rescue["reached"] | (rescue["wait_min"] > RESCUE_MIN)
    died = casualty["persons"] * (casualty["outcome"] == "died")
    h_per_row = _hours_per_row(facts)
    depth = facts.hazard("depth_m")
    return {
        "community": np.array(facts.communities, dtype=object),
        "residents": facts.residents,
        "first_response_min_worst": _largest(rescue["home"], rescue["wait_min"], n),
        "rescue_late_persons": _sum(rescue["home"], rescue["persons"] * late, n),
        "rescue_never_persons": _sum(rescue["home"], rescue["persons"] * ~rescue["reached"], n),
        "relief_wait_h_max": _largest(relief["home"], relief["wait_h"], n),
        "relief_late_persons": _sum(relief["home"], relief["persons"] * relief_late(facts), n),
        "relief_never_persons": _sum(relief["home"], relief["persons"] * relief["never"], n),
        **_helped(facts),
        "deaths": _sum(facts.community_at("casualty"), died, n),
        "cut_off_h": facts.hazard("cut_off").sum(axis=0) * h_per_row,
        "max_depth_m": depth.max(axis=0) if len(depth) else np.zeros(n),
        "power_out_h": facts.hazard("power_out").sum(axis=0) * h_per_row,
    }


def _helped(facts: Facts) -> dict[str, Ints]:
    """Whose home becomes untenable, and how far they had come by then; who is at risk and relieved.

    The shares of the measures `warning.in_time_share`, `evacuation.left_share`, `…arrived_share`
    and `relief.within_10h_share`, as persons by home community.
    """
    n, rows, need = len(facts.communities), facts.unsafe_homes, facts.in_need
    judged = need["persons"] * ~need["soon_over"]
    away, housed = (index_of(rows["state"], states) >= 0 for states in (AWAY, HOUSED))
    return {
        "untenable_persons": _sum(rows["home"], rows["persons"], n),
        "warned_persons": _sum(rows["home"], rows["persons"] * rows["warned"], n),
        "left_persons": _sum(rows["home"], rows["persons"] * away, n),
        "housed_persons": _sum(rows["home"], rows["persons"] * housed, n),
        "in_need_persons": _sum(need["home"], judged, n),
        "relieved_10h_persons": _sum(need["home"], judged * ~relief_late(facts), n),
    }


def _hours_per_row(facts: Facts) -> float:
    """How many hours a row of hazard_level stands for."""
    ticks, _ = facts.hours("hazard_level")
    return float(np.median(np.diff(ticks)) * facts.h_per_tick) if len(ticks) > 1 else 1.0


def _sum(home: Ints, weights: NDArray[Any], communities: int) -> Ints:
    known = home >= 0
    return np.bincount(home[known], weights[known], communities).astype(np.int64)


def _largest(home: Ints, values: NDArray[Any], communities: int) -> Floats:
    out = np.full(communities, -np.inf)
    np.maximum.at(out, home[home >= 0], values[home >= 0])
    return np.where(np.isinf(out), np.nan, out)


def responses(facts: Facts) -> Arrays:
    """The table `responses`: a row an incident, also where the ledger has one for several."""
    rows, cases = facts.rescues, facts.rescues["cases"]
    first = np.repeat(np.cumsum(cases) - cases, cases)
    more = np.arange(len(first)) - first < np.repeat(rows["persons"] % cases, cases)
    return {
        "community": np.repeat(rows["community"], cases),
        "kind": np.repeat(rows["kind"], cases),
        "persons": np.repeat(rows["persons"] // cases, cases) + more,
        "response_min": np.repeat(rows["wait_min"], cases),
        "reached": np.repeat(rows["reached"], cases),
        **{c: np.repeat(rows[c] - rows["occurred_min"], cases) for c in INCIDENT_STEPS},
    }


def road_closed(facts: Facts) -> Arrays:
    """The table `road_closed`: hours closed of each road that was.

    A road that is closed for two reasons at once counts twice.
    """
    table = facts.tables["road_closure"]
    names = tuple(r.road for r in facts.scenario.roads)
    until = np.where(table["opened_tick"] == NEVER, facts.end, table["opened_tick"])
    hours = (until - table["closed_tick"]) * facts.h_per_tick
    closed = np.bincount(index_of(table["road"], names), hours, len(names))
    hit = np.isin(np.arange(len(names)), index_of(table["road"], names))
    return {"road": np.array(names, dtype=object)[hit], "closed_h": np.minimum(
        closed[hit], facts.end * facts.h_per_tick)}  # fmt: skip


def shelter_use(facts: Facts) -> Arrays:
    """The table `shelter_use`: how full the shelters became that anybody entered."""
    inside = occupants(facts)
    peak = inside.max(axis=0) if len(inside) else np.zeros(len(facts.shelters))
    level = facts.tables["shelter_level"]
    which = index_of(level["shelter"], facts.shelters)
    full_h = np.bincount(which, full(facts), len(facts.shelters)) * _hours_per_row(facts)
    used = peak > 0
    return {
        "shelter": np.array(facts.shelters, dtype=object)[used],
        "peak_occupants": peak[used].astype(np.int64),
        "full_h": full_h[used],
    }
