"""What a finished study says about itself: every column of every file, and where it comes from."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from anlan.analysis.digests.tables import TABLES as DIGEST
from anlan.analysis.pipeline import conduct
from anlan.analysis.results.folder import Results
from anlan.analysis.study.asked import ASKED, gather
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.manifest import MANIFEST
from anlan.analysis.study.play import play_study
from anlan.analysis.study.schema import Design, Factor, Outputs, Study
from anlan.analysis.study.tables import FAILURE
from anlan.analysis.verdict.stopping import Stopping
from anlan.sim.ledger import TABLES as LEDGER
from anlan.sim.study.chunk import failure
from anlan.sim.study.parts import PARTS
from anlan.sim.study.sums import SUMS, read_sealed, write_sealed

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHIFT = "parameters.team.shift_h"


def small(**changes: Any) -> Study:
    """Six hours of the tiny scenario; two variants, two runs each; everything that can be kept."""
    given: dict[str, Any] = {
        "id": "small",
        "question": {"zh": "问", "en": "Which?"},
        "scenario": "tiny",
        "replications": 2,
        "set": {"settings.duration_h": 6, "settings.start_before_closest_h": 4},
        "factors": (Factor(name=SHIFT, low=8, high=12),),
        "design": Design(kind="lhs", samples=2),
        "outputs": Outputs(tables=tuple(t for t in DIGEST if t != "measures"), ledgers=1),
    }
    return Study(**given | changes)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return conduct(small(), tmp_path_factory.mktemp("study"))


def rows(data: Results) -> list[dict[str, str]]:
    with (data.folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_column_of_every_file_is_named_and_no_other_is(data: Results) -> None:
    named = defaultdict(list)
    for row in rows(data):
        if not row["column"].startswith("series = "):
            named[row["file"]].append(row["column"])
    tables = [f for f in data.folder.rglob("*.parquet") if PARTS not in f.parts]
    there = {f.relative_to(data.folder).as_posix(): duckdb.read_parquet(str(f)).columns
             for f in tables}  # fmt: skip
    for table in LEDGER:
        assert f"ledger/{table}.parquet" in there
    for file, columns in there.items():
        assert sorted(columns) == sorted(named[file]), file
    assert there["variants.parquet"] == ["variant", SHIFT, f"{SHIFT}@place"]
    others = {p.name for p in data.folder.iterdir() if p.is_file() and p.suffix != ".parquet"}
    assert others - {SUMS} == set(named) - set(there)
    assert set(named["manifest.json"]) == set(data.manifest)


def test_every_entry_is_in_both_languages(data: Results) -> None:
    for row in rows(data):
        assert row["en"].strip(), row
        assert CHINESE.search(row["zh"]), row
        assert not CHINESE.search(row["en"]), row
    factor = next(r for r in rows(data) if (r["file"], r["column"]) == ("variants.parquet", SHIFT))
    assert factor["unit"] == data.scenario.parameters["team.shift_h"].unit
    assert data.scenario.parameters["team.shift_h"].zh in factor["zh"]


def test_every_name_of_a_series_is_told(data: Results) -> None:
    told = {r["column"] for r in rows(data) if r["file"] == "series.parquet"}
    with data.db() as db:
        names = {name for (name,) in db.execute("SELECT DISTINCT series FROM series").fetchall()}
    assert len(names) > 5
    assert {f"series = {name}" for name in names} <= told


def test_failures_have_the_columns_that_the_dictionary_names() -> None:
    assert list(failure(1, ValueError("x"))) == list(FAILURE)


def test_the_manifest_tells_where_the_numbers_come_from(data: Results) -> None:
    facts = data.manifest
    assert tuple(facts) == MANIFEST
    for key in ("scenario_sha256", "variants_sha256", "code_sha256"):
        assert re.fullmatch(r"[0-9a-f]{64}", facts[key]), key
    assert facts["people_per_row"] == 1
    assert {"python", "anlan", "numpy", "scipy", "duckdb", "pydantic"} <= set(facts["versions"])
    assert (facts["variants"], facts["runs"], facts["failures"]) == (2, 4, 0)
    assert facts["design"]["kind"] == "lhs"
    begun, ended = (datetime.fromisoformat(facts[k]) for k in ("started", "finished"))
    assert begun <= ended


def test_a_merged_study_began_with_its_first_shard(tmp_path: Path) -> None:
    study = small(outputs=Outputs(measures=("harm.deaths",)))
    homes = [tmp_path / "1", tmp_path / "2"]
    for i, home in enumerate(homes, start=1):
        play_study(check_study(study), home, shard=(i, 2))
    early = "2026-09-14T08:00:00+08:00"
    asked = homes[1] / PARTS / ASKED
    write_sealed(asked, (read_sealed(asked) or {}) | {"begun": early})
    gather(check_study(study), homes, tmp_path / "whole")
    finish_study(check_study(study), tmp_path / "whole")
    manifest = (tmp_path / "whole" / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(manifest)["started"] == early


def test_a_study_of_lumped_residents_says_so(tmp_path: Path) -> None:
    """Whether every variant lumps them or only some do; a design by SALib names its version."""
    scale = Factor(name="parameters.residents.scale", values=(1, 4))
    some = small(factors=(scale,), design=Design(kind="grid"), replications=1)
    assert conduct(some, tmp_path / "some").manifest["people_per_row"] == 4
    every = small(set=small().set | {"parameters.residents.scale": 3}, replications=1)
    assert check_study(every).variants.people_per_row() == 3


def test_a_stopping_rule_and_salib_are_in_the_manifest(tmp_path: Path) -> None:
    pytest.importorskip("SALib")
    stop = Stopping(targets=("no-deaths",), batch=1, most_runs=1)
    study = small(replications=None, stop=stop, design=Design(kind="morris", samples=1))
    facts = conduct(study, tmp_path).manifest
    assert facts["stop"]["most_runs"] == 1
    assert facts["replications"] is None
    assert re.match(r"\d", facts["versions"]["SALib"])
