"""Roads where no public road file may be had: a Gabriel graph over the sites.

Two sites are joined when no third lies in the circle that has them as its diameter (Gabriel
and Sokal 1969). Such a graph is connected, has no crossings, and looks like village roads.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from scenarios.derivation.chance import Floats


def gabriel(points: Floats) -> list[tuple[int, int]]:
    """The pairs (i < j) that a Gabriel graph joins, in order."""
    squared = cdist(points, points, "sqeuclidean")
    joined = []
    for i in range(len(points)):
        # a third point k lies inside the circle when d(i,k)^2 + d(k,j)^2 < d(i,j)^2
        through = squared[i][:, None] + squared
        through[i] = np.inf
        np.fill_diagonal(through, np.inf)
        clear = through.min(axis=0) >= squared[i]
        joined += [(i, int(j)) for j in np.flatnonzero(clear) if j > i]
    return joined
