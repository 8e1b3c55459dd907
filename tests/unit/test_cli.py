"""The command `anlan`: what it prints, the codes it ends with, and one line for each bad input."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from anlan.app.cli import COMMANDS, main
from anlan.sim import SHIPPED
from tests.typed import Command, Result, in_folder

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "scenarios" / "tiny"


PLAIN = ("--workers", "1", "--no-pictures")  # pictures take longer than the runs


@pytest.fixture
def anlan(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """Runs a command line in this process, in a folder of its own."""
    return in_folder(tmp_path, capfd, monkeypatch)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny scenario to spoil."""
    return shutil.copytree(TINY, tmp_path / "mine")


def assert_refused(result: Result, *words: str, out: Path | None = None) -> None:
    """Exit code 2, one line on the error stream that holds the words, nothing left behind."""
    assert result.code == 2, result.err
    assert result.err.startswith("anlan: ")
    assert result.err.count("\n") == 1, result.err
    for word in words:
        assert word in result.err
    assert "Traceback" not in result.err + result.out
    assert out is None or not out.exists()


# -- what it says ------------------------------------------------------------------------------


def test_help_names_the_commands_and_shows_an_example(anlan: Command) -> None:
    result = anlan("--help")
    assert result.code == 0
    for word in ("list", "check", "run", "report", "anlan run haimen-typhoon"):
        assert word in result.out
    assert anlan().out == result.out  # nothing typed: the same help


def test_help_of_a_command_names_only_options_that_it_has(anlan: Command) -> None:
    for lang in ("en", "zh"):
        for command in ("check", "run", "cover"):
            text = anlan(command, "--help", "--lang", lang).out
            named = set(re.findall(r"--[a-z-]+", text))
            assert named == set(re.findall(r"^ +(?:-h, )?(--[a-z-]+)", text, re.M)), command


def test_help_names_every_kind_of_hazard(anlan: Command) -> None:
    assert "fire" in anlan("--help").out
    assert "火灾" in anlan("--help", "--lang", "zh").out


