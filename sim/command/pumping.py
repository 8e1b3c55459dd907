"""Where mobile pumps are wanted (`water_orders.py`): how much flow for what depth.

A cubic metre less helps most where most people live on an area, so these places come first. Pumps
that lift water stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.command.water_orders import Office, WaterOrders
from anlan.sim.crews.crew import Crew
from anlan.sim.crews.pumping import PumpRules, PumpSite
from anlan.sim.incidents.incident import PUMP, PUMPING
from anlan.sim.ledger import facts
from anlan.sim.nature.water import Water
from anlan.sim.scenario.rules import Rules, of


@dataclass(frozen=True)
class PumpingRules(Rules, prefix="pump"):
    """How much flow command wants for a depth, and when it sets pumps up beforehand."""

    plan_h: float
    flow_share: float
    ahead_grade: int
    ahead_depth_m: float
    ponding_share: float = of("flood.ponding_share")


class Pumping(WaterOrders[PumpSite]):
    """The pumping orders of one run; their unit is m³ an hour."""

    kind = PUMPING

    def __init__(
        self, office: Office, rules: PumpingRules, at_site: PumpRules, water: Water,
        crews: list[Crew],
    ) -> None:  # fmt: skip
        super().__init__(office, [c for c in crews if PUMP in c.can], office.places.dense)
        self.rules = rules
        self.at_site = at_site
        self.water = water

    def site_at(self, place: int) -> PumpSite:
        """The scene of a pumping order."""
        return PumpSite(self.at_site, self.office.clock, self.water, place)

    def does(self, crew: Crew) -> float:
        """What a crew's pumps lift."""
        return self.rules.flow_share * crew.pumps_m3_h

    def wants(self, place: int, depth_m: float | None) -> float:
        """What lifts the water of a depth in the low parts of a place in the planned time."""
        ponded_m2 = self.rules.ponding_share * float(self.office.places.area_m2[place])
        metres = self.rules.ahead_depth_m if depth_m is None else depth_m
        return metres * ponded_m2 / self.rules.plan_h

    def finish(self) -> None:
        """Write down how much was pumped where."""
        for place, name, since_tick, sites in self.so_far():
            self.office.ledger.add(
                facts.Pumped(
                    community=name,
                    ordered_tick=since_tick,
                    orders=len(sites),
                    pumped_m3=self.water.lifted_m3(place),
                )
            )
