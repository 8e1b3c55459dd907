"""Verdicts over what is assumed: what is drawn, how sets are counted, what decides."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import anlan as public
from anlan import sim
from anlan.analysis.plots.over_assumptions import numbers, title
from anlan.analysis.report.over_assumed import over_rows
from anlan.analysis.results.over_assumptions import OverAssumptions, over_assumptions
from anlan.analysis.statistics.intervals import clopper_pearson
from anlan.analysis.statistics.ranks import rank_correlation
from anlan.analysis.study.assumed import (
    assumed_factors,
    assumed_points,
    study_of_assumptions,
    with_assumptions,
)
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.schema import Study
from anlan.analysis.words import LANGS
from anlan.sim.scenario.errors import BadInput
from tests.typed import SHORT, Command, in_folder, without_pictures

TINY = sim.load("tiny")
FILE = """
[study]
id = "sure"
question = { zh = "有多可靠", en = "How sure?" }
scenario = "tiny"
replications = 2
[set]
"parameters.team.shift_h" = 9
[[factor]]
name = "teams.team-1.members"
low = 4
high = 12
whole = true
[design]
kind = "assumptions"
samples = 4
"""


def test_one_assumption_more_leaves_the_draws_of_the_others() -> None:
    few, more = ("a.x", "b.y"), ("a.new", "a.x", "b.y")
    one, two = (assumed_points(names, 16, 1) for names in (few, more))
    assert (one == two[:, 1:]).all()
    assert (one != assumed_points(few, 16, 2)).any()
    assert sorted((16 * two).astype(int)[:, 0]) == list(range(16))  # each part of the range once
    assert abs(np.corrcoef(assumed_points(few, 400, 1).T)[0, 1]) < 0.2


def test_what_is_assumed_and_read_is_drawn_from_its_range() -> None:
    found = {f.name.removeprefix("parameters."): f for f in assumed_factors(TINY)}
    assert len(found) > 200
    for name, factor in found.items():
        row = TINY.parameters[name]
        assert row.mark == "assumption"
        assert (factor.low, factor.high) == (row.low, row.high)
    assert not [n for n in found if n.startswith(("forest.", "season.", "quake.", "derive."))]
    assert found["response.desks"].whole
    assert not found["team.shift_h"].whole
    fires = {f.name for f in assumed_factors(sim.load("tiny-fire"))}
    assert any(name.startswith("parameters.forest.") for name in fires)


def test_a_study_file_asks_for_it_and_keeps_what_it_gives_itself(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(FILE, encoding="utf-8")
    checked = check_study(Study.read(path))
    names = checked.variants.names
    assert names[0] == "teams.team-1.members"
    assert "parameters.team.shift_h" not in names  # what [set] sets is not assumed
    assert len(checked.variants) == 4
    assert with_assumptions(checked.study, checked.scenario) == checked.study
    path.write_text(FILE.replace('"assumptions"', '"lhs"').partition("[[factor]]")[0] + "[design]\n"
                    'kind = "lhs"\nsamples = 4\n', encoding="utf-8")  # fmt: skip
    with pytest.raises(BadInput, match="factors and a design go together"):
        Study.read(path)
    path.write_text(FILE.replace("samples = 4", ""), encoding="utf-8")
    with pytest.raises(BadInput, match="a design assumptions needs how many"):
        Study.read(path)


class Played:
    """Sets as a study leaves them, made by hand: one assumption decides, others do not."""

    def __init__(self, sets: int) -> None:
        target = next(t for t in TINY.plan.targets if t.id == "no-deaths")
        rng = np.random.default_rng(1)
        places = {f"parameters.{n}": rng.random(sets) for n in ("team.shift_h", "team.rest_h")}
        decides = np.linspace(0.0, 1.0, sets)
        self.variants = pd.DataFrame(
            {"variant": range(sets), "parameters.store.load_min": decides, **places}
        )
        self.factors = list(self.variants.columns[1:])
        verdict = np.where(decides < 0.25, "met", np.where(decides < 0.75, "undecided", "not met"))
        verdict[-1] = "nothing to judge"
        self.targets = pd.DataFrame({
            "variant": range(sets), "id": target.id, "verdict": verdict,
            "estimate": np.where(decides < 0.5, 1.0, 0.5),
        })  # fmt: skip
        self.deaths = decides**2
        self.scenario, self.aim = TINY, target
        self.study = SimpleNamespace(replications=5)

    def judged(self) -> list[Any]:
        return [self.aim]

    def target(self, _name: str) -> Any:
        return self.aim

    def measure(self, name: str) -> pd.DataFrame:
        runs = [(v, r, self.deaths[v]) for v in self.variants["variant"] for r in range(5)]
        return pd.DataFrame(runs, columns=["variant", "run", name])


def test_undecided_sets_are_shown_and_do_not_count_as_met() -> None:
    over = OverAssumptions(Played(41))  # type: ignore[arg-type]
    row = over.shares.iloc[0]
    assert (row["sets"], row["met"], row["undecided"], row["not_met"]) == (41, 10, 20, 10)
    assert row["not_judged"] == 1
    exact = clopper_pearson(10, 40)
    assert (row["share"], row["low"], row["high"]) == (0.25, exact.low, exact.high)
    assert row["at_most"] == 0.75
    assert row["by_estimate"] == 0.5
    first = over.deciding.iloc[0]
    assert first["parameter"] == "parameters.store.load_min"
    assert first["correlation"] == pytest.approx(1.0)
    assert over.deciding["clear"].tolist() == [True, False, False]
    table = numbers(over)
    assert table["parameter_1"].tolist() == ["parameters.store.load_min"]
    for lang in LANGS:
        told = over_rows(over, lang)[0]
        assert told["counts"] == "10 / 20 / 10"
        assert "10" in told["beside"]
        assert "1" in title(table, lang)


def test_rank_correlation_holds_its_interval() -> None:
    from scipy.stats import spearmanr

    rng, held, trials = np.random.default_rng(3), 0, 400
    for _ in range(trials):
        a = rng.normal(size=30)
        b = 0.5 * a + np.sqrt(1 - 0.25) * rng.normal(size=30)
        found = rank_correlation(a, b)
        assert found.estimate == pytest.approx(float(spearmanr(a, b).statistic))
        held += found.low <= 6 / np.pi * np.arcsin(0.25) <= found.high  # of normal pairs
    assert 0.92 <= held / trials <= 0.98
    flat = rank_correlation([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0])
    assert np.isnan(flat.estimate)
    assert (flat.low, flat.high) == (-1.0, 1.0)


@pytest.fixture
def anlan(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    without_pictures(monkeypatch)
    return in_folder(tmp_path, capfd, monkeypatch)


@pytest.mark.long
def test_a_plan_is_judged_over_what_is_assumed_beside_its_runs(
    anlan: Command, tmp_path: Path
) -> None:
    line = ("run", "tiny", "--runs", "2", *SHORT, "--workers", "1", "--out", "out")
    plain = anlan(*line, "--lang", "en")
    over = anlan(*line, "--assumptions", "4", "--lang", "en")
    assert over.code == plain.code
    assert "Over what is assumed" not in plain.out
    assert "Over what is assumed" in over.out
    page = (tmp_path / "out" / "report.en.html").read_text(encoding="utf-8")
    assert 'id="over"' in page
    assert "sets of assumptions" in page
    again = anlan(*line, "--assumptions", "4", "--lang", "zh")
    assert "已有的 8 次推演" in again.err
    results = public.results(tmp_path / "out")
    found = over_assumptions(results)
    assert found is not None
    assert (found.sets, found.runs) == (4, 2)
    seeds = found.results.measures
    assert sorted(set(seeds["run"])) == [0, 1]  # the same chance in every set
    anlan(*line, "--seed", "2", "--overwrite")
    assert over_assumptions(public.results(tmp_path / "out")) is None  # of another seed
    for words, said in (
        (("--assumption-runs", "3"), "goes with --assumptions"),
        (("--assumptions", "4", "--shard", "1/2"), "does not go with --shard"),
        (("--assumptions", "1"), "--assumptions"),
    ):
        refused = anlan(*line, *words, "--lang", "en")
        assert refused.code == 2
        assert said in refused.err


def test_the_study_says_what_it_is() -> None:
    study = study_of_assumptions(TINY, 8, 3, 5, {"parameters.team.shift_h": "9"})
    assert study.design is not None
    assert (study.design.kind, study.design.samples, study.seed) == ("assumptions", 8, 5)
    assert "parameters.team.shift_h" not in with_assumptions(study, TINY).factor_names
