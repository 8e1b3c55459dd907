"""A document as a .docx: its blocks written one after the other, whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.document.blocks import (
    Block,
    Cell,
    Content,
    Figure,
    Heading,
    Listed,
    Paragraph,
    Table,
)
from anlan.analysis.document.look import dress
from anlan.analysis.document.markup import (
    add_field,
    clean,
    describe,
    keep_row_whole,
    numbers_itself,
    repeat_head,
    rule_table,
)
from anlan.analysis.document.template import opened, place_of
from anlan.analysis.plots.smaller import smaller
from anlan.analysis.words import trait
from anlan.sim.study import whole

if TYPE_CHECKING:
    from docx.document import Document

EMU_OF_PT = 12_700
CAPTION_ROOM_PT = 96  # below a picture: its caption, of up to four lines
TABLE, FIGURE = "Table", "Figure"  # what the fields count by


def word_bytes(content: Content, lang: str, template: Path | None = None) -> bytes:
    """The document as a .docx, in an office's own template if one is given. Raises BadInput."""
    document = opened(template)
    place = place_of(document) if template is not None else None
    there = list(document.element.body)
    dress(document, own=template is not None)
    properties = document.core_properties
    properties.title, properties.author = clean(content.title), "anlan"
    properties.language = trait("html", lang)
    writer = _Writer(document, lang)
    writer.write(content)
    if place is not None:
        _move(document, there, place)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def write_word(content: Content, file: Path, lang: str, template: Path | None = None) -> None:
    """Write the document as a file, whole or not at all. Raises BadInput."""
    data = word_bytes(content, lang, template)
    with whole(file) as beside:
        beside.write_bytes(data)


def _move(document: Document, there: Sequence[Any], place: Any) -> None:
    """What was written after all that a template holds, to the paragraph that marks its place."""
    known = set(there)
    for element in [e for e in document.element.body if e not in known]:
        place._p.addprevious(element)
    place._p.getparent().remove(place._p)


@dataclass
class _Writer:
    document: Document
    lang: str
    headings: int = 0
    counted: dict[str, int] = field(default_factory=lambda: {TABLE: 0, FIGURE: 0})

    def write(self, content: Content) -> None:
        """The first page, then a new one with the rest."""
        self.document.add_paragraph(clean(content.title), style="Title")
        for paragraph in content.brief:
            self.paragraph(paragraph)
        first = True
        for block in content.parts:
            self.block(block, new_page=first)
            first = False

    def block(self, block: Block, new_page: bool) -> None:
        """One of the blocks; the first stands on a page of its own."""
        writers: dict[type[Any], Callable[[Any], Any]] = {
            Paragraph: self.paragraph, Listed: self.listed, Table: self.table,
            Figure: self.figure,
        }  # fmt: skip
        if isinstance(block, Heading):
            self.heading(block, new_page)
        else:
            writers[type(block)](block)

    def heading(self, heading: Heading, new_page: bool) -> None:
        """A heading with its number."""
        numerals = trait("numerals", self.lang).split()
        text = heading.text
        if not numbers_itself(self.document.styles["Heading 1"]):
            text = trait("heading_number", self.lang, n=numerals[self.headings]) + text
        self.headings += 1
        line = self.document.add_paragraph(clean(text), style="Heading 1")
        line.paragraph_format.page_break_before = new_page

    def paragraph(self, paragraph: Paragraph) -> None:
        """A paragraph, with what is set apart before it."""
        line = self.document.add_paragraph(style="Normal")
        if paragraph.lead:
            line.add_run(clean(paragraph.lead), style="anlan lead")
        line.add_run(clean(paragraph.text))

    def listed(self, listed: Listed) -> None:
        """Texts, a paragraph each with its number."""
        style = "anlan table" if listed.small else "Normal"
        for number, text in enumerate(listed.lines, start=1):
            self.document.add_paragraph(f"{number}. {clean(text)}", style=style)

    def caption(self, kind: str, trait_key: str, text: str) -> Any:
        """A numbered caption."""
        self.counted[kind] += 1
        line = self.document.add_paragraph(style="Caption")
        line.add_run(trait(trait_key, self.lang))
        add_field(line, f"SEQ {kind} \\* ARABIC", str(self.counted[kind]))
        line.add_run(clean(trait("after_number", self.lang) + text))
        return line

    def table(self, table: Table) -> None:
        """A table below its caption, as wide as the text; its head stands on each page."""
        from docx.shared import Emu

        if not table.rows:
            return
        caption = self.caption(TABLE, "table_number", table.caption)
        caption.paragraph_format.keep_with_next = True
        made = self.document.add_table(rows=0, cols=len(table.heads))
        made.autofit = False
        rule_table(made)
        wide, _ = self.room()
        widths = [Emu(int(wide * share)) for share in table.shares]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        head = self.row(made, [Cell(text) for text in table.heads], widths, "anlan table head")
        repeat_head(head)
        for cells in table.rows:
            self.row(made, cells, widths, "anlan table")
        self.document.add_paragraph(style="anlan table")

    def row(self, table: Any, cells: Sequence[Cell], widths: Sequence[Any], style: str) -> Any:
        """A row of a table."""
        row = table.add_row()
        keep_row_whole(row)
        for there, cell, width in zip(row.cells, cells, widths, strict=True):
            there.width = width
            first = there.paragraphs[0]
            first.style = self.document.styles[style]
            first.add_run(clean(cell.text))
            for text in cell.small:
                there.add_paragraph(clean(text), style="anlan small print")
        return row

    def figure(self, figure: Figure) -> None:
        """A picture above its caption, no larger than a page has room for."""
        from docx.shared import Emu

        wide, high = self.room()
        line = self.document.add_paragraph(style="anlan figure")
        picture = line.add_run().add_picture(io.BytesIO(smaller(figure.path)))
        most_high = high - CAPTION_ROOM_PT * EMU_OF_PT
        share = min(1.0, wide / picture.width, most_high / picture.height)
        picture.width, picture.height = (
            Emu(int(length * share)) for length in (picture.width, picture.height)
        )
        describe(picture, f"{figure.title}{trait('colon', self.lang)}{figure.text}")
        title = trait("full_stop", self.lang).join((figure.title, figure.text))
        self.caption(FIGURE, "figure_number", title)

    def room(self) -> tuple[int, int]:
        """Width and height of the text of a page, in English Metric Units."""
        section: Any = self.document.sections[-1]
        wide = section.page_width - section.left_margin - section.right_margin
        return wide, section.page_height - section.top_margin - section.bottom_margin
