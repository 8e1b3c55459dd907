"""Classes of forest fires by the Regulation on Forest Fire Prevention (森林防火条例), Art. 40."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Words

CLASSES = (
    Words(zh="一般森林火灾", en="general"),
    Words(zh="较大森林火灾", en="larger"),
    Words(zh="重大森林火灾", en="major"),
    Words(zh="特别重大森林火灾", en="extremely serious"),
)


@dataclass(frozen=True)
class ClassRules(Rules, prefix="forest"):
    """Where the three higher classes begin: damaged forest, the dead, the seriously injured."""

    class_larger_ha: float
    class_major_ha: float
    class_extreme_ha: float
    class_larger_dead: float
    class_major_dead: float
    class_extreme_dead: float
    class_larger_injured: float
    class_major_injured: float
    class_extreme_injured: float

    def begin(self, unit: str) -> tuple[float, float, float]:
        """Where the three classes begin, counted in ha, dead or injured."""
        larger, major, extreme = (
            float(getattr(self, f"class_{c}_{unit}")) for c in ("larger", "major", "extreme")
        )
        return larger, major, extreme


def fire_class(damaged_ha: float, dead: int, injured: int, rules: ClassRules) -> int:
    """0 general, 1 larger, 2 major, 3 extremely serious: the worst of the three criteria.

    damaged_ha counts forest that is damaged, not all that burnt; other woodland alone is general.
    """
    return max(
        bisect_right(rules.begin("ha"), damaged_ha),
        bisect_right(rules.begin("dead"), dead),
        bisect_right(rules.begin("injured"), injured),
    )
