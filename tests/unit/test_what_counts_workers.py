"""What counts: the same numbers for any number of workers and in any order."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from anlan.analysis.capabilities.played import Variant, play
from anlan.sim import Scenario, load


def measures(folder: Path, scenarios: list[Scenario], workers: int) -> list[pd.DataFrame]:
    """What 5 runs of each gave; in two goes, as a look and the next one are."""
    made = [Variant.of(s, 1, folder) for s in scenarios]
    for upto in (2, 5):
        assert play(made, upto, workers)
    return [v.results(5)[0] for v in made]


def test_workers_and_order_change_no_bit(tmp_path: Path) -> None:
    names = ("tiny", "tiny-fire")
    scenarios = [load(name) for name in names]
    fewer = scenarios[0].replace(parameters={"warning.answer_share": 0.3})
    asked = [*scenarios, fewer]
    alone = measures(tmp_path / "one", asked, 1)
    together = measures(tmp_path / "two", asked[::-1], 2)[::-1]
    for one, other in zip(alone, together, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert not alone[0].equals(alone[2])
