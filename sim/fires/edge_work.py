"""How crews on foot attack a forest fire: the edge, a break ahead of it, or back to safety.

A crew walks to an anchor on the edge and builds line from there. Where the flames before it grow
too long it goes to another anchor with shorter ones, a flank; where there is none, or nobody could
attack these, it builds a break ahead of the head with the others. A crew whose own place gets too
hot, or whose break the fire comes to, goes back, rests, and comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anlan.sim.fires import hoses
from anlan.sim.fires.blaze import Blaze, Post, blows
from anlan.sim.nature.forest import attack, firebreaks, spread
from anlan.sim.nature.forest.ground import Cells
from anlan.sim.nature.forest.intensity import flame_m

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew


@dataclass(frozen=True)
class EdgeNow:
    """The edge at the beginning of a tick's work, for all crews."""

    cells: Cells
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    flames_m: NDArray[np.float64]
    wet: NDArray[np.bool_]  # within a hose's reach of water
    run_m_min: float  # how fast the fiercest of it runs


def edge_now(blaze: Blaze, now_min: float) -> EdgeNow:
    """The edge, its flames, and where hoses reach it."""
    fire = blaze.burning
    cells = spread.edge(fire)
    rows, cols = fire.ground.row_col(cells)
    flames = np.asarray(flame_m(spread.intensity_at_kw_m(fire, cells)), dtype=np.float64)
    wet = np.zeros(cells.size, dtype=bool)
    reach = blaze.rules.hose_reach_m / fire.ground.land.cell_m
    for source in blaze.supplies(now_min):
        if source.left_l > 0:
            wet |= np.hypot(rows - source.place[0], cols - source.place[1]) <= reach
    run = firebreaks.run_of(fire, int(cells[np.argmax(flames)]))[1] if cells.size else 0.0
    return EdgeNow(cells, rows, cols, flames, wet, run)


def leave_where_hot(blaze: Blaze, crews: list[Crew], edge: EdgeNow, tick: int) -> None:
    """Sends back the crews that stand where flames are too long, or near a head that comes."""
    fire = blaze.burning
    # A crew may walk round the fire outside the map, where nothing comes to it.
    standing = [c for c in crews if blaze.on_map(blaze.posts[c.id].cell)]
    cells = np.array([blaze.posts[c.id].cell for c in standing], dtype=np.int32)
    if not standing:
        return
    flames = flame_m(spread.intensity_at_kw_m(fire, cells))
    for crew, cell, flame in zip(standing, cells, flames, strict=True):
        post = blaze.posts[crew.id]
        burnt = fire.label_min[cell] <= fire.time_min
        if post.side >= 0:
            hot = _head_near(blaze, post, edge)
        else:
            hot = flame > _limit_m(blaze, crew, bool(_in_reach(blaze, post, tick)))
        if burnt or hot:
            withdraw(blaze, post, tick)


def _head_near(blaze: Blaze, post: Post, edge: EdgeNow) -> bool:
    """Whether the fire may be at a crew's break before it has left."""
    if not edge.cells.size:
        return False
    cells = np.hypot(edge.rows - post.place[0], edge.cols - post.place[1]).min()
    away_m = float(cells) * blaze.burning.ground.land.cell_m
    return away_m <= edge.run_m_min * blaze.rules.break_leave_min


def flank_or_break(blaze: Blaze, crew: Crew, edge: EdgeNow, tick: int) -> None:
    """Attack a flank with short flames; where there is none, build a break ahead of the head."""
    _work(blaze, crew, edge, tick, may_break=True)


def flank_only(blaze: Blaze, crew: Crew, edge: EdgeNow, tick: int) -> None:
    """Attack a flank with short flames; where there is none, stand back until there is."""
    _work(blaze, crew, edge, tick, may_break=False)


# One tick of a crew on foot that neither walks nor rests.
type Tactic = Callable[[Blaze, Crew, EdgeNow, int], None]
TACTICS: dict[str, Tactic] = {"flank-or-break": flank_or_break, "flank-only": flank_only}


