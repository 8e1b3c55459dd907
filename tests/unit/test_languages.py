"""A further language is one column more: only the word lists know which languages there are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from anlan import sim
from anlan.analysis import words as lists
from anlan.analysis.pipeline import replicate
from anlan.analysis.report.page import page
from anlan.analysis.text.numbers import percent
from anlan.analysis.verdict.judge import judge
from anlan.analysis.verdict.verdict import columns
from anlan.analysis.words import LANGS, traits, word, words
from anlan.app.show import verdict_table
from tests.fabricated import district, targets
from tests.house import ROOT

THIRD = "xx"


@pytest.fixture
def third() -> Iterator[str]:
    """A made-up language in memory: English in capitals, with marks of its own."""
    both = (words(), traits())
    for texts in both:
        for text in texts.values():
            text[THIRD] = text["en"]
    for key, text in words().items():
        if key.startswith(("verdict.", "table.", "unit.", "month.")):
            text[THIRD] = text["en"].upper()
    traits()["unit_gap"][THIRD] = "_"
    LANGS.append(THIRD)
    yield THIRD
    LANGS.remove(THIRD)
    for texts in both:
        for text in texts.values():
            del text[THIRD]


def test_the_verdict_table_in_a_third_language(third: str) -> None:
    """Its own words where the list has them; the plan's own texts in the language that it has."""
    scenario = district()
    frame = pd.DataFrame({t.measure: [0.5, 0.7] for t in targets() if t.kind != "structural"})
    found = judge(frame, scenario=scenario)
    text = found.table(third)
    assert "TARGET" in text.splitlines()[1]  # below how many are judged
    assert "MET" in text
    assert "30_PERSONS" in text
    assert "target deaths" in text  # the scenario has no such language: English stands in
    console = Console(width=200, record=True)
    console.print(verdict_table(found, third, "title"))
    assert "UNDECIDED" in console.export_text()
    assert columns().count(third) == columns().count(f"note_{third}") == 1
    assert third in found[0].flat()


@pytest.mark.long
def test_a_report_and_a_dictionary_in_a_third_language(third: str) -> None:
    results = replicate(sim.load("tiny"), 1, keep_ledgers=0)
    text = page(results, third)
    assert "NOT MET" in text
    assert "JAN" in text or "SEP" in text
    head = (results.folder / "dictionary.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert head == f"file,column,unit,zh,en,{third}"


def test_both_lists_have_the_same_languages_in_their_heads() -> None:
    for file in ("words.csv", "languages.csv"):
        head = (Path(lists.__file__).parent / file).read_text(encoding="utf-8").partition("\n")[0]
        assert head.split(",")[1:] == LANGS
    assert word("verdict.met", LANGS[0]) != word("verdict.met", LANGS[1])


def test_no_code_knows_a_language_by_its_name() -> None:
    """Neither as a text (`lang == "zh"`) nor as an attribute (`texts.zh`, `row.name_en`)."""
    slips = []
    for folder in ("analysis", "app"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.parent.name == "words":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = node.value if isinstance(node, ast.Constant) else None
                if isinstance(node, ast.Attribute):
                    named = node.attr.removeprefix("name_").removeprefix("note_")
                if named in LANGS:
                    slips.append(f"{path.relative_to(ROOT)}:{node.lineno}: {named}")
    assert slips == []


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.9996, "99.96%"), (0.00004, "0.0040%"), (-1.009156, "−100.9%"), (1.0004, "100.04%"),
    ],
)  # fmt: skip
def test_per_cent_near_a_whole_share_has_the_digits_that_it_needs(share: float, shown: str) -> None:
    """A difference's interval may reach beyond 100 %, where no more digits are needed."""
    assert percent(share) == shown
