"""Facts of residents that are written at the end: warnings heard, and what became of orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from math import nan

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.people.at_risk import UNDER_A_ROOF, AtRisk, Cause, Fate, Way
from anlan.sim.people.draws import Draws
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.peril import Danger, Peril, of_homes
from anlan.sim.people.states import MEMBER, Outcome, State
from anlan.sim.people.whereabouts import Whereabouts
from anlan.sim.people.wounds import Wound
from anlan.sim.place.population import Population
from anlan.sim.scenario.schema import DWELLINGS

AWAY = (State.TRAVELLING, *UNDER_A_ROOF)


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
    where: Whereabouts,
    evacuation: Evacuation,
    at_risk: AtRisk,
    place_ids: Sequence[str],
    order_names: Sequence[str],
    shelter_ids: Sequence[str],
    ticks: int,
) -> None:
    """What became of each household that was told to leave or left; like ones are one row."""
    people, e = where.people, evacuation
    ids = np.flatnonzero((e.ordered_tick != NEVER) | (e.left_tick != NEVER))
    if not len(ids):
        return
    columns = (
        people.community, people.dwelling, e.order_of, e.ordered_tick, e.heard_tick, e.left_tick,
        e.arrived_tick, e.destination, e.outcome,
        (at_risk.from_tick[Way.HOME] != NEVER) | where.collapsed,
    )  # fmt: skip
    table = np.stack([c[ids] for c in columns], axis=1).astype(np.int64)
    rows, inverse = np.unique(table, axis=0, return_inverse=True)
    persons = np.bincount(inverse.ravel(), weights=people.sizes[ids]).astype(np.int64)
    away = e.away_ticks[ids] + np.where(
        np.isin(where.state[ids], AWAY), where.members[ids] * (ticks - e.left_tick[ids]), 0
    )
    harmed, died = _on_the_way(where, e.harmed)
    places = np.array(place_ids, dtype=object)
    told = [
        f"order/{order_names[n]}/{place_ids[place]}" if n != NEVER else ""
        for place, n in zip(rows[:, 0].tolist(), rows[:, 2].tolist(), strict=True)
    ]
    # Three more names at the end serve KIN = -1, NOWHERE = -2 and LODGINGS = -3 by numpy's
    # negative indices.
    destinations = np.array([*shelter_ids, "lodgings", "none", "kin"], dtype=object)
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
        home_at_risk=rows[:, 9].astype(bool),
        persons=persons,
        away_person_ticks=np.bincount(inverse.ravel(), weights=away).astype(np.int64),
        harmed_persons=np.bincount(inverse.ravel(), weights=harmed[ids]).astype(np.int64),
        died_persons=np.bincount(inverse.ravel(), weights=died[ids]).astype(np.int64),
        driven_persons=np.bincount(inverse.ravel(), weights=e.driven[ids]).astype(np.int64),
        queue_person_min=np.bincount(inverse.ravel(), weights=e.queue_min[ids]),
    )


def _on_the_way(
    where: Whereabouts, persons: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(H,) how many of each household came to harm on the way, and how many of these are dead."""
    rows = np.array(persons, dtype=np.int64)
    homes, each = where.people.household[rows], where.people.stands_for[rows]
    harmed, died = np.zeros((2, where.people.households), dtype=np.int64)
    np.add.at(harmed, homes, each)
    np.add.at(died, homes, each * (where.apart[rows] == State.DEAD))
    return harmed, died


