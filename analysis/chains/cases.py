"""Cases of a run: each with its place, its cause and the minutes that each of its links took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anlan.analysis.chains.binding import EPSILON_MIN, binding, late
from anlan.analysis.chains.links import LINKS
from anlan.analysis.measures.facts import Bools, Column, Floats, Ints


@dataclass(frozen=True)
class Cases:
    """(n,) cases of one kind, and (n, len(LINKS)) minutes of each link.

    `weight`: persons, incidents, fires or person-hours that a case stands for. `since`: minute at
    which its clock starts, `limit`: minutes that it may take. `home`: number of the community, -1
    where it has none. `about`: id of what it is, or empty. A link that did not end before the run
    did, or before the case was over (`ends`; infinite where the run ended first), took infinitely
    long; those after it took nothing.
    """

    home: Ints
    cause: Column
    about: Column
    weight: Floats
    since: Floats
    limit: Floats
    took: Floats
    ends: Floats

    def __len__(self) -> int:
        return len(self.home)

    @property
    def late(self) -> Bools:
        """(n,) which of them came too late, or never."""
        return late(self.took, self.limit)

    @property
    def binds(self) -> Bools:
        """(n, L) the links that bind each case.

        A link that was open when the case was over lasted until then. Where the case was over
        within its limit the open link binds: nothing else kept it from an end. One that would only
        have begun when the case was over kept it from nothing: then the longest of those before.
        """
        open_ = np.isinf(self.took)
        ended = np.where(open_, 0.0, self.took)
        left = np.maximum(self.ends - self.since - ended.sum(axis=1), 0.0)
        ended = np.where(open_, left[:, None], ended)
        beyond = late(ended, self.limit)
        whole = ended.sum(axis=1)
        next_ = ~beyond & open_.any(axis=1) & (left <= EPSILON_MIN) & (whole > EPSILON_MIN)
        limit = np.where(next_, np.maximum(whole - 2.0 * EPSILON_MIN, 0.0), self.limit)
        return binding(np.where((beyond | next_)[:, None], ended, self.took), limit)

    def only(self, keep: Bools | Ints) -> Cases:
        """Some of them."""
        return Cases(*(getattr(self, name)[keep] for name in FIELDS))


FIELDS = ("home", "cause", "about", "weight", "since", "limit", "took", "ends")


def cases(
    home: Ints,
    cause: Column,
    weight: Floats | Ints,
    since: Floats,
    limit: Floats | float,
    took: Mapping[str, Floats],
    about: Column | None = None,
    ends: Floats | None = None,
) -> Cases:
    """Cases from the minutes of the links that they have.

    Where the limit is negative the hazard came before anything could be done: that binds, and
    nothing else.
    """
    n = len(home)
    matrix = np.zeros((n, len(LINKS)))
    for link, minutes in took.items():
        matrix[:, LINKS.index(link)] = minutes
    allowed = np.broadcast_to(np.asarray(limit, dtype=float), n)
    matrix[allowed < 0.0] = 0.0
    matrix[allowed < 0.0, LINKS.index("no_time")] = np.inf
    names = np.full(n, "", dtype=object) if about is None else np.asarray(about, dtype=object)
    return Cases(
        np.asarray(home, dtype=np.int64),
        np.asarray(cause, dtype=object),
        names,
        np.asarray(weight, dtype=float),
        np.asarray(since, dtype=float),
        np.maximum(allowed, 0.0),
        matrix,
        np.full(n, np.inf) if ends is None else np.asarray(ends, dtype=float),
    )


def together(*several: Cases) -> Cases:
    """Cases of several kinds as one."""
    return Cases(*(np.concatenate([getattr(c, name) for c in several]) for name in FIELDS))


def cut(
    since: Floats, limit_min: float, ends: Floats, stamps: Mapping[str, Floats]
) -> tuple[dict[str, Floats], Floats]:
    """The stamps up to the moment at which a case was over, and that moment.

    What came after it helped nobody. A case whose last stamp keeps the limit is left whole, as one
    is that was not over before its last stamp; of these the moment is infinite.
    """
    goal = np.asarray(stamps[[*stamps][-1]], dtype=float)
    kept = goal - since <= limit_min + EPSILON_MIN
    over = ~kept & ~np.isnan(ends) & ~(goal <= ends)
    until = np.where(over, ends, np.inf)
    return {link: np.where(at > until, np.nan, at) for link, at in stamps.items()}, until


def steps(since: Floats, stamps: Mapping[str, Floats]) -> dict[str, Floats]:
    """Minutes of each link from the minutes at which each ended, NaN for never.

    `stamps`: link -> (n,), in order. A link is passed at the latest when a later one is: whoever
    has a crew at the scene has been found. What ended before the clock started took nothing.
    """
    passed = np.column_stack([*stamps.values()]).astype(float)
    passed = np.where(np.isnan(passed), np.inf, passed)
    passed = np.minimum.accumulate(passed[:, ::-1], axis=1)[:, ::-1]
    passed = np.maximum(np.maximum.accumulate(passed, axis=1), since[:, None])
    begun = np.column_stack([since, passed[:, :-1]])
    with np.errstate(invalid="ignore"):  # infinite less infinite, where an earlier one never ended
        took = np.where(np.isfinite(begun), passed - begun, 0.0)
    return dict(zip(stamps, took.T, strict=True))


def up_to(since: Floats, ends: Floats, took: Mapping[str, Floats]) -> dict[str, Floats]:
    """The minutes of links in their order, without those that begin when the case is over.

    What runs over the end keeps its length. Where something ends just then, the link that would
    have come next is open: what it waited for had not come.
    """
    begins, found = np.asarray(since, dtype=float), {}
    opened = np.zeros(len(begins), dtype=bool)
    for link, spent in took.items():
        after = np.isfinite(ends) & (begins >= ends - EPSILON_MIN)
        next_ = after & (begins <= ends + EPSILON_MIN) & (spent > 0.0) & ~opened
        found[link] = np.where(next_, np.inf, np.where(after, 0.0, spent))
        opened |= next_
        begins = begins + spent
    return found


def minutes(ticks: Column, tick_min: int) -> Floats:
    """Ticks as minutes since the start; NaN for never (-1)."""
    return np.where(ticks < 0, np.nan, ticks * float(tick_min))
