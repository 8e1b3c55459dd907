"""The hours after a forest fire is contained: open flames go out, crews mop up, then stand guard.

Three moments are told apart. *Contained*: line holds all round. *Open fire out* (明火扑灭): flames
inside have burnt down and of the edge little smoulders; it is what reports and the clause "out
within 24 hours" mean by out. *Cold*: mopped up, and guarded for as long as the rule asks for after
that; only then crews may leave. A flare-up takes all three back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anlan.sim.chance import Streams
from anlan.sim.fires.blaze import NOTHING, Blaze
from anlan.sim.nature.forest import mop_up
from anlan.sim.nature.forest.mop_up import HotLine


@dataclass
class Mopping:
    """How far one fire's edge has been mopped up. `line` is None while the fire runs."""

    line: HotLine | None = None
    done_person_h: float = 0.0  # since it was contained last
    person_h: float = 0.0  # of mopping up and guarding, in all
    people: int = 0  # at it in the latest tick
    flare_ups: int = 0
    over: bool = False  # cold: everybody has left

    def cold_share(self) -> float:
        """Of the edge, what crews have worked through."""
        if self.line is None or self.line.person_h <= 0.0:
            return 1.0
        return min(self.done_person_h / self.line.person_h, 1.0)

    def heat_left(self, missed_share: float) -> float:
        """Of what would smoulder, what crews have not put out; they miss a share of it."""
        return 1.0 - (1.0 - missed_share) * self.cold_share()

    def hot_share(self, now_min: float, missed_share: float) -> float:
        """Of the edge, what smoulders still."""
        if self.line is None:
            return 1.0
        return self.line.hot_share(now_min) * self.heat_left(missed_share)

    def left_person_h(self) -> float:
        """Work that is left."""
        return 0.0 if self.line is None else self.line.person_h * (1.0 - self.cold_share())


def smoulder(blaze: Blaze, mopping: Mopping, streams: Streams, tick: int) -> bool:
    """A tick of a contained fire, whoever is there; True where it breaks out again."""
    rules, now_min = blaze.rules, (tick + 1) * blaze.tick_min
    if mopping.line is None:
        cells = np.array(blaze.line, dtype=np.int32)
        mopping.line = mop_up.hot_line(blaze.burning, cells, rules.mop_up_depth_m)
        mopping.done_person_h = 0.0
    people, mopping.people = mopping.people, 0
    if (
        np.isnan(blaze.out_min)
        and now_min >= blaze.contained_min + 60.0 * rules.burn_down_h
        and mopping.hot_share(now_min, rules.mop_up_missed_share) <= rules.open_hot_share
    ):
        blaze.out_min = now_min
    if mopping.over or not blaze.clock.is_hours_end(tick):
        return False
    hot_km = mopping.line.hot_km(now_min) * mopping.heat_left(rules.mop_up_missed_share)
    per_h = mop_up.flare_up_per_h(
        rules.flare_up_per_km_h, hot_km, blaze.burning.sky, rules.flare_up_wind_ms
    )
    guarded = people / max(guards(blaze), 1.0)
    chance = mop_up.flare_up_chance(per_h, 1.0, guarded, rules.guard_caught_share)
    hour = tick // blaze.ticks_per_h
    found = mop_up.flare_up(blaze.burning, streams, blaze.id, hour, mopping.line, chance)
    mopping.flare_ups += found is not None
    return found is not None


def guards(blaze: Blaze) -> float:
    """Persons who guard the line."""
    return max(blaze.line_m, blaze.round_m()) / blaze.rules.guard_m_person


def wanted(blaze: Blaze, mopping: Mopping) -> float:
    """Persons who mop up in the time that command plans for, and who guard the line at least."""
    return max(guards(blaze), mopping.left_person_h() / blaze.rules.mop_up_plan_h)


def work(blaze: Blaze, mopping: Mopping, people: int, tick: int) -> bool:
    """A tick's work of some people at the edge; True when it is cold and was guarded long enough.

    A fire that no line holds has nothing to be guarded.
    """
    rules, now_min = blaze.rules, (tick + 1) * blaze.tick_min
    mopping.people = people
    mopping.person_h += people / blaze.ticks_per_h
    mopping.done_person_h += people / blaze.ticks_per_h
    if (
        np.isnan(blaze.out_min)
        or mopping.hot_share(now_min, rules.mop_up_missed_share) > rules.cold_share
    ):
        return False
    bare = mopping.line is None or not mopping.line.cells.size
    if not bare and now_min < blaze.out_min + 60.0 * rules.mop_up_least_h:
        return False
    mopping.over, blaze.cold_min = True, now_min
    return True


def break_out(blaze: Blaze, mopping: Mopping) -> None:
    """It runs again: neither contained nor out."""
    mopping.line = None
    blaze.contained_tick = -1
    blaze.contained_min = blaze.out_min = blaze.cold_min = NOTHING
    for post in blaze.posts.values():
        post.contact = None
