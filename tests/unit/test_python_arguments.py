"""What Python is called with is checked as the command line checks it; results draw themselves."""

from __future__ import annotations

import math
from typing import Any

import pytest

import anlan
from anlan.analysis.study.schema import Design, Factor, Study
from anlan.analysis.verdict.stopping import Stopping

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


@pytest.mark.parametrize(
    ("made", "given", "lines"),
    [
        (Factor, {"name": "x", "low": 1}, ["Factor: give low and high, or values"]),
        (Design, {"kind": "gird"}, ["Design.kind: gird is not one of the words; give one of grid"]),
        (
            Design,
            {"kind": "lhs", "sample": 3},
            ["Design.sample: unknown key; did you mean samples?"],
        ),
        (Stopping, {"targets": 3, "most_runs": 9}, ["Stopping.targets: 3 is not a list"]),
        (
            Study,
            {"id": "A b", "scenario": 7},
            [
                "Study.id: A b is not an id",
                "Study.question: is missing",
                "Study.scenario: 7 is not",
            ],
        ),
    ],
)
def test_a_study_made_in_python_is_told_its_slips_a_line_each(
    made: Any, given: dict[str, Any], lines: list[str]
) -> None:
    with pytest.raises(anlan.BadInput) as caught:
        made(**given)
    told = [str(error) for error in (caught.value, *caught.value.others)]
    assert len(told) == len(lines), told
    for line, begins in zip(told, lines, strict=True):
        assert line.startswith(begins), told
        assert "\n" not in line
