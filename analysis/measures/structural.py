"""Measures that are read off the scenario itself: what stands where before anything happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from anlan.analysis.words import word
from anlan.sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Structural:
    """A number of the scenario."""

    name: str
    unit: str
    function: Callable[[Scenario], float]

    def label(self, lang: str) -> str:
        """What to call it, in words."""
        return word(f"measure.{self.name}", lang)

    def definition(self, lang: str) -> str:
        """How it is worked out."""
        return word(f"measure.{self.name}.definition", lang)


def _share_of_towns(scenario: Scenario, communities: Iterable[str]) -> float:
    """Share of the towns that have residents in which one of the communities lies."""
    town = {c.community: c.town for c in scenario.communities}
    lived_in = {c.town for c in scenario.communities if c.residents > 0}
    have = {town[c] for c in communities} & lived_in
    return len(have) / len(lived_in) if lived_in else float("nan")


def towns_with_store(scenario: Scenario) -> float:
    """Share of the towns with a store of the district or of the town."""
    stores = (s.community for s in scenario.stores if s.level in ("district", "town"))
    return _share_of_towns(scenario, stores)


def communities_with_store(scenario: Scenario) -> float:
    """Share of the communities with a store of any level."""
    lived_in = {c.community for c in scenario.communities if c.residents > 0}
    have = {s.community for s in scenario.stores} & lived_in
    return len(have) / len(lived_in) if lived_in else float("nan")


def towns_with_team(scenario: Scenario) -> float:
    """Share of the towns with a town team."""
    teams = (t.community for t in scenario.teams if t.kind == "town" and t.members > 0)
    return _share_of_towns(scenario, teams)


def largest_flood_team(scenario: Scenario) -> float:
    """Members of the largest team that can work on water."""
    return float(max((t.members for t in scenario.teams if "water" in t.capabilities), default=0))


def towns_with_shelter(scenario: Scenario) -> float:
    """Share of the towns with a shelter."""
    return _share_of_towns(scenario, (s.community for s in scenario.shelters if s.capacity > 0))


def shelter_places_per_100_at_risk(scenario: Scenario) -> float:
    """Shelter places for a hundred residents of homes that are ordered to leave first."""
    at_risk = sum(
        c.residents * (c.dangerous_share + c.dormitory_share + c.low_lying_share + c.boat_share)
        for c in scenario.communities
    )
    places = sum(s.capacity for s in scenario.shelters)
    return 100.0 * places / at_risk if at_risk > 0 else float("nan")


def medical_team_towns(scenario: Scenario) -> float:
    """Share of the towns with a medical team."""
    teams = (t for t in scenario.teams if "medical" in t.capabilities and t.members > 0)
    return _share_of_towns(scenario, (t.community for t in teams))


STRUCTURAL: dict[str, Structural] = {
    s.name: s
    for s in (
        Structural("structure.towns_with_store_share", "share", towns_with_store),
        Structural("structure.communities_with_store_share", "share", communities_with_store),
        Structural("structure.towns_with_team_share", "share", towns_with_team),
        Structural("structure.largest_flood_team_members", "person", largest_flood_team),
        Structural("structure.towns_with_shelter_share", "share", towns_with_shelter),
        Structural(
            "structure.shelter_places_per_100_at_risk", "place", shelter_places_per_100_at_risk
        ),
        Structural("structure.medical_team_towns_share", "share", medical_team_towns),
    )
}
