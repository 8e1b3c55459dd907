"""Where some crews stand, and to whom a way may lead from there by the roads as they are known.

No way is known from one part of the network to another; within a part there is one, unless one-way
roads forbid it. So it is enough to ask part by part, and only of a few incidents how long it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from anlan.sim.command.board import Group, Task
from anlan.sim.command.picture import KnownRoads
from anlan.sim.crews.crew import VEHICLES, Crew, comes_by

Wants = Group | Task  # an incident, or what all of a group have in common
Post = tuple[frozenset[str], str, bool]  # what a crew can do, its vehicle, whether it is micro
Posts = dict[Post, dict[int, dict[int, Crew]]]  # -> place -> crews by turn
Parts = dict[str, set[int]]  # vehicle -> parts of its network


class Want(NamedTuple):
    """What is wanted of a crew, and how it comes."""

    need: str
    driven_to: bool
    needs_engine: bool

    @classmethod
    def of(cls, wants: Wants) -> Want:
        """What an incident, or all of a group, wants."""
        return cls(wants.need, wants.driven_to, wants.needs_engine)

    def suits(self, can: frozenset[str], is_micro: bool, micro: bool) -> bool:
        """Whether a crew that can do some things helps.

        One of a micro station does not stand in for an engine: it is asked for by `micro`.
        """
        return self.need in can and (micro or not is_micro or not self.needs_engine)

    def driven_by(self, vehicle: str) -> str:
        """What a crew with a vehicle of its own drives there."""
        return comes_by(vehicle, self.driven_to)


def posts_of(crews: Iterable[Crew]) -> Posts:
    """Crews by their posts and places."""
    posts: defaultdict[Post, defaultdict[int, dict[int, Crew]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for crew in crews:
        posts[crew.can, crew.vehicle, crew.micro][crew.place][crew.turn] = crew
    return posts  # type: ignore[return-value]


class Standing:
    """Crews by what they can do and where they are."""

    def __init__(self, posts: Posts, roads: KnownRoads) -> None:
        self._part = {vehicle: roads.part_of(vehicle) for vehicle in VEHICLES}
        self._posts = posts
        self._starts: dict[tuple[Want, bool], Parts] = {}
        self._loose: dict[str, Parts] = {}

    @property
    def can(self) -> frozenset[str]:
        """What they can do together."""
        return frozenset[str]().union(*(can for can, _, _ in self._posts))

    def may_reach(self, incident: Task) -> bool:
        """Whether a way leads from one that can do what it may need, whatever that one drives."""
        starts = self._loose.get(incident.may_need)
        if starts is None:
            starts = self._loose[incident.may_need] = {vehicle: set() for vehicle in VEHICLES}
            for (can, vehicle, _), places in self._posts.items():
                for by in {"lorry", vehicle} if incident.may_need in can else ():
                    starts[by].update([self._part[by][place] for place in places])
        return self._leads(starts, incident)

    def reaches(self, wants: Wants, micro: bool = False) -> bool:
        """Whether a way leads from one that can do what is needed, by what that one drives."""
        want = Want.of(wants)
        starts = self._starts.get((want, micro))
        if starts is None:
            starts = self._starts[want, micro] = {vehicle: set() for vehicle in VEHICLES}
            for (can, vehicle, is_micro), places in self._posts.items():
                if want.suits(can, is_micro, micro):
                    by = want.driven_by(vehicle)
                    starts[by].update([self._part[by][place] for place in places])
        return self._leads(starts, wants)

    def _leads(self, starts: Parts, wants: Wants) -> bool:
        for vehicle, parts in starts.items():
            part = self._part[vehicle]
            if parts and (part[wants.place] in parts or part[wants.other_end] in parts):
                return True
        return False

    def who_come(self, wants: Sequence[Wants], micro: bool = False) -> list[Crew]:
        """Those from whom a way may lead to one that they can help, by turn."""
        ends: dict[Want, Parts] = {}
        for one in wants:
            want = Want.of(one)
            parts = ends.get(want)
            if parts is None:
                parts = ends[want] = {vehicle: set() for vehicle in VEHICLES}
            for vehicle, part in self._part.items():
                parts[vehicle] |= {part[one.place], part[one.other_end]}
        found: dict[int, Crew] = {}
        for post, places in self._posts.items():
            for place, crews in places.items():
                if self._comes(post, place, ends, micro):
                    found |= crews
        return [found[turn] for turn in sorted(found)]

    def _comes(self, post: Post, place: int, ends: dict[Want, Parts], micro: bool) -> bool:
        can, vehicle, is_micro = post
        for want, parts in ends.items():
            if want.suits(can, is_micro, micro):
                by = want.driven_by(vehicle)
                if self._part[by][place] in parts[by]:
                    return True
        return False


def joined(
    incidents: list[Task], crews: list[Crew], roads: KnownRoads, micro: bool = False
) -> tuple[list[Task], list[Crew]]:
    """Those of some incidents and crews between whom a way may lead, as far as these can help.

    All others have no finite minutes in any table, and no part in what a policy decides.
    """
    if not (incidents and crews):
        return [], []
    standing = Standing(posts_of(crews), roads)
    left = [i for i in incidents if standing.reaches(i, micro)]
    return left, standing.who_come(left, micro) if left else []
