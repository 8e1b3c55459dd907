"""Whatever stands in a file of a scenario: rows that were read, or errors of a clear line each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.analysis.words import LANGS
from anlan.analysis.words.errors import in_words
from anlan.sim import load
from anlan.sim.scenario.errors import BadInput, Slips
from anlan.sim.scenario.grids import parse_ascii_grid
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.registry import Table, entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.tables import read_table

TABLES = {e.part.file: e for e in entries(Scenario) if isinstance(e.part, Table)}
NASTY = (
    "", " ", "-", "?", "0", "-1", "1e308", "-1e308", "nan", "inf", "1_000", "９", "1，2", "8人",
    "99999999999999999999999", "0" * 5000, "a" * 70_000, "true", "=1+1", "@x", "{x}", "{}", "%s",
    "\u200b", "\u202e", "\x1b[31m", "\x00", "\ud7ff", "备注", "10000-01-01", "45535.5", "80%",
    "$x$", "0001-01-01T00:00:00Z", "2024-09-01T08:00:00", ";", "a;b", "；", "、", '"', '""', "'",
    "\n", "\r", "\t", "\ufeff",
)  # fmt: skip
VALUES = (  # of TOML
    "1e999", "-1", "nan", "[]", "[[]]", "{}", "true", '""', "9" * 30, "9999-12-31T23:00:00Z",
    "[1, [2]]",
)  # fmt: skip
Folders = pytest.TempPathFactory
cells = st.one_of(st.sampled_from(NASTY), st.text(max_size=12), st.floats().map(str),
                  st.integers().map(str))  # fmt: skip
MOST = 600  # characters of a line that anybody reads


def assert_clear(error: BadInput, file: str) -> None:
    """Each line names the file, is one line in both languages and of a length to be read."""
    for slip in (error, *error.others):
        for lang in LANGS:
            line = in_words(slip, lang)
            assert line.startswith(file), line
            assert line.isprintable(), line
            assert len(line) < MOST + len(file), line
        # but for a thing that is said in the singular
        assert str(slip) == in_words(slip, "en") or " 1 " in str(slip)


def spoilt(draw: st.DataObject, text: str) -> bytes:
    """A table with some cells changed, rows cut or doubled, or bytes put anywhere."""
    rows = [line.split(",") for line in text.splitlines()]
    for _ in range(draw.draw(st.integers(1, 3))):
        row = draw.draw(st.integers(0, min(len(rows) - 1, 4)))
        match draw.draw(st.sampled_from(["cell", "cell", "cell", "drop", "more", "twice"])):
            case "cell":
                column = draw.draw(st.integers(0, len(rows[row]) - 1))
                rows[row][column] = draw.draw(cells)
            case "drop" if len(rows[row]) > 1:
                rows[row].pop()
            case "more":
                rows[row].append(draw.draw(cells))
            case "twice":
                rows.insert(row, list(rows[row]))
    data = "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")
    if draw.draw(st.booleans()):
        at = draw.draw(st.integers(0, len(data)))
        data = data[:at] + draw.draw(st.binary(max_size=4)) + data[at:]
    return data


def sources() -> Iterator[tuple[str, str]]:
    for name in ("tiny", "tiny-fire"):
        for path in sorted((SHIPPED / name).glob("*.csv")):
            if path.name in TABLES:
                yield name, path.name


@pytest.mark.parametrize(("name", "file"), list(sources()))
@settings(max_examples=6)
@given(draw=st.data())
def test_any_table(name: str, file: str, draw: st.DataObject, tmp_path_factory: Folders) -> None:
    check_table(name, file, draw, tmp_path_factory.mktemp("fuzz"))


@pytest.mark.long
@pytest.mark.parametrize(("name", "file"), list(sources()))
@settings(max_examples=1500)
@given(draw=st.data())
def test_any_table_at_length(
    name: str, file: str, draw: st.DataObject, tmp_path_factory: Folders
) -> None:
    check_table(name, file, draw, tmp_path_factory.getbasetemp())


def check_table(name: str, file: str, draw: st.DataObject, folder: Path) -> None:
    text = (SHIPPED / name / file).read_text(encoding="utf-8")
    (folder / file).write_bytes(spoilt(draw, text))
    row = TABLES[file].row
    slips = Slips()
    try:
        read = read_table(folder, file, row, slips=slips)
        slips.raise_first()
    except BadInput as error:
        assert_clear(error, file)
    else:
        assert all(isinstance(r, row) for r in read.rows)
        assert len(read.lines) == len(read.rows)


@settings(max_examples=15)
@given(draw=st.data())
def test_any_toml(draw: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fuzz") / "mine"
    shutil.copytree(SHIPPED / "tiny", folder)
    file = draw.draw(st.sampled_from(["scenario.toml", "plan.toml"]))
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    for _ in range(draw.draw(st.integers(1, 2))):
        at = draw.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[at].partition("=")
        value = draw.draw(st.one_of(st.sampled_from(VALUES), cells))
        lines[at] = (
            f"{key}{equals}{value}" if equals else draw.draw(st.sampled_from([value, "", "[x]"]))
        )
    (folder / file).write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    try:
        scenario = load(folder)
    except BadInput as error:
        for slip in (error, *error.others):
            assert str(slip).isprintable()
            assert in_words(slip, "zh").isprintable()
    else:
        assert isinstance(scenario, Scenario)


@settings(max_examples=60)
@given(draw=st.data())
def test_any_grid(draw: st.DataObject) -> None:
    text = (
        "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 5\nNODATA_value -9999\n1 2 3\n4 5 6\n"
    )
    words = text.split(" ")
    for _ in range(draw.draw(st.integers(1, 3))):
        words[draw.draw(st.integers(0, len(words) - 1))] = draw.draw(cells)
    try:
        grid = parse_ascii_grid(" ".join(words), "fuel.asc")
    except BadInput as error:
        assert_clear(error, "fuel.asc")
    else:
        assert np.isfinite(grid.values[~np.isnan(grid.values)]).all()
