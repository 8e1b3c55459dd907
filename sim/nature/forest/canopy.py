"""Wind at mid-flame: what bed and trees leave of the wind in the open (Albini and Baughman 1979).

In feet inside, as published; the forms are those of Andrews 2012 (RMRS-GTR-266).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.nature.forest.rothermel import M_PER_FT

Floats = NDArray[np.floating[Any]]
Real = Floats | float

OPEN_BELOW = 0.05  # share of the space under the treetops that crowns fill; less does not shelter


def wind_share(bed_depth_ft: Real, cover_share: Real, height_m: Real, crown_ratio: Real) -> Floats:
    """Wind at mid-flame over that at 20 ft (6.1 m) above bed or treetops, 0 to 1; arrays broadcast.

    cover_share: of the ground that crowns shade; height_m: of the trees; crown_ratio: length of a
    crown over the height of its tree. Crowns fill a third of cover times ratio (cones). 0 where
    there is no bed.
    """
    bed = np.asarray(bed_depth_ft, float)
    trees_ft = np.asarray(height_m, float) / M_PER_FT
    filled = np.asarray(cover_share, float) * crown_ratio / 3.0
    sheltered = (filled >= OPEN_BELOW) & (trees_ft > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        open_share = 1.83 / _log(bed)
        under = 0.555 / (np.sqrt(filled * trees_ft) * _log(trees_ft))
    share = np.where(sheltered, under, open_share)
    return np.where(bed > 0.0, np.clip(share, 0.0, 1.0), 0.0)


def _log(height_ft: Floats) -> Floats:
    """The logarithmic profile between the top of what stands there and 20 ft above it."""
    return np.asarray(portable.log((20.0 + 0.36 * height_ft) / (0.13 * height_ft)))
