"""`anlan size`: what may change is what the registry marks, and a list is confirmed or not said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import anlan
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.sizing.allocation import moving
from anlan.analysis.sizing.asked import ask
from anlan.analysis.sizing.beyond import other_prices
from anlan.analysis.sizing.confirm import Attempt, Judged
from anlan.analysis.sizing.evidence import Evidence
from anlan.analysis.sizing.levers import lever, with_amounts
from anlan.analysis.sizing.played import number_of, point_of, seed_of_block
from anlan.analysis.sizing.procedure import sized
from anlan.analysis.sizing.tables import bounded_text, headline, rest_text
from anlan.analysis.words import LANGS
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import PARTS
from tests.house import ROOT
from tests.toy_sizing import Toy, problem_of
from tests.typed import SHORT, Command
from tests.unit.test_registry import Wider, loaded, wide

__all__ = ["wide"]  # a fixture of the registry's test
EXAMPLE = ROOT / "docs/examples/sizing/may_change.csv"
FRESH = Judged(0, "goal", 1.0, 0.96, 1.0, 8, "met")
HOURS = {"settings.duration_h": "6", "settings.start_before_closest_h": "4"}


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return anlan.load("tiny", HOURS)


def test_the_example_of_the_docs_finds_the_team_that_the_plan_asks_for(
    anlan_: Command, tmp_path: Path
) -> None:
    out = tmp_path / "size"
    typed = ("size", "tiny", "--may-change", str(EXAMPLE), *SHORT, "--workers", "1", "--out")
    done = anlan_(*typed, str(out))
    assert done.code == 0, done.err
    told = json.loads((out / "size.json").read_text(encoding="utf-8"))
    assert told["outcome"] == "enough"
    assert told["least"]
    assert told["amounts"] == {"teams.members (kind=professional)": 30, "teams.team-1.boats": 1}
    assert told["cost"] == 22 * 20_000
    assert "the least" in done.out.lower()
    kept = {p.name: p.read_bytes() for p in out.glob("*.csv")}
    for part in sorted((out / PARTS).glob("variants-*"))[::2]:  # a kill, at any moment
        shutil.rmtree(part)
    assert anlan_(*typed, str(out)).code == 0
    assert {p.name: p.read_bytes() for p in out.glob("*.csv")} == kept


@pytest.fixture
def anlan_() -> Command:
    import contextlib
    import io

    from anlan.app.cli import main
    from tests.typed import Result

    def call(*words: str) -> Result:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*words, "--lang", "en"])
        return Result(code, out.getvalue(), err.getvalue())

    return call


def test_all_slips_of_a_file_are_told_at_once(anlan_: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "what,where,at_least,at_most,step,unit_cost\n"
        "teams.team-1.boots,,,4,1,\n"
        "teams.team-1.boats,,2.5,4,1,\n"
        "shelters.shelter-1.capacity,,,10,1,\n"
        "teams.team-1,,,3,1,\n"
        "stores.store-1.truck_kg,,,9000,1,\n",
        encoding="utf-8",
    )
    done = anlan_("size", "tiny", "--may-change", str(file), "--out", str(tmp_path / "o"))
    assert done.code == 2
    lines = done.err.splitlines()
    for row, column, said in (
        (2, "what", "no capacity of teams.csv; did you mean boats?"),
        (3, "at_least", "2.5 is no whole number"),
        (4, "at_most", "10 is less than the 20 of today"),
        (5, "unit_cost", "give a unit_cost"),
        (6, "step", "levels are more than"),
    ):
        assert any(f"mine.csv, row {row}, column {column}: " in x and said in x for x in lines)
    assert len(lines) == 5
    assert not (tmp_path / "o").exists()


def test_rows_of_the_wrong_type_are_told_with_file_row_and_column(
    anlan_: Command, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("what,at_most,step\nteams.team-1.boats,many,1\n,3,0\n", encoding="utf-8")
    done = anlan_("size", "tiny", "--may-change", str(file), "--out", str(tmp_path / "o"))
    assert done.code == 2
    assert "mine.csv, row 2, column at_most: many is not a number" in done.err
    assert "mine.csv, row 3, column step: 0 is not more than 0" in done.err


def test_an_amount_is_shared_out_and_more_gives_no_row_less(tiny: Scenario) -> None:
    stock = lever(tiny, "stock.quantity", "holder=store-1")
    before = stock.shares(stock.today)
    for amount in range(int(stock.today), int(stock.today) + 50):
        now = stock.shares(float(amount))
        assert sum(now) >= amount
        assert all(a >= b for a, b in zip(now, before, strict=True))
        before = now


def test_a_row_may_be_there_several_times_or_not_at_all(tiny: Scenario) -> None:
    team = lever(tiny, "teams.救援队", None)
    assert [t.team for t in with_amounts(tiny, [(team, 3.0)]).teams] == [
        "team-1", "team-1-more-2", "team-1-more-3",
    ]  # fmt: skip
    assert with_amounts(tiny, [(team, 0.0)]).teams == ()
    assert with_amounts(tiny, [(team, 1.0)]) == tiny


def test_a_number_tells_its_point_and_blocks_have_seeds_of_their_own() -> None:
    counts = (3, 1, 5)
    points = [point_of(n, counts) for n in range(15)]
    assert len(set(points)) == 15
    assert [number_of(p, counts) for p in points] == list(range(15))
    assert len({seed_of_block(1, b) for b in range(16)}) == 16
    assert seed_of_block(7, 0) == 7


@pytest.fixture
def reach() -> Iterator[str]:
    """A measure that only this test knows: how far the first siren reaches."""

    @anlan.measure("test.reach_km", unit="km", better="higher")
    def reach_km(facts: Any) -> float:
        return float(facts.scenario.sirens[0].reach_km)

    yield "test.reach_km"
    del MEASURES["test.reach_km"]


def test_a_capacity_that_only_this_test_knows_is_sized(
    wide: Path,
    reach: str,
    tmp_path: Path,
) -> None:
    scenario: Wider = loaded(wide, HOURS)
    first = scenario.plan.targets[-1].model_copy(
        update={"measure": reach, "limit": 7.0, "at_least": 0.8, "id": "heard"}
    )
    scenario = scenario.model_copy(
        update={"plan": scenario.plan.model_copy(update={"targets": (first,)})}
    )
    row = {"what": "sirens.s1.reach_km", "at_most": 10.0, "step": 0.5}
    with pytest.raises(BadInput, match="unit_cost"):
        ask([scenario], None, [row])
    found = anlan.size(scenario, {"sirens.reach_km": 100.0}, [row], folder=tmp_path, most_runs=240)
    assert found.outcome == "enough"
    assert found.amounts() == {"sirens.s1.reach_km": 7.0}
    assert found.least
    assert found.cost == 450.0
    assert found.shopping["more"].tolist() == [4.5]
    assert set(found.confirmed["seed"]) == {seed_of_block(1, 2)}


def test_what_nothing_moves_is_told_apart_and_no_list_is_made_up(
    tiny: Scenario, tmp_path: Path
) -> None:
    rows = [{"what": "teams.team-1.saws", "at_most": 3, "step": 1}]
    found = anlan.size(tiny, None, rows, folder=tmp_path)
    assert found.outcome == "unmoved"
    why = dict(zip(found.apart["target"], found.apart["why"], strict=True))
    assert why["flood-team-30"] == "unmoved_not_met"
    assert why["moved-before-gale"] == "assumed"
    hinge = found.apart.set_index("target").loc["moved-before-gale"]
    assert hinge["hangs_on"]
    assert hinge["turns_at"] > hinge["assumed"]


def test_what_is_better_with_more_and_yet_not_enough_forbids(
    wide: Path, reach: str, tmp_path: Path
) -> None:
    """No run keeps the limit with the fewest or the most, but the measure moves: no "unmoved"."""
    scenario: Wider = loaded(wide, HOURS)
    far = scenario.plan.targets[-1].model_copy(
        update={"measure": reach, "limit": 20.0, "at_least": 0.8, "id": "far"}
    )
    near = far.model_copy(update={"limit": 7.0, "id": "near"})
    scenario = scenario.model_copy(
        update={"plan": scenario.plan.model_copy(update={"targets": (far, near)})}
    )
    row = {"what": "sirens.s1.reach_km", "at_most": 10.0, "step": 0.5, "unit_cost": 1.0}
    found = anlan.size(scenario, None, [row], folder=tmp_path, most_runs=200)
    assert found.outcome == "none"
    assert [name for _, name in found.size.forbids] == ["far"]
    assert found.size.rest == ("near",)
    assert not len(found.apart)
    assert list(rest_text(found.size, "en")) == [
        "For the other targets alone: the same command with --target near; what was played is "
        "used again."
    ]
    assert found.size.played < 100


def test_no_such_capacity_within_the_bounds_names_the_target(
    tiny: Scenario, tmp_path: Path
) -> None:
    rows = [{"what": "teams.team-1.members", "at_most": 28, "step": 4}]
    found = anlan.size(tiny, None, rows, folder=tmp_path)
    assert found.outcome == "none"
    assert found.size.forbids == (("tiny", "flood-team-30"),)


def test_stock_that_lies_at_the_wrong_place_is_moved() -> None:
    import pandas as pd

    scenario = anlan.load("tiny")
    second = scenario.stores[0].model_copy(update={"store": "store-2", "community": "port"})
    scenario = scenario.model_copy(update={"stores": (*scenario.stores, second)})
    needs = pd.DataFrame({"run": [0, 1], "site": ["port", "port"], "item": ["meal", "meal"],
                          "quantity": [30, 50]})  # fmt: skip
    (found,) = moving(scenario, needs, 2)
    assert found.now_min == pytest.approx(10.0)  # six kilometres at 36 km/h
    assert found.best_min == pytest.approx(0.0)
    assert found.needed == 40.0
    ((there, here, quantity),) = found.moves
    assert (there, here) == ("store-1", "store-2")
    assert 50.0 <= quantity <= 60.0


def test_several_storms_must_all_be_met(tiny: Scenario, tmp_path: Path) -> None:
    other = tiny.model_copy(update={"settings": tiny.settings.model_copy(update={"id": "again"})})
    targets = tuple(
        t.model_copy(update={"limit": 36.0}) if t.id == "flood-team-30" else t
        for t in other.plan.targets
    )
    other = other.model_copy(update={"plan": other.plan.model_copy(update={"targets": targets})})
    rows = [{"what": "teams.team-1.members", "at_most": 40, "step": 4}]
    found = anlan.size([tiny, other], None, rows, folder=tmp_path)
    assert found.outcome == "enough"
    assert found.amounts() == {"teams.team-1.members": 36.0}
    assert {p.name for p in tmp_path.iterdir() if p.is_dir()} >= {"tiny", "again"}


def test_least_is_said_only_where_it_was_proved(tiny: Scenario, tmp_path: Path) -> None:
    rows = [{"what": "teams.team-1.members", "at_most": 40, "step": 2}]
    found = anlan.size(tiny, None, rows, targets=["flood-team-30"], folder=tmp_path)
    assert found.least
    assert "The least:" in headline(found, "en")
    assert "这是最省的：" in headline(found, "zh")
    for attempts in (found.size.found.attempts, (Attempt((0,), 2, 0.01, (FRESH,), 8),)):
        open_ = replace(found.size.found, least=False, attempts=attempts)
        unproved = replace(found, size=replace(found.size, found=open_))
        assert "The least found; that nothing cheaper would do is not proved" in headline(
            unproved, "en"
        )
        assert "未证明没有更省的" in headline(unproved, "zh")


def test_a_list_that_fresh_runs_refused_is_no_cheaper_list_at_other_prices() -> None:
    toy = Toy(((0.3, 0.2, 0.5), (0.3, 0.2, 0.5)), 0.9, 1)
    problem = problem_of(toy, (3.0, 1.0))
    evidence = Evidence(problem, 3000)
    said = sized(evidence, 0.05)
    assert said.point == (2, 2)
    assert said.search is not None
    said.search.accepted += [(1, 2), (2, 1)]  # as if too few runs had liked them
    refused = Attempt((1, 2), 3, 0.01, (), 8)
    attempts = (replace(refused, judged=(replace(FRESH, state="open"),)), *said.attempts)
    lists = list(other_prices(evidence, replace(said, attempts=attempts), ["a", "b"]))
    assert len(lists) == 4
    assert all(one.point != (1, 2) for one in lists)
    for one in lists:
        assert one.confirmed == (one.point == (2, 2))
        assert one.today == (problem.cost(one.point) < problem.cost((2, 2)))
        assert one.cost <= one.of_confirmed
    assert any(one.today and not one.confirmed for one in lists)


def test_a_target_that_forbids_says_which_assumptions_bound_it() -> None:
    """Nine in ten who follow decide it alone, which is told apart; 97 in a hundred bound it."""
    for share, told in (("0.97", True), ("1", False)):
        scenario = anlan.load("tiny", {"parameters.residents.comply_low_lying": share})
        target = next(t for t in scenario.plan.targets if t.id == "moved-before-gale")
        lines = {lang: list(bounded_text(scenario, target, lang)) for lang in LANGS}
        for found in lines.values():
            assert bool(found) == told
            assert all("residents.comply_low_lying" in line for line in found)
            assert all("97%" in line for line in found)
            assert not any("comply_boat" in line for line in found)  # nobody lives on one there
