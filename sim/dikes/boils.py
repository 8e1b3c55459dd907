"""When sand boils come behind a dike, when they are found, and when the dike breaks of them.

All of it hangs on the sea, the ground behind and draws of the boil itself: the k-th of a dike. So
whatever people do changes none of the times, only whether a ring stands before the dike breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Dike

COMES = stream("dike.boil", "sand boil")
BREAKS = stream("dike.breaks", "sand boil")
FOUND = stream("dike.found", "sand boil")
PASSES = stream("dike.passes", "sand boil")


@dataclass(frozen=True)
class BoilRules(Rules, prefix="dike"):
    """How often boils come, how long a dike stands with one, and how guards find it."""

    boil_head_m: float
    boils_per_km_h_m: float
    breaks_least_h: float
    breaks_most_h: float
    pass_min: float
    guards_per_km: float
    find_day_share: float
    find_night_share: float
    find_rain_share: float
    heavy_rain_mm_h: float

    def boils_an_hour(self, length_km: float, head_m: float) -> float:
        """Mean number in an hour, of a dike with so high a sea above the ground behind it."""
        return self.boils_per_km_h_m * length_km * max(0.0, head_m - self.boil_head_m)

    def pass_every_min(self, dike: Dike) -> float:
        """Minutes between two passes of its guards; infinite where there are none."""
        if not dike.guards:
            return inf
        return self.pass_min * self.guards_per_km * dike.length_km / dike.guards

    def find_share(self, night: bool, rain_mm_h: float) -> float:
        """The chance that one pass finds a boil."""
        if rain_mm_h >= self.heavy_rain_mm_h:
            return self.find_rain_share
        return self.find_night_share if night else self.find_day_share


@dataclass(frozen=True)
class Boil:
    """The k-th boil of a dike, k from 1; minutes since the start."""

    id: str
    dike: int  # number of its dike
    occurred_min: float
    breaks_min: float  # when the dike breaks of it, if no ring stands by then


def waits_for(streams: Streams, boil: str) -> float:
    """How many boils are due, in the mean, between the one before it and this one: exponential."""
    return -float(portable.log1p(-streams.one(COMES, boil)))


def breaks_min(rules: BoilRules, streams: Streams, boil: str, occurred_min: float) -> float:
    """When the dike breaks of a boil: uniform between the least and the most hours."""
    u = streams.one(BREAKS, boil)
    hours = rules.breaks_least_h + u * (rules.breaks_most_h - rules.breaks_least_h)
    return occurred_min + 60.0 * hours


def found_min(streams: Streams, boil: Boil, every_min: float, share: float) -> float:
    """When a guard finds a boil: the first pass comes within `every_min`, and each finds it with
    the chance `share`. Infinite where nobody passes, or nobody would see it.
    """
    if share <= 0.0 or every_min == inf:
        return inf
    first_min = streams.one(PASSES, boil.id) * every_min
    if share >= 1.0:
        return boil.occurred_min + first_min
    logs = portable.log1p([-streams.one(FOUND, boil.id), -share])
    missed = ceil(float(logs[0] / logs[1])) - 1
    return boil.occurred_min + first_min + max(0, missed) * every_min
