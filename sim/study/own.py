"""What runs need of one's own, carried to whoever plays them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from anlan.sim.scenario.errors import BadInput
from anlan.sim.study.own_modules import OwnModule


class Registered(Protocol):
    """A measure or a policy of one's own."""

    def register(self) -> None:
        """Make it known by its name in this process."""
        ...


class OwnCodeError(BadInput):
    """Code of one's own raised, or gave what it must not give."""


@dataclass(frozen=True)
class Carried:
    """Modules and what was registered; unpickled, they are loaded and registered there."""

    modules: tuple[OwnModule, ...] = ()
    things: tuple[Registered, ...] = ()

    def __setstate__(self, state: dict[str, Any]) -> None:
        # The modules come first in the state, so that the functions of the things are there.
        self.__dict__.update(state)
        for thing in self.things:
            thing.register()
