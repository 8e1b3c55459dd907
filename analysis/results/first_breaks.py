"""What broke first: over the runs of one variant, which failure came when, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from anlan.analysis.measures.facts import Ints
from anlan.analysis.results.folder import Results
from anlan.analysis.words.names import names

# how much `place` stands for: half of the runs or more, more runs than any other, one of many
Standing = Literal["most", "first", "example"]
HALF = 0.5


@dataclass(frozen=True)
class FirstBreak:
    """The first failure of a kind over the runs; quantiles are over the runs that had it."""

    kind: str
    item: str  # its name, else empty
    share_of_runs: float
    early: datetime  # 5th percentile, local clock time
    middle: datetime
    late: datetime
    place: str  # where it came first: of the places that share the lead, the first by name
    place_share: float  # in what share of the runs that had it
    standing: Standing


def first_breaks(results: Results, lang: str) -> list[FirstBreak]:
    """One row a kind of failure (a kind and item for stores and shortages), earliest first."""
    called = names(results.scenario, lang)
    found = []
    for (kind, item), rows in (
        results.table("breaks").fillna({"item": ""}).groupby(["kind", "item"])
    ):
        hours = rows["hour"].to_numpy(dtype=float)
        early, middle, late = np.quantile(hours, [0.05, 0.5, 0.95])
        places = rows["place"].value_counts()
        # of equals the first by name, so that the answer does not depend on the order of rows
        place = sorted(str(p) for p in places.index[places == places.max()])[0]
        found.append(
            FirstBreak(
                kind=str(kind),
                item=called.get(str(item), str(item)),
                share_of_runs=float(rows["run"].nunique() / results.run_count),
                early=results.clock(early),
                middle=results.clock(middle),
                late=results.clock(late),
                place=called.get(place, place),
                place_share=float(places.max() / len(rows)),
                standing=standing_of(np.array(places, dtype=np.int64)),
            )
        )
    return sorted(found, key=lambda b: (b.middle, b.kind, b.item))


def standing_of(runs: Ints) -> Standing:
    """Whether a most frequent place may be named as such, from the runs of each place."""
    most, total = int(runs.max()), int(runs.sum())
    if total < 2 or int((runs == most).sum()) > 1 or most < 2:
        return "example"
    return "most" if most >= HALF * total else "first"
