"""Sensitivity indices against functions whose indices are known in closed form."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anlan.analysis.what_counts.outcomes import chance_share, failing, outcomes, responses
from anlan.analysis.what_counts.sensitivity import Problem, morris, ranked, sobol
from anlan.sim.scenario.errors import BadInput
from tests.fabricated import targets

PI = math.pi
CUBE = Problem(("x1", "x2", "x3"), (-PI,) * 3, (PI,) * 3)
A, B = 7.0, 0.1


def ishigami_indices() -> tuple[list[float], list[float]]:
    """First and total indices. Ishigami and Homma 1990, ISUMA '90."""
    v1, v2 = (1 + B * PI**4 / 5) ** 2 / 2, A**2 / 8
    v13 = B**2 * PI**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    return [v1 / v, v2 / v, 0.0], [(v1 + v13) / v, v2 / v, v13 / v]


def drawn(problem: Problem, n: int) -> np.ndarray[Any, Any]:
    from SALib.sample import sobol as sample

    x: np.ndarray[Any, Any] = sample.sample(problem.salib(), n, calc_second_order=False, seed=1)
    return x


def ishigami_runs(replications: int = 3, n: int = 1024) -> pd.DataFrame:
    """Runs whose noise is shared by all variants, as common random numbers have it."""
    x = drawn(CUBE, n)
    y = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    noise = np.random.default_rng(1).normal(0, 2, replications)
    frame = pd.DataFrame({
        "variant": np.repeat(np.arange(len(y)), replications),
        "run": np.tile(np.arange(replications), len(y)),
    })  # fmt: skip
    frame["m"] = np.repeat(y, replications) + np.tile(noise, len(y))
    return frame.sample(frac=1, random_state=1)  # the order of rows does not matter


def test_sobol_indices_of_the_ishigami_function() -> None:
    first, total = ishigami_indices()
    table = sobol(CUBE, ishigami_runs(), "m")
    assert list(table["factor"]) == ["x1", "x2", "x3"]
    for name, truth in (("first", first), ("total", total)):
        assert (table[f"{name}_low"] < truth).all()
        assert (truth < table[f"{name}_high"]).all()
        assert table[name].to_numpy() == pytest.approx(truth, abs=0.03)
    assert sobol(CUBE, ishigami_runs(), "m").equals(table)


def test_factors_are_ranked_only_where_the_intervals_part() -> None:
    clear = ranked(sobol(CUBE, ishigami_runs(1, n=4096), "m"))
    assert list(zip(clear["rank"], clear["factor"], strict=True)) == [
        (1, "x1"), (2, "x2"), (3, "x3")]  # fmt: skip
    few = ranked(sobol(CUBE, ishigami_runs(1, n=32), "m"))
    assert list(few["rank"])[:2] == [1, 1]


def test_a_chain_of_overlaps_is_one_group() -> None:
    table = pd.DataFrame(
        [("a", 5.0, 4.9, 5.1), ("b", 3.0, 1.9, 4.0), ("c", 2.0, 1.5, 2.5), ("d", 1.2, 0.9, 1.6),
         ("e", 0.1, 0.0, 0.2), ("f", 0.1, 0.1, 0.1)],
        columns=["factor", "total", "total_low", "total_high"],
    )  # fmt: skip
    assert list(ranked(table)["rank"]) == [1, 2, 2, 2, 5, 5]
    assert list(ranked(table)["factor"]) == ["a", "b", "c", "d", "e", "f"]


def morris_case(levels: int = 4) -> tuple[Problem, pd.DataFrame, np.ndarray[Any, Any]]:
    from SALib.sample import morris as sample

    problem = Problem(("hours", "share", "idle"), (4.0, 0.0, 10.0), (12.0, 1.0, 20.0))
    x = sample.sample(problem.salib(), 20, num_levels=levels, seed=1)
    variants = pd.DataFrame(x, columns=list(problem.names))
    variants.insert(0, "variant", np.arange(len(x)))
    return problem, variants, x


