"""Pictures and report: Chinese glyphs are really drawn, and every case draws."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from anlan.analysis.files import write_whole
from anlan.analysis.format import aligned, percent, width, wrap
from anlan.analysis.outputs import dictionary, evaluate, rebuild
from anlan.analysis.plots import PICTURES
from anlan.analysis.results import Results
from tests.fabricated import district

LEFT = ("report.html", "verdict.json", "measures.csv", "measures.parquet", "dictionary.csv",
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


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    from anlan import sim

    folder = tmp_path_factory.mktemp("out")
    return evaluate(sim.load("tiny"), 3, 1, 1, folder, "en", keep_ledgers=2), folder


def test_a_run_leaves_everything_and_nothing_half_written(played):
    verdicts, folder = played
    assert all((folder / name).stat().st_size > 0 for name in LEFT)
    for name in PICTURES:
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")[:600]
    assert not list(folder.rglob("*.part"))
    assert len(verdicts) > 0


def test_the_report_needs_nothing_from_outside(played):
    page = (played[1] / "report.html").read_text(encoding="utf-8")
    links = re.findall(r'(?:src|href)\s*=\s*"([^"]*)"', page)
    assert all(link.startswith(("data:image/png;base64,", "#")) for link in links)
    assert "@import" not in page
    assert "url(" not in page
    assert len(page) < 5_000_000
    assert "anlan run tiny --runs 3 --seed 1" in page


def test_rebuild_from_the_folder_alone_gives_the_same_numbers_in_the_other_language(
    played, monkeypatch
):
    verdicts, folder = played
    drawn_in = []
    monkeypatch.setattr("anlan.analysis.plots.draw_all", lambda *given: drawn_in.append(given[2]))
    before = (folder / "verdict.json").read_bytes()
    assert str(rebuild(folder, "zh")) == str(verdicts)
    assert (folder / "verdict.json").read_bytes() == before
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in page
    assert "未达标" in page
    assert drawn_in == ["zh"]


def test_equal_runs_give_the_same_measures_to_the_bit(played, tmp_path):
    from anlan import sim

    sim.replicate(sim.load("tiny"), 3, seed=1, digest=_digest(), folder=tmp_path, keep_ledgers=2)
    for name in ("measures", "places", "series"):
        file = f"{name}.parquet"
        assert (tmp_path / file).read_bytes() == (played[1] / file).read_bytes()


def _digest():
    from anlan.analysis.digests import digest

    return digest


def test_runs_without_a_digest_are_judged_from_their_ledgers(played):
    from anlan import sim
    from anlan.analysis.verdict import judge

    assert str(judge(sim.replicate(sim.load("tiny"), 3, seed=1))) == str(played[0])


def test_the_results_folder_reads_back(played):
    results = Results.of_folder(played[1])
    assert (results.runs, results.kept) == (3, [0, 1])
    hours, values = results.curve("occupants")
    assert values.shape == (3, len(hours))
    assert (results.measures["run"] == [0, 1, 2]).all()


def test_the_dictionary_names_every_column_of_every_table(played):
    import csv
    import io

    import duckdb

    scenario = Results.of_folder(played[1]).scenario
    rows = list(csv.DictReader(io.StringIO(dictionary(scenario))))
    assert all(row["zh"] and row["en"] for row in rows)
    named = {(row["file"], row["column"]) for row in rows}
    for path in [*played[1].glob("*.parquet"), *(played[1] / "ledger").glob("*.parquet")]:
        file = path.relative_to(played[1]).as_posix()
        columns = duckdb.execute("select * from read_parquet(?) limit 0", [str(path)]).description
        assert columns
        assert {(file, column[0]) for column in columns} <= named


def test_pictures_draw_where_no_ledger_was_kept_and_nothing_happened(tmp_path):
    """No incident, no shelter, no road: each picture says so in words and does not fail."""
    from anlan.analysis.digests import digest
    from anlan.analysis.outputs import scenario_text
    from anlan.analysis.plots import draw_all
    from tests.fabricated import empty_tables

    scenario = district()
    scenario = scenario.model_copy(update={"shelters": (), "roads": (), "stores": (), "stock": ()})
    _write(digest(scenario, empty_tables()), tmp_path)
    (tmp_path / "scenario.json").write_text(scenario_text(scenario), encoding="utf-8")
    paths = draw_all(Results.of_folder(tmp_path), tmp_path / "figures", "zh")
    assert all(path.stat().st_size > 0 for path in paths)


def _write(tables, folder: Path):
    import duckdb
    import pandas as pd

    for name, columns in tables.items():
        frame = pd.DataFrame({"run": 0, **columns})
        text = ", ".join(f'"{c}"::varchar as "{c}"' if frame[c].dtype == object else f'"{c}"'
                         for c in frame.columns)  # fmt: skip
        with duckdb.connect() as connection:
            connection.register("frame", frame)
            connection.execute(f"copy (select {text} from frame) to '{folder}/{name}.parquet'")


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with write_whole(path) as part:
            part.write_text("new")
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
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as text:
        named = {(row["file"], row["column"]) for row in csv.DictReader(text)}
    tables = [p for p in folder.rglob("*.parquet") if ".parts" not in p.parts]
    assert len(tables) > 10
    for path in [*tables, *folder.glob("*.csv")]:
        file = path.relative_to(folder).as_posix()
        columns = duckdb.sql(f"select * from '{path}' limit 0").columns
        assert [c for c in columns if (file, c) not in named] == []


def test_the_manifest_tells_what_was_changed():
    from anlan import sim
    from anlan.analysis.again import changes_of, command

    assert changes_of(sim.load("tiny")) == {}
    changed = sim.load("tiny", {"settings.duration_h": "30"})
    assert changes_of(changed) == {"settings.duration_h": "30"}
    assert "--set settings.duration_h=30" in command(changed, {"runs": 3, "seed": 1})
    named = changed.settings.model_copy(update={"id": "no-such-scenario"})
    own = changed.model_copy(update={"settings": named})
    assert changes_of(own) is None


def test_the_stand_down_ends_signal_and_level():
    from anlan.analysis.context import Context
    from anlan.analysis.plots.timeline import _spans
    from tests.fabricated import empty_tables

    rows = [(6, "signal", "signal yellow"), (12, "level", "level III"), (60, "stand_down", "")]
    tables = empty_tables()
    tables["message"] = {
        "sent_tick": np.array([r[0] for r in rows]),
        "kind": np.array([r[1] for r in rows], dtype=object),
        "content": np.array([r[2] for r in rows], dtype=object),
    }
    x = Context(district(), tables)
    end = 60 * x.h_per_tick
    assert list(_spans(x, "signal")) == [(6 * x.h_per_tick, end, "yellow")]
    assert list(_spans(x, "level")) == [(12 * x.h_per_tick, end, "III")]


@pytest.mark.parametrize(
    ("runs", "standing"),
    [([1], "example"), ([1, 1, 1], "example"), ([5, 5], "example"), ([3, 1], "most"),
     ([2, 1, 1, 1], "first"), ([2, 1, 1], "most")],
)  # fmt: skip
def test_a_place_is_called_the_most_frequent_only_where_it_is(runs, standing):
    from anlan.analysis.breaks import _standing

    assert _standing(np.array(runs)) == standing


def test_a_label_keeps_clear_of_circles_and_of_other_labels():
    from anlan.analysis.plots.map_labels import Label, _overlap, _place

    label = Label(0.0, 0.0, ("海门街道",), (0, 1, 2), 5.0)
    seat = np.array([200.0, 200.0])
    circles = np.array([[200.0, 200.0, 5.0], [200.0, 225.0, 9.0], [225.0, 200.0, 9.0]])
    taken = [np.array([200.0, 180.0, 40.0, 20.0])]
    centre, _ = _place(label, seat, circles, taken, 400.0, 400.0)
    boxes = np.vstack([np.column_stack([circles[:, :2], 2 * circles[:, 2], 2 * circles[:, 2]]),
                       taken[0]])  # fmt: skip
    assert _overlap(centre, *label.size, boxes).sum() == 0
    assert np.hypot(*(centre - seat)) < 60
