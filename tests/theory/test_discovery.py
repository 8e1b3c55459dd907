"""Scenario discovery on made-up variants: a known box is found, and none where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from anlan.analysis.what_counts.discovery import discover
from anlan.sim.scenario.errors import BadInput

N = 800


def variants(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"variant": np.arange(N), "shift_h": rng.uniform(4, 12, N),
                          "boats": rng.integers(0, 10, N), "idle": rng.random(N),
                          "storm": rng.choice(["muifa", "lekima", "in-fa"], N)})  # fmt: skip
    table["same"] = 1.0
    return table


def fails(table: pd.DataFrame, seed: int = 2) -> pd.Series:  # type: ignore[type-arg]
    """Long shifts, few boats and not in-fa: 90 % fail there, 4 % elsewhere."""
    box = (table["shift_h"] > 7) & (table["boats"] < 6) & (table["storm"] != "in-fa")
    chance = np.where(box, 0.9, 0.04)
    failed = np.random.default_rng(seed).random(N) < chance
    return pd.Series(failed, index=table["variant"].to_numpy())


@pytest.mark.long
def test_a_known_box_is_found_and_confirmed() -> None:
    table = variants()
    (box, *more) = discover(table.sample(frac=1, random_state=1), fails(table), seed=1)
    assert not more
    limits = {limit.factor: limit for limit in box.limits}
    assert set(limits) == {"shift_h", "boats", "storm"}
    assert limits["shift_h"].low == pytest.approx(7, abs=0.4)
    assert limits["shift_h"].high == np.inf
    assert 5 <= limits["boats"].high < 6
    assert limits["storm"].values == ("lekima", "muifa")
    assert all(limit.p_value < 0.01 for limit in box.limits)
    assert box.p_value < 1e-20
    assert box.density.low < 0.9 < box.density.high
    truth = 0.9 * 0.25 / (0.9 * 0.25 + 0.04 * 0.75)  # of all that fail, those in the box
    assert box.coverage.low < truth < box.coverage.high
    assert box.mass == pytest.approx(5 / 8 * 6 / 10 * 2 / 3, abs=0.05)
    inside = box.holds(table)
    assert fails(table).to_numpy()[inside].mean() == pytest.approx(0.9, abs=0.06)


@pytest.mark.long
def test_two_regions_are_two_boxes() -> None:
    table = variants(3)
    one = table["shift_h"] > 10
    other = (table["boats"] < 2) & (table["idle"] > 0.3)
    failed = pd.Series((one | other).to_numpy(), index=table["variant"].to_numpy())
    found = discover(table, failed)
    assert len(found) == 2
    assert {tuple(limit.factor for limit in box.limits) for box in found} == {
        ("shift_h",), ("boats", "idle")}  # fmt: skip
    covered = found[0].holds(table) | found[1].holds(table)
    assert failed.to_numpy()[covered].mean() > 0.95


def test_where_no_factor_matters_no_box_is_confirmed() -> None:
    """At most 5 studies of 100 may report one; here 12, of which 3 would be one in 5,000."""
    table, rng, found = variants(), np.random.default_rng(4), 0
    for seed in range(1, 13):
        failed = pd.Series(rng.random(N) < 0.2, index=table["variant"].to_numpy())
        found += bool(discover(table, failed, ["shift_h", "idle"], seed=seed))
    assert found < 3


@pytest.mark.long
def test_more_density_for_less_coverage() -> None:
    table = variants()
    blurred = pd.Series(np.random.default_rng(5).random(N) < table["idle"] ** 2,
                        index=table["variant"].to_numpy())  # fmt: skip
    (wide, *_), (dense, *_) = (
        discover(table, blurred, least_density=least) for least in (None, 0.85)
    )
    assert dense.density.estimate > wide.density.estimate
    assert dense.coverage.estimate < wide.coverage.estimate


def test_too_few_to_tell_is_said() -> None:
    table = variants()
    index = table["variant"].to_numpy()
    with pytest.raises(BadInput, match="5 of 800 variants fail"):
        discover(table, pd.Series(index < 5, index=index))
    with pytest.raises(BadInput, match="0 of 800 variants do not fail"):
        discover(table, pd.Series(index >= 0, index=index))
    with pytest.raises(BadInput, match="did you mean boats"):
        discover(table, fails(table), ["boat"])
