"""The rule by which a link binds a late case.

The links of a case are taken away one after the other, the longest first, until what is left of
the chain keeps the limit. Those that were taken away bind the case. So: the link which, had it
been instant, would have made the case in time; where several would, the longest of them; where
none alone would, the smallest set that would. A link that never ended is longer than any other.
"""

from __future__ import annotations

import numpy as np

from anlan.analysis.measures.facts import Bools, Floats

EPSILON_MIN = 1e-6  # sums of minutes that should be equal are not always


def late(took: Floats, limit: Floats) -> Bools:
    """(n,) whose chain is longer than its limit; took: (n, L) minutes, infinite for never."""
    return np.asarray(took.sum(axis=1) > limit + EPSILON_MIN)


def binding(took: Floats, limit: Floats) -> Bools:
    """(n, L) the links that bind each case; none of a case that keeps its limit.

    took: (n, L) minutes of each link, infinite for the one that never ended. limit: (n,) minutes,
    not negative. Of links that took equally long the earlier is taken away first.
    """
    order = np.argsort(-took, axis=1, kind="stable")
    longest_first = np.take_along_axis(took, order, axis=1)
    # What is left when a link and all longer ones are away: sums from the shortest on.
    left = np.cumsum(longest_first[:, ::-1], axis=1)[:, ::-1]
    away = left > limit[:, None] + EPSILON_MIN
    found = np.zeros(took.shape, dtype=bool)
    np.put_along_axis(found, order, away, axis=1)
    return found
