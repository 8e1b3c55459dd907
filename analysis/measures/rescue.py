"""Measures of rescue: how long persons in incidents waited for help.

How many incidents there are, and which, hangs on who was warned, moved out or kept dry before. So
means and shares of incidents say what response there was where something happened, and neither
more nor less of them is better. What is better are sums over persons: whoever does not come into
an incident, since somebody helped before, waits for nothing. And one share is better, that of all
whom the disaster leaves in need of rescue unless somebody moves, warns or keeps them dry before.

The clock starts when a thing happens. It is split into links, one after another: an incident that
stands at a link when the run ends has waited there to the end, and counts in no later one.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints
from anlan.analysis.measures.measure import (
    Measure,
    added,
    mean_over,
    total,
    weighted_mean,
    with_worst_town,
)
from anlan.analysis.measures.population import IN_PERIL

FIRST_MIN = 10
RESCUE_MIN = 60  # the limit in the measures' own names
MIN_PER_H = 60.0


def incidents(facts: Facts) -> float:
    """Incidents with persons trapped or hurt."""
    return float(facts.rescues["cases"].sum())


def response_min_mean(facts: Facts, group: Ints, groups: int) -> Floats:
    """Mean minutes from the happening to the first crew."""
    rows = facts.rescues
    return weighted_mean(rows["wait_min"], rows["cases"], rows["home"], group, groups)


def done_min_mean(facts: Facts, group: Ints, groups: int) -> Floats:
    """Mean minutes from the happening to the end of the work, or of the run."""
    rows, took = facts.rescues, _min_until(facts, "done_min")
    return weighted_mean(took, rows["cases"], rows["home"], group, groups)


def response_min_p90(facts: Facts) -> float:
    """Minutes within which nine incidents in ten were reached."""
    wait = np.repeat(facts.rescues["wait_min"], facts.rescues["cases"])
    return float(np.quantile(wait, 0.9, method="inverted_cdf")) if len(wait) else float("nan")


def reached_share(facts: Facts, group: Ints, groups: int) -> Floats:
    """Share of the incidents that a crew reached."""
    rows = facts.rescues
    return weighted_mean(rows["reached"], rows["cases"], rows["home"], group, groups)


def within_60min_share(facts: Facts, group: Ints, groups: int) -> Floats:
    """Share of the incidents that a crew reached within an hour."""
    rows = facts.rescues
    return weighted_mean(_reached_soon(facts), rows["cases"], rows["home"], group, groups)


def _reached_soon(facts: Facts) -> Bools:
    """(n,) incidents that a crew reached within an hour."""
    rows = facts.rescues
    soon: Bools = rows["reached"] & (rows["wait_min"] <= RESCUE_MIN)
    return soon


def safe_or_reached(facts: Facts) -> Bools:
    """Those in peril, by row, who were in no incident, or to whom a crew came within an hour."""
    return np.asarray(facts.in_peril["minutes"] <= RESCUE_MIN, dtype=bool)


def rescued_persons(facts: Facts) -> float:
    """Persons brought out alive."""
    return float(facts.rescues["rescued"].sum())


def never_reached_persons(facts: Facts) -> float:
    """Persons in incidents that no crew reached."""
    return float(facts.rescues["persons"][~facts.rescues["reached"]].sum())


def helped_10min_share(facts: Facts) -> float:
    """Share of the incidents with a crew or a first responder there within ten minutes."""
    cases = facts.rescues["cases"]
    good = _helped_soon(facts) * cases
    return float(good.sum() / cases.sum()) if len(cases) else float("nan")


def _helped_soon(facts: Facts) -> Bools:
    """(n,) incidents with a crew or a first responder there within ten minutes."""
    rows = facts.rescues
    there = np.fmin(rows["arrived_min"], rows["first_aid_min"])
    soon: Bools = there - rows["occurred_min"] <= FIRST_MIN  # false where nobody came
    return soon


def unhelped_10min_persons(facts: Facts) -> float:
    """Persons in incidents without help within ten minutes."""
    return float(facts.rescues["persons"][~_helped_soon(facts)].sum())


def unreached_60min_persons(facts: Facts, group: Ints, groups: int) -> Floats:
    """Persons in incidents that no crew reached within an hour."""
    rows = facts.rescues
    return total(rows["home"], rows["persons"] * ~_reached_soon(facts), group, groups)


def person_h_until(facts: Facts, group: Ints, groups: int, moment: str) -> Floats:
    """Person-hours from the happening to a moment, to the end of the run where it never came."""
    rows, hours = facts.rescues, _min_until(facts, moment) / MIN_PER_H
    return total(rows["home"], rows["persons"] * hours, group, groups)


def _min_until(facts: Facts, moment: str) -> Floats:
    """(n,) minutes from the happening to a moment, to the end of the run where it never came.

    What burns out before anybody comes is not done for its people.
    """
    rows = facts.rescues
    came = rows[moment]
    if moment == "done_min":
        came = np.maximum(came, rows["arrived_min"])  # NaN where nobody came
    until = np.where(np.isnan(came), facts.end_min, came)
    return np.asarray(np.maximum(until - rows["occurred_min"], 0.0))


# Link -> the times between which it lies.
LINKS = {
    "found": ("occurred_min", "found_min"),
    "reported": ("found_min", "reported_min"),
    "read": ("reported_min", "read_min"),
    "dispatched": ("read_min", "dispatched_min"),
    "mustered": ("dispatched_min", "mustered_min"),
    "departed": ("mustered_min", "departed_min"),
    "travel": ("departed_min", "arrived_min"),
    "start": ("arrived_min", "started_min"),
    "work": ("started_min", "done_min"),
}

# To a link come those incidents alone that somebody has brought so far: more help brings harder
# ones there, and their mean says neither better nor worse.


def link_min(facts: Facts, link: str) -> float:
    """Mean minutes that a link took, over the incidents that came to it."""
    begins, ends = (facts.rescues[column] for column in LINKS[link])
    came = ~np.isnan(begins)
    cases = facts.rescues["cases"][came]
    over = np.where(np.isnan(ends), facts.end_min, ends)[came]
    # Work at a fire may be over, by the fire's own clock, before the first crew has been counted.
    took = np.maximum(over - begins[came], 0.0)
    return added(took * cases) / float(cases.sum()) if len(cases) else float("nan")


UNTIL = {"unfound": "found_min", "unreached": "arrived_min", "undone": "done_min"}
MEASURES = (
    Measure("rescue.incidents", "incident", "none", incidents),
    Measure("rescue.never_reached_persons", "person", "lower", never_reached_persons),
    Measure("rescue.unhelped_10min_persons", "person", "lower", unhelped_10min_persons),
    *with_worst_town(
        "rescue.safe_or_reached_60min_share",
        "share",
        "higher",
        mean_over(IN_PERIL, safe_or_reached),
        IN_PERIL,
    ),
    *with_worst_town("rescue.unreached_60min_persons", "person", "lower", unreached_60min_persons),
    *(
        measure
        for name, moment in UNTIL.items()
        for measure in with_worst_town(
            f"rescue.{name}_person_h", "person_h", "lower", partial(person_h_until, moment=moment)
        )
    ),
    Measure("rescue.rescued_persons", "person", "none", rescued_persons),
    Measure("rescue.helped_10min_share", "share", "none", helped_10min_share),
    Measure("rescue.response_min_p90", "min", "none", response_min_p90),
    *(
        Measure(f"rescue.link_{link}_min", "min", "none", partial(link_min, link=link))
        for link in LINKS
    ),
    *with_worst_town("rescue.done_min_mean", "min", "none", done_min_mean),
    *with_worst_town("rescue.response_min_mean", "min", "none", response_min_mean),
    *with_worst_town("rescue.reached_share", "share", "none", reached_share, worst_is_low=True),
    *with_worst_town(
        "rescue.within_60min_share", "share", "none", within_60min_share, worst_is_low=True
    ),
)
