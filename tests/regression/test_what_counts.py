"""docs/what-counts.md still says what the model does: some of its cells are played anew.

Where this fails the model has changed what counts: look whether it should have, then
`python3 dev.py what-counts --scenario NAME` and say it in CHANGELOG.md under Results.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anlan.analysis.capabilities.conducted import FIRST_LOOK, Budget, conduct_scenario
from anlan.analysis.capabilities.kept import keep, read_cells, read_effects
from anlan.analysis.capabilities.levels import Cell
from anlan.analysis.capabilities.listed import scenarios
from anlan.analysis.plots import dose
from anlan.analysis.plots import what_counts as picture
from anlan.analysis.plots.style import styled
from anlan.analysis.words import LANGS
from tests.house import ROOT

FOLDER = ROOT / "docs" / "figures"
NO_COMMIT = "0" * 40  # outside git: always the same cells
REPLAYED = 3
NOT_PLAYED = ("none_there", "unplayed")


def commit(folder: Path = ROOT) -> str:
    """The hash of the commit that is checked out; zeros where there is no git."""
    try:
        told = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return NO_COMMIT
    return told.stdout.strip()


def small_cells() -> list[tuple[str, str]]:
    """(scenario, capability) of the rows that were played in scenarios quick enough for this."""
    table = read_cells(FOLDER)
    small = [name for name, played in scenarios().items() if played.small]
    mine = table[table["scenario"].isin(small) & ~table["verdict"].isin(NOT_PLAYED)]
    return list(zip(mine["scenario"], mine["capability"], strict=True))


def chosen(hash_: str, cells: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The cells whose names, hashed with the commit's hash, come first."""

    def place(cell: tuple[str, str]) -> str:
        return hashlib.sha256("|".join((hash_, *cell)).encode()).hexdigest()

    return sorted(cells, key=place)[:REPLAYED]


def replayed(cells: Iterable[tuple[str, str]], folder: Path) -> list[str]:
    """Play cells with as many runs as the table has of them; a line for each that differs."""
    slips = []
    for scenario in sorted({s for s, _ in cells}):
        mine = {c for s, c in cells if s == scenario}
        table = read_cells(FOLDER).query("scenario == @scenario").set_index("capability")
        for runs in sorted(set(table.loc[sorted(mine), "runs"])):
            now = {c for c in mine if table.loc[c, "runs"] == runs}
            slips += _slips(scenario, int(runs), now, folder)
    return slips


def _slips(scenario: str, runs: int, wanted: set[str], folder: Path) -> list[str]:
    def only(cell: Cell) -> bool:
        return cell.id in wanted

    played = scenarios()[scenario]
    # As many looks as were planned, of which those after the row's last are not played.
    budget = Budget(
        folder / "runs", max(runs, FIRST_LOOK), planned=len(Budget(folder).looks(played))
    )
    found = conduct_scenario(played, budget, only)
    mine = [judged for judged in found if judged.cell.id in wanted]
    here = folder / f"{scenario}-{runs}"
    keep(here, played, mine)
    return [
        f"{scenario}, {name}: {was[0]} before, now {now[0]}"
        for name in sorted(wanted)
        if (was := said(FOLDER, scenario, name)) != (now := said(here, scenario, name))
    ]


def said(folder: Path, scenario: str, capability: str) -> tuple[str, str, list[tuple[str, ...]]]:
    """Verdict, reason and signs of a cell, as a table has them."""
    cells, effects = read_cells(folder), read_effects(folder)
    cell = cells[(cells["scenario"] == scenario) & (cells["capability"] == capability)].iloc[0]
    mine = effects[(effects["scenario"] == scenario) & (effects["capability"] == capability)]
    moved = mine[mine["way"] != ""][["level", "measure", "way"]]
    signs = sorted(tuple(map(str, row)) for row in moved.itertuples(index=False))
    # What is taken away with others may have another reason besides than by itself.
    reason = str(cell["reason"]) if cell["verdict"] != "no_matter" else ""
    return str(cell["verdict"]), reason, signs


def test_three_cells_chosen_by_the_commit_are_decided_as_the_page_says(tmp_path: Path) -> None:
    cells = chosen(commit(), small_cells())
    assert len(cells) == REPLAYED
    assert replayed(cells, tmp_path) == []


