"""--overwrite takes what anlan wrote and nothing else; a folder has one user at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import anlan as public
from anlan import sim
from anlan.app.overwrite import clear
from anlan.sim.study import LOCK, PARTS, using, write_text, written
from tests.faults.kept import ROOT, refused, run_of
from tests.typed import Command, tables

HOLD = """
import sys, time
from pathlib import Path
from anlan.sim.study import using
with using(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(300)
"""
NOTES = ("my-notes.txt", "sub/list.csv", "figures/mine.png", "ledger/mine.txt", f"{PARTS}/mine.txt")


@contextmanager
def held(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process at work in a folder."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_overwrite_leaves_what_is_not_anlans_and_says_so(
    anlan: Command, copies: dict[str, Path]
) -> None:
    folder = copies["run"]
    for name in NOTES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine", encoding="utf-8")
    (folder / ".measures.parquet.4711").write_bytes(b"half")
    done = anlan(*run_of(folder, 1, "--seed", "9", "--overwrite"))
    assert done.code in (0, 1, 3)
    told = next(line for line in done.err.splitlines() if "left as they are" in line)
    for name in ("my-notes.txt", "sub/", "figures/", "ledger/", f"{PARTS}/mine.txt"):
        assert name in told
    for name in NOTES:
        assert (folder / name).read_text(encoding="utf-8") == "mine"
    assert public.results(folder).study.seed == 9
    assert not (folder / ".measures.parquet.4711").exists()


def test_overwrite_leaves_a_document_that_somebody_went_on_writing_in(tmp_path: Path) -> None:
    with using(tmp_path):
        for name in ("document.zh.docx", "document.en.docx", "report.zh.html"):
            write_text(tmp_path / name, name)
        (tmp_path / "document.zh.docx").write_text("approved", encoding="utf-8")
        assert clear(tmp_path) == ["document.zh.docx"]
        write_text(tmp_path / "document.zh.docx", "made anew")
        assert clear(tmp_path) == ["document.zh.kept-1.docx"]
        assert (tmp_path / "document.zh.kept-1.docx").read_text(encoding="utf-8") == "approved"


def test_what_somebody_has_written_into_a_file_of_a_run_is_kept_beside(tmp_path: Path) -> None:
    """Whether the file is written anew (a fresh report, further runs) or all is overwritten."""
    names = ["results.xlsx", "measures.csv", "report.zh.html", "map/places.qml"]
    with using(tmp_path):
        for name in names:
            write_text(tmp_path / name, name)
        for turn in (1, 2):
            for name in names:
                (tmp_path / name).write_text(f"mine {turn}", encoding="utf-8")
            if turn == 2:
                clear(tmp_path)
                assert not any((tmp_path / name).exists() for name in names)
            for _ in range(2):  # what nobody has touched is written over
                for name in names:
                    write_text(tmp_path / name, "anew")
    assert all((tmp_path / name).read_text(encoding="utf-8") == "anew" for name in names)
    kept = {p.name: p.read_text(encoding="utf-8") for p in tmp_path.rglob("*.kept-*")}
    stems = [("results", "xlsx"), ("measures", "csv"), ("report.zh", "html"), ("places", "qml")]
    assert kept == {f"{s}.kept-{n}.{end}": f"mine {n}" for s, end in stems for n in (1, 2)}


def test_what_cannot_begin_leaves_no_folder(anlan: Command, tmp_path: Path) -> None:
    """No scheduler, or no Dask: the folder was claimed before either is asked."""
    out, mine = tmp_path / "new" / "out", tmp_path / "mine"
    mine.mkdir()
    for folder in (out, mine):
        done = anlan(*run_of(folder, 1, "--cluster", "no-address"))
        assert (done.code, "--cluster" in done.err.splitlines()[-1]) == (2, True)
    assert not out.parent.exists()
    assert list(mine.iterdir()) == []


@pytest.mark.long
def test_overwrite_leaves_nothing_of_the_study_before(
    anlan: Command, copies: dict[str, Path]
) -> None:
    """Tables and pictures of a study that the next one does not have would be taken for its own."""
    folder = copies["run"]
    with using(folder):
        public.results(folder)  # reading writes nothing
        write_text(folder / "figures" / "study_swings-x.csv", "a\n")
    assert "figures/study_swings-x.csv" in written(folder / PARTS)
    assert (folder / "verdict.json").exists()
    done = anlan("study", "study.toml", "--workers", "1", "--out", folder, "--overwrite")
    assert done.code == 0
    assert "left as they are" not in done.err
    for name in ("figures/study_swings-x.csv", "verdict.json", "measures.csv", "series.parquet"):
        assert not (folder / name).exists()
    assert tables(folder) == tables(copies["study"])


def test_a_folder_in_use_is_refused_by_name(anlan: Command, copies: dict[str, Path]) -> None:
    folder = copies["run"]
    good = tables(folder)
    with held(folder) as process:
        for arguments in (
            run_of(folder),
            run_of(folder, 1, "--seed", "9", "--overwrite"),
            ["report", str(folder)],
            ["compare", str(folder), str(folder)],
            ["merge", str(folder)],
        ):
            refused(anlan(*arguments), f"in use by process {process.pid} on ", " since 20")
        with pytest.raises(sim.BadInput, match=f"in use by process {process.pid}"):
            public.replicate(sim.load("tiny"), 1, folder=folder)
    assert tables(folder) == good


@pytest.mark.long
def test_what_a_dead_process_left_blocks_nobody(anlan: Command, copies: dict[str, Path]) -> None:
    folder = copies["run"]
    with held(folder) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    lock = folder / PARTS / LOCK
    assert str(process.pid) in lock.read_text(encoding="utf-8")
    assert anlan("report", folder).code in (0, 1, 3)
    assert anlan(*run_of(folder)).code in (0, 1, 3)
    assert not lock.exists()


def test_a_folder_is_used_within_its_use_and_nothing_stays_of_it(tmp_path: Path) -> None:
    with using(tmp_path / "a"), using(tmp_path / "a"):
        assert (tmp_path / "a" / PARTS / LOCK).exists()
    assert list((tmp_path / "a").iterdir()) == []


def test_a_folder_that_was_claimed_and_no_more_is_free(anlan: Command, tmp_path: Path) -> None:
    """Killed before the first run was there, or before it was said whose runs these are."""
    out = tmp_path / "out"
    (out / PARTS).mkdir(parents=True)
    (out / PARTS / LOCK).write_text("{", encoding="utf-8")
    assert anlan(*run_of(out, 1)).code in (0, 1, 3)


def test_a_merge_of_a_misspelt_folder_makes_nothing(
    anlan: Command, copies: dict[str, Path], tmp_path: Path
) -> None:
    def there() -> list[Path]:
        return sorted(tmp_path.rglob("*"))

    before = there()
    study = copies["study"]
    for paths in (
        ["nowhere"],
        ["study.toml", "nowhere"],
        [study, "nowhere", "--out", "new"],
        ["study.toml", study, "nowhere", "--out", "new/deep"],
        ["study.toml", "study.toml", "--out", "new"],
        [study, tmp_path, "--out", "new"],
    ):
        refused(anlan("merge", *paths))
        assert there() == before


@pytest.mark.long
def test_a_merge_leaves_other_runs_and_other_files_alone(
    anlan: Command, copies: dict[str, Path], tmp_path: Path
) -> None:
    before = tables(copies["run"])
    refused(
        anlan("merge", copies["study"], "--out", copies["run"]),
        str(copies["run"]),
        "choose another folder",
    )
    assert tables(copies["run"]) == before
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("dear", encoding="utf-8")
    refused(anlan("merge", copies["study"], "--out", "letters"), "not anlan's")
    assert os.listdir("letters") == ["letter.txt"]
