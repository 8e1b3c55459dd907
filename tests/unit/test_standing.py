"""Rows of the table stand while the code, the data or what the tried runs leave are the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from anlan.analysis.capabilities import standing as module
from anlan.analysis.capabilities.conducted import Budget, conduct_scenario, scenario_of
from anlan.analysis.capabilities.kept import CELLS_FILE, keep, read_cells, read_effects
from anlan.analysis.capabilities.levels import Cell
from anlan.analysis.capabilities.listed import scenarios
from anlan.analysis.capabilities.standing import SealDigest, seal_of, stamp_of, standing
from anlan.sim import load, run

TINY = scenarios()["tiny"]


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Budget:
    return Budget(tmp_path_factory.mktemp("runs"), 1)


def table_of(folder: Path, budget: Budget, names: tuple[str, ...]) -> pd.DataFrame:
    """The table after some rows have been played and stamped."""
    _, stamp = standing(read_cells(folder), TINY, budget)

    def only(cell: Cell) -> bool:
        return cell.id in names

    keep(folder, TINY, conduct_scenario(TINY, budget, only), (), stamp)
    return read_cells(folder)


@pytest.mark.long
def test_rows_stand_with_their_code_or_with_what_it_leaves(budget: Budget, tmp_path: Path) -> None:
    rows = table_of(tmp_path, budget, ("boats", "saws"))
    played = set(rows["capability"][rows["verdict"] != "unplayed"])
    assert {"boats", "saws"} <= played < set(rows["capability"])
    stands, stamp = standing(rows, TINY, budget)
    assert stands == played
    assert (stamp.code, stamp.data) == (stamp_of(scenario_of(TINY)).code, rows["data"].iloc[0])
    assert len(stamp.seal) == module.SHOWN
    assert standing(rows.assign(code="older"), TINY, budget) == (played, stamp)
    assert standing(rows.assign(data="other"), TINY, budget)[0] == played
    assert standing(rows.assign(code="older", seal="other"), TINY, budget)[0] == set()
    assert standing(rows.assign(code="older", seal=""), TINY, budget)[0] == set()


def test_what_is_not_played_now_stays_and_only_what_stands_is_stamped_anew(
    budget: Budget, tmp_path: Path
) -> None:
    before = table_of(tmp_path, budget, ("boats",)).assign(code="older")
    before.to_csv(tmp_path / CELLS_FILE, index=False)
    effects = read_effects(tmp_path)
    _, stamp = standing(before, TINY, budget)
    later = Budget(tmp_path / "no runs", 1, deadline=0.0)
    keep(tmp_path, TINY, conduct_scenario(TINY, later, lambda _: False), ("saws",), stamp)
    after = read_cells(tmp_path).set_index("capability")
    was = before.set_index("capability")
    assert (after["verdict"] == was["verdict"]).all()
    assert after["code"]["saws"] == stamp.code
    others = after[after["verdict"] != "none_there"].drop("saws")
    assert set(others["code"]) == {"older"}
    assert len(others) > 2
    pd.testing.assert_frame_equal(read_effects(tmp_path), effects)


def test_the_seal_sees_one_value_of_one_table() -> None:
    scenario = load("tiny")
    tables = run(scenario).tables()

    def seal() -> str:
        return str(SealDigest()(scenario, tables)["seal"]["sha256"][0])

    first = seal()
    assert seal() == first
    tables["message"]["sent_tick"][0] += 1
    assert seal() != first


def test_no_seal_is_given_to_runs_that_were_not_all_played(tmp_path: Path) -> None:
    assert seal_of(scenario_of(TINY), Budget(tmp_path, deadline=0.0)) == ""
