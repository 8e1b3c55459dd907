"""Roads where no public road file may be had: a Gabriel graph over the sites.

Two sites are joined when no third lies in the circle that has them as its diameter (Gabriel
and Sokal 1969). Such a graph is connected, has no crossings, and looks like village roads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay
from scipy.spatial.distance import cdist

from anlan.scenarios.derivation.chance import Floats

FEW = 50  # up to so many points every pair is tried; Delaunay wants three off a line
BATCH = 500


def gabriel(points: Floats) -> list[tuple[int, int]]:
    """The pairs (i < j) that a Gabriel graph joins, in order."""
    squared = cdist(points, points, "sqeuclidean")
    pairs = _candidates(points)
    clear = np.concatenate(
        [_clear(squared, pairs[i : i + BATCH]) for i in range(0, len(pairs), BATCH)]
        or [np.zeros(0, dtype=bool)]
    )
    return [(int(i), int(j)) for i, j in pairs[clear]]


def shortest_tree(points: Floats, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The pairs (i < j) that join all that `pairs` join with the least length in the whole."""
    if not pairs:
        return set()
    i, j = np.array(pairs).T
    length = np.linalg.norm(points[i] - points[j], axis=1)
    tree = minimum_spanning_tree(csr_array((length, (i, j)), shape=(len(points),) * 2)).tocoo()
    return {(int(min(i, j)), int(max(i, j))) for i, j in zip(tree.row, tree.col, strict=True)}


def _candidates(points: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Pairs (i < j), in order, among which all of the graph's are: it lies in Delaunay's."""
    if len(points) <= FEW:
        return np.argwhere(np.triu(np.ones((len(points), len(points)), dtype=bool), 1))
    triangles = Delaunay(points).simplices
    sides = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    return np.unique(np.sort(sides, axis=1).astype(np.int64), axis=0)


def _clear(
    squared: Floats, pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which pairs have no third point k inside their circle: d(i,k)^2 + d(k,j)^2 < d(i,j)^2."""
    i, j = pairs[:, 0], pairs[:, 1]
    through = squared[i] + squared[j]
    each = np.arange(len(pairs))
    through[each, i] = through[each, j] = np.inf
    return np.asarray(through.min(axis=1) >= squared[i, j])
