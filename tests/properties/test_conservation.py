"""Nothing appears from nowhere and nothing is lost: checked at the end of every tick."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan.sim.chance import Streams
from anlan.sim.crews.crew import STATES
from anlan.sim.engine import prepare
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.people.residents import KIN, MEMBER, State
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import cut

# A failing case is small enough as it is: no shrinking, which would play hundreds of runs.
QUICK = settings(
    max_examples=5, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)


def model_of(scenario: Scenario, seed: int) -> ResponseModel:
    engine = prepare(scenario)
    streams = Streams(seed, 0)
    return ResponseModel(engine.world, engine.hazard.realise(streams), streams)


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
    model = model_of(scenario.model_copy(update={"towns": (town,)}), seed)
    before: dict[str, Any] = {}
    for _ in range(model.ticks):
        model.step()
        people_add_up(model)
        shelters_add_up(model)
        items_add_up(model)
        crews_are_somewhere(model)
        buses_add_up(model)
        before = nothing_is_undone(model, before)
    assert model.time == model.ticks


def people_add_up(model: ResponseModel) -> None:
    """Every resident is in one state, and the counts are the counts of those states."""
    r, people = model.residents, model.world.people
    apart = r.apart != MEMBER
    state = np.where(apart, r.apart, r.state[people.household])
    place = people.community[people.household]
    counted = np.zeros_like(r.counts)
    np.add.at(counted, (place, state), people.stands_for)
    assert (counted == r.counts).all()
    assert r.counts.sum(axis=1).tolist() == [c.residents for c in model.world.scenario.communities]
    together = np.bincount(
        people.household[~apart], people.stands_for[~apart], minlength=people.households
    )
    assert (together == r.members).all()


def shelters_add_up(model: ResponseModel) -> None:
    """Places taken and promised never exceed a shelter's; those inside are counted inside."""
    r = model.residents
    for shelter in model.shelters:
        assert shelter.occupants >= 0
        assert shelter.reserved >= 0
        assert shelter.occupants + shelter.reserved <= shelter.capacity
        on_the_way = (r.state == State.TRAVELLING) & (r.destination == shelter.number)
        assert shelter.reserved == r.members[on_the_way].sum()
        assert shelter.occupants == model.sites.persons[shelter.number]
        assert shelter.open or shelter.occupants == 0
    assert sum(s.occupants for s in model.shelters) == r.counts[:, State.SHELTERED].sum()
    homes = r.people.community[r.thirsty_since != NEVER]
    thirsty = np.bincount(
        homes, weights=r.members[r.thirsty_since != NEVER], minlength=model.world.places
    )
    assert (model.sites.persons[len(model.shelters) :] == thirsty).all()
    away_at_kin = (r.state == State.WITH_KIN) & (r.members > 0)
    assert (r.destination[away_at_kin] == KIN).all()


def items_add_up(model: ResponseModel) -> None:
    """stores + trucks + sites + issued + lost = initial + received, to the unit."""
    held = model.stock_by_holder()
    now = held["at_stores"] + held["on_trucks"] + held["at_sites"] + held["lost"]
    assert (now + model.sites.issued == model.initial + held["received"]).all()
    for part in held.values():
        assert (part >= 0).all()
    assert (model.sites.stock >= 0).all()
    assert (model.sites.owed >= 0).all()
    assert (model.sites.persons >= 0).all()
    assert (model.sites.issued <= model.sites.needed).all()
    for site, cohorts in model.sites.waiting.items():
        waiting = [c.persons for c in cohorts]
        assert min(waiting, default=0) >= 0
        assert sum(waiting) <= model.sites.persons[site]
    for store in model.stores:
        assert (store.stock >= 0).all()
        for truck in store.trucks:
            assert all(drop.cargo.any() for drop in truck.drops)
            assert not truck.drops or truck.state != "idle"
            assert (truck.state == "driving") == (truck.journey is not None)
            assert truck.cargo @ model.command.supply.kg <= store.row.truck_kg + 1e-9
            assert truck.cargo @ model.command.supply.m3 <= store.row.truck_m3 + 1e-9


def crews_are_somewhere(model: ResponseModel) -> None:
    """A crew has one state and at most one task, and the task knows it."""
    for crew in model.crews:
        assert crew.state in STATES
        assert 0 <= crew.place < model.world.places
        assert (crew.state == "travelling") == (crew.journey is not None)
        assert crew.state != "working" or crew.task is not None
        tasks = [i.number for i in model.incidents if crew in i.crews]
        assert tasks == ([crew.task.number] if crew.task else [])
    for incident in model.incidents:
        assert len(set(incident.crews)) == len(incident.crews)
        assert incident.rescued + incident.died <= incident.persons
        assert incident.persons == model.world.people.persons(incident.people)
        times = [incident.occurred_tick, incident.reported_tick, incident.known_tick,
                 incident.dispatched_tick, incident.arrived_tick, incident.done_tick]  # fmt: skip
        reached = [t for t in times if t != NEVER]
        assert times[: len(reached)] == reached == sorted(reached)


def buses_add_up(model: ResponseModel) -> None:
    """Seats left over are never negative, and each waiting household waits once."""
    waiting = [home for queue in model.bus_lists for home in queue]
    assert sorted(waiting) == np.flatnonzero(model.residents.on_bus_list).tolist()
    for queue, credit in zip(model.bus_lists, model.bus_credit, strict=True):
        assert credit >= 0
        assert queue or credit == 0


def nothing_is_undone(model: ResponseModel, before: dict[str, Any]) -> dict[str, Any]:
    """The dead stay dead, and what was given out or lost stays so."""
    now = {
        "dead": model.residents.counts[:, State.DEAD].copy(),
        "issued": model.sites.issued.copy(),
        "needed": model.sites.needed.copy(),
        "received": model.stock_by_holder()["received"],
        "entered": model.sites.entered.copy(),
        "incidents": np.array([len(model.incidents)]),
    }
    for name, value in before.items():
        assert (now[name] >= value).all(), name
    return now
