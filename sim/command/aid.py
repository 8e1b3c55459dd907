"""Help from outside: neighbouring cities are asked for it, decide, and send it (区域互助)."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.scenario.rules import Rules

LEVELS = ("IV", "III", "II", "I")  # lowest first


@dataclass(frozen=True)
class AidRules(Rules, prefix="response"):
    """How long those who are asked take to decide."""

    aid_decision_min: float


class AtLevel:
    """The built-in seat: help is asked for once the level named in its row, or a higher one, is
    in force.
    """

    def asks(self, asked_at: str, level: str | None) -> bool:
        """Whether help that is to be asked for at a level is asked for at the one in force."""
        return level is not None and LEVELS.index(level) >= LEVELS.index(asked_at)
