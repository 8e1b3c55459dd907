"""Two plans on one page: what is played, what is told, what differs by place and by verdict."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import anlan as public
from anlan import sim
from anlan.analysis.compare.places import PLACE, QUANTITIES, TOWN, place_differences, telling
from anlan.analysis.compare.verdicts import verdicts_of
from anlan.analysis.report.compared import difference_cells, heads, short_name
from anlan.analysis.results.folder import Results
from anlan.analysis.study.edited import between
from anlan.analysis.words import LANGS, word
from anlan.app.compare import show
from tests.house import ROOT
from tests.typed import SHORT, Command, in_folder, without_pictures

PAGE = ROOT / "docs" / "comparing.md"
HOURS = {"settings.duration_h": "6", "settings.start_before_closest_h": "4"}
ONE = ("--workers", "1")


@pytest.fixture
def anlan(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    without_pictures(monkeypatch)  # of `run`; those of a comparison are drawn
    return in_folder(tmp_path, capfd, monkeypatch)


def commands() -> list[list[str]]:
    """The commands of the page, as they stand but with two runs each."""
    block = re.search(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    assert block is not None
    lines = [line.split("#")[0].split()[1:] for line in block[1].strip().splitlines()]
    return [["2" if w == "20" else w for w in words] for words in lines]


@pytest.mark.long
def test_the_example_of_the_page_is_played_and_goes_on(anlan: Command, tmp_path: Path) -> None:
    copy, own, changed, *_ = commands()
    assert anlan(*copy).code == 0
    shelters = tmp_path / "my-plan" / "shelters.csv"
    text = shelters.read_text(encoding="utf-8-sig")
    shelters.write_text(text.replace(",20,", ",21,"), encoding="utf-8")
    first = anlan(*own, *ONE, "--lang", "en")
    assert first.code == 0, first.err
    assert "What my-plan holds otherwise than tiny (1):" in first.out
    home = tmp_path / "out" / "compare-tiny-my-plan"
    for lang in LANGS:
        page = (home / f"compare.{lang}.html").read_text(encoding="utf-8")
        assert "shelters.csv" in page
        assert word("compared.few", lang, n=2) in page
        assert page.count("data:image/svg+xml") == 1
        assert (home / "figures" / f"places-1.{lang}.svg").is_file()
    assert len(list(home.glob("tiny-*"))) == 2
    shelters.write_text(text.replace(",20,", ",22,"), encoding="utf-8")
    again = anlan(*own, *ONE, "--lang", "en")
    assert again.err.count("going on from the 2 runs") == 1  # those of the plan that stayed
    assert len(list(home.glob("tiny-*"))) == 3
    found = anlan(*changed, *ONE, "--lang", "en")
    assert found.code == 0, found.err
    assert "stock.csv: store-1 water_ml (Store, drinking water), quantity" in found.out
    assert ": 60000 → 0" in found.out
    assert "teams.csv: team-1" in found.out


@pytest.mark.long
def test_what_is_finished_and_what_is_not_are_compared_together(
    anlan: Command, tmp_path: Path
) -> None:
    runs = ("run", "tiny", "--runs", "2", "--seed", "7", *SHORT, *ONE)
    anlan(*runs, "--out", "done")
    own = tmp_path / "own"
    assert anlan("copy", "tiny", own).code == 0
    toml = own / "scenario.toml"
    text = toml.read_text(encoding="utf-8").replace('id = "tiny"', 'id = "mine"')
    toml.write_text(text, encoding="utf-8")
    refused = anlan("compare", "done", "own", *ONE, "--lang", "en")
    assert refused.code == 2
    assert "own: other hours than done" in refused.err
    assert not (tmp_path / "out").exists()  # told before anything is played
    told = anlan("compare", "done", *SHORT[:1], "stock.store-1.meal=0", *ONE, "--lang", "en")
    assert told.code == 0, told.err
    assert "not judged in any pair" in told.out
    assert "100%" not in next(line for line in told.out.splitlines() if "in any pair" in line)
    assert "stock.csv: store-1 meal (Store, meals), quantity" in told.out
    assert ": 60 → 0" in told.out
    played = public.results(next((tmp_path / "out" / "compare-done-tiny-set").glob("tiny-*")))
    assert (played.study.seed, played.run_count) == (7, 2)  # as what is finished
    anlan("run", own, "--runs", "2", "--seed", "7", *SHORT, *ONE, "--out", "mine")
    two = anlan("compare", "done", "mine", "--lang", "en")
    assert "these are different scenarios: done is tiny, mine is mine" in " ".join(two.out.split())
    assert "scenario.toml" in two.out
    page = anlan("compare", "done", "mine", "--out", "page", "--lang", "zh")
    assert page.code == 0, page.err
    assert (tmp_path / "page" / "compare.zh.html").is_file()


def test_slips_are_told_in_one_line(anlan: Command, tmp_path: Path) -> None:
    slips = (
        (("compare", "tiny"), "nothing to compare"),
        (("compare", "tiny", "tiny-fire"), "tiny-fire: other storm"),
        (("compare", "tiny", "tinny"), "did you mean tiny"),
        (("compare", "tiny", "--set", "stock.store-1.mealz=0"), "mealz"),
    )
    for words, said in slips:
        found = anlan(*words, "--lang", "en")
        assert found.code == 2, words
        assert said in found.err, words
        assert len(found.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    found = anlan("compare", "tiny", "--set", "stock.store-1.meal=0", "--out", "mine")
    assert found.code == 2
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.long
def test_from_python_scenarios_are_played_and_all_comes_as_tables(tmp_path: Path) -> None:
    scenario = sim.load("tiny", HOURS)
    dry = sim.load("tiny", HOURS | {"stock.store-1.water_ml": "0"})
    found = public.compare(scenario, dry, runs=2, folder=tmp_path)
    edit = found.edits.to_dict("records")
    assert [(e["file"], e["was"], e["is"]) for e in edit] == [("stock.csv", "60000", "0")]
    assert set(found.places["level"]) == {PLACE, TOWN}
    assert len(found.all_measures) > 100
    assert found.plans["runs"].tolist() == [2, 2]
    assert found.turned.empty
    assert str(found) == found.differences.to_string(index=False)
    same = public.compare(scenario, found.plan(0))
    assert same.same_scenario(1)
    with pytest.raises(public.BadInput, match="its seed is 1, not 3"):
        public.compare(found.plan(0), scenario, seed=3)


def test_what_differs_is_told_of_any_two_scenarios() -> None:
    one = sim.load("tiny")
    team = one.teams[0].model_copy(update={"team": "team-9"})
    other = one.model_copy(update={"teams": (team,)})
    told = {(e["file"], e["row"], e["how"]) for e in between(one, other)}
    assert ("teams.csv", "team-9", "added") in told
    assert ("teams.csv", one.teams[0].team, "gone") in told
    assert between(one, one) == []


class Kept:
    """Runs of two places in one town, made by hand: people reached late, run by run."""

    def __init__(self, late: dict[str, list[float]]) -> None:
        self.late, self.scenario = late, sim.load("tiny")

    def has(self, table: str) -> bool:
        return table == "places"

    def table(self, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
        rows = [
            {
                "run": run,
                **dict.fromkeys(columns, 0.0),
                "community": place,
                "relief_late_persons": n,
            }
            for place, values in self.late.items()
            for run, n in enumerate(values)
        ]
        return pd.DataFrame(rows)


def test_places_are_paired_and_their_intervals_hold_at_once() -> None:
    places = [c.community for c in sim.load("tiny").communities]
    rng = np.random.default_rng(1)
    chance, noise = rng.normal(50.0, 20.0, 30), rng.normal(0.0, 1.0, 30)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    just = 2.2 / np.sqrt(30)  # t(29) asks for 2.05 at 95 %, for 2.36 of two at once
    base = Kept({places[0]: list(chance), places[1]: list(chance)})
    one = Kept({places[0]: list(chance - 5.0 + noise), places[1]: list(chance + just + noise)})
    plans: dict[int, Results] = {0: base, 1: one}  # type: ignore[dict-item]
    found = place_differences(plans, 0)
    assert telling(found, 1) == "late_persons"
    mine = found[(found["quantity"] == "late_persons") & (found["level"] == PLACE)]
    rows = mine.set_index("id")
    assert rows.loc[places[0], "difference"] == pytest.approx(-5.0)
    assert rows.loc[places, "clear"].tolist() == [True, False]
    alone = Kept({places[0]: list(chance), places[1]: list(chance + just + noise)})
    of_one = place_differences({0: base, 1: alone}, 0)  # type: ignore[dict-item]
    told = of_one[(of_one["quantity"] == "late_persons") & (of_one["level"] == PLACE)]
    assert told.set_index("id").loc[places, "clear"].tolist() == [
        False,
        True,
    ]  # one that differs: no wider than alone
    others = found[found["quantity"] != "late_persons"]
    assert set(others["quantity"]) == set(QUANTITIES) - {"late_persons"}
    assert not others["clear"].any()
    towns = found[(found["quantity"] == "late_persons") & (found["level"] == TOWN)]
    assert towns["difference"].sum() == pytest.approx(-5.0 + just)


def test_a_verdict_that_turns_is_told_and_which_way(tmp_path: Path) -> None:
    scenario = sim.load("tiny", HOURS)
    more = scenario.replace(teams={"team-1": {"members": 40}})
    targets = tuple(t for t in more.plan.targets if t.id != "town-store")
    more = more.model_copy(update={"plan": more.plan.model_copy(update={"targets": targets})})
    plans = {
        n: public.replicate(one, 1, folder=tmp_path / str(n), keep_ledgers=0)
        for n, one in enumerate((scenario, more))
    }
    for base, way in ((0, "better"), (1, "worse")):
        found = verdicts_of(plans, base)
        rows = found[found["variant"] != base].set_index("id")
        assert rows.loc["flood-team-30", "turns"] == way
        assert rows.loc["town-store", "turns"] == "other"
        assert rows["turns"].ne("").sum() == 2
        assert set(found[found["variant"] == base]["turns"]) == {""}


@pytest.mark.long
def test_what_moved_is_told_before_verdicts_and_what_may_be_chance_after(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two folders of one parent each column bears its folder's own name."""
    wet = HOURS | {"communities.port.drain_mm_h": "0", "communities.port.curve_number": "100"}
    plans = [
        public.replicate(sim.load("tiny", wet | more), 2, folder=tmp_path / name, keep_ledgers=0)
        for name, more in (("now", {}), ("then", {"teams.team-1.members": "40"}))
    ]
    found = public.compare(*plans)
    assert show(found, None, None, "en") == 0
    out = capsys.readouterr().out
    moved, turned, targets = (
        out.index(word(key, "en").partition("{")[0])
        for key in ("compared.moved", "compared.turned", "cli.compare.title")
    )
    assert moved < turned < targets
    assert len(found.moved.open)
    assert targets < out.index(word("cli.compare.open", "en"))
    assert heads(found, "en")["base"] == "base: now"
    assert heads(found, "en")["other"] == "then"


def test_two_folders_of_one_name_are_called_by_their_paths() -> None:
    called = {0: "monday/out", 1: "tuesday/out", 2: "tiny: a=b/c", 3: "x/tiny"}
    found: Any = SimpleNamespace(together=SimpleNamespace(called=called))
    assert [short_name(found, n) for n in called] == [
        "monday/out", "tuesday/out", "tiny: a=b/c", "tiny",
    ]  # fmt: skip


def test_a_target_that_no_pair_judged_has_no_interval() -> None:
    nan = float("nan")
    row = {"base_value": nan, "other_value": nan, "difference": nan, "low": -1.0, "high": 1.0,
           "pairs": 0, "variance_ratio": nan}  # fmt: skip
    for lang in LANGS:
        cells = difference_cells(row, "share", lang)
        assert cells[3] == word("compared.not_judged", lang)
        assert not any("100" in cell for cell in cells)
