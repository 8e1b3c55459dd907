"""Who leaves with the neighbours though nobody told them to, and what of it hangs on what."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.registry import MEASURES
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import set_parameters

HOMES = 1000
NEEDLESS = MEASURES["evacuation.needless_persons"].function


def port(low_lying_share: float, shadow_share: float, told: tuple[str, ...]) -> Scenario:
    """Tiny with a large port in calm air, a part of it told to leave at hour 1."""
    tiny = sim.load("tiny")
    seat, harbour = tiny.communities
    size = {"residents": 2 * HOMES, "households": HOMES, "low_lying_share": low_lying_share}
    calm = {"wind_ms": 8.0, "pressure_hpa": 1005.0}
    scenario = tiny.model_copy(
        update={
            "communities": (seat, harbour.model_copy(update=size)),
            "tracks": tuple(f.model_copy(update=calm) for f in tiny.tracks),
            "responses": tuple(r.model_copy(update={"move": told}) for r in tiny.responses),
            "orders": tiny.orders.model_copy(update={"move_h": 1.0}),
        }
    )
    return set_parameters(scenario, residents__shadow_share=shadow_share)


def left_untold(scenario: Scenario, number: int = 0) -> tuple[int, Facts]:
    """Persons of the port who left and whom nobody had told."""
    facts = Facts(scenario, sim.run(scenario, 1, number).tables())
    rows = facts.tables["evacuation"]
    mine = (rows["left_tick"] != NEVER) & (rows["ordered_tick"] == NEVER)
    mine &= rows["community"] == "port"
    return int(rows["persons"][mine].sum()), facts


@pytest.mark.parametrize("told_share", [0.2, 0.6])
def test_as_many_follow_as_neighbours_are_told(told_share: float) -> None:
    """Of the others so large a share as the parameter says, times the share that was told."""
    scenario = port(told_share, 0.3, ("low_lying",))
    found, facts = left_untold(scenario)
    others = 2 * HOMES * (1.0 - told_share)
    chance = 0.3 * told_share
    reached = 0.97  # nearly all hear of the order by the end of the run
    spread = 4.0 * np.sqrt(2.0 * others * chance)
    assert others * chance * reached - spread < found < others * chance + spread
    told = facts.tables["evacuation"]
    moved = (told["left_tick"] != NEVER) & (told["ordered_tick"] != NEVER)
    assert NEEDLESS(facts) == found + told["persons"][moved].sum()  # in the calm nobody need go


def test_nobody_follows_where_nobody_is_told_or_the_share_is_nought() -> None:
    assert left_untold(port(0.5, 0.0, ("low_lying",)))[0] == 0
    assert left_untold(port(0.5, 0.3, ("boat",)))[0] == 0


def test_who_follows_more_of_them_followed_fewer() -> None:
    """Draws belong to households: a larger share only adds, and who was told is told as before."""
    few, few_facts = left_untold(port(0.5, 0.1, ("low_lying",)))
    many, many_facts = left_untold(port(0.5, 0.3, ("low_lying",)))
    assert 0 < few < many
    ordered = [MEASURES["evacuation.ordered_persons"].function(f) for f in (few_facts, many_facts)]
    assert ordered[0] == ordered[1] > 0


def test_whoever_follows_goes_home_after_the_stand_down() -> None:
    """They have no order of their own, and are away no longer than those who have."""
    scenario = port(0.5, 0.3, ("low_lying",))
    rows = sim.run(scenario, 1, 0).tables()["evacuation"]
    untold = (rows["ordered_tick"] == NEVER) & (rows["left_tick"] != NEVER)
    assert (rows["order"][untold] == "").all()
    assert (rows["heard_tick"][untold] == NEVER).all()
    assert set(rows["outcome"][untold].tolist()) <= {"arrived", "travelling", "no_place", "no_road"}
