"""A shelter: places that fill up, and the site at which its people draw on stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from anlan.sim.scenario import schema

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel


class Shelter(Agent):  # type: ignore[misc]
    """Never holds or promises more than its capacity."""

    model: ResponseModel

    def __init__(self, model: ResponseModel, row: schema.Shelter, number: int) -> None:
        super().__init__(model)
        self.id = row.shelter
        self.number = number  # also its site number
        self.place = model.world.index[row.community]
        self.capacity = row.capacity
        self.occupants = 0
        self.reserved = 0  # on their way
        self.open = False

    @property
    def room(self) -> int:
        return self.capacity - self.occupants - self.reserved

    def take_in(self, persons: int, tick: int) -> None:
        """People come in and from now on draw on its stock."""
        self.occupants += persons
        self.model.sites.enter(self.number, persons, tick)

    def let_go(self, persons: int, came_tick: int, tick: int) -> None:
        """People who came in at `came_tick` leave."""
        self.occupants -= persons
        self.model.sites.leave(self.number, persons, came_tick, tick)
