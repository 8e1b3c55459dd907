"""What was made of a scenario, kept for the next one that differs in nothing that was read.

A study's variants mostly differ in what the people and the start of a run do not come from.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from sim.scenario.schema import Scenario


class _Reader:
    """Stands for a scenario and writes down what is read of it."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._parameters: dict[str, float] = {}
        self._attributes: dict[str, Any] = {}

    def p(self, name: str) -> float:
        value = self._parameters[name] = self._scenario.p(name)
        return value

    def __getattr__(self, name: str) -> Any:
        value = self._attributes[name] = getattr(self._scenario, name)
        return value

    def fits(self, scenario: Scenario) -> bool:
        """Whether all that was read is the same in another scenario."""
        parameters, attributes = self._parameters.items(), self._attributes.items()
        return all(scenario.p(name) == value for name, value in parameters) and all(
            getattr(scenario, name) == value for name, value in attributes
        )


def kept[T](make: Callable[[Scenario], T]) -> Callable[[Scenario], T]:
    """`make`, which gives the thing it made last as long as it would make the same again.

    It must read the scenario by `p` and by attributes only, and nobody may change what it gives.
    """
    last: list[tuple[Scenario, _Reader, T]] = []

    @wraps(make)
    def keeping(scenario: Scenario) -> T:
        if last and last[0][0] is scenario:
            return last[0][2]
        if last and last[0][1].fits(scenario):
            last[:] = [(scenario, *last[0][1:])]
        else:
            reader = _Reader(scenario)
            last[:] = [(scenario, reader, make(cast(Scenario, reader)))]
        return last[0][2]

    return keeping
