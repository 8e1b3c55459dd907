"""A desk: a queue with a few seats. Command reads reports at one, 119 takes calls at one."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator


class Desk[T]:
    """First come, first served; each takes the seat that is free first, for as long as it takes.

    What has come about the same thing by the time that one of it is taken up is taken with it.
    """

    def __init__(self, seats: int) -> None:
        """seats: at least 1."""
        self.free_min = [0.0] * seats
        self._waiting: deque[tuple[float, T, int, Hashable]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, thing: T, came_min: float, pieces: int = 1, about: Hashable = None) -> None:
        """Something comes to the desk, in `pieces` that are taken one by one (several alike), or
        `about` what others are about as well; None: about nothing else.
        """
        self._waiting.append((came_min, thing, pieces, about))

    def serve(self, before_min: float, takes_min: float) -> Iterator[tuple[T, float]]:
        """What begins before a minute, and when it is done; of pieces the mean of their times."""
        while self._waiting and max(min(self.free_min), self._waiting[0][0]) < before_min:
            came_min, thing, pieces, about = self._waiting.popleft()
            begins_min = max(min(self.free_min), came_min)
            done = [self._one(came_min, takes_min) for _ in range(pieces)]
            done_min = sum(done) / pieces
            yield thing, done_min
            if about is not None:
                yield from ((other, done_min) for other in self._with_it(about, begins_min))

    def _with_it(self, about: Hashable, by_min: float) -> list[T]:
        """What else has come about something by a minute; it waits no longer."""
        with_it, others = list[T](), deque[tuple[float, T, int, Hashable]]()
        for waits in self._waiting:
            if waits[3] == about and waits[0] <= by_min:
                with_it.append(waits[1])
            else:
                others.append(waits)
        self._waiting = others
        return with_it

    def _one(self, came_min: float, takes_min: float) -> float:
        seat = self.free_min.index(min(self.free_min))
        self.free_min[seat] = max(came_min, self.free_min[seat]) + takes_min
        return self.free_min[seat]
