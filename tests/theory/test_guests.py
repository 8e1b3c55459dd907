"""What a home holds lasts host and guests by how many they are, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.people.states import State
from anlan.sim.people.taps import Why

HOLDS_TICKS = 10
NONE = -1


class Home:
    """One household of `tiny` that goes to kin, and the home that takes it in."""

    def __init__(self) -> None:
        scenario = sim.load("tiny")
        self.people: Any = prepare(scenario).model(1, 0).parts.people
        self.guests = self.people.guests
        self.guest = int(np.flatnonzero(self.people.where.people.community == 1)[0])
        for why in (Why.TAP, Why.LARDER):
            self.guests.lasts[why][:] = HOLDS_TICKS
        self.dark = np.full(2, NONE)
        self.cut = np.full(2, NONE)

    def arrives(self) -> None:
        self.people.where.move_one(self.guest, State.WITH_KIN)
        self.guests.come(self.guest)

    def look(self, tick: int) -> None:
        self.guests.look(tick, {Why.TAP: self.dark.copy(), Why.LARDER: self.cut.copy()})

    def draws(self, home: int) -> bool:
        return bool(self.people.taps.thirsty_since[home] != NONE)

    @property
    def host(self) -> Any:
        return self.guests.host_of[self.guest]


def first_tick_of_need(at: Home, from_tick: int) -> int:
    for tick in range(from_tick, 200):
        at.look(tick)
        if at.draws(at.guest):
            return tick
    return NONE


def test_guests_from_the_beginning_share_by_heads() -> None:
    at = Home()
    at.arrives()
    at.look(3)
    assert at.people.at_risk.provided[at.guest]  # while there is power, kin have all
    at.dark[:] = 5
    host = at.host
    shared = HOLDS_TICKS * host.size / host.eaters
    assert first_tick_of_need(at, 5) == 5 + int(np.ceil(shared))
    assert at.draws(host.home)  # sooner than alone
    assert shared < HOLDS_TICKS
    assert not at.people.at_risk.provided[at.guest]


def test_guests_who_come_later_and_leave_before_the_end() -> None:
    """Four ticks alone, so many together, the rest alone again."""
    at = Home()
    at.dark[:] = 0
    for tick in range(4):
        at.look(tick)
    at.arrives()
    at.look(4)
    host = at.host
    size, together = host.size, host.eaters
    used = 4 * size + together  # a tick together
    assert used < HOLDS_TICKS * size
    assert host.dry[Why.TAP] == 4 + int(np.ceil((HOLDS_TICKS - 4) * size / together))
    at.guests.leave(at.guest, 5)
    assert host.dry[Why.TAP] == 5 + int(np.ceil((HOLDS_TICKS * size - used) / size))
    assert at.people.taps.drawn_at[at.guest] == 1  # its own place


def test_who_comes_when_nothing_is_left_is_not_provided() -> None:
    at = Home()
    at.dark[:] = 0
    for tick in range(HOLDS_TICKS + 2):
        at.look(tick)
    at.arrives()
    at.look(HOLDS_TICKS + 2)
    assert at.draws(at.guest)
    assert not at.people.at_risk.provided[at.guest]


def test_they_draw_at_the_hosts_site_and_until_the_need_is_over() -> None:
    at = Home()
    at.arrives()
    at.look(0)
    at.cut[:] = 1
    at.dark[:] = 1
    need = first_tick_of_need(at, 1)
    sites, host = at.people.around.sites, at.host
    site = sites.shelters + host.place
    before = int(sites.persons[site])
    assert before >= int(at.people.where.members[at.guest])
    at.dark[:] = NONE
    at.look(need + 1)
    assert at.draws(at.guest)  # still cut off
    at.cut[:] = NONE
    at.look(need + 2)
    assert not at.draws(at.guest)
    assert at.people.at_risk.provided[at.guest]
    assert int(sites.persons[site]) == before - int(at.people.where.members[at.guest])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_home_whose_tap_never_runs_dry_keeps_its_guests(seed: int) -> None:
    at = Home()
    at.guests.lasts[Why.TAP][:] = 2**30
    at.arrives()
    at.dark[:] = seed
    assert first_tick_of_need(at, seed) == NONE
