"""Teams, stores, shelters and their stock as tables, each with what is wrong beneath it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nicegui import events, ui

from anlan.analysis.text.numbers import number, unit_word
from anlan.analysis.words import trait, words
from anlan.analysis.words.names import name_of, said
from anlan.app.view.draft import SHELTERS, STOCK, STORES, TEAMS, clean
from anlan.app.view.map import place_names
from anlan.sim import need_of_a_day
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from anlan.app.view.tab import Tab

SHOWN = (TEAMS, STORES, SHELTERS)
HIDDEN = ("source", "mark")  # where a row comes from stays as it is
NAMED = "name_"  # how columns of names begin; those in another language are not shown
BETWEEN = re.compile(r"[、;；,，]")
PLACE = "community"
ROWS = 10  # of a table at a time
SHORT = re.compile(r"[，；：（(,;:]")
# How much more than today a slider reaches; where there is none today, so many days for all.
TIMES, DAYS = 4, 3

CELL = """
<q-td :props="props" :data-a="'cell-' + props.col.name + '-' + props.row.id">
  {{ props.value }}
  <q-popup-edit v-if="!props.col.fixed" :model-value="props.row[props.col.name]" v-slot="scope"
     buttons :label-set="props.col.ok" :label-cancel="props.col.cancel"
     @save="(val) => $parent.$emit('edit', {row: props.row.id, column: props.col.name, text: val})">
    <q-input v-model="scope.value" autofocus dense maxlength="300" :label="props.col.about"
       @keyup.enter="scope.set" />
  </q-popup-edit>
</q-td>
"""
REMOVE = """
<q-td :props="props"><q-btn flat round icon="delete" :aria-label="props.col.about"
  @click.stop="() => $parent.$emit('remove', {row: props.row.id})" /></q-td>
