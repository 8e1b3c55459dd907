"""What whoever drives knows of the roads."""

from __future__ import annotations

from typing import Protocol

from anlan.sim.place.roads import Route


class Ways(Protocol):
    """The ways that crews and drivers know of, and where they tell of a road that they find
    closed.
    """

    def route(self, vehicle: str, origin: int, destination: int) -> Route | None:
        """The quickest way as far as is known; None where none is."""
        ...

    def found_closed(self, road: int, tick: int, by_tree: bool) -> None:
        """A crew or lorry stands before a road that a tree or water closes, and says so by
        radio.
        """
        ...
