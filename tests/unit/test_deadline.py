"""The last moment of an order: which hours are tried, what they say, and the command as typed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

import anlan
from anlan.analysis.deadline.clearance import clearance, quantile_interval
from anlan.analysis.deadline.leads import MET, NOT_MET, Grid, answer, further
from anlan.analysis.deadline.orders import chosen_orders, chosen_targets, signal_of
from anlan.analysis.deadline.timing import timing
from anlan.analysis.plots.deadline import title
from anlan.analysis.verdict.stopping import decide
from anlan.analysis.words import LANGS
from anlan.app.cli import main
from anlan.app.deadline import exit_code

OPEN = "undecided"
# Sixteen hours of `tiny` in which the low-lying homes of the port are flooded in every run, and all
# who are told to leave do so; a target that a dozen runs settle.
FLOODED = {
    "settings.duration_h": "16",
    "settings.start_before_closest_h": "14",
    "parameters.residents.comply_low_lying": "1",
    "communities.port.drain_mm_h": "0",
    "communities.port.pump_mm_h": "0",
    "communities.port.curve_number": "100",
    "target.moved-before-gale.limit": "0.75",
    "target.moved-before-gale.at_least": "0.5",
}


def search(true_h: float, event_h: float = 24.0, step_h: float = 1.0) -> dict[float, str]:
    """The hours that are tried where a target is met up to one hour and not met after it."""
    grid, found = Grid(event_h, step_h), dict[float, str]()
    wanted = set(grid.first())
    while wanted:
        found |= {h: MET if h <= true_h else NOT_MET for h in wanted}
        wanted = further(grid, found)
    return found


@pytest.mark.parametrize("true_h", [0.0, 1.0, 3.0, 11.0, 22.0, 23.0])
def test_the_search_finds_the_turn_to_the_step(true_h: float) -> None:
    tried = search(true_h)
    found = answer(tried)
    assert (found.kind, found.met_h, found.not_met_h) == ("hour", true_h, true_h + 1.0)
    assert len(tried) <= 7 + 4  # coarse hours, then halvings of four hours


def test_every_and_none_are_answers() -> None:
    assert answer(search(24.0)).kind == "every"
    nowhere = answer(search(-1.0))
    assert nowhere.kind == "none"
    assert math.isnan(nowhere.met_h)


def test_what_is_open_stays_open() -> None:
    found = answer({0.0: MET, 4.0: OPEN, 8.0: NOT_MET})
    assert (found.kind, found.met_h, found.not_met_h) == ("hour", 0.0, 8.0)
    assert answer({0.0: OPEN, 4.0: NOT_MET}).kind == "undecided"
    assert answer({0.0: "nothing to judge"}).kind == "nothing"
    assert further(Grid(8.0, 1.0), {0.0: MET, 4.0: OPEN, 8.0: NOT_MET}) == {2.0, 6.0}


def test_an_order_can_be_too_early() -> None:
    found = answer({0.0: NOT_MET, 4.0: MET, 8.0: NOT_MET})
    assert (found.met_h, found.not_met_h, found.too_early_h) == (4.0, 8.0, 0.0)


def test_hours_of_a_grid() -> None:
    grid = Grid(19.9, 0.5)
    assert grid.count == 40
    assert grid.first()[0] == 0.0
    assert grid.first()[-1] == 19.5
    assert grid.between(3.0, 3.5) is None
    assert Grid(0.2, 1.0).first() == [0.0]


def test_the_hours_of_an_order_share_alpha() -> None:
    """With hours at which a target is just not met, none is called met too often over all hours."""
    grid, target = Grid(9.0, 1.0), anlan.load("tiny").plan.targets[3]
    rule = grid.rule((target.id,), 60, 0.8)
    assert rule.confidence == pytest.approx(1.0 - 0.2 / 10)
    rng = np.random.default_rng(5)
    assert target.at_least is not None
    false = 0
    studies = 200
    for _ in range(studies):
        good = rng.random((grid.count, 60)) < target.at_least
        called = False
        for row in good:
            frame = pd.DataFrame({"run": range(60), target.measure: row.astype(float)})
            status = decide(frame, (target,), rule)[0]
            called |= status.verdict != OPEN
        false += called
    assert binom.cdf(false - 1, studies, 0.2) < 0.999  # not more than alpha


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("runs", [12, 80])
def test_the_interval_of_a_quantile_covers(share: float, runs: int) -> None:
    rng, true = np.random.default_rng(3), -math.log(1.0 - share)
    found = [quantile_interval(rng.exponential(size=runs), share, 0.9) for _ in range(600)]
    covered = sum(f.low <= true <= f.high for f in found)
    assert binom.sf(covered, 600, 0.9) < 0.9999
    assert binom.cdf(covered, 600, 0.9) > 0.0001


def test_a_quantile_of_few_runs_has_no_upper_end() -> None:
    found = quantile_interval(np.array([1.0, 2.0, 3.0]), 0.9)
    assert (found.estimate, found.high) == (3.0, math.inf)
    assert math.isnan(quantile_interval(np.empty(0), 0.5).estimate)


def test_clearance_of_a_town_by_hand() -> None:
    """Four runs: 10 told, 1 refuses; 90 % of the rest moved after 2, 3, 5 hours and never."""
    rows = pd.DataFrame(
        {
            "town": "t", "run": range(4), "ordered": 10.0, "refused": 1.0,
            "moved": [9.0, 9.0, 9.0, 4.0], "moved_h": [2.0, 3.0, 5.0, math.inf],
            "last_h": [2.5, 4.0, 6.0, math.inf], "road_h": 0.5,
        }
    )  # fmt: skip
    row = clearance(rows).iloc[0]
    assert (row["median_h"], row["often_h"], row["last_h"]) == (3.0, math.inf, 4.0)
    assert row["refused_share"] == pytest.approx(0.1)
    assert row["moved_share"] == pytest.approx(31 / 40)
    assert row["road_h"] == 0.5


def test_what_is_kept_of_a_run_is_what_its_ledger_says() -> None:
    """Tiny's eight low-lying people: told at one hour, the last of them under a roof at another."""
    scenario = anlan.load("tiny", {"parameters.residents.comply_low_lying": "1"})
    tables = anlan.run(scenario, 1).tables()
    kept, rows = timing(scenario, tables), tables["evacuation"]
    h = scenario.settings.tick_min / 60.0
    town: dict[str, Any] = {k: v[0] for k, v in kept["cleared"].items()}
    assert (town["ordered"], town["refused"], town["moved"]) == (8.0, 0.0, 8.0)
    assert town["last_h"] == pytest.approx((rows["arrived_tick"] - rows["ordered_tick"]).max() * h)
    assert town["order_h"] == pytest.approx(rows["ordered_tick"].min() * h)
    wind = tables["hazard_level"]
    gale = wind["wind_ms"] >= scenario.p("measure.gale_ms")
    assert kept["comes"]["gale_h"][0] == pytest.approx(wind["tick"][gale].min() * h)
    assert "yellow" in kept["said"]["content"]
    # by car 8 people at most, over one road of ten minutes
    cars = 8.0 * scenario.p("residents.car_share") / scenario.p("vehicle.car_persons")
    roads_h = cars / scenario.p("road.local_veh_h") + 10.0 / 60.0
    assert town["road_h"] == pytest.approx(roads_h)


