"""One run of a scenario: world and hazard prepared once, then drawn and played run by run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MethodType
from typing import Any, cast

from sim.hazards.base import HazardModel
from sim.ledger import Ledger
from sim.scenario.schema import Scenario
from sim.streams import Streams
from sim.world.places import World


@dataclass(frozen=True)
class Engine:
    """What all runs of one scenario share; `world_read` and `hazard_read`: what made them."""

    scenario: Scenario
    world: World
    hazard: HazardModel
    world_read: Noting
    hazard_read: Noting

    def run(self, seed: int, run: int) -> Ledger:
        """Play one run; the same (scenario, seed, run) gives the same facts to the bit."""
        from sim.model import ResponseModel

        streams = Streams(seed, run)
        return ResponseModel(self.world, self.hazard.realise(streams), streams).run()


class Noting:
    """A scenario that notes which of its parts and parameters are read.

    Variants of a scenario share a world or a hazard where nothing that it has read differs.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.parts: set[str] = set()
        self.names: set[str] = set()

    def p(self, name: str) -> float:
        self.names.add(name)
        return self.scenario.p(name)

    def __getattr__(self, name: str) -> Any:
        if name in Scenario.model_fields:
            self.parts.add(name)
            return getattr(self.scenario, name)
        attribute = getattr(Scenario, name)
        if isinstance(attribute, property):
            return cast(Any, attribute.fget)(self)
        return MethodType(attribute, self)

    def fits(self, other: Scenario) -> bool:
        """Whether another scenario says the same wherever this one was read."""
        if any(self.scenario.p(n) != other.p(n) for n in self.names if n in other.parameters):
            return False
        pairs = ((getattr(self.scenario, part), getattr(other, part)) for part in self.parts)
        return self.names <= other.parameters.keys() and all(a is b or a == b for a, b in pairs)


_last: list[Engine] = []


def prepare(scenario: Scenario) -> Engine:
    """The engine of a scenario, kept until another scenario is asked for.

    What a variant of that scenario does not change is not built again. Raises BadInput for a
    policy name that does not exist.
    """
    last = _last[0] if _last else None
    if last and last.scenario is scenario:
        return last
    from sim.hazards import HAZARDS
    from sim.scenario.check import check_policies
    from sim.world.places import build

    check_policies(scenario)
    if last and last.world_read.fits(scenario):
        world, world_read = last.world, last.world_read
    else:
        world_read = Noting(scenario)
        world = build(cast(Scenario, world_read))
    if last and last.hazard_read.fits(scenario):
        hazard, hazard_read = last.hazard, last.hazard_read
    else:
        hazard_read = Noting(scenario)
        hazard = HAZARDS[scenario.hazard.kind](cast(Scenario, hazard_read))
    world = replace(world, scenario=scenario)
    engine = Engine(scenario, world, hazard, world_read, hazard_read)
    _last[:] = [engine]
    return engine
