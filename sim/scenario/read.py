"""A scenario folder -> one frozen, validated Scenario.

`load("haimen-typhoon")` finds a shipped scenario by its name; anything with a slash, or the
name of an existing folder, is a folder of one's own. Only the files named here are read.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from anlan import scenarios
from anlan.sim.scenario.check import Lines, check
from anlan.sim.scenario.errors import DERIVED, BadInput, bad, nearest, no_parameter, one_line, shown
from anlan.sim.scenario.schema import (
    Assumption,
    Belt,
    BuildingClass,
    BuildingFire,
    Community,
    FireSettings,
    Fix,
    Forest,
    Fuel,
    GaugeHour,
    Hazard,
    Ignition,
    Item,
    Parameter,
    Peak,
    Plan,
    Policy,
    Response,
    Road,
    Row,
    Scenario,
    Settings,
    Shelter,
    Stock,
    Store,
    Target,
    Team,
    Town,
    Trigger,
    WatchPoint,
    WaterPoint,
    WeatherHour,
    Words,
)
from anlan.sim.scenario.tables import (
    Table,
    make,
    read_table,
    read_text,
    read_toml,
    toml_list,
    toml_table,
)

SHIPPED = Path(scenarios.__file__).parent
FILE = "scenario.toml"


class _PlanHead(Row):
    title: Words
    source: str


def load(name_or_path: str | Path, overrides: Mapping[str, str] | None = None) -> Scenario:
    """The scenario of a shipped name or of a folder, with `--set` overrides. Raises BadInput."""
    from anlan.sim.scenario.override import override

    scenario = _read(folder_of(name_or_path))
    return override(scenario, overrides) if overrides else scenario


def shipped() -> list[tuple[str, Words, Words]]:
    """(name, title, summary) of each scenario that ships, by name; reads no tables."""
    found = []
    for path in sorted(SHIPPED.glob(f"*/{FILE}")):
        head = tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]
        found.append((path.parent.name, Words(**head["name"]), Words(**head["summary"])))
    return found


def folder_of(name_or_path: str | Path) -> Path:
    """The folder of a scenario. Raises BadInput when there is none."""
    text = os.fspath(name_or_path)
    path = Path(text)
    is_path = isinstance(name_or_path, Path) or "/" in text or os.sep in text
    try:
        if not text.strip() or "\0" in text:
            raise BadInput(f"no scenario is named {shown(text)!r}; {_choice(text)}")
        if not is_path and (SHIPPED / text / FILE).is_file():
            return SHIPPED / text
        if path.is_dir():
            if not (path / FILE).exists():
                raise bad(f"the folder has no {FILE}; give a scenario's folder", shown(text))
            return path
    except OSError as error:
        raise BadInput(one_line(f"{shown(text)}: cannot be read: {error.strerror}")) from None
    if is_path:
        raise BadInput(f"{shown(text)}: there is no such folder; give a scenario's folder or name")
    raise BadInput(f"no scenario is named {shown(text)}; {_choice(text)}")


def _choice(text: str) -> str:
    names = [p.parent.name for p in sorted(SHIPPED.glob(f"*/{FILE}"))]
    guess = nearest(text, names)
    listed = f"shipped: {', '.join(names)}"
    return f"{guess} {listed}" if guess.startswith("did") else f"{listed}, or give a folder"


def _read(folder: Path) -> Scenario:
    toml = read_toml(folder, FILE, ("scenario", "hazard", "policy", "response", "fire", "forest"))
    plan = read_toml(folder, "plan.toml", ("title", "source", "target"))
    towns = read_table(folder, "towns.csv", Town, at_least=1)
    communities = read_table(folder, "communities.csv", Community, at_least=1)
    roads = read_table(folder, "roads.csv", Road)
    teams = read_table(folder, "teams.csv", Team)
    stores = read_table(folder, "stores.csv", Store)
    shelters = read_table(folder, "shelters.csv", Shelter)
    stock = read_table(folder, "stock.csv", Stock)
    tracks = read_table(folder, "tracks.csv", Fix, required=False)
    weather = read_table(folder, "weather.csv", WeatherHour, required=False)
    gauge = read_table(folder, "gauge.csv", GaugeHour, required=False)
    building_fires = read_table(folder, "building_fires.csv", BuildingFire, required=False)
    ignitions = read_table(folder, "ignitions.csv", Ignition, required=False)
    watch_points = read_table(folder, "watch_points.csv", WatchPoint, required=False)
    peaks = read_table(folder, "peaks.csv", Peak, required=False)
    belts = read_table(folder, "belts.csv", Belt, required=False)
    water_points = read_table(folder, "water_points.csv", WaterPoint, required=False)
    forest = toml_table(toml, "forest", Forest) if "forest" in toml.data else None
    assumptions = read_table(folder, "assumptions.csv", Assumption)
    items = read_table(folder, "items.csv", Item, required=False)
    if not items.rows:
        items = read_table(SHIPPED, "items.csv", Item, at_least=1)
    triggers = read_table(folder, "triggers.csv", Trigger, required=False)
    if not triggers.rows:
        triggers = read_table(SHIPPED, "triggers.csv", Trigger, at_least=1)
    classes = read_table(folder, "building_classes.csv", BuildingClass, required=False)
    if not classes.rows:
        classes = read_table(SHIPPED, "building_classes.csv", BuildingClass, at_least=1)
    head = {k: v for k, v in plan.data.items() if k != "target"}
    plan_head = make(_PlanHead, head, lambda key, problem: plan.wrong(problem, "", key))
    scenario = Scenario(
        settings=toml_table(toml, "scenario", Settings),
        hazard=toml_table(toml, "hazard", Hazard),
        policy=toml_table(toml, "policy", Policy),
        responses=toml_list(toml, "response", Response),
        triggers=triggers.rows,
        parameters=_parameters(folder),
        items=items.rows,
        towns=towns.rows,
        communities=communities.rows,
        roads=roads.rows,
        teams=teams.rows,
        stores=stores.rows,
        shelters=shelters.rows,
        stock=stock.rows,
        tracks=tracks.rows,
        gauge=gauge.rows,
        weather=weather.rows,
        fire=toml_table(toml, "fire", FireSettings) if "fire" in toml.data else FireSettings(),
        building_classes=classes.rows,
        building_fires=building_fires.rows,
        forest=forest,
        ignitions=ignitions.rows,
        watch_points=watch_points.rows,
        peaks=peaks.rows,
        fuels=_fuels(folder) if forest else (),
        belts=belts.rows,
        water_points=water_points.rows,
        grids=_grids(folder) if forest and forest.landscape == "grid" else {},
        assumptions=assumptions.rows,
        plan=Plan(
            title=plan_head.title,
            source=plan_head.source,
            targets=toml_list(plan, "target", Target),
        ),
    )
    tables = (
        towns,
        communities,
        roads,
        teams,
        stores,
        shelters,
        stock,
        tracks,
        gauge,
        weather,
        items,
        triggers,
        classes,
        building_fires,
        ignitions,
        watch_points,
        peaks,
        belts,
        water_points,
    )
    check(
        scenario,
        Lines({t.file: t.lines for t in tables}, {FILE: toml, "plan.toml": plan}),
    )
    return scenario


def _fuels(folder: Path) -> tuple[Fuel, ...]:
    """The folder's own fuels, else the shipped ones. Raises BadInput."""
    from anlan.sim.place.landscape.fuels import read_fuels

    return read_fuels(folder).rows


