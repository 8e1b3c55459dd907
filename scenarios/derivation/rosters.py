"""Teams, stores, shelters and stock from a district's templates.

A template's `where` says at which places it stands: a town's id (its seat), `every` (each seat),
`rooms` (the places with a village store room), `shelters` (what a town shelter keeps), or
`base-1`, `base-2` ... (the first, second ... base town of each county, sizes in proportion to
the county's residents).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.scenarios.derivation.chance import normal, uniform
from anlan.scenarios.derivation.files import TABLES, Record, read_rows
from anlan.scenarios.derivation.places import Assumed, Layout
from anlan.scenarios.derivation.units import County

ITEMS = ("water_ml", "meal", "bedding", "clothing", "medicine")


@dataclass(frozen=True)
class Place:
    """What a roster needs to know of a community."""

    id: str
    town: str
    name_zh: str
    name_en: str
    kind: str


@dataclass(frozen=True)
class Spot:
    """A place where a template stands: how its rows are called there, and how large they are."""

    place: Place
    prefix: str
    name_zh: str
    name_en: str
    factor: float = 1.0


@dataclass(frozen=True)
class DistrictPlaces:
    """All places of a district as the rosters see them."""

    district: str
    counties: Sequence[County]
    seats: Sequence[Place]
    rooms: Sequence[Place]
    halls: Sequence[Place]

    def spots(self, where: str, assumed: Assumed) -> list[Spot]:
        """Where the templates of that word stand."""
        if where == "rooms":
            return [Spot(r, r.id, r.name_zh, r.name_en) for r in self.rooms]
        if where == "every":
            return [Spot(s, s.town, s.name_zh, s.name_en) for s in self.seats]
        if where.startswith("base-"):
            number = int(where.removeprefix("base-")) - 1
            return [
                Spot(
                    next(s for s in self.seats if s.town == c.bases[number]),
                    f"{c.id}-{where}",
                    c.name_zh,
                    c.name_en,
                    c.residents / assumed["roster_residents"],
                )
                for c in self.counties
                if number < len(c.bases)
            ]
        return [Spot(s, s.town, "", "") for s in self.seats if s.town == where]

    def templates(self, file: str) -> list[dict[str, str]]:
        return read_rows(TABLES / self.district / file)


def seats_and_others(layout: Layout, rows: Sequence[Record]) -> tuple[list[Place], list[Place]]:
    """The seat of each town, named after the town, and every other place."""
    names = {u.id: u for u in layout.units}
    seats, others = [], []
    for row in rows:
        town = names[str(row["town"])]
        if str(row["community"]) == f"{town.id}-01":
            seats.append(
                Place(str(row["community"]), town.id, town.name_zh, town.name_en, str(row["kind"]))
            )
        else:
            values = [str(row[c]) for c in ("community", "town", "name_zh", "name_en", "kind")]
            others.append(Place(*values))
    return seats, others


def ground(
    district: str,
    layout: Layout,
    counties: Sequence[County],
    rows: Sequence[Record],
    assumed: Assumed,
) -> DistrictPlaces:
    """Seats, and which other places have a store room or a village shelter."""
    seats, others = seats_and_others(layout, rows)
    villages = [o for o in others if o.kind == "village"]
    near = [o for o in others if o.kind == "neighbourhood"]
    seed = assumed["seed"]
    rooms = spread_over(villages, int(assumed["village_rooms"]), seed, "village rooms")
    n = int(assumed["village_shelters"])
    some = spread_over(
        near, round(assumed["neighbourhood_shelter_share"] * len(near)), seed, "halls"
    )
    rest = spread_over(villages, max(0, n - len(some)), seed, "village shelters")
    return DistrictPlaces(district, counties, seats, rooms, (some + rest)[:n])


def teams(on: DistrictPlaces, assumed: Assumed) -> list[Record]:
    """teams.csv: each template where it stands; in a county, in proportion to its residents."""
    rows: list[Record] = []
    for template in on.templates("team_templates.csv"):
        for spot in on.spots(template["where"], assumed):
            crew = int(template["crew_size"])
            least = int(template.get("least") or 1)
            crews = max(round(int(template["members"]) * spot.factor / crew), -(-least // crew))
            scaled = spot.factor != 1.0
            rows.append(
                {
                    "team": f"{spot.prefix}-{template['team']}",
                    **_names(template, spot),
                    "kind": template["kind"],
                    "community": spot.place.id,
                    "members": crews * crew if scaled else template["members"],
                    "crew_size": template["crew_size"],
                    "boats": round(int(template["boats"]) * spot.factor),
                    "capabilities": template["capabilities"],
                    **_optional(template, "tank_l", "asked_at"),
                    **_tools(template, spot),
                    "source": template["source"],
                    "mark": template.get("mark") or "assumption",
                }
            )
    return rows


TOOLS = ("saws", "pumps_m3_h", "bags", "ambulances", "stretchers", "aeds")


def _tools(template: dict[str, str], spot: Spot) -> Record:
    """Saws, pumps and other tools: in a county by its residents; empty if none."""
    found: Record = {}
    for tool in TOOLS:
        if tool in template:
            has = int(template[tool] or 0)
            found[tool] = max(1, round(has * spot.factor)) if has else ""
    return found


def _optional(template: dict[str, str], *columns: str) -> Record:
    """Columns that only some districts' templates have."""
    return {column: template[column] for column in columns if column in template}


