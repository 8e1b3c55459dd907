"""A community as an agent: its responsible person answers calls and sends reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from mesa import Agent

from anlan.sim.chance import stream

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel


ANSWER = stream("order.answer", "community, for each call")
DISCOVERY = stream("report.discovery", "community, for each incident there")


class Community(Agent):  # type: ignore[misc]
    """The information officer of one place; phones work while the network does."""

    model: ResponseModel

    def __init__(self, model: ResponseModel, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.id = model.place_ids[number]
        self.tries = 0
        self.reports = 0

    def phone_works(self, tick: int) -> bool:
        if tick >= self.model.ticks:
            return False
        return not bool(self.model.realisation.phone_out[tick, self.number])

    def acknowledge(self, tick: int) -> tuple[int, str]:
        """When an order sent now is acknowledged, and by what means (叫应).

        Calls every few minutes while the network is up; when the tries are used up a runner
        goes from the town seat. The tick may lie past the end of the run.
        """
        scenario = self.model.world.scenario
        step = max(1, scenario.ticks_of(scenario.p("warning.retry_min")))
        tries = int(scenario.p("warning.call_tries"))
        for n in range(tries):
            u = self.model.streams.one(ANSWER, self.id, self.tries)
            self.tries += 1
            if self.phone_works(tick + n * step) and u < scenario.p("warning.answer_share"):
                return tick + n * step, "phone"
        return tick + tries * step + self.runner_ticks(), "runner"

    def report_tick(self, occurred_tick: int) -> tuple[int, str]:
        """When a report of something that happened here leaves the place, and how.

        Found after an exponential delay; then by phone, or when the phone is out by a runner
        or by phone once it is back, whichever comes first.
        """
        scenario = self.model.world.scenario
        u = self.model.streams.one(DISCOVERY, self.id, self.reports)
        self.reports += 1
        found = occurred_tick + scenario.ticks_of(
            -scenario.p("response.discovery_min") * float(np.log1p(-u))
        )
        return self.word_tick(found)

    def word_tick(self, found: int) -> tuple[int, str]:
        """When word of something found at a tick gets out of the place, and how."""
        if self.phone_works(found):
            return found, "phone"
        ran = found + self.runner_ticks()
        out = self.model.realisation.phone_out[found : ran + 1, self.number]
        back = np.flatnonzero(~out)
        return (found + int(back[0]), "phone") if len(back) else (ran, "runner")

    def runner_ticks(self) -> int:
        """How long a runner takes to or from the town seat."""
        scenario = self.model.world.scenario
        minutes = (
            scenario.p("warning.runner_start_min")
            + self.model.world.seat_km[self.number] / scenario.p("warning.runner_kmh") * 60.0
        )
        return max(1, scenario.ticks_of(float(minutes)))
