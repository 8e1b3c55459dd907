"""What Python is called with is checked as the command line checks it; results draw themselves."""

from __future__ import annotations

import math
from typing import Any

import pytest

import anlan

TINY = anlan.load("tiny")
NO_WHOLE_NUMBERS: list[Any] = [-1, 1.5, 1.0, math.nan, "1", True, None, 10**30]


@pytest.mark.parametrize("value", NO_WHOLE_NUMBERS)
@pytest.mark.parametrize("name", ["seed", "runs", "workers", "keep_ledgers"])
def test_replicate_takes_whole_numbers(name: str, value: Any) -> None:
    with pytest.raises(anlan.BadInput, match=f"^{name} must be a whole number from [01] to "):
        anlan.replicate(TINY, **{"runs": 1, name: value})


@pytest.mark.parametrize("value", NO_WHOLE_NUMBERS)
@pytest.mark.parametrize("name", ["seed", "run"])
def test_run_takes_whole_numbers(name: str, value: Any) -> None:
    with pytest.raises(anlan.BadInput, match=f"^{name} must be a whole number from 0 to "):
        anlan.run(TINY, **{name: value})


def test_results_draw_themselves() -> None:
    runs = anlan.replicate(TINY, runs=2)
    files = runs.plot("zh")
    assert {f.suffix for f in files} >= {".png", ".svg", ".csv"}
    assert all(f.stat().st_size > 0 for f in files)
    with pytest.raises(anlan.BadInput, match="give one of"):
        runs.plot("fr")
