"""Wounds: how badly somebody is hurt, and until when they live with the help that they get.

Whoever is hurt has a class of triage by shares (rates R43) and one draw of an exponential clock, in
units of hazard. A class has a hazard an hour while nobody helps (R42); first aid and then
professional care lower it, a hospital ends it. The clock runs as fast as the hazard of the minute,
so that help which comes sooner can only save, and nobody's luck hangs on who comes when.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import inf, isinf, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import stream
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.rules import Rules

SEVERITY = stream("resident.severity", "resident")
CLOCK = stream("resident.clock", "resident")
Floats = NDArray[np.float64]


# What the wounds of other causes than a collapse are like.
_LIKE = {"fire": "fire", "forest_fire": "fire", "wind": "wind", "moving": "wind"}


class Severity(IntEnum):
    """Classes of triage, in the order in which those who help go through them."""

    IMMEDIATE = 0
    DELAYED = 1
    MINIMAL = 2
    EXPECTANT = 3


@dataclass(frozen=True)
class WoundRules(Rules, prefix="wounds"):
    """Shares of the classes by what has hurt people, their hazards, and what help does to these."""

    wind_immediate_share: float
    wind_delayed_share: float
    wind_expectant_share: float
    collapse_immediate_share: float
    collapse_delayed_share: float
    collapse_expectant_share: float
    fire_immediate_share: float
    fire_delayed_share: float
    fire_expectant_share: float
    immediate_half_life_min: float
    expectant_half_life_min: float
    delayed_per_h: float
    first_aid_factor: float
    care_factor: float
    first_aid_each_min: float
    transport_min: float

    def severities(self, cause: str, u: Floats) -> list[Severity]:
        """The class of each of n people hurt by a cause, by draws (n,) in (0, 1)."""
        of = _LIKE.get(cause, "collapse")
        shares = [
            float(getattr(self, f"{of}_{name}_share"))
            for name in ("immediate", "delayed", "expectant")
        ]
        kinds = (Severity.IMMEDIATE, Severity.DELAYED, Severity.EXPECTANT, Severity.MINIMAL)
        edges = np.searchsorted(np.cumsum(shares), u, side="right")
        return [kinds[n] for n in edges.tolist()]

    def per_min(self, severity: Severity) -> float:
        """Hazard a minute of somebody whom nobody helps."""
        return {
            Severity.IMMEDIATE: log(2.0) / self.immediate_half_life_min,
            Severity.DELAYED: self.delayed_per_h / 60.0,
            Severity.MINIMAL: 0.0,
            Severity.EXPECTANT: log(2.0) / self.expectant_half_life_min,
        }[severity]


@dataclass(eq=False, slots=True)
class Wound:
    """One hurt person; minutes since the start, infinite for help that has not come."""

    person: int
    incident: Incident[Any]  # that in which they wait, or waited, for care
    cause: str
    severity: Severity
    since_min: float
    since_tick: int
    per_min: float  # hazard while nobody helps
    load: float  # how much hazard they live through
    aid_min: float = inf
    care_min: float = inf
    carried_min: float = inf  # at the road, where an ambulance can stand
    hospital_min: float = inf  # when they are in a hospital, which ends the danger
    fetched_min: float = inf  # an ambulance is there
    hospital: str = ""
    ambulance: str = ""
    dies_min: float = inf
    died_min: float = inf
    died_tick: int = NEVER

    @property
    def waits(self) -> bool:
        """Whether they live and no medical crew has treated them yet."""
        return isinf(self.care_min) and isinf(self.died_min)


def dies_min(wound: Wound, rules: WoundRules) -> float:
    """The minute in which somebody dies with the help that has come, or is on its way."""
    factor, begins, left = 1.0, wound.since_min, wound.load
    helped = sorted(
        (
            (wound.aid_min, rules.first_aid_factor),
            (wound.care_min, rules.care_factor),
            (wound.hospital_min, 0.0),
        )
    )
    for until, lower in (*helped, (inf, 0.0)):
        hazard = wound.per_min * factor
        ends = begins + left / hazard if hazard > 0.0 else inf
        if ends <= until or isinf(until):
            return ends
        left -= hazard * (until - begins)
        begins, factor = until, min(factor, lower)
    return inf
