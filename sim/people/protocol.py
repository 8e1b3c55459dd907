"""What the rest of the run may ask of the residents, whoever plays them.

The arrays of `residents` play them fast; the plain agents of the tests' oracle play the same rules
one person at a time. Both must write the same ledger.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import Ledger
from anlan.sim.people.at_risk import Cause
from anlan.sim.people.spread import Spread
from anlan.sim.scenario.schema import Dwelling

Ids = NDArray[np.int64]


class People(Protocol):
    """The residents in one run. Rows are of residents or of households, as in `population`."""

    @property
    def counts(self) -> NDArray[np.int64]:
        """(C, states) persons of each community in each state."""
        ...

    def at_risk_at_sites(self) -> NDArray[np.int64]:
        """(S,) of those who draw on each site, the persons whose risk is not over."""
        ...

    def warn(self, spread: Spread) -> None:
        """A public warning begins to spread."""
        ...

    def order(
        self, dwellings: tuple[Dwelling, ...], tick: int, spread: Spread, places: NDArray[np.bool_],
        name: str, homes: Ids | None = None,
    ) -> int:  # fmt: skip
        """Tell dwelling groups of some places (C,), or these homes there, to leave; how many
        persons are newly told.
        """
        ...

    def stand_down(self, tick: int) -> None:
        """The danger is over: people go home over the next hours."""
        ...

    def step(self, tick: int) -> None:
        """All that falls due in a tick, in a fixed order."""
        ...

    def trap(self, persons: Ids, last_ticks: Ids, tick: int, incident: Incident[Any]) -> Ids:
        """Trap people who are at home; those who really are. Each dies at the end of
        `last_ticks`.
        """
        ...

    def carry_out(self, person: int, incident: Incident[Any]) -> bool:
        """A crew brings one trapped person out alive; False if that person is not trapped now."""
        ...

    def bring_out(self, incident: Incident[Any], tick: int) -> None:
        """A crew has finished: those still alive are out, in care or under a roof."""
        ...

    def water_rushes(self, place: int) -> None:
        """A dike has broken before a place: water that comes there rises fast."""
        ...

    def homes_below(self, place: int, depth_m: float) -> Ids:
        """Rows of the households of a place that so deep a water on the street would strand."""
        ...

    def bags_wanted(self, place: int, upto_m: float) -> float:
        """Bags that the homes of a place take which a depth on the street would reach, and which
        can still be kept dry.
        """
        ...

    def lay_bags(self, place: int, bags: float, upto_m: float) -> float:
        """Crews bring so many bags to these homes, one after another; how many of them are laid."""
        ...

    def their_turn(self, persons: Ids, incident: Incident[Any], minute: float) -> float:
        """Work at an incident has come so far that some people are out, or treated; for how many
        minutes the crews there carry the badly hurt among them to the road.
        """
        ...

    def turns(self, incident: Incident[Any]) -> Ids:
        """The people of an incident in the order in which crews take them."""
        ...

    def below(self, incident: Incident[Any]) -> Ids:
        """Those of an incident in the water who are not upstairs."""
        ...

    def first_aid(self, incident: Incident[Any], minute: float, helpers: float) -> None:
        """From a minute on so many people give first aid at an incident."""
        ...

    def burn(
        self, homes: Ids, kw_m: NDArray[np.float64], tick: int, fire: Incident[Any]
    ) -> tuple[int, Incident[Any] | None]:
        """A forest fire reaches homes of one place; how many died, and the incident of the hurt."""
        ...

    def ruin(self, homes: Ids, tick: int) -> None:
        """Some homes fall down over whoever is in them."""
        ...

    def threaten(self, homes: Ids, tick: int, cause: Cause) -> None:
        """Some homes are untenable, or would be if nobody had held the hazard back."""
        ...

    def kill(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people die at once, those who are at home; returns who did."""
        ...

    def hurt(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people are hurt, those who are at home, and wait for care; returns who are."""
        ...

    def unhouse(self, homes: Ids, tick: int) -> int:
        """Some homes cannot be lived in any more, whatever has done it; who is in them looks for
        another roof. How many persons these are.
        """
        ...

    def spare(self, homes: Ids, tick: int) -> None:
        """Help has held a hazard back from some homes that it would have come to by now; whoever
        is at home there lacks nothing, until it comes after all.
        """
        ...

    def end(self, tick: int) -> None:
        """A tick is over: what has become of the hurt in its minutes."""
        ...

    def finish(self, ledger: Ledger) -> None:
        """Write who heard the warning when, and what became of the orders to leave."""
        ...
