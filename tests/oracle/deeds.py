"""Things done to a run in its middle, at random: what a crew, a player or another hazard may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from anlan.sim.command.seats import MoveOrder
from anlan.sim.engine import prepare
from anlan.sim.incidents.incident import Incident
from anlan.sim.parts import Parts
from anlan.sim.people.at_risk import Cause
from tests.oracle.held import Deed
from tests.oracle.persons import DWELLINGS

# Channels of the warnings that are given out besides command's own.
CHANNELS = (("loudspeaker",), ("sms", "tv"), ("door",))
Draw = np.random.Generator


def at_random(scenario: Any, seed: int, kinds: Sequence[str], number: int) -> dict[int, Deed]:
    """Some deeds of some kinds, at ticks and places drawn by a seed: always the same."""
    draw = np.random.default_rng(seed)
    people = prepare(scenario).world.people
    by_tick: dict[int, list[Deed]] = {}
    for n in range(number):
        tick = int(draw.integers(1, scenario.ticks - 1))
        place = int(draw.integers(len(scenario.communities)))
        make = MAKERS[kinds[int(draw.integers(len(kinds)))]]
        by_tick.setdefault(tick, []).append(make(draw, people, place, n))
    return {tick: _all(deeds) for tick, deeds in by_tick.items()}


def _all(deeds: list[Deed]) -> Deed:
    return lambda parts, tick: [deed(parts, tick) for deed in deeds]


def _cut(draw: Draw, people: Any, place: int, n: int) -> Deed:
    repair_h = 12.0 * draw.random()
    return lambda parts, tick: parts.power.cut(place, tick, repair_h)


def _mend(draw: Draw, people: Any, place: int, n: int) -> Deed:
    return lambda parts, tick: parts.power.work(place, 100.0)


def _flood(draw: Draw, people: Any, place: int, n: int) -> Deed:
    """A dike breaks: so many millimetres over the whole cell, to be seen from the next tick on."""
    stored_mm = 600.0 * draw.random()

    def flood(parts: Parts, tick: int) -> None:
        parts.water.cells.let_in(place, stored_mm)

    return flood


def _dry(draw: Draw, people: Any, place: int, n: int) -> Deed:
    return lambda parts, tick: parts.water.cells.take(place, 1e6)


def _ruin(draw: Draw, people: Any, place: int, n: int) -> Deed:
    homes = np.sort(draw.choice(people.households, 5, replace=False))
    return lambda parts, tick: parts.people.ruin(homes, tick)


def _burn(draw: Draw, people: Any, place: int, n: int) -> Deed:
    first, last = people.household_start[place : place + 2]
    homes = np.sort(draw.choice(np.arange(first, last), min(6, last - first), replace=False))
    kw_m = 3000.0 * draw.random(len(homes))

    def burn(parts: Parts, tick: int) -> None:
        fire: Incident[Any] = Incident(f"burn/{n}/{tick}", "forest_fire", place, tick)
        parts.incidents.open(fire, tick, unseen=True)
        parts.people.burn(homes, kw_m, tick, fire)

    return burn


def _hold_back(draw: Draw, people: Any, place: int, n: int) -> Deed:
    """A forest fire would have come to some homes, and is held back."""
    first, last = people.household_start[place : place + 2]
    homes = np.sort(draw.choice(np.arange(first, last), min(8, last - first), replace=False))

    def hold_back(parts: Parts, tick: int) -> None:
        parts.people.threaten(homes, tick, Cause.FOREST_FIRE)
        parts.people.spare(homes, tick)
        parts.people.spare(homes[::2], tick)  # to say it again changes nothing

    return hold_back


def _shake(draw: Draw, people: Any, place: int, n: int) -> Deed:
    """Some die, some are hurt, some trapped, and some homes are not to be lived in any more."""
    first, last = people.resident_start[people.household_start[place : place + 2]]
    struck = draw.choice(np.arange(first, last), min(9, last - first), replace=False)
    killed, wounded, caught = (np.sort(struck[k::3]) for k in range(3))
    homes = np.unique(people.household[draw.choice(struck, min(4, len(struck)), replace=False)])

    def shake(parts: Parts, tick: int) -> None:
        incident: Incident[Any] = Incident(f"shake/{n}", "collapse", place, tick)
        parts.people.kill(killed, tick, "shaking", incident)
        hurt = parts.people.hurt(wounded, tick, "shaking", incident)
        lasts = np.full(len(caught), tick + 90)
        trapped = parts.people.trap(caught, lasts, tick, incident)
        incident.people = np.sort(np.concatenate([hurt, trapped]))
        incident.persons = people.persons(incident.people)
        parts.incidents.open(incident, tick)
        parts.people.threaten(homes, tick, Cause.SHAKING)
        parts.people.unhouse(homes, tick)

    return shake


def _trap(draw: Draw, people: Any, place: int, n: int) -> Deed:
    """Some cannot get out of somewhere; one of them is carried out at once."""
    first, last = people.resident_start[people.household_start[place : place + 2]]
    persons = np.sort(draw.choice(np.arange(first, last), min(8, last - first), replace=False))
    lasts = draw.integers(-2, 30, len(persons))

    def trap(parts: Parts, tick: int) -> None:
        incident: Incident[Any] = Incident(f"trap/{n}", "collapse", place, tick)
        incident.people = parts.people.trap(persons, tick + lasts, tick, incident)
        incident.persons = people.persons(incident.people)
        parts.incidents.open(incident, tick)
        if len(incident.people):
            parts.people.carry_out(int(incident.people[0]), incident)

    return trap


def order(move: MoveOrder) -> Deed:
    """Shelters open, and command gives an order."""

    def give(parts: Parts, tick: int) -> None:
        parts.shelters.open()
        parts.command.means.calls.give(move, parts.people, tick)

    return give


def stand_down(parts: Parts, tick: int) -> None:
    """People are told that they may go home."""
    parts.people.stand_down(tick)


def _order(draw: Draw, people: Any, place: int, n: int) -> Deed:
    dwellings = tuple(draw.choice(DWELLINGS, 2, replace=False).tolist())
    return order(MoveOrder("made-up", dwellings, (place,)))


def _warn(draw: Draw, people: Any, place: int, n: int) -> Deed:
    channels = CHANNELS[int(draw.integers(len(CHANNELS)))]

    def warn(parts: Parts, tick: int) -> None:
        spread = parts.words.say(channels)
        spread.begin(place)
        parts.people.warn(spread)

    return warn


def _stand_down(draw: Draw, people: Any, place: int, n: int) -> Deed:
    return stand_down


MAKERS: dict[str, Callable[[Draw, Any, int, int], Deed]] = {
    "cut": _cut,
    "mend": _mend,
    "flood": _flood,
    "dry": _dry,
    "ruin": _ruin,
    "burn": _burn,
    "trap": _trap,
    "shake": _shake,
    "hold back": _hold_back,
    "order": _order,
    "warn": _warn,
    "stand down": _stand_down,
}
