"""How an official document looks (公文, GB/T 9704-2012): page, fonts, page numbers.

The numbers of the styles stand in `styles.csv`, what stands in for a font that is not installed in
`fonts.csv`. Where an office gives a template of its own, its page and styles stay, and only those
that it does not have come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anlan.analysis.document.markup import add_field, add_font, made, put_in, set_fonts
from anlan.analysis.text.data import rows_of

if TYPE_CHECKING:
    from docx.document import Document

# The standard's 5.1 and 5.2: A4, 37 mm above, 28 mm at the binding, a text of 156 mm by 225 mm in
# lines of 22 a page; the number of the page 7 mm below the text.
PAGE_MM = (210, 297)
TEXT_MM = (156, 225)
TOP_MM, LEFT_MM = 37, 28
LINE_PITCH = 579  # of a line, in twentieths of a point: 225 mm over 22 lines
HEADER_MM, FOOTER_MM = 15, 23  # the footer's lower end, so that its text begins 7 mm below
FONT_TABLE = "/word/fontTable.xml"


def dress(document: Document, own: bool) -> None:
    """Give a document its styles, its page and its page numbers; of a template (`own`) only what it
    has not.
    """
    for row in rows_of(__package__, "styles.csv"):
        _style(document, row, keep=own)
    _fonts(document)
    if not own:
        _page(document)
        _languages(document)
    if not own or not _has_footer(document):
        _page_numbers(document, both_sides=not own)


def _style(document: Document, row: Mapping[str, str], keep: bool) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    there = row["style"] in document.styles
    if there and keep:
        return
    kind = WD_STYLE_TYPE.PARAGRAPH if row["kind"] == "paragraph" else WD_STYLE_TYPE.CHARACTER
    style: Any = (
        document.styles[row["style"]] if there else document.styles.add_style(row["style"], kind)
    )
    if row["based_on"]:
        style.base_style = document.styles[row["based_on"]]
    _letters(style, row)
    if row["kind"] == "paragraph":
        _lines(style, row)


def _letters(style: Any, row: Mapping[str, str]) -> None:
    from docx.shared import Pt, RGBColor

    font = style.font
    font.size, font.bold, font.italic = Pt(float(row["size_pt"])), row["bold"] == "yes", False
    font.name = row["latin"]
    font.color.rgb = RGBColor(0, 0, 0)
    set_fonts(style.element.get_or_add_rPr(), row["east_asian"], row["latin"])


def _lines(style: Any, row: Mapping[str, str]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt

    lines = style.paragraph_format
    lines.alignment = getattr(WD_ALIGN_PARAGRAPH, row["align"].upper())
    lines.space_before, lines.space_after = Pt(float(row["before_pt"])), Pt(float(row["after_pt"]))
    if row["line_pt"]:
        lines.line_spacing = Pt(float(row["line_pt"]))
        lines.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    else:  # a picture in a line of fixed height would be cut off
        lines.line_spacing_rule = WD_LINE_SPACING.SINGLE
    properties = style.element.get_or_add_pPr()
    for tag in ("pBdr", "snapToGrid"):  # a title that is underlined is not of the standard
        for old in properties.findall(made(tag).tag):
            properties.remove(old)
    characters = int(row["first_line_chars"])
    lines.first_line_indent = Pt(characters * float(row["size_pt"]))
    indent = properties.find(made("ind").tag)
    indent.set(made("ind", firstLineChars="").keys()[0], str(100 * characters))
    lines.keep_with_next = style.name in ("Heading 1", "anlan figure")
    lines.widow_control = False


def _fonts(document: Document) -> None:
    from lxml import etree

    for part in document.part.package.iter_parts():
        if str(part.partname) == FONT_TABLE:
            table = etree.fromstring(part.blob)
            for row in rows_of(__package__, "fonts.csv"):
                add_font(table, row)
            part._blob = etree.tostring(
                table, xml_declaration=True, encoding="UTF-8", standalone=True
            )


def _page(document: Document) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = (Mm(length) for length in PAGE_MM)
    section.top_margin, section.left_margin = Mm(TOP_MM), Mm(LEFT_MM)
    section.right_margin = Mm(PAGE_MM[0] - LEFT_MM - TEXT_MM[0])
    section.bottom_margin = Mm(PAGE_MM[1] - TOP_MM - TEXT_MM[1])
    section.header_distance, section.footer_distance = Mm(HEADER_MM), Mm(FOOTER_MM)
    grid: Any = made("docGrid", type="lines", linePitch=LINE_PITCH)
    put_in(section._sectPr, grid)


def _languages(document: Document) -> None:
    """That its characters are Chinese: else they take the shapes of another country's."""
    for properties in document.styles.element.iter(made("rPrDefault").tag):
        for language in properties.iter(made("lang").tag):
            language.set(made("lang", eastAsia="").keys()[0], "zh-CN")


def _has_footer(document: Document) -> bool:
    """Whether a template has something below its pages already."""
    return any(
        not section.footer.is_linked_to_previous and _anything(section.footer)
        for section in document.sections
    )


def _anything(footer: Any) -> bool:
    texts = ("".join(node.itertext()).strip() for node in footer._element)
    return any(texts) or bool(list(footer._element.iter(made("fldSimple").tag)))


def _page_numbers(document: Document, both_sides: bool) -> None:
    """— 1 — below each page: to the right on odd pages, to the left on even ones."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    section = document.sections[-1]
    footers: list[tuple[Any, Any]] = [(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)]
    if both_sides:
        document.settings.odd_and_even_pages_header_footer = True
        footers.append((section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in footers:
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0] if footer.paragraphs else footer.add_paragraph()
        line.style = document.styles["anlan page number"]
        line.alignment = side
        # one character from the edge
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        line.add_run("— ")
        add_field(line, "PAGE", "1")
        line.add_run(" —")
