"""The study file: what it says, and one line for each slip before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.own.loading import use_modules
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.design import points, values
from anlan.analysis.study.schema import Design, Factor, Outputs, Study
from anlan.analysis.study.shard import check_shard
from anlan.analysis.study.variants import variants_of_study
from tests.chinese import english

HEAD = """
[study]
id = "mine"
question = { zh = "水够吗", en = "Is there enough water?" }
scenario = "tiny"
replications = 2

[set]
"settings.duration_h" = 6
"""
WATER = """
[[factor]]
name = "stock.store-1.water_ml"
low = 0
high = 100000
levels = 3
"""
SHIFT = """
[[factor]]
name = "parameters.team.shift_h"
values = [8, 12]
"""
GRID = '\n[design]\nkind = "grid"\n'


@pytest.fixture
def study(tmp_path: Path) -> Callable[[str], Study]:
    """Reads a study from a text."""

    def read(text: str) -> Study:
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return Study.read(tmp_path / "study.toml")

    return read


def test_a_file_and_an_object_say_the_same(study: Callable[[str], Study]) -> None:
    read = study(HEAD + WATER + SHIFT + GRID + '[outputs]\nmeasures = ["harm.deaths"]\n')
    made = Study(
        id="mine",
        question={"zh": "水够吗", "en": "Is there enough water?"},  # type: ignore[arg-type]
        scenario="tiny",
        replications=2,
        set={"settings.duration_h": 6},
        factors=(
            Factor(name="stock.store-1.water_ml", low=0, high=100_000, levels=3),
            Factor(name="parameters.team.shift_h", values=(8, 12)),
        ),
        design=Design(kind="grid"),
        outputs=Outputs(measures=("harm.deaths",)),
    )
    assert read.model_dump() == made.model_dump()
    assert variants_of_study(read).changes() == variants_of_study(made).changes()


def test_a_grid_has_every_pair_of_values(study: Callable[[str], Study]) -> None:
    found = variants_of_study(study(HEAD + WATER + SHIFT + GRID))
    pairs = {(w, s) for w in (0.0, 50_000.0, 100_000.0) for s in (8.0, 12.0)}
    assert set(found.values) == pairs
    assert len(found) == len(pairs)
    assert found.scenario.settings.duration_h == 6
    assert list(found.frame().columns) == [
        "variant",
        "stock.store-1.water_ml",
        "parameters.team.shift_h",
    ]


@pytest.mark.parametrize(
    ("kind", "samples", "count"), [("lhs", 7, 7), ("sobol", 8, 8 * 4), ("morris", 5, 5 * 3)]
)
def test_designs_have_their_sizes_and_come_out_the_same_again(
    study: Callable[[str], Study], kind: str, samples: int, count: int
) -> None:
    if kind in ("sobol", "morris"):
        pytest.importorskip("SALib")
    text = HEAD + WATER + SHIFT + f'[design]\nkind = "{kind}"\nsamples = {samples}\nseed = 5\n'
    places, rows = values(study(text))
    assert places.shape == (count, 2)
    assert len(rows) == count
    assert np.array_equal(points(study(text)), places)
    assert places.min() >= 0.0
    assert places.max() <= 1.0


def test_a_latin_hypercube_has_one_point_in_each_slice(study: Callable[[str], Study]) -> None:
    """McKay, Beckman and Conover 1979: in each of n slices of each factor, one of n points."""
    places = points(study(HEAD + WATER + SHIFT + '[design]\nkind = "lhs"\nsamples = 12\n'))
    for factor in places.T:
        assert sorted(np.floor(factor * 12).astype(int).tolist()) == list(range(12))


def test_log_and_whole_factors() -> None:
    from anlan.analysis.study.design import value_at

    log = Factor(name="x", low=1, high=100, scale="log")
    assert value_at(log, 0.5) == pytest.approx(10.0)
    whole = Factor(name="x", low=0, high=10, whole=True)
    assert value_at(whole, 0.26) == 3.0
    some = Factor(name="x", values=("a", "b"))
    assert [value_at(some, u) for u in (0.0, 0.49, 0.5, 1.0)] == ["a", "a", "b", "b"]


def test_a_table_of_ones_own(study: Callable[[str], Study], tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(
        "parameters.team.shift_h,stock.store-1.water_ml\n8,5\n12,70\n", encoding="utf-8"
    )
    found = variants_of_study(
        study(HEAD + WATER + SHIFT + '[design]\nkind = "table"\nfile = "mine.csv"\n')
    )
    assert found.values == [(5.0, 8.0), (70.0, 12.0)]


SLIPS = [
    (HEAD.replace("replications", "replicatons"), ("row 6", "replicatons", "replications")),
    (HEAD.replace("replications = 2", ""), ("replications", "[stop]")),
    (HEAD.replace('"tiny"', '"tinny"'), ("tinny", "tiny")),
    (HEAD.replace('"tiny"', '"../x"'), ("../x", "leaves")),
    (HEAD.replace("duration_h", "duration"), ("settings", "duration", "duration_h")),
    (HEAD + WATER, ("factors", "design")),
    (HEAD + GRID, ("factors", "design")),
    (HEAD + WATER.replace("store-1", "store-9") + GRID, ("store-9", "store-1")),
    (HEAD + WATER.replace("low = 0", "low = -5") + GRID, ("water_ml", "-5")),
    (HEAD + WATER.replace("high", "hgih") + GRID, ("factor[1]", "hgih", "high")),
    (HEAD + WATER.replace("100000", "-1") + GRID, ("not less than",)),
    (HEAD + WATER.replace("levels = 3", "") + GRID, ("levels",)),
    (HEAD + WATER + WATER + GRID, ("twice",)),
    (HEAD + SHIFT.replace("[8, 12]", "[8, 99]") + GRID, ("shift_h", "99")),
    (HEAD + SHIFT + '[design]\nkind = "sobol"\nsamples = 12\n', ("12", "power of two")),
    (HEAD + SHIFT + '[design]\nkind = "lhs"\n', ("samples",)),
    (HEAD + SHIFT + '[design]\nkind = "table"\nfile = "no.csv"\n', ("no.csv", "missing")),
    (HEAD + SHIFT + '[design]\nkind = "table"\nfile = "../no.csv"\n', ("no.csv",)),
    (HEAD + '[outputs]\nmeasures = ["harm.death"]\n', ("harm.death", "harm.deaths")),
    (HEAD + '[outputs]\ntables = ["serie"]\n', ("serie", "series")),
    (
        HEAD.replace("replications = 2", "") + '[stop]\ntargets = ["no-death"]\nmost_runs = 99\n',
        ("no-death", "no-deaths"),
    ),
    (HEAD.replace("= 6", "= true"), ("set.settings.duration_h", "number or text")),
    (HEAD.replace("= 6", "= 2024-09-01"), ("set.settings.duration_h", "number or text")),
    (HEAD + "[outputs]\nmeasures = 5\n", ("outputs.measures", "5 is not a list", '"all"')),
    (HEAD + '[outputs]\ntables = "series"\n', ("row 11, key outputs.tables", "give a list")),
    (HEAD + "[oops]\n", ("oops",)),
    ("[study\n", ("study.toml", "TOML")),
]


@pytest.mark.parametrize(("text", "words"), SLIPS)
def test_a_slip_is_one_line(
    study: Callable[[str], Study], text: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(sim.BadInput) as caught:
        check_study(study(text))
    told = str(caught.value)
    assert "\n" not in told
    for word in words:
        assert word in told


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("8\nx\n", ("row 3", "'x'"[1:-1], "number")),
        ("8\n99\n", ("variant 1", "99")),
        ("8,1\n", ("row 2", "cells")),
        ("", ("no row",)),
    ],
)
def test_a_slip_in_a_table_is_one_line(
    study: Callable[[str], Study], tmp_path: Path, rows: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "mine.csv").write_text("parameters.team.shift_h\n" + rows, encoding="utf-8")
    with pytest.raises(sim.BadInput) as caught:
        check_study(study(HEAD + SHIFT + '[design]\nkind = "table"\nfile = "mine.csv"\n'))
    for word in words:
        assert word in str(caught.value)


WRONG = (
    HEAD
    + """\
