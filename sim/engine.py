"""One run of a scenario: world and hazard prepared once, then drawn and played run by run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from anlan.sim.chance import Streams
from anlan.sim.forcing.base import HazardModel
from anlan.sim.ledger import Ledger
from anlan.sim.place.world import World
from anlan.sim.scenario.kept import kept
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Engine:
    """What all runs of one scenario share."""

    scenario: Scenario
    world: World
    hazard: HazardModel

    def run(self, seed: int, run: int) -> Ledger:
        """Play one run; the same (scenario, seed, run) gives the same facts to the bit."""
        from anlan.sim.model import ResponseModel

        streams = Streams(seed, run)
        return ResponseModel(self.world, self.hazard.realise(streams), streams).run()


_last: list[Engine] = []


def prepare(scenario: Scenario) -> Engine:
    """The engine of a scenario, kept until another scenario is asked for.

    World and hazard stay for variants that change nothing of what these have read. Raises
    BadInput for a policy name that does not exist.
    """
    if _last and _last[0].scenario is scenario:
        return _last[0]
    from anlan.sim.command.checks import check_policies

    check_policies(scenario, Places())
    world = replace(_world(scenario), scenario=scenario)
    engine = Engine(scenario, world, _hazard(scenario))
    _last[:] = [engine]
    return engine


@kept
def _world(scenario: Scenario) -> World:
    from anlan.sim.place.world import build

    return build(scenario)


@kept
def _hazard(scenario: Scenario) -> HazardModel:
    from anlan.sim.forcing.hazards import sky

    return sky(scenario)
