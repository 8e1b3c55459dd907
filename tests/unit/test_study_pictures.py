"""The pictures of studies: each draws in both languages and says what the runs say."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anlan.analysis.compare.differences import one_at_a_time
from anlan.analysis.plots import study_intervals, study_response, study_tornado
from anlan.analysis.plots.style import save, styled
from anlan.analysis.study.naming import factor_labels, what_label, what_unit
from anlan.analysis.what_counts.outcomes import outcomes
from anlan.analysis.words import LANGS
from anlan.sim.scenario.errors import BadInput
from tests.fabricated import district, targets

DEATHS = next(t for t in targets() if t.id == "deaths")  # none, in 80 % of runs
RESCUE = "rescue.response_min_mean"
SHIFT, BOATS = "parameters.measure.gale_ms", "teams.team-1.boats"
GRID = pd.DataFrame(
    [(i, float(x), float(y)) for i, (x, y) in enumerate(itertools.product((4, 8.5, 12), (0, 1)))],
    columns=["variant", SHIFT, BOATS],
)


def runs() -> pd.DataFrame:
    """Longer shifts: ten minutes an hour more; boats: nothing; deaths with long waits."""
    rng = np.random.default_rng(1)
    storm = rng.normal(0, 20, 60)
    rows = []
    for variant, shift, _ in GRID.itertuples(index=False):
        wait = 10 * shift + storm + rng.normal(0, 2, 60)
        rows.append(pd.DataFrame({"variant": int(variant), "run": range(60), RESCUE: wait,
                                  "harm.deaths": (wait > 100).astype(float)}))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def texts(drawn: Any) -> str:
    figure = drawn.figure
    found = [t.get_text() for t in figure.texts]
    for axes in figure.axes:
        found += [t.get_text() for t in axes.texts]
        found += [t.get_text() for t in (*axes.get_yticklabels(), axes.xaxis.label)]
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("lang", LANGS)
def test_every_picture_is_drawn_in_both_languages(lang: str, tmp_path: Any) -> None:
    labels = factor_labels(district(), (SHIFT, BOATS), lang)
    size = GRID.set_index("variant").index.to_series() * 0 + 60
    swings = one_at_a_time(runs(), GRID, 2, RESCUE)
    with styled():
        for i, drawn in enumerate([
            study_tornado.draw(indices(), size, RESCUE, lang, labels=labels),
            study_tornado.draw_swings(swings, size, RESCUE, lang, labels),
            study_response.draw(runs(), GRID, (SHIFT, BOATS), DEATHS, lang, labels),
            study_intervals.draw(outcomes(runs(), DEATHS), DEATHS, lang),
        ]):  # fmt: skip
            for path in save(drawn, tmp_path, f"picture{i}", lang)[:2]:
                assert path.stat().st_size > 5000
            assert what_label(DEATHS if i > 1 else RESCUE, lang) in texts(drawn)


def indices(apart: bool = True) -> pd.DataFrame:
    low = [0.6, 0.1] if apart else [0.1, 0.1]
    return pd.DataFrame({"factor": [SHIFT, BOATS], "first": [0.7, 0.0], "total": [0.8, 0.2],
                         "total_low": low, "total_high": [0.9, 0.3]})  # fmt: skip


def test_the_tornado_ranks_only_what_is_known() -> None:
    size = pd.Series([60, 80], index=[0, 1])
    with styled():
        clear = texts(study_tornado.draw(indices(), size, RESCUE, "en"))
        doubt = texts(study_tornado.draw(indices(apart=False), size, RESCUE, "en"))
        none = texts(study_tornado.draw(indices().head(0), size.head(0), RESCUE, "en"))
    assert f"{SHIFT} matters most (0.80); the order of 2 of 2 factors is known" in clear
    assert "2 variants, 60 to 80 runs each" in clear
    assert "do not tell the 2 leading factors apart" in doubt
    assert "1–2" in doubt
    assert "Nothing to show" in none


def test_swings_are_paired_and_only_of_one_factor() -> None:
    table = one_at_a_time(runs(), GRID, 2, RESCUE).set_index("variant")  # base: 8.5 h, no boat
    assert set(table.index) == {0, 3, 4}  # not 1 and 5, in which both factors differ
    assert list(table.loc[[0, 4], "factor"]) == [SHIFT, SHIFT]
    assert list(table.loc[[0, 4], "setting"]) == [4.0, 12.0]
    assert table.loc[0, "low"] < -45 < table.loc[0, "high"] < -43  # the storm's 20 min cancel
    assert table.loc[3, "low"] < 0 < table.loc[3, "high"]
    share = one_at_a_time(runs(), GRID, 2, DEATHS).set_index("variant")
    assert -1 < share.loc[4, "difference"] < -0.5
    with pytest.raises(BadInput, match="no variant differs"):
        one_at_a_time(runs(), GRID.iloc[[2, 5]], 2, RESCUE)


def test_a_surface_marks_verdicts_only_where_nothing_else_varies() -> None:
    points, alone = study_response.surface(runs(), GRID, (SHIFT, BOATS), DEATHS)
    assert alone
    assert list(points["verdict"]) == ["met"] * 2 + ["undecided"] * 2 + ["not met"] * 2
    pooled, alone = study_response.surface(
        runs(), GRID.assign(third=GRID["variant"] % 2), (SHIFT, BOATS), DEATHS
    )
    assert not alone
    assert set(pooled["verdict"]) == {""}
    with styled():
        scattered = study_response.draw(runs(), GRID.drop(index=5), (SHIFT, BOATS), RESCUE, "en")
    assert "over 5 points" in texts(scattered)
    with pytest.raises(BadInput, match="not a number"):
        study_response.surface(runs(), GRID.assign(storm="muifa"), (SHIFT, "storm"), DEATHS)
    with pytest.raises(BadInput, match="no factor shift"):
        study_response.surface(runs(), GRID, ("shift", BOATS), DEATHS)


def test_many_variants_stand_in_the_order_of_their_results() -> None:
    table = outcomes(runs(), RESCUE)
    many = pd.concat([table.assign(variant=table["variant"] + 6 * k) for k in range(10)])
    with styled():
        figure = study_intervals.draw(many, RESCUE, "en")
        few = study_intervals.draw(table, RESCUE, "en", {"0": "the plan"})
    assert "over 60 variants" in texts(figure)
    assert not figure.figure.axes[0].get_yticks().size
    assert "the plan" in texts(few)


def test_factors_are_called_by_their_names() -> None:
    named = factor_labels(district(), (SHIFT, BOATS, "stock.store-1.meal", "x.y.z"), "en")
    assert named[SHIFT] == "gale (m/s)"
    assert named[BOATS] == "Team, boats"
    assert named["stock.store-1.meal"] == "District store, meal"
    assert named["x.y.z"] == "x.y.z"
    assert factor_labels(district(), (SHIFT,), "zh") == {SHIFT: "大风（米/秒）"}
    assert (what_unit(DEATHS), what_unit("no.such")) == ("share", "")
