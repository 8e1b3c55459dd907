"""Which crews are in which state, so that nobody has to ask all of them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Protocol


class Turned(Protocol):
    """Who has a place among all crews."""

    turn: int


@dataclass
class Duty[C: Turned]:
    """One run's crews by state, those of a state in the order of their turns."""

    _turns: dict[str, list[int]] = field(default_factory=dict)
    _crews: dict[str, list[C]] = field(default_factory=dict)
    _left: list[C] = field(default_factory=list)

    def those(self, state: str) -> list[C]:
        """The crews in a state, by turn; the list changes with them and is not to be changed."""
        return self._crews.setdefault(state, [])

    def enters(self, crew: C, state: str) -> None:
        """A crew that is in no state yet, or has just left its own."""
        turns = self._turns.setdefault(state, [])
        at = bisect_left(turns, crew.turn)
        turns.insert(at, crew.turn)
        self.those(state).insert(at, crew)

    def leaves(self, crew: C, state: str) -> None:
        """A crew is no longer in the state in which it was."""
        at = bisect_left(self._turns[state], crew.turn)
        assert self._turns[state][at] == crew.turn
        del self._turns[state][at], self._crews[state][at]
        self._left.append(crew)

    def can_less(self, crew: C) -> None:
        """What a crew can do has become less: it is as if it had left its state and come back."""
        self._left.append(crew)

    def take_left(self) -> list[C]:
        """The crews that have left a state since this was last asked; some of them twice."""
        left, self._left = self._left, []
        return left
