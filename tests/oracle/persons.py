"""One person, one household, one place, as the oracle has them: what each sees and asks itself.

Nobody here knows more than the present: the gust, the wind, the water and the power of the place
in this tick, and how far a message has spread there by now.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

if TYPE_CHECKING:
    from anlan.sim.people.spread import Spread
    from tests.oracle.residents import OracleResidents

NEVER = -1
DWELLINGS = ("sturdy", "dangerous", "dormitory", "low_lying", "boat")
AGES = ("0-14", "15-59", "60-79", "80+")
DRY = np.float32(0.0)
INDOORS = ("home", "preparing")


@dataclass
class Place:
    """What the people of one community see in this tick."""

    number: int
    name: str
    town: int
    gust_ms: float = 0.0
    wind_ms: float = 0.0
    depth_m: np.float32 = DRY
    dark: bool = False  # no mains power
    was_dark: bool = False  # in the tick before
    dark_since: int = NEVER
    great_gust_came: bool = False
    rushes: bool = False  # its dike has broken
    stormy: bool = False  # so that frail homes are to be left
    was_stormy: bool = False
    # if nobody had pumped, and nobody had helped to mend the power
    left_depth_m: np.float32 = DRY
    left_dark: bool = False
    left_was_dark: bool = False
    left_dark_since: int = NEVER
    # no way for a lorry from the rest of the district: as it is, and if nobody had cleared a road
    cut_off: bool = False
    was_cut_off: bool = False
    cut_off_since: int = NEVER
    left_cut_off: bool = False
    left_was_cut_off: bool = False
    left_cut_off_since: int = NEVER

    def look(self, around: Any, tick: int) -> None:
        """Look at the sky, at the street and at the lamp."""
        sky = around.present.sky
        self.gust_ms = float(sky.gust_ms[self.number])
        self.wind_ms = float(sky.wind_ms[self.number])
        self.depth_m = around.water.depth_m[self.number]
        self.was_dark, self.dark = self.dark, bool(around.power.out[self.number])
        if self.dark and not self.was_dark:
            self.dark_since = tick
        water = around.water
        self.left_depth_m = (water.depth_unaided_m if water.helped else water.depth_m)[self.number]
        self.left_was_dark, self.left_dark = (
            self.left_dark,
            bool(around.power.out_unaided[self.number]),
        )
        if self.left_dark and not self.left_was_dark:
            self.left_dark_since = tick
        cut = around.cut_off
        self.was_cut_off, self.cut_off = self.cut_off, bool(cut.now[self.number])
        if self.cut_off and not self.was_cut_off:
            self.cut_off_since = tick
        self.left_was_cut_off, self.left_cut_off = (
            self.left_cut_off,
            bool(cut.unaided[self.number]),
        )
        if self.left_cut_off and not self.left_was_cut_off:
            self.left_cut_off_since = tick


@dataclass(eq=False)
class Household:
    """People who live together, and what they know and do together."""

    number: int
    nth: int  # of its community
    place: Place
    dwelling: str
    # drawn before the run
    hear_u: float
    order_u: float
    collapse_gust_ms: float
    floor_m: np.float32
    complies: bool
    shadow_from: float
    to_kin: bool
    to_lodgings: bool
    prepare_ticks: int
    thirsty_ticks: int
    bare_ticks: int
    thirsty_no_kit_ticks: int
    bare_no_kit_ticks: int
    return_ticks: int
    car: bool
    assisted: bool
    walk_ms: float
    # what becomes of them
    residents: list[Resident] = field(default_factory=list)  # all, whatever becomes of them
    together: list[Resident] = field(default_factory=list)
    size: int = 0  # people at the start
    homes: int = 1  # that the row stands for
    state: str = "home"
    outcome: str = "not_heard"
    destination: Any = None  # a shelter, "kin", or None
    ordered_tick: int = NEVER
    order: int = NEVER  # which of the orders told it
    follows: list[int] = field(default_factory=list)  # orders of others with whom it means to leave
    heard_order_tick: int = NEVER
    heard_warning_tick: int = NEVER
    left_tick: int = NEVER
    arrived_tick: int = NEVER
    driven: int = 0  # persons who have set out by car or bus
    queue_min: float = 0.0  # person-minutes that they wait on the road
    thirsty_since: int = NEVER  # draws on the site of the community
    lacks: set[str] = field(default_factory=set)  # why: tap, larder
    host: Any = None  # the household of the kin with whom they are
    has_guests: bool = False  # or had, at some time
    # person-ticks of what they hold that are gone: without power, and cut off
    used: dict[str, int] = field(default_factory=lambda: {"tap": 0, "larder": 0})
    ran_out: set[str] = field(default_factory=set)
    fell_down: bool = False
    was_flooded: bool = False
    fled: bool = False
    in_bus_queue: bool = False
    ready_tick: int = NEVER  # when they next mean to leave, or to try again
    arrival_tick: int = NEVER
    return_tick: int = NEVER
    away_ticks: int = 0  # of all of them together, of the times from which they came back
    # at risk, whatever anybody does: way -> (since when, of what, their state then)
    risks: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    was_flooded_unaided: bool = False  # by the water without pumps, and without bags
    wall_m: float = 0.0  # top of a wall of bags above the street
    had_when_spared: tuple[int, int] | None = None  # roof and relief before help held it back
    roof_tick: int = NEVER  # under another roof, once the home is untenable
    relief_tick: int = NEVER  # given something, once at risk
    safe_again_tick: int = NEVER  # the wind has fallen and the home stands
    is_lost: bool = False  # for more than while the wind lasts
    supply_back_tick: int = NEVER
    road_back_tick: int = NEVER
    provided: bool = False  # given what they need where they are

    def is_at_risk(self, way: str, cause: str, tick: int) -> None:
        """The home becomes untenable, or there is nothing to drink or eat there."""
        if way == "home":
            self.safe_again_tick = NEVER
            self.is_lost = self.is_lost or cause != "wind"
        if way in self.risks:
            return
        if not self.risks and self.provided:
            self.relief_tick = tick
        self.risks[way] = (tick, cause, self.state)
        if way == "home" and self.away:
            self.roof_tick = self.arrived_tick

    def is_given(self, tick: int) -> None:
        """Somebody gives them what they need where they are."""
        self.provided = True
        if self.risks and self.relief_tick == NEVER:
            self.relief_tick = tick

    @property
    def risk_is_on(self) -> bool:
        """At risk, and not over yet."""
        unsafe = "home" in self.risks and self.safe_again_tick == NEVER
        unsafe = unsafe or ("road" in self.risks and self.road_back_tick == NEVER)
        return unsafe or ("supply" in self.risks and self.supply_back_tick == NEVER)

    @property
    def at_risk_since(self) -> int:
        """In either way."""
        return min(tick for tick, _, _ in self.risks.values())

    @property
    def heads(self) -> int:
        """How many people are still together."""
        return sum(person.persons for person in self.together)

    @property
    def at_home(self) -> bool:
        """Whether anybody of the household itself is at home."""
        return self.state in INDOORS and bool(self.together)

    @property
    def away(self) -> bool:
        """Whether they have got to where they went."""
        return self.state in ("sheltered", "with_kin", "lodged")

    @property
    def name(self) -> str:
        """The n-th household of a community."""
        return f"{self.place.name}/{self.nth}"

    def is_flooded(self, depth_m: np.float32, strand_m: np.float32, bags: bool = True) -> bool:
        """Water stands so deep above the floor that nobody gets out. A dry street strands none,
        nor one below the top of the bags.
        """
        least = max(self.floor_m + strand_m, np.float32(0.001))
        return bool(depth_m >= (max(least, np.float32(self.wall_m)) if bags else least))

    def is_spared(self, tick: int) -> None:
        """Only help keeps water or fire out. Who is at home has a roof, and lacks nothing by it."""
        if self.risks["home"][1] not in ("flood", "forest_fire") or self.had_when_spared:
            return
        self.had_when_spared = self.roof_tick, self.relief_tick
        if self.roof_tick == NEVER:
            self.roof_tick = tick
        if self.relief_tick == NEVER and len(self.risks) == 1:
            self.relief_tick = tick

    def is_spared_no_longer(self, tick: int) -> None:
        """It has come after all. Who has gone to another roof in the meantime has that."""
        if self.had_when_spared is None:
            return
        self.roof_tick, self.relief_tick = self.had_when_spared
        self.had_when_spared = None
        if self.roof_tick == NEVER and self.away:
            self.roof_tick = self.arrived_tick
        if self.relief_tick == NEVER and self.provided:
            self.relief_tick = tick

    def hears(self, message: Spread, u: float) -> bool:
        """Whether a message has spread so far at their place that it has come to them."""
        return message.share_at(self.place.number) > u

    def tap_runs_dry(self, tick: int) -> bool:
        """Some time into an outage, which is counted anew in each."""
        return self.place.dark and tick - self.place.dark_since == self.thirsty_ticks

    def larder_is_bare(self, tick: int) -> bool:
        """Cut off for so long that nothing is left; it is full again when a lorry can come."""
        return self.place.cut_off and tick - self.place.cut_off_since >= self.bare_ticks

    def tap_would_run_dry(self, tick: int) -> bool:
        """The same if nobody had helped to mend the power, and without an emergency kit."""
        place = self.place
        return place.left_dark and tick - place.left_dark_since == self.thirsty_no_kit_ticks

    def larder_would_be_bare(self, tick: int) -> bool:
        """The same without an emergency kit."""
        return self.place.cut_off and tick - self.place.cut_off_since >= self.bare_no_kit_ticks

    def on_a_kit_ticks(self, way: str) -> int:
        """How much longer they have something than without an emergency kit."""
        if way == "supply":
            return self.thirsty_ticks - self.thirsty_no_kit_ticks
        return self.bare_ticks - self.bare_no_kit_ticks if way == "road" else 0


class Resident(mesa.Agent):  # type: ignore[misc]
    """One person, or several alike where the scenario lets a row stand for more."""

    def __init__(
        self, model: mesa.Model, oracle: OracleResidents, number: int, home: Household
    ) -> None:
        super().__init__(model)
        self.oracle = oracle
        self.number = number
        self.home = home
        self.nth = len(home.together)  # of the household
        self.apart = ""  # own state once something has taken them out of the household
        self.incident: Any = None
        self.out_tick = NEVER  # when a crew brought them out, and they had a roof
        self.roofless_until = NEVER  # when they look for one again
        self.was_hurt = False
        # since when they would have to be rescued if left alone, from what, their household's state
        self.peril: tuple[int, str, str] | None = None
        self.caught: list[Any] = []  # the incidents that they were in
        self.harmed_on_the_way = False
        self.frail = False  # needs help to move
        self.hurt: Any = None  # what they have before them, if they are hurt
        self.waits_in: Any = None  # the incident in which they wait for a medical crew
        self.is_under = False  # the water has closed over them
        self.had_roof_tick = self.had_relief_tick = NEVER  # with the others, when parted from them
        self.rescued_to = NEVER  # the shelter to which a crew brought them out of the water
        self.last_tick = NEVER  # the tick in which they die unless they are out by then
        self.age = ""
        self.persons = 1
        self.fate_u = np.float32(0.0)
        self.live_u = np.float32(0.0)

    @property
    def state(self) -> str:
        """Where they are."""
        return self.apart or self.home.state

    def is_in_peril(self, cause: str, tick: int) -> None:
        """Whether or not they are there."""
        if self.peril is None:
            self.peril = (tick, cause, self.home.state)

    @property
    def eldest(self) -> bool:
        """The first of a household, who sees to what is the household's."""
        return self.nth == 0

    def drowns(
        self, upstairs_share: np.float32, slow: tuple[float, float], rush: tuple[float, float],
        rush_from_m: float,
    ) -> bool:  # fmt: skip
        """Whether somebody stranded downstairs is overcome by the water as deep as it is now.

        Jonkman: the share that drowns in water of some depth is lognormal in the depth; mu and
        sigma are others behind a dike that has broken, where the water is deep.
        """
        if self.fate_u < upstairs_share:
            return False
        indoors_m = float(self.home.place.depth_m) - float(self.home.floor_m)
        if indoors_m <= 0.0:
            return False
        rushes = self.home.place.rushes and indoors_m >= rush_from_m
        mu, sigma = rush if rushes else slow
        z = (math.log(indoors_m) - mu) / sigma
        return 0.5 * math.erfc(-z / math.sqrt(2.0)) >= float(self.live_u)
