"""The hours after containment: more hands are sooner done and let less break out again."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.fires import mopping
from anlan.sim.fires.blaze import Blaze
from anlan.sim.fires.rules import AttackRules
from anlan.sim.forcing.fire_weather import steady
from anlan.sim.nature.forest import attack, spread
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import wang_mao_rates
from anlan.sim.place.landscape.fuels import read_fuels
from anlan.sim.place.landscape.landscape import landscape
from anlan.sim.scenario.clock import Clock, DayRules

TINY = sim.load("tiny-fire")
RULES = AttackRules.read(TINY)
UNDERGROWTH = 8  # smoulders the longest
SEEDS = 40


def contained(wind_ms: float = 6.0) -> Blaze:
    """A fire in dry forest with undergrowth, with line all round, at minute 90."""
    land = landscape(np.zeros((90, 90)), np.full((90, 90), UNDERGROWTH), 20.0, read_fuels())
    fire = spread.start(
        wang_mao_rates(ground(land), 30.0, 60.0), steady(35.0, 25.0, wind_ms, 270.0).at(0.0)
    )
    spread.ignite(fire, 45, 30)
    spread.advance(fire, 90.0)
    anchor = attack.rear(fire)
    assert anchor is not None
    built = attack.build(fire, attack.Contact(anchor, 1), 1e6, 1e9, 99.0)
    assert spread.contained(fire)
    clock = Clock(10, 6 * 24 * 6, 8.0, DayRules.read(TINY))
    blaze = Blaze("f", 0.0, (45, 30), 0, 1.0, (0.0, 0.0), RULES, clock, fire=fire)
    blaze.line, blaze.line_m = list(built.cells), built.metres
    blaze.contained_tick, blaze.contained_min = 9, 90.0
    return blaze


LIKE = contained()


def again(blaze: Blaze = LIKE) -> Blaze:
    """The same fire, to be played once more."""
    twin = Blaze(
        blaze.id, 0.0, blaze.cell, 0, 1.0, (0.0, 0.0), RULES, blaze.clock, fire=blaze.burning.twin()
    )
    twin.line, twin.line_m = list(blaze.line), blaze.line_m
    twin.contained_tick, twin.contained_min = blaze.contained_tick, blaze.contained_min
    return twin


def played(people: int, run: int = 0, hours: float = 120.0) -> tuple[Blaze, mopping.Mopping]:
    """Until it is cold, breaks out, or some hours are over."""
    blaze, edge, streams = again(), mopping.Mopping(), Streams(1, run)
    for tick in range(10, 10 + int(6 * hours)):
        if mopping.smoulder(blaze, edge, streams, tick):
            break
        if people and mopping.work(blaze, edge, people, tick):
            break
    return blaze, edge


def quiet(people: int) -> Blaze:
    """The first run in which nothing breaks out."""
    for run in range(SEEDS):
        blaze, edge = played(people, run)
        if not edge.flare_ups:
            return blaze
    raise AssertionError("it broke out in every run")


def test_half_the_hands_are_later_done_and_let_more_break_out() -> None:
    full = int(mopping.guards(LIKE))
    assert full >= 8
    crews = (full, full // 2, full // 4)
    out = [quiet(n).out_min for n in crews]
    assert out[0] <= out[1] <= out[2]
    assert out[0] < out[2]
    often = [sum(played(n, run)[1].flare_ups for run in range(SEEDS)) for n in (*crews, 0)]
    assert often[0] < often[2] < often[3]
    assert often[0] <= often[1] <= often[2]


def test_contained_open_fire_out_and_cold_follow_each_other_and_crews_stay_for_the_guard() -> None:
    blaze = quiet(int(mopping.guards(LIKE)))
    burnt_down = blaze.contained_min + 60.0 * RULES.burn_down_h
    assert burnt_down <= blaze.out_min < blaze.cold_min
    assert blaze.cold_min >= blaze.out_min + 60.0 * RULES.mop_up_least_h


def test_a_flare_up_takes_back_all_three_moments_and_the_work_begins_anew() -> None:
    blaze, edge = next(pair for pair in (played(0, r) for r in range(SEEDS)) if pair[1].flare_ups)
    assert not spread.contained(blaze.burning)
    mopping.break_out(blaze, edge)
    assert blaze.contained_tick == -1
    assert np.isnan([blaze.contained_min, blaze.out_min, blaze.cold_min]).all()
    assert edge.line is None
    before = spread.burnt_ha(blaze.burning)
    spread.advance(blaze.burning, blaze.burning.time_min + 300.0)
    assert spread.burnt_ha(blaze.burning) > before


def test_command_wants_enough_to_mop_up_in_a_shift_and_guards_at_least() -> None:
    blaze, edge = again(), mopping.Mopping()
    mopping.smoulder(blaze, edge, Streams(1, 0), 10)
    assert edge.line is not None
    assert mopping.wanted(blaze, edge) == max(
        mopping.guards(blaze), edge.line.person_h / RULES.mop_up_plan_h
    )
    edge.done_person_h = 1e9
    assert mopping.wanted(blaze, edge) == mopping.guards(blaze)
    assert edge.heat_left(0.15) == pytest.approx(0.15)
