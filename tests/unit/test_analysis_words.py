"""The two languages say the same things: no label is missing in either."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

from anlan.analysis.digests.series import SERIES, SERIES_OF_ITEM
from anlan.analysis.digests.tables import TABLES as DIGEST
from anlan.analysis.measures.registry import MEASURES, measure_run
from anlan.analysis.measures.relief import ITEMS
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.text.numbers import amount
from anlan.analysis.words import LANGS, filled, traits, word, words
from anlan.analysis.words.errors import in_words, templates
from anlan.analysis.words.ledger import column_words, ledger_tables
from anlan.analysis.words.sources import source_text
from anlan.sim.scenario.errors import worded
from tests.fabricated import district, empty_tables

HERE = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_no_label_is_empty_and_keys_are_given_once():
    text = (HERE / "analysis/words/words.csv").read_text(encoding="utf-8")
    assert len(words()) == sum(1 for row in _records(text)) - 1  # a key given twice would be lost
    for key, texts in words().items():
        assert all(texts[lang] and texts[lang].strip() for lang in LANGS), key


def test_every_language_says_what_it_does_besides():
    """A mark may be empty, as the gap before a unit in Chinese is."""
    for key, texts in traits().items():
        assert set(texts) == set(LANGS), key
    assert {traits()["html"][lang] for lang in LANGS} == {"zh-Hans", "en"}


def test_both_languages_have_the_same_blanks():
    for key, texts in words().items():
        blanks = [
            {name for _, name, _, _ in string.Formatter().parse(texts[lang]) if name is not None}
            for lang in LANGS
        ]
        assert all(blank == blanks[0] for blank in blanks), key


def test_chinese_is_chinese_and_english_is_not():
    for key, texts in words().items():
        assert not CHINESE.search(texts["en"]), key


@pytest.mark.parametrize("lang", LANGS)
def test_every_measure_has_a_label_a_definition_and_a_unit(lang):
    for measure in (*MEASURES.values(), *STRUCTURAL.values()):
        assert measure.label(lang)
        assert measure.definition(lang)
        assert word(f"unit.{measure.unit}", lang)


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_of_every_file_is_named(lang):
    for table, columns in ledger_tables().items():
        assert all(column_words(table, column)[lang] for column in columns)
    for table, columns in DIGEST.items():
        assert all(word(f"column.digest.{table}.{column}", lang) for column in columns)
    assert all(word(f"series.{s}", lang) for s in (*SERIES, *SERIES_OF_ITEM))


def test_every_key_that_the_code_names_is_there():
    """Literal keys in calls of word(...) and w(...)."""
    missing = []
    for path in [*(HERE / "analysis").rglob("*.py"), *(HERE / "app").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "word"
            if named and node.args and isinstance(node.args[0], ast.Constant):
                missing += [node.args[0].value] if node.args[0].value not in words() else []
    template = (HERE / "analysis/report/report.html.j2").read_text(encoding="utf-8")
    missing += [key for key in re.findall(r'w\("([^"]+)"[,)]', template) if key not in words()]
    assert missing == []


def test_the_measures_cover_the_items_that_ship():
    scenario = district()
    assert [item.item for item in scenario.items] == list(ITEMS)
    assert "shortage.water_person_h" in measure_run(scenario, empty_tables())


def _remarks():
    """The sources of the shipped plans' targets and of the shipped lists of assumptions."""
    import csv

    found = set()
    for path in (HERE / "scenarios").glob("*/plan.toml"):
        plan = tomllib.loads(path.read_text(encoding="utf-8"))
        found |= {plan["source"], *(target["source"] for target in plan["target"])}
    for path in (HERE / "scenarios").glob("*/assumptions.csv"):
        with path.open(encoding="utf-8", newline="") as text:
            found |= {row["source"] for row in csv.DictReader(text)}
    return found


def test_a_chinese_reader_sees_no_english_remark_in_a_source():
    """File names and papers keep their names: English remarks are words in small letters."""
    paths = re.compile(r"[\w/.-]*(?:/|\.csv|\.py)[\w/.-]*|IBTrACS v\w+ \(Knapp et al\. 2010\)")
    remarks = _remarks()
    assert "anlan's reading, not in the plan" in remarks
    for source in remarks:
        assert not re.search(r"\b[a-z]{3,}\b", paths.sub("", source_text(source, "zh"))), source
        assert source_text(source, "en") == source


def test_a_remark_is_translated_as_a_whole_and_no_word_is_cut():
    shown = source_text("国家规划 (2022): basic relief within 10 h; made up", "zh")
    assert shown == "国家规划 (2022)：10小时内基本救助；虚构"
    assert source_text("unmade up", "zh") == "unmade up"


def test_an_unknown_key_or_language_is_an_error():
    with pytest.raises(KeyError):
        word("no.such.key", "en")
    with pytest.raises(KeyError):
        word("verdict.met", "fr")


def _records(text):
    import csv
    import io

    return csv.reader(io.StringIO(text))


@pytest.mark.parametrize(
    ("text", "fill", "says"),
    [
        ("{n} runs were played", {"n": 1}, "1 run was played"),
        ("{n:,} more rows stand in {file}", {"n": 1, "file": "t"}, "1 more row stands in t"),
        ("{n} runs", {"n": "11"}, "11 runs"),
        ("{n} runs", {"n": 0}, "0 runs"),
        ("{h:.1f} hours", {"h": 1.0}, "1.0 hours"),
        # what a planner writes stays as it is
        ("{what} runs {n} boats", {"what": "1 boats", "n": 1}, "1 boats runs 1 boat"),
    ],
)
def test_one_of_a_thing_is_said_in_the_singular(text, fill, says):
    assert filled(text, "en", fill) == says
    assert filled(text, "zh", fill) == text.format(**fill)


def test_a_unit_and_an_error_know_one_of_a_thing():
    assert [amount(n, "person", "en") for n in (0.0, 1.0, 1.5, 2.0)] == [
        "0 persons", "1 person", "1.50 persons", "2 persons"
    ]  # fmt: skip
    wrong = "has {given} rows below its header; give at least {least}"
    told = worded(wrong, given=1, least=2)
    assert in_words(told, "en").startswith("has 1 row below")
    assert wrong in templates()
