"""After the line is closed: mopping up along it, and fire that flares up again."""

from __future__ import annotations

from anlan.sim.chance import Streams, stream
from anlan.sim.nature.forest.attack import open_line
from anlan.sim.nature.forest.ground import Cells
from anlan.sim.nature.forest.spread import Fire

FLARE_UP = stream("forest.flare_up", "forest fire, in each hour")
WHERE = stream("forest.flare_up.place", "forest fire, in each hour")


def mopped_m(
    line_m: float, done_m: float, people: int, per_person_m_h: float, hours: float
) -> float:
    """Metres of line that are cold after some people worked for some hours."""
    return min(line_m, done_m + people * per_person_m_h * hours)


def flare_up_chance(per_h: float, hours: float, cold_share: float, guarded: bool) -> float:
    """The chance that a fire within line breaks out in some hours; none where it is guarded."""
    if guarded:
        return 0.0
    none: float = (1.0 - per_h) ** hours
    return (1.0 - none) * (1.0 - min(max(cold_share, 0.0), 1.0))


def flare_up(
    fire: Fire, streams: Streams, fire_id: str, hour: int, line: Cells, chance: float
) -> int | None:
    """Draws whether the line fails in an hour, and opens it where it does; the cell, or None.

    The draws belong to the fire and the hour (streams `forest.flare_up`, `.place`).
    """
    if not line.size or streams.one(FLARE_UP, fire_id, hour) >= chance:
        return None
    place = int(streams.one(WHERE, fire_id, hour) * line.size)
    cell = int(line[place])
    open_line(fire, cell)
    return cell
