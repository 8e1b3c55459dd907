"""The badly hurt do not walk: people carry them to where an ambulance can stand.

A stretcher takes four who go at a walking pace; without one it takes more, and they are slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from anlan.sim.scenario.rules import Rules


class Bearer(Protocol):
    """What carrying asks of a crew."""

    state: str
    stretchers: int

    @property
    def people(self) -> int:
        """Members who are fit for work."""
        ...


@dataclass(frozen=True)
class CarryRules(Rules, prefix="stretcher"):
    """How far the hurt are carried, by how many, how fast, with a stretcher and without."""

    carry_km: float
    bearers: int
    kmh: float
    improvised_bearers: int
    improvised_kmh: float

    def minutes(self, persons: int, people: int, stretchers: int) -> float:
        """Until the last of some persons is at the road, who are carried by so many people.

        They do it the quicker way, with the stretchers that there are or without. Nobody there of
        any crew: neighbours carry.
        """
        if persons <= 0:
            return 0.0
        ways = [
            self._minutes(persons, people, persons, self.improvised_bearers, self.improvised_kmh)
        ]
        if stretchers > 0:
            ways.append(self._minutes(persons, people, stretchers, self.bearers, self.kmh))
        return min(ways)

    def _minutes(self, persons: int, people: int, at_once: int, bearers: int, kmh: float) -> float:
        """In rounds, with the way back between two; fewer than it takes are so much slower."""
        side_by_side = max(1, min(at_once, people // bearers))
        rounds = -(-persons // side_by_side)
        slower = max(1.0, bearers / people) if people > 0 else 1.0
        return (2 * rounds - 1) * 60.0 * self.carry_km / kmh * slower

    def by(self, crews: Sequence[Any], persons: int) -> float:
        """As `minutes`, by those of some crews who are at work."""
        there: list[Bearer] = [c for c in crews if c.state == "working"]
        people, stretchers = sum(c.people for c in there), sum(c.stretchers for c in there)
        return self.minutes(persons, people, stretchers)
