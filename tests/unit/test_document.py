"""The document before a meeting: a page that decides, the same numbers everywhere, 公文 layout."""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from PIL import Image

from anlan.analysis.document import template as templates
from anlan.analysis.document.blocks import Content, Figure, Paragraph
from anlan.analysis.document.brief import LINES, brief, head_lines, lines_of, title
from anlan.analysis.document.content import content
from anlan.analysis.document.look import LEFT_MM, PAGE_MM, TEXT_MM, TOP_MM
from anlan.analysis.document.markup import clean
from anlan.analysis.document.word_file import word_bytes
from anlan.analysis.plots.pictures import FIGURES
from anlan.analysis.plots.smaller import LEAST_WIDE_PX, smaller
from anlan.analysis.report.page import told_of
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import amount, ends_text
from anlan.analysis.words import LANGS, trait, word
from anlan.app import browser
from anlan.sim.scenario.schema import Words
from tests.fabricated import district, finished_folder, made_up_ledger
from tests.house import ROOT
from tests.typed import Command, in_folder

ODD = ('=HYPERLINK("x")', "{{anlan}}", "<w:p/>&amp;", "+1 \x07bell", "@SUM(A1)")
SAYS = {"zh": "足够：比现有多花12。", "en": "Enough: 12 more than today."}
PICTURES = {"verdict": (2400, 900), "timeline": (900, 2400)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Made-up runs with odd names, two small pictures and a list of what would be enough."""
    plain = district()
    communities = tuple(
        c.model_copy(update={"name_zh": odd, "name_en": odd})
        for c, odd in zip(plain.communities, ODD, strict=False)
    )
    first = plain.plan.targets[0].model_copy(update={"text": Words(zh=ODD[0], en=ODD[2])})
    plan = plain.plan.model_copy(update={"targets": (first, *plain.plan.targets[1:])})
    rest = plain.communities[len(communities) :]
    scenario = plain.model_copy(update={"communities": (*communities, *rest), "plan": plan})
    ledgers = [made_up_ledger(scenario, seed) for seed in (1, 2, 3)]
    found = finished_folder(tmp_path_factory.mktemp("made") / "up", scenario, ledgers)
    figures = found.folder / FIGURES
    figures.mkdir()
    for lang in LANGS:
        for name, size in PICTURES.items():
            picture = Image.new("RGB", size, "white")
            picture.save(figures / f"{name}.{lang}.png", dpi=(300, 300))
            (figures / f"{name}.{lang}.svg").write_text("<svg/>", encoding="utf-8")
    _write_size(found.folder / "size")
    return found


def _write_size(folder: Path) -> None:
    folder.mkdir()
    told = {"outcome": "enough", "says": SAYS}
    (folder / "size.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    text = "what,zh,en,today,enough,more,unit_cost,cost,price_mark,price_source\n"
    text += "boats,=艇,=boats,2,5,3,4,12,assumption,made up\n"
    (folder / "shopping.csv").write_text("\ufeff" + text, encoding="utf-8")


@pytest.fixture(scope="module")
def documents(results: Results) -> dict[str, Any]:
    """The document of each language, opened again."""
    made = {lang: word_bytes(content(results, lang), lang) for lang in LANGS}
    return {lang: docx.Document(io.BytesIO(data)) for lang, data in made.items()}


@pytest.fixture
def anlan(
    results: Results, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: Any
) -> Command:
    return in_folder(tmp_path, capfd, monkeypatch)


def verdict_table(document: Any, lang: str) -> Any:
    head = word("table.target", lang)
    return next(t for t in document.tables if t.rows[0].cells[0].text == head)


def texts(document: Any) -> list[str]:
    """The texts of the paragraphs, fields among them."""
    return ["".join(t.text or "" for t in p._p.iter(qn("w:t"))) for p in document.paragraphs]


def first_page(document: Any) -> list[str]:
    """The paragraphs before the one that begins a new page."""
    breaks = [bool(p.paragraph_format.page_break_before) for p in document.paragraphs]
    assert sum(breaks) == 1
    return texts(document)[: breaks.index(True)]


# -- what it says ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_verdict_table_has_the_numbers_of_verdict_json(
    results: Results, documents: dict[str, Any], lang: str
) -> None:
    entries = json.loads((results.folder / "verdict.json").read_text(encoding="utf-8"))
    rows = verdict_table(documents[lang], lang).rows[1:]
    assert len(rows) == len(entries) > 3
    on_runs = 0
    for row, entry in zip(rows, entries, strict=True):
        target, rule, estimate, interval, runs, verdict = (c.paragraphs[0].text for c in row.cells)
        share = entry["statistic"].startswith("share_of_runs")
        unit = "share" if share else entry["unit"]
        nan = float("nan")
        assert target == entry[lang]
        assert estimate == amount(
            nan if entry["estimate"] is None else entry["estimate"], unit, lang
        )
        assert amount(entry["limit"], entry["unit"], lang) in rule
        assert verdict == word(f"verdict.{entry['verdict']}", lang)
        if entry["runs"] and entry["low"] is not None:
            on_runs += 1
            assert interval == ends_text(entry["low"], entry["high"], unit, lang)
            assert runs == str(entry["applicable_runs"])
    assert on_runs > 1


def test_both_languages_have_the_same_numbers(documents: dict[str, Any]) -> None:
    """In each table but for units and dates; those of the first page with them."""
    of = {lang: [figures_of(t) for t in documents[lang].tables] for lang in LANGS}
    assert len(of[LANGS[0]]) > 5
    assert of[LANGS[0]] == of[LANGS[1]]


def figures_of(table: Any) -> list[list[str]]:
    """The numbers of a table's cells but the first; months have a name in one language."""
    month = re.compile(r"\d+月|[A-Z][a-z]{2}(?=,)")
    rows = [[month.sub("", c.paragraphs[0].text) for c in row.cells[1:]] for row in table.rows[1:]]
    return [sorted(re.findall(r"\d[\d.,]*\d|\d", " ".join(row))) for row in rows]


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_page_says_what_decides(
    results: Results, documents: dict[str, Any], lang: str
) -> None:
    page = first_page(documents[lang])
    told = told_of(results, lang)
    assert page[0] == word("document.title", lang, name=told["name"])
    assert told["failed"]
    text = "\n".join(page)
    for key in ("verdicts", "breaks", "why", "enough"):
        assert word(f"report.{key}", lang) + trait("colon", lang) in text, key
    assert told["answer"] in text
    assert clean(told["failed"][0]) in text
    first = told["breaks"][0]
    assert all(clean(first[key]) in text for key in ("what", "when", "place", "share"))
    assert clean(told["why"]["sentences"][0]) in text
    assert text.endswith(SAYS[lang])


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_page_holds_whatever_there_is(results: Results, lang: str) -> None:
    """Thirty targets that fail: as many as a page has lines for, and how many more there are."""
    told = told_of(results, lang)
    few = brief(told, lang)
    many = ["a target that is not met " * 3] * 30
    crowded = {**told, "failed": many, "breaks": told["breaks"] * 9,
               "why": {**told["why"], "sentences": [text * 4 for text in many]}}  # fmt: skip
    made = brief(crowded, lang)
    used = head_lines(title(told, lang))
    assert used + sum(map(lines_of, few)) <= LINES
    assert used + sum(map(lines_of, made)) <= LINES
    shown = sum(p.text.count(many[0].strip()) for p in made[:-3])
    more = word("document.more", lang, n=30 - shown, section=word("report.verdicts", lang))
    assert 0 < shown < 30
    assert any(more in p.text for p in made)
    assert len(made) >= 4  # verdict, what broke, why, what would be enough


def test_marks_that_are_wide_in_chinese_count_as_such() -> None:
    """28 characters a line, two of them the indent: quotation marks are characters too."""
    assert lines_of(Paragraph("“" * 26)) == 1
    assert lines_of(Paragraph("字" + "“" * 25)) == 1
    assert lines_of(Paragraph("字" + "“" * 26)) == 2
    assert lines_of(Paragraph("字" * 26 + "字" * 28 + "字")) == 3


def test_without_what_would_be_enough_it_says_how_to_ask(results: Results) -> None:
    told = told_of(results, LANGS[0]) | {"enough": None}
    assert brief(told, LANGS[0])[-1].text == word("document.not_sized", LANGS[0])


@pytest.mark.parametrize("lang", LANGS)
def test_odd_text_is_only_text(results: Results, documents: dict[str, Any], lang: str) -> None:
    """No field, no markup; what XML cannot hold is shown as a replacement."""
    cells = {c.paragraphs[0].text for t in documents[lang].tables for row in t.rows
             for c in row.cells}  # fmt: skip
    target = {"zh": ODD[0], "en": ODD[2]}[lang]
    assert target in cells
    for odd in (ODD[0], ODD[1], ODD[3].replace("\x07", "\ufffd")):
        assert any(odd in text for text in cells), odd
    body = documents[lang].element.body
    codes = {f.get(qn("w:instr")).split()[0] for f in body.iter(qn("w:fldSimple"))}
    assert codes == {"SEQ"}
    assert not list(body.iter(qn("w:hyperlink"), qn("w:instrText")))
    wild = Content("a\x00b", [Paragraph("\ud800\x0b=1+1", "\uffff")], [])
    made = docx.Document(io.BytesIO(word_bytes(wild, lang)))
    assert texts(made) == ["a\ufffdb", "\ufffd\ufffd\ufffd=1+1"]


# -- how it looks ------------------------------------------------------------------------------


def fonts_of(document: Any, style: str) -> dict[str, str]:
    fonts = document.styles[style].element.rPr.rFonts
    assert not [name for name in fonts.attrib if "heme" in name]  # a theme's font would win
    return {name.rpartition("}")[2]: value for name, value in fonts.attrib.items()}


@pytest.mark.parametrize("lang", LANGS)
def test_page_and_letters_are_those_of_the_standard(documents: dict[str, Any], lang: str) -> None:
    document = documents[lang]
    section = document.sections[0]
    wide = section.page_width - section.left_margin - section.right_margin
    high = section.page_height - section.top_margin - section.bottom_margin
    found = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert (*PAGE_MM, TOP_MM, LEFT_MM, *TEXT_MM) == (210, 297, 37, 28, 156, 225)
    for length, of_standard in zip((*found, wide, high), (210, 297, 37, 28, 156, 225), strict=True):
        assert length == pytest.approx(Mm(of_standard), abs=Mm(0.1))  # a file counts in 1/20 pt
    wanted = {"Normal": ("仿宋_GB2312", 16), "Title": ("方正小标宋简体", 22),
              "Heading 1": ("黑体", 16), "anlan lead": ("黑体", 16)}  # fmt: skip
    for style, (font, size) in wanted.items():
        assert fonts_of(document, style)["eastAsia"] == font
        assert document.styles[style].font.size == Pt(size)
    assert document.styles["Normal"].paragraph_format.first_line_indent == Pt(32)
    assert abs(22 * document.styles["Normal"].paragraph_format.line_spacing - Mm(225)) < Mm(1)
    names = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    numerals = trait("numerals", lang).split()
    for numeral, name in zip(numerals, names, strict=False):
        assert name.startswith(trait("heading_number", lang, n=numeral))


def test_a_font_that_is_not_installed_has_one_that_stands_in(results: Results) -> None:
    lang = LANGS[0]
    with zipfile.ZipFile(io.BytesIO(word_bytes(content(results, lang), lang))) as held:
        table = held.read("word/fontTable.xml").decode()
    for font, instead in (("仿宋_GB2312", "仿宋"), ("方正小标宋简体", "宋体")):
        assert f'<w:font w:name="{font}"><w:altName w:val="{instead}' in table


@pytest.mark.parametrize("lang", LANGS)
def test_tables_repeat_their_heads_and_captions_are_numbered(
    documents: dict[str, Any], lang: str
) -> None:
    document = documents[lang]
    for table in document.tables:
        heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert heads == [True] + [False] * (len(heads) - 1)
        assert sum(column.width for column in table.columns) <= Mm(157)
    captions = [text for text, p in zip(texts(document), document.paragraphs, strict=True)
                if p.style.name == "Caption"]  # fmt: skip
    for kind, count in (("table", len(document.tables)), ("figure", len(PICTURES))):
        label = trait(f"{kind}_number", lang)
        numbered = [c for c in captions if c.startswith(label)]
        told = trait("after_number", lang)
        assert [c.partition(told)[0] for c in numbered] == [
            f"{label}{n}" for n in range(1, count + 1)
        ]


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_fit_the_page_and_say_what_they_are(documents: dict[str, Any], lang: str) -> None:
    shapes = list(documents[lang].inline_shapes)
    assert len(shapes) == len(PICTURES)
    for shape, (name, (wide, high)) in zip(shapes, PICTURES.items(), strict=True):
        assert shape.width <= Mm(156.1)
        assert shape.height <= Mm(225.1)
        assert shape.width / shape.height == pytest.approx(wide / high, rel=0.01)
        assert word(f"picture.{name}", lang) in shape._inline.docPr.get("descr")
    figures = [p for p in documents[lang].paragraphs if p.style.name == "anlan figure"]
    assert len(figures) == len(PICTURES)
    assert all(p.style.paragraph_format.keep_with_next for p in figures)
    # in a line of fixed height a picture would be cut off
    assert all(not isinstance(p.style.paragraph_format.line_spacing, int) for p in figures)


def test_a_smaller_picture_is_as_large_on_paper(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    Image.new("RGB", (2 * LEAST_WIDE_PX + 1, 600), "#0072B2").save(path, dpi=(480, 480))
    with Image.open(io.BytesIO(smaller(path))) as made:
        assert made.size == (LEAST_WIDE_PX + 1, 300)
        assert made.info["dpi"][0] == pytest.approx(240, abs=0.1)
        assert max(abs(a - b) for a, b in zip(made.convert("RGB").getpixel((5, 5)),
                                              (0, 0x72, 0xB2), strict=True)) <= 4  # fmt: skip


def test_every_page_has_its_number_on_the_outer_side(documents: dict[str, Any]) -> None:
    document = documents[LANGS[0]]
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer in (section.footer, section.even_page_footer):
        fields = [f.get(qn("w:instr")).strip() for f in footer._element.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE"]
        assert fonts_of(document, footer.paragraphs[0].style.name)["eastAsia"] == "宋体"
    sides = [f.paragraphs[0].alignment for f in (section.footer, section.even_page_footer)]
    assert [side.name for side in sides] == ["RIGHT", "LEFT"]


def test_no_pictures_leaves_them_out(results: Results) -> None:
    made = content(results, LANGS[0], pictures=False)
    assert not [block for block in made.parts if isinstance(block, Figure)]


# -- an office's own template ------------------------------------------------------------------


def office(path: Path, place: bool = True) -> Path:
    """A letterhead with fonts and margins of its own, and a line for who signs."""
    made = docx.Document()
    made.styles["Normal"].font.name = "KaiTi"
    made.styles["Normal"].font.size = Pt(15)
    made.sections[0].left_margin = Mm(40)
    made.sections[0].footer.paragraphs[0].text = "某区应急管理局"
    made.add_paragraph("某区应急管理局文件")
    if place:
        made.add_paragraph(templates.HERE)
    made.add_paragraph("签发：")
    made.save(str(path))
    return path


def test_a_template_keeps_its_page_its_styles_and_what_it_holds(
    results: Results, tmp_path: Path
) -> None:
    lang = LANGS[0]
    wanted = content(results, lang)
    for place in (True, False):
        data = word_bytes(wanted, lang, office(tmp_path / "office.docx", place))
        made = docx.Document(io.BytesIO(data))
        said = texts(made)
        assert said[0] == "某区应急管理局文件"
        assert templates.HERE not in said
        assert said.index("签发：") == (len(said) - 1 if place else 1)
        assert said[1 if place else 2] == wanted.title
        assert made.styles["Normal"].font.name == "KaiTi"
        assert made.styles["Normal"].font.size == Pt(15)
        assert made.sections[0].left_margin == pytest.approx(Mm(40), abs=Mm(0.1))
        assert made.sections[0].footer.paragraphs[0].text == "某区应急管理局"
        assert len(made.tables) > 5
        wide = made.sections[0].page_width - Mm(39.9) - made.sections[0].right_margin
        assert all(shape.width <= wide for shape in made.inline_shapes)
        assert fonts_of(made, "anlan table")["eastAsia"] == "仿宋_GB2312"


def test_a_word_template_is_taken_as_well(results: Results, tmp_path: Path) -> None:
    path, made = office(tmp_path / "office.docx"), tmp_path / "office.dotx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(templates.OF_DOCUMENT, templates.OF_TEMPLATE))
    wild = Content("title", [], [])
    assert "title" in texts(docx.Document(io.BytesIO(word_bytes(wild, LANGS[0], made))))


def bad_templates(folder: Path) -> Iterator[Path]:
    (folder / "text.docx").write_text("not a document", encoding="utf-8")
    (folder / "empty.docx").write_bytes(b"")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with zipfile.ZipFile(folder / "zip.docx", "w") as held:
        held.writestr("a.txt", "a")
    whole = office(folder / "whole.docx").read_bytes()
    (folder / "cut.docx").write_bytes(whole[: len(whole) // 2])
    with (
        zipfile.ZipFile(folder / "whole.docx") as old,
        zipfile.ZipFile(folder / "torn.docx", "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if name == "word/document.xml" else data)
    (folder / "folder.docx").mkdir()
    for name in ("text", "empty", "zip", "cut", "torn", "folder", "missing"):
        yield folder / f"{name}.docx"
    yield folder / "old.doc"
    yield from (ROOT / "tests/workbooks").glob("*.xls")


def test_what_is_no_template_is_one_line(results: Results, anlan: Command, tmp_path: Path) -> None:
    told = 0
    for template in bad_templates(tmp_path):
        found = anlan("document", results.folder, "--template", template, "--out", "new.docx")
        assert found.code == 2, template
        assert found.err.count("\n") == 1, found.err
        assert "--template" in found.err
        assert "Traceback" not in found.err + found.out
        assert not (tmp_path / "new.docx").exists()
        told += 1
    assert told >= 8


# -- as it is typed ----------------------------------------------------------------------------


def test_it_is_written_into_the_folder_and_never_over_an_edited_one(
    results: Results, anlan: Command
) -> None:
    lang = LANGS[0]
    made = results.folder / f"document.{lang}.docx"
    found = anlan("document", results.folder, "--lang", lang)
    assert found.code == 0, found.err
    assert made.name in found.out
    assert texts(docx.Document(str(made)))[0] == content(results, lang).title
    made.write_bytes(b"edited")
    again = anlan("document", results.folder, "--lang", lang)
    assert again.code == 2
    assert again.err.count("\n") == 1
    assert "--overwrite" in again.err
    assert made.read_bytes() == b"edited"
    assert anlan("document", results.folder, "--lang", lang, "--overwrite").code == 0
    assert zipfile.is_zipfile(made)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("--out", "a.doc"), ".docx"),
        (("--pdf", "--out", "a.docx"), ".pdf"),
        (("--pdf", "--template", "a.docx"), "--template"),
    ],
)
def test_what_cannot_be_is_one_line(
    results: Results, anlan: Command, typed: tuple[str, ...], told: str
) -> None:
    found = anlan("document", results.folder, *typed)
    assert found.code == 2
    assert found.err.count("\n") == 1
    assert told in found.err


def test_without_the_extra_one_line_says_what_to_install(
    results: Results, anlan: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(templates, "import_module", missing)
    found = anlan("document", results.folder, "--out", "new.docx")
    assert found.code == 2
    assert found.err.count("\n") == 1
    assert "pip install -e '.[docx]'" in found.err
    assert not (tmp_path / "new.docx").exists()


def test_without_a_browser_one_line_says_what_to_do(
    results: Results, anlan: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "find_browser", lambda: "")
    found = anlan("document", results.folder, "--pdf", "--out", "new.pdf")
    assert found.code == 2
    assert found.err.count("\n") == 1
    assert "Chromium" in found.err
    assert not (tmp_path / "new.pdf").exists()


def test_a_browser_that_prints_nothing_is_one_line(
    results: Results, anlan: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(browser, "find_browser", lambda: str(broken))
    found = anlan("document", results.folder, "--pdf", "--out", "new.pdf")
    assert found.code == 2
    assert found.err.count("\n") == 1
    assert "no display" in found.err
    assert not (tmp_path / "new.pdf").exists()


def test_nobody_imports_the_extra_before_it_is_needed() -> None:
    """Only inside of functions: without it all else works."""
    early = []
    for folder in ("analysis", "app"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                early += [f"{path}: {n}" for n in names if n.split(".")[0] in ("docx", "lxml")]
    assert early == []
