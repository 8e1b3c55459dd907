"""Output that cannot be shown or written, and too little memory: one line, exit code 2."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.app import cli, memory, streams
from anlan.app.streams import REPLACING, guarded
from anlan.sim.scenario.errors import BadInput

BAD = 2
ROOT = Path(__file__).resolve().parents[2]


def shell(line: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which `anlan` is the command, in a process of its own."""
    whole = f'anlan() {{ "{sys.executable}" -m anlan.app "$@"; }}\n{line}'
    return subprocess.run(
        ["bash", "-c", whole],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "C.UTF-8"} | environ,
    )


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == BAD, done.stderr
    assert done.stderr.startswith("anlan: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(("command", "buffered"), [("list", ""), ("--help", "1")])
def test_a_full_device(command: str, buffered: str) -> None:
    done = shell(f"anlan {command} > /dev/full", PYTHONUNBUFFERED=buffered)
    assert_one_line(done, "cannot be written", os.strerror(errno.ENOSPC))


def test_a_reader_that_has_gone() -> None:
    done = shell("set -o pipefail; anlan list | head -c 0")
    assert_one_line(done, "cannot be written", os.strerror(errno.EPIPE))


def test_a_closed_output() -> None:
    assert_one_line(shell("anlan list >&-"), "standard output is closed")
    both = shell("anlan check nope >&- 2>&-")
    assert (both.returncode, both.stdout, both.stderr) == (BAD, "", "")


def test_an_error_stream_that_takes_nothing_leaves_the_exit_code() -> None:
    assert shell("anlan check nope 2>/dev/full").returncode == BAD
    assert shell("anlan list 2>&-").returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp437"])
def test_a_terminal_that_lacks_characters(encoding: str) -> None:
    """Signs have plain ones; Chinese as question marks would say nothing."""
    done = shell("anlan list --lang en", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "haimen-typhoon" in done.stdout
    done = shell("anlan list --lang zh", PYTHONIOENCODING=encoding)
    assert_one_line(done, encoding, "PYTHONIOENCODING=utf-8")
    assert done.stdout == ""


def test_an_error_is_said_in_english_where_the_terminal_has_no_chinese() -> None:
    done = shell("anlan check nope --lang zh", PYTHONIOENCODING="ascii")
    assert_one_line(done, "set PYTHONIOENCODING=utf-8")


def test_signs_of_tables_have_plain_ones() -> None:
    assert "≥ 3 – 5 × 2…中".encode("ascii", REPLACING) == b">= 3 - 5 x 2...?"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", REPLACING)


def test_a_limit_of_memory_that_no_command_keeps() -> None:
    pytest.importorskip("resource")
    done = shell("ulimit -v 300000; anlan check haimen-typhoon")
    assert_one_line(done, "limited to 292 MB", f"at least {memory.LEAST_MB} MB")


def test_running_out_of_memory_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> int:
        raise MemoryError

    cli.main(["check", "tiny"])  # whatever it imports has the real one for the tests after this
    capfd.readouterr()
    monkeypatch.setattr("anlan.sim.load", full)
    monkeypatch.setattr("anlan.app.targets.load_as", full)
    assert cli.main(["check", "tiny"]) == BAD
    assert capfd.readouterr().err == "anlan: there is not enough memory; give fewer --workers, " \
        "or a machine with more\n"  # fmt: skip


class Failing(io.RawIOBase):
    """A raw stream that takes so many bytes and then fails."""

    def __init__(self, takes: int) -> None:
        self.left, self.got = takes, b""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        whole = bytes(data)  # type: ignore[call-overload]
        if len(whole) > self.left:
            raise OSError(errno.EIO, "broken")
        self.left -= len(whole)
        self.got += whole
        return len(whole)


@pytest.mark.parametrize("takes", [0, 3, 11])
def test_output_that_breaks_after_some_bytes(takes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Failing(takes)
    mine = io.TextIOWrapper(io.BufferedWriter(raw, buffer_size=2), encoding="utf-8")
    monkeypatch.setattr(streams.sys, "stdout", mine)
    with pytest.raises(BadInput, match="broken"), guarded("en"):
        print(50 * "0123456789\n")
    assert sys.stdout is mine
    assert len(raw.got) <= takes


def test_streams_are_as_they_were_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Failing(1000)
    mine = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
    monkeypatch.setattr(streams.sys, "stdout", mine)
    print("before")
    with guarded("en"):
        print("within")
    print("after", flush=True)
    assert raw.got.decode().split() == ["before", "within", "after"]
