"""The map from plan to model: nothing is lost, its names are there, what it says was played."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

import pandas as pd
import pytest

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.plan_map import decided, listed, played, slips
from anlan.analysis.plan_map.listed import Part, clauses, parts, promises, state_of, systems
from anlan.analysis.plan_map.played import Change, Tried, keep_changes, pairs, read_changes
from anlan.analysis.words import LANGS
from anlan.app import plan_to_model
from anlan.app.docs.plan_to_model import page
from tests.house import ROOT

FIGURES = ROOT / "docs" / "figures"
ROWS, NUMBERS, NATIONAL = 40, 17, 5  # of the two tables of systems, and of the promised numbers
LAST = {"HM": 38, "FL": 29}  # clauses of the plans that are numbered through
QUICK = [
    ("tiny", "warning.answer_share"),
    ("tiny-fire", "fire.setup_min"),
    ("tiny-fire", "fire.turnout_night_min"),  # its fires are by day: nothing changes
]


def of(part: str) -> Part:
    return next(p for p in parts() if p.id == part)


def kept() -> dict[tuple[str, str], dict[str, str]]:
    rows = read_changes(FIGURES).to_dict("records")
    return {
        (str(r["scenario"]), str(r["parameter"])): {str(k): str(v) for k, v in r.items()}
        for r in rows
    }


def test_every_row_and_every_number_of_the_source_is_there() -> None:
    assert [s.number for s in systems()] == list(range(1, ROWS + 1))
    numbers = [f"P{n}" for n in range(1, NUMBERS + 1)] + [f"N{n}" for n in range(1, NATIONAL + 1)]
    assert [p.id for p in promises()] == numbers
    for clause in clauses():
        tail = clause.id.split()[1]
        if tail.isdigit():
            assert 1 <= int(tail) <= LAST[clause.plan], clause.id


def test_no_clause_is_lost_and_every_name_is_there() -> None:
    assert [*slips.lost(), *slips.unnamed()] == []


def test_states_are_borne_out_by_what_was_played() -> None:
    """Else: mend parts.csv, then python3 dev.py plan-to-model."""
    assert list(slips.unborne(slips.Seen.of(FIGURES))) == []


def test_texts_are_in_every_language() -> None:
    for thing in (*clauses(), *promises()):
        assert all(thing.text[lang] for lang in LANGS), thing.id
    for named in (*systems(), *parts()):
        assert all(named.name[lang] for lang in LANGS), named
    for system in systems():
        assert all(system.becomes[lang] for lang in LANGS), system.number


def test_what_is_lost_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clause, a row, a part that goes; a clause that nobody takes up; two of one name."""
    for module, name, left in (
        (slips, "clauses", clauses()[1:]),
        (slips, "systems", systems()[:4] + systems()[5:]),
        (listed, "parts", parts()[1:]),
        (slips, "promises", (*promises(), promises()[0])),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, lambda left=left: left)
            assert list(slips.lost()), name
    first = replace(of("2.1"), clauses=("FL 26",))
    with monkeypatch.context() as patch:
        others = tuple(p for p in parts() if p.system != 2)
        patch.setattr(listed, "parts", lambda: (first, *others))
        told = list(slips.lost())
    assert any("no part of row 2 takes up FL 25" in line for line in told)
    assert any("row 2 does not cite FL 26" in line for line in told)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"columns": (("teams", "wings"),)}, "no column teams.wings"),
        ({"parameters": ("response.no_such_*",)}, "no parameter response.no_such_*"),
        ({"measures": ("harm.joy",)}, "no measure harm.joy"),
        ({"scenario": "atlantis"}, "no scenario atlantis"),
        ({"scenario": ""}, "no scenario to play them in"),
        ({"state": "splendid"}, "splendid is no state"),
    ],
)
def test_names_that_are_not_there_would_be_seen(
    changes: dict[str, object], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = replace(of("3.1"), **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(slips, "parts", lambda: (bad,))
    assert any(told in line for line in slips.unnamed())


@pytest.mark.parametrize(
    ("part", "changes", "told"),
    [
        ("3.1", {"state": "partly"}, "decides an outcome"),
        ("2.1", {"state": "acts"}, "decides no outcome"),
        ("2.1", {"state": "decoration"}, "it is partly"),
        ("32.2", {"state": "partly"}, "it is decoration"),
        ("2.1", {"state": "absent"}, "names something of the model"),
        ("17.1", {"missing": {"zh": "", "en": ""}}, "does not say what is missing"),
        ("3.1", {"capabilities": ("magic",)}, "has no row magic"),
        ("9.3", {"measures": ()}, "names no measure"),
    ],
)
def test_states_that_nothing_bears_out_would_be_seen(
    part: str, changes: dict[str, object], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = replace(of(part), **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(slips, "parts", lambda: (bad,))
    seen = slips.Seen.of(FIGURES)
    assert any(told in line for line in slips.unborne(seen))


def test_an_outcome_is_what_became_of_people_and_fires() -> None:
    found = [m for m in MEASURES if decided.is_outcome(m)]
    for pattern in decided.OUTCOMES:
        assert any(fnmatchcase(m, pattern) for m in MEASURES), pattern
    own = ("warning.", "crew.", "hazard.", "phone.", "power.")
    assert [m for m in found if m.startswith(own)] == []
    assert {"harm.deaths", "fire.burnt_ha", "relief.never_persons"} <= set(found)


def test_only_what_is_decided_the_right_way_on_an_outcome_of_the_part_counts() -> None:
    part = replace(of("3.1"), measures=("harm.deaths", "warning.lead_h"), capabilities=("desks",))
    cells = pd.DataFrame(
        [("a", "desks", "helps"), ("b", "desks", "undecided"), ("c", "desks", "both")],
        columns=["scenario", "capability", "verdict"],
    )
    effects = pd.DataFrame(
        [
            ("a", "desks", "harm.deaths", "right"),
            ("a", "desks", "warning.lead_h", "right"),
            ("b", "desks", "harm.deaths", "right"),
            ("c", "desks", "harm.deaths", "wrong"),
        ],
        columns=["scenario", "capability", "measure", "way"],
    )
    assert decided.moved(part, cells, effects) == {"desks": {"a": ["harm.deaths"]}}


def test_a_row_has_the_state_that_its_parts_share() -> None:
    states = {s.number: state_of(s) for s in systems()}
    for system in systems():
        mine = {p.state for p in parts() if p.system == system.number}
        if len(mine) == 1:
            assert states[system.number] == mine.pop()
    assert states[6] == "partly"  # some parts act, others are absent
    assert (states[19], states[20]) == ("judged", "judged")


@pytest.mark.parametrize(("scenario", "parameter"), QUICK)
def test_a_parameter_changes_the_ledger_as_the_table_says(scenario: str, parameter: str) -> None:
    assert Tried(scenario).change(parameter).result == kept()[scenario, parameter]["result"]


@pytest.mark.long
def test_every_parameter_is_played() -> None:
    assert played.not_played(FIGURES) == []  # else: python3 dev.py plan-to-model


@pytest.mark.long
@pytest.mark.parametrize("scenario", sorted({scenario for scenario, _ in pairs()}))
def test_every_parameter_changes_the_ledger_as_the_table_says(scenario: str) -> None:
    tried, table = Tried(scenario), kept()
    wrong = [
        parameter
        for _, parameter in next(list(g) for s, g in groupby(pairs(), _first) if s == scenario)
        if (scenario, parameter) in table
        and tried.change(parameter).result != table[scenario, parameter]["result"]
    ]
    assert wrong == []


def _first(pair: tuple[str, str]) -> str:
    return pair[0]


def test_a_range_of_one_value_is_not_played() -> None:
    assert Tried("tiny").change("road.gale_wind_ms").result == played.FIXED


def test_the_table_is_written_whole_and_drops_what_no_part_names(tmp_path: Path) -> None:
    first, second = pairs()[:2]
    keep_changes(tmp_path, [Change(*first, played.CHANGES, "low", 0.5, 1, ("message", "warning"))])
    keep_changes(tmp_path, [Change(*second, played.NOTHING, runs=2),
                            Change("tiny", "no.such", played.NOTHING)])  # fmt: skip
    rows = read_changes(tmp_path).to_dict("records")
    assert [(r["scenario"], r["parameter"]) for r in rows] == [first, second]
    assert (rows[0]["value"], rows[0]["tables"]) == ("0.5", "message;warning")
    assert (rows[1]["value"], rows[1]["tables"]) == ("", "")


def test_the_page_has_every_row_part_clause_and_number() -> None:
    text = page()
    for part in parts():
        assert f"\n| {part.id} | " in text, part.id
    for clause in clauses():
        assert f"\n| {clause.id} | " in text, clause.id
    for promise in promises():
        assert f"\n| {promise.id} | " in text, promise.id
    for system in systems():
        assert f"\n## {system.number} " in text
        assert f"\n| {system.number} | " in text


def test_the_command_writes_no_page_of_a_map_that_is_not_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the tables of what was played nothing is decided, so nothing acts."""
    monkeypatch.setattr(plan_to_model, "DOCS", tmp_path)
    assert plan_to_model.main(["--minutes", "0"]) == plan_to_model.SLIPS
    told = capsys.readouterr().err.splitlines()
    assert "parts.csv, 3.1: acts, and what-counts decides no outcome" in told
    assert list(tmp_path.iterdir()) == []


def test_the_command_plays_what_the_table_lacks_and_keeps_each_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [("tiny", "warning.answer_share"), ("tiny", "road.gale_wind_ms")]
    monkeypatch.setattr(played, "pairs", lambda: asked)
    keep_changes(tmp_path, [Change(*asked[0], played.NOTHING)])
    plan_to_model.play(tmp_path, False, float("inf"))
    rows = read_changes(tmp_path).to_dict("records")
    assert [r["result"] for r in rows] == [played.NOTHING, played.FIXED]
