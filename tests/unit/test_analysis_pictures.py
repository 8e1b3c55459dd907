"""Pictures and report: Chinese glyphs are really drawn, and every case draws."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

import anlan
from anlan import sim
from anlan.analysis.pipeline import replicate, show
from anlan.analysis.plots.pictures import FIRES, OF_RUNS
from anlan.analysis.results.folder import load
from anlan.analysis.text.layout import aligned, width, wrap
from anlan.analysis.text.numbers import percent
from anlan.analysis.words import word
from anlan.sim.study import whole
from tests.fabricated import district, empty_tables, finished_folder

LEFT = ("report.en.html", "verdict.json", "measures.csv", "measures.parquet", "dictionary.csv",
        "scenario.json", "manifest.json")  # fmt: skip


def drawn(text):
    """The pixels of a text, drawn as all pictures are."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from anlan.analysis.plots.style import styled

    with styled():
        figure = Figure(figsize=(0.6, 0.6), dpi=100)
        canvas = FigureCanvasAgg(figure)
        figure.text(0.1, 0.2, text, size=24)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[:, :, 0].copy()


def test_chinese_characters_are_drawn_and_differ_from_each_other_and_from_the_empty_box():
    """A font without Chinese draws the same box for every character."""
    box = drawn("\U000e0fff")  # an unassigned code point: what a missing glyph looks like
    shapes = [drawn(c) for c in "安澜险情达标"]
    for i, shape in enumerate(shapes):
        assert (shape < 128).sum() > 30  # ink
        assert not np.array_equal(shape, box)
        assert all(not np.array_equal(shape, other) for other in shapes[:i])


def test_simplified_shapes_are_used():
    """The full stop sits at the lower left in simplified Chinese, in the middle in traditional."""
    stop = drawn("一。") < 128
    wide = 24 * 100 / 72  # pixels of a character
    columns = np.flatnonzero(stop[40:].any(axis=0))  # below the stroke of 一 there is only the stop
    assert columns.max() - (0.1 * 60 + wide) < 0.5 * wide


def test_simplified_shapes_are_used_in_each_of_several_lines():
    for text in ("一。\n一", "一\n一。"):
        columns = np.flatnonzero((drawn(text) < 128).any(axis=0))
        assert columns.max() - columns.min() < 1.45 * 24 * 100 / 72, text


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    results = replicate(sim.load("tiny"), 3, folder=folder, keep_ledgers=2)
    show(results, "en")
    return results.verdicts, folder


