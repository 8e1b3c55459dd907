"""How crews on foot attack a forest fire: the edge, a break ahead of it, or back to safety.

A crew walks to an anchor on the edge and builds line from there. Where the flames before it grow
too long it goes to another anchor with shorter ones, a flank; where there is none, or nobody could
attack these, it builds a break ahead of the head with the others. A crew whose own place gets too
hot, or whose break the fire comes to, goes back, rests, and comes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anlan.sim.fires import water
from anlan.sim.nature.forest import attack, breaks, spread
from anlan.sim.nature.forest.ground import Cells
from anlan.sim.nature.forest.intensity import flame_m

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew
    from anlan.sim.fires.wildfire import Wildfire

BLOWERS = {"comprehensive", "professional"}  # teams that carry blowers; others have hand tools


@dataclass
class Post:
    """A crew's place at a fire."""

    turn: int  # which way round the fire it goes: 1 clockwise, -1 the other way
    place: water.Place  # row and column where it stands, rests, or set out from
    until: int = -1  # walks or rests until this tick
    cell: int = -1  # where it stands; -1: it walks, has withdrawn, flies, or drives a truck
    goal: int = -1  # the cell that it walks to
    contact: attack.Contact | None = None
    side: int = -1  # of the break that it builds
    rests: bool = False
    spare_m: float = 0.0  # of an aircraft: edge that its drops still have to wet


@dataclass(frozen=True)
class EdgeNow:
    """The edge at the beginning of a tick's work, for all crews."""

    cells: Cells
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    flames_m: NDArray[np.float64]
    wet: NDArray[np.bool_]  # within a hose's reach of water
    run_m_min: float  # how fast the fiercest of it runs


def edge_now(scene: Wildfire, now_min: float) -> EdgeNow:
    """The edge, its flames, and where hoses reach it."""
    fire = scene.burning
    cells = spread.edge(fire)
    rows, cols = fire.ground.row_col(cells)
    flames = np.asarray(flame_m(spread.intensity_at_kw_m(fire, cells)), dtype=np.float64)
    wet = np.zeros(cells.size, dtype=bool)
    reach = scene.p("forest.hose_reach_m") / fire.ground.land.cell_m
    for source in scene.sources(now_min):
        if source.left_l > 0:
            wet |= np.hypot(rows - source.place[0], cols - source.place[1]) <= reach
    run = breaks.run_of(fire, int(cells[np.argmax(flames)]))[1] if cells.size else 0.0
    return EdgeNow(cells, rows, cols, flames, wet, run)


def leave_where_hot(scene: Wildfire, crews: list[Crew], edge: EdgeNow, tick: int) -> None:
    """Sends back the crews that stand where flames are too long, or near a head that comes."""
    fire = scene.burning
    # A crew may walk round the fire outside the map, where nothing comes to it.
    standing = [c for c in crews if scene.on_map(scene.posts[c.id].cell)]
    cells = np.array([scene.posts[c.id].cell for c in standing], dtype=np.int32)
    if not standing:
        return
    flames = flame_m(spread.intensity_at_kw_m(fire, cells))
    for crew, cell, flame in zip(standing, cells, flames, strict=True):
        post = scene.posts[crew.id]
        burnt = fire.label_min[cell] <= fire.time_min
        if post.side >= 0:
            hot = _head_near(scene, post, edge)
        else:
            hot = flame > _limit_m(scene, crew, bool(_hoses(scene, post, tick)))
        if burnt or hot:
            withdraw(scene, post, tick)


def _head_near(scene: Wildfire, post: Post, edge: EdgeNow) -> bool:
    """Whether the fire may be at a crew's break before it has left."""
    if not edge.cells.size:
        return False
    cells = np.hypot(edge.rows - post.place[0], edge.cols - post.place[1]).min()
    away_m = float(cells) * scene.burning.ground.land.cell_m
    return away_m <= edge.run_m_min * scene.p("forest.break_leave_min")


