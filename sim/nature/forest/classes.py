"""Classes of forest fires by the Regulation on Forest Fire Prevention (森林防火条例), Art. 40."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from anlan.sim.scenario.schema import Words

CLASSES = (
    Words(zh="一般森林火灾", en="general"),
    Words(zh="较大森林火灾", en="larger"),
    Words(zh="重大森林火灾", en="major"),
    Words(zh="特别重大森林火灾", en="extremely serious"),
)


@dataclass(frozen=True)
class Limits:
    """Where the three higher classes begin: damaged forest, the dead, the seriously injured."""

    damaged_ha: tuple[float, float, float]
    dead: tuple[float, float, float]
    injured: tuple[float, float, float]


def limits(p: Callable[[str], float]) -> Limits:
    """The limits of the parameters (`scenario.p`)."""

    def three(unit: str) -> tuple[float, float, float]:
        names = (f"forest.class_{c}_{unit}" for c in ("larger", "major", "extreme"))
        larger, major, extreme = (p(name) for name in names)
        return larger, major, extreme

    return Limits(three("ha"), three("dead"), three("injured"))


def fire_class(damaged_ha: float, dead: int, injured: int, at: Limits) -> int:
    """0 general, 1 larger, 2 major, 3 extremely serious: the worst of the three criteria.

    damaged_ha counts forest that is damaged, not all that burnt; other woodland alone is general.
    """
    return max(
        bisect_right(at.damaged_ha, damaged_ha),
        bisect_right(at.dead, dead),
        bisect_right(at.injured, injured),
    )
