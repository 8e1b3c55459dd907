"""The hurt and those in the water, plainly: who is how badly off, and until when help is in time.

Part of the oracle of the residents (`residents.py`), which asks each person by themselves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from anlan.sim.chance import declared
from tests.oracle.persons import NEVER

if TYPE_CHECKING:
    from tests.oracle.persons import Resident

# Those who help go through the classes in this order, and to whoever is not hurt at the end.
TRIAGE = ("immediate", "delayed", "minimal", "expectant", "")


class Hurt:
    """What somebody who is hurt has before them."""

    def __init__(self, oracle: Any, person: Resident, cause: str, minute: float) -> None:
        self.p = oracle.p
        self.cause = cause
        self.since_min = minute
        self.aid_min = self.care_min = self.carried_min = math.inf
        self.fetched_min = self.hospital_min = math.inf
        self.ambulance = self.hospital = ""
        self.dead = False
        self.died_tick = NEVER
        of = {"fire": "fire", "forest_fire": "fire", "wind": "wind", "moving": "wind"}.get(
            cause, "collapse"
        )
        u = luck(oracle, "resident.severity", person)
        below = 0.0
        self.severity = "minimal"
        for severity in ("immediate", "delayed", "expectant"):
            if below <= u < below + self.p(f"wounds.{of}_{severity}_share"):
                self.severity = severity
            below += self.p(f"wounds.{of}_{severity}_share")
        self.lives_through = -math.log(1.0 - luck(oracle, "resident.clock", person))

    @property
    def per_min(self) -> float:
        """The hazard while nobody helps."""
        if self.severity == "delayed":
            return float(self.p("wounds.delayed_per_h")) / 60.0
        if self.severity == "minimal":
            return 0.0
        return math.log(2.0) / float(self.p(f"wounds.{self.severity}_half_life_min"))

    def hazard_by(self, minute: float) -> float:
        """All the hazard until a minute: alone, then with first aid, then with care, then none."""
        alone = max(0.0, min(minute, self.aid_min, self.care_min) - self.since_min)
        aided = max(0.0, min(minute, self.care_min) - max(self.aid_min, self.since_min))
        cared = max(0.0, min(minute, self.hospital_min) - max(self.care_min, self.since_min))
        weighed = aided * self.p("wounds.first_aid_factor") + cared * self.p("wounds.care_factor")
        return float(self.per_min * (alone + weighed))

    def dies_min(self, end_min: float) -> float:
        """The minute in which the hazard is more than they live through; infinite if not in time.

        Found by halving: the hazard only grows.
        """
        if self.hazard_by(end_min) < self.lives_through:
            return math.inf
        early, late = self.since_min, end_min
        for _ in range(80):
            middle = 0.5 * (early + late)
            if self.hazard_by(middle) < self.lives_through:
                early = middle
            else:
                late = middle
        return late


def luck(oracle: Any, stream: str, person: Resident) -> float:
    """The draw of a stream by one person."""
    keys = oracle.around.world.people.resident_key[person.number : person.number + 1]
    found: list[float] = oracle.around.streams.uniform64(declared()[stream][0], keys).tolist()
    return found[0]


def in_turn(persons: list[Resident]) -> list[Resident]:
    """By class of triage, and in a class as they are numbered."""
    return sorted(
        persons, key=lambda p: (TRIAGE.index(p.hurt.severity if p.hurt else ""), p.number)
    )


def give_first_aid(oracle: Any, persons: list[Resident], from_min: float, helpers: float) -> None:
    """Each helper goes from one to the next; who has been helped before is passed over."""
    each_min, ahead = oracle.p("wounds.first_aid_each_min"), 0
    for person in in_turn(persons):
        hurt = person.hurt
        if hurt is None or hurt.dead or hurt.aid_min <= from_min or hurt.care_min <= from_min:
            continue
        ahead += person.persons
        rounds = max(1.0, ahead / max(1.0, helpers))
        hurt.aid_min = min(hurt.aid_min, from_min + each_min * rounds)


def carry_min(p: Any, persons: int, people: int, stretchers: int) -> float:
    """Minutes until the last of the badly hurt is at the road, the quicker way.

    Each round takes the way there, and but for the last one the way back.
    """
    if not persons:
        return 0.0
    found = []
    for of, at_once in (("", stretchers), ("improvised_", persons)):
        if not at_once:
            continue
        bearers = p(f"stretcher.{of}bearers")
        together = max(1, min(at_once, int(people // bearers)))
        way_min = 60.0 * p("stretcher.carry_km") / p(f"stretcher.{of}kmh")
        if 0 < people < bearers:
            way_min *= bearers / people
        found.append((2 * math.ceil(persons / together) - 1) * way_min)
    return float(min(found))


def holds_on_ticks(oracle: Any, person: Resident) -> int:
    """Somebody overcome by the water holds on for a while, the shorter the colder it is."""
    p = oracle.p
    least_h = p("damage.hold_h") / 2.0 ** (
        (p("damage.hold_at_c") - p("damage.water_c")) / p("damage.hold_halves_c")
    )
    more = 1.0 + (p("damage.hold_spread") - 1.0) * luck(oracle, "resident.holds", person)
    return max(1, math.ceil(60.0 * least_h * more / oracle.scenario.settings.tick_min - 1e-9))


def under_ticks(oracle: Any, person: Resident) -> int:
    """The water has closed over somebody: until when it is not too late."""
    u, minutes = luck(oracle, "resident.under", person), 25
    for until in (10, 5, 0):
        name = {10: "25", 5: "10", 0: "5"}[until]
        if u < oracle.p(f"damage.under_{name}min_share"):
            minutes = until
    return max(1, math.ceil(minutes / oracle.scenario.settings.tick_min - 1e-9))


def is_under(oracle: Any, person: Resident) -> bool:
    """Whether the water stands over the head of somebody who is not upstairs."""
    deep_m = oracle.p("damage.under_frail_m" if person.home.assisted else "damage.under_able_m")
    street_m = deep_m + float(person.home.floor_m)
    return float(person.home.place.depth_m) >= street_m


def last_alive(person: Resident, tick: int) -> int:
    """The sooner of a tick and what was before them already."""
    return tick if person.last_tick == NEVER else min(tick, person.last_tick)
