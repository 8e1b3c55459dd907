"""What is kept of every run beside its measures: when it came, what was said, who had moved."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.deadline.bottleneck import Trips, Ways
from anlan.analysis.digests.series import Arrays
from anlan.analysis.measures.facts import Bools, Column, Facts, Floats, Ints, Tables, index_of
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Scenario

COMES, SAID, CLEARED = "comes", "said", "cleared"  # the tables
EVENTS = ("gale", "fire", "incident")  # what an order is to come before, the first that there is
MOVED = 0.9  # share of a town's people that has to be under another roof (RtePM and FEMA: 90 %)
REFUSED = "refused"
DORMITORY = "dormitory"


def timing(scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
    """The three tables of a run; see `comes`, `said`, `cleared`."""
    facts = Facts(scenario, tables)
    return {COMES: comes(facts), SAID: said(facts), CLEARED: cleared(facts)}


def comes(facts: Facts) -> Arrays:
    """Hours from the start until the first gale anywhere, the first fire, the first incident."""
    gale = int(facts.gale_tick.min(initial=facts.end))
    gale_h = gale * facts.h_per_tick if gale < facts.end else np.nan
    fire, incident = facts.tables["fire"]["ignited_min"], facts.tables["incident"]["occurred_min"]
    found = (gale_h, _first_h(fire), _first_h(incident))
    return {f"{name}_h": np.array([hour]) for name, hour in zip(EVENTS, found, strict=True)}


def _first_h(minutes: Column) -> float:
    known = minutes[~np.isnan(minutes.astype(float))]
    return float(known.min()) / 60.0 if len(known) else np.nan


def said(facts: Facts) -> Arrays:
    """Each signal that was given and each level that came into force, with its hour."""
    table = facts.tables["message"]
    keep = np.isin(table["kind"], ("signal", "level"))
    return {
        "kind": table["kind"][keep],
        "content": table["content"][keep],
        "hour": table["sent_min"][keep].astype(float) / 60.0,
    }


def cleared(facts: Facts) -> Arrays:
    """A row a town: who was told to leave, and the hours from the order until they had moved.

    `ordered`, `refused`, `moved` in persons; `order_h` the hour of the first order. `moved_h`: from
    the order to each until 90 % of those who did not refuse were under another roof, `last_h`:
    until the last of them was; infinite where it never came to it, NaN where nobody was told.
    `road_h`: before which the roads alone would not have let them all arrive (`bottleneck`).
    """
    rows, towns = facts.evacuees, len(facts.towns)
    home = rows["home"]
    town = np.where(home >= 0, facts.town_of[home], -1)
    found: dict[str, list[float]] = {k: [] for k in _COLUMNS}
    trips = _trips(facts, rows)
    ways = Ways.of(facts.scenario)
    for number in range(towns):
        mine = town == number
        for key, value in _of_town(facts, rows, mine).items():
            found[key].append(value)
        own = [t for t, at in trips if facts.town_of[at] == number]
        found["road_h"].append(ways.no_sooner_h(own) if mine.any() else np.nan)
    return {"town": np.array(facts.towns, dtype=object)} | {
        key: np.array(values, dtype=float) for key, values in found.items()
    }


_COLUMNS = ("ordered", "refused", "moved", "order_h", "moved_h", "last_h", "road_h")


def _of_town(facts: Facts, rows: dict[str, Column], mine: Bools) -> dict[str, float]:
    persons = rows["persons"][mine]
    refused = rows["outcome"][mine] == REFUSED
    arrived = rows["arrived_tick"][mine]
    there = (arrived != NEVER) & ~refused
    counts = {
        "ordered": float(persons.sum()),
        "refused": float(persons[refused].sum()),
        "moved": float(persons[there].sum()),
    }
    if not len(persons):
        return counts | dict.fromkeys(("order_h", "moved_h", "last_h"), np.nan)
    took = np.maximum(arrived - rows["ordered_tick"][mine], 0)  # some fled before they were told
    wanted = persons[~refused].sum()
    h = facts.h_per_tick
    return counts | {
        "order_h": float(rows["ordered_tick"][mine].min()) * h,
        "moved_h": _until(took[there], persons[there], MOVED * wanted) * h,
        "last_h": _until(took[there], persons[there], wanted) * h,
    }


def _until(took: Ints, persons: NDArray[Any], wanted: float) -> float:
    """Ticks after which so many persons have arrived; infinite where they never have."""
    if wanted <= 0:
        return 0.0
    order = np.argsort(took, kind="stable")
    enough = np.flatnonzero(np.cumsum(persons[order]) >= wanted - 1e-9)
    return float(took[order][enough[0]]) if len(enough) else np.inf


def _trips(facts: Facts, rows: dict[str, Column]) -> list[tuple[Trips, int]]:
    """(trips of those who left by vehicle, their home community)."""
    scenario, left = facts.scenario, rows["left_tick"] != NEVER
    shelter = index_of(rows["destination"], facts.shelters)
    by_bus = rows["dwelling"] == DORMITORY
    vehicles = rows["persons"] * np.where(
        by_bus,
        1.0 / scenario.p("vehicle.bus_persons"),
        scenario.p("residents.car_share") / scenario.p("vehicle.car_persons"),
    )
    seats = _seats(facts)
    found = []
    for n in np.flatnonzero(left & (rows["home"] >= 0)).tolist():
        home = int(rows["home"][n])
        if shelter[n] >= 0:
            to = int(facts.shelter_home[shelter[n]])
        else:
            to = seats[int(facts.town_of[home])]
        found.append((Trips(home, to, float(vehicles[n])), home))
    return found


def _seats(facts: Facts) -> list[int]:
    """Of each town the community nearest to its own coordinates: where kin are taken to live."""
    places = np.array([(c.lon, c.lat) for c in facts.scenario.communities])
    found = []
    for number, town in enumerate(facts.scenario.towns):
        apart: Floats = np.hypot(*(places - (town.lon, town.lat)).T)
        apart[facts.town_of != number] = np.inf
        found.append(int(apart.argmin()))
    return found
