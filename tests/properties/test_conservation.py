"""Nothing appears from nowhere and nothing is lost: checked at the end of every tick."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from anlan.sim.crews.crew import STATES
from anlan.sim.engine import prepare
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.networks.messages import FIRE_DESK
from anlan.sim.people.residents import Residents
from anlan.sim.people.states import KIN, MEMBER, State
from tests.oracle.district import cut
from tests.oracle.runs import check_crews, check_people

# A failing case is small enough as it is: no shrinking, which would play hundreds of runs.
QUICK = settings(
    max_examples=5, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)


@QUICK
@given(
    seed=st.integers(0, 10**6),
    wind_factor=st.floats(1.0, 1.8),
    blocking=st.floats(0.002, 0.2),
    stock_share=st.sampled_from([0.0, 0.02, 0.2]),
    seats=st.sampled_from([0, 5, 60]),
    scale=st.sampled_from([1, 3, 10]),
)
def test_every_tick_adds_up(
    seed: int, wind_factor: float, blocking: float, stock_share: float, seats: int, scale: int
) -> None:
    scenario = cut(240, 4, 48, 24.0, wind_factor, stock_share,
                   tree__blocking_share=blocking, residents__scale=scale)  # fmt: skip
    town = scenario.towns[0].model_copy(update={"bus_seats_per_h": seats})
    model = prepare(scenario.model_copy(update={"towns": (town,)})).model(seed, 0)
    at_first = held(model)
    before: dict[str, Any] = {}
    for _ in range(model.ticks):
        model.step()
        people_add_up(model)
        shelters_add_up(model)
        items_add_up(model, at_first)
        crews_are_somewhere(model)
        messages_are_somewhere(model)
        water_adds_up(model)
        buses_add_up(model)
        before = nothing_is_undone(model, before)
    assert model.time == model.ticks


def held(model: ResponseModel) -> NDArray[np.int64]:
    """(I,) all units of each item that there are, wherever they lie."""
    by = model.parts.recorder.stock_by_holder()
    return np.asarray(by["at_stores"] + by["on_trucks"] + by["at_sites"] + by["lost"])


def residents_of(model: ResponseModel) -> Residents:
    people = model.parts.people
    assert isinstance(people, Residents)
    return people


def people_add_up(model: ResponseModel) -> None:
    """Every resident is in one state, and the counts are the counts of those states."""
    check_people(model)
    r, people = residents_of(model), model.parts.world.people
    apart = r.where.apart != MEMBER
    together = np.bincount(
        people.household[~apart], people.stands_for[~apart], minlength=people.households
    )
    assert (together == r.where.members).all()


def shelters_add_up(model: ResponseModel) -> None:
    """Places taken and promised never exceed a shelter's; those inside are counted inside."""
    r, sites, shelters = residents_of(model), model.parts.sites, model.parts.shelters.all
    for shelter in shelters:
        assert shelter.occupants >= 0
        assert shelter.reserved >= 0
        assert shelter.occupants + shelter.reserved <= shelter.capacity
        on_the_way = (r.where.state == State.TRAVELLING) & (
            r.evacuation.destination == shelter.number
        )
        assert shelter.reserved == r.where.members[on_the_way].sum()
        assert shelter.occupants == sites.persons[shelter.number]
        assert shelter.open or shelter.occupants == 0
    assert sum(s.occupants for s in shelters) == r.where.counts[:, State.SHELTERED].sum()
    thirsty = np.bincount(
        r.taps.drawn_at[r.taps.thirsty_since != NEVER],  # at home, or where kin live
        weights=r.where.members[r.taps.thirsty_since != NEVER],
        minlength=model.parts.world.places,
    )
    assert (sites.persons[sites.shelters :] == thirsty).all()
    away_at_kin = (r.where.state == State.WITH_KIN) & (r.where.members > 0)
    assert (r.evacuation.destination[away_at_kin] == KIN).all()


