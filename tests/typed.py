"""The command line as tests type it: in this process, short studies, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from anlan.app.cli import main
from anlan.sim.study import PARTS

# six hours round the storm: a run takes some hundredths of a second
SHORT = ("--set", "settings.duration_h=6", "--set", "settings.start_before_closest_h=4")


class Result(NamedTuple):
    """What a command printed and the code that it ended with."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]


def study_text(id_: str, replications: int, factors: str = "", outputs: str = "") -> str:
    """A study of six hours of `tiny` over two stocks of water; more factors and outputs as TOML."""
    return f"""
[study]
id = "{id_}"
question = {{ zh = "水够吗", en = "Is there enough water?" }}
scenario = "tiny"
replications = {replications}

[set]
"settings.duration_h" = 6
"settings.start_before_closest_h" = 4

[[factor]]
name = "stock.store-1.water_ml"
values = [0, 60000]
{factors}
[design]
kind = "grid"
{outputs}"""


def in_folder(
    folder: Path, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, study: str = ""
) -> Command:
    """What runs a command line in this process, in a folder; a `study` is its study.toml."""
    patch.chdir(folder)
    patch.setenv("LC_ALL", "C.UTF-8")
    if study:
        (folder / "study.toml").write_text(study, encoding="utf-8")

    def run(*arguments: str | Path) -> Result:
        code = main([str(a) for a in arguments])
        return Result(code, *capfd.readouterr())

    return run


def without_pictures(patch: pytest.MonkeyPatch) -> None:
    """Everything is written but pictures, which take longer than all the runs; lines are wide."""
    patch.setenv("COLUMNS", "300")
    patch.setattr("anlan.analysis.plots.pictures.draw_pictures", lambda *_: None)


def tables(folder: Path) -> dict[str, bytes]:
    """Every merged file of a folder, byte for byte; the manifest tells the time and is left out."""
    files = [f for f in folder.rglob("*") if f.suffix in (".parquet", ".csv", ".json")]
    return {
        f.relative_to(folder).as_posix(): f.read_bytes()
        for f in files
        if not {PARTS, "figures"} & set(f.parts) and f.name != "manifest.json"
    }
