"""Measures of cardiac arrests: how soon somebody who can help is there, and who lives.

Who has an arrest, whether it is seen and whether the heart can be shocked is the calendar's doing;
help that did not come counts as not in time.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts
from anlan.analysis.measures.measure import Measure, added
from anlan.analysis.measures.population import SEEN_ARRESTS, SHOCKABLE_ARRESTS

GOLDEN_MIN = 4  # the limits in the measures' own names
SHOCK_MIN = 10


def persons(facts: Facts) -> float:
    """Everybody who has an arrest in the run."""
    return float(facts.tables["arrest"]["persons"].sum())


def survivors(facts: Facts) -> float:
    """Those of them who live."""
    table = facts.tables["arrest"]
    return float((table["persons"] * table["survived"]).sum())


def survivors_expected(facts: Facts) -> float:
    """How many live by the minutes in which help came, without the luck of each."""
    table = facts.tables["arrest"]
    return added(table["persons"] * table["survival_share"])


def _share(facts: Facts, good: Bools, of: Bools) -> float:
    """Share of the persons of some rows for whom something is so; NaN of nobody."""
    weights = facts.tables["arrest"]["persons"] * of
    return float((weights * good).sum() / weights.sum()) if weights.sum() else float("nan")


def within(facts: Facts, help_min: str, limit_min: float, shockable: bool) -> float:
    """Of the arrests that were seen, or can be shocked too: the share with some help in time."""
    table = facts.tables["arrest"]
    of = table["seen"] & (table["shockable"] | (not shockable))
    waited = table[help_min] - table["occurred_min"]
    return _share(facts, np.nan_to_num(waited, nan=np.inf) <= limit_min, of)


HELPED = partial(within, help_min="cpr_min", limit_min=GOLDEN_MIN, shockable=False)
SHOCKED = partial(within, help_min="shock_min", limit_min=SHOCK_MIN, shockable=True)
MEASURES = (
    Measure("arrest.persons", "person", "none", persons),
    Measure("arrest.helped_4min_share", "share", "higher", HELPED, SEEN_ARRESTS),
    Measure("arrest.shocked_10min_share", "share", "higher", SHOCKED, SHOCKABLE_ARRESTS),
    Measure("arrest.survivors", "person", "higher", survivors),
    Measure("arrest.survivors_expected", "person", "higher", survivors_expected),
)
