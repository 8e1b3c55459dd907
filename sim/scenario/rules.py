"""The parameters of one module as one frozen object, read once.

A module declares what it needs as a dataclass, a field a parameter:

    @dataclass(frozen=True)
    class PowerRules(Rules, prefix="power"):
        crew_wind_ms: float                       # parameter power.crew_wind_ms
        gale_ms: float = of("road.gale_wind_ms")  # a parameter of another prefix

and reads it once: `PowerRules.read(scenario)`. A name that no parameter has fails at once, and a
test sees to it that every parameter is read by somebody.
"""

from __future__ import annotations

import typing
from dataclasses import field, fields
from functools import cache
from typing import Any, ClassVar, Self, cast

from anlan.sim.scenario.schema import Scenario

_declared: list[type[Rules]] = []


def of(name: str) -> Any:
    """A field that is read from the parameter of this full name."""
    return field(metadata={"parameter": name})


class Rules:
    """Base of the frozen dataclasses that hold a module's parameters."""

    _prefix: ClassVar[str] = ""
    # What was read last, kept since every run of a scenario asks for the same.
    _latest: ClassVar[tuple[Scenario, Rules] | None] = None

    def __init_subclass__(cls, prefix: str, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls._prefix = prefix
        _declared.append(cls)

    @classmethod
    def names(cls) -> dict[str, str]:
        """Field -> full name of its parameter."""
        return {
            f.name: f.metadata.get("parameter", f"{cls._prefix}.{f.name}")
            for f in fields(cls)  # type: ignore[arg-type]  # the subclasses are dataclasses
        }

    @classmethod
    def read(cls, scenario: Scenario) -> Self:
        """The rules of a scenario. Raises KeyError for a parameter that it does not have."""
        if cls._latest is not None and cls._latest[0] is scenario:
            return cast(Self, cls._latest[1])
        found = _fields(cls)  # type: ignore[arg-type]  # a class can be hashed
        rules = cls(**{f: kind(scenario.p(name)) for f, name, kind in found})
        cls._latest = (scenario, rules)
        return rules


@cache
def _fields(rules: Any) -> list[tuple[str, str, type]]:
    """(field, full name of its parameter, type) of each field."""
    kinds = typing.get_type_hints(rules)
    return [(f, name, kinds[f]) for f, name in rules.names().items()]


def declared() -> list[type[Rules]]:
    """Every class of rules of the modules imported so far."""
    return list(_declared)
