"""The worst cases over all runs, each with its chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from anlan.analysis.results.folder import Results

if TYPE_CHECKING:
    import pandas as pd

MOST = 10
TABLE = "late_worst"


def worst_cases(results: Results, targets: Sequence[str], most: int = MOST) -> pd.DataFrame:
    """The rows of `late_worst` of the worst cases of each target, the worst first, no two of them
    in one place. `case` numbers them from 0.

    Of a run the digest keeps the worst few; worst is who lost most person-minutes beyond the limit.
    """
    import pandas as pd

    rows = results.table(TABLE)
    rows = rows[rows["target"].isin(list(targets))]
    found = []
    for target in targets:
        mine = rows[rows["target"] == target]
        whole = mine.groupby(["run", "rank"], sort=True).agg(
            place=("place", "first"), since=("since_min", "first"), limit=("limit_min", "first"),
            ends=("to_min", "max"), cases=("cases", "first"),
        )  # fmt: skip
        lost = whole["cases"] * (whole["ends"] - whole["since"] - whole["limit"])
        order = whole.assign(lost=lost).sort_values(
            ["lost", "cases"], ascending=False, kind="stable"
        )
        first = order[~order["place"].duplicated()].head(most)
        for number, (run, rank) in enumerate(first.index):
            case = mine[(mine["run"] == run) & (mine["rank"] == rank)]
            found.append(case.assign(case=number))
    if not found:
        return rows.assign(case=0).head(0)
    joined: pd.DataFrame = pd.concat(found, ignore_index=True)
    return joined
