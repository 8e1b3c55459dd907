"""Warning grades and response levels by the triggers of the scenario, whatever the hazard."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from anlan.sim.command.picture import Picture
from anlan.sim.scenario.schema import SIGNALS, Response, Trigger
from anlan.sim.threats import Listened, grade_of, listening


@dataclass(frozen=True)
class ByTriggers:
    """The built-in seat: the highest grade that any threat in force triggers."""

    triggers: tuple[Trigger, ...]
    responses: tuple[Response, ...]

    @cached_property
    def _listened(self) -> Listened:
        return listening(self.triggers)

    def grade(self, picture: Picture, tick: int) -> int:
        """The grade that the threats in force call for; -1 for none."""
        return grade_of(picture.in_force(tick), self._listened)

    def level(self, grade: int) -> int:
        """The highest response whose signal is not above a grade; -1 for none."""
        levels = [n for n, r in enumerate(self.responses) if SIGNALS.index(r.signal) <= grade]
        return max(levels, default=-1)
