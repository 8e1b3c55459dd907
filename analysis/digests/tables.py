"""The tables that are kept of every run, and the unit of each column.

What the columns mean stands in words/words.csv under `column.digest.<table>.<column>`. Merged, each
table is led by the columns `variant` and `run`. The columns of `measures` are the measures.
"""

from __future__ import annotations

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
    },
    "road_closed": {
        "road": "",
        "closed_h": "h",
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
    "breaks": {
        "kind": "",
        "place": "",
        "item": "",
        "hour": "h",
    },
}
