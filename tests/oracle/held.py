"""State of a run held as a test wants it, or changed at given ticks.

    hold(model, power_out=out)                              # (T, C): the power goes by the array
    act(model, {40: lambda p, tick: p.power.cut(0, tick, 2.0)})

What is held is stepped by the array and by nothing else; all that depends on it (messages,
warnings, taps, roads, crews) goes on as it does. What is done by `act` happens among the sources,
after power, water and roads of its tick and before anybody notices anything: power that is cut
there is out for the people of the same tick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.model import ResponseModel
from anlan.sim.networks.outages import Outages
from anlan.sim.parts import Parts

Bools = NDArray[np.bool_]
Deed = Callable[[Parts, int], Any]
HELD = "held"  # cause of the outages


@dataclass
class Deeds:
    """A source of the run that does what a test wants at given ticks."""

    parts: Parts
    at: Mapping[int, Deed]

    def step(self, tick: int) -> None:
        """One tick."""
        if tick in self.at:
            self.at[tick](self.parts, tick)

    def finish(self) -> None:
        """It leaves no facts of its own."""


def act(model: ResponseModel, at: Mapping[int, Deed]) -> ResponseModel:
    """Have things done to the model's parts at given ticks."""
    model.parts.sources.append(Deeds(model.parts, at))
    return model


def hold(
    model: ResponseModel,
    power_out: Any = None,
    phone_out: Any = None,
    depth_m: Any = None,
    trees: Mapping[int, Mapping[int, int]] | None = None,
) -> ResponseModel:
    """Hold parts of the state: nothing else changes them.

    power_out, phone_out (T, C) where there is none; depth_m (T, C) on the streets; each may be
    anything that broadcasts. trees: tick -> road (row) -> how many fall across it then.
    """
    p = model.parts
    shape = (model.ticks, p.world.places)
    if power_out is not None:
        power = np.broadcast_to(np.asarray(power_out, dtype=bool), shape)
        _replace(p.power, lambda tick, sky: _switch(p.power.outages, power, tick))
    if phone_out is not None:
        phone = np.broadcast_to(np.asarray(phone_out, dtype=bool), shape)
        _replace(p.phone, lambda tick, power: _switch(p.phone.outages, phone, tick))
    if depth_m is not None:
        depth = np.broadcast_to(np.asarray(depth_m, dtype=np.float32), shape)
        _replace(p.water, lambda *given: _fill(p, depth))
        p.water.stays_dry = lambda sky: False  # type: ignore[method-assign]
    if trees is not None:
        _replace(p.trees, lambda sky: _fall(p, trees))
    return model


def _replace(part: Any, step: Callable[..., Any]) -> None:
    part.step = step


def _switch(outages: Outages, out: Bools, tick: int) -> None:
    """Make a network as an array has it."""
    fails, back = (np.flatnonzero(x) for x in (out[tick] & ~outages.out, ~out[tick] & outages.out))
    outages.end(back, tick)
    outages.begin(fails, tick, HELD)


def _fill(p: Parts, depth_m: NDArray[np.float32]) -> None:
    p.water.depth_m = depth_m[p.present.tick]
    p.water.wet = bool(p.water.depth_m.any())


def _fall(p: Parts, trees: Mapping[int, Mapping[int, int]]) -> list[tuple[int, int]]:
    fallen = sorted(trees.get(p.present.tick, {}).items())
    for road, count in fallen:
        p.trees.lay(road, count)
    return fallen
