"""What is far from usual in a scenario: tons for kilograms, metres for kilometres, one digit more.

Such a number lies within its hard range and can be played; it is told with file, row and column,
and taken as written. `ranges` looks at a column by itself, `beside` at what stands beside it,
`targets` at what the plan asks for.
"""

from __future__ import annotations

from anlan.analysis.unusual.beside import odd_beside
from anlan.analysis.unusual.ranges import odd_columns
from anlan.analysis.unusual.targets import odd_targets
from anlan.sim import Odd
from anlan.sim.scenario.schema import Scenario


def unusual(scenario: Scenario) -> list[Odd]:
    """All of it, each kind once, with its first row and how many there are. Raises nothing."""
    return [*odd_columns(scenario), *odd_beside(scenario), *odd_targets(scenario)]
