"""Command's board, and who can come to whom as the roads are known: nobody who can is left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan import sim
from anlan.sim.command.board import Board
from anlan.sim.command.standing import Standing, joined, posts_of
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident, WorkRules
from tests.oracle.runs import calm_run

TINY = sim.load("tiny")
HAIMEN = sim.load("haimen-typhoon")
RULES = WorkRules.read(TINY)


def known(board: Board, name: str, kind: str = "flood", **more: Any) -> Incident[Crew]:
    incident = Incident[Crew](name, kind, 0, 0, persons=more.pop("persons", 3), **more)
    board.put(incident)
    return incident


def test_those_that_want_the_same_in_one_place_hang_together() -> None:
    board = Board()
    one, two, other = known(board, "a"), known(board, "b"), known(board, "c", "injury")
    assert list(board.to_look_at.values()) == [one, two, other]
    assert all(i.short(RULES) for i in (one, two, other))
    assert not board.to_look_at
    together, alone = board.short
    assert [*together.those.values()] == [one, two]
    assert together.bare
    assert [*alone.those.values()] == [other]
    assert not alone.bare


def test_who_changes_is_looked_at_anew() -> None:
    board = Board()
    one, two = known(board, "a"), known(board, "b")
    assert one.short(RULES)
    assert two.short(RULES)
    one.look_anew()
    assert [*board.to_look_at.values()] == [one]
    (group,) = board.short
    assert [*group.those.values()] == [two]
    two.only_by_boat()
    assert [g.need for g in board.short] == ["boat"]
    two.leave_to_wait()
    assert not any(g.bare for g in board.short)


def test_what_wants_no_more_hangs_in_no_group() -> None:
    board = Board()
    one = known(board, "a", is_short=False)
    assert list(board.all.values()) == [one]
    assert not board.to_look_at
    assert not list(board.short)


def test_an_order_is_noted_and_what_is_finished_leaves_when_the_board_is_tidied() -> None:
    board = Board()
    one, two = known(board, "a"), known(board, "b")
    assert one.short(RULES)
    assert two.short(RULES)
    one.ordered(5.0)
    (group,) = board.short
    assert [*group.unordered.values()] == [two]
    one.ends(9.0)
    assert list(board.all.values()) == [one, two]
    board.tidy()
    assert list(board.all.values()) == list(board.floods.values()) == [two]
    assert [*group.those.values()] == [two]
    one.look_anew()  # a crew goes home from it
    assert not board.to_look_at


def test_all_who_can_come_are_asked() -> None:
    """Whoever has a finite way in the table of all is among those that are joined, in order."""
    parts = calm_run(HAIMEN).parts
    draws, dispatch = np.random.default_rng(1), parts.command.means.dispatch
    roads = parts.command.picture.roads
    kinds, places = ["flood", "collapse", "injury", "tree"], len(HAIMEN.communities)
    for road in draws.permutation(roads.table.n)[: roads.table.n * 4 // 5].tolist():
        roads.found_closed(road, 0, by_tree=bool(draws.random() < 0.5))
    for _ in range(5):
        incidents = [
            Incident[Crew](f"{n}", str(draws.choice(kinds)), int(draws.integers(places)), 0)
            for n in range(40)
        ]
        crews = [parts.crews[n] for n in draws.choice(len(parts.crews), 30, False).tolist()]
        finite = np.isfinite(dispatch._eta(incidents, crews))
        left, able = joined(incidents, crews, roads)
        assert 0 < len(left) < len(incidents)
        assert 0 < len(able) < len(crews)
        # Haimen's roads all lead both ways: within a part of the network there is a way.
        assert left == [i for n, i in enumerate(incidents) if finite[n].any()]
        come = [c for n, c in enumerate(crews) if finite[:, n].any()]
        assert able == sorted(come, key=lambda c: c.turn)
        standing = Standing(posts_of(crews), roads)
        assert all(standing.may_reach(i) for i in left)
