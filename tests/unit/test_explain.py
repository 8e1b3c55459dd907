"""Why targets are not met, over runs: shares, intervals, experiments, sentences, pictures."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import anlan
from anlan.analysis.capabilities import played
from anlan.analysis.capabilities.listed import capabilities
from anlan.analysis.chains.links import LINKS
from anlan.analysis.explain import confirmed, explanation, relaxed
from anlan.analysis.explain.counted import links, parts, share_over_runs
from anlan.analysis.plots.pictures import WHY, draw_pictures, of_runs
from anlan.analysis.report.page import page
from anlan.analysis.statistics.intervals import clopper_pearson, ratio_interval
from anlan.analysis.words import LANGS, word, words
from anlan.app.overwrite import clear
from anlan.sim import BadInput, load
from anlan.sim.ledger import facts
from anlan.sim.scenario.registry import entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import PARTS
from tests.fabricated import district, fact, finished_folder, joined
from tests.unit.test_explain_binding import calm, incident


def test_every_link_has_its_words_and_a_way_to_be_relaxed_or_none_can_be():
    for link in LINKS:
        assert f"link.{link}" in words()
        assert f"never.{link}" in words()
    assert set(LINKS) - set(relaxed.relaxations()) == {"at_once", "no_time"}
    assert set(relaxed.relaxations()) < set(LINKS)


def test_what_a_relaxation_changes_is_there():
    known = {e.attribute: e.row.model_fields for e in entries(Scenario)}
    parameters = load("tiny").parameters
    for relaxation in relaxed.relaxations().values():
        for kind, name, value in relaxation.changes:
            if kind == relaxed.PARAMETER:
                assert name in parameters
                assert value in ("low", "high")
            elif kind == relaxed.COLUMN:
                table, column = name.split(".")
                assert column in known[table]
            else:
                assert kind == relaxed.CAPABILITY
                assert name in {one.id for one in capabilities()}
                assert value == "double"


def test_each_link_can_be_relaxed_in_a_scenario_that_ships():
    tiny = load("tiny")
    changed = {link: relaxed.relaxed(tiny, link) for link in relaxed.relaxations()}
    assert relaxed.relaxed(tiny, "at_once") is None
    lorries = changed["lorries"]
    assert [s.trucks for s in lorries.stores] == [2 * s.trucks for s in tiny.stores]
    assert changed["travel"].roads[0].speed_kmh == 2 * tiny.roads[0].speed_kmh
    assert changed["read"].p("response.desks") == tiny.parameters["response.desks"].high
    assert changed["control"].teams[0].members == 2 * tiny.teams[0].members
    moves = {dwelling for r in changed["ordered"].responses for dwelling in r.move}
    assert "sturdy" in moves


def test_the_interval_of_a_share_takes_the_runs_as_the_unit():
    hits, total = np.array([3.0, 10.0, 2.0]), np.array([10.0, 12.0, 4.0])
    found, wanted = share_over_runs(hits, total), ratio_interval(hits, total)
    assert found.estimate == wanted.estimate == 15 / 26
    assert (found.low, found.high) == (max(wanted.low, 0.0), min(wanted.high, 1.0))
    assert share_over_runs(total, total)[1:3] == (clopper_pearson(3, 3).low, 1.0)
    assert share_over_runs(0 * total, total)[1:3] == (0.0, clopper_pearson(0, 3).high)


def rows(*told) -> pd.DataFrame:
    columns = ["run", "target", "links", "never", "place", "cause", "cases", "late_min"]
    return pd.DataFrame(told, columns=columns)


def test_a_case_that_several_links_bind_counts_for_each():
    found = rows(
        (0, "t", "crews", False, "a", "flood", 6.0, 60.0),
        (0, "t", "crews+travel", False, "b", "flood", 2.0, 60.0),
        (1, "t", "travel", True, "b", "fire", 2.0, 0.0),
    )
    by_link = links(found, ["t"]).set_index("link")
    assert by_link.loc["crews", ["share", "alone", "cases"]].tolist() == [0.8, 0.6, 4.0]
    assert by_link.loc["travel", ["share", "alone", "never"]].tolist() == [0.4, 0.2, 0.2]
    assert list(by_link.index) == ["crews", "travel"]
    places = parts(found, ["t"], "place").set_index("part")
    assert places["link"].to_dict() == {"a": "crews", "b": "travel"}
    assert places["cases"].to_dict() == {"a": 3.0, "b": 2.0}


@pytest.mark.parametrize(
    ("share", "gain", "low", "pairs", "told"),
    [(0.6, 0.2, 0.1, 4, "confirmed"), (0.6, 0.0, 0.0, 4, "no_gain"), (0.6, 0.2, -0.1, 4, "open"),
     (0.05, 0.2, 0.1, 4, "hidden"), (0.05, 0.0, 0.0, 4, "small"), (0.6, 0.2, 0.1, 0, "open"),
     (0.6, 0.2, 0.1, 2, "open")],
)  # fmt: skip
def test_what_attribution_and_experiment_say_of_each_other(share, gain, low, pairs, told):
    assert confirmed.agreement(share, gain, low, pairs) == told


def late_run(ledger):
    calm(ledger)
    for n in range(3):
        incident(ledger, f"no-crew/{n}", n, n + 1, n + 2, n + 3, n + 40, n + 40, n + 41, n + 43)
    incident(ledger, "never", 5, 6, 7, 8)
    ledger.add(fact(facts.Casualty, incident="never", tick=60, community="t0-c0", cause="flood",
                    outcome="died", persons=1))  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("why")
    ledgers = [joined(late_run), joined(late_run), joined(late_run)]
    return finished_folder(folder, district(), ledgers)


def test_what_is_shown_is_worked_out_once_and_anew_when_it_is_confirmed(results, monkeypatch):
    mine, asked = replace(results), []
    rows, tried = explanation.late_rows, explanation.saved
    monkeypatch.setattr(explanation, "late_rows", lambda *a: (asked.append(a), rows(*a))[1])
    monkeypatch.setattr(explanation, "experiments", lambda runs, *_: tried(runs))
    assert explanation.explained(mine) is explanation.explained(mine)
    assert len(asked) == 1
    first = explanation.explained(mine)
    anlan.explain(mine, confirm=1)
    assert explanation.explained(mine) is not first


def test_failed_targets_are_explained(results):
    found = anlan.explain(results)
    assert [t.id for t in found.targets] == ["deaths", "rescue"]
    row = found.links[found.links["target"] == "rescue"].set_index("link").loc["crews"]
    assert row[["share", "alone", "cases", "runs"]].tolist() == [1.0, 1.0, 4.0, 3]
    assert row["low"] == clopper_pearson(3, 3).low
    assert row["never"] == 0.25
    assert found.worst["case"].max() == 0  # one place has one worst case
    assert found.worst.loc[found.worst["binds"], "link"].tolist() == ["crews", "crews"]
    for lang in LANGS:
        text = found.sentences(lang)["rescue"]
        assert word("link.crews", lang) in text
        assert "100%" in text
    assert str(found).splitlines() == list(found.sentences().values())


def test_targets_can_be_chosen(results):
    found = anlan.explain(results, targets=["deaths", "rescue"])
    assert set(found.links["target"]) == {"deaths", "rescue"}
    with pytest.raises(BadInput, match=r"no target rescu .*rescue"):
        anlan.explain(results, targets=["rescu"])
    with pytest.raises(BadInput, match="takes results"):
        anlan.explain("folder")


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh"])
def test_the_report_says_why_right_after_the_verdict(results, lang):
    assert of_runs(results)[-len(WHY):] == list(WHY)  # fmt: skip
    drawn = {path.name for path in draw_pictures(results, lang)}
    assert {f"{name}.{lang}.png" for name in WHY} <= drawn
    assert {f"{name}.csv" for name in WHY} <= drawn
    text = page(results, lang)
    assert text.index('id="verdicts"') < text.index('id="why"') < text.index('id="breaks"')
    assert anlan.explain(results).sentences(lang)["rescue"] in text
    assert text.count('id="why_links"') == 1


def test_a_kept_experiment_is_told_while_the_numbers_are_the_same(results):
    gains = pd.DataFrame(
        [("rescue", "crews", 1.0, "rescue.response_min_mean", 200.0, 90.0, 110.0, 80.0, 140.0, 3,
          "confirmed")], columns=list(confirmed.COLUMNS),
    )  # fmt: skip
    confirmed.save(results, gains)
    found = anlan.explain(results)
    assert found.gains["gain"].tolist() == [110.0]
    for lang in LANGS:
        assert relaxed.relaxations()["crews"].labels[lang] in found.sentences(lang)["rescue"]
    path = results.folder / confirmed.FILE
    path.write_text(path.read_text(encoding="utf-8").replace("confirmed,", "confirmed,x"),
                    encoding="utf-8")  # fmt: skip
    assert not len(confirmed.saved(results))
    path.unlink()


def tried(*told) -> pd.DataFrame:
    """Experiments of the target `rescue`: (link, relaxed, low, high, pairs), from 200 on."""
    rows_ = [("rescue", link, 0.9, "rescue.response_min_mean", 200.0, after, 200.0 - after, low,
              high, pairs, confirmed.agreement(0.9, 200.0 - after, low, pairs))
             for link, after, low, high, pairs in told]  # fmt: skip
    return pd.DataFrame(rows_, columns=list(confirmed.COLUMNS))


@pytest.mark.parametrize("lang", LANGS)
def test_the_sentence_names_another_link_that_gains_clearly_more(results, lang):
    def said_of(*told):
        confirmed.save(results, tried(*told))
        found = anlan.explain(results).sentences(lang)["rescue"]
        (results.folder / confirmed.FILE).unlink()
        return found

    travel = word("link.travel", lang)
    beyond, open_ = (word(f"why.best{end}", lang, link=travel) for end in ("", "_open"))
    few = said_of(("crews", 183.0, -911.0, 1092.0, 2), ("travel", 17.0, -184.0, 698.0, 2))
    assert open_ in few
    assert not any(end in few for end in ("911", "1,092", "184", "698"))
    assert "17" in few  # how the mean went
    many = said_of(("crews", 183.0, -5.0, 39.0, 8), ("travel", 17.0, 100.0, 266.0, 8))
    assert beyond in many
    assert "266" in many
    alike = said_of(("crews", 100.0, -20.0, 220.0, 8), ("travel", 90.0, -20.0, 240.0, 8))
    assert travel not in alike


def test_no_section_where_nothing_fails(tmp_path):
    quiet = finished_folder(tmp_path, district(), [joined(calm)])
    assert not set(of_runs(quiet)) & set(WHY)
    assert 'id="why"' not in page(quiet, "en")
    assert not len(anlan.explain(quiet).links)
    with pytest.raises(BadInput, match="nothing to explain"):
        import_module("anlan.analysis.plots.why_links").draw(quiet, "en")


@pytest.mark.long
def test_an_experiment_plays_the_same_seeds(tmp_path):
    """Runs are pairs with those of the folder: the same numbers where nothing is relaxed."""
    runs = anlan.replicate(load("tiny-fire"), 2, folder=tmp_path)
    found = anlan.explain(runs, targets=["no-deaths"], confirm=2)
    assert set(found.gains["pairs"]) == {2}
    assert (found.gains["base"] == runs.measures["harm.deaths"].mean()).all()


class StopError(Exception):
    """Somebody has had enough."""


def test_experiments_that_were_stopped_go_on_and_give_the_same(tmp_path, monkeypatch):
    scenario = load("tiny-fire").replace(settings={"duration_h": 2})

    def runs_in(folder):
        return SimpleNamespace(scenario=scenario, study=SimpleNamespace(seed=1), folder=folder)

    runs = runs_in(tmp_path / "runs")
    made = pd.DataFrame({"target": ["no-deaths"] * 2, "link": ["work", "read"], "share": 1.0})
    targets = [t for t in scenario.plan.targets if t.id == "no-deaths"]
    shown, begun = [], []

    def stop(done, wanted):
        shown.append((done, wanted))
        raise StopError

    play_chunk = played.play_chunk
    monkeypatch.setattr(
        played, "play_chunk", lambda *given: begun.append(given[1]) or play_chunk(*given)
    )
    with pytest.raises(StopError):
        confirmed.confirm(runs, made, targets, 2, tell=stop)
    again = confirmed.confirm(runs, made, targets, 2, tell=lambda *now: shown.append(now))
    assert shown == [(2, 6), (4, 6), (6, 6)]
    assert len(begun) == len(set(begun)) == 3  # what was played is not played again
    assert confirmed.confirm(runs, made, targets, 2).equals(again)
    assert len(begun) == 3
    new = tmp_path / "new"
    assert confirmed.confirm(runs_in(new), made, targets, 2).equals(again)
    assert len(begun) == 6
    assert not clear(new)
    assert not (new / PARTS / confirmed.EXPERIMENTS).exists()


def test_what_is_explained_of_one_target_leaves_what_was_tried_of_another(results):
    confirmed.save(results, tried(("crews", 90.0, 80.0, 140.0, 3)))
    confirmed.save(results, tried(("travel", 90.0, 80.0, 140.0, 3)).assign(target="deaths"))
    found = confirmed.saved(results)
    assert found[["target", "link"]].to_numpy().tolist() == [["deaths", "travel"],
                                                              ["rescue", "crews"]]  # fmt: skip
    (results.folder / confirmed.FILE).unlink()
