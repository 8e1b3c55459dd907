"""How many runs the next chunk may hold: enough to be worth its files, few enough to lose."""

from __future__ import annotations

from collections.abc import Callable

from anlan.sim.study.parts import Chunk

MOST_S = 5.0  # a longer chunk would lose more when it is killed
LEAST_S = 0.5  # a shorter one would cost more to hand out and to write than to play
MOST_RUNS = 500  # of a chunk
SHARES = 4  # what is left goes out in at least so many chunks a worker, so that all end together


class Pace:
    """Learns from finished chunks how long a run takes; one run at a time until it knows."""

    def __init__(self, left: int, slots: Callable[[], int]) -> None:
        """`left`: runs to hand out; `slots()`: how many chunks can be played at a time by now."""
        self.left, self.slots = left, slots
        self.runs, self.seconds = 0, 0.0

    def saw(self, chunk: Chunk, seconds: float) -> None:
        """A chunk was played in so many seconds, without what it took to write it."""
        self.runs += chunk.size
        self.seconds += seconds

    def handed_out(self, chunk: Chunk) -> None:
        """A chunk is on its way to a worker."""
        self.left -= chunk.size

    def size(self) -> int:
        """How many runs the next chunk may hold."""
        if not self.runs:
            return 1
        run_s = max(self.seconds / self.runs, 1e-4)
        even = self.left // (SHARES * self.slots())
        return max(1, min(max(even, int(LEAST_S / run_s)), int(MOST_S / run_s), MOST_RUNS))
