"""A place whose water is pumped out: what mobile pumps and their crews do there.

A unit needs so many people and some minutes to be set up, then lifts a share of its rated flow as
long as its crew is there, by day and night and in a gale: nobody has to stand outdoors for it. Five
people kept a unit running for days (rates R27), so a crew rests in turns beside its pump, and the
hours there do not count as hours on duty.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import WithoutFire
from anlan.sim.nature.water import Water
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Capability


@dataclass(frozen=True)
class PumpRules(Rules, prefix="pump"):
    """What a mobile pump lifts, and how long it takes to set it up and to pack it up."""

    flow_share: float
    set_up_min: float
    pack_up_min: float


@dataclass(eq=False)
class PumpSite(WithoutFire):
    """The scene (`incidents.incident.Scene`) of a pumping order; its unit is m³ an hour.

    Who leaves within a tick is counted to the tick's beginning.
    """

    rules: PumpRules
    clock: Clock
    water: Water
    place: int
    wanted: float = 0.0  # what command reckons that it takes
    over: bool = False  # command has called it off
    capability: Capability = "water"
    _counted_min: dict[str, float] = field(default_factory=dict)  # crew -> up to when

    def needed(self) -> float:
        """m³/h that are to be lifted; nothing once it is called off."""
        return 0.0 if self.over else self.wanted

    def adds(self, crew: Crew) -> float:
        """m³/h that a crew's pumps lift, as far as it has people for them."""
        return self.rules.flow_share * crew.pumps_m3_h

    def goes_on(self) -> bool:
        """Whether there is water for the pumps, as who is there tells by radio."""
        return bool(self.water.depth_m[self.place] > 0.0)

    def work(self, crews: list[Crew], tick: int) -> bool:
        """The pumps that are set up run to the tick's end; True once it is called off."""
        ends_min = self.clock.minute_of(tick + 1)
        lifted_m3 = 0.0
        for crew in crews:
            ready_min = crew.arrived_min + self.rules.set_up_min
            since_min = max(ready_min, self._counted_min.get(crew.id, 0.0))
            if since_min < ends_min:
                lifted_m3 += self.adds(crew) * (ends_min - since_min) / 60.0
                self._counted_min[crew.id] = ends_min
        if lifted_m3:
            self.water.lift(self.place, lifted_m3)
        return self.over

    def way_out_min(self, crew: Crew) -> float:
        """What it takes to pack up before the crew can leave."""
        return self.rules.pack_up_min
