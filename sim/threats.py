"""What command needs to know of a hazard, whatever the hazard: threats, and what they trigger.

A hazard tells command threats: of what kind, where, how much of it, when, how sure. Triggers, rows
of `triggers.csv`, turn them into a grade of warning (blue, yellow, orange, red), and the responses
of a scenario go by the grade. So a storm, a fire and an earthquake raise levels, warn, order and
stand down in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.schema import SIGNALS, Trigger

Places = NDArray[np.int64]
Homes = NDArray[np.int64]
NO_GRADE = -1
HOMELESS = "homeless_persons"  # a quantity: who is out of a home that is lost


@dataclass(frozen=True)
class Threat:
    """One statement about a danger.

    `severity`: quantity with its unit in the name -> how much, at the worst place. `within_h`: it
    is expected within so many hours; 0: it is there now. It holds until `until_tick`, or until the
    same source says something new of the same kind and horizon. `places`: rows of communities;
    None: the whole district. `sure`: the source's own confidence, 0 to 1.
    """

    kind: str
    source: str
    severity: Mapping[str, float]
    within_h: float
    until_tick: int
    places: Places | None = None
    sure: float = 1.0
    leave: bool = False  # the source says that people in `places` should leave
    homes: Homes | None = None  # of them these households (rows, in order); None: everybody
    local: bool = False  # nobody beyond `places` need be warned


@dataclass(frozen=True)
class Bulletin:
    """What a source says at one time."""

    tick: int
    threats: tuple[Threat, ...]


Listened = Mapping[tuple[str, float, str], Sequence[tuple[float, int]]]


def listening(triggers: Iterable[Trigger]) -> Listened:
    """Triggers by (kind, within_h, quantity): from how much on each gives which grade."""
    found: dict[tuple[str, float, str], list[tuple[float, int]]] = {}
    for rule in triggers:
        key = (rule.kind, rule.within_h, rule.quantity)
        found.setdefault(key, []).append((rule.at_least, SIGNALS.index(rule.signal)))
    return found


def grade_of(threats: Iterable[Threat], listened: Listened) -> int:
    """The highest grade (index into SIGNALS) that some threats trigger; NO_GRADE for none."""
    grades = [
        grade
        for threat in threats
        for quantity, value in threat.severity.items()
        for at_least, grade in listened.get((threat.kind, threat.within_h, quantity), ())
        if value >= at_least
    ]
    return max(grades, default=NO_GRADE)
