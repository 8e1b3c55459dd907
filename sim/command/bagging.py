"""Where bags are wanted before the doors of homes (`water_orders.py`), and by how many people.

The office of a community knows its low homes, and how many of them have no bags yet; the district
knows which communities drain worst, and serves these first. Who can is sent before there is water;
once it stands in the doors it is too late.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.command.water_orders import Office, WaterOrders
from anlan.sim.crews.bagging import BagRules, BagSite, hands
from anlan.sim.crews.crew import Crew
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import BAG, BAGGING
from anlan.sim.ledger import facts
from anlan.sim.nature.water import Water
from anlan.sim.people.protocol import People
from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class BaggingRules(Rules, prefix="bag"):
    """How many people command sends, and from which grade of warning on."""

    person_h: float
    leave_depth_m: float
    plan_h: float
    ahead_grade: int
    reckon_m: float
    margin_m: float


class Bagging(WaterOrders[BagSite]):
    """The orders of one run to lay bags; their unit is people."""

    kind = BAGGING

    def __init__(
        self, office: Office, rules: BaggingRules, at_site: BagRules, present: Present,
        water: Water, people: People, crews: list[Crew],
    ) -> None:  # fmt: skip
        super().__init__(office, [c for c in crews if BAG in c.can], office.places.wettest)
        self.rules = rules
        self.at_site = at_site
        self.present = present
        self.water = water
        self.people = people

    def site_at(self, place: int) -> BagSite:
        """The scene of an order to lay bags."""
        clock = self.office.clock
        upto_m = self._upto_m(self.office.picture.water_m.get(place))
        return BagSite(self.at_site, clock, self.present, self.water, self.people, place, upto_m)

    def does(self, crew: Crew) -> float:
        """Its people, as long as its team has bags."""
        return hands(crew)

    def wants(self, place: int, depth_m: float | None) -> float:
        """People who lay in the planned time what the homes take that can be kept dry.

        Nobody where the water is told to stand so deep that who is there would be cut off.
        """
        if depth_m is not None and depth_m > self.rules.leave_depth_m:
            return 0.0
        upto_m = self._upto_m(depth_m)
        if place in self.open:
            self.open[place][1].upto_m = upto_m
        bags = self.people.bags_wanted(place, upto_m)
        return bags / (self.rules.person_h * self.rules.plan_h)

    def _upto_m(self, depth_m: float | None) -> float:
        """The depth on the street that is reckoned with."""
        told_m = 0.0 if depth_m is None else depth_m + self.rules.margin_m
        return max(self.rules.reckon_m, told_m)

    def finish(self) -> None:
        """Write down how many bags were laid where."""
        for _, name, since_tick, sites in self.so_far():
            self.office.ledger.add(
                facts.Bagged(
                    community=name,
                    ordered_tick=since_tick,
                    orders=len(sites),
                    bags=round(sum(site.laid for site in sites), 6),  # of parts of bags, summed
                )
            )
