"""The one run that pictures of a single run show."""

from __future__ import annotations

import numpy as np

from anlan.analysis.results.folder import Results
from anlan.sim import chosen_storm

BURNT, BUILDINGS, GUST = "fire.burnt_ha", "fire.buildings", "hazard.max_gust_ms"
DEATHS, DEPTH = "harm.deaths", "hazard.max_depth_m"


def typical_run(results: Results) -> int | None:
    """The kept run nearest to the median of all runs of a variant; the first of equals.

    In the measure that `typical_by` names. None where no ledger was kept.
    """
    if not results.kept:
        return None
    rows = results.measure(typical_by(results))
    value = rows.iloc[:, -1].to_numpy(dtype=float)
    run = rows["run"].to_numpy()
    kept = [r for r in results.kept if r in run]
    middle = float(np.median(value))
    return min(kept, key=lambda r: abs(value[run == r][0] - middle))


def typical_by(results: Results) -> str:
    """The measure in which a run is typical.

    Burnt area where a forest burns in every run; buildings alight where some burn in every run and
    no storm comes, else the deepest water where that comes in every run; deaths where no wind
    blows in any; else the largest gust.
    """
    if forest_burns(results):
        return BURNT
    if not chosen_storm(results.scenario) and _in_every_run(results, BUILDINGS):
        return BUILDINGS
    if not chosen_storm(results.scenario) and (results.measure(DEPTH)[DEPTH] > 0.0).all():
        return DEPTH
    windy = bool(results.measure(GUST)[GUST].any())
    return GUST if windy else DEATHS


def forest_burns(results: Results) -> bool:
    """Whether a forest burns in every run."""
    return _in_every_run(results, BURNT)


def _in_every_run(results: Results, measure: str) -> bool:
    if not results.has_measure(measure):
        return False
    return bool(results.measure(measure)[measure].notna().all())
