"""`anlan document`: what finished runs say, as a document to put before a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.words import word
from anlan.app.folder import on_disk, path_text, read_whole
from anlan.app.progress import say
from anlan.app.show import console
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study import using

if TYPE_CHECKING:
    from anlan.analysis.results.folder import Results

DOCX, PDF = ".docx", ".pdf"


@dataclass(frozen=True)
class Asked:
    """What was typed: the folder, the file to write, an office's template, and how."""

    folder: Path
    file: Path | None = None
    template: Path | None = None
    pdf: bool = False
    pictures: bool = True
    overwrite: bool = False


def write_document(asked: Asked, lang: str) -> int:
    """Write the document; the exit code. Raises BadInput; then nothing was written."""
    if asked.pdf and asked.template is not None:
        raise BadInput(word("cli.document.template_pdf", lang))
    if not asked.pdf:
        from anlan.analysis.document.template import opened

        opened(asked.template)  # what is wrong is said before any picture is drawn
    file = _file(asked, lang)
    results = read_whole(asked.folder, lang)
    with on_disk(results.folder, lang), using(results.folder):
        if asked.pictures:
            _draw_missing(results, lang)
    with on_disk(file.parent, lang), using(results.folder):
        file.parent.mkdir(parents=True, exist_ok=True)
        if asked.pdf:
            _print(results, file, lang)
        else:
            _write(results, asked, file, lang)
    console().print(word("document.cli", lang, file=path_text(file)), soft_wrap=True, markup=False)
    return 0


def _file(asked: Asked, lang: str) -> Path:
    """Where it goes. Raises BadInput where something is there, or it is called something else."""
    suffix = PDF if asked.pdf else DOCX
    name = "report" if asked.pdf else "document"
    file = asked.file if asked.file is not None else asked.folder / f"{name}.{lang}{suffix}"
    if file.suffix.lower() != suffix:
        raise BadInput(word("cli.document.suffix", lang, file=path_text(file), suffix=suffix))
    there = file.exists() or file.is_symlink()
    if there and (file.is_dir() or not asked.overwrite):
        raise BadInput(word("cli.document.there", lang, file=path_text(file)))
    return file


def _draw_missing(results: Results, lang: str) -> None:
    """Draw the pictures of a language that has none yet."""
    from anlan.analysis.plots.pictures import FIGURES

    if any((results.folder / FIGURES).glob(f"*.{lang}.png")):
        return
    say(word("cli.document.drawing", lang))
    results.plot(lang)


def _write(results: Results, asked: Asked, file: Path, lang: str) -> None:
    from anlan.analysis.document.content import content
    from anlan.analysis.document.word_file import write_word

    write_word(content(results, lang, asked.pictures), file, lang, asked.template)


def _print(results: Results, file: Path, lang: str) -> None:
    """The report as PDF; the report itself is made anew, so that both say the same."""
    from anlan.analysis.report.page import write_report
    from anlan.app.browser import print_pdf

    report = write_report(results, lang)
    print_pdf(report.read_text(encoding="utf-8"), file, report, lang)