def test_help_speaks_chinese(anlan: Command) -> None:
    for command in ((), ("check",), ("run",)):
        assert "情景" in anlan(*command, "--help", "--lang", "zh").out


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_no_label_of_a_chinese_help_is_english(
    anlan: Command, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    english, chinese = (anlan(*command, "--help", "--lang", lang).out for lang in ("en", "zh"))
    labels = ["Usage: ", "Options:\n", "Show this message and exit.", "[OPTIONS]"]
    labels += ["Arguments:\n", "required]"] if "required]" in english else []
    labels += ["[default: "] if "[default: " in english else []
    assert [label for label in labels if label not in english] == []
    assert [label for label in labels if label in chinese] == []
    assert chinese.startswith("用法：")
    assert "选项：\n" in chinese


def test_list_names_the_scenarios(anlan: Command) -> None:
    result = anlan("list")
    assert result.code == 0
    assert "haimen-typhoon" in result.out
    assert "tiny" in result.out
    assert "小例" in anlan("list", "--lang", "zh").out


def test_check_counts_judges_and_lists_assumptions(anlan: Command) -> None:
    result = anlan("check", "tiny")
    assert result.code == 1  # the flood team is too small, and the scenario says so
    for word in ("residents", "40", "not met", "one made-up team", "--parameters"):
        assert word in result.out
    assert result.out.index("The data are valid") < result.out.index("not met")
    assert "wind." not in result.out  # hundreds of numbers hide the answer
    assert "wind." in anlan("check", "tiny", "--parameters").out
    assert "未达标" in anlan("check", "tiny", "--lang", "zh").out


def test_check_ends_with_0_where_every_structural_target_is_met(
    anlan: Command,
) -> None:
    assert anlan("check", "tiny", "--set", "target.flood-team-30.limit=8").code == 0


def test_version(anlan: Command) -> None:
    result = anlan("--version")
    assert result.code == 0
    assert result.out.startswith("anlan")


# -- the main job on the tiny scenario -----------------------------------------------------------


def test_run_leaves_what_it_promises_and_ends_with_the_verdict(
    anlan: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = anlan("run", "tiny", "--runs", "2", *PLAIN, "--out", out)
    verdicts = json.loads((out / "verdict.json").read_text(encoding="utf-8"))
    found = {v["verdict"] for v in verdicts}
    assert result.code == (1 if "not met" in found else 3 if "undecided" in found else 0) == 1
    assert {"id", "verdict", "estimate", "low", "high", "runs"} <= verdicts[0].keys()
    for name in ("report.en.html", "measures.csv", "measures.parquet", "manifest.json"):
        assert (out / name).stat().st_size > 0
    assert list((out / "ledger").glob("*.parquet"))
    assert str(out / "report.en.html") in result.out
    assert "no deaths" in result.out
    assert "2 of 2" in result.err  # progress, as lines where there is no terminal

    again = anlan("run", "tiny", "--runs", "2", *PLAIN, "--out", out)
    assert again.code == result.code
    assert again.out == result.out
    assert "going on" in again.err

    seed = anlan("run", "tiny", "--runs", "2", "--seed", "2", "--out", out)
    assert_refused(seed, "seed 1", "--overwrite")
    other = anlan("run", "tiny", "--runs", "2", "--out", out, "--set", "settings.duration_h=35")
    assert_refused(other, "another scenario", "--out")
    assert json.loads((out / "verdict.json").read_text(encoding="utf-8")) == verdicts

    report = anlan("report", out, "--lang", "zh")
    assert report.code == result.code
    assert "不死人" in report.out
    assert list((out / "figures").glob("*.png"))
    assert list((out / "figures").glob("*.svg"))
    assert "不死人" in (out / "report.zh.html").read_text(encoding="utf-8")
    assert "no deaths" in (out / "report.en.html").read_text(encoding="utf-8")  # it stays

    fresh = anlan("run", "tiny", "--runs", "1", "--seed", "2", *PLAIN, "--out", out, "--overwrite")
    assert fresh.code == 1
    with (out / "measures.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 1


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study of two runs."""
    out = tmp_path_factory.mktemp("study") / "out"
    assert main(["run", "tiny", "--runs", "2", *PLAIN, "--out", str(out)]) == 1
    return out


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("series.parquet", None),
        ("measures.parquet", b"PAR1 and no more"),
        ("scenario.json", b"{"),
        ("scenario.json", b"{}"),
        ("manifest.json", None),
        ("ledger/incident.parquet", b""),
    ],
)
def test_a_report_of_spoilt_results_is_one_line(
    file: str, data: bytes | None, anlan: Command, study: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(study, tmp_path / "copy")
    (out / file).unlink()
    if data is not None:
        (out / file).write_bytes(data)
    assert_refused(anlan("report", out), f"{file}: is missing or spoilt", "makes them anew")


def test_a_full_disk_is_one_line(
    anlan: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(sql: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("anlan.sim.study.tables._write", full)
    result = anlan("run", "tiny", "--runs", "1", "--workers", "1", "--out", tmp_path / "out")
    assert result.code == 2
    assert result.err.splitlines()[-1].startswith("anlan: ")
    assert "No space left" in result.err.splitlines()[-1]
    assert "Traceback" not in result.err


def test_a_limit_set_in_percent_is_named_by_its_setting(anlan: Command) -> None:
    result = anlan("check", "tiny", "--set", "target.relief-10h.limit=95")
    assert_refused(result, "--set target.relief-10h.limit=95", "is written 0.95")


def test_undecided_ends_with_3(anlan: Command, tmp_path: Path) -> None:
    """One run settles no performance target; the structural one is made to be met."""
    result = anlan(
        "run", "tiny", "--runs", "1", *PLAIN, "--out", tmp_path / "out",
        "--set", "target.flood-team-30.limit=8",
    )  # fmt: skip
    verdicts = json.loads((tmp_path / "out" / "verdict.json").read_text(encoding="utf-8"))
    expected = 1 if any(v["verdict"] == "not met" for v in verdicts) else 3
    assert result.code == expected


# -- bad input: one line, code 2, nothing left in --out ------------------------------------------

Spoil = Callable[[Path], None]


def replaced(file: str, old: str, new: str) -> Spoil:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def column_set(file: str, column: str, value: str, row: int = 0) -> Spoil:
    """One cell of a table changed."""

    def spoil(folder: Path) -> None:
        with (folder / file).open(encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        rows[row][column] = value
        _write(folder / file, rows)

    return spoil


def column_dropped(file: str, column: str) -> Spoil:
    def spoil(folder: Path) -> None:
        with (folder / file).open(encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        for row in rows:
            del row[column]
        _write(folder / file, rows)

    return spoil


def rows_turned(file: str) -> Spoil:
    def spoil(folder: Path) -> None:
        head, *rows = (folder / file).read_text(encoding="utf-8").splitlines()
        (folder / file).write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")

    return spoil


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


BAD: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "a missing column": (column_dropped("teams.csv", "members"), ("teams.csv", "members")),
    "a town that does not exist": (
        column_set("communities.csv", "town", "atlantis", 1),
        ("communities.csv, row 3, column town", "atlantis"),
    ),
    "a negative population": (
        column_set("communities.csv", "residents", "-5"),
        ("communities.csv, row 2, column residents", "-5"),
    ),
    "NaN": (
        column_set("communities.csv", "elevation_m", "NaN"),
        ("communities.csv, row 2, column elevation_m",),
    ),
    "a probability of 1.2": (
        column_set("communities.csv", "low_lying_share", "1.2"),
        ("communities.csv, row 2, column low_lying_share", "1.2"),
    ),
    "a track that goes back in time": (rows_turned("tracks.csv"), ("tracks.csv, row 3",)),
    "a road to nowhere": (
        column_set("roads.csv", "to_community", "nowhere"),
        ("roads.csv, row 2, column to_community", "nowhere"),
    ),
    "an empty file": (
        lambda folder: (folder / "teams.csv").write_bytes(b"") and None,
        ("teams.csv", "empty"),
    ),
    "a file that is not UTF-8": (
        lambda folder: (folder / "teams.csv").write_bytes("café".encode("latin-1")) and None,
        ("teams.csv", "UTF-8"),
    ),
    "an unknown key": (
        replaced("scenario.toml", "tick_min", "tick_minutes"),
        ("scenario.toml", "tick_minutes"),
    ),
    "an unknown policy": (
        replaced("scenario.toml", '"nearest-idle"', '"nearest-idler"'),
        ("policy.dispatch", "nearest-idler", "nearest-idle"),
    ),
    "an unknown measure": (
        replaced("plan.toml", "harm.deaths", "harm.death"),
        ("plan.toml, row", "key target[3].measure: no-deaths", "did you mean harm.deaths?"),
    ),
    "a measure of the other kind": (
        replaced("plan.toml", "harm.deaths", "structure.towns_with_store_share"),
        ("plan.toml, row", "key target[3].kind: no-deaths", "write kind structural"),
    ),
    "a share in percent": (
        replaced("plan.toml", "limit = 0.95", "limit = 95"),
        ("plan.toml, row", "95 is not a share", "is written 0.95"),
    ),
}


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("slip", BAD)
def test_bad_input_is_one_line(
    slip: str, command: str, anlan: Command, tiny: Path, tmp_path: Path
) -> None:
    spoil, words = BAD[slip]
    spoil(tiny)
    out = tmp_path / "out"
    more = ["--out", out] if command == "run" else []
    assert_refused(anlan(command, tiny, *more), *words, out=out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere"], ["nowhere", "anlan list"]),
        (["run", "./nowhere"], ["./nowhere"]),
        (["check", "tinny"], ["tiny"]),
        (["run", "tiny", "--runs", "0"], ["--runs"]),
        (["run", "tiny", "--runs", "many"], ["--runs"]),
        (["run", "tiny", "--workers", "0"], ["--workers"]),
        (["run", "tiny", "--seed", "-1"], ["--seed"]),
        (["run", "tiny", "--seed", "1.5"], ["--seed"]),
        (["run", "tiny", "--seed", str(2**64)], ["seed"]),
        (["run", "tiny", "--set", "hazard.storm"], ["hazard.storm"]),
        (["run", "tiny", "--set", "hazard.storm=nobody"], ["nobody", "straight"]),
        (["run", "tiny", "--set", "hazzard.storm=straight"], ["hazzard"]),
        (["run", "tiny", "--set", "a.b=1", "--set", "a.b=2"], ["a.b"]),
        (["run", "tiny", "--lang", "fr"], ["--lang"]),
        (["run", "tiny", "--no-such-option"], ["--no-such-option"]),
        (["run"], ["SCENARIO"]),
        (["dance"], ["dance"]),
        (["report", "nowhere"], ["nowhere"]),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_a_slip_on_the_command_line_is_one_line(
    arguments: list[str], words: list[str], anlan: Command, tmp_path: Path
) -> None:
    assert_refused(anlan(*arguments), *words, out=tmp_path / "out")


def test_an_output_folder_that_cannot_be_made(anlan: Command, tmp_path: Path) -> None:
    """A file stands where the folder should be, or on the way to it."""
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        assert_refused(anlan("run", "tiny", "--runs", "1", "--out", out), str(out), "--out")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="needs a system with a null device as a file")
def test_an_output_folder_on_a_read_only_file_system(anlan: Command) -> None:
    """Not even root can make a folder in the kernel's own file system."""
    out = Path("/proc/anlan-cannot-write-here")
    if not Path("/proc").is_dir():
        pytest.skip("no /proc")
    assert_refused(anlan("run", "tiny", "--runs", "1", "--out", out), str(out), out=out)


def test_a_folder_that_holds_other_files_is_left_alone(anlan: Command, tmp_path: Path) -> None:
    out = tmp_path / "letters"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    for more in ([], ["--overwrite"]):
        result = anlan("run", "tiny", "--runs", "1", "--out", out, *more)
        assert_refused(result, str(out), "--out")
    assert [p.name for p in out.iterdir()] == ["letter.txt"]


def test_the_installed_command_says_the_same_without_a_traceback(tmp_path: Path) -> None:
    """Once as a stranger would start it: another process, Chinese locale."""
    done = subprocess.run(
        [sys.executable, "-m", "anlan.app", "run", "nowhere"],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("anlan: ")
    assert done.stderr.count("\n") == 1


HEAVY = ("numpy", "mesa", "pandas", "matplotlib", "duckdb", "scipy")


@pytest.mark.parametrize(
    ("typed", "loaded"),
    [(["--help"], []), (["explain", "nothere"], ["numpy"]), (["report", "nothere"], ["numpy"])],
)
def test_what_needs_nothing_heavy_imports_nothing_heavy(
    typed: list[str], loaded: list[str]
) -> None:
    """What keeps help quick, and the line that says that there is no such folder."""
    program = (
        f"import sys; from app.cli import main; main({typed}); "
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == str(loaded)


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C to a process group")
def test_ctrl_c_is_one_line_and_the_study_goes_on(anlan: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["run", "tiny", "--runs", "200", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "anlan.app", *arguments, "--workers", "2"],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        # a shell's background job ignores Ctrl-C, and its children would too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    assert process.stderr is not None
    assert "runs: 0 of 200" in process.stderr.readline()
    parts = out / ".parts"
    deadline = time.monotonic() + 120
    while not list(parts.glob("variants-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("anlan: stopped; finished runs are kept")
    assert list(parts.glob("variants-*"))

    result = anlan("run", "tiny", "--runs", "20", *PLAIN, "--out", out)
    assert result.code in (0, 1, 3), result.err
    assert "going on" in result.err


def test_cover_shows_shares_with_intervals_by_town(anlan: Command) -> None:
    """A town, the district, the chain from the call, exact intervals, and what is assumed."""
    limit = ("--set", "parameters.fire.reach_min=7.5")
    for lang, district, *heads in (
        ("en", "district", "Links of the chain", "7.5"),
        ("zh", "全区", "环节", "7.5"),
    ):
        shown = anlan("cover", "linyi-building-fire", "--years", "1", "--lang", lang, *limit)
        assert shown.code == 0
        for text in (district, *heads):
            assert text in shown.out
        # (call to order) + queue + turnout + travel = call to arrival, but for rounding
        row = next(r for r in shown.out.splitlines() if r.startswith("│") and "1.5" in r)
        *links, reach, _ = (float(cell) for cell in row.split("│")[4:-1])
        assert sum(links) == pytest.approx(reach, abs=0.25)
        assert "%)" in shown.out


def test_cover_without_a_fire_station_is_one_line(anlan: Command) -> None:
    refused = anlan("cover", "tiny")
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "fire station" in refused.err


def test_all_targets_that_cannot_be_judged_are_told_with_a_bad_cell(
    anlan: Command, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    for file, old, new in (
        ("plan.toml", 'measure = "', 'measure = "x.'),
        ("teams.csv", "seat,8,", "seat,eight,"),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    told = anlan("check", folder).err.splitlines()
    assert [line.split(": ")[1] for line in told] == [
        "teams.csv, row 2, column members",
        *(f"plan.toml, row {row}, key target[{i + 1}].measure"
          for i, row in enumerate((7, 16, 25, 36, 47))),
    ]  # fmt: skip


def test_a_column_alone_and_a_file_for_its_folder_are_told_what_to_write(
    anlan: Command, tmp_path: Path
) -> None:
    assert_refused(anlan("check", "tiny", "--set", "boats=+2"), "write teams.<id>.boats")
    assert_refused(anlan("check", "tiny", "--set", "duration_h=5"), "settings.duration_h")
    file = tmp_path / "teams.csv"
    file.write_text("team\n", encoding="utf-8")
    assert_refused(anlan("check", file), "is a file; give the folder of the scenario")