def test_a_run_leaves_everything_and_nothing_half_written(played):
    verdicts, folder = played
    assert all((folder / name).stat().st_size > 0 for name in LEFT)
    for name in OF_RUNS:
        assert (folder / "figures" / f"{name}.en.png").exists() == (name not in FIRES)
        if name in FIRES:
            continue
        assert (folder / "figures" / f"{name}.en.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (folder / "figures" / f"{name}.en.svg").read_text(encoding="utf-8")[:600]
        assert (folder / "figures" / f"{name}.csv").exists()
    assert not [path for path in folder.rglob(".*") if path.name != ".parts"]
    assert len(verdicts) > 0


def test_the_report_needs_nothing_from_outside(played):
    page = (played[1] / "report.en.html").read_text(encoding="utf-8")
    links = re.findall(r'(?:src|href)\s*=\s*"([^"]*)"', page)
    assert all(link.startswith(("data:image/svg+xml;base64,", "#")) for link in links)
    assert "@import" not in page
    assert "url(" not in page
    assert len(page) < 5_000_000
    assert "anlan run tiny --runs 3 --seed 1" in page


def test_a_report_of_the_folder_alone_has_the_same_numbers_in_the_other_language(
    played, monkeypatch
):
    verdicts, folder = played
    drawn_in = []
    monkeypatch.setattr(
        "anlan.analysis.plots.pictures.draw_pictures", lambda *given: drawn_in.append(given[1])
    )
    results = load(folder)
    show(results, "zh")
    assert str(results.verdicts) == str(verdicts)
    page = (folder / "report.zh.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in page
    assert "未达标" in page
    assert drawn_in == ["zh"]


def test_equal_runs_give_the_same_tables_to_the_bit(played, tmp_path):
    replicate(sim.load("tiny"), 3, folder=tmp_path, keep_ledgers=2)
    files = [
        f.relative_to(tmp_path) for f in tmp_path.rglob("*.parquet") if ".parts" not in f.parts
    ]
    assert len(files) > 20
    for file in [*files, "measures.csv", "verdict.json", "dictionary.csv"]:
        assert (tmp_path / file).read_bytes() == (played[1] / file).read_bytes(), file


def test_measures_as_csv_are_those_of_the_parquet_file(played):
    import pandas as pd

    found = pd.read_csv(played[1] / "measures.csv")
    right = load(played[1]).measures
    assert found.columns.tolist() == right.columns.tolist()
    for column in right:
        assert found[column].astype(float).equals(right[column].astype(float)), column


def test_results_in_a_temporary_folder_live_as_long_as_they_are_held():
    results = replicate(sim.load("tiny"), 1, keep_ledgers=0)
    folder = results.folder
    part = results.only(0)
    del results
    assert part.run_count == 1
    del part
    assert not folder.exists()


def test_the_results_folder_reads_back(played):
    results = load(played[1])
    assert (results.run_count, results.kept) == (3, [0, 1])
    hours, values = results.curve("occupants")
    assert values.shape == (3, len(hours))
    assert results.measures[["variant", "run"]].to_numpy().tolist() == [[0, 0], [0, 1], [0, 2]]
    ledger, alone = results.ledger(1), sim.run(sim.load("tiny"), 1, 1).tables()
    assert list(ledger) == list(alone)
    for table, columns in alone.items():
        for column, values in columns.items():
            assert ledger[table][column].dtype == values.dtype
            assert ledger[table][column].tolist() == values.tolist(), f"{table}.{column}"
    with pytest.raises(IndexError, match=r"run 2.*\[0, 1\]"):
        results.ledger(2)


def test_what_is_no_finished_folder_is_said_in_one_line(played, tmp_path):
    with pytest.raises(sim.BadInput, match="holds no finished study"):
        anlan.results(tmp_path)
    (tmp_path / "manifest.json").write_text('{"scenario": "tiny", "seed": 1}', encoding="utf-8")
    with pytest.raises(sim.BadInput, match="another version of anlan"):
        anlan.results(tmp_path)


@pytest.mark.long
def test_pictures_draw_where_no_ledger_was_kept_and_nothing_happened(tmp_path):
    """No incident, no shelter, no road: each picture says so in words and does not fail."""
    scenario = district()
    scenario = scenario.model_copy(update={"shelters": (), "roads": (), "stores": (), "stock": ()})
    results = finished_folder(tmp_path, scenario, [empty_tables()], kept=0)
    show(results, "zh")
    names = {path.name.split(".")[0] for path in (tmp_path / "figures").glob("*.zh.png")}
    assert names == {name for name in OF_RUNS if name not in FIRES}
    assert all(path.stat().st_size > 0 for path in (tmp_path / "figures").iterdir())


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with whole(path) as beside:
            beside.write_text("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "old"


def test_tables_line_up_with_chinese_in_them():
    lines = aligned([["指标", "a"], ["一二三", "b"], ["xy", "c"]]).splitlines()
    assert len({width(line[: line.rindex(c)]) for line, c in zip(
        [lines[0], *lines[2:]], "abc", strict=True)}) == 1  # fmt: skip


def test_lines_break_between_words_and_never_before_a_full_stop():
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("一二三四。", 8) == ["一二三", "四。"]


def test_a_share_is_never_rounded_to_all_or_none():
    assert percent(1.0) == "100%"
    assert percent(0.9996) == "99.96%"
    assert percent(0.0) == "0%"
    assert percent(0.0004) == "0.04%"
    assert percent(0.95) == "95%"


def test_the_dictionary_names_every_column_of_every_table_its_own_too(played):
    import csv

    import duckdb

    folder = played[1]
    with (folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert all(row["zh"] and row["en"] for row in rows)
    named = {(row["file"], row["column"]) for row in rows}
    tables = [p for p in folder.rglob("*.parquet") if ".parts" not in p.parts]
    assert len(tables) > 20
    for path in [*tables, *folder.glob("*.csv")]:
        file = path.relative_to(folder).as_posix()
        columns = duckdb.sql(f"select * from '{path}' limit 0").columns
        assert [c for c in columns if (file, c) not in named] == []
    for file in ("manifest.json", "verdict.json"):
        told = json.loads((folder / file).read_text(encoding="utf-8"))
        keys = set(told) if file == "manifest.json" else set(told[0])
        assert keys == {column for name, column in named if name == file}, file


def test_the_manifest_tells_what_was_changed():
    from anlan.analysis.study.again import changes_of, command

    assert changes_of(sim.load("tiny")) == {}
    changed = sim.load("tiny", {"settings.duration_h": "30"})
    assert changes_of(changed) == {"settings.duration_h": "30"}
    limit = {"target.no-deaths.limit": "1"}  # found only by who knows of it
    assert changes_of(sim.load("tiny", limit), limit) == limit
    assert changes_of(sim.load("tiny", limit)) is None
    told = {"scenario": "tiny", "changes": {"a": "b"}, "design": None, "stop": None}
    again = command({**told, "replications": 3, "seed": 1})
    assert again == "anlan run tiny --runs 3 --seed 1 --set a=b"
    assert command({**told, "changes": None, "replications": 3, "seed": 1}) == ""
    named = changed.settings.model_copy(update={"id": "no-such-scenario"})
    own = changed.model_copy(update={"settings": named})
    assert changes_of(own) is None


def test_the_stand_down_ends_signal_and_level():
    from anlan.analysis.measures.facts import Facts
    from anlan.analysis.plots.timeline_lines import spans

    rows = [(6, "signal", "signal yellow"), (12, "level", "level III"), (60, "stand_down", "")]
    tables = empty_tables()
    tables["message"] = {
        "sent_tick": np.array([r[0] for r in rows]),
        "kind": np.array([r[1] for r in rows], dtype=object),
        "content": np.array([r[2] for r in rows], dtype=object),
    }
    facts = Facts(district(), tables)
    end = 60 * facts.h_per_tick
    assert list(spans(facts, "signal")) == [(6 * facts.h_per_tick, end, "yellow")]
    assert list(spans(facts, "level")) == [(12 * facts.h_per_tick, end, "III")]


@pytest.mark.parametrize(
    ("runs", "standing"),
    [([1], "example"), ([1, 1, 1], "example"), ([5, 5], "example"), ([3, 1], "most"),
     ([2, 1, 1, 1], "first"), ([2, 1, 1], "most")],
)  # fmt: skip
def test_a_place_is_called_the_most_frequent_only_where_it_is(runs, standing):
    from anlan.analysis.results.first_breaks import standing_of

    assert standing_of(np.array(runs)) == standing


def test_a_label_keeps_clear_of_circles_and_of_other_labels():
    from anlan.analysis.plots.map_labels import Label, overlap, place_of

    label = Label(0.0, 0.0, ("海门街道",), (0, 1, 2), 5.0)
    seat = np.array([200.0, 200.0])
    circles = np.array([[200.0, 200.0, 5.0], [200.0, 225.0, 9.0], [225.0, 200.0, 9.0]])
    taken = [np.array([200.0, 180.0, 40.0, 20.0])]
    centre, _ = place_of(label, seat, circles, taken, 400.0, 400.0)
    boxes = np.vstack([np.column_stack([circles[:, :2], 2 * circles[:, 2], 2 * circles[:, 2]]),
                       taken[0]])  # fmt: skip
    assert overlap(centre, *label.size, boxes).sum() == 0
    assert np.hypot(*(centre - seat)) < 60


@pytest.mark.long
def test_a_report_says_what_of_the_hazard_reached_the_district(played):
    """The mean of the measure over the runs, in both languages; nothing that never came."""
    from anlan.analysis.report.reached import reached
    from anlan.analysis.text.numbers import number

    results = load(played[1])
    wind = float(results.measure("hazard.max_wind_ms")["hazard.max_wind_ms"].mean())
    for lang in ("zh", "en"):
        said = reached(results, lang)
        assert number(wind) in said
        assert word("measure.fire.burnt_ha", lang) not in said
    show(results, "en")
    assert "What reached the district" in (played[1] / "report.en.html").read_text(encoding="utf-8")
    calm = results.scenario.model_copy(update={"hazards": {}})
    nothing = SimpleNamespace(scenario=calm, has_measure=lambda _name: False)
    assert reached(nothing, "en") == word("reached.nothing", "en")
