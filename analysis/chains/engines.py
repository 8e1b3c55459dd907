"""Of each fire the crew that is judged: the engine that came first, or was on its way last."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from anlan.analysis.chains.rescues import UNDER_WAY
from anlan.analysis.measures.facts import Column, Facts, Floats, once

BESIDE = "micro"  # crews of micro stations come beside engines, which alone are judged
NONE = (np.nan, np.nan)


class _Stay(NamedTuple):
    arrived_min: float
    sent_min: float
    departed_min: float
    outcome: str
    micro: bool


def sent(facts: Facts, rows: dict[str, Column]) -> dict[str, Floats]:
    """Two more columns of rows of `fire`: when that crew was sent, and when it drove out.

    At a forest fire any crew counts. Where the ledger has no deployment that could be it the
    stamps are the fire's own; where it has some, but none that was on its way, there are none.
    """
    known = _stays(facts)
    found: list[tuple[float, float]] = []
    for name, kind, arrived, own_sent, own_left in zip(
        *(rows[c].tolist()
          for c in ("incident", "kind", "arrived_min", "dispatched_min", "left_min")),
        strict=True,
    ):  # fmt: skip
        stays = known.get(name, [])
        able = [stay for stay in stays if kind == "forest" or not stay.micro]
        at = _judged(able, not np.isnan(arrived))
        if at is None:
            at = NONE if stays and np.isnan(arrived) else (own_sent, own_left)
        found.append(at)
    left, right = np.array(found, dtype=float).reshape(-1, 2).T
    return {"engine_sent_min": left, "engine_left_min": right}


def _judged(stays: list[_Stay], came: bool) -> tuple[float, float] | None:
    """When the first that came was sent and drove out; of a fire without one, the last going."""
    there = [stay for stay in stays if not np.isnan(stay.arrived_min)]
    going = [stay for stay in stays if np.isnan(stay.arrived_min) and stay.outcome in UNDER_WAY]
    if came and there:
        first = min(there)
    elif going and not came:
        first = max(going, key=lambda stay: stay.sent_min)
    else:
        return None
    return first.sent_min, first.departed_min


@once
def _stays(facts: Facts) -> dict[str, list[_Stay]]:
    """Incident -> who was sent to it."""
    table = facts.tables["deployment"]
    micro = {team.team for team in facts.scenario.teams if BESIDE in team.capabilities}
    columns = ("incident", "team", "arrived_min", "sent_min", "departed_min", "outcome")
    found: dict[str, list[_Stay]] = defaultdict(list)
    for name, team, arrived, sent_min, departed, outcome in zip(
        *(table[c].tolist() for c in columns), strict=True
    ):
        found[name].append(_Stay(arrived, sent_min, departed, outcome, team in micro))
    return dict(found)
