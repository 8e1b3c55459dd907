"""The ledger: facts by name, in the order in which they happened, with keys that join."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.ledger import KEYS, NEVER, TABLES, Ledger, facts
from anlan.sim.ledger.facts import KEY
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import cut


def relief(site: str, need_tick: int, persons: int) -> facts.Relief:
    return facts.Relief(
        site=site,
        kind="shelter",
        need_tick=need_tick,
        relief_tick=need_tick + 1,
        ended_tick=NEVER,
        persons=persons,
    )


def test_ledger_keeps_order_and_types() -> None:
    ledger = Ledger()
    ledger.add(relief("a", 1, 5))
    ledger.add_many(facts.Relief, site=["b", "c"], kind="community", need_tick=[3, 4],
                    relief_tick=NEVER, ended_tick=NEVER, persons=[6, 7])  # fmt: skip
    ledger.add(relief("d", 9, 8))
    table = ledger.table("relief")
    assert table["site"].tolist() == ["a", "b", "c", "d"]
    assert table["kind"].tolist() == ["shelter", "community", "community", "shelter"]
    assert table["persons"].tolist() == [5, 6, 7, 8]
    assert table["need_tick"].dtype == np.int32
    assert table["relief_tick"].tolist() == [2, NEVER, NEVER, 10]
    assert table.keys() == TABLES["relief"].keys()
    assert {len(v) for t in ("trip", "casualty") for v in ledger.table(t).values()} == {0}


def test_ledger_refuses_a_fact_that_does_not_fit() -> None:
    with pytest.raises(TypeError, match="persons"):
        facts.Relief(site="a", kind="shelter", need_tick=1, relief_tick=1, ended_tick=1)
    with pytest.raises(KeyError, match="tuple"):
        Ledger().add(("a", "shelter", 1, 1, 1, 1))
    with pytest.raises(ValueError, match="persons"):
        Ledger().add_many(facts.Relief, site="a", kind="shelter", need_tick=1, relief_tick=1,
                          ended_tick=1)  # fmt: skip


def test_every_reference_is_to_a_table_that_has_a_key() -> None:
    own = {table for table, keys in KEYS.items() if KEY in keys.values()}
    for table, keys in KEYS.items():
        for column, refers in keys.items():
            assert refers == KEY or refers in own, f"{table}.{column}"


STORM, FIRES = cut(600, 4), sim.load("tiny-fire")


@pytest.mark.parametrize("scenario", [STORM, FIRES], ids=["storm", "fires"])
def test_ids_are_of_one_fact_each_and_references_are_found(scenario: Scenario) -> None:
    """No id is given twice in a table, and what refers to a fact finds it."""
    tables = sim.run(scenario, seed=1).tables()
    joined = set()
    for table, keys in KEYS.items():
        for column, refers in keys.items():
            values = tables[table][column].tolist()
            if refers == KEY:
                assert len(values) == len(set(values)), f"{table}.{column}"
                continue
            (key,) = (c for c, r in KEYS[refers].items() if r == KEY)
            there = set(tables[refers][key].tolist()) | {""}
            assert set(values) <= there, f"{table}.{column}: {sorted(set(values) - there)[:3]}"
            joined |= {(table, column) for v in values if v}
    always = {("casualty", "incident"), ("deployment", "incident"), ("trip", "about")}
    of_each = {
        "storm": {("delivery", "request"), ("delivery", "trip"), ("evacuation", "order")},
        "fires": {("fire", "incident"), ("fire_front", "fire"), ("fire_cell", "fire")},
    }
    assert joined >= always | of_each["storm" if scenario is STORM else "fires"]
