"""An earthquake that nobody would feel is a slip: its place, or its magnitude."""

from __future__ import annotations

from anlan.sim.quake.shaking import Shaking
from anlan.sim.scenario.clock import great_circle_km
from anlan.sim.scenario.errors import worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


def check_earthquake(scenario: Scenario, at: Places) -> None:
    """Raise BadInput when it would be felt nowhere. Magnitude 0 is none, on purpose."""
    shaking = Shaking(scenario)
    quake, felt = shaking.quake, shaking.rules.felt_intensity
    if quake.magnitude == 0.0:
        return
    strongest = float(shaking.expected(quake.magnitude).max())
    if strongest < felt:
        away_km = min(
            great_circle_km(quake.lon, quake.lat, c.lon, c.lat) for c in scenario.communities
        )
        problem = worded(
            "nobody would feel it: at magnitude {magnitude:g} the nearest place, {away_km:.0f} km "
            "away, is expected to have an intensity of {strongest:.1f}, and {felt:g} can be felt; "
            "give an epicentre that is nearer, or a greater magnitude (0: no earthquake)",
            magnitude=quake.magnitude,
            away_km=away_km,
            strongest=strongest,
            felt=felt,
        )
        raise at.wrong_key(problem, "scenario.toml", "hazard.earthquake", "lon")
