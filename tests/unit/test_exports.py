"""The workbook opens back as it was written; the layers of the map are what QGIS reads."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import struct
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from anlan import sim
from anlan.analysis.explain.explanation import explain
from anlan.analysis.exports.geopackage import APPLICATION, geopackage
from anlan.analysis.exports.layers import Layer, layers
from anlan.analysis.exports.map_files import GEOPACKAGE, MAP, write_map
from anlan.analysis.exports.qml import HEAD, qml
from anlan.analysis.exports.sheets import sheets
from anlan.analysis.exports.workbook import WORKBOOK, write_workbook
from anlan.analysis.pipeline import conduct, replicate, show
from anlan.analysis.results.folder import Results, load
from anlan.analysis.results.place_means import place_means
from anlan.analysis.study.schema import Study
from anlan.analysis.words import LANGS, word
from anlan.sim.scenario.schema import Words
from tests.fabricated import district, finished_folder, made_up_ledger

EVIL = ("=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("x")')


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Made-up runs in a district whose names begin as formulas do."""
    plain = district()
    named = [
        c.model_copy(update={"name_zh": evil, "name_en": evil})
        for c, evil in zip(plain.communities, EVIL, strict=False)
    ]
    plan = plain.plan.targets[0].model_copy(update={"text": Words(zh=EVIL[0], en=EVIL[4])})
    scenario = plain.model_copy(
        update={
            "communities": (*named, *plain.communities[len(named) :]),
            "plan": plain.plan.model_copy(update={"targets": (plan, *plain.plan.targets[1:])}),
        }
    )
    ledgers = [made_up_ledger(scenario, seed) for seed in (1, 2, 3)]
    return finished_folder(tmp_path_factory.mktemp("made") / "up", scenario, ledgers)


def test_the_workbook_opens_back_with_the_same_cells(results: Results) -> None:
    book = CalamineWorkbook.from_path(str(write_workbook(results)))
    wanted = [sheet for lang in LANGS for sheet in sheets(results.only(0), lang)]
    assert book.sheet_names == [sheet.title for sheet in wanted]
    first = [sheet.title for sheet in wanted][:7]
    assert first == ["概要", "判定", "度量", "村和社区", "未及时覆盖", "为何不达标", "词典"]
    for sheet in wanted:
        rows = book.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        assert rows[0] == list(sheet.heads)
        assert len(rows) == len(sheet.rows) + 1
        for row, cells in zip(rows[1:], sheet.rows, strict=True):
            assert len(cells) == len(sheet.heads)
            for there, cell in zip(row, cells, strict=True):
                number = isinstance(cell, float)  # Excel keeps fifteen figures
                assert there == (pytest.approx(cell) if number else cell or "")


def test_text_that_begins_as_a_formula_stays_text(results: Results) -> None:
    path = write_workbook(results)
    book = CalamineWorkbook.from_path(str(path))
    cells = {c for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
             for c in row if isinstance(c, str)}  # fmt: skip
    assert {EVIL[0], EVIL[4]} <= cells
    assert any(c.startswith(EVIL[3]) for c in cells)
    with ZipFile(path) as held:
        pages = [held.read(n).decode() for n in held.namelist() if n.startswith("xl/worksheets/")]
    assert len(pages) >= 10
    assert not any("<f>" in page or "<hyperlink" in page for page in pages)


def test_the_workbook_has_the_numbers_of_the_runs(results: Results) -> None:
    of_title = {sheet.title: sheet for sheet in sheets(results.only(0), "en")}
    sheet = of_title[word("report.measures", "en")]
    mean, name = 1, len(sheet.heads) - 1
    right = results.measures
    for row in sheet.rows:
        assert row[mean] == pytest.approx(np.nanmean(right[str(row[name])]))
    places = of_title[word("book.places", "en")]
    assert [row[0] for row in places.rows] == [c.community for c in results.scenario.communities]


