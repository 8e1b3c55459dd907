"""Who survives a cardiac arrest: so many points less for each minute without help.

Larsen and others 1993 (Ann. Emerg. Med. 22: 1652): of those whose heart could be shocked
into beating again .67 would live if everything were there at once; each minute to the first chest
compressions takes .023 of it, each minute to the shock .011, each to care by a medical crew .021.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf, log1p, pi, sqrt

from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class ArrestRules(Rules, prefix="arrest"):
    """How many there are, whom somebody can save, and how soon help from nearby comes."""

    per_100000_y: float
    disaster_factor: float
    seen_share: float
    shockable_share: float
    bystander_share: float
    at_once_share: float
    cpr_per_min: float
    shock_per_min: float
    care_per_min: float
    recognise_min: float
    attach_min: float
    fetch_ms: float
    detour: float
    lived_in_share: float

    def chance(self, hours: float) -> float:
        """That somebody has an arrest within so many hours."""
        return self.per_100000_y / 1e5 * self.disaster_factor * hours / (365.0 * 24.0)

    def survival(self, cpr_min: float, shock_min: float, care_min: float) -> float:
        """Share that lives by the minutes from the arrest to each kind of help; 0 without any."""
        if isinf(max(cpr_min, shock_min, care_min)):
            return 0.0
        lost = self.cpr_per_min * cpr_min + self.shock_per_min * shock_min
        return max(0.0, self.at_once_share - lost - self.care_per_min * care_min)

    def way_min(self, number: float, area_km2: float, u: float) -> float:
        """Minutes on foot from the nearest of some helpers who live spread over a place.

        `u` in [0, 1) says how near that one is: the distance to the nearest of randomly spread
        points. Infinite when none is within the place.
        """
        if number <= 0.0:
            return inf
        lived_in_km2 = self.lived_in_share * area_km2
        near_km2 = -log1p(-u) / number * lived_in_km2  # of the circle round the arrest
        if near_km2 > lived_in_km2:
            return inf
        return sqrt(near_km2 / pi) * 1000.0 * self.detour / self.fetch_ms / 60.0