"teams.team-1.boat" = 2
"teams.nobody.boats" = 2
"communities.port.residents" = 3
"""
)
TOO_MANY = """
[[factor]]
name = "teams.team-1.members"
low = 0
high = 2000000
levels = 3

[[factor]]
name = "teams.team-1.boatz"
values = [1, 2]
"""
OUTPUTS = '[outputs]\nmeasures = ["harm.death"]\ntables = ["serie"]\n'
# A text of a study, and how each of its errors begins.
ROWS = {
    "what [set] changes": (
        WRONG,
        [
            "study.toml, row 11, key set.teams.nobody.boats: teams: no team nobody",
            "study.toml, row 10, key set.teams.team-1.boat: teams.team-1: no key boat",
            "study.toml, row 12, key set.communities.port.residents: communities.port: 8 house",
        ],
    ),
    "factors and outputs": (
        HEAD + TOO_MANY + GRID + OUTPUTS,
        [
            "study.toml, row 24, key outputs.measures: no measure harm.death; did you",
            "study.toml, row 25, key outputs.tables: no table serie; did you",
            "study.toml, row 14, key factor[1].high: teams.team-1.members: 2000000 is more",
            "study.toml, row 18, key factor[2].name: teams.team-1: no key boatz; did you",
        ],
    ),
    "parts that do not go together": (
        HEAD
        + '"stock.store-1.water_ml" = 5\n'
        + WATER
        + WATER
        + SHIFT
        + "[stop]\nmost_runs = 99\n",
        [
            "study.toml, row 6, key study.replications: give replications, or a rule",
            "study.toml, row 12, key factor[1]: factors and a design go together",
            "study.toml, row 13, key factor[1].name: stock.store-1.water_ml is a factor and in",
            "study.toml, row 19, key factor[2].name: the factor stock.store-1.water_ml is there",
            "study.toml, row 19, key factor[2].name: stock.store-1.water_ml is a factor and in",
        ],
    ),
    "one thing by its id and by its name": (
        HEAD
        + SHIFT
        + "".join(
            f'[[factor]]\nname = "teams.{team}.boats"\nvalues = [1, 2]\n'
            for team in ("team-1", "救援队")
        )
        + GRID,
        ["study.toml, row 18, key factor[3].name: changes the same as teams.team-1.boats; keep"],
    ),
    "parts of a whole number": (
        HEAD + '[[factor]]\nname = "teams.team-1.members"\nlow = 1\nhigh = 8\nlevels = 3\n' + GRID,
        ["study.toml, row 10, key factor[1].whole: its ends are taken, and 4.5 between"],
    ),
    "a grid without levels": (
        HEAD + WATER.replace("levels = 3", "") + GRID,
        ["study.toml, row 11, key factor[1].levels: a grid needs"],
    ),
    "what a rule of stopping looks at": (
        HEAD.replace("replications = 2\n", "")
        + '[stop]\ntargets = ["no-death", "town-store"]\nmost_runs = 99\n',
        [
            "study.toml, row 10, key stop.targets: no target no-death; did you",
            "study.toml, row 10, key stop.targets: town-store is read off the scenario",
        ],
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_slips_that_the_scenario_finds_name_file_row_and_key(
    study: Callable[[str], Study], case: str
) -> None:
    text, begins = ROWS[case]
    with pytest.raises(sim.BadInput) as caught:
        check_study(study(text))
    told = [str(e) for e in (caught.value, *caught.value.others)]
    assert len(told) == len(begins), told
    assert all(line.startswith(begin) for line, begin in zip(told, begins, strict=True)), told
    assert english(caught.value) == []


def test_modules_that_are_not_there_are_told_by_file_row_and_key(
    study: Callable[[str], Study],
) -> None:
    asked = study(HEAD.replace('"mine"', '"mine"\nmodules = ["my_none", "my_other"]'))
    with pytest.raises(sim.BadInput) as caught:
        use_modules(asked)
    told = [str(e) for e in (caught.value, *caught.value.others)]
    begins = [f"study.toml, row 4, key study.modules: no module {m};" for m in asked.modules]
    assert all(line.startswith(begin) for line, begin in zip(told, begins, strict=True)), told
    assert english(caught.value) == []


def test_a_study_made_in_python_names_the_key_alone() -> None:
    asked = Study(
        id="mine",
        question={"zh": "问", "en": "?"},  # type: ignore[arg-type]
        scenario="tiny",
        replications=2,
        set={"teams.team-1.boat": 2.0},
    )
    with pytest.raises(sim.BadInput, match=r"^set.teams.team-1.boat: teams.team-1: no key boat"):
        check_study(asked)


def test_ten_million_runs_are_said_at_once(study: Callable[[str], Study]) -> None:
    text = HEAD.replace("replications = 2", "replications = 10000")
    many = WATER.replace("levels = 3", "levels = 1000")
    with pytest.raises(sim.BadInput, match="10,000,000 runs") as caught:
        check_study(study(text + many + GRID))
    assert "of these cores" in str(caught.value)
    assert "GB" in str(caught.value)


def test_a_shard_is_i_of_n() -> None:
    assert check_shard("3/10") == (3, 10)
    for text in ("0/3", "4/3", "3", "a/b", "1/0", "-1/3"):
        with pytest.raises(sim.BadInput, match="i/n"):
            check_shard(text)
