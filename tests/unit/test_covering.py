"""A first engine for each building fire before a second one for another, and who gives one up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.command.covering import cover_first, engines_to_spare, lacks_engine


@dataclass
class Engine:
    """A crew that feeds two branches; those of micro stations none."""

    id: str
    state: str = "working"
    branches: float = 2.0
    capabilities: frozenset[str] = frozenset({"fire"})
    place: int = 9


FREE: list[Any] = [Engine("one", "idle"), Engine("two", "idle")]  # far from everything


@dataclass
class Wants:
    """The scene of a fire."""

    branches: float

    def needed(self) -> float:
        return self.branches

    def adds(self, crew: Engine) -> float:
        return crew.branches


@dataclass
class Fire:
    """A fire that wants some branches."""

    id: str
    scene: Wants
    crews: list[Engine] = field(default_factory=list)
    capability: str = "fire"
    kind: str = "fire"
    open: bool = True
    place: int = 0
    only_upstairs: bool = False
    urgent_min: float = float("nan")


def fire(name: str, wants: float, *engines: Engine) -> Any:
    return Fire(name, Wants(wants), list(engines))


def is_short(one: Any) -> bool:
    return sum(c.branches for c in one.crews) < one.scene.branches


def spare(*fires: Any) -> list[str]:
    """Those that can be spared, as they are asked."""
    return [c.id for _, c in sorted(engines_to_spare(fires, is_short), key=lambda o: o[0])]


def test_a_micro_station_is_no_engine() -> None:
    assert lacks_engine(fire("a", 4.0, Engine("m", branches=0.0)))
    assert not lacks_engine(fire("a", 4.0, Engine("e", state="travelling")))


def test_no_second_engine_while_another_fire_has_none_that_can_have_one() -> None:
    fires = [fire("a", 8.0, Engine("e")), fire("b", 4.0)]
    assert cover_first(fires, FREE[:1], np.array([[1.0], [9.0]])).tolist() == [[np.inf], [9.0]]
    for eta in (np.array([[1.0], [np.inf]]), np.array([[1.0, 2.0], [np.inf, np.inf]])):
        assert cover_first(fires, FREE[: eta.shape[1]], eta) is eta
    tree: Any = fire("t", 1.0)
    tree.capability, tree.kind = "engineering", "tree"
    assert np.isfinite(cover_first([tree, *fires], FREE[:1], np.ones((3, 1)))[0]).all()


def test_nobody_else_goes_to_people_in_the_water_while_others_have_nobody() -> None:
    """Whoever is on the way counts, with a boat or without; fires are another matter."""
    floods = [fire("f", 0.0, Engine("e", branches=0.0)), fire("g", 0.0), fire("a", 4.0)]
    for one in floods[:2]:
        one.capability, one.kind = "water", "flood"
    left = cover_first(floods, FREE[:1], np.ones((3, 1)))
    assert left.tolist() == [[np.inf], [1.0], [1.0]]
    assert cover_first(floods, FREE[:1], np.array([[1.0], [np.inf], [1.0]]))[0, 0] == 1.0


def test_a_fire_that_has_enough_gives_only_what_it_has_besides() -> None:
    three = [Engine("e1"), Engine("e2"), Engine("e3")]
    assert spare(fire("a", 6.0, *three)) == []
    assert spare(fire("a", 4.0, *three)) == ["e1", "e2", "e3"]  # any one of them, but one
    assert spare(fire("a", 0.0, Engine("e1"))) == []


def test_a_fire_that_wants_more_than_it_has_keeps_one_engine() -> None:
    large = fire("large", 94.0, Engine("e1"), Engine("e2"), Engine("far", state="travelling"))
    assert spare(large) == ["e1", "e2"]
    assert spare(fire("a", 94.0, Engine("e1"), Engine("far", state="travelling"))) == []
    held = fire("held", 2.0, Engine("e3"), Engine("e4"))
    assert spare(large, held) == ["e3", "e4", "e1", "e2"]  # what nobody needs first


@pytest.mark.long
def test_in_linyis_stress_event_few_fires_go_without() -> None:
    """Sixteen engines for some 28 fires within the hour; half of the engines reach fewer."""
    scenario = sim.load("linyi-building-fire-stress")
    half = scenario.replace(
        teams={t.team: {"members": t.members // 2} for t in scenario.teams
               if "fire" in t.capabilities}
    )  # fmt: skip

    def without(one: sim.Scenario) -> int:
        rows = sim.run(one, seed=1, run=0).table("fire")
        return int((np.isnan(rows["arrived_min"]) & (rows["spread_from"] == "")).sum())

    assert without(scenario) <= 4
    assert without(half) > without(scenario)
