"""What would be enough: what may change, up to how much, at which price; then the answer."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from nicegui import ui

from anlan.analysis.text.numbers import number
from anlan.app.view.panel_results import listed, plain_table

if TYPE_CHECKING:
    from anlan.app.view.tab import Tab

# Columns whose sum over a table may be bought.
LEVERS = (("teams", "members"), ("teams", "boats"), ("stores", "trucks"), ("shelters", "capacity"))
FEWEST_RUNS, USUAL_RUNS, MOST_RUNS = 1_000, 2_000, 20_000  # of a search
NUMBERS = ("today", "enough", "more", "cost")  # columns of the shopping list
MOST = 10_000_000
STEPS = 8  # between today and the most, so that a search ends


class SizePanel:
    """The levers, and what was found."""

    def __init__(self, page: Tab) -> None:
        self.page = page
        self.asked: list[tuple[str, Any, Any, Any]] = []

    def build(self) -> None:
        """Build it."""
        page = self.page
        with ui.element("section").classes("anlan-card"):
            ui.label(page.w("size")).classes("anlan-h")
            ui.label(page.w("size.how")).classes("anlan-note")
            for table, column in LEVERS:
                self._lever(table, column)
            asked = page.w("size.runs")
            self.most = ui.number(asked, value=USUAL_RUNS, min=FEWEST_RUNS, max=MOST_RUNS)
            self.most.props("outlined data-a=size-runs")
            ui.button(page.w("size.start"), icon="search", on_click=self._start).props(
                "no-caps size=lg data-a=size"
            )
        self.box = ui.column().classes("w-full").props("data-a=sized")
        page.on_shown["size"] = self.show
        self.show()

    def _today(self, table: str, column: str) -> int:
        texts = (row.get(column, "") for row in self.page.desk.draft.rows(f"{table}.csv"))
        return sum(int(text) for text in texts if text.isdigit())

    def _lever(self, table: str, column: str) -> None:
        page, today = self.page, self._today(table, column)
        if not today:
            return
        with ui.element("div").classes("anlan-row"):
            box = (
                ui.checkbox(page.w(f"size.{table}.{column}", n=number(today)))
                .props(f"data-a=lever-{table}-{column}")
                .classes("anlan-grow")
            )
            most = ui.number(
                page.w("size.most"), value=2 * today, min=0, max=MOST, precision=0
            ).props("outlined dense")
            cost = ui.number(page.w("size.cost"), value=1, min=0, max=MOST).props("outlined dense")
        self.asked.append((f"{table}.{column}", box, most, cost))

    def _start(self) -> None:
        page = self.page
        rows = []
        for what, box, most, cost in self.asked:
            if box.value:
                today = self._today(*what.split("."))
                upto = max(int(most.value or 0), today)
                step = max(1, (upto - today) // STEPS)
                rows.append([what, "", today, today + step * ((upto - today) // step), step,
                             float(cost.value or 0)])  # fmt: skip
        if not rows:
            ui.notify(page.w("size.none"))
        if not rows or not page.free():
            return
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["what", "where", "at_least", "at_most", "step", "unit_cost"])
        writer.writerows(rows)
        runs = min(max(int(self.most.value or USUAL_RUNS), FEWEST_RUNS), MOST_RUNS)
        page.begin(lambda: page.desk.size(text.getvalue(), runs))

    def show(self) -> None:
        """Show what was found."""
        self.box.clear()
        page, facts = self.page, self.page.desk.sized
        if not facts:
            return
        told = facts["told"][page.lang]
        with self.box, ui.element("section").classes("anlan-card"):
            ui.label(told["headline"]).classes("anlan-h").props("data-a=size-answer")
            if shopping := told["shopping"]:
                heads = [page.w(f"size.head.{k}") for k in ("what", *NUMBERS)]
                rows = [[r["what"], *(number(float(r[k])) for k in NUMBERS)] for r in shopping]
                plain_table(heads, rows)
            listed(told["lines"])


def build(page: Tab) -> None:
    """The panel of what would be enough."""
    SizePanel(page).build()
