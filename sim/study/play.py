"""All that is wanted of a study and not there yet, played chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from anlan.sim.study.mending import mend
from anlan.sim.study.pace import Pace
from anlan.sim.study.parts import Bools, Chunk, cut, sweep
from anlan.sim.study.players import Job, Played, Player

Progress = Callable[[int, int], None]  # (runs done, runs wanted)
Costs = Callable[[Mapping[str, float]], None]  # CPU seconds by what they went to
type Playing[J: Job] = Callable[[J, Path], AbstractContextManager[Player]]


def play_wanted[J: Job](
    job: J,
    home: Path,
    there_and_wanted: Callable[[], tuple[Bools, Bools]],
    playing: Playing[J],
    progress: Progress | None = None,
    spent: Costs | None = None,
) -> None:
    """Play until everything that is wanted is there.

    `there_and_wanted()` gives two arrays (variants, runs): which runs are finished, and which
    should be by now; it is asked again whenever all that it wanted is there. `playing` makes the
    player, when there is something to play. `spent` is told what the CPU of each chunk went to.
    Parts that are damaged are played anew, with a warning.
    """
    sweep(home)
    mend(home)
    tell = progress or (lambda _done, _wanted: None)
    there, wanted = there_and_wanted()
    tell(int((wanted & there).sum()), int(wanted.sum()))
    if not (wanted & ~there).any():
        return
    with playing(job, home) as player:
        while (wanted & ~there).any():
            count, total = int((wanted & there).sum()), int(wanted.sum())
            for chunk, cost in _played(player, wanted & ~there):
                if spent is not None:
                    spent(cost.cpu_s)
                count += chunk.size
                tell(count, total)
            there, wanted = there_and_wanted()


def _played(player: Player, missing: Bools) -> Iterator[Played]:
    """Each chunk of what is missing when it has been played; chunks grow as the pace is known."""
    pace = Pace(int(missing.sum()), player.slots)

    def chunks() -> Iterator[Chunk]:
        for chunk in cut(missing, pace.size):
            pace.handed_out(chunk)
            yield chunk

    for played in player.play(chunks()):
        pace.saw(played.chunk, played.spent.playing_s)
        yield played
