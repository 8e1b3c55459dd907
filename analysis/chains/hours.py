"""What held at a place in each hour (storm, closed roads), and a wait shared out among them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints, once

MIN_PER_H = 60.0


class Clock(NamedTuple):
    """The hours of the table hazard_level: when the first begins, how many there are."""

    first_min: float
    hours: int

    def seen(self, flags: Bools, place: Ints, begins: Floats, ends: Floats) -> Floats:
        """(n,) minutes within begins .. ends in which a flag held at each place.

        flags: (H, C) or, where it is the same at all places, (H, 1).
        """
        if not self.hours:
            return np.zeros(len(begins))
        held = np.vstack([np.zeros(flags.shape[1]), np.cumsum(flags, axis=0) * MIN_PER_H])
        column = np.minimum(np.maximum(place, 0), flags.shape[1] - 1)
        return np.maximum(
            self._until(held, column, ends) - self._until(held, column, begins), 0.0
        )  # fmt: skip

    def _until(self, held: Floats, column: Ints, minute: Floats) -> Floats:
        hours = np.clip((minute - self.first_min) / MIN_PER_H, 0.0, self.hours)
        low = np.minimum(hours.astype(np.int64), self.hours - 1)
        part = hours - low
        return np.asarray(
            held[low, column] * (1.0 - part) + held[low + 1, column] * part
        )  # fmt: skip


def clock(facts: Facts) -> Clock:
    """The hours of a run: a row of hazard_level tells of the hour that its tick ends."""
    ticks, _ = facts.hours("hazard_level")
    if not len(ticks):
        return Clock(0.0, 0)
    tick_min = float(facts.scenario.settings.tick_min)
    return Clock((float(ticks[0]) + 1.0) * tick_min - MIN_PER_H, len(ticks))


def shared(
    facts: Facts,
    place: Ints,
    begins: Floats,
    took: Floats,
    flags: dict[str, Bools],
    rest: str,
    ends: Floats | None = None,
) -> dict[str, Floats]:
    """A wait of (n,) minutes from a moment on, shared out by what held meanwhile.

    flags: link -> (H, C); in an hour in which several hold the first counts, in one in which none
    does the link `rest`. A wait that never ended belongs to the link that held longest of it, and
    for as long as they held to the others. `ends`: when the case was over, if before the run was.
    """
    until = begins + took
    if ends is not None:
        until = np.where(np.isinf(took), ends, until)
    end = np.minimum(until, facts.end_min)
    hours, left, found = clock(facts), np.maximum(end - begins, 0.0), {}
    taken: Bools | None = None
    for link, flag in flags.items():
        mine = flag if taken is None else flag & ~taken
        found[link] = np.minimum(hours.seen(mine, place, begins, end), left)
        left = left - found[link]
        taken = flag if taken is None else flag | taken
    found[rest] = left
    never = np.isinf(took)
    if never.any():
        names = [rest, *flags]  # of equals the rest
        longest = np.argmax(np.column_stack([found[name] for name in names]), axis=1)
        for k, name in enumerate(names):
            found[name] = np.where(never & (longest == k), np.inf, found[name])
    return found


def storm(facts: Facts, parameter: str) -> Bools:
    """(H, C) hours in which the wind is such that nobody works, or sets out, outdoors."""
    stops = facts.scenario.parameters.get(parameter)
    wind = facts.hazard("wind_ms")
    return np.asarray(wind >= (stops.value if stops is not None else np.inf))


def cut_off(facts: Facts) -> Bools:
    """(H, C) hours in which no lorry can drive to a place."""
    return np.asarray(facts.hazard("cut_off") > 0.0)


@once
def surely_idle(facts: Facts, need: str) -> Bools:
    """(H, 1) hours in which a crew that can do something stands ready and has nothing to do.

    The ledger counts idle crews of all kinds together: sure is only that some can where more are
    idle than there are crews that cannot.
    """
    ticks, _ = facts.hours("hazard_level")
    table = facts.tables["crew_level"]
    cannot = sum(
        team.members // team.crew_size
        for team in facts.scenario.teams
        if need not in team.capabilities
    )
    idle = dict(zip(table["tick"].tolist(), table["idle"].tolist(), strict=True))
    sure = [[idle.get(tick, 0) > cannot] for tick in ticks.tolist()]
    return np.array(sure, dtype=bool).reshape(-1, 1)
