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


@pytest.mark.long
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
                "Study.id: A b has a blank in it; write a-b",
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


NO_SCENARIO: list[Any] = [7, None, "tiny"]


@pytest.mark.parametrize("value", NO_SCENARIO)
def test_what_is_no_scenario_is_told_so(value: Any) -> None:
    for call in (anlan.run, lambda s: anlan.replicate(s, runs=1)):
        with pytest.raises(anlan.BadInput, match="give a scenario"):
            call(value)


@pytest.fixture(scope="module")
def runs() -> anlan.Results:
    return anlan.replicate(TINY, runs=2)


ASKED: dict[str, Any] = {
    "did you mean series": lambda r: r.table("serie"),
    "no table ../x": lambda r: r.table("../x"),
    "no table None": lambda r: r.table(None),
    "no column x": lambda r: r.table("measures", ["x"]),
    "did you mean harm.deaths": lambda r: r.measure("harm.death"),
    "measure run: not in the data": lambda r: r.measure("run"),
    "no curve at_stores.meals; did you mean": lambda r: r.curve("at_stores.meals"),
    "variant must be a whole number from 0 to 0, not 1": lambda r: r.only(1),
    "the ledger has no table incidents; did you mean incident": lambda r: r.ledger_table(
        "incidents"
    ),
    "compare takes results": lambda r: anlan.compare(r, 7),
    "confidence 7": lambda r: anlan.compare(r, r, confidence=7),
    "did you mean bootstrap": lambda r: anlan.compare(r, r, method="bootstap"),
    "judge takes results": lambda r: anlan.judge(7),
    "give the folder of a finished study": lambda r: anlan.results(None),  # type: ignore[arg-type]
    "path of a study file": lambda r: anlan.study(7, "out"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("said", ASKED)
def test_a_wrong_name_is_told_in_one_line(runs: anlan.Results, said: str) -> None:
    with pytest.raises(anlan.BadInput) as caught:
        ASKED[said](runs)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_measure_is_found_by_its_label(runs: anlan.Results) -> None:
    assert list(runs.measure("受伤人数").columns) == ["variant", "run", "harm.injured"]
    assert set(dir(anlan)) == set(anlan.__all__)


@pytest.mark.parametrize("given", [None, 5, ["tiny"]])
def test_load_takes_a_name_or_a_folder(given: Any) -> None:
    with pytest.raises(anlan.BadInput, match="give a scenario's name or folder, not"):
        anlan.load(given)


@pytest.mark.parametrize(
    ("section", "change", "told"),
    [
        ("stock", 5, "stock: changes are given by name, {(holder, item): quantity}, not as 5"),
        ("stock", {"team-1": 5}, "stock: a row is named by (holder, item), not by 'team-1'"),
        ("teams", None, "teams: changes are given by name, {id: {column: value}}, not as None"),
        ("teams", {"team-1": 5}, "teams.team-1: changes are given by name, {column: value}, not"),
        ("settings", 48, "settings: changes are given by name, {key: value}, not as 48"),
    ],
)
def test_changes_are_given_by_name(section: str, change: Any, told: str) -> None:
    with pytest.raises(anlan.BadInput) as raised:
        TINY.replace(**{section: change})
    assert str(raised.value).startswith(told)


ROW = {"what": "teams.team-1.members", "at_most": 40, "step": 2}
NO_PLAN: dict[str, Any] = {
    "tiny alone cannot be compared": lambda: anlan.compare(TINY),
    "nothing cannot be compared": lambda: anlan.compare(),
    "runs must be a whole number from 1": lambda: anlan.compare(TINY, TINY, runs=0),
    "measures must be texts": lambda: anlan.compare(TINY, TINY, measures=7),  # type: ignore[arg-type]
    "folder must be the path of one, not 7": lambda: anlan.compare(TINY, TINY, folder=7),  # type: ignore[arg-type]
    "confidence x: give a number": lambda: anlan.compare(TINY, TINY, confidence="x"),  # type: ignore[arg-type]
    "no scenario is named tinny": lambda: anlan.compare(TINY, "tinny"),
    "give a scenario, .* not tiny": lambda: anlan.size("tiny", may_change=[ROW]),  # type: ignore[arg-type]
    "give a scenario, .* not 7": lambda: anlan.size(7, may_change=[ROW]),  # type: ignore[arg-type]
    "may_change must be rows": lambda: anlan.size(TINY, may_change=7),  # type: ignore[arg-type]
    "may_change must hold a dict": lambda: anlan.size(TINY, may_change=[7]),  # type: ignore[list-item]
    "nothing may change": lambda: anlan.size(TINY),
    "costs must be a dict": lambda: anlan.size(TINY, 7, [ROW]),  # type: ignore[arg-type]
    "costs of teams.members x: give": lambda: anlan.size(TINY, {"teams.members": "x"}, [ROW]),  # type: ignore[dict-item]
    "targets must be texts": lambda: anlan.size(TINY, None, [ROW], targets=7),  # type: ignore[arg-type]
    "confidence None: give": lambda: anlan.size(TINY, None, [ROW], confidence=None),  # type: ignore[arg-type]
    "give a scenario": lambda: anlan.deadline("tiny"),  # type: ignore[arg-type]
    "order mov: there is none": lambda: anlan.deadline(TINY, "mov"),
    "orders must be texts": lambda: anlan.deadline(TINY, [7]),  # type: ignore[list-item]
    "target x: runs judge none": lambda: anlan.deadline(TINY, "move", "x"),
    "step_h x: give a number": lambda: anlan.deadline(TINY, step_h="x"),  # type: ignore[arg-type]
    "digest must be a function": lambda: anlan.replicate(TINY, 1, digest="measures"),  # type: ignore[arg-type]
    "overrides: changes are given by name": lambda: anlan.load("tiny", ["a=b"]),  # type: ignore[arg-type]
    "folder must be": lambda: anlan.deadline(TINY, folder=7),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("told", NO_PLAN)
def test_wrong_kinds_of_arguments_are_one_line_before_anything_is_played(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def played(*_: Any, **__: Any) -> None:
        raise AssertionError("it was played")

    for name in ("anlan.sim.study.players.local_players", "anlan.analysis.study.play.play_wanted"):
        monkeypatch.setattr(name, played)
    with pytest.raises(anlan.BadInput, match=told) as caught:
        NO_PLAN[told]()
    assert "\n" not in str(caught.value)


def test_what_is_explained_is_told_its_slips(runs: anlan.Results) -> None:
    for given, told in (
        ({"targets": 7}, "targets must be texts"),
        ({"targets": [7]}, "targets must be texts"),
        ({"confirm": 1.5}, "confirm must be a whole number"),
        ({"confidence": "x"}, "confidence x: give a number"),
    ):
        with pytest.raises(anlan.BadInput, match=told):
            anlan.explain(runs, **given)  # type: ignore[arg-type]
    with pytest.raises(anlan.BadInput, match="explain takes results"):
        anlan.explain("tiny")  # type: ignore[arg-type]


def test_a_row_is_changed_by_its_name_as_by_its_id() -> None:
    by_name = TINY.replace(teams={"救援队": {"boats": 3}})
    assert by_name == TINY.replace(teams={"team-1": {"boats": 3}})
    with pytest.raises(anlan.BadInput, match="救援队 changes the same as team-1; keep one"):
        TINY.replace(teams={"team-1": {"boats": 3}, "救援队": {"boats": 4}})
    with pytest.raises(anlan.BadInput, match="did you mean 救援队"):
        TINY.replace(teams={"救援对": {"boats": 3}})
