"""Who lives where: every resident an individual, drawn once for a scenario.

Households are numbered community by community and residents household by household, so a
community's people are a slice. All attributes are plain arrays; nothing here changes in a run.
With `residents.scale` above 1 a row, of a household or resident, stands for several alike
(`sim/place/scale.py`); `stands_for` says for how many people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Keys, Streams, keys_of, members, stream
from anlan.sim.place.scale import count_rows, stands_for
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import DWELLINGS, Community, Scenario

AGE_BANDS = ("0-14", "15-59", "60-79", "80+")
DWELLING_CODE = {name: code for code, name in enumerate(DWELLINGS)}
POPULATION_RUN = -1  # the population's own "run": it is the same in every run

JOINS = stream("population.household", "resident beyond the first of each household")
DWELLING = stream("population.dwelling", "household")
KIT = stream("population.kit", "household")
CAR = stream("population.car", "household")
AGE = stream("population.age", "resident")
ASSISTED = stream("population.assisted", "resident")


@dataclass(frozen=True)
class PeopleRules(Rules, prefix="residents"):
    """Who lives in a home, what it has, and how fast its people walk."""

    share_0_14: float
    share_60_79: float
    share_80_plus: float
    assisted_share_other: float
    assisted_share_60_79: float
    assisted_share_80_plus: float
    kit_share: float
    car_share: float
    walk_old_ms: float
    walk_adult_ms: float
    walk_assisted_ms: float


@dataclass(frozen=True)
class Population:
    """Shapes: C communities, H rows of households, N rows of residents."""

    household_start: NDArray[np.int64]  # (C + 1,) first household of each community
    resident_start: NDArray[np.int64]  # (H + 1,) first resident of each household
    community: NDArray[np.int16]  # (H,) of the household
    dwelling: NDArray[np.uint8]  # (H,) index into DWELLINGS
    kit: NDArray[np.bool_]  # (H,) has an emergency kit
    car: NDArray[np.bool_]  # (H,)
    walk_ms: NDArray[np.float32]  # (H,) speed of its slowest member
    assisted: NDArray[np.bool_]  # (H,) has a member who needs help to move
    frail: NDArray[np.bool_]  # (N,) needs help to move
    age_band: NDArray[np.uint8]  # (N,) index into AGE_BANDS
    household: NDArray[np.int32]  # (N,)
    stands_for: NDArray[np.int32]  # (N,) people; 1 each unless `residents.scale` is more
    # what chance knows them by: the n-th household of a community, the n-th member of a household
    household_key: Keys  # (H,)
    resident_key: Keys  # (N,)

    @property
    def households(self) -> int:
        """H: rows of households."""
        return len(self.community)

    @property
    def residents(self) -> int:
        """N: rows of residents."""
        return len(self.household)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """(H,) people in each row of households; not to be written to."""
        found = np.zeros(self.households, dtype=np.int64)
        if self.households:
            np.add.reduceat(self.stands_for, self.resident_start[:-1], dtype=np.int64, out=found)
        found.setflags(write=False)
        return found

    def persons(self, rows: NDArray[np.int64]) -> int:
        """How many people some rows of residents stand for."""
        return int(self.stands_for[rows].sum())


def settle(scenario: Scenario) -> Population:
    """Draw the population of a scenario from `settings.population_seed`."""
    streams = Streams(scenario.settings.population_seed, POPULATION_RUN)
    rows = count_rows(scenario)
    n_households = rows.households.sum(axis=1)
    household_start = np.concatenate([[0], np.cumsum(n_households)])
    community = np.repeat(np.arange(len(n_households), dtype=np.int16), n_households)
    community_key = keys_of(c.community for c in scenario.communities)
    household_key = members(community_key, n_households)
    sizes = _sizes(streams, community_key, n_households, rows.residents)
    resident_key = members(household_key, sizes)
    dwelling = _dwellings(
        rows.households, streams.uniform(DWELLING, household_key), household_start, community
    )
    household = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    dormitory = (dwelling == DWELLING_CODE["dormitory"])[household]
    rules = PeopleRules.read(scenario)
    edges = _age_edges(rules, scenario.communities)
    age_band = _age_bands(
        edges, community[household], streams.uniform(AGE, resident_key), dormitory
    )
    assisted = _assisted(rules, streams.uniform(ASSISTED, resident_key), age_band) & ~dormitory
    starts = np.concatenate([[0], np.cumsum(sizes)])
    old, adult = rules.walk_old_ms, rules.walk_adult_ms
    speed_of_band = np.array([old, adult, old, old], dtype=np.float32)
    speed = np.where(assisted, np.float32(rules.walk_assisted_ms), speed_of_band[age_band])
    has_any = len(sizes) > 0
    return Population(
        household_start=household_start,
        resident_start=starts,
        community=community,
        dwelling=dwelling,
        kit=streams.uniform(KIT, household_key) < rules.kit_share,
        car=streams.uniform(CAR, household_key) < rules.car_share,
        walk_ms=np.minimum.reduceat(speed, starts[:-1]) if has_any else speed,
        assisted=np.logical_or.reduceat(assisted, starts[:-1]) if has_any else assisted,
        frail=assisted,
        age_band=age_band,
        household=household,
        stands_for=stands_for(scenario, rows.residents),
        household_key=household_key,
        resident_key=resident_key,
    )


def _sizes(
    streams: Streams,
    community_key: Keys,
    n_households: NDArray[np.int64],
    n_residents: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Rows of residents in each row of households: one, and each further one joins any."""
    extra = n_residents - n_households
    first = np.cumsum(n_households) - n_households
    place = np.repeat(np.arange(len(extra)), extra)
    u = streams.uniform64(JOINS, members(community_key, extra))
    joins = first[place] + (u * n_households[place]).astype(np.int64)
    return 1 + np.bincount(joins, minlength=int(n_households.sum())).astype(np.int64)


