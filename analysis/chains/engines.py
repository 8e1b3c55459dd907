"""Of each fire the crew that is judged: the engine that came first, or was on its way last."""

from __future__ import annotations

import numpy as np

from anlan.analysis.chains.deployments import judged, stays
from anlan.analysis.measures.facts import Column, Facts, Floats

BESIDE = "micro"  # crews of micro stations come beside engines, which alone are judged
NONE = (np.nan, np.nan)


def sent(facts: Facts, rows: dict[str, Column]) -> dict[str, Floats]:
    """Two more columns of rows of `fire`: when that crew was sent, and when it drove out.

    At a forest fire any crew counts. Where the ledger has no deployment that could be it the
    stamps are the fire's own; where it has some, but none that was on its way, there are none.
    """
    known = stays(facts)
    micro = {team.team for team in facts.scenario.teams if BESIDE in team.capabilities}
    found: list[tuple[float, float]] = []
    for name, kind, arrived, own_sent, own_left in zip(
        *(rows[c].tolist()
          for c in ("incident", "kind", "arrived_min", "dispatched_min", "left_min")),
        strict=True,
    ):  # fmt: skip
        there, came = known.get(name, []), not np.isnan(arrived)
        first = judged([s for s in there if kind == "forest" or s.team not in micro], came)
        if first is not None:
            found.append((first.sent_min, first.departed_min))
        else:
            found.append(NONE if there and not came else (own_sent, own_left))
    left, right = np.array(found, dtype=float).reshape(-1, 2).T
    return {"engine_sent_min": left, "engine_left_min": right}
