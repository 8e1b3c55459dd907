"""One run of a scenario: world and hazards prepared once, then drawn and played run by run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import process_time
from typing import TYPE_CHECKING

from anlan.sim.chance import Streams
from anlan.sim.command.checks import check_policies
from anlan.sim.fires.checks import check_tactics
from anlan.sim.forcing.base import Forcing, together
from anlan.sim.hazards import Driver, drivers
from anlan.sim.ledger import Ledger
from anlan.sim.place.world import World, build
from anlan.sim.scenario.kept import kept
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel


@dataclass(frozen=True)
class Engine:
    """What all runs of one scenario share."""

    scenario: Scenario
    world: World
    drivers: tuple[Driver, ...]

    def forcing(self, streams: Streams) -> Forcing:
        """One run's wind, rain and sea, of all hazards together."""
        parts = [driver.draw(streams) for driver in self.drivers]
        return together(parts, self.scenario.ticks, self.world.places)

    def model(self, seed: int, run: int, profile: dict[str, float] | None = None) -> ResponseModel:
        """A run at its beginning."""
        from anlan.sim.model import ResponseModel  # late: Mesa takes a second or two to come

        streams = Streams(seed, run)
        return ResponseModel(self.world, self.forcing(streams), streams, profile=profile)

    def run(self, seed: int, run: int, profile: dict[str, float] | None = None) -> Ledger:
        """Play one run; the same (scenario, seed, run) gives the same facts to the bit.

        `profile` takes up the CPU seconds of drawing and joining ("draw") and of each phase.
        """
        begun = process_time()
        model = self.model(seed, run, profile)
        if profile is not None:
            profile["draw"] = profile.get("draw", 0.0) + process_time() - begun
        return model.run()


_last: list[Engine] = []


def prepare(scenario: Scenario) -> Engine:
    """The engine of a scenario, kept until another scenario is asked for.

    World and hazards stay for variants that change nothing of what these have read. Raises
    BadInput for a policy name that does not exist.
    """
    if _last and _last[0].scenario is scenario:
        return _last[0]
    check_policies(scenario, Places())
    check_tactics(scenario, Places())
    world = replace(_world(scenario), scenario=scenario)
    engine = Engine(scenario, world, _drivers(scenario))
    _last[:] = [engine]
    return engine


@kept
def _world(scenario: Scenario) -> World:
    return build(scenario)


@kept
def _drivers(scenario: Scenario) -> tuple[Driver, ...]:
    return drivers(scenario)