def work(scene: Wildfire, crew: Crew, edge: EdgeNow, tick: int) -> None:
    """One tick of a crew on foot that neither walks nor rests."""
    post = scene.posts[crew.id]
    post.rests = False
    if post.goal >= 0:
        arrive(scene, post)
    if post.side >= 0:
        _build_break(scene, crew, post, edge, tick)
        return
    if post.contact is None:
        _choose(scene, crew, post, edge, tick)
    if post.contact is not None:  # it may be there already, close by
        _build_line(scene, crew, post, edge, tick)


# -- where to ---------------------------------------------------------------------------------


def _choose(
    scene: Wildfire, crew: Crew, post: Post, edge: EdgeNow, tick: int, fierce: bool = False
) -> None:
    """An anchor on the edge with short flames; else, or where it is fierce, a break; else back."""
    fire = scene.burning
    label = fire.label_min[edge.cells]
    runs = (label > fire.time_min) & (label < spread.HELD_MIN)
    if not runs.any():
        return
    dry, hosed = _limit_m(scene, crew, False), _limit_m(scene, crew, True)
    good = np.flatnonzero(runs & (edge.flames_m <= np.where(edge.wet, hosed, dry)))
    if (fierce or not good.size) and _join_break(scene, post, edge, dry, tick):
        return
    if not good.size:
        withdraw(scene, post, tick)
        return
    safe = good[attack.anchored(fire, edge.cells[good], scene.p("forest.line_hold_kw_m"))]
    if safe.size:
        near = np.hypot(edge.rows[safe] - post.place[0], edge.cols[safe] - post.place[1])
        best = safe[np.argmin(near)]
    else:
        best = good[np.argmin(edge.flames_m[good])]
    _go(scene, post, int(edge.cells[best]), tick)


def _join_break(scene: Wildfire, post: Post, edge: EdgeNow, limit_m: float, tick: int) -> bool:
    """Sets out for the break that is being built, or plans one; whether there is work at it."""
    p = scene.p
    if scene.brk is not None and _is_over(scene, scene.brk, tick):
        scene.leave_break()
    if scene.brk is None:
        rules = breaks.Rules(
            crews=max(p("forest.break_crews"), sum(o.rests for o in scene.posts.values())),
            crew_m_h=p("forest.break_m_h"),
            walk_m_min=p("forest.walk_kmh") * 1000.0 / 60.0,
            spare_min=p("forest.break_spare_min"),
            widen=p("forest.break_widen"),
            lead_max_m=p("forest.break_lead_max_m"),
        )
        hold = p("forest.break_hold_kw_m")
        scene.brk = breaks.plan(
            scene.burning, edge.cells, edge.flames_m, limit_m, post.place, hold, rules
        )
        if scene.brk is None:
            return False
        scene.brk.planned_tick = tick
    return _go_to_side(scene, post, tick)


def _is_over(scene: Wildfire, brk: breaks.Break, tick: int) -> bool:
    old = tick - brk.planned_tick >= scene.ticks_of(60.0 * scene.p("forest.break_valid_h"))
    return old or brk.reached(scene.burning)


def _go_to_side(scene: Wildfire, post: Post, tick: int) -> bool:
    """Sets out for the side of the break with fewer crews that is not done; False: none is."""
    assert scene.brk is not None
    post.side = -1
    at = [sum(1 for o in scene.posts.values() if o.side == s) for s in range(breaks.SIDES)]
    todo = [s for s in range(breaks.SIDES) if not scene.brk.done(s)]
    if not todo:
        return False
    post.side = min(todo, key=lambda s: (at[s], s))
    _go(scene, post, scene.brk.place(post.side), tick)
    return True


def _go(scene: Wildfire, post: Post, cell: int, tick: int) -> None:
    """Walks to a cell; where that takes less than half a tick it is there at once."""
    row, col = scene.burning.ground.row_col(cell)
    metres = water.apart_m(post.place, (float(row), float(col)), scene.cell_m)
    post.until = tick + scene.walk_ticks(metres)
    post.cell, post.contact, post.goal = -1, None, cell
    if post.until <= tick:
        arrive(scene, post)


