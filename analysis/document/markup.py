"""What of a .docx python-docx has no words for: fonts by script, fields, repeated heads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# What XML 1.0 cannot hold: control characters, half of a pair, two that are no characters.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SCRIPTS = ("ascii", "hAnsi", "cs")
THEMES = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def clean(text: str) -> str:
    """A text as a document can hold it: what XML has no place for is shown as a replacement."""
    return NO_XML.sub("\ufffd", text)


def made(tag: str, **attributes: object) -> Any:
    """An element `w:<tag>` with attributes `w:<name>`."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element: Any = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def put_in(parent: Any, element: Any) -> None:
    """Put an element into its parent, in place of one of the same tag."""
    for old in parent.findall(element.tag):
        parent.remove(old)
    parent.append(element)


def set_fonts(properties: Any, east_asian: str, latin: str) -> None:
    """The font of each script; the theme's, which would win over them, go."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for theme in THEMES:
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in SCRIPTS:
        fonts.set(qn(f"w:{script}"), latin)
    fonts.set(qn("w:eastAsia"), east_asian)


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """A field with what it shows until it is worked out anew."""
    run = made("r")
    text = made("t")
    text.text = shown
    run.append(text)
    field = made("fldSimple", instr=f" {code} ")
    field.append(run)
    paragraph._p.append(field)


def repeat_head(row: Any) -> None:
    """A table's first row stands on each of its pages."""
    row._tr.get_or_add_trPr().append(made("tblHeader"))


def keep_row_whole(row: Any) -> None:
    """No page ends within a row."""
    row._tr.get_or_add_trPr().append(made("cantSplit"))


def rule_table(table: Any, size_eighths_pt: int = 4) -> None:
    """Thin lines around all cells, whatever the template calls its table styles."""
    lines = made("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        lines.append(made(side, val="single", sz=size_eighths_pt, space=0, color="auto"))
    properties = table._tbl.tblPr
    layout = properties.find(made("tblLayout").tag)  # borders stand before it by the schema
    if layout is not None:
        layout.addprevious(lines)
    else:
        properties.append(lines)


def numbers_itself(style: Any) -> bool:
    """Whether a style gives its paragraphs numbers, as headings of many templates have them."""
    return next(style.element.iter(made("numPr").tag), None) is not None


def describe(picture: Any, text: str) -> None:
    """What a picture shows, for those who cannot see it."""
    picture._inline.docPr.set("descr", clean(text))


def add_font(table: Any, row: Mapping[str, str]) -> None:
    """A font and what stands in for it where it is not installed, in the document's font table."""
    from docx.oxml.ns import qn

    for old in table.findall(qn("w:font")):
        if old.get(qn("w:name")) == row["font"]:
            table.remove(old)
    font = made("font", name=row["font"])
    font.append(made("altName", val=row["instead"]))
    font.append(made("charset", val=row["charset"]))
    font.append(made("family", val=row["family"]))
    font.append(made("pitch", val=row["pitch"]))
    table.append(font)
