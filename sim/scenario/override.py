"""A scenario changed in memory: `--set key=value` and `scenario.replace(...)`.

Keys: settings.duration_h, hazard.storm, policy.dispatch, parameters.<name>,
stock.<holder>.<item>, and <table>.<id>.<column> for towns, communities, roads, teams, stores,
shelters, items, building_classes, building_fires, ignitions, watch_points, peaks, fuels, belts,
water_points, response (by level) and target (by id). The changed whole is validated again.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from anlan.sim.scenario.check import check
from anlan.sim.scenario.errors import BadInput, nearest, no_parameter, one_line, shown
from anlan.sim.scenario.schema import Scenario, Stock
from anlan.sim.scenario.tables import is_many, is_optional, make

BLOCKS = ("settings", "hazard", "policy", "fire", "forest")
# section -> (attribute of Scenario, field that names a row)
TABLES = {
    "towns": ("towns", "town"),
    "communities": ("communities", "community"),
    "roads": ("roads", "road"),
    "teams": ("teams", "team"),
    "stores": ("stores", "store"),
    "shelters": ("shelters", "shelter"),
    "items": ("items", "item"),
    "response": ("responses", "level"),
    "triggers": ("triggers", "trigger"),
    "building_classes": ("building_classes", "building_class"),
    "building_fires": ("building_fires", "fire"),
    "ignitions": ("ignitions", "ignition"),
    "watch_points": ("watch_points", "watch"),
    "peaks": ("peaks", "peak"),
    "fuels": ("fuels", "fuel"),
    "belts": ("belts", "belt"),
    "water_points": ("water_points", "point"),
}
SECTIONS = (*BLOCKS, *TABLES, "parameters", "stock", "target")
Changes = dict[str, dict[Any, Any]]


def override(scenario: Scenario, overrides: Mapping[str, str]) -> Scenario:
    """The scenario with `key=value` texts applied. Raises BadInput that names the key."""
    changes: Changes = {}
    for key, value in overrides.items():
        _sort_in(changes, scenario, key, value)
    told = ", ".join(f"{shown(k)}={shown(v)}" for k, v in overrides.items())
    try:
        return replace(scenario, **changes)
    except BadInput as error:
        raise BadInput(one_line(f"--set {told}: {error}")) from None


def _sort_in(changes: Changes, scenario: Scenario, key: str, value: str) -> None:
    """Put one `key=value` where `replace` expects it."""
    section, _, rest = key.strip().partition(".")
    if section not in SECTIONS:
        raise _unknown(key, f"no section {shown(section)}; {nearest(section, SECTIONS)}")
    if not rest:
        raise _unknown(key, f"the key stops short; write {_shape(section)}")
    into = changes.setdefault(section, {})
    if section in BLOCKS or section == "parameters":
        into[rest] = value
        return
    name, _, column = rest.rpartition(".")
    if not name:
        raise _unknown(key, f"the key stops short; write {_shape(section)}")
    if section == "stock":
        into[(name, column)] = value
    else:
        into.setdefault(name, {})[column] = value


def _shape(section: str) -> str:
    if section in BLOCKS:
        return f"{section}.<key>=<value>"
    shapes = {
        "parameters": "parameters.<name>",
        "stock": "stock.<store or shelter>.<item>",
    }
    return f"{shapes.get(section, f'{section}.<id>.<column>')}=<value>"


def _unknown(key: str, problem: str) -> BadInput:
    return BadInput(one_line(f"--set {shown(key)}: {problem}"))


def replace(scenario: Scenario, **changes: Mapping[Any, Any]) -> Scenario:
    """The scenario with the changes, checked anew; the given one stays as it is.

    stock={("haimen-store", "water_ml"): 90_000}, teams={"t1": {"members": 40}},
    parameters={"wind.air_density_kg_m3": 1.2}, settings={"duration_h": 48},
    hazard={"storm": "lekima-2019"}, policy={...}, and so on for the other tables.
    Raises BadInput.
    """
    parts: dict[str, Any] = {}
    for section, change in changes.items():
        if section not in SECTIONS:
            raise BadInput(f"no section {shown(section)}; {nearest(section, SECTIONS)}")
        if section in BLOCKS and getattr(scenario, section) is None:
            raise BadInput(f"this scenario has no [{section}] to change")
        if section in BLOCKS:
            parts[section] = _changed(getattr(scenario, section), change, section)
        elif section == "parameters":
            parts["parameters"] = _with_parameters(scenario, change)
        elif section == "stock":
            parts["stock"] = _with_stock(scenario, change)
        elif section == "target":
            targets = _with_rows(scenario.plan.targets, "id", change, section)
            parts["plan"] = scenario.plan.model_copy(update={"targets": targets})
        else:
            attribute, key = TABLES[section]
            parts[attribute] = _with_rows(getattr(scenario, attribute), key, change, section)
    changed = scenario.model_copy(update=parts)
    check(changed)
    return changed


def _changed[B: BaseModel](row: B, change: Mapping[str, Any], where: str) -> B:
    """A row with some fields changed and everything validated again."""
    fields = type(row).model_fields
    raw = dict(row)
    for column, value in change.items():
        if column not in fields:
            raise BadInput(f"{where}: no key {shown(column)}; {nearest(column, fields)}")
        raw[column] = _typed(value, fields[column].annotation)
    return make(
        type(row),
        raw,
        lambda column, problem: BadInput(f"{where}{'.' + column if column else ''}: {problem}"),
    )


def _typed(value: Any, annotation: Any) -> Any:
    """A text from the command line as a cell of a table would be read."""
    if not isinstance(value, str):
        return value
    if is_many(annotation):
        return tuple(w.strip() for w in value.split(";") if w.strip())
    if typing.get_origin(annotation) is typing.Literal:  # of numbers, as tick_min
        return next((a for a in typing.get_args(annotation) if str(a) == value.strip()), value)
    return None if value == "" and is_optional(annotation) else value


def _with_rows[B: BaseModel](
    rows: tuple[B, ...], key: str, change: Mapping[str, Mapping[str, Any]], section: str
) -> tuple[B, ...]:
    names = {str(getattr(row, key)) for row in rows}
    for name in change:
        if name not in names:
            raise BadInput(f"{section}: no {key} {shown(name)}; {nearest(str(name), names)}")
    return tuple(
        _changed(row, change[name], f"{section}.{name}")
        if (name := str(getattr(row, key))) in change
        else row
        for row in rows
    )


def _with_parameters(scenario: Scenario, change: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(scenario.parameters)
    for name, value in change.items():
        if name not in found:
            raise BadInput(f"parameters: {no_parameter(name, found)}")
        found[name] = _changed(found[name], {"value": value}, f"parameters.{name}")
    return found


def _with_stock(scenario: Scenario, change: Mapping[tuple[str, str], Any]) -> tuple[Stock, ...]:
    """Stock rows with new quantities; a holder's first row of an item is added at the end."""
    left = dict(change)
    rows = []
    for row in scenario.stock:
        where = f"stock.{row.holder}.{row.item}"
        here = (row.holder, row.item)
        rows.append(_changed(row, {"quantity": left.pop(here)}, where) if here in left else row)
    for (holder, item), quantity in left.items():
        raw = {
            "holder": holder,
            "item": item,
            "quantity": quantity,
            "mark": "assumption",
        }
        where = f"stock.{holder}.{item}"
        rows.append(make(Stock, raw, lambda _, problem, w=where: BadInput(f"{w}: {problem}")))
    return tuple(rows)
