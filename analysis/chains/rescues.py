"""The chains of incidents: found, reported, read, a crew sent, on the road, at work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from anlan.analysis.chains.cases import Cases, cases, cut, steps, up_to
from anlan.analysis.chains.deployments import TURNED_BACK, Stay, judged, stays
from anlan.analysis.chains.hours import cut_off, shared, storm, surely_idle
from anlan.analysis.measures.facts import Column, Facts, Floats, Ints, once

# kind of incident -> what a crew must be able to do there
NEED = {
    "collapse": "rescue",
    "flood": "water",
    "injury": "medical",
    "wounded": "medical",
    "arrest": "medical",
    "fire": "fire",
    "forest_fire": "forest",
    "tree": "engineering",
}


def rescues(facts: Facts, limit_min: float) -> Cases:
    """Incidents with persons in them, from the happening to the first crew."""
    rows = facts.rescues
    since = rows["occurred_min"]
    stamps, ends = cut(since, limit_min, rows["done_min"], _stamps(facts, rows))
    found = _links(facts, rows, rows["home"], stamps, ends)
    return cases(rows["home"], rows["kind"], rows["cases"], since, limit_min, found,
                 rows["incident"], ends)  # fmt: skip


def in_peril(facts: Facts, limit_min: float) -> Cases:
    """Persons in peril who were caught, from the happening of the incident to the first crew.

    Who was in none and is dead waited for nobody: no link says what came too late.
    """
    rows = facts.in_peril
    caught = dict.fromkeys(facts.rescues["incident"].tolist(), 0.0)
    named = zip(rows["incident"].tolist(), rows["persons"].tolist(), strict=True)
    for incident, persons in named:
        if incident:
            caught[incident] += persons
    return replace(rescues(facts, limit_min), weight=np.array([*caught.values()], dtype=float))


def to_crew(
    facts: Facts, rows: Mapping[str, Column], home: Ints, ends: Floats | None = None
) -> dict[str, Floats]:
    """Minutes of the links of rows of `incident`, up to the first crew. `ends`: when each was
    over, for what never ended.
    """
    return _links(facts, rows, home, _stamps(facts, rows), ends)


def _stamps(facts: Facts, rows: Mapping[str, Column]) -> dict[str, Floats]:
    """Link -> when it ended.

    Those who set out before and turned back are a link of their own; while nobody was on the way
    any more (`again`) the incident waited for a crew once more.
    """
    back, sent, departed = _sent(facts, rows)
    called = np.asarray(rows["dispatched_min"], dtype=float)
    ready = np.fmax(np.fmax(called, rows["mustered_min"]), back)
    return {
        "found": rows["found_min"], "reported": rows["reported_min"], "read": rows["read_min"],
        "crews": called, "turned_back": np.fmax(back, called), "mustered": ready, "again": sent,
        "departed": departed, "travel": rows["arrived_min"],
    }  # fmt: skip


def _links(
    facts: Facts,
    rows: Mapping[str, Column],
    home: Ints,
    stamps: Mapping[str, Floats],
    ends: Floats | None,
) -> dict[str, Floats]:
    since, kinds = np.asarray(rows["occurred_min"], dtype=float), rows["kind"]
    took = steps(since, stamps)
    if ends is not None:
        took = up_to(since, ends, took)
    begins = since + took["found"] + took["reported"] + took["read"]
    waited = wait_for_crew(facts, kinds, home, begins, took["crews"], ends)
    begins = begins + took["crews"] + took["turned_back"] + took["mustered"]
    again = wait_for_crew(facts, kinds, home, begins, took.pop("again"), ends)
    return took | {link: waited[link] + again[link] for link in waited}


def wait_for_crew(
    facts: Facts,
    kinds: Column,
    home: Ints,
    begins: Floats,
    took: Floats,
    ends: Floats | None = None,
) -> dict[str, Floats]:
    """A wait until somebody is sent: for the wind to fall, for a way, for a crew that is free.

    For a way only while the place is cut off and a crew that could do the work is idle: where all
    of these are busy or at rest an open road would bring nobody. `kinds`: of incident, (n,).
    """
    begins = np.where(np.isfinite(begins), begins, 0.0)
    found = {link: np.zeros(len(home)) for link in ("wind", "road", "crews")}
    needs = np.array([NEED.get(kind, "") for kind in kinds.tolist()], dtype=object)
    for need in sorted(set(needs.tolist())):
        some = needs == need
        flags = {
            "wind": storm(facts, "team.stop_wind_ms"),
            "road": cut_off(facts) & surely_idle(facts, need),
        }
        over = None if ends is None else ends[some]
        parts = shared(facts, home[some], begins[some], took[some], flags, "crews", over)
        for link, minutes in parts.items():
            found[link][some] = minutes
    return found


def _sent(facts: Facts, rows: Mapping[str, Column]) -> tuple[Floats, Floats, Floats]:
    """(n,) each: when the last crew turned back before that which came first, when that one was
    sent and when it set out. Where none came: of the one that was on its way last. NaN for none.
    """
    known = _ways(facts)
    none = (np.nan, np.nan, np.nan)
    found = [known.get(name, none) for name in rows["incident"].tolist()]
    back, sent, departed = np.array(found, dtype=float).reshape(-1, 3).T
    return back, sent, departed


@once
def _ways(facts: Facts) -> dict[str, tuple[float, float, float]]:
    """Incident -> what `_sent` gives of it."""
    return {name: _way(found) for name, found in stays(facts).items()}


def _way(sent: Sequence[Stay]) -> tuple[float, float, float]:
    first = judged(sent, any(not np.isnan(stay.arrived_min) for stay in sent))
    until = np.inf if first is None else first.departed_min
    back = max(
        (s.left_min for s in sent if s.outcome == TURNED_BACK and s.left_min <= until),
        default=np.nan,
    )
    return (back, np.nan, np.nan) if first is None else (back, first.sent_min, first.departed_min)
