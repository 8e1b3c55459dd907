"""The stopping rule: what is looked at, when a target is settled, and that nothing is looked up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from anlan.analysis.verdict.stopping import Stopping, decide, named, runs_to_add
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Plan, Target, Words
from tests.fabricated import targets

PLAN = Plan(title=Words(zh="预案", en="plan"), source="made up", targets=targets())
DEATHS, RESCUE, RELIEF = "harm.deaths", "rescue.response_min_mean", "relief.within_10h_share"


def target(name: str, **change: Any) -> Target:
    return next(t for t in PLAN.targets if t.id == name).model_copy(update=change)


def runs(n: int, seed: int = 1) -> pd.DataFrame:
    """Deaths in 1 run of 50, rescue around 70 min (asked 60), relief around 0.9 (asked 0.9)."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"variant": 0, "run": np.arange(n)})
    frame[DEATHS] = (rng.random(n) < 0.02).astype(float)
    frame[RESCUE] = rng.normal(70, 10, n)
    frame[RELIEF] = rng.beta(9, 1, n)
    frame.loc[frame.index[::10], RESCUE] = np.nan
    return frame


def test_clear_targets_are_settled_and_the_doubtful_one_goes_on() -> None:
    rule = Stopping(targets=("deaths", "rescue", "relief"), batch=20, most_runs=1000)
    deaths, rescue, relief = decide(runs(400), named(rule, PLAN), rule)
    assert (deaths.verdict, deaths.settled) == ("met", "decided")
    assert (rescue.verdict, rescue.settled) == ("not met", "decided")
    assert (relief.verdict, relief.settled, relief.runs) == ("undecided", "", 400)
    assert rescue.applicable == rescue.runs * 9 // 10
    assert deaths.interval.low >= 0.8
    assert rescue.interval.low > 60
    assert relief.interval.low < 0.9 < relief.interval.high
    assert runs_to_add([deaths, rescue], 400, rule) == 0
    assert runs_to_add([deaths, relief], 400, rule) == 20
    assert runs_to_add([relief], 990, rule) == 10


def test_batch_by_batch_gives_what_one_look_back_gives() -> None:
    rule = Stopping(targets=("deaths", "rescue", "relief"), batch=20, width=0.08, most_runs=600)
    asked, frame = named(rule, PLAN), runs(600)
    statuses, played, used = None, 0, []
    while more := runs_to_add(statuses or [], played, rule) if statuses else rule.batch:
        played += more
        statuses = decide(frame.head(played), asked, rule, statuses)
        used.append(played)
    assert statuses == decide(frame.head(played), asked, rule)
    shuffled = frame.head(played).sample(frac=1, random_state=3)
    assert statuses == decide(shuffled, asked, rule)
    assert [s.settled for s in statuses] == ["decided", "decided", "narrow"]
    assert statuses == decide(frame, asked, rule)  # later runs change nothing
    assert played < 600


def test_the_budget_ends_it() -> None:
    rule = Stopping(targets=("relief",), batch=30, most_runs=100)
    (found,) = decide(runs(500), named(rule, PLAN), rule)
    assert (found.verdict, found.settled, found.runs) == ("undecided", "budget", 100)
    assert runs_to_add([found], 100, rule) == 0


def test_more_targets_share_the_doubt() -> None:
    one = Stopping(targets=("deaths",), batch=20, most_runs=60)
    three = Stopping(targets=("deaths", "rescue", "relief"), batch=20, most_runs=60)
    hard = [target("deaths", at_least=0.985)]
    alone = decide(runs(60), hard, one)[0].interval
    among = decide(runs(60), [*hard, target("rescue"), target("relief")], three)[0].interval
    assert among.low < alone.low < alone.high <= among.high


def test_nothing_to_judge_is_not_an_answer() -> None:
    frame = runs(40)
    frame[DEATHS] = np.nan
    rule = Stopping(targets=("deaths",), batch=20, most_runs=40)
    (found,) = decide(frame, named(rule, PLAN), rule)
    assert (found.verdict, found.settled, found.applicable) == ("undecided", "budget", 0)
    assert found.interval[1:3] == (0.0, 1.0)
    (none,) = decide(frame.head(0), named(rule, PLAN), rule)
    assert (none.settled, none.runs) == ("", 0)
    assert runs_to_add([none], 0, rule) == 20


def test_all_means_every_target_that_runs_can_settle() -> None:
    rule = Stopping(most_runs=100)
    assert [t.id for t in named(rule, PLAN)] == ["deaths", "rescue", "relief", "gale"]


@pytest.mark.parametrize(
    ("targets", "said"),
    [(("store",), "read off the scenario"), (("relieff",), "did you mean relief?")],
)
def test_a_target_that_runs_cannot_settle_is_refused(targets: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        named(Stopping(targets=targets, most_runs=100), PLAN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"most_runs": 10},
        {"most_runs": 0},
        {"width": 0.0},
        {"confidence": 1.0},
        {"targets": ()},
        {"targets": ("a", "a")},
        {"budget": 5},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        Stopping(**{"most_runs": 100, **wrong})