def _work(blaze: Blaze, crew: Crew, edge: EdgeNow, tick: int, may_break: bool) -> None:
    post = blaze.posts[crew.id]
    post.rests = False
    if post.goal >= 0:
        arrive(blaze, post)
    if post.side >= 0:
        _build_break(blaze, crew, post, edge, tick)
        return
    if post.contact is None:
        _choose(blaze, crew, post, edge, tick, may_break)
    if post.contact is not None:  # it may be there already, close by
        _build_line(blaze, crew, post, edge, tick, may_break)


# -- where to ---------------------------------------------------------------------------------


def _choose(
    blaze: Blaze, crew: Crew, post: Post, edge: EdgeNow, tick: int, may_break: bool,
    fierce: bool = False,
) -> None:  # fmt: skip
    """An anchor on the edge with short flames; else, or where it is fierce, a break; else back."""
    fire = blaze.burning
    label = fire.label_min[edge.cells]
    runs = (label > fire.time_min) & (label < spread.HELD_MIN)
    if not runs.any():
        return
    dry, hosed = _limit_m(blaze, crew, False), _limit_m(blaze, crew, True)
    good = np.flatnonzero(runs & (edge.flames_m <= np.where(edge.wet, hosed, dry)))
    wants_break = may_break and (fierce or not good.size)
    if wants_break and _join_break(blaze, post, edge, dry, tick):
        return
    if not good.size:
        withdraw(blaze, post, tick)
        return
    safe = good[attack.anchored(fire, edge.cells[good], blaze.rules.line_hold_kw_m)]
    if safe.size:
        near = np.hypot(edge.rows[safe] - post.place[0], edge.cols[safe] - post.place[1])
        best = safe[np.argmin(near)]
    else:
        best = good[np.argmin(edge.flames_m[good])]
    _go(blaze, post, int(edge.cells[best]), tick)


def _join_break(blaze: Blaze, post: Post, edge: EdgeNow, limit_m: float, tick: int) -> bool:
    """Sets out for the break that is being built, or plans one; whether there is work at it."""
    p = blaze.rules
    if blaze.brk is not None and _is_over(blaze, blaze.brk, tick):
        blaze.leave_break()
    if blaze.brk is None:
        rules = firebreaks.FirebreakRules(
            crews=max(p.break_crews, sum(o.rests for o in blaze.posts.values())),
            crew_m_h=p.break_m_h,
            walk_m_min=p.walk_kmh * 1000.0 / 60.0,
            spare_min=p.break_spare_min,
            widen=p.break_widen,
            lead_max_m=p.break_lead_max_m,
        )
        hold = p.break_hold_kw_m
        blaze.brk = firebreaks.plan(
            blaze.burning, edge.cells, edge.flames_m, limit_m, post.place, hold, rules
        )
        if blaze.brk is None:
            return False
        blaze.brk.planned_tick = tick
    return _go_to_side(blaze, post, tick)


def _is_over(blaze: Blaze, brk: firebreaks.Break, tick: int) -> bool:
    old = tick - brk.planned_tick >= blaze.clock.ticks_of(60.0 * blaze.rules.break_valid_h)
    return old or brk.reached(blaze.burning)


def _go_to_side(blaze: Blaze, post: Post, tick: int) -> bool:
    """Sets out for the side of the break with fewer crews that is not done; False: none is."""
    assert blaze.brk is not None
    post.side = -1
    at = [sum(1 for o in blaze.posts.values() if o.side == s) for s in range(firebreaks.SIDES)]
    todo = [s for s in range(firebreaks.SIDES) if not blaze.brk.done(s)]
    if not todo:
        return False
    post.side = min(todo, key=lambda s: (at[s], s))
    _go(blaze, post, blaze.brk.place(post.side), tick)
    return True


def _go(blaze: Blaze, post: Post, cell: int, tick: int) -> None:
    """Walks to a cell; where that takes less than half a tick it is there at once."""
    row, col = blaze.burning.ground.row_col(cell)
    metres = hoses.apart_m(post.place, (float(row), float(col)), blaze.cell_m)
    post.until = tick + blaze.walk_ticks(metres)
    post.cell, post.contact, post.goal = -1, None, cell
    if post.until <= tick:
        arrive(blaze, post)


def arrive(blaze: Blaze, post: Post) -> None:
    """Takes its place: on the break, or on the edge where it is nearest by now."""
    fire = blaze.burning
    cell, post.goal = post.goal, -1
    row, col = fire.ground.row_col(cell)
    if post.side < 0:
        near = attack.nearest_edge(fire, float(row), float(col))
        if near is not None:
            cell, post.contact = near, attack.Contact(near, post.turn)
    _stand(blaze, post, cell)


