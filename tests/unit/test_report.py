"""What a report says, and what it leaves out: languages, changes, what applies, medians, gaps."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.pipeline import conduct, replicate, show
from anlan.analysis.plots.pictures import FIGURES
from anlan.analysis.report.changed import SHOWN, changed, changed_title
from anlan.analysis.report.measures import WIDE, median_beside, shown_measures
from anlan.analysis.report.page import page, report_file
from anlan.analysis.report.sections import parameter_rows, skipped_pictures
from anlan.analysis.results.folder import Results, load
from anlan.analysis.study.applies import (
    ALWAYS,
    HAZARDS_OF,
    assumption_applies,
    parameter_applies,
)
from anlan.analysis.study.edited import edits
from anlan.analysis.study.runs import study_of_runs
from anlan.analysis.words import word
from anlan.sim.scenario.schema import Assumption
from tests.house import ROOT

SHORT = {"settings.duration_h": "6", "settings.start_before_closest_h": "4"}
TINY = ROOT / "scenarios" / "tiny"


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Six hours of `tiny` without ledgers, and its report in both languages."""
    folder = tmp_path_factory.mktemp("calm")
    results = replicate(sim.load("tiny", SHORT), 2, folder=folder, keep_ledgers=0)
    for lang in ("zh", "en"):
        show(results, lang)
    return load(folder)


@pytest.mark.long
def test_reports_stand_side_by_side_and_go_with_their_numbers(
    calm: Results, tmp_path: Path
) -> None:
    home = tmp_path / "copy"
    shutil.copytree(calm.folder, home)
    zh, en = (home / report_file(lang) for lang in ("zh", "en"))
    assert zh.is_file()
    assert en.is_file()
    assert not (home / "report.html").exists()
    replicate(sim.load("tiny", SHORT), 3, folder=home, keep_ledgers=0)
    show(load(home), "en")
    assert en.is_file()
    assert not zh.exists()  # it told of two runs


def test_what_was_changed_is_a_list_at_the_top(calm: Results) -> None:
    sentence, lines = changed(calm, "zh")
    assert sentence == word("changed.some", "zh", scenario="tiny", n=2)
    assert "scenario.toml：scenario，duration_h：36 → 6" in lines
    top, _, below = page(calm, "zh").partition("<nav>")
    assert all(line in top for line in lines)
    title = re.search(r"<title>(.*)</title>", top)
    assert title is not None
    assert "改动2处" in title[1]
    assumptions = below.partition('<section id="assumptions">')[2].partition("</section>")[0]
    assert all(line in assumptions for line in [sentence, *lines])


def test_what_set_gives_is_one_change_and_one_line(tmp_path: Path) -> None:
    """The command that gave it stands in the sentence, so that lines are as many as is said."""
    given = {**SHORT, "stock.store-1.meal": "90"}
    study = study_of_runs(sim.load("tiny", given), 1, 1, 0, given)
    played = conduct(study, tmp_path)
    played.manifest["edits"] = [e for e in played.manifest["edits"] if e["file"] == "stock.csv"]
    sentence, lines = changed(played, "en")
    assert sentence.startswith("Set anew by --set, or by [set] of a study: settings.duration_h=6")
    assert sentence.endswith(word("changed.some", "en", scenario="tiny", n=1))
    assert len(lines) == 1
    assert lines[0] in changed_title(played, "en")


