"""Who was not reached in time over the runs: a row a place, what was lacked and what it waited for.

Worked out by DuckDB, so that memory does not grow with the runs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scipy.special import stdtrit

from anlan.analysis.digests.late import AND
from anlan.analysis.digests.unreached import LACKS
from anlan.analysis.results.folder import Results
from anlan.analysis.words import trait, word
from anlan.sim.study import query

if TYPE_CHECKING:
    import pandas as pd

TABLE = "unreached"
KEYS = ("lack", "place", "links", "never", "cause")
CONFIDENCE = 0.95
_SQL = """
SELECT {keys}, sum(persons) AS persons, sum(persons * persons) AS squares, max(persons) AS most,
       count(*) AS runs
FROM (SELECT {keys}, run, sum(persons) AS persons FROM read_parquet(?) {where} GROUP BY {keys}, run)
GROUP BY {keys}
"""


def unreached_list(results: Results) -> pd.DataFrame:
    """The list, most persons first: `KEYS`, mean persons a run with its ends, the most in a run,
    and the share of the runs in which there were any. Empty where the table was not kept.

    The ends are Student's over all runs, cut at 0. The same person may be in several rows.
    """
    import pandas as pd

    columns = [*KEYS, "persons", "low", "high", "most", "runs_share"]
    if not results.has(TABLE):
        return pd.DataFrame(columns=columns)
    where = "" if results.variant is None else f"WHERE variant = {int(results.variant)}"
    sql = _SQL.format(keys=", ".join(KEYS), where=where)
    found = query(sql, [str(results.folder / f"{TABLE}.parquet")])
    n = results.run_count
    mean = found["persons"] / n
    half = mean * 0.0 + math.inf
    if n > 1:
        spread = ((found["squares"] - n * mean**2).clip(lower=0.0) / (n - 1)) ** 0.5
        half = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2.0)) / math.sqrt(n) * spread
    found = found.assign(
        persons=mean, low=(mean - half).clip(lower=0.0), high=mean + half,
        runs_share=found["runs"] / n, order=found["lack"].map([*LACKS].index),
    )  # fmt: skip
    return found.sort_values(
        ["persons", "order", *KEYS], ascending=[False, *[True] * (len(KEYS) + 1)], kind="stable"
    )[columns].reset_index(drop=True)


def waited_for(links: str, never: bool, lang: str) -> str:
    """What bound the cases of a row, in words: what never came, or what came too late."""
    names = links.split(AND)
    if never:
        return word(f"never.{names[-1]}", lang)
    return trait("comma", lang).join(word(f"link.{name}", lang) for name in names)
