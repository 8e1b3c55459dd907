"""The document that a new one is written into: an empty one, or an office's own template."""

from __future__ import annotations

import io
import zipfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.sim.scenario.errors import BadInput, bad, shown, worded

if TYPE_CHECKING:
    from docx.document import Document

HERE = "{{anlan}}"  # the paragraph of a template that what is written takes the place of
MOST_MB = 50
TYPES = "[Content_Types].xml"
# what Word calls a template, and the document that is made of one
OF_TEMPLATE, OF_DOCUMENT = (
    f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}.main+xml".encode()
    for kind in ("template", "document")
)


def needed() -> Any:
    """The library of the extra `docx`. Raises BadInput where it is not installed."""
    try:
        return import_module("docx")
    except ImportError:
        raise BadInput(
            worded(
                "writing a .docx document needs {name}; run pip install -e '.[docx]'",
                name="python-docx",
            )
        ) from None


def opened(template: Path | None) -> Document:
    """An empty document, or one of a template. Raises BadInput for what is no .docx."""
    library = needed()
    if template is None:
        empty: Document = library.Document()
        return empty
    data = _bytes(template)
    try:
        document: Document = library.Document(io.BytesIO(_as_document(data)))
        _ = document.sections[-1], document.styles, document.settings
    except Exception:  # whatever a broken package makes the library raise
        raise _no_docx(template) from None
    return document


def _bytes(template: Path) -> bytes:
    file = shown(str(template))
    if not template.exists():
        raise bad(worded("--template: there is no such file; give an office's own .docx"), file)
    try:
        if template.stat().st_size > MOST_MB * 1_000_000:
            raise bad(
                worded(
                    "--template: is larger than {most} MB; give a template without attachments "
                    "and large pictures",
                    most=MOST_MB,
                ),
                file,
            )
        return template.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise bad(worded("--template: cannot be read: {why}", why=why), file) from None


def _as_document(data: bytes) -> bytes:
    """A Word template (.dotx) as the document that Word would make of it; others as they are."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if OF_TEMPLATE not in package.read(TYPES):
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in package.namelist():
                held = package.read(name)
                copy.writestr(
                    name, held.replace(OF_TEMPLATE, OF_DOCUMENT) if name == TYPES else held
                )
    return out.getvalue()


def _no_docx(template: Path) -> BadInput:
    problem = worded(
        "--template: is no .docx document; open it in Word or WPS and save it as .docx"
    )
    return bad(problem, shown(str(template)))


def place_of(document: Document) -> Any:
    """The paragraph of a template that is to be replaced; None where what is written comes last."""
    found = (line for line in document.paragraphs if line.text.strip() == HERE)
    return next(found, None)
