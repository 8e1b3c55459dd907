"""A disk that is full, or read-only from some moment on: one line, and the same command goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from anlan.sim.study import PARTS
from tests.faults.kept import ROOT, program, refused, run_of
from tests.typed import Command, tables

FULL = "No space left on device"


def last_line(text: str) -> str:
    """What it ends with; all others say how far it is."""
    *told, last = text.splitlines()
    how_far = ("anlan: runs: ", "anlan: going on ", "anlan: drawing ")
    assert all(line.startswith(how_far) for line in told), text
    return last


class Failing:
    """A call of the system that fails from its n-th time on."""

    def __init__(self, number: int, after: int) -> None:
        self.number, self.calls, self.after = number, 0, after
        self.plain = os.replace

    def __call__(self, source: Path, target: Path) -> None:
        self.calls += 1
        if self.calls > self.after:
            raise OSError(self.number, os.strerror(self.number))
        self.plain(source, target)


def stopped_at(
    anlan: Command, out: Path, number: int, after: int, patch: pytest.MonkeyPatch
) -> bool:
    """Whether a disk that fails after so many files ended the command; in one line if so."""
    with patch.context() as failing:
        failing.setattr("os.replace", Failing(number, after))
        failing.setattr("os.rename", Failing(number, after))
        found = anlan(*run_of(out))
    if found.code in (0, 1, 3):
        return False
    assert found.code == 2, found.err
    assert os.strerror(number) in last_line(found.err)
    assert not [p for p in out.rglob("*") if p.name.startswith((".making-", ".copy-"))]
    return True


@pytest.mark.long
@pytest.mark.parametrize(("after", "number"), [(2, errno.ENOSPC), (3, errno.EROFS)])
def test_a_disk_that_fails_after_some_files(
    number: int, after: int, anlan: Command, finished: dict[str, Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    out = tmp_path / "out"
    assert stopped_at(anlan, out, number, after, monkeypatch)
    assert anlan(*run_of(out)).code in (0, 1, 3)
    assert tables(out) == tables(finished["run"])


@pytest.mark.long
def test_a_disk_that_fails_after_any_file(
    anlan: Command, finished: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time a little later, in the same folder, until nothing is left to fail."""
    steps = count()
    while stopped_at(anlan, tmp_path / "out", errno.ENOSPC, next(steps), monkeypatch):
        pass
    assert next(steps) > 20
    assert tables(tmp_path / "out") == tables(finished["run"])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, where the system lets us have one."""
    home = tmp_path / "disk"
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(home)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield home
    subprocess.run(["umount", str(home)], check=True)


@pytest.mark.long
def test_a_disk_that_is_really_full_and_then_is_not(
    disk: Path, anlan: Command, finished: dict[str, Path]
) -> None:
    """Worker processes, DuckDB and pictures meet a real file system; it grows step by step."""
    out, ended = disk / "out", []
    for size in ("64k", "256k", "512k", "768k", "1m", "2m", "4m", "64m"):
        subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)
        found = subprocess.run(
            program(*run_of(out, workers=2)), cwd=ROOT, capture_output=True, text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"}, check=False, timeout=600,
        )  # fmt: skip
        ended.append(found.returncode)
        if found.returncode in (0, 1, 3):
            break
        assert found.returncode == 2, found.stderr
        assert "Traceback" not in found.stderr
        assert FULL in found.stderr.splitlines()[-1]
    assert len(ended) > 3, "the disk was never full"
    assert ended[-1] in (0, 1, 3)
    assert tables(out) == tables(finished["run"])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to(anlan: Command, copies: dict[str, Path]) -> None:
    parts = copies["run"] / PARTS
    parts.chmod(0o500)
    try:
        refused(anlan(*run_of(copies["run"], 4)), "Permission denied")
    finally:
        parts.chmod(0o700)


@pytest.mark.parametrize(
    "name",
    [
        "measures.parquet",
        *(pytest.param(n, marks=pytest.mark.long) for n in ("figures", "report.en.html", "ledger")),
    ],
)
def test_a_folder_where_a_file_should_be_and_the_other_way_round(
    name: str, anlan: Command, copies: dict[str, Path]
) -> None:
    path = copies["run"] / name
    was_folder = path.is_dir()
    if was_folder:
        shutil.rmtree(path)
        path.write_text("no folder", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
        path.mkdir()
        (path / "mine.txt").write_text("mine", encoding="utf-8")
    for arguments in (["report", str(copies["run"])], run_of(copies["run"])):
        found = anlan(*arguments)
        assert "Traceback" not in found.err
        if name == "figures":  # pictures are left out in these tests
            continue
        assert found.code == 2
        assert str(copies["run"]) in found.err.splitlines()[-1]