def _dwellings(
    quotas: NDArray[np.int64],
    u: NDArray[np.float32],
    household_start: NDArray[np.int64],
    community: NDArray[np.int16],
) -> NDArray[np.uint8]:
    """Exact quotas of each dwelling group in each community, the households drawn."""
    order = np.lexsort((u, community))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - household_start[community[order]]
    dwelling = np.zeros(len(community), dtype=np.uint8)
    top = np.zeros(len(quotas), dtype=np.int64)
    for code in range(1, len(DWELLINGS)):
        lower, top = top, top + quotas[:, code]
        chosen = (rank >= lower[community]) & (rank < top[community])
        dwelling[chosen] = code
    return dwelling


def _age_edges(rules: PeopleRules, communities: Sequence[Community]) -> NDArray[np.float64]:
    """(C, 3) where a draw in [0, 1) passes from one band of age to the next, by community."""
    usual = (rules.share_0_14, rules.share_60_79, rules.share_80_plus)
    shares = [
        usual if c.share_0_14 is None else (c.share_0_14, c.share_60_79, c.share_80_plus)
        for c in communities
    ]
    young, old, very_old = np.array(shares, dtype=np.float64).reshape(-1, 3).T
    return np.stack([young, 1.0 - old - very_old, 1.0 - very_old], axis=1)


def _age_bands(
    edges: NDArray[np.float64],
    community: NDArray[np.int16],
    u: NDArray[np.float32],
    dormitory: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """(N,) index into AGE_BANDS; the few different rows of edges are each looked up once."""
    rows, kind = np.unique(edges, axis=0, return_inverse=True)
    kind_of = kind.reshape(-1)[community]
    band = np.zeros(len(u), dtype=np.uint8)
    for k, row in enumerate(rows):
        here = slice(None) if len(rows) == 1 else kind_of == k
        band[here] = np.searchsorted(row, u[here], side="right")
    band[dormitory] = AGE_BANDS.index("15-59")
    return band


def _assisted(
    rules: PeopleRules, u: NDArray[np.float32], age_band: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    other = rules.assisted_share_other
    share = np.array([other, other, rules.assisted_share_60_79, rules.assisted_share_80_plus])
    return np.asarray(u < share[age_band])
