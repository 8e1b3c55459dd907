"""How a warning spreads, when people leave, and whether officials answer, against theory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import kstest, rayleigh

from anlan.sim.chance import Streams, keys_of, numbered
from anlan.sim.command.seats import MoveOrder
from anlan.sim.ledger import NEVER
from anlan.sim.people import draws
from anlan.sim.people.spread import PUBLIC, Channels, Spread, SpreadRules, diffusion
from anlan.sim.scenario.clock import Clock, DayRules
from anlan.sim.scenario.schema import DWELLINGS
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.held import hold
from tests.oracle.runs import calm_run


# V43: A = .02, B = .05 a minute
@pytest.mark.parametrize(("minutes", "share"), [(10, 0.2246), (30, 0.6719), (60, 0.9494)])
def test_v43(minutes: float, share: float) -> None:
    assert diffusion(np.array([minutes], dtype=float), 0.02, 0.05)[0] == pytest.approx(
        share, abs=5e-5
    )


@pytest.mark.parametrize(("a", "b"), [(0.08, 0.02), (0.02, 0.05), (0.01, 0.0), (0.03, 0.06)])
def test_it_solves_the_differential_equation(a: float, b: float) -> None:
    """dn/dt = (A + B n)(1 - n), n(0) = 0 (Rogers and Sorensen; the form of Bass)."""
    times = np.linspace(0.0, 120.0, 25)
    solved = solve_ivp(
        lambda _, n: (a + b * n) * (1.0 - n), (0.0, 120.0), [0.0], t_eval=times, rtol=1e-9
    )
    assert np.allclose(diffusion(times, a, b), solved.y[0], atol=1e-6)


TOWN = places(2, [(0, 1, 6.0, 36.0)])
DAY = 24 * 12


def shares(power_out: Any = False, hour: float = 8.0, begin: int = 0) -> Any:
    """(T, C) how far a warning has spread by the end of each tick of five minutes, in two places
    without power and phone at ticks, (T, C); in the first it begins at a tick, in the second never.
    """
    clock = Clock(5, DAY, hour, DayRules.read(TOWN))
    spread = Spread(Channels.of(SpreadRules.read(TOWN), PUBLIC, clock), 2)
    out = np.broadcast_to(power_out, (DAY, 2))
    found = []
    for tick in range(DAY):
        if tick == begin:
            spread.begin(0)
        changed = tick > 0 and bool((out[tick] != out[tick - 1]).any())
        spread.step(tick, changed, out[tick], out[tick])
        found.append([spread.share_at(0), spread.share_at(1)])
    return np.array(found)


def by_theory(minutes: dict[str, float]) -> float:
    """1 - prod(1 - cap n): channels reach people independently, each after minutes of its own."""
    missed = 1.0
    for channel, worked in minutes.items():
        a, b, cap = (TOWN.p(f"warning.{channel}_{x}") for x in ("a_per_min", "b_per_min", "cap"))
        missed *= 1.0 - cap * float(diffusion(np.array([worked]), a, b)[0])
    return 1.0 - missed


def test_channels_combine_as_if_independent() -> None:
    """1 - prod(1 - cap n), each channel with its own rates and largest share."""
    found = shares(begin=10)
    assert (found[:10, 0] == 0.0).all()
    assert (found[:, 1] == 0.0).all()  # never told
    for tick in (10, 15, 40):
        minutes = (tick - 10 + 1) * 5.0
        assert found[tick, 0] == pytest.approx(by_theory(dict.fromkeys(PUBLIC, minutes)))
    assert (np.diff(found[:, 0]) >= 0.0).all()


def test_it_stands_still_while_the_power_is_out() -> None:
    out = np.zeros((DAY, 2), dtype=bool)
    out[4:30] = True
    dark, light = shares(out), shares()
    assert (dark[3:30, 0] == dark[3, 0]).all()
    assert dark[30, 0] == pytest.approx(light[4, 0])  # goes on as if nothing had been


def test_each_channel_stands_still_only_with_the_network_that_it_needs() -> None:
    """An hour without power: loudspeakers and television lose it, messages on phones do not."""
    model = hold(calm_run(TOWN), power_out=np.arange(TOWN.ticks)[:, None] < 12)
    spread = model.parts.words.say(PUBLIC)
    spread.begin(0)
    hours = TOWN.ticks_per_h
    for tick in range(2 * hours):
        model.step()
        on_mains = max(0, tick + 1 - hours) * 5.0
        worked = {c: on_mains if c in ("loudspeaker", "tv") else (tick + 1) * 5.0 for c in PUBLIC}
        assert not model.parts.clock.is_night(tick)
        assert spread.share_at(0) == pytest.approx(by_theory(worked)), tick


def test_night_is_slower() -> None:
    """At night every channel's minutes count a fifth: 50 minutes like 10."""
    assert shares(hour=0.0)[9, 0] == pytest.approx(shares()[1, 0])


