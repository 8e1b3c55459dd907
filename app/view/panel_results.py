"""What came out: verdict, why, what broke, curves, and a run that plays on the map."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from nicegui import ui

from anlan.analysis.plots.style import BLUE, GREY
from anlan.analysis.words import word
from anlan.app.view import panel_map
from anlan.app.view.draft import SHELTERS, STORES, TEAMS
from anlan.app.view.look import FONTS, STATES, UNJUDGED
from anlan.app.view.map import Sight, drawn

if TYPE_CHECKING:
    from anlan.app.view.tab import Tab

FRAME_S = 0.6
SHOWN = (TEAMS, STORES, SHELTERS)


def build(page: Tab) -> None:
    """The panel of results."""
    ResultsPanel(page).build()


class ResultsPanel:
    """What the last play told."""

    def __init__(self, page: Tab) -> None:
        self.page = page

    def build(self) -> None:
        """Build it, and again whenever there is more to show."""
        self.box = ui.column().classes("w-full").props("data-a=results")
        self.page.on_shown["run"] = self.show
        self.page.on_pause.append(self._stale)
        self.show()

    def _stale(self) -> None:
        """Say it where what is shown is not of the draft as it is now."""
        if self.page.desk.shown:
            old = self.page.desk.shown_of != self.page.desk.draft.digest()
            self.old.set_visibility(old)

    def show(self) -> None:
        """Show what is there."""
        self.box.clear()
        page, facts = self.page, self.page.desk.shown
        with self.box:
            if not facts:
                with ui.element("section").classes("anlan-card"):
                    ui.label(page.w("results.none"))
                return
            told = facts["told"][page.lang]
            self.old = ui.label(page.w("results.old")).classes("anlan-card anlan-slip")
            self._stale()
            self._verdicts(facts, told)
            self._why(told)
            if facts["whole"]:
                Curves(page, facts["curves"]).build()
                if facts["frames"]:
                    Playing(page, facts["frames"]).build()

    def _verdicts(self, facts: dict[str, Any], told: dict[str, Any]) -> None:
        page = self.page
        with ui.element("section").classes("anlan-card").props("data-a=verdicts"):
            ui.label(word("report.verdicts", page.lang)).classes("anlan-h")
            ui.label(told["answer"]).props("data-a=answer")
            for text in (
                told["event"],
                "" if facts["whole"] else page.w("results.first", n=facts["runs"]),
            ):
                if text:
                    ui.label(text).classes("anlan-slip")
            for row in told["verdicts"]:
                with ui.element("div").classes("anlan-verdict"):
                    chip(row["verdict"], row["state"])
                    with ui.element("div"):
                        ui.label(row["text"]).style("font-weight:600")
                        ui.label(self._facts(row)).classes("anlan-facts")
                        if row["note"]:
                            ui.label(row["note"]).classes("anlan-note")
            if told["reached"]:
                ui.label(told["reached"]).classes("anlan-note")

    def _facts(self, row: dict[str, str]) -> str:
        lang = self.page.lang
        keys = ("rule", "estimate", "interval", "runs")
        parts = [f"{word(f'table.{k}', lang)} {row[k]}" for k in keys if row[k]]
        return " · ".join(parts)

    def _why(self, told: dict[str, Any]) -> None:
        page = self.page
        with ui.element("section").classes("anlan-card").props("data-a=why"):
            ui.label(word("report.why", page.lang)).classes("anlan-h")
            listed(told["why"] or [page.w("results.no_why")])
            if told["breaks"]:
                ui.label(word("report.breaks", page.lang)).classes("anlan-h")
                listed([word("document.break", page.lang, **row) for row in told["breaks"]])


def chip(text: str, state: str) -> None:
    """A verdict as a coloured sign with its mark and its word."""
    colour, mark = STATES.get(state.replace(" ", "-"), UNJUDGED)
    with ui.element("div"):
        ui.label(f"{mark} {text}").classes("anlan-chip").style(f"background:{colour}")


def listed(lines: list[str]) -> None:
    """Lines as a list."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    ui.html(f'<ul class="anlan-list">{items}</ul>', sanitize=False)


def plain_table(heads: list[str], rows: list[list[str]]) -> None:
    """A table to read, which slides sideways where the window is narrow."""
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in r) + "</tr>" for r in rows
    )
    inner = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    table = f'<table class="anlan-plain">{inner}</table>'
    ui.html(table, sanitize=False).classes("anlan-wide")


