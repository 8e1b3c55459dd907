"""The tables that are kept of every run, and the unit of each column.

What the columns mean stands in words/words.csv under `column.digest.<table>.<column>`. Merged, each
table is led by the columns `variant` and `run`. The columns of `measures` are the measures.
"""

from __future__ import annotations

# What an incident and a building or forest fire pass on the way to help, one after another.
INCIDENT_STEPS = ("found_min", "reported_min", "read_min", "dispatched_min", "mustered_min",
                  "departed_min", "arrived_min", "started_min", "done_min")  # fmt: skip
FIRE_STEPS = ("discovered_min", "called_min", "ordered_min", "dispatched_min", "left_min",
              "arrived_min", "first_water_min")  # fmt: skip

# table -> column -> unit
TABLES: dict[str, dict[str, str]] = {
    "measures": {},
    "series": {
        "hour": "h",
        "series": "",
        "value": "",
    },
    "places": {
        "community": "",
        "residents": "person",
        "first_response_min_worst": "min",
        "rescue_late_persons": "person",
        "rescue_never_persons": "person",
        "relief_wait_h_max": "h",
        "relief_late_persons": "person",
        "relief_never_persons": "person",
        "untenable_persons": "person",
        "warned_persons": "person",
        "left_persons": "person",
        "housed_persons": "person",
        "in_need_persons": "person",
        "relieved_10h_persons": "person",
        "deaths": "person",
        "cut_off_h": "h",
        "max_depth_m": "m",
        "power_out_h": "h",
    },
    "responses": {
        "community": "",
        "kind": "",
        "persons": "person",
        "response_min": "min",
        "reached": "",
        **dict.fromkeys(INCIDENT_STEPS, "min"),
    },
    "road_closed": {
        "road": "",
        "closed_h": "h",
    },
    "store_out": {
        "store": "",
        "item": "",
        "first": "item unit",
        "out_h": "h",
    },
    "shelter_use": {
        "shelter": "",
        "peak_occupants": "person",
        "full_h": "h",
    },
    "fires": {
        "fire": "",
        "kind": "",
        "community": "",
        "spread_from": "",
        "ignited_h": "h",
        "wait_min": "min",
        "reached": "",
        "out_h": "h",
        **dict.fromkeys(FIRE_STEPS, "min"),
    },
    "fire_fronts": {
        "hour": "h",
        "fire": "",
        "burnt_ha": "ha",
        "edge_m": "m",
        "line_m": "m",
        "crews": "crew",
    },
    "fire_cells": {
        "fire": "",
        "row": "",
        "col": "",
    },
    "late": {
        "target": "",
        "links": "",
        "never": "",
        "place": "",
        "cause": "",
        "cases": "",
        "late_min": "min",
    },
    "late_worst": {
        "target": "",
        "rank": "",
        "place": "",
        "cause": "",
        "about": "",
        "cases": "",
        "since_min": "min",
        "limit_min": "min",
        "link": "",
        "from_min": "min",
        "to_min": "min",
        "never": "",
        "binds": "",
    },
    "unreached": {
        "lack": "",
        "links": "",
        "never": "",
        "place": "",
        "cause": "",
        "persons": "person",
    },
    "breaks": {
        "kind": "",
        "place": "",
        "item": "",
        "hour": "h",
    },
}