def arrive(scene: Wildfire, post: Post) -> None:
    """Takes its place: on the break, or on the edge where it is nearest by now."""
    fire = scene.burning
    cell, post.goal = post.goal, -1
    row, col = fire.ground.row_col(cell)
    if post.side < 0:
        near = attack.nearest_edge(fire, float(row), float(col))
        if near is not None:
            cell, post.contact = near, attack.Contact(near, post.turn)
    _stand(scene, post, cell)


def _stand(scene: Wildfire, post: Post, cell: int) -> None:
    row, col = scene.burning.ground.row_col(cell)
    post.place = (float(row), float(col))
    burnt = scene.burning.label_min[cell] <= scene.burning.time_min
    post.cell = -1 if burnt else cell  # in the black nothing comes to it any more


def withdraw(scene: Wildfire, post: Post, tick: int) -> None:
    """Back towards the road head, out of harm's way or all the way to it; then a rest."""
    away_m = 0.0
    if post.cell >= 0:
        home = scene.road_head
        whole_m = water.apart_m(post.place, home, scene.cell_m)
        away_m = min(whole_m, scene.p("forest.withdraw_m"))
        share = away_m / whole_m if whole_m > 0 else 0.0
        row, col = post.place
        post.place = (row + share * (home[0] - row), col + share * (home[1] - col))
    rest = scene.ticks_of(scene.p("forest.stand_back_min"))
    post.until = tick + max(1, scene.walk_ticks(away_m) + rest)
    post.cell, post.goal, post.side, post.contact = -1, -1, -1, None
    post.rests = True


# -- the work itself --------------------------------------------------------------------------


def _build_line(scene: Wildfire, crew: Crew, post: Post, edge: EdgeNow, tick: int) -> None:
    """A tick of line from the crew's contact point, with water where hoses reach it."""
    contact = post.contact
    assert contact is not None
    p = scene.p
    metres = scene.line_m_h(crew, contact.cell, tick) / scene.ticks_per_h
    hoses = _hoses(scene, post, tick)
    l_m = p("forest.water_l_m")
    wet = sum(s.left_l for s in hoses) >= (contact.spare_m + metres) * l_m
    limit_m = _limit_m(scene, crew, bool(hoses) and wet)
    built = attack.build(scene.burning, contact, metres, p("forest.line_hold_kw_m"), limit_m)
    if hoses and wet:
        scene.water_l += water.draw(hoses, built.metres * l_m)
    scene.line_m += built.metres
    scene.note(tick, "line", built.cells)
    _stand(scene, post, contact.cell)
    if built.stop != "spent":
        post.contact = None
    if built.stop == "flame":
        fierce = built.flame_m > p("forest.flame_limit_any_m")
        _choose(scene, crew, post, edge, tick, fierce)


def _build_break(scene: Wildfire, crew: Crew, post: Post, edge: EdgeNow, tick: int) -> None:
    """A tick of work at a side of the break; when all of it is done, back to the edge."""
    brk = scene.brk
    if brk is None or brk.reached(scene.burning):
        withdraw(scene, post, tick)
        return
    if brk.done(post.side):
        if not _go_to_side(scene, post, tick):
            _choose(scene, crew, post, edge, tick)
        return
    cell = brk.place(post.side)
    metres = scene.break_m_h(crew, cell, tick) / scene.ticks_per_h
    used, cells = breaks.build(scene.burning, brk, post.side, metres)
    scene.break_m += used
    scene.note(tick, "break", cells)
    _stand(scene, post, brk.place(post.side))


def _hoses(scene: Wildfire, post: Post, tick: int) -> list[water.Source]:
    """Water within a hose's reach of where a crew stands."""
    sources = scene.sources(tick * scene.tick_min)
    return water.in_reach(sources, post.place, scene.p("forest.hose_reach_m"), scene.cell_m)


def _limit_m(scene: Wildfire, crew: Crew, wet: bool) -> float:
    """The longest flames that a crew attacks."""
    own = scene.p("forest.flame_limit_blower_m" if blows(crew) else "forest.flame_limit_hand_m")
    return max(own, scene.p("forest.flame_limit_engine_m")) if wet else own


def blows(crew: Crew) -> bool:
    """Whether a crew has blowers."""
    return crew.team.kind in BLOWERS