"""


def build(page: Tab) -> None:
    """The panel of tables."""
    StockPanel(page).build()
    for file in SHOWN:
        if file in page.desk.draft.tables:
            TablePanel(page, file).build()


class TablePanel:
    """One table, its cells to be changed by a click."""

    def __init__(self, page: Tab, file: str) -> None:
        self.page, self.file = page, file
        table = page.desk.draft.tables[file]
        self.columns = [
            c for c in map(table.column_of, table.header) if c in table.model.model_fields
        ]
        self.shown = [c for c in self.columns if c not in HIDDEN and c != table.key and
                      (not c.startswith(NAMED) or c == NAMED + page.lang)]  # fmt: skip
        self.places = place_names(page.ground, page.lang)

    def build(self) -> None:
        """Build it."""
        page, name = self.page, self.file.removesuffix(".csv")
        with ui.element("section").classes("anlan-card"):
            ui.label(page.w(f"key.{name}")).classes("anlan-h")
            ui.label(page.w("tables.how")).classes("anlan-note")
            find = ui.input(page.w("tables.find")).props(
                f"dense outlined clearable data-a=find-{name}"
            )
            self.table = (
                ui.table(
                    rows=[], columns=self._heads(), row_key="id", pagination={"rowsPerPage": ROWS}
                )
                .props(f"flat dense wrap-cells data-a=table-{name}")
                .classes("w-full")
            )
            find.bind_value_to(self.table, "filter")
            self.table.add_slot("body-cell", CELL)
            self.table.add_slot("body-cell-remove", REMOVE)
            self.table.on("edit", self._edit)
            self.table.on("remove", self._remove)
            self.slips = ui.column().classes("w-full").props(f"data-a=slips-{name}")
        page.on_draft.append(self.show)
        page.on_slips.append(self.show_slips)
        self.show()

    def _heads(self) -> list[dict[str, Any]]:
        page = self.page
        told = {c.name: c for d in described(Scenario) if d.title == self.file for c in d.columns}
        heads: list[dict[str, Any]] = [
            {"name": "line", "field": "line", "label": page.w("tables.line"), "align": "left",
             "fixed": True, "sortable": True}
        ]  # fmt: skip
        for column in self.shown:
            text = said(told[column], page.lang)
            about = f"{text} {unit_word(told[column].unit, page.lang)}".strip()
            heads.append({
                "name": column, "field": column, "align": "left", "sortable": True,
                "label": self._head(column, text), "about": about,
                "ok": page.w("ok"), "cancel": page.w("cancel"),
            })  # fmt: skip
        heads.append(
            {"name": "remove", "field": "remove", "label": "", "about": page.w("tables.remove")}
        )
        return heads

    def _head(self, column: str, text: str) -> str:
        """What a column is called in few words; else how its description begins."""
        short = words().get(f"view.column.{column}", {}).get(self.page.lang)
        return short or SHORT.split(text)[0]

    def show(self) -> None:
        """Show the rows as they are now."""
        self.table.rows = [
            {"id": n, "line": n + 2, **{c: self._said(c, row.get(c, "")) for c in self.shown}}
            for n, row in enumerate(self.page.desk.draft.rows(self.file))
        ]
        self.table.update()

    def show_slips(self) -> None:
        """Show what is wrong with the table, a line each."""
        self.slips.clear()
        with self.slips:
            for line in self.page.slips.get(self.file, []):
                ui.label(line).classes("anlan-slip")

    def _edit(self, e: events.GenericEventArguments) -> None:
        row, column, text = (e.args.get(key) for key in ("row", "column", "text"))
        if isinstance(row, int) and column in self.shown:
            self.page.desk.draft.set_cell(
                self.file, row, str(column), self._meant(str(column), text)
            )
            self.page.changed()

    def _said(self, column: str, text: str) -> str:
        """What a cell holds, in words: the name of a place, a kind of team."""
        if column == PLACE:
            return self.places.get(text, text)
        found = [words().get(f"value.{column}.{part}", {}) for part in text.split(";")]
        if not all(found):
            return text
        return trait("between_names", self.page.lang).join(one[self.page.lang] for one in found)

    def _meant(self, column: str, text: Any) -> str:
        """What was typed, as the file has it."""
        typed = clean("" if text is None else str(text))
        if column == PLACE:
            found = [
                c
                for c in self.page.ground.scenario.communities
                if typed in (self.places[c.community], name_of(c, self.page.lang))
            ]
            return found[0].community if len(found) == 1 else typed
        head = f"value.{column}."
        mine = {key: one for key, one in words().items() if key.startswith(head)}
        known = {text: key.removeprefix(head) for key, one in mine.items() for text in one.values()}
        if not known:
            return typed
        return ";".join(known.get(part.strip(), part.strip()) for part in BETWEEN.split(typed))

    def _remove(self, e: events.GenericEventArguments) -> None:
        row = e.args.get("row")
        if isinstance(row, int):
            self.page.desk.draft.remove(self.file, row)
            self.page.changed()


class StockPanel:
    """What lies in one store or shelter, with a slider an item."""

    def __init__(self, page: Tab) -> None:
        self.page = page
        self.items = {i.item: i for i in page.ground.scenario.items}

    def build(self) -> None:
        """Build it."""
        page, draft = self.page, self.page.desk.draft
        if STOCK not in draft.tables:
            return
        named = {
            r[draft.tables[f].key]: r.get(f"name_{page.lang}") or r[draft.tables[f].key]
            for f in (STORES, SHELTERS)
            for r in draft.rows(f)
        }
        holders = {
            h: named.get(h, h)
            for h in dict.fromkeys(r.get("holder", "") for r in draft.rows(STOCK))
        }
        with ui.element("section").classes("anlan-card"):
            ui.label(page.w("stock")).classes("anlan-h")
            ui.label(page.w("stock.how")).classes("anlan-note")
            self.holder = (
                ui.select(
                    holders,
                    value=next(iter(holders), None),
                    label=page.w("stock.holder"),
                    with_input=True,
                    on_change=lambda: self.show(),
                )
                .props("outlined data-a=holder")
                .classes("w-full")
            )
            self.sliders = ui.column().classes("w-full")
            self.slips = ui.column().classes("w-full").props("data-a=slips-stock")
        page.on_slips.append(self.show_slips)
        self.show()

    def show(self) -> None:
        """Show the sliders of the chosen store."""
        self.sliders.clear()
        with self.sliders:
            for index, row in self.page.desk.draft.stock_of(str(self.holder.value)):
                if row.get("item") in self.items:
                    self._slider(index, row["item"], row.get("quantity", ""))

    def _slider(self, index: int, item: str, text: str) -> None:
        now = int(text) if text.isdigit() else 0
        need = need_of_a_day(self.items[item])
        most = max(
            TIMES * now, int(need * DAYS * min(self.page.ground.scenario.residents, 1000)), 10
        )
        step = max(1, 10 ** (len(str(most)) - 3))
        label = ui.label().props(f"data-a=stock-{item}")

        def moved(value: float | None) -> None:
            amount = min(max(int(value or 0), 0), most)
            self.page.desk.draft.set_cell(STOCK, index, "quantity", str(amount))
            label.text = self._said(item, amount)
            self.page.check_soon()

        label.text = self._said(item, now)
        ui.slider(
            min=0, max=most, step=step, value=min(now, most), on_change=lambda e: moved(e.value)
        ).props(f'data-a=slider-{item} aria-label="{name_of(self.items[item], self.page.lang)}"')

    def _said(self, item: str, amount: int) -> str:
        """How much there is here, and how much in the district, in days of so many people."""
        one, draft = self.items[item], self.page.desk.draft
        texts = (r.get("quantity", "") for r in draft.rows(STOCK) if r.get("item") == item)
        total = sum(int(text) for text in texts if text.isdigit())
        fill = {
            "item": name_of(one, self.page.lang),
            "amount": number(amount),
            "unit": self.page.unit(one.unit),
        }
        need = need_of_a_day(one)
        if not need:
            return self.page.w("stock.plain", **fill)
        return self.page.w(
            "stock.said", here=number(amount / need), all=number(total / need), **fill
        )

    def show_slips(self) -> None:
        """Show what is wrong with the stock, and with what no table holds."""
        self.slips.clear()
        with self.slips:
            for file in (STOCK, "", *(f for f in self.page.slips if f not in (*SHOWN, STOCK, ""))):
                for line in self.page.slips.get(file, []):
                    ui.label(line).classes("anlan-slip")