def _grids(folder: Path) -> dict[str, str]:
    """The landscape's grids as ESRI ASCII text, whatever kind of file they are. Raises BadInput."""
    from anlan.sim.place.landscape.grids import as_ascii_grid, read_grid

    found = {}
    for name in ("elevation", "fuel", "moisture"):
        tif = next((f for f in (f"{name}.tif", f"{name}.tiff") if (folder / f).exists()), None)
        if tif is not None:
            found[f"{name}.asc"] = as_ascii_grid(read_grid(folder, tif))
            continue
        text = read_text(folder, f"{name}.asc")
        if text is not None:
            found[f"{name}.asc"] = text
        elif name != "moisture":
            raise bad("the file is missing; give an ESRI ASCII grid", f"{name}.asc")
    return found


def _parameters(folder: Path) -> dict[str, Parameter]:
    """The parameters of a run, the scenario's own rows in their place. Raises BadInput.

    Those that only the derivation of the shipped tables reads are not among them.
    """
    found = {k: p for k, p in shipped_parameters().items() if not k.startswith(DERIVED)}
    own = read_table(folder, "parameters.csv", Parameter, required=False)
    seen: set[str] = set()
    for line, row in zip(own.lines, own.rows, strict=True):
        if row.name not in found:
            raise bad(no_parameter(row.name, found), own.file, line, "name")
        if row.name in seen:
            raise bad(f"{row.name} is there twice; keep one", own.file, line, "name")
        seen.add(row.name)
        found[row.name] = row
    return found


def shipped_parameters() -> dict[str, Parameter]:
    """Every parameter of `scenarios/parameters/*.csv` by its name. Raises BadInput."""
    found: dict[str, Parameter] = {}
    for path in sorted((SHIPPED / "parameters").glob("*.csv")):
        table: Table[Parameter] = read_table(SHIPPED, f"parameters/{path.name}", Parameter)
        for line, row in zip(table.lines, table.rows, strict=True):
            if row.name in found:
                raise bad(f"{row.name} is there twice; keep one", table.file, line, "name")
            if not row.name.startswith(f"{path.stem}."):
                raise bad(f"{row.name} must begin with {path.stem}.", table.file, line, "name")
            found[row.name] = row
    return found
