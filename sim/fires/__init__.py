"""Fires in a run: sources that start them, and scenes at which crews work.

A source is made once a run and stepped every tick before command acts; it lights fires, grows
them, and opens incidents whose `scene` says how many crews are wanted and what their work does.
A new kind of fire is a module here and one line in SOURCES.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from anlan.sim.ledger import Ledger
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel


class Source(Protocol):
    """Something that lights fires and grows them."""

    def step(self, tick: int) -> None:
        """Light, grow and burn for one tick."""
        ...

    def finish(self, ledger: Ledger) -> None:
        """Write what is left to write at the end."""
        ...


# (does the scenario have it, how to make it)
Entry = tuple[Callable[[Scenario], bool], Callable[["ResponseModel"], Source]]


def _buildings(model: ResponseModel) -> Source:
    from anlan.sim.fires.building import BuildingFires

    return BuildingFires(model)


def _forest(model: ResponseModel) -> Source:
    from anlan.sim.fires.forest import ForestFires

    return ForestFires(model)


SOURCES: dict[str, Entry] = {
    "forest": (lambda s: "forest_fire" in s.hazards, _forest),
    "building": (lambda s: "building_fire" in s.hazards, _buildings),
}


def sources(model: ResponseModel) -> list[Source]:
    """The sources of fire that a scenario has."""
    return [make(model) for has, make in SOURCES.values() if has(model.world.scenario)]