class Curves:
    """Stock and people by the hour: the middle of the runs, and nine of ten of them."""

    def __init__(self, page: Tab, curves: dict[str, Any]) -> None:
        self.page, self.curves = page, curves

    def build(self) -> None:
        """Build it."""
        if not self.curves:
            return
        lang = self.page.lang
        names = {
            name: (f"{c['item'][lang]} · " if c["item"] else "") + c["label"][lang]
            for name, c in self.curves.items()
        }
        first = next((n for n in names if n.startswith("at_stores.")), next(iter(names)))
        with ui.element("section").classes("anlan-card").props("data-a=curves"):
            ui.label(self.page.w("curves")).classes("anlan-h")
            ui.select(names, value=first, on_change=lambda e: self._show(e.value)).props(
                "outlined data-a=curve"
            ).classes("w-full")
            self.chart = ui.echart(self._options(first), renderer="svg").style(
                "height:320px;width:100%"
            )
            ui.label(self.page.w("curves.how")).classes("anlan-note")

    def _show(self, name: str) -> None:
        if name in self.curves:
            self.chart.options.clear()
            self.chart.options.update(self._options(name))
            self.chart.update()

    def _options(self, name: str) -> dict[str, Any]:
        curve, lang = self.curves[name], self.page.lang
        looks = (
            ("low", GREY, "dashed", 1),
            ("high", GREY, "dotted", 1),
            ("middle", BLUE, "solid", 3),
        )
        series = [
            {
                "name": self.page.w(f"curves.{key}"), "type": "line", "showSymbol": False,
                "data": list(map(list, zip(curve["hours"], curve[key], strict=True))),
                "lineStyle": {"color": colour, "type": line, "width": wide}, "color": colour,
            }
            for key, colour, line, wide in looks
        ]  # fmt: skip
        return {
            "animation": False,
            "textStyle": {"fontFamily": FONTS},
            "grid": {"left": 8, "right": 16, "top": 44, "bottom": 30, "containLabel": True},
            "legend": {"top": 0, "textStyle": {"fontSize": 14, "fontFamily": FONTS}},
            "tooltip": {"trigger": "axis"},
            "xAxis": {"type": "value", "name": self.page.w("curves.hour"), "nameLocation": "middle",
                      "nameGap": 26, "max": "dataMax"},
            "yAxis": {"type": "value", "name": self.page.unit(curve["unit"])},
            "series": series,
            "aria": {"enabled": True, "label": {"description": curve["label"][lang]}},
        }  # fmt: skip


class Playing:
    """One run on the map, hour by hour."""

    def __init__(self, page: Tab, frames: dict[str, Any]) -> None:
        self.page, self.frames = page, frames

    def build(self) -> None:
        """Build it."""
        page, last = self.page, len(self.frames["hours"]) - 1
        with ui.element("section").classes("anlan-card").props("data-a=playing"):
            ui.label(page.w("playing")).classes("anlan-h")
            ui.label(page.w("playing.how", run=self.frames["run"])).classes("anlan-note")
            with ui.element("div").classes("anlan-row"):
                self.button = ui.button(icon="play_arrow", on_click=self._toggle).props(
                    f'round aria-label="{page.w("playing.play")}" data-a=play'
                )
                self.slider = (
                    ui.slider(min=0, max=last, step=1, value=0, on_change=lambda: self.show())
                    .classes("anlan-grow")
                    .props(f'data-a=hour aria-label="{page.w("curves.hour")}"')
                )
            self.clock = ui.label().style("font-weight:700").props("data-a=clock")
            self.said = ui.label()
            self.picture = ui.interactive_image(size=page.ground.size, sanitize=False).style(
                "width:100%"
            )
            panel_map.key(page)
            ui.label(page.w("playing.key")).classes("anlan-note")
        self.timer = ui.timer(FRAME_S, self._next, active=False)
        self.show()

    def _toggle(self) -> None:
        self.timer.active = not self.timer.active
        self.button.icon = "pause" if self.timer.active else "play_arrow"

    def _next(self) -> None:
        last = len(self.frames["hours"]) - 1
        self.slider.value = 0 if self.slider.value >= last else self.slider.value + 1

    def show(self) -> None:
        """Draw the hour of the slider."""
        page, n = self.page, int(self.slider.value)
        hour = self.frames["hours"][n]
        tables = {file: page.desk.draft.rows(file) for file in SHOWN}
        self.picture.content = drawn(page.ground, tables, Sight(), None, hour, page.lang)
        self.clock.text = self.frames["clocks"][n].replace("T", " ")
        self.said.text = page.w(
            "playing.said", hour=n, wet=len(hour["wet"]), dark=len(hour["dark"]),
            calls=sum(hour["calls"].values()), moving=len(hour["moving"]),
            sheltered=sum(hour["shelters"].values()), closed=len(hour["closed"]),
        )  # fmt: skip