def write_at_risk(
    ledger: Ledger,
    where: Whereabouts,
    evacuation: Evacuation,
    at_risk: AtRisk,
    place_ids: Sequence[str],
    warned_tick: NDArray[np.int64],
    draws: Draws,
) -> None:
    """Everybody at risk, one way after the other; people with the same story are one row.

    warned_tick (H,): when each household heard a public warning, NEVER where it heard none.
    """
    kits = {
        Way.SUPPLY: draws.thirsty_ticks - draws.thirsty_no_kit_ticks,
        Way.ROAD: draws.bare_ticks - draws.bare_no_kit_ticks,
    }
    heard = np.where(warned_tick == NEVER, evacuation.heard_tick, warned_tick)
    both = (warned_tick != NEVER) & (evacuation.heard_tick != NEVER)
    heard[both] = np.minimum(warned_tick, evacuation.heard_tick)[both]
    since = at_risk.from_tick.copy()
    since[since == NEVER] = np.iinfo(np.int32).max
    first = since.min(axis=0)
    for way in Way:
        homes = np.flatnonzero(at_risk.from_tick[way] != NEVER)
        if len(homes):
            lasts = kits[way][homes] if way in kits else np.zeros(len(homes), dtype=np.int32)
            _write_way(
                ledger, where, evacuation, at_risk, place_ids, way, homes, lasts, heard, first
            )


def _write_way(
    ledger: Ledger,
    where: Whereabouts,
    evacuation: Evacuation,
    at_risk: AtRisk,
    place_ids: Sequence[str],
    way: Way,
    homes: NDArray[np.int64],
    kit_ticks: NDArray[np.int32],
    heard_tick: NDArray[np.int64],
    first_tick: NDArray[np.int32],
) -> None:
    """kit_ticks (n,): how long each of n homes lives on its emergency kit."""
    people, risk = where.people, at_risk
    from_tick, ordered_tick = risk.from_tick[way], evacuation.ordered_tick
    stays = way != Way.HOME
    # As the state: 0 no, 1 yes.
    by_home = np.stack([
        people.community[homes],
        risk.cause[way, homes],
        first_tick[homes] < from_tick[homes],
        from_tick[homes],
        from_tick[homes] + kit_ticks,
        risk.ended_tick[way, homes],
        (heard_tick[homes] != NEVER) & (heard_tick[homes] < from_tick[homes]),
        (ordered_tick[homes] != NEVER) & (ordered_tick[homes] < from_tick[homes]),
        risk.state[way, homes],
        np.full(len(homes), NEVER) if stays else risk.roof_tick[homes],
        risk.relief_tick[homes],
        np.full(len(homes), False) if stays else risk.kept_from(homes),
    ], axis=1).astype(np.int64)  # fmt: skip
    sizes = people.resident_start[homes + 1] - people.resident_start[homes]
    persons = of_homes(people, homes)
    table = np.empty((len(persons), by_home.shape[1] + 1), dtype=np.int64)
    table[:, :-1] = np.repeat(by_home, sizes, axis=0)
    _by_themselves(table, where, risk, persons, np.repeat(first_tick[homes], sizes), stays)
    rows, inverse = _alike(table)
    count = np.bincount(inverse, weights=people.stands_for[persons]).astype(np.int64)
    ledger.add_many(
        facts.AtRisk,
        community=np.array(place_ids, dtype=object)[rows[:, 0]],
        way=way.name.lower(),
        cause=_names(Cause)[rows[:, 1]],
        again=rows[:, 2].astype(bool),
        from_tick=rows[:, 3],
        lacks_tick=rows[:, 4],
        ended_tick=rows[:, 5],
        warned=rows[:, 6].astype(bool),
        ordered=rows[:, 7].astype(bool),
        state=_names(State)[rows[:, 8]],
        roof_tick=rows[:, 9],
        relief_tick=rows[:, 10],
        spared=rows[:, 11].astype(bool),
        fate=_names(Fate)[rows[:, 12]],
        persons=count,
    )


