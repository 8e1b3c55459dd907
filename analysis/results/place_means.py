"""What came to each place over the runs: the table `places`, one row a community."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.analysis.digests.tables import TABLES
from anlan.analysis.results.folder import Results
from anlan.analysis.results.tables import column, read_table

if TYPE_CHECKING:
    import pandas as pd

NAMED = ("community", "residents")
LATE = ("rescue_late_persons", "relief_late_persons")
LATE_SHARE = "late_share_of_runs"  # share of the runs in which anybody there was reached late
# by these the places that were hit hardest come first
WORST_FIRST = ("deaths", "relief_never_persons", "rescue_never_persons", *LATE, "cut_off_h")


def mean_columns() -> dict[str, str]:
    """Column -> unit, of what is averaged over the runs."""
    return {name: unit for name, unit in TABLES["places"].items() if name not in NAMED}


def place_means(results: Results) -> pd.DataFrame:
    """A row a community, in the scenario's order: means over the runs of the table `places`.

    A column that lacks a value in some run is the mean of the others. Empty where the table was
    not kept. Worked out by DuckDB, so that memory does not grow with the runs.
    """
    import pandas as pd

    columns = list(mean_columns())
    if not results.has("places"):
        return pd.DataFrame(columns=[*NAMED, *columns, LATE_SHARE])
    means = [f"avg({column(c)}) AS {column(c)}" for c in columns]
    late = " + ".join(map(column, LATE))
    asked = ("community", *means, f"avg(CAST({late} > 0 AS DOUBLE)) AS {LATE_SHARE}")
    where = [] if results.variant is None else [f"variant = {int(results.variant)}"]
    file = results.folder / "places.parquet"
    found = read_table(file, asked, where, group_by="community").set_index("community")
    places = pd.DataFrame(
        [(c.community, c.residents) for c in results.scenario.communities], columns=list(NAMED)
    )
    return places.join(found, on="community")


def worst_first(places: pd.DataFrame) -> pd.DataFrame:
    """The places in which anything happened, the hardest hit first."""
    hit = places[(places[list(WORST_FIRST)].fillna(0.0) > 0).any(axis=1)]
    return hit.sort_values(list(WORST_FIRST), ascending=False, kind="stable")
