"""Teams, stores, shelters and stock from templates: one row for a town, or for every town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.derivation.chance import normal, uniform
from scenarios.derivation.files import HERE, Record, read_rows

ITEMS = ("water_ml", "meal", "bedding", "clothing", "medicine")


@dataclass(frozen=True)
class Place:
    """What a roster needs to know of a community."""

    id: str
    town: str
    name_zh: str
    name_en: str
    kind: str


def teams(seats: Sequence[Place]) -> list[Record]:
    """teams.csv: each template at its town's seat, or at every seat."""
    rows: list[Record] = []
    for template in read_rows(HERE / "team_templates.csv"):
        for seat in seats:
            if template["where"] in (seat.town, "every"):
                rows.append(
                    {
                        "team": f"{seat.town}-{template['team']}",
                        **_names(template, seat),
                        "kind": template["kind"],
                        "community": seat.id,
                        "members": template["members"],
                        "crew_size": template["crew_size"],
                        "boats": template["boats"],
                        "capabilities": template["capabilities"],
                        "source": template["source"],
                        "mark": "assumption",
                    }
                )
    return rows


def _names(template: dict[str, str], place: Place) -> Record:
    """A template for one town has its full name; one for many takes its place's name."""
    zh, en = template["name_zh"], template["name_en"]
    if template["where"] in ("every", "rooms"):
        zh, en = place.name_zh + zh, f"{place.name_en} {en}"
    return {"name_zh": zh, "name_en": en}


def stores(seats: Sequence[Place], rooms: Sequence[Place]) -> tuple[list[Record], list[Record]]:
    """stores.csv, and the rows of stock.csv for what the stores hold."""
    rows: list[Record] = []
    stock: list[Record] = []
    for template in read_rows(HERE / "store_templates.csv"):
        where = template["where"]
        if where == "shelters":
            continue
        held = rooms if where == "rooms" else [s for s in seats if where in (s.town, "every")]
        for place in held:
            store = _store(template, place, own_town=where != "rooms")
            rows.append(store)
            stock += holding(str(store["store"]), template)
    return rows, stock


def _store(template: dict[str, str], place: Place, own_town: bool) -> Record:
    return {
        "store": f"{place.town if own_town else place.id}-{template['store']}",
        **_names(template, place),
        "level": template["level"],
        "mode": template["mode"],
        "community": place.id,
        "trucks": template["trucks"],
        "truck_kg": template["truck_kg"],
        "truck_m3": template["truck_m3"],
        "source": template["source"],
        "mark": "assumption",
    }


def holding(holder: str, template: dict[str, str]) -> list[Record]:
    """The rows of stock.csv of one holder; an item that it does not hold has no row."""
    return [
        {"holder": holder, "item": item, "quantity": template[item], "mark": "assumption"}
        for item in ITEMS
        if int(template[item])
    ]


def shelters(
    seats: Sequence[Place], halls: Sequence[Place], assumed: dict[str, float]
) -> tuple[list[Record], list[Record]]:
    """shelters.csv, and the rows of stock.csv for what town shelters keep."""
    each = assumed["shelter_m2_per_person"]
    template = next(r for r in read_rows(HERE / "store_templates.csv") if r["where"] == "shelters")
    rows = [_shelter(seats[0], "district", assumed["district_shelter_m2"], each)]
    rows += [_shelter(s, "town", assumed["town_shelter_m2"], each) for s in seats]
    spread = assumed["village_shelter_spread"]
    draws = normal(assumed["seed"], "shelter area", len(halls))
    for hall, draw in zip(halls, draws, strict=True):
        area = assumed["village_shelter_m2"] * float(np.exp(spread * draw - spread**2 / 2))
        rows.append(_shelter(hall, "village", round(area), each))
    kept = [str(r["shelter"]) for r in rows if r["level"] != "village"]
    return rows, [record for holder in kept for record in holding(holder, template)]


def _shelter(place: Place, level: str, area_m2: float, m2_per_person: float) -> Record:
    name = {
        "district": ("区体育中心", "District sports centre"),
        "town": ("避难场所", "shelter"),
        "village": ("避难点", "hall"),
    }[level]
    ids = {
        "district": f"{place.town}-sports-centre",
        "town": f"{place.town}-shelter",
        "village": f"{place.id}-shelter",
    }
    return {
        "shelter": ids[level],
        "name_zh": name[0] if level == "district" else place.name_zh + name[0],
        "name_en": name[1] if level == "district" else f"{place.name_en} {name[1]}",
        "level": level,
        "community": place.id,
        "capacity": int(area_m2 // m2_per_person),
        "source": f"{area_m2:g} m2 at {m2_per_person:g} m2 a person",
        "mark": "assumption",
    }


def spread_over(places: Sequence[Place], n: int, seed: float, name: str) -> list[Place]:
    """n of the places, the town seats excluded or not by the caller, drawn at random, in order."""
    order = np.argsort(uniform(seed, name, len(places)), kind="stable")
    return [places[i] for i in sorted(order[:n])]
