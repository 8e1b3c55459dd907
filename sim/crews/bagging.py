"""A place whose homes get walls of bags before their doors: what crews with bags do there.

So many bags a person-hour, as long as bags, daylight or not, and strength last (rates R22); nobody
fills or lays any in a gale, or where the water is too deep to stand in. A crew goes when its
team's bags are used up, or at the end of its shift: it is to be rested when people call.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import WithoutFire
from anlan.sim.nature.water import Water
from anlan.sim.people.protocol import People
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Capability


@dataclass(frozen=True)
class BagRules(Rules, prefix="bag"):
    """How fast people lay bags, and what stops them."""

    person_h: float
    leave_depth_m: float
    stop_wind_ms: float = of("team.stop_wind_ms")


@dataclass(eq=False)
class BagSite(WithoutFire):
    """The scene (`incidents.incident.Scene`) of an order to lay bags; its unit is people.

    Who leaves within a tick is counted to the tick's beginning.
    """

    rules: BagRules
    clock: Clock
    present: Present
    water: Water
    people: People
    place: int
    upto_m: float = 0.0  # depth on the street that command reckons with
    wanted: float = 0.0  # people, as command reckons
    over: bool = False  # command has called it off, or no home is left to be kept dry
    laid: float = 0.0  # bags
    capability: Capability = "water"

    def needed(self) -> float:
        """People who are wanted; nobody once it is over."""
        return 0.0 if self.over else self.wanted

    def adds(self, crew: Crew) -> float:
        """A crew's people, as long as its team has bags."""
        return hands(crew)

    def goes_on(self) -> bool:
        """Whether there are homes that bags can still keep dry, and the road out is open."""
        if float(self.water.depth_m[self.place]) > self.rules.leave_depth_m:
            return False
        return self.people.bags_wanted(self.place, self.upto_m) > 0.0

    def work(self, crews: list[Crew], tick: int) -> bool:
        """Bags are laid to the tick's end; True once no home is left, or it is called off."""
        begins_min, ends_min = self.clock.minute_of(tick), self.clock.minute_of(tick + 1)
        calm = float(self.present.sky.wind_ms[self.place]) < self.rules.stop_wind_ms
        if calm and float(self.water.depth_m[self.place]) <= self.rules.leave_depth_m:
            self._lay(crews, begins_min, ends_min)
        spent = [crew for crew in crews if crew.shift_end_min <= ends_min or crew.bags.left <= 0.0]
        for crew in [*spent, *_elsewhere(crews, begins_min)]:
            crew.finish_task(ends_min, RELEASED)
        self.over = self.over or not self.goes_on()
        return self.over

    def _lay(self, crews: list[Crew], begins_min: float, ends_min: float) -> None:
        """What they do together in a tick, and in the minutes of the tick before it in which they
        came; each takes its part out of its team's bags.
        """
        could: list[float] = []
        left: dict[str, float] = {}  # team -> bags
        for crew in crews:
            came_just_now = crew.arrived_min > begins_min - self.clock.tick_min
            since_min = crew.arrived_min if came_just_now else begins_min
            person_h = crew.people * (ends_min - since_min) / 60.0
            bags = self.rules.person_h * person_h * crew.efficiency(begins_min)
            has = left.get(crew.team.team, crew.bags.left)
            could.append(min(bags, has))
            left[crew.team.team] = has - could[-1]
        total = sum(could)
        laid = self.people.lay_bags(self.place, total, self.upto_m) if total > 0.0 else 0.0
        if laid <= 0.0:
            return
        self.laid += laid
        for crew, bags in zip(crews, could, strict=True):
            crew.bags.take(bags * laid / total)

    def way_out_min(self, crew: Crew) -> float:
        """Nothing is to be packed up."""
        return 0.0


def hands(crew: Crew) -> float:
    """A crew's people, as long as its team has bags to lay."""
    return float(crew.people) if crew.bags.left > 0.0 else 0.0


def _elsewhere(crews: list[Crew], begins_min: float) -> list[Crew]:
    """Crews that lay bags at other places and whose team's last bag was laid here just now."""
    spent = {id(c.bags): c.bags for c in crews if c.bags.left <= 0.0}
    return [
        c
        for bags in spent.values()
        for c in bags.crews
        if c not in crews and c.lays_bags and c.arrived_min <= begins_min
    ]
