"""Pictures say what the runs say: the title, the CSV file beside it and the measures are one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html import unescape
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anlan import sim
from anlan.analysis.digests.digest import DIGESTS
from anlan.analysis.measures.facts import Facts, short_name
from anlan.analysis.measures.measure import WORST
from anlan.analysis.pipeline import replicate
from anlan.analysis.plots import helped, items, narrowing, response, teams
from anlan.analysis.plots import verdict as targets
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.pictures import FIGURES, draw_pictures
from anlan.analysis.plots.style import save, styled
from anlan.analysis.results.folder import Results, load
from anlan.analysis.words import LANGS
from anlan.sim.ledger import Ledger, facts
from tests.fabricated import district, empty_tables, finished_folder, joined, made_up_ledger

Title = Callable[[pd.DataFrame, Results, str], str]
TITLES: dict[str, Title] = {
    "verdict": lambda table, _, lang: targets.title(table, lang),
    "narrowing": lambda table, _, lang: narrowing.title(table, lang),
    "response": lambda table, _, lang: response.title(table, lang),
    "helped": lambda table, _, lang: helped.title(table, lang),
    "items": items.title,
    "teams": lambda table, _, lang: teams.title(table, lang),
}
EVENTFUL = (
    "made-up",
    *(pytest.param(name, marks=pytest.mark.long) for name in ("tiny", "tiny-fire")),
)
RESULTS = ("quiet", *EVENTFUL)


class Folders(dict[str, Results]):
    """Shipped tiny scenarios, a full made-up district, one in which nothing happened; each drawn
    when it is first asked for.
    """

    def __init__(self, home: Callable[[str], Path]) -> None:
        super().__init__()
        self.home = home

    def __missing__(self, name: str) -> Results:
        home = self.home(name)
        if name.startswith("tiny"):
            replicate(sim.load(name), 5, folder=home, keep_ledgers=2)
        elif name == "quiet":
            finished_folder(home, district(), [empty_tables()] * 2)
        else:
            scenario = district(towns=3, duration_h=24)
            ledgers = [made_up_ledger(scenario, run, empty_shelves) for run in range(6)]
            finished_folder(home, scenario, ledgers)
        self[name] = load(home)
        with styled():
            for picture in TITLES:
                save(drawn(self[name], picture, LANGS[0]), home / FIGURES, picture, LANGS[0])
        return self[name]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return Folders(tmp_path_factory.mktemp)


def drawn(results: Results, picture: str, lang: str) -> Drawn:
    made: Drawn = import_module(f"anlan.analysis.plots.{picture}").draw(results, lang)
    return made


def empty_shelves(ledger: Ledger) -> None:
    """A store with meals for three hours, and water that comes and goes; it never had medicine."""
    stock = {"meal": [50, 20, 5, 0, 0], "water_ml": [9, 0, 8, 8, 8], "medicine": [0, 0, 7, 7, 0]}
    for item, levels in stock.items():
        ledger.add_many(
            facts.StoreLevel, tick=[11, 23, 35, 47, 59], store="store-1", item=item, stock=levels,
            available=levels,
        )  # fmt: skip


def csv(results: Results, name: str) -> pd.DataFrame:
    path = results.folder / FIGURES / f"{name}.csv"
    return pd.read_csv(path) if path.stat().st_size > 1 else pd.DataFrame()


def mean_of(results: Results, measure: str) -> float:
    return float(results.measure(measure)[measure].mean())


@pytest.mark.parametrize("name", RESULTS)
def test_the_title_in_the_picture_follows_from_its_csv(
    folders: dict[str, Results], name: str
) -> None:
    results, lang = folders[name], LANGS[0]
    for picture, title in TITLES.items():
        with styled():
            other = drawn(results, picture, LANGS[1])
        table = csv(results, picture)
        assert other.figure.get_label() == title(table, results, LANGS[1])
        assert other.table.to_csv(index=False) == table.to_csv(index=False)
        svg = (results.folder / FIGURES / f"{picture}.{lang}.svg").read_text(encoding="utf-8")
        (told,) = re.findall(r"<title>(.*?)</title>", svg)
        assert unescape(told) == title(table, results, lang), picture
        png = (results.folder / FIGURES / f"{picture}.{lang}.png").read_bytes()
        dots_a_metre = int.from_bytes(png[png.index(b"pHYs") + 4 :][:4])
        assert dots_a_metre >= round(300 / 0.0254)  # more where it is made to fit a page


@pytest.mark.parametrize("name", RESULTS)
def test_targets_are_those_of_the_verdicts_in_three_groups(
    folders: dict[str, Results], name: str
) -> None:
    table, verdicts = csv(folders[name], "verdict"), folders[name].verdicts
    assert sorted(table["target"]) == sorted(v.id for v in verdicts)
    of = {v.id: v for v in verdicts}
    for row in table.itertuples():
        v = of[row.target]
        assert row.group == ("unjudged" if not v.judged else
                             "simulated" if v.kind == "performance" else "structural")  # fmt: skip
        found = np.array([row.estimate, row.low, row.high, row.bound])
        assert np.array_equal(found, [v.estimate, v.low, v.high, v.bound], equal_nan=True)


@pytest.mark.parametrize("name", RESULTS)
def test_intervals_end_where_the_verdicts_are_and_narrow(
    folders: dict[str, Results], name: str
) -> None:
    results = folders[name]
    table = csv(results, "narrowing")
    judged = {v.id: v for v in results.verdicts if v.of_runs and v.judged}
    assert set(table["target"]) == set(judged)
    for target, rows in table.groupby("target"):
        v, last = judged[str(target)], rows.iloc[-1]
        assert (last["runs"], last["applicable_runs"]) == (v.runs, v.applicable_runs)
        assert (last["estimate"], last["low"], last["high"]) == (v.estimate, v.low, v.high)


@pytest.mark.parametrize("name", RESULTS)
def test_the_response_is_the_measures(folders: dict[str, Results], name: str) -> None:
    results = folders[name]
    table = csv(results, "response")
    share = (
        table[table["quantity"] == "share"]
        .set_index(["population", "step", "minute"])["mean"]
        .sort_index()
    )
    link = table[table["quantity"] == "link"].set_index(["population", "step"])["mean"]
    kinds = set(table["population"])
    assert kinds == {"tiny-fire": {"rescue", "building", "forest"}, "made-up": {"rescue"}}.get(
        name, set()
    )
    if "rescue" in kinds:
        came = share["rescue", "arrived_min"]
        assert came[60.0] == pytest.approx(mean_of(results, "rescue.within_60min_share"))
        assert came[np.inf] == pytest.approx(mean_of(results, "rescue.reached_share"))
        for step, of_link in (
            ("found_min", "found"),
            ("read_min", "read"),
            ("arrived_min", "travel"),
        ):
            found = mean_of(results, f"rescue.link_{of_link}_min")
            assert link.get(("rescue", step), np.nan) == pytest.approx(found, nan_ok=True)
    if "building" in kinds:
        measure = "fire.first_water_15min_share"
        assert share["building", "first_water_min", 15.0] == pytest.approx(
            mean_of(results, measure)
        )
    if "forest" in kinds:
        found = link["forest", "discovered_min"]
        assert found == pytest.approx(mean_of(results, "fire.detection_min_mean"))


def test_whoever_was_never_reached_is_the_gap(folders: dict[str, Results]) -> None:
    """Nobody can have a crew before it was found: curves lie one below the other to the end."""
    table = csv(folders["made-up"], "response")
    share = table[table["quantity"] == "share"].pivot(index="minute", columns="step", values="mean")
    steps = list(dict.fromkeys(table["step"]))
    assert (np.diff(share[steps], axis=1) <= 1e-12).all()
    assert (np.diff(share[steps], axis=0) >= -1e-12).all()
    assert 0 < share["arrived_min"].iloc[-1] < 1


@pytest.mark.parametrize("name", RESULTS)
def test_who_was_helped_is_the_measures(folders: dict[str, Results], name: str) -> None:
    results = folders[name]
    table = csv(results, "helped")
    assert len(table) or name in ("quiet", "tiny")
    for row in table.itertuples():
        assert row.mean == pytest.approx(mean_of(results, row.measure))
    places = results.table("places")
    town = places["community"].map({c.community: c.town for c in results.scenario.communities})
    for measure, of, n in helped.STEPS.values():
        sums = places.groupby("run")[[of, n]].sum()
        share = results.measure(measure).set_index("run")[measure]
        assert np.allclose(sums[of] / sums[n].where(sums[n] > 0), share, equal_nan=True), measure
        of_town = places.groupby(["run", town])[[of, n]].sum()
        worst = (of_town[of] / of_town[n].where(of_town[n] > 0)).groupby("run").min()
        right = results.measure(measure + WORST).set_index("run")[measure + WORST]
        assert np.allclose(worst, right, equal_nan=True), measure


@pytest.mark.parametrize("name", EVENTFUL)
def test_items_are_the_measures_and_the_curves(folders: dict[str, Results], name: str) -> None:
    results = folders[name]
    table = csv(results, "items")
    for item in results.scenario.items:
        mine = table[table["item"] == item.item]
        measure = f"shortage.{short_name(item.item)}_person_h"
        short = mine[mine["quantity"] == "short_person_h"]["mean"]
        assert float(short.iloc[0]) == pytest.approx(mean_of(results, measure))
        hours, values = results.curve(f"on_trucks.{item.item}")
        way = mine[mine["quantity"] == "on_trucks"]
        litre = 1000.0 if item.unit.lower() == "ml" else 1.0
        assert way["hour"].tolist() == hours.tolist()
        assert np.allclose(way["mean"] * litre, values.mean(axis=0))


def test_a_store_is_out_when_its_shelf_is_first_empty(folders: dict[str, Results]) -> None:
    rows = folders["made-up"].table("store_out")
    first = rows[rows["run"] == 0].set_index("item")
    assert first["out_h"].to_dict() == {"meal": 4.0, "water_ml": 2.0}  # medicine came later
    assert first["first"].to_dict() == {"meal": 50, "water_ml": 9}
    out = csv(folders["made-up"], "items")
    out = out[out["quantity"] == "out"].set_index("item")
    assert out["median"].to_dict() == {"meal": 4.0, "water_ml": 2.0}
    assert set(out["share_of_runs"]) == {1.0}


@pytest.mark.parametrize("name", EVENTFUL)
def test_teams_are_the_measure_and_never_more_than_the_roster(
    folders: dict[str, Results], name: str
) -> None:
    results = folders[name]
    table = csv(results, "teams")
    found = table.set_index("at")["mean"]
    assert found["peak"] == pytest.approx(mean_of(results, "crew.busy_peak_share"))
    curves = table[table["at"].isin(list(teams.AT))].pivot(
        index="hour", columns="at", values="mean"
    )
    assert (curves.sum(axis=1) <= found["roster"] + 1e-9).all()
    for at in teams.AT:
        assert curves[at].sum() == pytest.approx(found[f"total_{at}"])


def test_resting_crews_are_those_that_were_called_before() -> None:
    """Three crews; one on duty always. Two are called, one of them goes to rest, then the first."""

    def write(ledger: Ledger) -> None:
        ledger.add_many(
            facts.CrewLevel, tick=[11, 23, 35, 47], off_duty=[2, 1, 1, 2], mustering=[0, 0, 1, 0],
            idle=[1, 2, 1, 1], travelling=0, working=0,
        )  # fmt: skip
        for crew, called in (("b", 12), ("c", 30), ("b", 60)):
            ledger.add(facts.Muster(crew, "t", called, called + 6, called * 5.0, called * 5.0 + 30))

    series = DIGESTS["series"](Facts(district(), joined(write)))
    assert series["value"][series["series"] == "crews_resting"].tolist() == [0, 0, 1, 2]


@pytest.mark.long
def test_pictures_of_another_language_stay_while_their_numbers_are_the_same(
    folders: dict[str, Results], tmp_path: Path
) -> None:
    home = tmp_path / "out"
    shutil.copytree(folders["made-up"].folder, home)
    figures = home / FIGURES
    own = figures / "my own.png"
    own.write_bytes(b"")
    (figures / "fire_front.en.png").write_bytes(b"of a run with fires")
    draw_pictures(load(home), LANGS[1])
    assert all((figures / f"teams.{lang}.svg").is_file() for lang in LANGS)
    (figures / "teams.csv").write_text("of fewer runs", encoding="utf-8")
    with styled():
        save(drawn(load(home), "teams", LANGS[1]), figures, "teams", LANGS[1])
    left = {path.name for path in figures.glob("teams.*")}
    assert left == {f"teams.{LANGS[1]}.svg", f"teams.{LANGS[1]}.png", "teams.csv"}
    assert own.is_file()
    assert not (figures / "fire_front.en.png").exists()
