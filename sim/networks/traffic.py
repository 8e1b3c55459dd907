"""Queues on the roads: a direction of a road passes no more in a time slot than its lanes carry.

Whoever sets out books the roads of the way one after another: on each the first slots that have
room from the minute of getting there on. Vehicles of one booking that find no room in one slot take
that of the next. So what passes in a slot is never more than the capacity, whoever comes early is
not held up by who has booked before and comes late, and the delay behind one road is that of a
queue with a server. A queue stands beside the road: it does not reach back over the road before.

Vehicles are counted in whole thousandths of a car, so that no sum hangs on an order. Nothing is
done in a tick in which nobody sets out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from anlan.sim.forcing.base import Present
from anlan.sim.ledger import Ledger, facts
from anlan.sim.place.lanes import Flows
from anlan.sim.place.roads import RoadTable
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules

UNITS = 1000  # in a car


@dataclass(frozen=True)
class TrafficRules(Rules, prefix="road"):
    """How finely time is cut, what heavy rain takes, and how long contraflow takes to begin."""

    slot_min: float
    heavy_rain_mm_h: float
    rain_flow_factor: float
    contraflow_setup_min: float


@dataclass
class Slots:
    """One direction of a road, slot by slot since the start of the run."""

    taken: list[int] = field(default_factory=list)  # thousandths of a car that pass in each
    # slot -> vehicle-minutes of waiting of those who pass in it, and the longest wait
    waited: dict[int, tuple[float, float]] = field(default_factory=dict)
    # Slots from the first to before the second are full for so many units or fewer.
    full: tuple[int, int, int] = (0, 0, 0)

    def first_free(self, slot: int, room: int) -> int:
        """The first slot from one on that holds less than its room."""
        begins, ends, full_for = self.full
        known = full_for >= room and begins <= slot <= ends
        at = ends if known else slot
        count = len(self.taken)
        while at < count and self.taken[at] >= room:
            at += 1
        self.full = (begins if known else slot, at, room)
        return at

    def fill(self, slot: int, room: int, units: int) -> int:
        """Take room from a slot on; the slot in which the last of them passes."""
        while True:
            if slot >= len(self.taken):
                self.taken.extend([0] * (slot + 1 - len(self.taken)))
            part = min(units, max(0, room - self.taken[slot]))
            self.taken[slot] += part
            units -= part
            if not units:
                return slot
            slot += 1


class Traffic:
    """The booked slots of all roads of a run. A link is a road in one direction (`link`)."""

    def __init__(
        self,
        rules: TrafficRules,
        flows: Flows,
        table: RoadTable,
        place_ids: Sequence[str],
        present: Present,
        clock: Clock,
    ) -> None:
        self.rules = rules
        self.place_ids = place_ids
        self.flows = flows
        self.table = table
        self.present = present
        self.clock = clock
        self.slots: dict[int, Slots] = {}  # of the links that anybody has booked
        self.spells: list[tuple[float, float]] = []  # minutes of contraflow that are over
        self._since = inf  # when contraflow begins, or has begun
        self._rooms: dict[int, int] = {}  # of links in the present tick
        self._as_of = -1

    def link(self, road: int, origin: int) -> int:
        """A road as it is driven over from one of its ends."""
        return 2 * road + int(origin != self.table.a[road])

    # -- contraflow ---------------------------------------------------------------------------

    def begin_contraflow(self, minute: float) -> None:
        """Command orders it: it is in force when the lanes have been cleared."""
        self._since = min(self._since, minute + self.rules.contraflow_setup_min)

    def end_contraflow(self, minute: float) -> None:
        """All lanes serve their own direction again."""
        if self._since < minute:
            self.spells.append((self._since, minute))
        self._since = inf

    def is_contraflow(self, begins_min: float, ends_min: float) -> bool:
        """Whether it is or was in force within some minutes."""
        spells = [*self.spells, (self._since, inf)]
        return any(since < ends_min and begins_min < until for since, until in spells)

    # -- who drives ---------------------------------------------------------------------------

    def book(self, link: int, minute: float, units: int) -> float:
        """So many thousandths of a car come to a link at a minute; how long they wait there."""
        slots = self.slots.get(link)
        if slots is None:
            slots = self.slots[link] = Slots()
        room = self._room(link)
        slot = slots.fill(slots.first_free(self._slot(minute), room), room, units)
        wait_min = max(0.0, slot * self.rules.slot_min - minute)
        if wait_min:
            spent, longest = slots.waited.get(slot, (0.0, 0.0))
            spent += wait_min * units / UNITS
            slots.waited[slot] = (spent, max(longest, wait_min))
        return wait_min

    def wait_min(self, link: int, minute: float) -> float:
        """How long one more vehicle would wait there, as booked so far."""
        slots = self.slots.get(link)
        if slots is None:
            return 0.0
        slot = slots.first_free(self._slot(minute), self._room(link))
        return max(0.0, slot * self.rules.slot_min - minute)

    def _slot(self, minute: float) -> int:
        return int(minute // self.rules.slot_min)

    def _room(self, link: int) -> int:
        """Thousandths of a car that a link passes in a slot, as the roads are in this tick."""
        if self._as_of != self.present.tick:
            self._as_of = self.present.tick
            self._rooms.clear()
        room = self._rooms.get(link)
        if room is None:
            room = self._rooms[link] = self._room_now(link)
        return room

    def _room_now(self, link: int) -> int:
        road, back = divmod(link, 2)
        now_min = self.clock.minute_of(self._as_of)
        flows = self.flows.contraflow if self._since <= now_min else self.flows.veh_h
        veh_h, rain = float(flows[road, back]), self.present.sky.rain_mm_h
        ends = int(self.table.a[road]), int(self.table.b[road])
        if max(float(rain[end]) for end in ends) >= self.rules.heavy_rain_mm_h:
            veh_h *= self.rules.rain_flow_factor
        return max(1, int(veh_h * self.rules.slot_min / 60.0 * UNITS))

    # -- facts --------------------------------------------------------------------------------

    def finish(self, ledger: Ledger) -> None:
        """Write what has passed each link that anybody took in each hour of the run."""
        for link in sorted(self.slots, key=self._name):
            road, back = divmod(link, 2)
            ends = [int(self.table.a[road]), int(self.table.b[road])]
            for hour, (units, spent, longest) in sorted(self._by_hour(link).items()):
                before_min, until_min = 60.0 * hour, 60.0 * (hour + 1)
                if until_min > self.clock.end_min:
                    break
                turned = self.is_contraflow(before_min, until_min)
                flows = self.flows.contraflow if turned else self.flows.veh_h
                ledger.add(
                    facts.RoadLoad(
                        tick=self.clock.tick_at(until_min) - 1,
                        road=self.table.ids[road],
                        origin=self.place_ids[ends[back]],
                        destination=self.place_ids[ends[1 - back]],
                        vehicles=units / UNITS,
                        capacity_veh_h=float(flows[road, back]),
                        waited_veh_min=spent,
                        longest_wait_min=longest,
                    )
                )

    def _name(self, link: int) -> tuple[str, int]:
        return self.table.ids[link // 2], link % 2

    def _by_hour(self, link: int) -> dict[int, tuple[int, float, float]]:
        """Hour -> thousandths of a car, vehicle-minutes waited, longest wait."""
        found: dict[int, tuple[int, float, float]] = {}
        slots = self.slots[link]
        for slot, units in enumerate(slots.taken):
            if units:
                hour = int(slot * self.rules.slot_min // 60.0)
                spent, longest = slots.waited.get(slot, (0.0, 0.0))
                before = found.get(hour, (0, 0.0, 0.0))
                found[hour] = (before[0] + units, before[1] + spent, max(before[2], longest))
        return found
