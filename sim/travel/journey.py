"""A vehicle on the road: it drives link by link, and learns what is closed when it comes to it.

Its way was chosen on a map that may be out of date. Each link takes what it takes when the vehicle
begins it, after the queue there of those who leave, or a part of that; a link that is found closed,
or that closes under the wheels, ends the journey at the last node passed. Minutes are kept below
the tick.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from math import nan

from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.networks.roads import Roads
from anlan.sim.place.roads import Route
from anlan.sim.scenario.clock import Clock
from anlan.sim.travel.ways import Ways

UNDER_WAY, ARRIVED, STOPPED = "under_way", "arrived", "turned_back"


@dataclass
class Journey:
    """One way over the roads. Times are minutes since the start of the run.

    `wait_min`: before the wheels turn; `last_min`: the streets after the last node;
    `queue_share`: how much of a queue on the road it waits in.
    """

    id: str
    route: Route
    vehicle: str
    ordered_min: float
    wait_min: float = 0.0
    last_min: float = 0.0
    queue_share: float = 1.0
    at: int = 0  # how many links are behind it
    driven_km: float = 0.0
    outcome: str = UNDER_WAY
    blocked: int = NEVER  # the road that stopped it
    departed_min: float = field(init=False)
    _next_min: float = field(default=0.0)  # when it comes to its next node, or to its end
    _began_min: float = field(default=0.0)  # when it began the link that it is on

    def __post_init__(self) -> None:
        self.departed_min = self._next_min = self._began_min = self.ordered_min + self.wait_min
        self._legs = -1  # nothing begun yet

    @property
    def origin(self) -> int:
        """The node that it left."""
        return self.route.nodes[0]

    @property
    def destination(self) -> int:
        """The node that it is bound for."""
        return self.route.nodes[-1]

    @property
    def place(self) -> int:
        """The last node passed."""
        return self.route.nodes[self.at]

    @property
    def over_min(self) -> float:
        """When it ended, to the minute and below; of a journey that is over."""
        return self._next_min

    def tell(self, ways: Ways, roads: Roads, tick: int) -> None:
        """Say by radio what stopped it: water would not stop a boat."""
        if self.blocked != NEVER:
            ways.found_closed(self.blocked, tick, bool(roads.closed["boat"][self.blocked]))

    def drive(self, begins_min: float, ends_min: float, roads: Roads) -> bool:
        """Drive through a tick by its roads; True when the journey is over before its end."""
        if self._under_wheels(begins_min, roads):
            self._turn_back(begins_min)
        while self.outcome == UNDER_WAY and self._next_min < ends_min:
            self._begin_next(roads)
        return self.outcome != UNDER_WAY and self._next_min < ends_min

    def step(self, tick_begins_min: float, roads: Roads) -> bool:
        """Drive to the beginning of a tick; True when the journey is over by then.

        At least one tick is spent on any way: a lorry's day goes by ticks.
        """
        if tick_begins_min <= self.ordered_min:
            return False
        until_min = tick_begins_min + 1e-9
        if self._under_wheels(until_min, roads):
            self._turn_back(tick_begins_min)
        while self.outcome == UNDER_WAY and self._next_min <= until_min:
            self._begin_next(roads)
        return self.outcome != UNDER_WAY and self._next_min <= until_min

    def _under_wheels(self, minute: float, roads: Roads) -> bool:
        """Whether the link that it is on at a minute is closed."""
        still_on_it = self.outcome == UNDER_WAY and self._on_link() and self._next_min > minute
        return still_on_it and self._closed(roads)

    def _on_link(self) -> bool:
        return self.at <= self._legs < len(self.route.roads)

    def _closed(self, roads: Roads) -> bool:
        return bool(roads.closed[self.vehicle][self.route.roads[self._legs]])

    def _begin_next(self, roads: Roads) -> None:
        """At a node: on to the next link if it is open, else the journey ends here."""
        if self._on_link():
            self.driven_km += float(roads.table.length_km[self.route.roads[self._legs]])
            self.at = self._legs + 1
        self._legs = self.at
        if self.at == len(self.route.roads):
            self.outcome = ARRIVED
            self._next_min += self.last_min
            return
        road = self.route.roads[self.at]
        if roads.closed[self.vehicle][road]:
            self.outcome, self.blocked = STOPPED, road
            return
        self._began_min = self._next_min
        queue_min = roads.queue_min(road, self.place, self._next_min)
        self._next_min += queue_min * self.queue_share
        self._next_min += float(roads.minutes[self.vehicle][road])

    def _turn_back(self, now_min: float) -> None:
        """The link under the wheels has closed: back to the last node, as long as it took."""
        self.blocked = self.route.roads[self._legs]
        self.outcome = STOPPED
        self._next_min = now_min + max(0.0, now_min - self._began_min)


class Trips:
    """Names the trips of a run and writes each down when it ends."""

    def __init__(self, place_ids: list[str], clock: Clock, ledger: Ledger) -> None:
        self.place_ids = place_ids
        self.clock = clock
        self.ledger = ledger
        self._numbers: dict[str, itertools.count[int]] = {}

    def name(self, agent: str) -> str:
        """An id for the next trip of a crew or lorry."""
        return f"{agent}/{next(self._numbers.setdefault(agent, itertools.count(1)))}"

    def write(
        self, agent: str, kind: str, purpose: str, about: str, journey: Journey, over: bool
    ) -> None:
        """Write down a journey as it stands; one of no length is not a trip."""
        if not journey.route.roads:
            return
        arrived_min = journey.over_min if over else nan
        self.ledger.add(
            facts.Trip(
                trip=journey.id,
                agent=agent,
                kind=kind,
                purpose=purpose,
                about=about,
                origin=self.place_ids[journey.origin],
                destination=self.place_ids[journey.destination],
                departed_tick=self.clock.tick_at(journey.departed_min),
                arrived_tick=self.clock.tick_at(arrived_min),
                departed_min=journey.departed_min,
                arrived_min=arrived_min,
                distance_km=journey.route.distance_km,
                outcome=journey.outcome,
            )
        )