def test_orders_and_targets_of_a_plan() -> None:
    tiny = anlan.load("tiny")
    assert [o.id for o in chosen_orders(tiny)] == ["move", "muster", "open", "stores"]
    move, _, _, stores = chosen_orders(tiny)
    assert [t.id for t in chosen_targets(tiny, move)] == ["moved-before-gale"]
    assert [t.id for t in chosen_targets(tiny, stores)] == ["relief-10h"]
    assert [t.id for t in chosen_targets(tiny, move, ["no-deaths"])] == ["no-deaths"]
    assert signal_of(move, tiny) == "yellow"
    assert "move" not in [o.id for o in chosen_orders(anlan.load("tiny-fire"))]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (["hour", "every"], 0),
        (["hour", "nothing"], 0),
        (["hour", "undecided"], 3),
        (["hour", "undecided", "none"], 1),
        (["nothing", "nothing"], 3),
        ([], 3),
    ],
)
def test_the_exit_code_is_that_of_verdicts(answers: list[str], code: int) -> None:
    assert exit_code(answers) == code


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("zh", "转移指令：任何时刻都不行；集结队伍的指令：未定"),
        ("en", "the order to move: no hour would do; the order to muster teams: undecided"),
    ],
)
def test_the_title_says_what_was_found_where_there_is_no_last_moment(lang: str, says: str) -> None:
    rows = [("move", "none"), ("move", "none"), ("muster", "undecided")]
    found = SimpleNamespace(last=pd.DataFrame(rows, columns=["order", "answer"]))
    assert title(found, lang) == says  # type: ignore[arg-type]


