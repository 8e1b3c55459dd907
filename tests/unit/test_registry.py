"""One registry of tables: a table is a row class and an entry, and everything else follows."""

from __future__ import annotations

import math
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from anlan import analysis, sim
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.dictionary import dictionary
from anlan.analysis.study.manifest import assumed_rows
from anlan.analysis.study.runs import study_of_runs
from anlan.analysis.study.variants import variants_of_study
from anlan.analysis.words.names import names
from anlan.app.cli import main
from anlan.app.docs.formats import scenario_format
from anlan.sim import checks
from anlan.sim.scenario import dictionary as words
from anlan.sim.scenario.dictionary import Said, capacities, described, said
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED, shipped
from anlan.sim.scenario.registry import Kinds, Part, Rows, Table, entries
from anlan.sim.scenario.schema import HAZARD_KINDS, Id, Mark, Row, Scenario, WaterLink

# Stress events have the tables of the others, or fewer.
ALL = tuple(
    name for name, *_ in shipped() if name != "nantong-typhoon" and not name.endswith("-stress")
)


class Siren(Row):
    """A siren that warns a community (`sirens.csv`): a table that only this test knows."""

    siren: Id
    name_zh: str
    name_en: str
    community: Id
    reach_km: Annotated[float, Field(ge=0.0, le=20.0, allow_inf_nan=False)]
    mark: Mark


class Wider(Scenario):
    """A scenario with one more table: this entry is all that is added."""

    sirens: Annotated[
        tuple[Siren, ...],
        Table(
            "sirens.csv",
            en="sirens",
            zh="警报器",
            key=("siren",),
            refers={"community": ("communities",)},
            optional=True,
            capacity=("reach_km",),
            rows_vary=True,
            stands=("community",),
        ),
    ] = ()


