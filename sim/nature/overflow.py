"""What a community cannot hold runs over to its neighbours, as over a broad-crested weir.

Two neighbours share a sill: the higher of their grounds and a kerb on it, or what a planner's own
table of links says, which then stands in place of all that is assumed of neighbours. Water that
stands higher than the sill runs over, no faster than the weir lets it through, and no more in a
tick than a share of what would bring both to one level. A place that no neighbour lies below has a
river or ditch at its edge (assumed), to which it runs over its kerb in the same way, unless the
water outside stands as high: then it is held back. One without neighbours keeps its water. The
share keeps the step stable whatever its length, and more water in one place never means less in
any: so pumps help those below, and harm nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from anlan.sim import portable
from anlan.sim.forcing.wind import EARTH_RADIUS_KM
from anlan.sim.place.exposure import Exposure
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]
Ids = NDArray[np.int64]
# With half of it divided among a place's links, a weir's slope of 1.5 still leaves each place
# falling by less than it was raised.
LEVELLED = 0.5


@dataclass(frozen=True)
class OverflowRules(Rules, prefix="flood"):
    """Who is whose neighbour, and how wide and high the sill between them is."""

    neighbours: int
    neighbour_km: float
    overflow_width_m: float
    overflow_crest_m: float
    ponding_share: float
    weir_m05_s: float = of("dike.weir_m05_s")


@dataclass(frozen=True)
class Links:
    """L pairs of neighbours, each once, in an order of their own: rows of a table may be in any."""

    one: Ids
    other: Ids
    sill_m: F64  # above mean sea level
    weir_m15: F64  # what a metre over the sill lets over in a tick, over its power of 1.5
    most_m2: F64  # the most that a metre of difference moves in a tick, m3
    lows: Ids  # places that no neighbour lies below
    lows_m2: F64  # the same of these


def neighbours_of(sites: Exposure, most: int, within_km: float) -> tuple[Ids, Ids]:
    """Pairs of places, (L,) each, of which one is among the nearest of the other."""
    order = np.lexsort((sites.area_m2, sites.elevation_m, sites.lon, sites.lat))
    lat, lon = sites.lat[order], sites.lon[order]
    km = EARTH_RADIUS_KM * np.pi / 180.0
    middle = round(float(np.mean(lat)))  # a further place leaves the others' distances alone
    at = np.column_stack((lon * (km * float(portable.cos(np.radians(middle)))), lat * km))
    pairs = cKDTree(at).query_pairs(within_km, output_type="ndarray").astype(np.int64)
    both = np.concatenate((pairs, pairs[:, ::-1]))
    apart = np.square(at[both[:, 0]] - at[both[:, 1]]).sum(axis=1)
    both = both[np.lexsort((both[:, 1], apart, both[:, 0]))]
    first = np.searchsorted(both[:, 0], both[:, 0])
    near = both[np.arange(len(both)) - first < most]
    near = np.unique(np.sort(near, axis=1), axis=0)
    return order[near[:, 0]], order[near[:, 1]]


@dataclass(frozen=True)
class Given:
    """L links of a planner's own table."""

    one: Ids
    other: Ids
    sill_m: F64
    width_m: F64


def given_links(scenario: Scenario) -> Given | None:
    """Those of water_links.csv by the ids of their ends; None where there are none."""
    if not scenario.water_links:
        return None
    at = {c.community: i for i, c in enumerate(scenario.communities)}
    rows = sorted(
        (*sorted((r.from_community, r.to_community)), r.sill_m, r.width_m)
        for r in scenario.water_links
    )
    one, other, sill_m, width_m = zip(*rows, strict=True)
    first, second = (np.array([at[n] for n in names], dtype=np.int64) for names in (one, other))
    return Given(first, second, np.array(sill_m), np.array(width_m))


