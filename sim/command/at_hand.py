"""Who can be sent, called in, or is about to be ready: looked up once a tick, and kept up in it.

A district has thousands of crews, and a few of them change at a time. So they hang together by
what they can do and where they stand, and whoever changes is hung elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from anlan.sim.command.standing import Post, Posts
from anlan.sim.crews.crew import Crew
from anlan.sim.crews.duty import Duty

Crews = dict[int, Crew]  # by turn


@dataclass
class AtHand:
    """Crews that can be sent now, that can be called in, and that muster."""

    duty: Duty[Crew]
    idle: Crews = field(default_factory=dict)
    rested: Crews = field(default_factory=dict)
    mustering: Crews = field(default_factory=dict)
    posts: Posts = field(default_factory=dict)  # of those who are idle
    _can: dict[str, Counter[frozenset[str]]] = field(default_factory=dict)  # state -> how many
    _hung: dict[int, tuple[str, Post, int]] = field(default_factory=dict)  # state, post, place
    _calm: list[bool] = field(default_factory=list)

    def look(self, calm: list[bool], minute: float) -> None:
        """Ask all crews, if it is calm elsewhere than before. `calm`: (C,) where they set out."""
        if calm == self._calm:
            return
        self._calm = calm
        for kept in (self.idle, self.rested, self.mustering, self.posts, self._can, self._hung):
            kept.clear()
        self.duty.take_left()
        for state in ("idle", "off_duty", "mustering"):
            for crew in self.duty.those(state):
                self._hang(crew, minute)

    def keep_up(self, freed: Iterable[Crew], minute: float) -> None:
        """Take note of who has done something else since, and of who has become ready."""
        for crew in (*self.duty.take_left(), *freed):
            self._take_down(crew)
            self._hang(crew, minute)

    def can(self) -> frozenset[str]:
        """What those who are idle, or can be called in, can do together."""
        return frozenset[str]().union(*self._kinds("idle"), *self._kinds("off_duty"))

    def can_soon(self) -> frozenset[str]:
        """What those who muster can do together."""
        return frozenset[str]().union(*self._kinds("mustering"))

    def has_boat_for(self, need: str) -> bool:
        """Whether somebody who is idle has a boat, and can do something else."""
        return any(need in can and vehicle == "boat" for can, vehicle, _ in self.posts)

    def those_idle(self) -> list[Crew]:
        """By turn."""
        return _by_turn(self.idle)

    def those_idle_who(self, can: str) -> list[Crew]:
        """Those of them who can do something, by turn."""
        found: Crews = {}
        for post, places in self.posts.items():
            if can in post[0]:
                for crews in places.values():
                    found |= crews
        return _by_turn(found)

    def those_rested(self) -> list[Crew]:
        """By turn."""
        return _by_turn(self.rested)

    def _kinds(self, state: str) -> Iterable[frozenset[str]]:
        return self._can.get(state, ())

    def _hang(self, crew: Crew, minute: float) -> None:
        state, place = crew.state, crew.place
        fit = crew.strength > crew.lost
        post = crew.can, crew.vehicle, crew.micro
        if state == "idle" and fit and self._calm[place]:
            self.idle[crew.turn] = crew
            self.posts.setdefault(post, {}).setdefault(place, {})[crew.turn] = crew
        elif state == "off_duty" and fit and crew.from_here and minute >= crew.ready_min:
            self.rested[crew.turn] = crew
        elif state == "mustering":
            self.mustering[crew.turn] = crew
        else:
            return
        kinds = self._can.get(state)
        if kinds is None:
            kinds = self._can[state] = Counter()
        kinds[crew.can] += 1
        self._hung[crew.turn] = state, post, place

    def _take_down(self, crew: Crew) -> None:
        turn = crew.turn
        if turn not in self._hung:
            return
        state, post, place = self._hung.pop(turn)
        kinds = self._can[state]
        kinds[post[0]] -= 1
        if not kinds[post[0]]:
            del kinds[post[0]]
        {"idle": self.idle, "off_duty": self.rested, "mustering": self.mustering}[state].pop(turn)
        if state == "idle":
            places = self.posts[post]
            del places[place][turn]
            if not places[place]:
                del places[place]
            if not places:
                del self.posts[post]


def _by_turn(crews: Crews) -> list[Crew]:
    return [crews[turn] for turn in sorted(crews)]
