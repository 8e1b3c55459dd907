"""Measures that are read off the scenario itself: what stands where before anything happens.

Each is in the unit that its clause names, and says which rows of which tables decide it, so that
a verdict which rests on assumed rows alone can be told from one that does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.analysis.words import word
from anlan.sim.scenario.schema import Scenario, Store, Team

Decides = Callable[[Any], bool]  # a row of a table -> whether the measure looks at it
FLOOD_KIND, FLOOD_CAPABILITY = "professional", "water"  # what makes a team a flood rescue team


@dataclass(frozen=True)
class Structural:
    """A number of the scenario.

    `rows`: by table, which of its rows decide the number. `sizes`: by table, the columns whose
    assumed size may decide it; looked at in this order. `against`: a table that is the list of what
    is asked for. `lacks`: a key of the words for what the clause asks and no table holds.
    """

    name: str
    unit: str
    function: Callable[[Scenario], float]
    rows: Mapping[str, Decides] = field(default_factory=dict)
    sizes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    against: str = ""
    lacks: str = ""

    def label(self, lang: str) -> str:
        """What to call it, in words."""
        return word(f"measure.{self.name}", lang)

    def definition(self, lang: str) -> str:
        """How it is worked out."""
        return word(f"measure.{self.name}.definition", lang)

    def deciding(self, scenario: Scenario) -> dict[str, list[Any]]:
        """By table, the rows that decide the number."""
        return {
            table: [row for row in getattr(scenario, table) if decides(row)]
            for table, decides in self.rows.items()
        }


def _lived_in(scenario: Scenario) -> set[str]:
    return {c.town for c in scenario.communities if c.residents > 0}


def _share_of_towns(scenario: Scenario, communities: Iterable[str]) -> float:
    """Share of the towns that have residents in which one of the communities lies."""
    town = {c.community: c.town for c in scenario.communities}
    lived_in = _lived_in(scenario)
    have = {town[c] for c in communities} & lived_in
    return len(have) / len(lived_in) if lived_in else math.nan


def counties(scenario: Scenario) -> dict[str, str]:
    """Community -> its county, of those in towns with residents; "" where the district is one."""
    lived_in = _lived_in(scenario)
    county = {t.town: t.county or "" for t in scenario.towns}
    return {c.community: county[c.town] for c in scenario.communities if c.town in lived_in}


def town_store(store: Store) -> bool:
    """Whether a store is one of the district or of a town."""
    return store.level in ("district", "town")


def village_room(store: Store) -> bool:
    """Whether a store is the store room of a village."""
    return store.level == "village"


def town_team(team: Team) -> bool:
    """Whether a team is a town's emergency team."""
    return team.kind == "town" and team.members > 0


def medical_team(team: Team) -> bool:
    """Whether a team can give medical care."""
    return "medical" in team.capabilities and team.members > 0


def water_team(team: Team) -> bool:
    """Whether a team can work on water."""
    return FLOOD_CAPABILITY in team.capabilities


def flood_team(team: Team) -> bool:
    """Whether a team is a county's own flood rescue team: professional, on water, with a boat and
    a pump, as the clause lists them.
    """
    equipped = team.boats > 0 and (team.pumps_m3_h or 0.0) > 0.0
    return water_team(team) and team.kind == FLOOD_KIND and equipped and not team.asked_at


def everything(row: Any) -> bool:
    """Every row of a table."""
    return True


def towns_with_store(scenario: Scenario) -> float:
    """Share of the towns with a store of the district or of the town."""
    return _share_of_towns(scenario, (s.community for s in scenario.stores if town_store(s)))


def communities_with_store(scenario: Scenario) -> float:
    """Share of the communities with a store of any level."""
    lived_in = {c.community for c in scenario.communities if c.residents > 0}
    have = {s.community for s in scenario.stores} & lived_in
    return len(have) / len(lived_in) if lived_in else math.nan


def villages_with_room(scenario: Scenario) -> float:
    """Share of the villages in which a store stands, of whatever level; neighbourhoods apart."""
    villages = {c.community for c in scenario.communities if c.residents and c.kind == "village"}
    have = {s.community for s in scenario.stores} & villages
    return len(have) / len(villages) if villages else math.nan