def _by_themselves(
    table: NDArray[np.int64],
    where: Whereabouts,
    risk: AtRisk,
    persons: NDArray[np.int64],
    first_tick: NDArray[np.int32],
    stays: bool,
) -> None:
    """Each person's fate; and the roof and relief of those whom harm has parted from the others.

    Unless they had it before they have either when a crew brings them out, and never if that did
    not happen.
    """
    apart = where.apart[persons]
    alone = apart != MEMBER
    who = persons[alone].tolist()
    out = np.array([risk.out_tick.get(p, NEVER) for p in who], dtype=np.int64)
    roof, relief = np.array([risk.until_parted[p] for p in who], dtype=np.int64).reshape(-1, 2).T
    if not stays:
        table[alone, 9] = np.where(roof != NEVER, roof, out)
    given = np.where(out == NEVER, NEVER, np.maximum(out, first_tick[alone]))
    table[alone, 10] = np.where(relief != NEVER, relief, given)
    table[:, 12] = _fates(where, risk, persons)


def _fates(where: Whereabouts, risk: AtRisk, persons: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) what has become of some people by now."""
    apart, hurt = where.apart[persons], np.isin(persons, list(risk.hurt))
    fates = [apart == State.DEAD, hurt, apart == State.TRAPPED]
    return np.select(fates, [Fate.DEAD, Fate.HURT, Fate.TRAPPED], Fate.WELL)


def write_peril(
    ledger: Ledger, where: Whereabouts, peril: Peril, at_risk: AtRisk, place_ids: Sequence[str]
) -> None:
    """Everybody in peril once; people with the same story are one row."""
    persons = np.flatnonzero(peril.from_tick != NEVER)
    people, caught = where.people, [peril.slowest(person) for person in persons.tolist()]
    incidents = sorted({"", *caught})
    number = {incident: n for n, incident in enumerate(incidents)}
    table = np.stack([
        people.community[people.household[persons]],
        peril.cause[persons],
        peril.from_tick[persons],
        peril.state[persons],
        np.array([number[incident] for incident in caught], dtype=np.int64),
        _fates(where, at_risk, persons),
    ], axis=1).astype(np.int64)  # fmt: skip
    rows, inverse = _alike(table)
    count = np.bincount(inverse, weights=people.stands_for[persons]).astype(np.int64)
    ledger.add_many(
        facts.InPeril,
        community=np.array(place_ids, dtype=object)[rows[:, 0]],
        cause=_names(Danger)[rows[:, 1]],
        from_tick=rows[:, 2],
        state=_names(State)[rows[:, 3]],
        incident=np.array(incidents, dtype=object)[rows[:, 4]],
        fate=_names(Fate)[rows[:, 5]],
        persons=count,
    )


def _alike(table: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct rows, sorted, and which each row is (numpy's own is slow on many columns)."""
    order = np.lexsort(table.T[::-1])
    ranked = table[order]
    new = np.ones(len(table), dtype=bool)
    new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    which = np.empty(len(table), dtype=np.int64)
    which[order] = np.cumsum(new) - 1
    return ranked[new], which


def _names(of: type[IntEnum]) -> NDArray[np.object_]:
    return np.array([member.name.lower() for member in of], dtype=object)


def write_wounds(
    ledger: Ledger, wounds: Mapping[int, Wound], people: Population, place_ids: Sequence[str],
    end_min: float,
) -> None:  # fmt: skip
    """A row for everybody who was hurt, by row of residents; what has not come is no number."""

    def by_then(minute: float, until_min: float) -> float:
        return minute if minute < until_min else nan

    for person in sorted(wounds):
        wound = wounds[person]
        alive_min = min(end_min, wound.died_min)
        ledger.add(
            facts.Wound(
                incident=wound.incident.id,
                community=place_ids[int(people.community[people.household[person]])],
                cause=wound.cause,
                severity=wound.severity.name.lower(),
                persons=int(people.stands_for[person]),
                since_min=wound.since_min,
                aid_min=by_then(wound.aid_min, alive_min),
                care_min=by_then(wound.care_min, alive_min),
                carried_min=by_then(wound.carried_min, alive_min),
                fetched_min=by_then(wound.fetched_min, alive_min),
                ambulance=wound.ambulance,
                hospital_min=by_then(wound.hospital_min, alive_min),
                hospital=wound.hospital,
                died_tick=wound.died_tick,
            )
        )