@pytest.mark.long
def test_every_sign_of_the_small_scenarios_is_kept(tmp_path: Path) -> None:
    """Those of all scenarios: `python3 dev.py what-counts --check`."""
    assert replayed(small_cells(), tmp_path) == []


def test_the_choice_follows_from_the_hash_alone(tmp_path: Path) -> None:
    cells = [(s, str(n)) for s in ("a", "b") for n in range(40)]
    one = chosen("f" * 40, cells)
    assert one == chosen("f" * 40, cells[::-1])
    assert len({tuple(chosen(f"{n:040d}", cells)) for n in range(20)}) > 15
    assert commit(tmp_path) == NO_COMMIT
    assert re.fullmatch("[0-9a-f]{40}", commit())


@pytest.mark.parametrize("lang", LANGS)
def test_the_title_of_the_picture_counts_what_the_table_has(lang: str) -> None:
    cells, effects = read_cells(FOLDER), read_effects(FOLDER)
    played = cells[~cells["verdict"].isin(NOT_PLAYED)]
    title = picture.title(played, lang)
    counts = [len(played)] + [
        int(played["verdict"].isin(kinds).sum())
        for kinds in (
            ["helps"],
            ["hurts", "both"],
            ["elsewhere"],
            ["no_matter"],
            ["silent"],
            ["rarely"],
            ["undecided"],
        )
    ]
    assert [int(n) for n in re.findall(r"\d+", title)] == counts
    with styled():
        figure = picture.draw(cells, effects, lang).figure
    texts = [t.get_text() for t in figure.axes[0].texts]
    moved = effects[effects["way"] != ""]
    for sign, way in (("+", "right"), ("−", "wrong")):
        pairs = moved[moved["way"] == way][["scenario", "capability", "measure"]]
        drawn = sum(int(n) for t in texts for n in re.findall(rf"\{sign}(\d+)", t))
        assert drawn == len(pairs.drop_duplicates())


def test_a_picture_of_nothing_says_so() -> None:
    cells, effects = (f.head(0) for f in (read_cells(FOLDER), read_effects(FOLDER)))
    assert isinstance(cells, pd.DataFrame)
    with styled():
        figure = picture.draw(cells, effects, LANGS[0]).figure
    assert figure.axes[0].texts


@pytest.mark.parametrize("lang", LANGS)
def test_the_pictures_of_the_page_follow_from_their_csv(lang: str) -> None:
    """Squares and doses are those of the effects; the title counts what stands in the CSV file."""
    effects = read_effects(FOLDER)
    squares = pd.read_csv(FOLDER / "what_counts_map.csv")
    for way in ("right", "wrong"):
        moved = effects[effects["way"] == way][["scenario", "capability", "measure"]]
        assert squares[way].sum() == len(moved.drop_duplicates())
    table = pd.read_csv(FOLDER / "what_counts_dose.csv").fillna({"way": ""})
    keys = ["scenario", "capability", "measure", "level"]
    both = table[table["level"] != "as_is"].merge(effects, on=keys)
    assert len(both) == (table["level"] != "as_is").sum() > 0
    assert np.allclose(both["value"], both["other"])
    assert np.allclose(both["low_x"] - both["as_is"], both["low_y"])
    assert (both["way_x"] == both["way_y"]).all()
    without = table[table["level"] == "none"]
    counts = [
        n
        for capability in dose.DOSED
        for rows in [without[without["capability"] == capability]]
        for n in (int((rows["way"] == "right").sum()), len(rows))
    ]
    found = [int(n) for n in re.findall(r"\d+", dose.title(table, lang))]
    assert sorted(found) == sorted(counts)
    svg = (FOLDER / f"what_counts_dose.{lang}.svg").read_text(encoding="utf-8")
    assert f"<title>{dose.title(table, lang)}</title>" in svg


def test_a_dose_of_nothing_says_so() -> None:
    with styled():
        drawn = dose.draw(read_effects(FOLDER).head(0), [], LANGS[0])
    assert drawn.figure.axes[0].texts
    assert not len(drawn.table)
