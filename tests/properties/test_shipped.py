"""Every shipped scenario, whole: its rows in another order, and one more thing that helps.

The order of rows changes no fact and no measure, to the bit. One more team, lorry, store or
shelter, or one less, changes no draw: what is drawn before the first tick (the storm, the people,
poles and trees) is the same for the same things, and so is what a thing draws within the run if
it draws in both. Only a thing that is new may draw what nobody drew before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest

from anlan import sim
from anlan.analysis import measure_run
from anlan.sim.chance import Keys, Stream, Streams, keys_of
from anlan.sim.checks import check
from anlan.sim.engine import Engine, prepare
from anlan.sim.scenario.schema import Scenario
from tests.properties.test_chance import bits
from tests.properties.test_listing import assert_alike, facts, shuffled, side_by_side, turned

NAMES = [name for name, *_ in sim.shipped()]
SMALL = [name for name in NAMES if name.startswith("tiny")]
LARGE = [pytest.param(name, marks=pytest.mark.long) for name in NAMES if name not in SMALL]

Noted = defaultdict[str, list[tuple[Keys, Keys]]]
Drawn = dict[str, tuple[Keys, Keys]]


@pytest.mark.parametrize("name", [*SMALL, *LARGE])
def test_rows_in_another_order_give_the_same_facts_and_measures(name: str) -> None:
    scenario = sim.load(name)
    other = turned(shuffled(scenario, 3, side_by_side()))
    assert_alike(facts(scenario, 11), facts(other, 11))
    one, two = (measure_run(s, prepare(s).run(11, 0).tables()) for s in (scenario, other))
    assert list(one) == list(two)
    assert [
        m for m in one if one[m] != two[m] and not (np.isnan(one[m]) and np.isnan(two[m]))
    ] == []


# -- one more, one less --------------------------------------------------------------------------


def one_more(table: str, key: str) -> Callable[[Scenario], Scenario]:
    """The same scenario with a twin of the first row of a table."""

    def change(scenario: Scenario) -> Scenario:
        rows = getattr(scenario, table)
        twin = rows[0].model_copy(update={key: f"zz-{getattr(rows[0], key)}"})
        return scenario.model_copy(update={table: (*rows, twin)})

    return change


def one_less(table: str, key: str) -> Callable[[Scenario], Scenario]:
    """The same scenario without the last row of a table, and without what it holds."""

    def change(scenario: Scenario) -> Scenario:
        *rows, last = getattr(scenario, table)
        stock = tuple(s for s in scenario.stock if s.holder != getattr(last, key))
        return scenario.model_copy(update={table: tuple(rows), "stock": stock})

    return change


def one_lorry_more(scenario: Scenario) -> Scenario:
    """The same scenario with one lorry more at its first store."""
    first, *others = scenario.stores
    more = first.model_copy(update={"trucks": first.trucks + 1})
    return scenario.model_copy(update={"stores": (more, *others)})


CHANGES: dict[str, tuple[str, str, Callable[[Scenario], Scenario]]] = {
    f"{said} {less_or_more}": (table, key, change(table, key))
    for said, table, key in (
        ("a team", "teams", "team"),
        ("a store", "stores", "store"),
        ("a shelter", "shelters", "shelter"),
    )
    for less_or_more, change in (("more", one_more), ("less", one_less))
} | {"a lorry more": ("stores", "store", one_lorry_more)}


def drawn(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> tuple[Drawn, Drawn]:
    """All that is drawn in a run: before its first tick, and within it."""
    parts: tuple[Noted, Noted] = defaultdict(list), defaultdict(list)
    now = 0
    many, one, generator = Streams.bits, Streams.one, Streams.generator

    def noting_bits(self: Streams, of: Stream, keys: Keys, draw: int = 0) -> Keys:
        found = many(self, of, keys, draw)
        parts[now][f"{of.name}/{draw}"].append((keys, found))
        return found

    def noting_one(self: Streams, of: Stream, thing: str, draw: int = 0) -> float:
        found = one(self, of, thing, draw)
        parts[now][f"{of.name}/{draw}"].append((keys_of([thing]), np.array([found]).view("u8")))
        return found

    def noting_generator(self: Streams, of: Stream, thing: str) -> np.random.Generator:
        found = generator(self, of, thing)
        state = keys_of([str(found.bit_generator.state["state"])])
        parts[now][of.name].append((keys_of([thing]), state))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Streams, "bits", noting_bits)
        patched.setattr(Streams, "one", noting_one)
        patched.setattr(Streams, "generator", noting_generator)
        model = engine.model(5, 0)
        now = 1
        model.run()
    return by_thing(parts[0]), by_thing(parts[1])


def by_thing(noted: Noted) -> Drawn:
    """Stream and number of the draw -> its things in order and what each drew, each once."""
    found = {}
    for name, pairs in noted.items():
        keys, values = (np.concatenate([p[n] for p in pairs]) for n in (0, 1))
        things, first = np.unique(keys, return_index=True)
        found[name] = things, values[first]
    return found


def differ(one: Drawn, other: Drawn) -> list[str]:
    """Streams of which a thing that draws in both draws something else."""
    found = []
    for name in one.keys() & other.keys():
        _, here, there = np.intersect1d(one[name][0], other[name][0], return_indices=True)
        if (one[name][1][here] != other[name][1][there]).any():
            found.append(name)
    return found


def others_draw(one: Drawn, other: Drawn, new: Keys) -> list[str]:
    """Streams of which other things draw in the one than in the other, but for those that are new
    themselves.
    """
    nobody = np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint64)
    return [
        name
        for name in one.keys() | other.keys()
        if len(np.setdiff1d(np.setxor1d(*(d.get(name, nobody)[0] for d in (one, other))), new))
    ]


@pytest.mark.parametrize("name", [*SMALL, *LARGE])
def test_one_thing_more_or_less_leaves_every_draw(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = sim.load(name)
    engine = prepare(scenario)
    before, within = drawn(engine, monkeypatch)
    for said, (table, key, change) in CHANGES.items():
        if not getattr(scenario, table):
            continue
        other = change(scenario)
        check(other)
        changed = prepare(other)
        assert bits(changed.world.people) == bits(engine.world.people), said
        then, later = drawn(changed, monkeypatch)
        ids = [{getattr(row, key) for row in getattr(s, table)} for s in (scenario, other)]
        assert others_draw(before, then, keys_of(sorted(ids[0] ^ ids[1]))) == [], said
        assert differ(before, then) == [], said
        assert differ(within, later) == [], said
        assert not within or within.keys() & later.keys(), said
