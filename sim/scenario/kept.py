"""What was made of a scenario, kept for the next one that differs in nothing that was read.

A study's variants mostly leave alone what the people, the hazard and the calendar come from.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import MethodType
from typing import Any, cast

from anlan.sim.scenario.schema import Scenario, Settings

SETTINGS = "settings"  # read key by key: few of them matter to any one thing


class _SettingsReader:
    """Stands for the settings and notes which of them are read."""

    def __init__(self, settings: Settings, read: set[str]) -> None:
        self._settings = settings
        self._read = read

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._settings, name)
        self._read.add(name)
        return value


class Reader:
    """Stands for a scenario and notes which of its parts, settings and parameters are read."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._parts: set[str] = set()
        self._keys: set[str] = set()
        self._names: set[str] = set()

    def p(self, name: str) -> float:
        """The value of a parameter; notes that it was read."""
        self._names.add(name)
        return self._scenario.p(name)

    def __getattr__(self, name: str) -> Any:
        if name == SETTINGS:
            return _SettingsReader(self._scenario.settings, self._keys)
        if name in Scenario.model_fields:
            self._parts.add(name)
            return getattr(self._scenario, name)
        attribute = getattr(Scenario, name)
        if isinstance(attribute, property):
            return cast(Any, attribute.fget)(self)
        return MethodType(attribute, self)

    def fits(self, other: Scenario) -> bool:
        """Whether another scenario says the same wherever this one was read."""
        mine = self._scenario
        try:
            if any(mine.p(name) != other.p(name) for name in self._names):
                return False
        except KeyError:  # it has not the parameter
            return False
        pairs = [(getattr(mine, part), getattr(other, part)) for part in self._parts]
        pairs += [(getattr(mine.settings, k), getattr(other.settings, k)) for k in self._keys]
        return all(a is b or a == b for a, b in pairs)


def kept[T](make: Callable[[Scenario], T]) -> Callable[[Scenario], T]:
    """`make`, which gives the thing it made last as long as it would make the same again.

    It must read the scenario by `p` and by attributes only, and nobody may change what it gives.
    What it gives may read the scenario later: that counts too.
    """
    last: list[tuple[Scenario, Reader, T]] = []

    @wraps(make)
    def keeping(scenario: Scenario) -> T:
        if last and last[0][0] is scenario:
            return last[0][2]
        if last and last[0][1].fits(scenario):
            last[:] = [(scenario, *last[0][1:])]
        else:
            reader = Reader(scenario)
            last[:] = [(scenario, reader, make(cast(Scenario, reader)))]
        return last[0][2]

    return keeping
