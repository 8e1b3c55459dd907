"""The district on a map: choose scenario and event; move a team, or add one, by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import events, ui

from anlan.analysis.plots.style import INK, ORANGE
from anlan.analysis.words import LANGS
from anlan.analysis.words.names import name_of
from anlan.app.view.draft import CHOSEN, SHELTERS, STORES, TEAMS
from anlan.app.view.map import COLOURS, Sight, drawn, hit, place_names, symbols

if TYPE_CHECKING:
    from anlan.app.view.tab import Tab

SHOWN = (TEAMS, STORES, SHELTERS)
LOOK, MOVE, ADD = "look", "move", "add"
ZOOM = 1.6
FIRES = dict(zip(CHOSEN, ("ignitions", "building_fires"), strict=True))


def event(page: Tab) -> None:
    """The scenario, and of what comes the part that may be chosen."""
    desk, scenario = page.desk, page.ground.scenario
    with ui.element("section").classes("anlan-card anlan-row"):
        ui.select(
            page.host.choices(page.lang),
            value=desk.base,
            label=page.w("scenario"),
            on_change=lambda e: _load(page, e.value),
        ).props("outlined data-a=scenario").classes("anlan-grow")
        storms = {fix.storm: name_of(fix, page.lang) for fix in scenario.tracks}
        if storms:
            own = getattr(scenario.hazards.get("typhoon"), "storm", "") or next(iter(storms))
            ui.select(
                storms,
                value=desk.draft.storm or own,
                label=page.w("storm"),
                on_change=lambda e: _storm(page, e.value if e.value != own else "", storms),
            ).props("outlined data-a=storm").classes("anlan-grow")
        for file, rows in ((f, desk.draft.rows(f)) for f in CHOSEN):
            if len(rows) > 1:
                _fires(page, file, rows)


def _fires(page: Tab, file: str, rows: list[dict[str, str]]) -> None:
    draft = page.desk.draft
    key = draft.tables[file].key
    named = {r[key]: r.get(f"name_{page.lang}") or r[key] for r in rows}
    out = draft.left_out.get(file, frozenset())

    def choose(chosen: list[str]) -> None:
        draft.left_out[file] = frozenset(named) - frozenset(chosen)
        page.changed()

    ui.select(
        named,
        value=[k for k in named if k not in out],
        label=page.w(FIRES[file]),
        multiple=True,
        on_change=lambda e: choose(e.value),
    ).props(f"outlined use-chips data-a={FIRES[file]}").classes("anlan-grow")


def _load(page: Tab, base: Any) -> None:
    """Begin with another of the scenarios that are listed; nothing else is ever loaded."""
    known = base in page.host.choices(page.lang)
    if known and page.free() and page.attempt(lambda: page.desk.load(str(base))):
        ui.navigate.reload()


def _storm(page: Tab, storm: str, storms: dict[str, str]) -> None:
    if not storm or storm in storms:
        page.desk.draft.storm = storm
        page.changed()


class MapPanel:
    """The map, what a click on it does, and what was clicked."""

    def __init__(self, page: Tab) -> None:
        self.page, self.sight = page, Sight()
        self.chosen: tuple[str, str] | None = None
        self.places = place_names(page.ground, page.lang)

    def build(self) -> None:
        """Build map, key and what may be done."""
        page = self.page
        with ui.element("div").classes("anlan-split"):
            with ui.element("section").classes("anlan-card anlan-map"):
                self.picture = (
                    ui.interactive_image(
                        size=page.ground.size,
                        on_mouse=self.clicked,
                        events=["click"],
                        sanitize=False,
                    )
                    .props(f'data-a=map aria-label="{page.w("map")}"')
                    .style("width:100%")
                )
                with ui.element("div").classes("anlan-row"):
                    self._zoom()
                key(page)
            with ui.element("section").classes("anlan-card anlan-side"):
                ui.label(page.w("map.do")).classes("anlan-h")
                self.mode = ui.radio(
                    {m: page.w(f"map.{m}") for m in (LOOK, MOVE, ADD)},
                    value=LOOK,
                    on_change=lambda: self.show(),
                ).props("data-a=mode")
                self.team = (
                    ui.select(
                        self._teams(),
                        label=page.w("map.team"),
                        with_input=True,
                        on_change=lambda e: self._choose(e.value),
                    )
                    .props("outlined data-a=team")
                    .classes("w-full")
                )
                self.name = (
                    ui.input(page.w("map.name"))
                    .props("outlined maxlength=60 data-a=new-name")
                    .classes("w-full")
                )
                self.said = ui.label().classes("anlan-note").props("data-a=map-said role=status")
        page.on_draft.append(self.show)
        self.show()

    def _zoom(self) -> None:
        for icon, factor, what in (("add", ZOOM, "nearer"), ("remove", 1 / ZOOM, "further")):
            ui.button(icon=icon, on_click=lambda f=factor: self._see(self.sight.nearer(f))).props(
                f'flat round aria-label="{self.page.w(f"map.{what}")}" data-a={what}'
            )
        ui.button(self.page.w("map.whole"), on_click=lambda: self._see(Sight())).props(
            "flat no-caps"
        )

    def _see(self, sight: Sight) -> None:
        self.sight = sight if sight.times > 1.0 else Sight()
        self.show()

    def _teams(self) -> dict[str, str]:
        rows = self.page.desk.draft.rows(TEAMS)
        return {
            r["team"]: r.get(f"name_{self.page.lang}") or r["team"] for r in rows if r.get("team")
        }

    def _choose(self, team: str | None) -> None:
        self.chosen = (TEAMS, team) if team else None
        self.show()

    def show(self) -> None:
        """Draw the map as things are now, and say what the next click does."""
        page, draft = self.page, self.page.desk.draft
        tables = {file: draft.rows(file) for file in SHOWN}
        self.picture.content = drawn(page.ground, tables, self.sight, self.chosen, None, page.lang)
        teams = self._teams()
        if self.team.options != teams:
            kept = self.team.value if self.team.value in teams else None
            self.team.set_options(teams, value=kept)
        mode = self.mode.value
        self.team.set_visibility(mode != LOOK)
        self.name.set_visibility(mode == ADD)
        self.said.text = self._said(mode)

    def _said(self, mode: str) -> str:
        page = self.page
        if mode == LOOK:
            return self._about() or page.w("map.look.how")
        if self.chosen is None or self.chosen[0] != TEAMS:
            return page.w(f"map.{mode}.first")
        return page.w(f"map.{mode}.how", team=self._teams().get(self.chosen[1], self.chosen[1]))

    def _about(self) -> str:
        """What is known of the thing that was clicked."""
        if self.chosen is None:
            return ""
        file, id_ = self.chosen
        draft = self.page.desk.draft
        row = next((r for r in draft.rows(file) if r.get(draft.tables[file].key) == id_), None)
        if row is None:
            return ""
        name = row.get(f"name_{self.page.lang}") or id_
        place = self.places.get(row.get("community", ""), row.get("community", ""))
        amount = row.get({TEAMS: "members", STORES: "trucks", SHELTERS: "capacity"}[file], "")
        return self.page.w(
            f"map.about.{file.removesuffix('.csv')}", name=name, place=place, n=amount
        )

    def clicked(self, e: events.MouseEventArguments) -> None:
        """Look at, move or add what the mode says, at the place nearest to the click."""
        at, draft = (e.image_x, e.image_y), self.page.desk.draft
        mode = self.mode.value
        if mode == LOOK:
            tables = {file: draft.rows(file) for file in SHOWN}
            self.chosen = hit(symbols(self.page.ground, tables, self.sight), at)
            if self.chosen is None and self.sight.times > 1.0:
                middle = self.page.ground.middle_at(at, self.sight)
                self.sight = Sight(middle, self.sight.times)
            self.show()
        elif self.chosen is not None and self.chosen[0] == TEAMS:
            place = self.page.ground.nearest(at, self.sight)
            self._put(mode, self.chosen[1], place)

    def _put(self, mode: str, team: str, place: str) -> None:
        draft, page = self.page.desk.draft, self.page
        told = {"team": self._teams().get(team, team), "place": self.places[place]}
        if mode == MOVE:
            draft.move(TEAMS, team, place)
        else:
            index = next((n for n, r in enumerate(draft.rows(TEAMS)) if r["team"] == team), None)
            if index is None:
                return
            name = str(self.name.value or "") or page.w("map.new_name", team=told["team"])
            names = {f"name_{lang}": name for lang in LANGS}
            page.attempt(lambda: draft.add_like(TEAMS, index, names, place))
            told["team"] = name
        page.changed()
        self.said.text = page.w(f"map.{mode}.done", **told)
        ui.notify(self.said.text, type="positive")


def key(page: Tab) -> None:
    """What the symbols mean."""
    shapes = {
        TEAMS: f'<path d="M9 1L17 16L1 16Z" fill="{COLOURS[TEAMS]}"/>',
        STORES: f'<rect x="2" y="2" width="14" height="14" fill="{COLOURS[STORES]}"/>',
        SHELTERS: f'<path d="M9 1L17 8L15 17L3 17L1 8Z" fill="{COLOURS[SHELTERS]}"/>',
        "place": f'<circle cx="9" cy="9" r="5" fill="#fff" stroke="{INK}"/>',
    }
    if page.ground.scenario.ignitions:
        shapes["fire"] = f'<path d="M9 1L17 17L9 12L1 17Z" fill="{ORANGE}" stroke="{INK}"/>'
    parts = []
    for name, shape in shapes.items():
        text = page.w(f"key.{name.removesuffix('.csv')}")
        parts.append(f'<span><svg width="18" height="18">{shape}</svg>{text}</span>')
    ui.html("".join(parts), sanitize=False).classes("anlan-key")


def build(page: Tab) -> None:
    """The panel of the map."""
    MapPanel(page).build()