def test_why_has_the_numbers_of_explain(results: Results) -> None:
    """A row a target and link, all of them; what is said of a target stands in its first row."""
    found = explain(results.only(0))
    sheet = {s.title: s for s in sheets(results.only(0), "en")}[word("book.why", "en")]
    sentences = found.sentences("en")
    rows = [row for row in sheet.rows if row[1]]
    assert len(rows) == len(found.links) > 1
    assert [row[2:8] for row in rows] == [
        [pytest.approx(link[c]) for c in ("share", "low", "high", "alone", "never", "cases")]
        for link in found.links.to_dict("records")
    ]
    assert {row[-1] for row in sheet.rows} - {""} == set(sentences.values())


def test_the_list_and_the_pictures_are_sheets_where_they_are_there(
    results: Results, tmp_path: Path
) -> None:
    """In the languages that have pictures; a list whose names begin as formulas do stays text."""
    from PIL import Image

    home = tmp_path / "copy"
    shutil.copytree(results.folder, home)
    (home / "figures").mkdir(exist_ok=True)
    Image.new("RGB", (1500, 3000), "white").save(home / "figures/verdict.zh.png", dpi=(300, 300))
    (home / "size").mkdir()
    told = {"outcome": "enough", "says": {"zh": "足够。", "en": "Enough."}}
    (home / "size/size.json").write_text(json.dumps(told), encoding="utf-8")
    text = "what,zh,en,today,enough,more,unit_cost,cost,price_mark,price_source\n"
    text += "boats,=艇,=boats,2,5,3,4,12,assumption,made up\n"
    (home / "size/shopping.csv").write_text(text, encoding="utf-8-sig")
    path = write_workbook(load(home))
    book = CalamineWorkbook.from_path(str(path))
    assert [name for name in book.sheet_names if name in ("图", "Pictures")] == ["图"]
    for lang in LANGS:
        sheet = book.get_sheet_by_name(word("book.shopping", lang))
        assert sheet.to_python()[1][:7] == [
            {"zh": "=艇", "en": "=boats"}[lang],
            2.0, 5.0, 3.0, 4.0, 12.0, word("book.mark.assumption", lang),
        ]  # fmt: skip
        summary = book.get_sheet_by_name(word("book.summary", lang)).to_python()
        assert [word("book.enough", lang), told["says"][lang]] in summary
    with ZipFile(path) as held:
        names = held.namelist()
        pages = [held.read(n).decode() for n in names if n.startswith("xl/worksheets/sheet")]
    heights = re.findall(r'ht="([\d.]+)"', "".join(pages))
    assert not any("<f>" in page for page in pages)
    assert [n for n in names if n.startswith("xl/media/")] == ["xl/media/image1.png"]
    assert max(map(float, heights)) <= 409.5


def test_a_study_has_a_row_a_variant(tmp_path: Path) -> None:
    study = Study.model_validate(
        {
            "id": "two", "question": {"zh": "问", "en": "asked"}, "scenario": "tiny", "seed": 1,
            "replications": 1, "set": {"settings.duration_h": 2,
                                       "settings.start_before_closest_h": 1},
            "factors": [{"name": "teams.team-1.members", "values": [4, 8]}],
            "design": {"kind": "grid"}, "outputs": {"ledgers": 0},
        }
    )  # fmt: skip
    results = conduct(study, tmp_path / "two")
    found = {s.title: s for s in sheets(results, "en")}
    assert [row[0] for row in found["Measures"].rows] == [0.0, 1.0]
    assert {row[1] for row in found["Verdicts"].rows} == {4.0, 8.0}
    assert write_workbook(results).name == WORKBOOK
    assert write_map(results) == []  # of which variant would it be?


def test_geojson_has_a_feature_a_place_with_its_means(results: Results) -> None:
    write_map(results)
    found = json.loads((results.folder / MAP / "places.geojson").read_text(encoding="utf-8"))
    features = found["features"]
    means = place_means(results.only(0)).set_index("community")
    assert [f["properties"]["community"] for f in features] == means.index.tolist()
    for feature, c in zip(features, results.scenario.communities, strict=True):
        assert feature["geometry"] == {"type": "Point", "coordinates": [c.lon, c.lat]}
        assert feature["properties"]["name_zh"] == c.name_zh
        late = means["late_share_of_runs"][c.community]
        assert feature["properties"]["late_share_of_runs"] == pytest.approx(late)
    assert means["late_share_of_runs"].max() > 0