HEAD = "siren,name_zh,name_en,community,reach_km,mark\n"
SIRENS = HEAD + "s1,一号,One,port,2.5,assumption\ns2,二号,Two,seat,3,found\n"
SAID = {
    ("sirens.csv", "siren"): Said("", "id of the siren", "编号"),
    ("sirens.csv", "name_zh"): Said("", "name in Chinese", "中文名"),
    ("sirens.csv", "name_en"): Said("", "name in English", "英文名"),
    ("sirens.csv", "community"): Said("", "where it stands", "所在地"),
    ("sirens.csv", "reach_km"): Said("km", "how far it is heard", "可闻距离"),
    ("sirens.csv", "mark"): Said("", "found, known or assumption", "依据"),
}


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with sirens, and anlan told of the table and the words of its columns."""
    everything = said() | SAID
    monkeypatch.setattr(words, "said", lambda: everything)
    monkeypatch.setattr(checks, "Scenario", Wider)
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    (folder / "sirens.csv").write_text(SIRENS, encoding="utf-8")
    return folder


def loaded(folder: Path, changes: dict[str, str] | None = None) -> Wider:
    scenario = sim.load(folder, changes)
    assert isinstance(scenario, Wider)
    return scenario


def test_a_new_table_is_read_and_may_be_missing(wide: Path) -> None:
    assert [(s.siren, s.reach_km) for s in loaded(wide).sirens] == [("s1", 2.5), ("s2", 3.0)]
    (wide / "sirens.csv").unlink()
    assert loaded(wide).sirens == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SIRENS.replace("3,found", "21,found"), "row 3, column reach_km: 21 is more than 20"),
        (SIRENS.replace("reach_km", "reach_m"), "row 1, column reach_m: unknown column"),
        (SIRENS.replace("port", "prot"), "row 2, column community: no community prot in "),
        (SIRENS.replace("s2,", "s1,"), "row 3, column siren: s1 is already the id of a row in "),
        (SIRENS.replace("s1,", "S 1,"), "row 2, column siren: S 1 has a blank in it; write s-1"),
    ],
)
def test_a_slip_in_a_new_table_is_named_by_file_row_and_column(
    wide: Path, text: str, line: str
) -> None:
    (wide / "sirens.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        sim.load(wide)
    assert str(caught.value).startswith(f"sirens.csv, {line}")
    assert "\n" not in str(caught.value)


def test_a_new_table_can_be_set_and_replaced(wide: Path) -> None:
    changed = loaded(wide, {"sirens.s2.reach_km": "4", "sirens.s1.community": "seat"})
    assert [(s.community, s.reach_km) for s in changed.sirens] == [("seat", 2.5), ("seat", 4.0)]
    back = changed.replace(sirens={"s1": {"reach_km": 1}})
    assert isinstance(back, Wider)
    assert back.sirens[0].reach_km == 1.0
    for key, value, says in (
        ("sirens.s3.reach_km", "4", "no siren s3; valid: s1, s2"),
        ("sirens.s1.reach", "4", "did you mean reach_km?"),
        ("sirens.s1.reach_km", "50", "50 is more than 20"),
        ("sirens.s1.community", "prot", "did you mean port?"),
        ("siren.s1.reach_km", "4", "did you mean sirens?"),
        ("sirens.s1", "4", "write sirens.<id>.<column>=<value>"),
    ):
        with pytest.raises(BadInput) as caught:
            sim.load(wide, {key: value})
        assert says in str(caught.value), key


def study(folder: Path, high: float) -> analysis.Study:
    return analysis.Study.model_validate(
        {
            "id": "sirens",
            "question": {"zh": "多远？", "en": "How far?"},
            "scenario": "mine",
            "folder": folder.parent,
            "seed": 1,
            "replications": 2,
            "factors": [{"name": "sirens.s1.reach_km", "low": 1.0, "high": high}],
            "design": {"kind": "lhs", "samples": 4},
        }
    )


def test_a_column_of_a_new_table_is_a_factor_of_a_study(wide: Path) -> None:
    found = variants_of_study(study(wide, 9.0))
    assert all(1.0 <= float(c["sirens.s1.reach_km"]) <= 9.0 for c in found.changes())
    with pytest.raises(BadInput, match=r"factor sirens.s1.reach_km.*30 is more than 20"):
        variants_of_study(study(wide, 30.0))


def test_a_new_table_is_on_the_page_among_the_capacities_and_in_the_dictionary(wide: Path) -> None:
    page = scenario_format(Wider)
    assert "## `sirens.csv` (may be left out 可省)\n\nSirens. 警报器。" in page
    assert "`--set sirens.<siren>.<column>=…`. Rows may be added and taken away" in page
    assert (
        "| `community` | an id in communities.csv |  |  | moves | where it stands | 所在地 |"
        in page
    )
    told = "| `reach_km` | a number from 0 to 20 | km |  | yes | how far it is heard | 可闻距离 |"
    assert told in page
    (reach,) = [c for c in capacities(Wider) if c.file == "sirens.csv"]
    assert (reach.name, reach.unit, reach.hard_range) == ("reach_km", "km", (0.0, 20.0))
    scenario = loaded(wide)
    row = "scenario.json,sirens.reach_km,km,可闻距离,how far it is heard\n"
    assert row in dictionary(check_study(study_of_runs(scenario, 1), scenario))
    assert assumed_rows(scenario)["sirens.csv"] == [1, 2]
    assert names(scenario, "zh")["s1"] == "一号"


def test_a_scenario_with_a_new_table_is_played_and_written_and_read_back(wide: Path) -> None:
    scenario = loaded(wide)
    plain = sim.run(sim.load("tiny"), seed=1).tables()
    wider = sim.run(scenario, seed=1).tables()
    assert all(
        (plain[t][c] == wider[t][c]).all() for t in ("warning", "stock_level") for c in plain[t]
    )
    assert Wider.model_validate_json(scenario.model_dump_json()) == scenario


# --- the registry that ships


def numbers() -> list[words.ColumnWords]:
    """Every column of a number or a time."""
    return [c for d in described(Scenario) for c in d.columns if c.hard_range is not None]


def test_every_number_and_time_has_a_hard_range() -> None:
    assert len(numbers()) > 100
    assert [
        (c.file, c.name) for c in numbers() if not all(map(math.isfinite, c.hard_range or ()))
    ] == []
    times = [c for c in numbers() if "datetime" in str(c.spec.annotation)]
    assert {c.hard_range for c in times} == {(1900.0, 2100.0)}
    assert len(times) == 9


def test_every_counted_column_has_a_unit() -> None:
    """A yes or no is counted only where it may be bought (a generator)."""
    counted = [
        c for c in numbers() if "datetime" not in str(c.spec.annotation)
        and ("bool" not in str(c.spec.annotation) or c.capacity)
    ]  # fmt: skip
    assert [(c.file, c.name) for c in counted if not c.unit] == []


def samples() -> dict[str, BaseModel]:
    """A row of each file and block, from whichever shipped scenario has one; no links of water,
    which are a planner's own, are shipped.
    """
    found: dict[str, BaseModel] = {
        "water_links.csv": WaterLink(
            from_community="a", to_community="b", sill_m=1.0, width_m=20.0, mark="assumption"
        )
    }
    for name in ALL:
        scenario = sim.load(name)
        for part in described(Scenario):
            held = part.entry.of(scenario)
            if isinstance(part.entry.part, Kinds):
                held = held.get(part.path.split(".")[1])
            elif isinstance(held, dict):
                held = next(iter(held.values()))
            elif isinstance(held, tuple):
                held = held[0] if held else None
            if held is not None:
                found.setdefault(part.title, held)
    return found


def test_a_number_outside_its_hard_range_is_refused() -> None:
    """Both ends of every column of every file, tried on a shipped row."""
    rows, tried = samples(), 0
    assert [d.title for d in described(Scenario) if d.title not in rows] == ["gauge.csv"] * (
        "gauge.csv" not in rows
    )
    for column in numbers():
        kind = str(column.spec.annotation)
        if "datetime" in kind or "bool" in kind or "Literal" in kind or "tuple" in kind:
            continue
        assert column.hard_range is not None
        low, high = column.hard_range
        row = rows[column.file]
        for value in (low - 1 - abs(low), high + 1 + abs(high), math.nan, math.inf):
            with pytest.raises(ValidationError):
                type(row).model_validate(dict(row) | {column.name: value})
            tried += 1
    assert tried > 300


@pytest.mark.parametrize(
    "value", ["1899-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "2022091418", "44818.75"]
)
def test_a_time_of_no_sane_century_and_digits_alone_are_refused(tmp_path: Path, value: str) -> None:
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    text = (folder / "tracks.csv").read_text(encoding="utf-8")
    (folder / "tracks.csv").write_text(
        text.replace("2024-09-01T00:00:00Z", value), encoding="utf-8"
    )
    says = r"tracks.csv, row \d+, column time: .*(write|give a time such as) \d{4}-\d\d-\d\dT"
    with pytest.raises(BadInput, match=says):
        sim.load(folder)


def test_what_the_registry_names_is_there() -> None:
    """Keys, references, capacities, places: each is a column, each target a table with that key."""
    known = {e.attribute: e for e in entries(Scenario)}
    for entry in known.values():
        part, fields = entry.part, entry.row.model_fields
        named: list[str] = [*part.capacity]
        if isinstance(part, Rows):
            named += [*part.key, *part.also_unique, *part.refers]
        if isinstance(part, Table):
            named += [*part.stands, *(c for c in (part.amount, part.happens) if c)]
            assert not part.hazard or part.hazard in HAZARD_KINDS
        assert [c for c in named if c not in fields] == [], entry.attribute
        for target in _targets(part):
            table, _, column = target.partition(".")
            there = known[table].part
            assert isinstance(there, Rows)
            assert not column or column in known[table].row.model_fields
            assert column or len(there.key) == 1


def _targets(part: Part) -> list[str]:
    refers = (
        [part.refers, *(k.refers for k in part.kinds.values())]
        if isinstance(part, Kinds)
        else [part.refers]
    )
    return [target for r in refers for targets in r.values() for target in targets]


def test_what_may_be_bought_is_known_with_its_unit() -> None:
    found = {(c.file, c.name): c.unit for c in capacities(Scenario)}
    assert found["teams.csv", "members"] == "person"
    assert found["shelters.csv", "capacity"] == "person"
    assert found["stores.csv", "truck_kg"] == "kg"
    assert found["stock.csv", "quantity"] == "unit of the item"
    assert {"boats", "tank_l", "trucks", "pump_mm_h", "bus_seats_per_h"} <= {n for _, n in found}
    vary = {
        e.part.file for e in entries(Scenario) if isinstance(e.part, Table) and e.part.rows_vary
    }
    assert vary == {"teams.csv", "stores.csv", "shelters.csv", "stock.csv", "dikes.csv",
                    "watch_points.csv", "belts.csv", "water_points.csv",
                    "hospitals.csv"}  # fmt: skip


def test_every_slip_of_a_folder_is_collected(tmp_path: Path) -> None:
    """The first is raised; the others stand beside it, a line each."""
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    for file, old, new in (
        ("towns.csv", "121.2,31.9,", "921.2,31.9,"),
        ("teams.csv", ",8,4,1,", ",-8,4,1,"),
        ("plan.toml", "limit = 1.0", "limit = true"),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        sim.load(folder)
    lines = [str(e) for e in (caught.value, *caught.value.others)]
    assert [line.split(",")[0] for line in lines] == ["plan.toml", "towns.csv", "teams.csv"]
    assert not any("\n" in line for line in lines)


def test_the_command_tells_each_slip_on_a_line_of_its_own_up_to_a_number(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    head = (folder / "stock.csv").read_text(encoding="utf-8").splitlines()[0]
    rows = [f"store-1,item-{n},{-n},assumption" for n in range(1, 26)]
    (folder / "stock.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    assert main(["check", str(folder), "--lang", "en"]) == 2
    lines = capfd.readouterr().err.splitlines()
    assert [line.startswith("anlan: stock.csv, row ") for line in lines] == [True] * 20 + [False]
    assert lines[-1] == "anlan: and 5 more; mend these first."


def test_a_scenario_sent_to_a_process_that_knows_nothing_can_be_changed(tmp_path: Path) -> None:
    """Whoever unpickles it has imported `anlan.sim`, which is what makes `replace` work."""
    (tmp_path / "tiny").write_bytes(pickle.dumps(sim.load("tiny")))
    code = (
        "import pickle, pathlib, sys\n"
        "scenario = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(scenario.replace(teams={'team-1': {'members': 12}}).teams[0].members)\n"
        "try: scenario.replace(policy={'dispatch': 'nobody'})\n"
        "except ValueError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "tiny")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    members, error = done.stdout.splitlines()
    assert members == "12"
    assert error.startswith("scenario.toml, key policy.dispatch: no policy nobody")
