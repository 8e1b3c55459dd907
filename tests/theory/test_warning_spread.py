"""How a warning spreads, when people leave, and whether officials answer, against theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import kstest, rayleigh

from anlan.sim.chance import Streams, keys_of, numbered
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.people import draws
from anlan.sim.people.channels import PUBLIC, diffusion, reached
from anlan.sim.place.world import build
from tests.oracle.calm import calm, places
from tests.oracle.district import set_parameters


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


def shares(power_out: np.ndarray | None = None, hour: float = 8.0, begin: int = 0) -> np.ndarray:
    given = {} if power_out is None else {"power_out": power_out, "phone_out": power_out}
    return reached(
        TOWN,
        calm(TOWN, DAY, **given),
        PUBLIC,
        hour,
        np.array([begin, DAY]),
        np.array([0, 1]),
    )


def test_channels_combine_as_if_independent() -> None:
    """1 - prod(1 - cap n), each channel with its own rates and largest share."""
    found = shares(begin=10)
    assert (found[0, :10] == 0.0).all()
    assert (found[1] == 0.0).all()  # never told
    for tick in (10, 15, 40):
        missed = 1.0
        for channel in PUBLIC:
            a, b, cap = (
                TOWN.p(f"warning.{channel}_{x}") for x in ("a_per_min", "b_per_min", "cap")
            )
            minutes = np.array([(tick - 10 + 1) * 5.0])
            missed *= 1.0 - cap * float(diffusion(minutes, a, b)[0])
        assert found[0, tick] == pytest.approx(1.0 - missed)
    assert (np.diff(found[0]) >= 0.0).all()


def test_it_stands_still_while_the_power_is_out() -> None:
    out = np.zeros((DAY, 2), dtype=bool)
    out[4:30] = True
    dark, light = shares(out), shares()
    assert (dark[0, 3:30] == dark[0, 3]).all()
    assert dark[0, 30] == pytest.approx(light[0, 4])  # goes on as if nothing had been


def test_night_is_slower() -> None:
    """In the dead of night every channel's minutes count a fifth: 50 minutes like 10."""
    assert shares(hour=0.0)[0, 9] == pytest.approx(shares()[0, 1])


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
    world = build(crowd)
    model = ResponseModel(world, calm(crowd), Streams(11, 0))
    share = np.clip(np.linspace(-0.2, 0.9, crowd.ticks), 0.0, None)[None, :]
    model.residents.warn(share)
    heard = model.residents.heard_tick
    sizes = world.people.sizes()
    for tick in range(0, crowd.ticks, 20):
        told = (heard != NEVER) & (heard <= tick)
        chance = 1.0 - (1.0 - share[0, tick]) ** sizes
        expected = float(sizes @ chance)
        spread = float(np.sqrt(sizes**2 @ (chance * (1.0 - chance))))
        assert abs(float(sizes[told].sum()) - expected) <= 4.5 * spread + 1e-9
    assert (heard[share[0].searchsorted(0.0, side="right") > heard] == NEVER).all()


# V44: Tweedie et al. 1986, F = 1 - exp(-t^2 / 1800), that is a Rayleigh law with mode 30
@pytest.mark.parametrize(("minutes", "share"), [(30, 0.3935), (45, 0.6753), (60, 0.8647)])
def test_v44(minutes: float, share: float) -> None:
    thirty = set_parameters(TOWN, residents__prepare_mode_min=30.0)
    just = np.array([share - 1e-3, share + 1e-3], dtype=np.float32)
    early, late = draws._prepare(thirty, just)
    assert early == minutes / 5
    assert late == minutes / 5 + 1


def test_departures_are_rayleigh() -> None:
    mode = TOWN.p("residents.prepare_mode_min")
    fine = TOWN.model_copy(update={"settings": TOWN.settings.model_copy(update={"tick_min": 5})})
    u = Streams(4, 0).uniform(draws.PREPARE, numbered(keys_of(["x"]), np.arange(50_000)))
    ticks = draws._prepare(fine, u)
    for tick in (4, 8, 12, 20, 30):  # all who are ready within so many ticks
        share = rayleigh.cdf(tick * 5.0, scale=mode)
        assert (ticks <= tick).mean() == pytest.approx(share, abs=4.5 * 0.5 / np.sqrt(len(u)))
    minutes = mode * np.sqrt(-2.0 * np.log1p(-u.astype(float)))
    assert kstest(minutes, rayleigh(scale=mode).cdf).pvalue > 1e-3


def test_v46_three_tries() -> None:
    """With an answer chance of .7 a call, .973 have answered after three; else a runner goes."""
    town = places(1, [])
    model = ResponseModel(build(town), calm(town), Streams(2, 0))
    officer = model.communities[0]
    answers = [officer.acknowledge(0) for _ in range(6_000)]
    for tries, share in ((1, 0.7), (2, 0.91), (3, 0.973)):
        reached_by = sum(means == "phone" and tick < tries for tick, means in answers)
        spread = np.sqrt(share * (1 - share) / len(answers))
        assert reached_by / len(answers) == pytest.approx(share, abs=4.5 * spread)
    runner = {tick for tick, means in answers if means == "runner"}
    assert runner == {3 + 3}  # after three calls 5 minutes apart, 15 minutes to set out, 0 km


def test_no_phone_no_answer() -> None:
    town = places(1, [])
    silent = calm(town, phone_out=np.ones((town.ticks, 1), dtype=bool))
    officer = ResponseModel(build(town), silent, Streams(2, 0)).communities[0]
    assert {means for _, means in (officer.acknowledge(0) for _ in range(50))} == {"runner"}
