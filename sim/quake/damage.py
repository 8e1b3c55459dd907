"""What shaking does to homes, and ruins to the people in them.

Each home has an intensity at which it falls: normal about a median of its dwelling group. A little
below that it is spoilt: it stands, but nobody may live in it any more. Of the people in a home that
falls some are trapped, of whom some are dead at once; of the others, and of the people in spoilt
homes, some are hurt (Coburn and Spence's M3 and M4 are the shares of a fallen masonry house).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.place.population import Population
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import DWELLINGS

F64 = NDArray[np.float64]
Ids = NDArray[np.int64]

HOME = stream("quake.home", "household")
FATE = stream("quake.fate", "resident")


@dataclass(frozen=True)
class DamageRules(Rules, prefix="quake"):
    """Which homes fall or are spoilt, and what becomes of the people in them."""

    damage_from: float
    collapse_at_sturdy: float
    collapse_at_dangerous: float
    collapse_at_dormitory: float
    collapse_at_low_lying: float
    collapse_at_boat: float
    collapse_sd: float
    spoilt_below: float
    trapped_share: float
    dead_share: float
    hurt_share: float
    spoilt_hurt_share: float

    def medians(self) -> F64:
        """The intensity at which half of the homes of each dwelling group fall."""
        return np.array([float(getattr(self, f"collapse_at_{d}")) for d in DWELLINGS])


@dataclass(frozen=True)
class Fates:
    """Rows of residents, rising: what happens to whom, if they are at home."""

    dead: Ids
    trapped: Ids
    hurt: Ids


def ruined(
    rules: DamageRules, people: Population, intensity: F64, streams: Streams
) -> tuple[Ids, Ids]:
    """Households whose homes fall, and whose homes are spoilt, at an intensity (C,) by place."""
    shaken = np.flatnonzero(intensity[people.community] >= rules.damage_from)
    z = streams.normal(HOME, people.household_key[shaken]).astype(np.float64)
    falls_at = rules.medians()[people.dwelling[shaken]] + rules.collapse_sd * z
    felt = intensity[people.community[shaken]]
    falls = felt >= falls_at
    return shaken[falls], shaken[~falls & (felt >= falls_at - rules.spoilt_below)]


def residents_of(people: Population, homes: Ids) -> Ids:
    """The rows of residents of some households, in the households' order."""
    starts, ends = people.resident_start[homes], people.resident_start[homes + 1]
    rows = [np.arange(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.concatenate([*rows, np.empty(0, dtype=np.int64)]).astype(np.int64)


def fates(
    rules: DamageRules, people: Population, fallen: Ids, spoilt: Ids, streams: Streams
) -> Fates:
    """What happens to the people of homes that fall and of homes that are spoilt."""
    inside = residents_of(people, fallen)
    u = streams.uniform64(FATE, people.resident_key[inside])
    dead_below = rules.trapped_share * rules.dead_share
    hurt_below = rules.trapped_share + (1.0 - rules.trapped_share) * rules.hurt_share
    beside = residents_of(people, spoilt)
    v = streams.uniform64(FATE, people.resident_key[beside])
    return Fates(
        dead=inside[u < dead_below],
        trapped=inside[(u >= dead_below) & (u < rules.trapped_share)],
        hurt=np.sort(
            np.concatenate(
                [
                    inside[(u >= rules.trapped_share) & (u < hurt_below)],
                    beside[v < rules.spoilt_hurt_share],
                ]
            )
        ),
    )
