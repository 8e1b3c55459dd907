"""What is taken along: the plan as a folder or a workbook, the document, the results; and a
workbook of the office brought in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import events, run, ui

from anlan.analysis.words.errors import in_words
from anlan.app.view.desk import safe_name
from anlan.sim.scenario.errors import BadInput, reason

if TYPE_CHECKING:
    from anlan.app.view.tab import Tab

BOOK = "workbook"
MOST_UPLOAD = 20_000_000  # bytes of a workbook


def build(page: Tab) -> None:
    """The panel of saving."""
    with ui.element("section").classes("anlan-card"):
        ui.label(page.w("save")).classes("anlan-h")
        ui.label(page.w("save.how", folder=page.host.home)).classes("anlan-note")
        name = (
            ui.input(page.w("save.name"), value=page.w("save.name_usual"))
            .props("outlined maxlength=60 data-a=save-name")
            .classes("w-full")
        )
        row = ui.element("div").classes("anlan-row")
        said = ui.label().classes("anlan-note").props("data-a=saved role=status")
        with row:
            for kind in ("folder", BOOK):
                button = ui.button(page.w(f"save.{kind}"), icon="save")
                button.props(f"no-caps size=lg data-a=save-{kind}")
                button.on_click(lambda k=kind: _save(page, said, str(name.value or ""), k == BOOK))
    _papers(page)
    _upload(page)


async def _save(page: Tab, said: ui.label, name: str, workbook: bool) -> None:
    try:
        path = await run.io_bound(page.desk.save, name, page.host.home, workbook)
    except BadInput as error:
        page.refuse(error)
        return
    except OSError as error:
        ui.notify(page.w("save.disk", why=in_words(reason(error), page.lang)), type="negative")
        return
    if path is None:  # the server is closing
        return
    said.text = page.w("save.done", path=path)
    if workbook:
        ui.download.content(path.read_bytes(), path.name)


def _papers(page: Tab) -> None:
    with ui.element("section").classes("anlan-card"):
        ui.label(page.w("papers")).classes("anlan-h")
        ui.label(page.w("papers.how")).classes("anlan-note")
        pictures = ui.checkbox(page.w("papers.pictures"), value=False).props("data-a=pictures")
        with ui.element("div").classes("anlan-row"):
            for kind in ("document", "results"):
                ui.button(page.w(f"papers.{kind}"), icon="download",
                          on_click=lambda k=kind: _make(page, k, bool(pictures.value))) \
                    .props(f"no-caps size=lg data-a=get-{kind}")  # fmt: skip


def _make(page: Tab, kind: str, pictures: bool) -> None:
    desk = page.desk
    if not desk.shown or not desk.shown["whole"]:
        ui.notify(page.w("papers.none"))
        return
    if not page.free():
        return
    client = ui.context.client
    base = safe_name(Path(desk.base).name)

    def hand_over(file: Path) -> None:
        if client.id in desk.clients:
            with client:
                ui.download.content(file.read_bytes(), f"{base}-{file.name}")

    page.begin(lambda: desk.papers(kind, pictures, hand_over))


def _upload(page: Tab) -> None:
    with ui.element("section").classes("anlan-card"):
        ui.label(page.w("upload")).classes("anlan-h")
        ui.label(page.w("upload.how", mb=MOST_UPLOAD // 1_000_000)).classes("anlan-note")
        ui.upload(
            label=page.w("upload.choose"),
            auto_upload=True,
            max_file_size=MOST_UPLOAD,
            max_files=1,
            on_upload=lambda e: _take(page, e),
            on_rejected=lambda: ui.notify(
                page.w("upload.large", mb=MOST_UPLOAD // 1_000_000), type="negative"
            ),
        ).props('accept=".xlsx,.xls,.csv" data-a=upload').classes("w-full")


async def _take(page: Tab, e: events.UploadEventArguments) -> None:
    """Read a workbook's rosters into the draft. Its size is counted here, whatever it says."""
    if e.file.size() > MOST_UPLOAD:
        ui.notify(page.w("upload.large", mb=MOST_UPLOAD // 1_000_000), type="negative")
        return
    if not page.free():
        return
    data = await e.file.read()
    suffix = next((s for s in (".xlsx", ".xls", ".csv") if e.file.name.lower().endswith(s)), "")
    if not suffix:
        ui.notify(page.w("upload.kind"), type="negative")
        return
    client = ui.context.client

    def taken(report: Path) -> None:
        if client.id in page.desk.clients:
            with client:
                _taken(page, report)

    page.begin(lambda: page.desk.take_workbook(data, suffix, taken))


def _taken(page: Tab, report: Path) -> None:
    """Say that it was read in, hand over what became of every cell, and show the new plan."""
    with ui.dialog(value=True).props("persistent"), ui.card().props("data-a=taken"):
        ui.label(page.w("upload.done"))
        if report.is_file():
            ui.button(
                page.w("upload.report"),
                icon="download",
                on_click=lambda: ui.download.content(report.read_bytes(), report.name),
            )
        ui.button(page.w("upload.go"), on_click=lambda: ui.navigate.reload()).props("no-caps")
