"""Two plans side by side: the scenario as it was, and as it is now, under the same storms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from anlan.app.view.panel_results import chip, listed, plain_table

if TYPE_CHECKING:
    from anlan.app.view.tab import Tab


def build(page: Tab) -> None:
    """The panel of the comparison."""
    with ui.element("section").classes("anlan-card"):
        ui.label(page.w("compare")).classes("anlan-h")
        ui.label(page.w("compare.how")).classes("anlan-note")
        ui.button(page.w("compare.start"), icon="balance", on_click=lambda: _start(page)).props(
            "no-caps size=lg data-a=compare"
        )
    box = ui.column().classes("w-full").props("data-a=compared")

    def show() -> None:
        box.clear()
        with box:
            if page.desk.compared:
                _show(page, page.desk.compared)

    page.on_shown["compare"] = show
    show()


def _start(page: Tab) -> None:
    desk = page.desk
    if not page.free():
        return
    if not desk.draft.is_changed:
        ui.notify(page.w("compare.same"))
        return
    called = (page.w("compare.before"), page.w("compare.after"))
    page.begin(lambda: desk.compare(int(page.runs), called))


def _show(page: Tab, facts: dict[str, Any]) -> None:
    told = facts["told"][page.lang]
    before, after = page.w("compare.before"), page.w("compare.after")
    with ui.element("section").classes("anlan-card"):
        for line in told["warnings"]:
            ui.label(line).classes("anlan-slip")
        ui.label(page.w("compare.differs", n=facts["runs"])).classes("anlan-h")
        listed(told["differs"])
        listed(told["headline"])
    with ui.element("section").classes("anlan-card"):
        ui.label(page.w("compare.verdicts")).classes("anlan-h")
        for row in told["verdicts"]:
            with ui.element("div").classes("anlan-verdict"):
                with ui.element("div").classes("anlan-pair"):
                    for name, text, state in ((before, row["was"], row["was_state"]),
                                              (after, row["now"], row["now_state"])):  # fmt: skip
                        ui.label(name).classes("anlan-note")
                        chip(text, state)
                ui.label(row["text"]).style("font-weight:600")
    heads = [page.w("compare.what"), before, after, page.w("compare.difference"),
             page.w("compare.interval"), page.w("compare.pairs")]  # fmt: skip
    for key in ("targets", "moved"):
        if told[key]:
            with ui.element("section").classes("anlan-card"):
                ui.label(page.w(f"compare.{key}")).classes("anlan-h")
                plain_table(heads, told[key])