def towns_with_team(scenario: Scenario) -> float:
    """Share of the towns with a town team."""
    return _share_of_towns(scenario, (t.community for t in scenario.teams if town_team(t)))


def largest_flood_team(scenario: Scenario) -> float:
    """Members of the largest team that can work on water."""
    return float(max((t.members for t in scenario.teams if water_team(t)), default=0))


def flood_team_of_least_county(scenario: Scenario) -> float:
    """Members of the largest flood team in each county, in the county with fewest."""
    county = counties(scenario)
    largest = dict.fromkeys(county.values(), 0)
    for team in scenario.teams:
        if flood_team(team) and team.community in county:
            at = county[team.community]
            largest[at] = max(largest[at], team.members)
    return float(min(largest.values())) if largest else math.nan


def counties_with_full_store(scenario: Scenario) -> float:
    """Share of the counties whose stores of the district's level hold every item of the list."""
    county = counties(scenario)
    at = {s.store: county.get(s.community) for s in scenario.stores if s.level == "district"}
    held: dict[str, set[str]] = {name: set() for name in county.values()}
    for stock in scenario.stock:
        place = at.get(stock.holder)
        if stock.quantity > 0 and place is not None:
            held[place].add(stock.item)
    asked = {i.item for i in scenario.items}
    return sum(asked <= items for items in held.values()) / len(held) if held else math.nan


def towns_with_shelter(scenario: Scenario) -> float:
    """Share of the towns with a shelter."""
    return _share_of_towns(scenario, (s.community for s in scenario.shelters if s.capacity > 0))


def shelter_places_per_100_at_risk(scenario: Scenario) -> float:
    """Shelter places for a hundred residents of homes that are ordered to leave first."""
    at_risk = sum(
        c.residents * sum(getattr(c, share) for share in DWELLING_SHARES)
        for c in scenario.communities
    )
    places = sum(s.capacity for s in scenario.shelters)
    return 100.0 * places / at_risk if at_risk > 0 else math.nan


def medical_team_towns(scenario: Scenario) -> float:
    """Share of the towns with a medical team."""
    return _share_of_towns(scenario, (t.community for t in scenario.teams if medical_team(t)))


def cameras(scenario: Scenario) -> float:
    """Watch points that are cameras; people on watch and checkpoints are none."""
    return float(sum(w.kind == "camera" for w in scenario.watch_points))


def checkpoints(scenario: Scenario) -> float:
    """Watch points that are checkpoints."""
    return float(sum(w.kind == "checkpoint" for w in scenario.watch_points))


DWELLING_SHARES = ("dangerous_share", "dormitory_share", "low_lying_share", "boat_share")
STRUCTURAL: dict[str, Structural] = {
    s.name: s
    for s in (
        Structural("structure.towns_with_store_share", "share", towns_with_store,
                   {"stores": town_store}),
        Structural("structure.communities_with_store_share", "share", communities_with_store,
                   {"stores": village_room}),
        Structural("structure.villages_with_room_share", "share", villages_with_room,
                   {"stores": village_room}),
        Structural("structure.counties_with_full_store_share", "share", counties_with_full_store,
                   {"stock": everything}, against="items"),
        Structural("structure.towns_with_team_share", "share", towns_with_team,
                   {"teams": town_team}),
        Structural("structure.largest_flood_team_members", "person", largest_flood_team,
                   {"teams": water_team}, {"teams": ("members",)}),
        Structural("structure.flood_team_members_least_county", "person",
                   flood_team_of_least_county, {"teams": flood_team}, {"teams": ("members",)},
                   lacks="lacks.pumps"),
        Structural("structure.towns_with_shelter_share", "share", towns_with_shelter,
                   {"shelters": everything}),
        Structural("structure.shelter_places_per_100_at_risk", "place",
                   shelter_places_per_100_at_risk, {"shelters": everything},
                   {"shelters": ("capacity",), "communities": DWELLING_SHARES}),
        Structural("structure.medical_team_towns_share", "share", medical_team_towns,
                   {"teams": medical_team}),
        Structural("structure.cameras", "piece", cameras,
                   {"watch_points": lambda w: w.kind == "camera"}),
        Structural("structure.checkpoints", "piece", checkpoints,
                   {"watch_points": lambda w: w.kind == "checkpoint"}),
    )
}  # fmt: skip
