"""How long trapped people last, and who drowns, against the published curves."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.sim.chance import Streams, keys_of, numbered
from anlan.sim.incidents.incident import Incident
from anlan.sim.model import ResponseModel
from anlan.sim.people.draws import LIVE, drowns, survival_ticks
from anlan.sim.people.residents import State
from anlan.sim.place.world import build
from tests.oracle.calm import calm, places

TOWN = places(1, [])
SURVIVAL = [(24, 0.810), (48, 0.570), (72, 0.368), (96, 0.222)]  # exp(-(t / 72)^1.42)


@pytest.mark.parametrize(("hours", "alive"), SURVIVAL)
def test_v52_threshold(hours: float, alive: float) -> None:
    """Who draws less than S(t) is alive at t."""
    ticks = survival_ticks(TOWN, np.array([alive - 1e-3, alive + 1e-3], dtype=np.float32))
    assert ticks[0] > hours * 12 - 1
    assert ticks[1] < hours * 12 + 1


@pytest.mark.parametrize(("hours", "alive"), SURVIVAL)
def test_v52_share(hours: float, alive: float) -> None:
    u = Streams(1, 0).uniform(LIVE, numbered(keys_of(["x"]), np.arange(40_000)))
    share = (survival_ticks(TOWN, u) > hours * 12).mean()
    assert share == pytest.approx(alive, abs=4.5 * np.sqrt(alive * (1 - alive) / len(u)) + 5e-4)


def test_everybody_outlives_the_moment() -> None:
    """Nobody is trapped and dead of it in the same tick, however unlucky."""
    most = np.array([np.nextafter(np.float32(1), np.float32(0)), 0.0], dtype=np.float32)
    unlucky, lucky = survival_ticks(TOWN, most)
    assert unlucky == 1
    assert lucky > 72 * 12


def test_nobody_comes() -> None:
    """A town in ruins and no teams: of the trapped S(t) are alive after t, in the run itself."""
    n = 2_400
    crowd = TOWN.communities[0].model_copy(update={"residents": n, "households": n // 3})
    longer = TOWN.settings.model_copy(update={"duration_h": 80})
    town = TOWN.model_copy(update={"communities": (crowd,), "settings": longer})
    gust = np.zeros((town.ticks, 1), dtype=np.float32)
    gust[10] = 400.0  # everything falls
    model = ResponseModel(build(town), calm(town, gust_ms=gust), Streams(6, 0))
    model.run()
    ruins = [i for i in model.incidents if i.kind == "collapse"]
    trapped = np.concatenate([i.people for i in ruins])
    share = town.p("damage.collapse_trapped_share")
    assert len(trapped) == pytest.approx(n * share, abs=4.5 * np.sqrt(n * share * (1 - share)))
    state = model.ledger.table("resident_state")
    dead_at_once = int(state["dead"][0])
    for hours, alive in ((24, 0.810), (48, 0.570), (72, 0.368)):
        tick = 10 + hours * 12
        row = int(np.flatnonzero(state["tick"] >= tick)[0])
        died = int(state["dead"][row]) - dead_at_once
        spread = np.sqrt(alive * (1 - alive) * len(trapped))
        slack = 0.02 * len(trapped)  # the hour's row comes up to an hour later
        assert len(trapped) - died == pytest.approx(alive * len(trapped), abs=4.5 * spread + slack)
    casualty = model.ledger.table("casualty")
    killed = (casualty["cause"] == "collapse") & (casualty["outcome"] == "died")
    assert casualty["persons"][killed].sum() == state["dead"][-1]
    assert sum(i.died for i in ruins) == state["dead"][-1] - dead_at_once
    assert isinstance(ruins[0], Incident)
    assert model.residents.counts[:, State.TRAPPED].sum() > 0


# V17: slow rise, Phi((ln h - 7.60) / 2.75)
@pytest.mark.parametrize(("depth_m", "chance"), [(2.0, 0.00601), (4.0, 0.01193)])
def test_v17_drowning(depth_m: float, chance: float) -> None:
    u = np.array([chance - 1e-5, chance + 1e-5], dtype=np.float32)
    depth = np.full(2, depth_m, dtype=np.float32)
    assert drowns(TOWN, depth, u).tolist() == [True, False]


def test_nobody_drowns_on_dry_ground() -> None:
    u = np.zeros(3, dtype=np.float32)
    depth = np.array([0.0, -0.4, 0.01], dtype=np.float32)
    assert drowns(TOWN, depth, u).tolist() == [False, False, True]
