"""Who can be sent, called in, or is about to be ready: looked up once a tick, and kept up in it.

A district has thousands of crews, and a few of them change at a time. So they hang together by
what they can do and where they stand, and whoever changes is hung elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from anlan.sim.command.standing import Post, Posts
from anlan.sim.crews.crew import Crew
from anlan.sim.crews.duty import Duty

IDLE, OFF, MUSTERING = "idle", "off_duty", "mustering"


@dataclass
class AtHand:
    """Crews that can be sent now, that can be called in, and that muster, by state."""

    duty: Duty[Crew]
    _posts: dict[str, Posts] = field(default_factory=lambda: {IDLE: {}, OFF: {}, MUSTERING: {}})
    _hung: dict[int, tuple[str, Post, int]] = field(default_factory=dict)  # state, post, place
    _calm: list[bool] = field(default_factory=list)

    def look(self, calm: list[bool], minute: float) -> None:
        """Ask all crews, if it is calm elsewhere than before. `calm`: (C,) where they set out."""
        if calm == self._calm:
            return
        self._calm = calm
        self._hung.clear()
        self.duty.take_left()
        for state, posts in self._posts.items():
            posts.clear()
            for crew in self.duty.those(state):
                self._hang(crew, minute)

    def keep_up(self, freed: Iterable[Crew], minute: float) -> None:
        """Take note of who has done something else since, and of who has become ready."""
        for crew in (*self.duty.take_left(), *freed):
            self._take_down(crew)
            self._hang(crew, minute)

    @property
    def idle(self) -> Posts:
        """Those who can be sent now, by post and place."""
        return self._posts[IDLE]

    def can(self, *states: str) -> frozenset[str]:
        """What those in some states can do together."""
        return frozenset[str]().union(
            *(can for state in states for can, _, _ in self._posts[state])
        )

    def has_boat_for(self, need: str) -> bool:
        """Whether somebody who is idle has a boat, and can do something else."""
        return any(need in can and vehicle == "boat" for can, vehicle, _ in self.idle)

    def those(self, state: str, needs: Collection[str] = ()) -> list[Crew]:
        """The crews in a state, by turn; where needs are named those who can do one of them."""
        found: dict[int, Crew] = {}
        for (can, _, _), places in self._posts[state].items():
            if not needs or not can.isdisjoint(needs):
                for crews in places.values():
                    found |= crews
        return [found[turn] for turn in sorted(found)]

    def is_idle(self, crew: Crew) -> bool:
        """Whether it can be sent now."""
        return crew.turn in self._hung and self._hung[crew.turn][0] == IDLE

    def _hang(self, crew: Crew, minute: float) -> None:
        state, place = crew.state, crew.place
        fit = crew.strength > crew.lost
        if (
            state == MUSTERING
            or (state == IDLE and fit and self._calm[place])
            or (state == OFF and fit and crew.from_here and minute >= crew.ready_min)
        ):
            post = crew.can, crew.vehicle, crew.micro
            self._posts[state].setdefault(post, {}).setdefault(place, {})[crew.turn] = crew
            self._hung[crew.turn] = state, post, place

    def _take_down(self, crew: Crew) -> None:
        if crew.turn not in self._hung:
            return
        state, post, place = self._hung.pop(crew.turn)
        places = self._posts[state][post]
        del places[place][crew.turn]
        if not places[place]:
            del places[place]
        if not places:
            del self._posts[state][post]