def _names(template: dict[str, str], spot: Spot) -> Record:
    """A template for one town has its full name; one for many takes its place's name."""
    english = f"{spot.name_en} {template['name_en']}" if spot.name_en else template["name_en"]
    return {"name_zh": spot.name_zh + template["name_zh"], "name_en": english}


def hospitals(on: DistrictPlaces, assumed: Assumed) -> list[Record]:
    """hospitals.csv: one at the seat of each county, with so many beds for its residents."""
    rows: list[Record] = []
    for county in on.counties:
        seat = next(s for s in on.seats if s.town == county.bases[0])
        rows.append(
            {
                "hospital": f"{county.id}-hospital",
                "name_zh": f"{county.name_zh}医院",
                "name_en": f"{county.name_en} hospital",
                "community": seat.id,
                "beds": round(county.residents * assumed["beds_per_1000"] / 1000.0),
                "source": f"{assumed['beds_per_1000']:g} beds for 1,000 residents; one hospital "
                "stands for all of the county",
                "mark": "assumption",
            }
        )
    return rows


def stores(on: DistrictPlaces, assumed: Assumed) -> tuple[list[Record], list[Record]]:
    """stores.csv, and the rows of stock.csv for what the stores hold."""
    rows: list[Record] = []
    stock: list[Record] = []
    for template in on.templates("store_templates.csv"):
        if template["where"] == "shelters":
            continue
        for spot in on.spots(template["where"], assumed):
            store = _store(template, spot)
            rows.append(store)
            stock += holding(str(store["store"]), template, spot.factor)
    return rows, stock


def _store(template: dict[str, str], spot: Spot) -> Record:
    trucks = int(template["trucks"])
    return {
        "store": f"{spot.prefix}-{template['store']}",
        **_names(template, spot),
        "level": template["level"],
        "mode": template["mode"],
        "community": spot.place.id,
        "trucks": max(1, round(trucks * spot.factor)) if trucks else 0,
        "truck_kg": template["truck_kg"],
        "truck_m3": template["truck_m3"],
        **_optional(template, "asked_at"),
        "source": template["source"],
        "mark": template.get("mark") or "assumption",
    }


def holding(holder: str, template: dict[str, str], factor: float = 1.0) -> list[Record]:
    """The rows of stock.csv of one holder; an item that it does not hold has no row."""
    return [
        {
            "holder": holder,
            "item": item,
            "quantity": round(int(template[item]) * factor),
            "mark": "assumption",
        }
        for item in ITEMS
        if int(template[item])
    ]


def shelters(on: DistrictPlaces, assumed: Assumed) -> tuple[list[Record], list[Record]]:
    """shelters.csv, and the rows of stock.csv for what all but village shelters keep."""
    each = assumed["shelter_m2_per_person"]
    template = next(t for t in on.templates("store_templates.csv") if t["where"] == "shelters")
    rows = []
    for county in on.counties:
        seat = next(s for s in on.seats if s.town == county.bases[0])
        name = (county.hall_zh, county.hall_en)
        area = assumed["district_shelter_m2"]
        rows.append(_shelter(seat, "district", f"{seat.town}-sports-centre", name, area, each))
    for seat in on.seats:
        name = (f"{seat.name_zh}避难场所", f"{seat.name_en} shelter")
        area = assumed["town_shelter_m2"]
        rows.append(_shelter(seat, "town", f"{seat.town}-shelter", name, area, each))
    spread = assumed["village_shelter_spread"]
    draws = normal(assumed["seed"], "shelter area", len(on.halls))
    for hall, draw in zip(on.halls, draws, strict=True):
        area = assumed["village_shelter_m2"] * float(np.exp(spread * draw - spread**2 / 2))
        name = (f"{hall.name_zh}避难点", f"{hall.name_en} hall")
        rows.append(_shelter(hall, "village", f"{hall.id}-shelter", name, round(area), each))
    rows += _named(on, each)
    kept = [str(r["shelter"]) for r in rows if r["level"] != "village"]
    return rows, [record for holder in kept for record in holding(holder, template)]


def _named(on: DistrictPlaces, m2_per_person: float) -> list[Record]:
    """Shelters that a public page names (`shelters.csv`); their floor areas are assumed."""
    path = TABLES / on.district / "shelters.csv"
    rows = []
    for row in read_rows(path) if path.exists() else []:
        words = (row["name_zh"], row["name_en"])
        place = Place(row["community"], "", *words, "")
        area = float(row["area_m2"])
        shelter = _shelter(place, row["level"], row["shelter"], words, area, m2_per_person)
        rows.append({**shelter, "source": f"{row['source']}; {shelter['source']}"})
    return rows


def _shelter(
    place: Place,
    level: str,
    name: str,
    words: tuple[str, str],
    area_m2: float,
    m2_per_person: float,
) -> Record:
    return {
        "shelter": name,
        "name_zh": words[0],
        "name_en": words[1],
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


def all_tables(on: DistrictPlaces, assumed: Assumed) -> dict[str, list[Record]]:
    """The five rosters by file name."""
    held, stock = stores(on, assumed)
    open_to, kept = shelters(on, assumed)
    return {
        "teams.csv": teams(on, assumed),
        "hospitals.csv": hospitals(on, assumed),
        "stores.csv": held,
        "shelters.csv": open_to,
        "stock.csv": stock + kept,
    }
