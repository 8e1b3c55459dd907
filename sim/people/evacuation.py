"""How far each household has come on its way out and back, and the dates that it has set itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.states import NOWHERE

Ids = NDArray[np.int64]


class Evacuation:
    """(H,) arrays of H households; ticks are NEVER where a thing has not happened."""

    def __init__(self, households: int, calendar: Calendar) -> None:
        def never() -> NDArray[np.int32]:
            return np.full(households, NEVER, dtype=np.int32)

        self.calendar = calendar
        self.outcome = np.zeros(households, dtype=np.uint8)
        self.destination = np.full(households, NOWHERE, dtype=np.int32)
        self.ordered_tick = never()
        self.order_of = np.full(households, NEVER, dtype=np.int16)  # which of the orders told it
        self.heard_tick = never()  # the order
        self.left_tick = never()
        self.arrived_tick = never()
        # person-ticks that it was away from home, of the times from which it came back
        self.away_ticks = np.zeros(households, dtype=np.int64)
        self.driven = np.zeros(households, dtype=np.int64)  # persons who set out by car or bus
        self.queue_min = np.zeros(households)  # person-minutes that they wait on the road
        self.next_leave = never()  # only the latest date counts
        self.next_return = never()  # likewise
        self.harmed: list[int] = []  # rows of residents who came to harm on the way
        self.on_bus_list = np.zeros(households, dtype=bool)
        self.fled = np.zeros(households, dtype=bool)  # out of a home that cannot be lived in
        self.stood_down = False

    def come_back(self, home: int, members: int, tick: int) -> None:
        """So many of a household are at home again."""
        self.away_ticks[home] += members * (tick - int(self.left_tick[home]))

    def plan_leave(self, homes: Ids, ticks: NDArray[np.integer]) -> None:
        """Households (n,) are ready to set out at ticks (n,)."""
        self.next_leave[homes] = ticks
        self.calendar.add("leave", ticks, homes)

    def plan_leave_one(self, home: int, tick: int) -> None:
        """As `plan_leave`, for one household."""
        self.next_leave[home] = tick
        self.calendar.add_one("leave", tick, home)

    def plan_return(self, homes: Ids, ticks: NDArray[np.integer]) -> None:
        """Households (n,) go home at ticks (n,)."""
        self.next_return[homes] = ticks
        self.calendar.add("return", ticks, homes)

    def plan_return_one(self, home: int, tick: int) -> None:
        """As `plan_return`, for one household."""
        self.next_return[home] = tick
        self.calendar.add_one("return", tick, home)
