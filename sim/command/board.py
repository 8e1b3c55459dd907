"""The board of the duty office: what it knows of and has not seen finished, by what is wanted.

Hundreds of incidents may wait for days behind closed roads. So those in one place that want the
same hang together, and dispatch asks once a group; whatever changes is hung elsewhere as it
changes, so that nobody has to read all of the board.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING

from anlan.sim.command.covering import BARE, turn_of
from anlan.sim.incidents.incident import FLOOD, Incident

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew

type Task = Incident[Crew]
Tasks = dict[int, Task]  # by number: the order in which they became known
Key = tuple[int, int, str, int, str, str, bool]


@dataclass(eq=False, slots=True)
class Group:
    """Incidents of one kind between the same two ends that want the same of a crew.

    `unordered`: those of them for which nobody has been called in or sent yet.
    """

    kind: str
    turn: int  # see `covering`
    place: int
    other_end: int
    need: str
    may_need: str
    own_town: bool
    against_water: bool
    burns: bool
    driven_to: bool
    needs_engine: bool
    those: Tasks = field(default_factory=dict)
    unordered: Tasks = field(default_factory=dict)

    @property
    def bare(self) -> bool:
        """Whether these are people in the water who cannot wait and to whom nobody is sent."""
        return self.kind == FLOOD and self.turn in BARE

    def put(self, incident: Task) -> None:
        """One more that is like the others."""
        self.those[incident.number] = incident
        if isnan(incident.dispatched_min):
            self.unordered[incident.number] = incident


@dataclass
class Groups:
    """Incidents in groups."""

    by_key: dict[Key, Group] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Group]:
        return iter(self.by_key.values())

    def put(self, i: Task) -> Group:
        """Into the group where it belongs."""
        turn = turn_of(i)
        key = _key(i, turn)
        group = self.by_key.get(key)
        if group is None:
            group = self.by_key[key] = Group(
                i.kind, turn, i.place, i.other_end, i.need, i.may_need, i.own_town,
                i.against_water, i.burns, i.driven_to, i.needs_engine,
            )  # fmt: skip
        group.put(i)
        return group

    def drop(self, group: Group, number: int) -> None:
        """Out of its group; nobody asks about a group of none."""
        del group.those[number]
        group.unordered.pop(number, None)
        if not group.those:
            del self.by_key[_key(group, group.turn)]


def _key(wants: Group | Task, turn: int) -> Key:
    """What incidents have in common that are in one group."""
    at = wants.place, wants.other_end, wants.kind
    return *at, turn, wants.need, wants.may_need, wants.own_town


@dataclass
class Board:
    """All that are known and not finished; each stands in `to_look_at`, in a group, or has what it
    wants. It is told by the incidents themselves (`incidents.incident.Follower`).
    """

    all: Tasks = field(default_factory=dict)
    floods: Tasks = field(default_factory=dict)
    drowning: Tasks = field(default_factory=dict)  # of these, in mortal danger, and nobody is sent
    scenes: Tasks = field(default_factory=dict)  # those that live their own life
    changing: Tasks = field(default_factory=dict)  # of these, what changes by itself: fires, ruins
    sites: Tasks = field(default_factory=dict)  # orders against water, which do so, too
    # Who is there, or is wanted, has changed. Most scenes always are: they change by themselves.
    to_look_at: Tasks = field(default_factory=dict)
    # As last looked at, these want more: people, fires, trees; and orders against water.
    short: Groups = field(default_factory=Groups)
    waters: Groups = field(default_factory=Groups)
    fresh: set[int] = field(default_factory=set)  # numbers of those that have changed
    _group_of: dict[int, Group] = field(default_factory=dict)  # by number
    _finished: list[Task] = field(default_factory=list)
    _known: int = 0

    def put(self, incident: Task) -> None:
        """Command has come to know of it."""
        self._known += 1
        incident.number, incident.follower = self._known, self
        self.all[incident.number] = incident
        if incident.kind == FLOOD:
            self.floods[incident.number] = incident
        if incident.against_water:
            self.sites[incident.number] = incident
        self.moved(incident)
        if not incident.open:
            self._finished.append(incident)

    def moved(self, incident: Task) -> None:
        """It wants something else, or it has to be looked at."""
        number = incident.number
        self.fresh.add(number)
        self._take_down(number)
        if incident.kind == FLOOD and not isnan(incident.urgent_min):
            self.drowning.pop(number, None)
            if not incident.crews and not incident.only_upstairs:
                self.drowning[number] = incident
        if incident.scene is not None:
            self.scenes[number] = incident
            if not incident.against_water:
                self.changing[number] = incident
        if incident.is_short is None:
            self.to_look_at[number] = incident
        elif incident.is_short:
            self._group_of[number] = self._hanging(incident).put(incident)

    def take_fresh(self) -> set[int]:
        """Numbers of those that have changed since this was last asked."""
        fresh, self.fresh = self.fresh, set()
        return fresh

    def groups_of(self, numbers: set[int]) -> set[Group]:
        """The groups in which some of those with these numbers hang."""
        return {self._group_of[n] for n in numbers if n in self._group_of}

    def ordered(self, incident: Task) -> None:
        """Somebody has been called in, or sent, for it."""
        group = self._group_of.get(incident.number)
        if group is not None:
            group.unordered.pop(incident.number, None)

    def finished(self, incident: Task) -> None:
        """Its work is done; it leaves the board when the board is tidied."""
        self._finished.append(incident)

    def tidy(self) -> None:
        """What is finished leaves the board."""
        for incident in self._finished:
            number, incident.follower = incident.number, None
            self._take_down(number)
            for tasks in (
                self.all, self.floods, self.drowning, self.scenes, self.changing, self.sites,
            ):  # fmt: skip
                tasks.pop(number, None)
        self._finished.clear()

    def _take_down(self, number: int) -> None:
        self.to_look_at.pop(number, None)
        group = self._group_of.pop(number, None)
        if group is not None:
            self._hanging(group).drop(group, number)

    def _hanging(self, wants: Group | Task) -> Groups:
        return self.waters if wants.against_water else self.short


def in_order(found: Tasks) -> list[Task]:
    """In the order in which they became known."""
    return [found[number] for number in sorted(found)]