def test_means_of_places_are_those_of_the_table(results: Results) -> None:
    rows = results.table("places")
    right = rows.groupby("community")[["deaths", "relief_late_persons", "cut_off_h"]].mean()
    found = place_means(results.only(0)).set_index("community")
    for column in right:
        assert found[column].to_dict() == pytest.approx(right[column].to_dict())
    late = (rows["rescue_late_persons"] + rows["relief_late_persons"] > 0).groupby(
        rows["community"]
    )
    assert found["late_share_of_runs"].to_dict() == pytest.approx(late.mean().to_dict())


def test_every_layer_has_a_style_that_names_its_own_columns(results: Results) -> None:
    found = layers(results.only(0))
    assert [layer.name for layer in found] == ["places", "roads", "teams", "stores", "shelters"]
    for layer in found:
        assert all(list(row) == list(layer.columns) for row in layer.rows), layer.name
        text = qml(layer)
        assert text.startswith(HEAD)
        root = Xml.fromstring(text.removeprefix(HEAD))
        renderer = root.find("renderer-v2")
        assert renderer is not None
        assert {a.get("field") for a in root.iter("alias")} == set(layer.columns)
        symbols = {s.get("name") for s in root.iter("symbol")}
        ranges = [(float(r.get("lower", "")), float(r.get("upper", "")), r.get("symbol"))
                  for r in root.iter("range")]  # fmt: skip
        assert {r[2] for r in ranges} <= symbols
        if layer.name in ("places", "roads"):
            assert renderer.get("attr") in layer.columns
            assert ranges[0][0] == 0.0
            assert ranges[-1][1] == 1.0
            assert all(a[1] == b[0] for a, b in pairwise(ranges))


def test_the_geopackage_holds_the_layers_and_their_default_styles(results: Results) -> None:
    write_map(results)
    db = sqlite3.connect(results.folder / MAP / GEOPACKAGE)
    assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    found = {layer.name: layer for layer in layers(results.only(0))}
    styles = dict(db.execute(
        "SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"))  # fmt: skip
    assert styles == {name: qml(layer) for name, layer in found.items()}
    spatial = dict(db.execute("SELECT table_name, data_type FROM gpkg_contents"))
    assert spatial == {**dict.fromkeys(found, "features"), "layer_styles": "attributes"}
    first = results.scenario.communities[0]
    blob, name = db.execute("SELECT geom, name_zh FROM places WHERE fid = 1").fetchone()
    assert struct.unpack("<2sBBiBI2d", blob) == (b"GP", 0, 1, 4326, 1, 1, first.lon, first.lat)
    assert name == first.name_zh
    road = found["roads"].points[0]
    (line,) = db.execute("SELECT geom FROM roads WHERE fid = 1").fetchone()
    assert struct.unpack("<BII4d", line[8:]) == (1, 2, 2, *road[0], *road[1])
    db.close()


def test_a_layer_without_any_number_is_still_a_column() -> None:
    told = {"id": dict.fromkeys(LANGS, "id"), "x": dict.fromkeys(LANGS, "x")}
    layer = Layer("stores", "Point", told, [{"id": "a", "x": None}], [[(121.0, 31.0)]])
    db = sqlite3.connect(":memory:")
    db.deserialize(geopackage([layer]))
    assert db.execute("SELECT id, x, typeof(x) FROM stores").fetchall() == [("a", None, "null")]


@pytest.mark.long
def test_files_that_people_open_begin_with_the_mark_of_utf_8(tmp_path: Path) -> None:
    """Excel and WPS take a CSV file without it for one in GB18030."""
    short = {"settings.duration_h": "2", "settings.start_before_closest_h": "1"}
    results = replicate(sim.load("tiny", short), 2, folder=tmp_path / "out", keep_ledgers=1)
    show(results, "zh")
    found = [p for p in results.folder.rglob("*.csv") if ".parts" not in p.parts]
    assert len(found) > 5
    assert [p.name for p in found if not p.read_bytes().startswith(b"\xef\xbb\xbf")] == []
    assert load(results.folder).run_count == 2