def test_residents_hear_as_the_share_says() -> None:
    """A household hears through whichever member is told first: 1 - (1 - n)^size of them."""
    n = 20_000
    crowd = places(1, [])
    crowd = crowd.model_copy(
        update={
            "communities": (
                crowd.communities[0].model_copy(update={"residents": n, "households": 8_000}),
            )
        }
    )
    model = calm_run(crowd, seed=11)
    people: Any = model.parts.people
    spread = model.parts.words.say(PUBLIC)
    people.warn(spread)
    share = np.zeros(crowd.ticks)
    for tick in range(crowd.ticks):
        if tick == 20:
            spread.begin(0)
        model.step()
        share[tick] = spread.share_at(0)
    heard = people.told.warned_tick(crowd.ticks)
    sizes = model.parts.world.people.sizes
    for tick in [*range(20, 40), *range(40, crowd.ticks, 20)]:
        told = (heard != NEVER) & (heard <= tick)
        chance = 1.0 - (1.0 - share[tick]) ** sizes
        expected = float(sizes @ chance)
        off = float(np.sqrt(sizes**2 @ (chance * (1.0 - chance))))
        assert abs(float(sizes[told].sum()) - expected) <= 4.5 * off + 1e-9
    assert heard[heard != NEVER].min() == np.flatnonzero(share)[0] == 20


# V44: Tweedie et al. 1986, F = 1 - exp(-t^2 / 1800), that is a Rayleigh law with mode 30
@pytest.mark.parametrize(("minutes", "share"), [(30, 0.3935), (45, 0.6753), (60, 0.8647)])
def test_v44(minutes: float, share: float) -> None:
    thirty = draws.HabitRules.read(set_parameters(TOWN, residents__prepare_mode_min=30.0))
    just = np.array([share - 1e-3, share + 1e-3], dtype=np.float32)
    early, late = draws._prepare(thirty, Clock.of(TOWN), just)
    assert early == minutes / 5
    assert late == minutes / 5 + 1


def test_departures_are_rayleigh() -> None:
    habits = draws.HabitRules.read(TOWN)
    mode = habits.prepare_mode_min
    u = Streams(4, 0).uniform(draws.PREPARE, numbered(keys_of(["x"]), np.arange(50_000)))
    ticks = draws._prepare(habits, Clock.of(TOWN), u)
    for tick in (4, 8, 12, 20, 30):  # all who are ready within so many ticks
        share = rayleigh.cdf(tick * 5.0, scale=mode)
        assert (ticks <= tick).mean() == pytest.approx(share, abs=4.5 * 0.5 / np.sqrt(len(u)))
    minutes = mode * np.sqrt(-2.0 * np.log1p(-u.astype(float)))
    assert kstest(minutes, rayleigh(scale=mode).cdf).pvalue > 1e-3


def answers(count: int, phone_out: bool = False) -> list[tuple[int, str]]:
    """(tick, means) at which the officer of one place acknowledges each of some orders given at
    tick 0.
    """
    model = calm_run(places(1, []), seed=2)
    if phone_out:
        hold(model, phone_out=True)
        model.step()
    calls, people = model.parts.command.means.calls, model.parts.people
    for n in range(count):
        calls.give(MoveOrder(f"order {n}", (), (0,)), people, 0)
    for tick in range(1, 10):
        calls.step(tick)
    said = model.ledger.table("message")
    assert (said["kind"] == "order").all()
    assert len(set(said["message"])) == count
    assert (said["sent_tick"] == 0).all()
    return list(zip(said["received_tick"].tolist(), said["means"].tolist(), strict=True))


def test_v46_three_tries() -> None:
    """With an answer chance of .7 a call, .973 have answered after three; else a runner goes."""
    found = answers(3_000)
    for tries, share in ((1, 0.7), (2, 0.91), (3, 0.973)):
        reached_by = sum(means == "phone" and tick < tries for tick, means in found)
        spread = np.sqrt(share * (1 - share) / len(found))
        assert reached_by / len(found) == pytest.approx(share, abs=4.5 * spread)
    runner = {tick for tick, means in found if means == "runner"}
    assert runner == {3 + 3}  # after three calls 5 minutes apart, 15 minutes to set out, 0 km


def test_no_phone_no_answer() -> None:
    assert set(answers(50, phone_out=True)) == {(3 + 3, "runner")}


def test_an_order_spreads_from_its_acknowledgement_on_and_not_before() -> None:
    """People there hear nothing of an order that the runner is still under way with."""
    crowd = places(1, [])
    home = crowd.communities[0].model_copy(
        update={"residents": 900, "households": 300, "dangerous_share": 1.0}
    )
    model = hold(calm_run(crowd.model_copy(update={"communities": (home,)})), phone_out=True)
    model.step()
    people: Any = model.parts.people
    model.parts.command.means.calls.give(MoveOrder("leave", DWELLINGS, (0,)), people, 0)
    for _ in range(40):
        model.step()
    heard = np.unique(people.evacuation.heard_tick)
    assert heard[heard != NEVER].min() == 6  # with the runner, in the tick in which he comes
