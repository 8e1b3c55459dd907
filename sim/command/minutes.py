"""Within a tick: reports are read, crews sent, ways, work and rests end, each at its minute.

The world is looked at once a tick; what people do has its minute. Whatever is due is done in the
order of minutes, and after each minute command sends whom it can to what it knows by then, so
that a crew which is free goes on at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nextafter

from anlan.sim.command.command import Command
from anlan.sim.crews.agenda import Agenda
from anlan.sim.crews.crew import Crew
from anlan.sim.crews.work import Workplace
from anlan.sim.people.notice import Notice
from anlan.sim.scenario.clock import Clock


@dataclass
class Minutes:
    """Command's desk and its crews through the minutes of a tick."""

    clock: Clock
    notice: Notice
    command: Command
    agenda: Agenda[Crew]
    workplace: Workplace

    def step(self, tick: int) -> None:
        """All that is due before the tick ends."""
        begins, ends = self.clock.minute_of(tick), self.clock.minute_of(tick + 1)
        self.agenda.begins_min, self.agenda.ends_min = begins, ends
        self.notice.step(tick)  # what has happened to people in this tick
        self.command.take_reports(tick)
        for crew in list(self.agenda.on_the_road.values()):
            crew.drive_on()
        self.workplace.begin_tick(begins)
        minute = begins
        while minute < ends:
            self._at(minute)
            minute = self._next_min()
            self.workplace.let_out(min(minute, nextafter(ends, begins)))

    def _next_min(self) -> float:
        """When the next thing is due."""
        return min(
            self.command.next_read_min(), self.agenda.next_min(), self.workplace.next_end_min()
        )

    def _at(self, minute: float) -> None:
        """What is due by a minute, and then dispatch."""
        self.command.know(minute)
        for crew in self.agenda.take(minute):
            crew.act(minute)
        self._settle(minute)
        self.command.means.dispatch.can_wait(self.workplace.spare(minute))
        if self.workplace.close_done(minute) or minute == self.agenda.begins_min:
            self.command.picture.forget_finished()
        if self.command.picture.open:
            self.command.means.dispatch.step(minute)
        self._settle(minute)

    def _settle(self, minute: float) -> None:
        """Crews have come to incidents, or left them."""
        changed = list(self.agenda.changed.values())
        self.agenda.changed.clear()
        for incident in changed:
            self.workplace.settle(incident, minute)