@pytest.mark.parametrize("levels", [4, 6])
def test_morris_on_a_linear_function(levels: int) -> None:
    """The effect of a factor over its whole range is slope times range, everywhere the same."""
    problem, variants, x = morris_case(levels)
    runs = pd.DataFrame({"variant": variants["variant"], "run": 0, "m": -2 * x[:, 0] + 5 * x[:, 1]})
    table = morris(problem, runs, variants.iloc[::-1], "m", levels)
    assert table["mu"].to_numpy() == pytest.approx([-16.0, 5.0, 0.0])
    assert table["mu_star"].to_numpy() == pytest.approx([16.0, 5.0, 0.0])
    assert table["sigma"].to_numpy() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert table["mu_star_high"].to_numpy() == pytest.approx([16.0, 5.0, 0.0])
    assert list(ranked(table, "mu_star")["factor"]) == ["hours", "share", "idle"]


def test_morris_shows_what_depends_on_others() -> None:
    problem, variants, x = morris_case()
    y = (x[:, 0] - 4) / 8 * (x[:, 1] - 0.5)
    runs = pd.DataFrame({"variant": variants["variant"], "run": 0, "m": y})
    table = morris(problem, runs, variants, "m").set_index("factor")
    assert table.loc["hours", "sigma_low"] > 0.1
    assert table.loc["hours", "sigma_low"] < table.loc["hours", "sigma"]
    assert table.loc["idle", "sigma_high"] == 0.0


def test_a_broken_design_is_said_and_not_analysed() -> None:
    runs = ishigami_runs(1)
    with pytest.raises(BadInput, match="multiple of 5"):
        sobol(CUBE, runs[runs["variant"] > 0], "m")
    hole = runs.assign(m=runs["m"].where(runs["variant"] != 17))
    with pytest.raises(BadInput, match="variant 17"):
        sobol(CUBE, hole, "m")
    with pytest.raises(BadInput, match="nothing to explain"):
        sobol(CUBE, runs.assign(m=1.0), "m")
    with pytest.raises(BadInput, match="did you mean m"):
        sobol(CUBE, runs, "mm")
    problem, variants, _ = morris_case()
    mixed = variants.sample(frac=1, random_state=1).assign(variant=np.arange(len(variants)))
    flat = pd.DataFrame({"variant": mixed["variant"], "run": 0, "m": 0.0})
    with pytest.raises(BadInput, match="no Morris design"):
        morris(problem, flat, mixed, "m")


def test_a_missing_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.delitem(sys.modules, "SALib.analyze", raising=False)
    monkeypatch.delitem(sys.modules, "SALib.analyze.sobol", raising=False)
    with pytest.raises(BadInput, match=r"needs SALib: pip install -e '\.\[study\]'"):
        sobol(CUBE, ishigami_runs(1), "m")


def test_chance_that_the_averages_keep() -> None:
    """Variance 1 between variants, 4 within, 8 runs each: 0.5 of 1.5 is chance."""
    rng = np.random.default_rng(1)
    variant = np.repeat(np.arange(4000), 8)
    m = rng.normal(0, 1, 4000)[variant] + rng.normal(0, 2, len(variant))
    runs = pd.DataFrame({"variant": variant, "run": np.tile(np.arange(8), 4000), "m": m})
    assert chance_share(runs, "m") == pytest.approx(1 / 3, abs=0.02)


def test_outcomes_by_variant() -> None:
    runs = pd.DataFrame({
        "variant": np.repeat([1, 0], 80), "run": np.tile(np.arange(80), 2),
        "harm.deaths": np.r_[np.zeros(80), np.ones(60), np.zeros(19), np.nan],
    })  # fmt: skip
    deaths = next(t for t in targets() if t.id == "deaths")  # none, in 80 % of runs
    found = outcomes(runs, deaths)
    assert list(found["variant"]) == [0, 1]
    assert list(found["verdict"]) == ["not met", "met"]
    assert list(found["runs"]) == [79, 80]
    assert list(failing(runs, deaths)) == [True, False]
    assert list(responses(runs, deaths)) == pytest.approx([19 / 79, 1.0])
    mean = outcomes(runs, "harm.deaths")
    assert list(mean["estimate"]) == pytest.approx([60 / 79, 0.0])
    assert (mean["low"][0] < 60 / 79) & (mean["high"][0] > 60 / 79)