def test_set_and_edited_files_are_told_row_by_row(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    teams = folder / "teams.csv"
    text = teams.read_text(encoding="utf-8").replace(",8,4,1,", ",12,4,1,")
    teams.write_text(text + "team-2,二队,Second,town,port,5,5,0,rescue,0,made up,known\n", "utf-8")
    found = edits(sim.load(folder, {"stock.store-1.meal": "90"}), None)
    assert found is not None
    told = {(e["file"], e["row"], e["column"], e["how"], e["was"], e["is"]) for e in found}
    assert told == {
        ("teams.csv", "team-1", "members", "changed", "8", "12"),
        ("teams.csv", "team-2", "", "added", "", ""),
        ("stock.csv", "store-1 meal", "quantity", "changed", "60", "90"),
    }
    assert edits(sim.load("tiny"), {}) == []
    own = sim.load("tiny")
    named = own.settings.model_copy(update={"id": "mine"})
    assert edits(own.model_copy(update={"settings": named}), None) is None


def test_a_long_list_of_changes_is_cut_and_says_so(calm: Results) -> None:
    one = {"file": "a.csv", "row": "r", "column": "c", "how": "changed", "was": "", "is": "1"}
    many = load(calm.folder)
    many.manifest["edits"] = [one] * (SHOWN + 5)
    _, lines = changed(many, "en")
    assert len(lines) == SHOWN + 1
    assert lines[0] == "a.csv: r, c: empty → 1"
    assert lines[-1] == word("changed.more", "en", n=5)


def test_a_typhoon_shows_nothing_of_fires_or_earthquakes(calm: Results) -> None:
    shown = [name for name, *_ in parameter_rows(calm.scenario, "en")]
    assert any(name.startswith("storm.") for name in shown)
    assert not [n for n in shown if n.startswith(("forest.", "season.", "quake.", "derive."))]
    assert not [n for n in shown if n.startswith("fire.") and n not in ALWAYS]
    assert not [n for n in shown if n.startswith("weather.")]
    rows = shown_measures(calm, "en")["rows"]
    assert rows
    assert not [row["name"] for row in rows if row["name"].startswith("fire.")]
    of_forest = Assumption(file="ignitions.csv", zh="假", en="made up", source="")
    assert not assumption_applies(of_forest, calm.scenario)
    assert assumption_applies(of_forest.model_copy(update={"file": "roads.csv"}), calm.scenario)


def test_parameters_of_a_hazard_show_where_it_comes() -> None:
    fire = sim.load("tiny-fire")
    assert parameter_applies("forest.ros_scale", fire)
    assert parameter_applies("fire.call_min", sim.load("tiny"))
    assert not parameter_applies("storm.decay_rule", fire)
    known = {name.partition(".")[0] + "." for name in fire.parameters}
    assert set(HAZARDS_OF) <= known
    assert set(ALWAYS) <= set(fire.parameters)


def test_measures_that_are_nought_or_without_anything_to_judge_have_no_row(calm: Results) -> None:
    told = shown_measures(calm, "en")
    names = {row["name"] for row in told["rows"]}
    for name in names:
        values = calm.measure(name)[name].to_numpy(dtype=float)
        assert not np.isnan(values).all()
        assert np.nan_to_num(values).any() or MEASURES[name].better == "higher"
    assert MEASURES["harm.deaths"].label("en") in told["zero"]
    assert re.match(r"\d+ measures had nothing to judge", told["none"])


def test_a_median_stands_beside_a_mean_whose_interval_is_wide() -> None:
    """The rule that the text under the table says: wider than half of the mean."""
    wide = np.array([1.0, 1.0, 2.0, 30.0])
    assert median_beside(wide, "person", "en") == word("report.median", "en", value="1.50 persons")
    narrow = np.array([10.0, 10.1, 9.9, 10.0])
    assert median_beside(narrow, "person", "en") == ""
    assert median_beside(np.array([3.0]), "person", "en") == ""
    assert WIDE == 0.5
    assert "wider than half of the mean" in word("report.measures.text", "en", n=1)


def test_pictures_that_were_not_drawn_are_named(calm: Results, tmp_path: Path) -> None:
    """Without a ledger there is no run to show hour by hour; of a typhoon no fire is missed."""
    home = tmp_path / "copy"
    shutil.copytree(calm.folder, home)
    for path in (home / FIGURES).glob("teams.*"):
        path.unlink()
    (home / "series.parquet").unlink()
    said = skipped_pictures(load(home), "en")
    assert word("picture.teams", "en") in said
    assert word("picture.fire_burn", "en") not in said
    assert said in page(load(home), "en").replace("&#39;", "'")
    assert skipped_pictures(calm, "en") == ""
