"""Verdicts: met, not met or undecided, and what the runs cannot prove."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.verdict.judge import judge, structural_verdicts, unknown_measures
from anlan.analysis.verdict.verdict import Verdicts, columns
from anlan.analysis.words import LANGS
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Plan, Target, Words
from tests.fabricated import district, targets

NAN = math.nan


def plan_of(measure, statistic, limit, at_least=None):
    target = Target(
        id="x",
        kind="performance",
        measure=measure,
        statistic=statistic,
        limit=limit,
        at_least=at_least,
        source="made up",
        text=Words(zh="甲", en="x"),
    )
    return Plan(title=Words(zh="乙", en="y"), source="made up", targets=(target,))


def one(values, *rule):
    plan = plan_of("harm.deaths", *rule)
    return judge(pd.DataFrame({"run": range(len(values)), "harm.deaths": values}), plan)[0]


@pytest.mark.parametrize(
    ("good", "runs", "verdict"),
    [(72, 72, "met"), (71, 71, "undecided"), (40, 50, "not met"), (45, 50, "undecided")],
)
def test_a_share_of_runs_is_met_only_when_the_whole_interval_is(good, runs, verdict):
    found = one([0] * good + [1] * (runs - good), "share_of_runs_at_most", 0, 0.95)
    assert found.verdict == verdict
    assert (found.runs, found.estimate) == (runs, good / runs)


def test_nobody_dead_where_nobody_was_in_danger_is_not_met():
    """Nor is it undecided: there is nothing to judge. One run in danger is enough to judge all."""
    plan = plan_of("harm.deaths", "share_of_runs_at_most", 0, 0.95)
    calm = pd.DataFrame({"run": range(100), "harm.deaths": 0.0, "relief.persons_in_need": 0.0,
                         "rescue.incidents": 0.0, "fire.burnt_ha": NAN})  # fmt: skip
    found = judge(calm, plan)[0]
    assert (found.verdict, found.applicable_runs) == ("nothing to judge", 0)
    assert "100" in found.note("zh")
    one_fire = calm.assign(**{"fire.burnt_ha": [2.0] + [NAN] * 99})
    found = judge(one_fire, plan)[0]
    assert (found.verdict, found.applicable_runs) == ("met", 100)
    assert "In 1 of the 100 runs" in found.note("en")
    short = plan_of("shortage.water_person_h", "share_of_runs_at_most", 0, 0.95)
    thirsty = one_fire.assign(**{"shortage.water_person_h": 0.0})
    assert judge(thirsty, short)[0].verdict == "nothing to judge"
    thirsty["relief.persons_in_need"] = 5.0
    assert judge(thirsty, short)[0].verdict == "met"
    assert "runs something" not in judge(thirsty, short)[0].note("en")


def test_all_good_runs_still_say_what_they_cannot_prove():
    few = one([0] * 10, "share_of_runs_at_most", 0, 0.95)
    assert "72" in few.note("en")
    assert "72" in few.note("zh")
    many = one([0] * 100, "share_of_runs_at_most", 0, 0.95)
    assert "3.0%" in many.note("en")  # the rule of three
    none = one([1] * 100, "share_of_runs_at_most", 0, 0.95)
    assert (none.verdict, "3.0%" in none.note("zh")) == ("not met", True)


@pytest.mark.parametrize(
    ("rule", "limit", "verdict"),
    [
        ("mean_at_most", 10.0, "met"),
        ("mean_at_most", 2.0, "undecided"),
        ("mean_at_most", 0.5, "not met"),
        ("mean_at_least", 0.5, "met"),
        ("mean_at_least", 2.0, "undecided"),
        ("mean_at_least", 10.0, "not met"),
    ],
)
def test_a_mean_is_judged_by_its_whole_interval(rule, limit, verdict):
    assert one([1.0, 2.0, 3.0] * 4, rule, limit).verdict == verdict


def test_an_interval_that_touches_the_limit_is_on_the_good_side():
    assert one([2.0, 2.0, 2.0], "mean_at_most", 2.0).verdict == "met"
    assert one([2.0, 2.0, 2.0], "mean_at_least", 2.0).verdict == "met"


def test_one_run_is_undecided_and_no_run_to_judge_says_so_and_why():
    assert one([0.0], "mean_at_most", 1.0).verdict == "undecided"
    nothing = one([NAN, NAN], "share_of_runs_at_most", 1.0, 0.5)
    assert (nothing.verdict, nothing.runs, nothing.applicable_runs) == ("nothing to judge", 2, 0)
    for lang in LANGS:
        assert MEASURES["harm.deaths"].label(lang) in nothing.note(lang)
        assert "2" in nothing.note(lang)


def test_runs_with_nothing_to_judge_are_left_out():
    found = one([0, NAN, 1, NAN], "share_of_runs_at_most", 0, 0.5)
    assert (found.estimate, found.runs, found.applicable_runs) == (0.5, 4, 2)


def test_runs_of_several_variants_are_not_judged_together():
    plan = plan_of("harm.deaths", "share_of_runs_at_most", 0, 0.5)
    frame = pd.DataFrame({"variant": [0, 0, 1], "run": [0, 1, 0], "harm.deaths": [0, 0, 9]})
    assert judge(frame[frame["variant"] == 0], plan)[0].estimate == 1.0
    with pytest.raises(BadInput, match="one variant"):
        judge(frame, plan)


def test_structural_targets_are_read_off_the_scenario():
    store, team = structural_verdicts(district())
    assert (store.verdict, store.estimate, store.low, store.high) == ("not met", 0.5, 0.5, 0.5)
    assert (team.verdict, team.estimate) == ("met", 30.0)


def test_an_unknown_measure_is_named():
    plan = plan_of("rescue.speed", "mean_at_most", 1.0)
    assert unknown_measures(plan) == ["rescue.speed"]
    with pytest.raises(ValueError, match=r"rescue\.speed"):
        judge(pd.DataFrame({"run": [0]}), plan)


def test_exit_codes():
    met = one([0] * 80, "share_of_runs_at_most", 0, 0.95)
    undecided = one([0] * 8, "share_of_runs_at_most", 0, 0.95)
    failed = one([1] * 80, "share_of_runs_at_most", 0, 0.95)
    assert Verdicts([met]).exit_code() == 0
    assert Verdicts([met, undecided]).exit_code() == 3
    assert Verdicts([met, undecided, failed]).exit_code() == 1


def test_what_is_not_judged_counts_neither_way():
    met = one([0] * 80, "share_of_runs_at_most", 0, 0.95)
    failed = one([1] * 80, "share_of_runs_at_most", 0, 0.95)
    nothing = one([NAN], "share_of_runs_at_most", 0, 0.95)
    assert Verdicts([met, nothing]).exit_code() == 0
    assert Verdicts([nothing, failed]).exit_code() == 1
    assert Verdicts([nothing, nothing]).exit_code() == Verdicts([]).exit_code() == 3
    assert Verdicts([met, nothing, failed]).headline("en").startswith("2 of 3 targets judged")
    assert Verdicts([met, nothing, failed]).headline("zh").startswith("共3项指标，评了2项")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_verdicts_go_to_json_and_print_every_target(lang):
    scenario = district()
    frame = pd.DataFrame({t.measure: [0.5, NAN, 0.7] for t in targets() if t.kind != "structural"})
    found = judge(frame, scenario=scenario)
    text = found.to_json()
    rows = json.loads(text)  # strict JSON: no NaN, no infinity
    assert [row["id"] for row in rows] == [t.id for t in targets()]
    assert {"verdict", "estimate", "low", "high", "runs"} <= rows[0].keys()
    assert [row[lang] for row in rows] == [v.text(lang) for v in found]
    assert list(rows[0]) == columns()
    assert found.table(lang).splitlines()[0] == found.headline(lang)
    assert len(found.table(lang).splitlines()) == 3 + len(found)