def _stand(blaze: Blaze, post: Post, cell: int) -> None:
    row, col = blaze.burning.ground.row_col(cell)
    post.place = (float(row), float(col))
    burnt = blaze.burning.label_min[cell] <= blaze.burning.time_min
    post.cell = -1 if burnt else cell  # in the black nothing comes to it any more


def withdraw(blaze: Blaze, post: Post, tick: int) -> None:
    """Back towards the road head, out of harm's way or all the way to it; then a rest."""
    away_m = 0.0
    if post.cell >= 0:
        home = blaze.road_head
        whole_m = hoses.apart_m(post.place, home, blaze.cell_m)
        away_m = min(whole_m, blaze.rules.withdraw_m)
        share = away_m / whole_m if whole_m > 0 else 0.0
        row, col = post.place
        post.place = (row + share * (home[0] - row), col + share * (home[1] - col))
    rest = blaze.clock.ticks_of(blaze.rules.stand_back_min)
    post.until = tick + max(1, blaze.walk_ticks(away_m) + rest)
    post.cell, post.goal, post.side, post.contact = -1, -1, -1, None
    post.rests = True


# -- the work itself --------------------------------------------------------------------------


def _build_line(
    blaze: Blaze, crew: Crew, post: Post, edge: EdgeNow, tick: int, may_break: bool
) -> None:
    """A tick of line from the crew's contact point, with water where hoses reach it."""
    contact = post.contact
    assert contact is not None
    p = blaze.rules
    metres = blaze.line_m_h(crew, contact.cell, tick) / blaze.ticks_per_h
    water = _in_reach(blaze, post, tick)
    l_m = p.water_l_m
    wet = sum(s.left_l for s in water) >= (contact.spare_m + metres) * l_m
    limit_m = _limit_m(blaze, crew, bool(water) and wet)
    built = attack.build(blaze.burning, contact, metres, p.line_hold_kw_m, limit_m)
    if water and wet:
        blaze.water_l += hoses.draw(water, built.metres * l_m)
    blaze.line_m += built.metres
    blaze.note(tick, "line", built.cells)
    _stand(blaze, post, contact.cell)
    if built.stop != "spent":
        post.contact = None
    if built.stop == "flame":
        fierce = built.flame_m > p.flame_limit_any_m
        _choose(blaze, crew, post, edge, tick, may_break, fierce)


def _build_break(blaze: Blaze, crew: Crew, post: Post, edge: EdgeNow, tick: int) -> None:
    """A tick of work at a side of the break; when all of it is done, back to the edge."""
    brk = blaze.brk
    if brk is None or brk.reached(blaze.burning):
        withdraw(blaze, post, tick)
        return
    if brk.done(post.side):
        if not _go_to_side(blaze, post, tick):
            _choose(blaze, crew, post, edge, tick, may_break=True)
        return
    cell = brk.place(post.side)
    metres = blaze.break_m_h(crew, cell, tick) / blaze.ticks_per_h
    used, cells = firebreaks.build(blaze.burning, brk, post.side, metres)
    blaze.break_m += used
    blaze.note(tick, "break", cells)
    _stand(blaze, post, brk.place(post.side))


def _in_reach(blaze: Blaze, post: Post, tick: int) -> list[hoses.WaterSupply]:
    """Water within a hose's reach of where a crew stands."""
    sources = blaze.supplies(tick * blaze.tick_min)
    return hoses.in_reach(sources, post.place, blaze.rules.hose_reach_m, blaze.cell_m)


def hosed_m(blaze: Blaze, post: Post, tick: int) -> float:
    """The longest flames that hoses attack from where a crew stands; 0 out of their reach."""
    return blaze.rules.flame_limit_engine_m if _in_reach(blaze, post, tick) else 0.0


def _limit_m(blaze: Blaze, crew: Crew, wet: bool) -> float:
    """The longest flames that a crew attacks."""
    own = blaze.rules.flame_limit_blower_m if blows(crew) else blaze.rules.flame_limit_hand_m
    return max(own, blaze.rules.flame_limit_engine_m) if wet else own
