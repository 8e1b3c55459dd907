"""In how many runs something put a target to the test.

That nobody died is no merit of a plan where nobody was ever in danger: such a count has nothing to
judge until in some run people were at risk, called for help, or stood before a fire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

IN_NEED = "relief.persons_in_need"
# Beginning of a measure -> measures of which one is above none where it can come out badly.
TESTED_BY = {
    "harm.": (IN_NEED, "rescue.incidents", "fire.buildings", "fire.burnt_ha"),
    "shortage.": (IN_NEED,),
    "relief.no_roof": (IN_NEED,),
}


def tested_runs(measure: str, runs: pd.DataFrame) -> int:
    """How many runs put a measure to the test: all that have it, where it judges that by itself.

    `runs` has a row a run; a measure by which one could tell and which it lacks tells nothing.
    """
    there = runs[measure].notna().to_numpy()
    by = next((b for beginning, b in TESTED_BY.items() if measure.startswith(beginning)), ())
    known = [name for name in by if name in runs]
    if not known:
        return int(there.sum())
    values = runs[[*known, measure]].to_numpy(dtype=float)
    happened = np.nan_to_num(values).max(axis=1) > 0.0
    return int((there & happened).sum())