class Overflow:
    """Water that runs from place to place in one run."""

    def __init__(
        self, rules: OverflowRules, sites: Exposure, tick_h: float, given: Given | None = None
    ) -> None:
        self.rules = rules
        self.ground_m = sites.elevation_m
        self.area_m2 = sites.area_m2
        self.ponded_m2 = rules.ponding_share * sites.area_m2
        self.a_metre_m15 = rules.weir_m05_s * tick_h * 3600.0  # of a sill a metre wide
        self.weir_m15 = rules.weir_m05_s * rules.overflow_width_m * tick_h * 3600.0
        self.given = given
        # No place runs over below it.
        self.kerb_m = rules.overflow_crest_m
        if given is not None:
            low_m = np.minimum(self.ground_m[given.one], self.ground_m[given.other])
            self.kerb_m = min(self.kerb_m, float((given.sill_m - low_m).min()))
        self.sites = sites

    @cached_property
    def links(self) -> Links:
        """Worked out when water first stands high enough: most runs need none."""
        ground, ponded = self.ground_m, self.ponded_m2
        if self.given is None:
            one, other = neighbours_of(self.sites, self.rules.neighbours, self.rules.neighbour_km)
            sill_m = np.maximum(ground[one], ground[other]) + self.rules.overflow_crest_m
            weir_m15 = np.full(len(one), self.weir_m15)
        else:
            one, other, sill_m = self.given.one, self.given.other, self.given.sill_m
            weir_m15 = self.a_metre_m15 * self.given.width_m
        degree = np.bincount(np.concatenate((one, other)), minlength=len(ground))
        higher = np.concatenate(
            (one[ground[one] > ground[other]], other[ground[other] > ground[one]])
        )
        lows = np.setdiff1d(np.flatnonzero(degree), higher)
        degree[lows] += 1
        shared = ponded[one] * ponded[other] / (ponded[one] + ponded[other])
        return Links(
            one,
            other,
            sill_m,
            weir_m15,
            LEVELLED * shared / np.maximum(degree[one], degree[other]),
            lows,
            LEVELLED * ponded[lows] / degree[lows],
        )

    def runs_over(self, stored_mm: F64) -> bool:
        """Whether water stands above the kerb anywhere."""
        kerb_mm = 1000.0 * self.rules.ponding_share * self.kerb_m
        some = self.given is not None or self.weir_m15 > 0.0
        return some and bool(np.maximum.reduce(stored_mm, initial=0.0) > kerb_mm)

    def net_mm(self, stored_mm: F64) -> F64:
        """(C,) what comes to each place in a tick, less what leaves it, mm over its area."""
        links, places = self.links, len(stored_mm)
        level_m = self.ground_m + stored_mm * (0.001 / self.rules.ponding_share)
        a, b = level_m[links.one], level_m[links.other]
        over_m = np.maximum(np.maximum(a, b) - links.sill_m, 0.0)
        weir_m3 = links.weir_m15 * over_m * np.sqrt(over_m)
        level_m3 = links.most_m2 * np.minimum(over_m, np.abs(a - b))
        m3 = np.copysign(np.minimum(weir_m3, level_m3), a - b)
        came = np.bincount(links.other, m3, places) - np.bincount(links.one, m3, places)
        return np.asarray(came / self.area_m2 * 1000.0)

    def to_river_mm(self, stored_mm: F64, outside_m: float | F64) -> F64:
        """(C,) what leaves to a river in a tick, whose water stands so high (everywhere, or at
        each place), mm over each area.
        """
        lows, out = self.links.lows, np.zeros(len(stored_mm))
        depth_m = stored_mm[lows] * (0.001 / self.rules.ponding_share)
        level_m = outside_m[lows] if isinstance(outside_m, np.ndarray) else outside_m
        outside = level_m - self.ground_m[lows]
        over_m = np.maximum(depth_m - np.maximum(self.rules.overflow_crest_m, outside), 0.0)
        weir_m3 = self.weir_m15 * over_m * np.sqrt(over_m)
        m3 = np.minimum(weir_m3, self.links.lows_m2 * over_m)
        out[lows] = m3 / self.area_m2[lows] * 1000.0
        return out
