"""The page of a tab: its head, the line that plays, and the panels below."""

from __future__ import annotations

import time

from nicegui import background_tasks, run, ui

from anlan.analysis.words import LANGS, trait
from anlan.app.view import (
    panel_compare,
    panel_map,
    panel_results,
    panel_save,
    panel_size,
    panel_tables,
)
from anlan.app.view.host import Host
from anlan.app.view.look import FACE, PRIMARY, STYLE
from anlan.app.view.tab import USUAL_RUNS, Build, Tab

RUNS = (20, USUAL_RUNS, 200, 500)
PANELS: tuple[tuple[str, Build], ...] = (
    ("map", panel_map.build),
    ("tables", panel_tables.build),
    ("results", panel_results.build),
    ("compare", panel_compare.build),
    ("size", panel_size.build),
    ("save", panel_save.build),
)


async def open_page(host: Host, lang: str) -> None:
    """Build the page for the tab that has just opened, as it was left."""
    client = ui.context.client
    await client.connected()
    desk = host.desks.of(str(client.tab_id))
    desk.clients.add(client.id)
    background_tasks.create(host.pool.get_ready())
    ground = await run.io_bound(host.ground, desk.draft.base)
    if ground is None:  # the server is closing
        return
    tab = Tab(desk, host, lang, ground)

    def heard() -> None:
        with client:
            tab.heard()

    def gone() -> None:
        desk.clients.discard(client.id)
        desk.left = time.monotonic()
        if heard in desk.listeners:
            desk.listeners.remove(heard)

    client.on_delete(gone)
    desk.listeners.append(heard)
    build(tab)


def build(tab: Tab) -> None:
    """Build all that a tab shows."""
    ui.add_css(FACE + STYLE)
    ui.colors(primary=PRIMARY)
    _head(tab)
    with ui.element("main").classes("anlan-main"):
        RunLine(tab).build()
        panel_map.event(tab)
        desk = tab.desk
        first = desk.panel or PANELS[0][0]
        tabs = ui.tabs(on_change=lambda e: setattr(desk, "panel", str(e.value)))
        tabs.classes("anlan-tabs")
        with tabs.props("inline-label outside-arrows mobile-arrows no-caps align=left"):
            made = {}
            for key, _ in PANELS:
                made[key] = ui.tab(key, tab.w(f"tab.{key}")).props(f"data-a=tab-{key}")
        tab.open = tabs.set_value
        with ui.tab_panels(tabs, value=made[first], animated=False).classes("anlan-panels"):
            for key, fill in PANELS:
                with ui.tab_panel(made[key]):
                    fill(tab)


def _head(tab: Tab) -> None:
    with ui.element("header").classes("anlan-head"):
        ui.label(tab.w("title")).classes("anlan-title")
        ui.label(tab.w("subtitle")).classes("anlan-subtitle")
        ui.space()
        for lang in LANGS:
            if lang != tab.lang:
                ui.button(
                    trait("own_name", lang), on_click=lambda to=lang: ui.navigate.to(f"/{to}")
                ).props(f"flat no-caps color=white data-a=lang-{lang}")


class RunLine:
    """How many runs, begin, stop, and how far it is."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    def build(self) -> None:
        """Build it."""
        tab = self.tab
        with ui.element("section").classes("anlan-card anlan-runline"):
            counts = {n: tab.w("runs", n=n) for n in RUNS}
            ui.select(counts, label=tab.w("runs.label")).props("outlined data-a=runs").classes(
                "anlan-runs"
            ).bind_value(tab, "runs")
            self.start = ui.button(tab.w("run"), icon="play_arrow", on_click=self._begin)
            self.start.props("no-caps size=lg data-a=run")
            self.halt = ui.button(tab.w("stop"), icon="stop", color="negative")
            self.halt.on_click(tab.desk.stop).props("no-caps size=lg data-a=stop")
            with ui.element("div").classes("anlan-progress"):
                self.bar = ui.linear_progress(0.0, show_value=False, size="14px")
                self.bar.props("rounded instant-feedback")
                self.state = ui.label().props("data-a=state role=status")
        tab.on_state.append(self.show)
        ui.timer(1.0, self.show)
        self.show()

    def _begin(self) -> None:
        desk = self.tab.desk
        if self.tab.free():
            self.tab.begin(lambda: desk.run(int(self.tab.runs)))
            if desk.busy:
                self.tab.open("results")

    def show(self) -> None:
        """Show how far it is."""
        busy = self.tab.desk.busy
        self.halt.set_visibility(busy)
        self.start.set_enabled(not busy)
        self.state.text = self.tab.state_text()
        self.bar.value = self.tab.share_done()
        self.bar.set_visibility(self.tab.desk.job is not None)
