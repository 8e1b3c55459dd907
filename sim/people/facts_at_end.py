"""Facts of residents that are written at the end: warnings heard, and what became of orders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.states import Outcome
from anlan.sim.place.population import Population
from anlan.sim.scenario.schema import DWELLINGS


def write_warning(
    ledger: Ledger,
    people: Population,
    place_ids: Sequence[str],
    warned_tick: NDArray[np.int64],
    ticks: int,
) -> None:
    """How many persons of each place first heard a public warning in each tick, or never.

    warned_tick (H,) of each household, NEVER where it heard none; ticks: how many the run has.
    """
    when = np.where(warned_tick == NEVER, ticks, warned_tick)
    key = people.community.astype(np.int64) * (ticks + 1) + when
    persons = np.bincount(key, weights=people.sizes, minlength=1).astype(np.int64)
    used = np.flatnonzero(persons)
    heard = used % (ticks + 1)
    ledger.add_many(
        facts.WarningHeard,
        community=np.array(place_ids, dtype=object)[used // (ticks + 1)],
        heard_tick=np.where(heard == ticks, NEVER, heard),
        persons=persons[used],
    )


def write_evacuation(
    ledger: Ledger,
    people: Population,
    evacuation: Evacuation,
    place_ids: Sequence[str],
    order_names: Sequence[str],
    shelter_ids: Sequence[str],
) -> None:
    """What became of each household that was told to leave or left; like ones are one row."""
    e = evacuation
    ids = np.flatnonzero((e.ordered_tick != NEVER) | (e.left_tick != NEVER))
    if not len(ids):
        return
    columns = (
        people.community, people.dwelling, e.order_of, e.ordered_tick, e.heard_tick, e.left_tick,
        e.arrived_tick, e.destination, e.outcome,
    )  # fmt: skip
    table = np.stack([c[ids] for c in columns], axis=1).astype(np.int64)
    rows, inverse = np.unique(table, axis=0, return_inverse=True)
    persons = np.bincount(inverse.ravel(), weights=people.sizes[ids]).astype(np.int64)
    places = np.array(place_ids, dtype=object)
    told = [
        f"order/{order_names[n]}/{place_ids[place]}" if n != NEVER else ""
        for place, n in zip(rows[:, 0].tolist(), rows[:, 2].tolist(), strict=True)
    ]
    # Two more names at the end serve KIN = -1 and NOWHERE = -2 by numpy's negative indices.
    destinations = np.array([*shelter_ids, "none", "kin"], dtype=object)
    outcomes = np.array([o.name.lower() for o in Outcome], dtype=object)
    ledger.add_many(
        facts.Evacuation,
        community=places[rows[:, 0]],
        dwelling=np.array(DWELLINGS, dtype=object)[rows[:, 1]],
        order=told,
        ordered_tick=rows[:, 3],
        heard_tick=rows[:, 4],
        left_tick=rows[:, 5],
        arrived_tick=rows[:, 6],
        destination=destinations[rows[:, 7]],
        outcome=outcomes[rows[:, 8]],
        persons=persons,
    )
