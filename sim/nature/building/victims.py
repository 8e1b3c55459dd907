"""Who is caught in a burning building, how long they last, and who is brought out when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from anlan.sim import portable
from anlan.sim.place.population import Population


@dataclass
class Victim:
    """A resident who cannot get out; lasts until `dies_min` unless brought out before."""

    person: int
    dies_min: float
    since_min: float
    out_min: float = float("nan")  # brought out alive
    persons: int = 1  # more where a row of residents stands for several


def choose(people: Population, place: int, wanted: int, u: float) -> NDArray[np.int64]:
    """Rows of residents who live next to each other, from one picked by `u`; as many as there are.

    Where a row stands for several people, as many rows as make up `wanted` in the mean.
    """
    first = int(people.resident_start[people.household_start[place]])
    last = int(people.resident_start[people.household_start[place + 1]])
    if last == first:
        return np.empty(0, dtype=np.int64)
    begin = int(u * (last - first))
    each = float(people.stands_for[first:last].mean())
    rows, left = divmod(wanted, each)
    # What is left is less than one row: by chance a whole one or none. The fraction behind
    # `begin` is as even as u and says nothing about it, so it serves as the draw.
    number = int(rows) + (u * (last - first) - begin < left / each)
    around = (begin + np.arange(min(number, last - first))) % (last - first)
    return np.sort(first + around).astype(np.int64)


def lasts_min(median_min: float, log_sd: float, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes from ignition that people last: lognormal."""
    z = ndtri(np.clip(u, 1e-12, 1.0 - 1e-12))
    return np.asarray(median_min * portable.exp(log_sd * z))


def last_ticks(dies_min: NDArray[np.float64], tick_min: int) -> NDArray[np.int64]:
    """The tick in which a death is written down: one after the tick that it ends in.

    Deaths come before work in a tick, so a rescue earlier by less than a tick still counts.
    """
    return np.ceil(dies_min / tick_min - 1e-9).astype(np.int64) + 1


def next_to_save(
    victims: list[Victim], ready_min: float, takes_min: float
) -> tuple[Victim, float] | None:
    """Whom a crew that is ready brings out next, and when: the first who lasts that long."""
    for victim in victims:
        done_min = max(ready_min, victim.since_min) + takes_min * victim.persons
        if np.isnan(victim.out_min) and victim.dies_min > done_min:
            return victim, done_min
    return None