def test_where_nothing_comes_nothing_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two hours long before the storm: no target of the plan has anything to be judged by."""
    calm = ("settings.duration_h=2", "settings.start_before_closest_h=30")
    sets = [word for one in calm for word in ("--set", one)]
    out = ("--runs", "2", "--workers", "1", "--out", str(tmp_path / "out"), "--lang", "en")
    assert main(["deadline", "tiny", *sets, *out]) == 3
    assert "nothing is judged" in "".join(capsys.readouterr().out.splitlines())


def typed(out: Path, *more: str) -> list[str]:
    sets = [word for key, value in FLOODED.items() for word in ("--set", f"{key}={value}")]
    return ["deadline", "tiny", "--order", "move", "--runs", "40", "--step", "4", "--workers", "1",
            *sets, "--out", str(out), *more]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("deadline") / "out"
    assert main(typed(out, "--lang", "en")) == 0
    return out


def test_the_command_finds_a_last_moment(folder: Path) -> None:
    last = pd.read_csv(folder / "deadlines.csv").iloc[0]
    assert last["answer"] == "hour"
    assert last["met_h"] < last["not_met_h"] <= last["event_h"]
    hours = pd.read_csv(folder / "hours.csv")
    at = hours[hours["hour"] == last["met_h"]].iloc[0]
    assert at["low"] >= at["bound"]
    assert (hours["lead_h"] == last["event_h"] - hours["hour"]).all()
    towns = pd.read_csv(folder / "clearance.csv")
    assert set(towns["order"]) == {"as-planned", "move"}
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["hours_that_share_alpha"] == int(told["event_median_h"] // 4) + 1


def test_the_same_command_goes_on_and_says_it_in_the_other_language(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "deadlines.csv").read_bytes()
    assert main(typed(folder, "--lang", "zh")) == 0
    assert (folder / "deadlines.csv").read_bytes() == before
    out = capsys.readouterr().out
    assert "车辆超过道路通行能力时排队" in "".join(out.split())
    assert "最迟" in out
    drawn = {f"deadline.{lang}.{kind}" for lang in LANGS for kind in ("png", "svg")}
    assert {f.name for f in (folder / "figures").iterdir()} == drawn | {"deadline.csv"}


def test_a_folder_of_last_moments_has_no_report(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(folder), "--lang", "en"]) == 2
    assert "anlan deadline" in capsys.readouterr().err


@pytest.mark.long
def test_another_question_is_refused_in_the_folder_until_it_may_be_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, few = tmp_path / "out", ("--runs", "2", "--lang", "en")
    assert main(typed(out, *few)) == 3  # two runs settle nothing
    assert main(typed(out, *few, "--seed", "2")) == 2
    assert "--overwrite" in capsys.readouterr().err
    (out / "mine").mkdir()
    assert main(typed(out, *few, "--seed", "2", "--overwrite")) == 3
    assert "left as they are: mine/" in capsys.readouterr().err  # and not the rounds
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert told["seed"] == 2
    assert (out / "mine").is_dir()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--order", "moove"], "did you mean move?"),
        (["--target", "no-death"], "did you mean no-deaths?"),
        (["--step", "0.02"], "no finer than a tick"),
        (["--set", "orders.move_h=99"], "give less than 36 hours"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["deadline", "tiny", *words, "--out", str(out), "--lang", "en"]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert len(err.splitlines()) == 1
    assert not out.exists()
