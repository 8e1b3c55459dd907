"""Where some crews stand, and to whom a way may lead from there by the roads as they are known.

No way is known from one part of the network to another; within a part there is one, unless one-way
roads forbid it. So it is enough to ask part by part, and only of a few incidents how long it takes.
"""

from __future__ import annotations

from collections.abc import Iterable

from anlan.sim.command.board import Group, Task
from anlan.sim.command.picture import KnownRoads
from anlan.sim.crews.crew import VEHICLES, Crew

Start = tuple[str, int]  # vehicle, part of its network
Wanted = tuple[str, bool, bool, bool]  # need, driven to, an engine, crews of micro stations count


class Standing:
    """Crews by what they can do and where they are."""

    def __init__(self, crews: Iterable[Crew], roads: KnownRoads) -> None:
        self._part = [(vehicle, roads.part_of(vehicle)) for vehicle in VEHICLES]
        self._part_by = dict(self._part)
        self._places: dict[tuple[frozenset[str], str, bool], set[int]] = {}
        for crew in crews:
            who = crew.can, crew.vehicle, crew.micro
            at = self._places.get(who)
            if at is None:
                at = self._places[who] = set()
            at.add(crew.place)
        self._starts: dict[Wanted, set[Start]] = {}
        self._loose: dict[str, set[Start]] = {}

    @property
    def can(self) -> frozenset[str]:
        """What they can do together."""
        return frozenset[str]().union(*(can for can, _, _ in self._places))

    def may_reach(self, incident: Task) -> bool:
        """Whether a way leads from one that can do what it may need, whatever that one drives."""
        starts = self._loose.get(incident.may_need)
        if starts is None:
            starts = self._loose[incident.may_need] = {
                (by, self._part_by[by][place])
                for (can, vehicle, _), places in self._places.items()
                if incident.may_need in can
                for by in {"lorry", vehicle}
                for place in places
            }
        return self._leads(starts, incident.place, incident.other_end)

    def reaches(self, group: Group | Task, micro: bool = False) -> bool:
        """Whether a way leads from one that can do what is needed, by what that one drives."""
        wanted = group.need, group.driven_to, group.needs_engine, micro
        starts = self._starts.get(wanted)
        if starts is None:
            starts = self._starts[wanted] = self._starts_for(*wanted)
        return self._leads(starts, group.place, group.other_end)

    def _starts_for(self, need: str, driven_to: bool, engine: bool, micro: bool) -> set[Start]:
        starts: set[Start] = set()
        for (can, vehicle, is_micro), places in self._places.items():
            if need in can and (micro or not is_micro or not engine):
                by = "lorry" if driven_to else vehicle
                part = self._part_by[by]
                starts.update([(by, part[place]) for place in places])
        return starts

    def _leads(self, starts: set[Start], place: int, other_end: int) -> bool:
        return bool(starts) and any(
            (by, part[place]) in starts or (by, part[other_end]) in starts
            for by, part in self._part
        )


def joined[T: (Task, Group)](
    incidents: list[T], crews: list[Crew], roads: KnownRoads, micro: bool = False
) -> tuple[list[T], list[Crew]]:
    """Those of some incidents, or groups of them, and crews between whom a way may lead, as far as
    the crews can help there.

    All others have no finite minutes in any table, and no part in what a policy decides.
    """
    if not (incidents and crews):
        return [], []
    standing = Standing(crews, roads)
    left = [i for i in incidents if standing.reaches(i, micro)]
    if not left:
        return [], []
    part = {vehicle: roads.part_of(vehicle) for vehicle in VEHICLES}
    ends: dict[tuple[str, bool, bool], set[Start]] = {}
    for i in left:
        at = ends.setdefault((i.need, i.driven_to, i.needs_engine), set())
        for vehicle in ("lorry",) if i.driven_to else VEHICLES:
            at |= {(vehicle, part[vehicle][i.place]), (vehicle, part[vehicle][i.other_end])}

    def comes(crew: Crew) -> bool:
        for (need, driven_to, engine), at in ends.items():
            if need in crew.can and (micro or not crew.micro or not engine):
                vehicle = "lorry" if driven_to else crew.vehicle
                if (vehicle, part[vehicle][crew.place]) in at:
                    return True
        return False

    return left, [crew for crew in crews if comes(crew)]