def items_add_up(model: ResponseModel, at_first: NDArray[np.int64]) -> None:
    """stores + trucks + sites + issued + lost = initial + received, to the unit."""
    p = model.parts
    by, sites, goods = p.recorder.stock_by_holder(), p.sites, p.recorder.goods
    assert (held(model) + sites.issued == at_first + by["received"]).all()
    for part in by.values():
        assert (part >= 0).all()
    assert (sites.stock >= 0).all()
    assert (sites.owed >= 0).all()
    assert (sites.persons >= 0).all()
    assert (sites.issued <= sites.needed).all()
    for site, cohorts in sites.waiting.items():
        waiting = [c.persons for c in cohorts.values()]
        assert min(waiting, default=0) >= 0
        assert sum(waiting) <= sites.persons[site]
    for store in p.stores:
        assert (store.stock >= 0).all()
        for lorry in p.lorries[store.id]:
            assert all(drop.cargo.any() for drop in lorry.drops)
            assert not lorry.drops or lorry.state != "idle"
            assert (lorry.state == "driving") == (lorry.journey is not None)
            assert lorry.cargo @ goods.kg <= store.row.truck_kg + 1e-9
            assert lorry.cargo @ goods.m3 <= store.row.truck_m3 + 1e-9


def crews_are_somewhere(model: ResponseModel) -> None:
    """A crew has one state and at most one task, and the task knows it."""
    check_crews(model)
    p = model.parts
    for crew in p.crews:
        assert crew.state in STATES
        assert 0 <= crew.place < p.world.places
        assert (crew.state == "travelling") == (crew.journey is not None)
    for incident in p.incidents.all:
        assert len(set(incident.crews)) == len(incident.crews)
        assert incident.rescued + incident.died <= incident.persons
        assert incident.persons == p.world.people.persons(incident.people) + incident.others
        times = [incident.occurred_min, incident.found_min, incident.reported_min,
                 incident.read_min, incident.dispatched_min, incident.mustered_min,
                 incident.departed_min, incident.arrived_min, incident.started_min,
                 incident.done_min]  # fmt: skip
        reached = [t for t in times if not math.isnan(t)]
        assert reached == sorted(reached)
        # An order to pump may be called off before anybody has come.
        assert incident.against_water or times[: len(reached)] == reached


def messages_are_somewhere(model: ResponseModel) -> None:
    """Each report that was sent waits, has arrived, or is written down: once, and in one place.

    What waits does so where the phone is out. Nothing that has arrived is left over a tick but a
    call for help in mortal danger: 119 takes the calls of a tick before the water rises in it.
    """
    p = model.parts
    found = [i for i in p.incidents.all if not (math.isnan(i.found_min) or i.against_water)]
    reports = [m.id for m in p.messages.waiting if m.kind == "report"]
    written = p.ledger.table("message")
    reports += written["message"][written["kind"] == "report"].tolist()
    assert sorted(reports) == sorted(f"report/{i.id}" for i in found)
    assert all(p.phone.out[m.place] for m in p.messages.waiting)
    begins_min = p.clock.minute_of(model.time - 1)
    left = [(m.kind, m.to, m.received_min) for m in p.messages.arrived]
    assert left == [("cry", FIRE_DESK, begins_min)] * len(left)
    ids = written["message"].tolist()
    assert len(set(ids)) == len(ids)


def water_adds_up(model: ResponseModel) -> None:
    """What ran off, came over the wall or from a neighbour stands there, was drained or pumped."""
    cells, area_m2 = model.parts.water.cells, model.parts.water.area_m2
    went = cells.drained + cells.pumped + cells.taken + cells.to_river
    assert (cells.stored >= 0.0).all()
    came = cells.runoff + cells.from_sea + cells.flowed
    np.testing.assert_allclose(cells.stored + went, came, atol=1e-6)
    assert abs(cells.flowed @ area_m2) <= 1e-9 * (np.abs(cells.flowed) @ area_m2)


def buses_add_up(model: ResponseModel) -> None:
    """Seats left over are never negative, and each waiting household waits once."""
    r = residents_of(model)
    waiting = [home for queue in r.buses.lists for home in queue]
    assert sorted(waiting) == np.flatnonzero(r.evacuation.on_bus_list).tolist()
    for queue, credit in zip(r.buses.lists, r.buses.credit, strict=True):
        assert credit >= 0
        assert queue or credit == 0


def nothing_is_undone(model: ResponseModel, before: dict[str, Any]) -> dict[str, Any]:
    """The dead stay dead, and what was given out or lost stays so."""
    p = model.parts
    now = {
        "dead": p.people.counts[:, State.DEAD].copy(),
        "issued": p.sites.issued.copy(),
        "needed": p.sites.needed.copy(),
        "received": p.recorder.stock_by_holder()["received"],
        "entered": p.sites.entered.copy(),
        "incidents": np.array([len(p.incidents.all)]),
        "fallen": p.water.cells.fallen.copy(),
    }
    for name, value in before.items():
        assert (now[name] >= value).all(), name
    return now
