"""Any file of a finished folder damaged: it is named, or played anew; no number changes unsaid."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import anlan as public
from anlan import sim
from anlan.sim.study import PARTS, STAMP, SUMS, finished, mend
from tests.faults.kept import DAMAGES, flip, refused, run_of
from tests.typed import SHORT, Command, tables

# One kind of damage in every run of the tests, all of them on purpose.
QUICK = [d if d == "flipped" else pytest.param(d, marks=pytest.mark.long) for d in DAMAGES]
CHANGES = dict(pair.split("=") for pair in SHORT[1::2])


def written(folder: Path) -> list[Path]:
    """What the study wrote beside its parts, and can be read from: not what is made of it."""
    files = [f for f in folder.rglob("*") if f.is_file() and PARTS not in f.parts]
    made = (".html", ".xlsx")
    return [f for f in files if f.suffix not in made and f.parent.name != "map"]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["run", pytest.param("study", marks=pytest.mark.long)])
@pytest.mark.parametrize("damage", QUICK)
def test_report_and_compare_name_any_file_that_is_damaged(
    kind: str, damage: str, anlan: Command, copies: dict[str, Path]
) -> None:
    folder = copies[kind]
    command = ["compare", folder] if damage in ("flipped", "gone") else ["report"]
    files = written(folder)
    assert {f.name for f in files} >= {SUMS, "manifest.json", "measures.parquet", "scenario.json"}
    for file in files:
        good = file.read_bytes()
        DAMAGES[damage](file)
        name = file.relative_to(folder).as_posix()
        refused(anlan(*command, folder), f"{name}: is missing or spoilt")
        file.write_bytes(good)
    assert anlan("compare", folder, folder).code == 0


@pytest.mark.long
def test_no_bit_of_a_finished_folder_matters_unseen(
    anlan: Command, copies: dict[str, Path]
) -> None:
    draw = np.random.default_rng(12)
    for folder in copies.values():
        for file in written(folder):
            good = file.read_bytes()
            for at in draw.random(10):
                flip(file, float(at))
                refused(anlan("compare", folder, folder), file.name)
                file.write_bytes(good)


def test_the_same_command_writes_damaged_files_anew(
    anlan: Command, copies: dict[str, Path]
) -> None:
    good = tables(copies["run"])
    for file, damage in zip(written(copies["run"]), [*DAMAGES.values()] * 50, strict=False):
        damage(file)
    assert anlan(*run_of(copies["run"])).code in (0, 1, 3)
    found = tables(copies["run"])  # what Excel may have written into is kept, under another name
    assert {name: held for name, held in found.items() if ".kept-" not in name} == good
    assert anlan("report", copies["run"]).code in (0, 1, 3)


def test_the_checksums_are_those_of_sha256sum(copies: dict[str, Path]) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum")
    command = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    assert subprocess.run(command, cwd=copies["study"], check=False).returncode == 0
    flip(copies["study"] / "places.parquet")
    assert subprocess.run(command, cwd=copies["study"], check=False).returncode == 1


def test_python_names_a_damaged_file_when_it_reads_it(copies: dict[str, Path]) -> None:
    flip(copies["run"] / "places.parquet")
    (copies["run"] / "series.parquet").unlink()
    results = public.results(copies["run"])
    assert len(results.measures) == 3
    for name in ("places", "series"):
        with pytest.raises(sim.BadInput, match=f"{name}.parquet: is missing or spoilt"):
            results.table(name)
    flip(copies["run"] / "manifest.json")
    with pytest.raises(sim.BadInput, match=r"manifest.json: is missing or spoilt"):
        public.results(copies["run"])


def parts_of(folder: Path) -> list[Path]:
    return sorted((folder / PARTS).glob("variants-*"))


@pytest.mark.parametrize("kind", ["run", pytest.param("study", marks=pytest.mark.long)])
def test_a_damaged_part_is_told_by_its_file_and_taken_away(
    kind: str, copies: dict[str, Path], tmp_path: Path
) -> None:
    """Each kind of file, each kind of damage."""
    folder = copies[kind]
    mend(folder, lambda *told: pytest.fail(f"{told} is whole"))
    whole = parts_of(folder)[0]
    assert len(list(whole.iterdir())) > 10
    kept = Path(shutil.copytree(whole, tmp_path / "kept"))
    for name in sorted(p.name for p in kept.iterdir()):
        for damage in DAMAGES.values():
            damage(whole / name)
            told: list[tuple[str, str]] = []
            mend(folder, lambda chunk, file, told=told: told.append((chunk.name, file)))
            assert told == [(whole.name, name)]
            assert not whole.exists()
            shutil.copytree(kept, whole)
    (whole / "stranger.parquet").write_bytes(b"PAR1")
    with pytest.warns(UserWarning, match=r"stranger.parquet is missing or spoilt"):
        mend(folder)
    assert not list((folder / PARTS).glob(".making-*"))


def test_damaged_and_lost_parts_are_played_anew_and_told(
    anlan: Command, copies: dict[str, Path]
) -> None:
    folder = copies["run"]
    good = tables(folder)
    first, second, third = parts_of(folder)
    flip(first / "measures.parquet")
    (second / "measures.parquet").unlink()
    times = {f: f.stat().st_mtime_ns for f in third.iterdir()}
    again = anlan(*run_of(folder))
    assert again.code in (0, 1, 3)
    for part in (first, second):
        told = f"{PARTS}/{part.name}/measures.parquet: is missing or spoilt; its 1 run is played"
        assert told in again.err
    assert tables(folder) == good
    assert {f: f.stat().st_mtime_ns for f in third.iterdir()} == times
    shutil.rmtree(second)
    gone = anlan(*run_of(folder))
    assert "1 finished run is gone" in gone.err
    assert tables(folder) == good
    assert "missing" not in anlan(*run_of(folder)).err


def test_python_plays_a_damaged_part_anew_with_a_warning(copies: dict[str, Path]) -> None:
    good = tables(copies["run"])
    flip(parts_of(copies["run"])[1] / "series.parquet")
    asked = public.results(copies["run"]).study
    with pytest.warns(UserWarning, match="is missing or spoilt; its 1 runs are played anew"):
        public.study(asked, copies["run"])
    assert tables(copies["run"]) == good


@pytest.mark.parametrize("damage", QUICK)
def test_a_damaged_stamp_is_told_and_nothing_else_suffers(
    damage: str, anlan: Command, copies: dict[str, Path]
) -> None:
    folder = copies["run"]
    DAMAGES[damage](folder / PARTS / STAMP)
    before = tables(folder)
    refused(anlan(*run_of(folder)), f"{PARTS}/{STAMP}: is missing or spoilt", "--overwrite")
    assert tables(folder) == before
    assert anlan("compare", folder, folder).code == 0
    assert anlan(*run_of(folder, 3, "--overwrite")).code in (0, 1, 3)
    assert tables(folder) == before


@pytest.mark.parametrize("damage", QUICK)
def test_what_was_asked_is_written_down_again_by_who_knows_it(
    damage: str, anlan: Command, copies: dict[str, Path]
) -> None:
    folder = copies["study"]
    good = tables(folder)
    asked = folder / PARTS / "asked.json"
    DAMAGES[damage](asked)
    refused(anlan("merge", folder, "--out", "m"), "asked.json: is missing or spoilt")
    assert not Path("m").exists()
    assert anlan("merge", "study.toml", folder, "--out", "m").code == 0
    assert tables(Path("m")) == good
    assert anlan("study", "study.toml", "--workers", "1", "--out", folder).code == 0
    assert tables(folder) == good
    assert anlan("merge", folder, "--out", "n").code == 0


@pytest.mark.long
def test_a_damaged_part_of_a_shard_is_named_by_merge(
    anlan: Command, copies: dict[str, Path], tmp_path: Path
) -> None:
    part = parts_of(copies["study"])[0]
    flip(part / "measures.parquet")
    refused(
        anlan("merge", copies["study"], "--out", "m"),
        f"{part.name}/measures.parquet: is missing or spoilt",
        "plays them anew",
    )
    assert not (tmp_path / "m").exists()
    assert part.exists()  # a shard is only read


@pytest.mark.long
def test_going_on_with_seasons_plays_a_damaged_part_anew(tmp_path: Path) -> None:
    from anlan.analysis.seasons.played import play_seasons

    scenario = sim.load("fuling-forest-fire")
    good = play_seasons(scenario, 1, 2, tmp_path)
    flip(tmp_path / PARTS / finished(tmp_path)[0].name / "fires.parquet")
    with pytest.warns(UserWarning, match=r"fires.parquet is missing or spoilt"):
        again = play_seasons(scenario, 1, 2, tmp_path)
    assert again.equals(good)
