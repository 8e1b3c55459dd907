"""A desk: a queue with a few seats. Command reads reports at one, 119 takes calls at one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator


class Desk[T]:
    """First come, first served; each takes the seat that is free first, for as long as it takes."""

    def __init__(self, seats: int) -> None:
        """seats: at least 1."""
        self.free_min = [0.0] * seats
        self._waiting: deque[tuple[float, T, int]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, thing: T, came_min: float, pieces: int = 1) -> None:
        """Something comes to the desk, in `pieces` that are taken one by one (several alike)."""
        self._waiting.append((came_min, thing, pieces))

    def serve(self, before_min: float, takes_min: float) -> Iterator[tuple[T, float]]:
        """What begins before a minute, and when it is done; of pieces the mean of their times."""
        while self._waiting and max(min(self.free_min), self._waiting[0][0]) < before_min:
            came_min, thing, pieces = self._waiting.popleft()
            done = [self._one(came_min, takes_min) for _ in range(pieces)]
            yield thing, sum(done) / pieces

    def _one(self, came_min: float, takes_min: float) -> float:
        seat = self.free_min.index(min(self.free_min))
        self.free_min[seat] = max(came_min, self.free_min[seat]) + takes_min
        return self.free_min[seat]
