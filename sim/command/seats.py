"""The seats of command: what can be decided by the built-in policy, by another, or by a person.

Each decision is one small Protocol. A seat sees the picture and nothing else; what it decides is
carried out by the desk, the calls, the crews and the stores. `Seats` names who sits where; a drill
or a test puts somebody else in any of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.picture import Picture
from anlan.sim.incidents.incident import Incident
from anlan.sim.scenario.schema import Dwelling, Response
from anlan.sim.threats import Threat

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew

Eta = NDArray[np.float64]  # (incidents, crews) minutes; infinite: cannot come
Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class MoveOrder:
    """Who is to leave: dwelling groups of some places (rows of communities), or of some homes."""

    name: str  # a word for the ledger: the response level, or the kind of threat
    dwellings: tuple[Dwelling, ...]
    places: tuple[int, ...]
    homes: NDArray[np.int64] | None = None  # of the places these households; None: all


class DeskSeat(Protocol):
    """Reads the reports that come in (`desk.Desk`)."""

    def put(
        self, thing: Incident[Crew], came_min: float, pieces: int = 1, about: Hashable = None
    ) -> None:
        """A report has come; one that stands for several is as many pieces. Those `about` the same
        are read together; None: about nothing else.
        """
        ...

    def __len__(self) -> int:
        """How many wait to be read."""
        ...

    def serve(self, before_min: float, takes_min: float) -> Iterator[tuple[Incident[Crew], float]]:
        """What begins to be read before a minute, and the minute at which it has been."""
        ...


class PictureSeat(Protocol):
    """Puts what has been told, or read, into the picture on which everybody else decides."""

    def threat(self, picture: Picture, threat: Threat) -> None:
        """A source says what threatens whom."""
        ...

    def incident(self, picture: Picture, incident: Incident[Crew]) -> None:
        """A report has been read."""
        ...


class LevelSeat(Protocol):
    """Raises the grade of warning, says which response goes with it, and stands down."""

    def grade(self, picture: Picture, tick: int) -> int:
        """The grade that the threats in force call for; -1 for none."""
        ...

    def level(self, grade: int) -> int:
        """The response (row of [[response]]) for a grade; -1 for none."""
        ...


class OrderSeat(Protocol):
    """Orders people to leave."""

    def on_level(self, response: Response, places: int) -> MoveOrder | None:
        """The order that goes with a response that comes into force."""
        ...

    def on_threats(self, picture: Picture, tick: int) -> list[MoveOrder]:
        """Orders for what threatens some places, whatever the level."""
        ...


class DispatchSeat(Protocol):
    """Says which idle crew goes to which incident.

    It is asked at the beginning of a tick, and within it whenever a crew has become free, a way
    is known to have opened or closed, or an incident wants more than before.
    """

    def __call__(self, incidents: list[Incident[Crew]], crews: list[Crew], eta: Eta) -> Pairs:
        """(incident, crew) pairs, each crew once."""
        ...


class SupplySeat(Protocol):
    """Says which site is served first."""

    def __call__(
        self, short: NDArray[np.int64], want_kg: NDArray[np.float64], minutes: NDArray[np.float64]
    ) -> list[int]:
        """Sites in order. `short` people short now, `want_kg`, `minutes` from a store, (S,)
        each.
        """
        ...


class AidSeat(Protocol):
    """Asks for help from outside."""

    def asks(self, asked_at: str, level: str | None) -> bool:
        """Whether help that is to be asked for at a level is asked for at the one in force."""
        ...


@dataclass(frozen=True)
class Seats:
    """Who decides what in one run."""

    desk: DeskSeat
    picture: PictureSeat
    levels: LevelSeat
    orders: OrderSeat
    dispatch: DispatchSeat
    supply: SupplySeat
    aid: AidSeat
