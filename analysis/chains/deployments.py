"""Who was sent to each incident, and which of them its chain is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from anlan.analysis.measures.facts import Facts, once

TURNED_BACK = "turned_back"  # how a deployment ended
UNDER_WAY = ("open", "released")  # the run was over, or the case, before they were there


class Stay(NamedTuple):
    """A deployment: the columns of its table, the minutes in the order in which stays compare."""

    arrived_min: float
    sent_min: float
    departed_min: float
    left_min: float
    outcome: str
    team: str


@once
def stays(facts: Facts) -> dict[str, list[Stay]]:
    """Incident -> who was sent to it."""
    table = facts.tables["deployment"]
    found: dict[str, list[Stay]] = defaultdict(list)
    for name, *columns in zip(
        *(table[c].tolist() for c in ("incident", *Stay._fields)), strict=True
    ):
        found[name].append(Stay(*columns))
    return dict(found)


def judged(sent: Sequence[Stay], came: bool) -> Stay | None:
    """The one that came first; where nobody came, the one that was on its way last."""
    if came:
        return min((stay for stay in sent if not np.isnan(stay.arrived_min)), default=None)
    going = (s for s in sent if np.isnan(s.arrived_min) and s.outcome in UNDER_WAY)
    return max(going, key=lambda stay: stay.sent_min, default=None)
