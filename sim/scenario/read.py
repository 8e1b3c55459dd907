"""A scenario folder -> one frozen Scenario, its rows validated one by one.

`haimen-typhoon` finds a shipped scenario by its name; anything with a slash, or the name of an
existing folder, is a folder of one's own. Only the files of the registry are read. Whether the
parts fit together is asked afterwards, by `anlan.sim.checks.load`, which is what to call.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from anlan import scenarios
from anlan.sim.scenario.errors import (
    DERIVED,
    BadInput,
    Slips,
    bad,
    bad_key,
    nearest,
    no_parameter,
    one_line,
    reason,
    shown,
    worded,
)
from anlan.sim.scenario.migrate import FILE, migrated
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.registry import (
    Block,
    Blocks,
    Entry,
    Grids,
    Kinds,
    Numbers,
    Table,
    entries,
)
from anlan.sim.scenario.rows import make
from anlan.sim.scenario.schema import Parameter, Scenario, Words
from anlan.sim.scenario.tables import FileRows, Remark, read_table
from anlan.sim.scenario.toml import Toml, parse_toml, toml_list, toml_table

SHIPPED = Path(scenarios.__file__).parent


def shipped() -> list[tuple[str, Words, Words]]:
    """(name, title, summary) of each scenario that ships, by name; reads no tables."""
    found = []
    for path in sorted(SHIPPED.glob(f"*/{FILE}")):
        head = tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]
        found.append((path.parent.name, Words(**head["name"]), Words(**head["summary"])))
    return found


def stress_events() -> dict[str, float | None]:
    """name -> return period in years, if one is stated, of each stress event that ships."""
    found = {}
    for path in sorted(SHIPPED.glob(f"*/{FILE}")):
        head = tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]
        if head.get("event") == "stress":
            found[path.parent.name] = head.get("return_period_y")
    return found


def folder_of(name_or_path: str | Path) -> Path:
    """The folder of a scenario. Raises BadInput when there is none."""
    if not isinstance(name_or_path, str | os.PathLike):
        raise BadInput(
            worded("give a scenario's name or folder, not {value}", value=shown(repr(name_or_path)))
        )
    text = os.fspath(name_or_path)
    path = Path(text)
    is_path = isinstance(name_or_path, Path) or "/" in text or os.sep in text
    try:
        if not text.strip() or "\0" in text:
            raise BadInput(
                worded(
                    "no scenario is named {text!r}; {choice}",
                    text=shown(text),
                    choice=_choice(text),
                )
            )
        if not is_path and (SHIPPED / text / FILE).is_file():
            return SHIPPED / text
        if path.is_dir():
            if not (path / FILE).exists():
                raise bad(
                    worded("the folder has no {file}; give a scenario's folder", file=FILE),
                    shown(text),
                )
            return path
    except OSError as error:
        raise BadInput(
            one_line(worded("{text}: cannot be read: {why}", text=shown(text), why=reason(error)))
        ) from None
    if is_path and path.is_file():
        raise BadInput(
            worded("{text}: is a file; give the folder of the scenario", text=shown(text))
        )
    if is_path:
        raise BadInput(
            worded(
                "{text}: there is no such folder; give a scenario's folder or name",
                text=shown(text),
            )
        )
    raise BadInput(
        worded("no scenario is named {text}; {choice}", text=shown(text), choice=_choice(text))
    )


def _choice(text: str) -> str:
    names = [p.parent.name for p in sorted(SHIPPED.glob(f"*/{FILE}"))]
    guess = nearest(text, names)
    listed = worded("anlan list shows those that ship")
    if guess.startswith("did"):
        return worded("{guess} {listed}", guess=guess, listed=listed)
    return worded("{listed}, or give a folder", listed=listed)


@dataclass(frozen=True)
class _Source:
    """A folder that is being read: its TOML files, what was wrong, the lines of its rows."""

    folder: Path
    tomls: dict[str, Toml]
    slips: Slips = field(default_factory=Slips)
    lines: dict[str, Sequence[int]] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    lost: dict[str, Collection[str] | None] = field(default_factory=dict)


def read[S: Scenario](
    folder: Path, kind: type[S], besides: Callable[[S, Places], None] | None = None
) -> tuple[S, Places]:
    """The scenario of a folder, and where its rows and keys stand in the files.

    Every file is read, and the first slip raised with the others beside it. Where there are any,
    `besides` finds further ones in what is left: a scenario that lacks the parts and rows of which
    `Places.lost` tells. Raises BadInput.
    """
    found, slips = entries(kind), Slips()
    remarks: list[Remark] = []
    source = _Source(folder, _tomls(folder, found, remarks, slips), slips, remarks=remarks)
    parts: dict[str, Any] = {}
    for entry in found:
        if not entry.inside:
            _read_part(source, entry, parts)
    at = Places(source.lines, source.tomls, source.headers, tuple(remarks), source.lost)
    if slips.found and besides is not None:
        with slips:
            besides(kind.model_construct(**parts), at)
    slips.raise_first()
    return kind(**parts), at


def _read_part(source: _Source, entry: Entry, parts: dict[str, Any]) -> None:
    """Put what the scenario holds of a part among the others; slips are noted."""
    slips, before = source.slips, len(source.slips.found)
    spoilt = entry.part.file.endswith(".toml") and entry.part.file not in source.tomls
    with slips:
        if not spoilt:
            parts[entry.attribute] = _part(source, entry, parts)
    if spoilt or len(slips.found) > before:
        for one in (entry, *entries(entry.row)):  # a block and the parts that stand in it
            source.lost.setdefault(one.attribute, None)


def _tomls(
    folder: Path, found: Sequence[Entry], remarks: list[Remark], slips: Slips
) -> dict[str, Toml]:
    """The TOML files that the parts stand in, in the newest format.

    Files that are no TOML, and left out, are noted among the slips, as keys are that nobody knows.
    """
    tomls = {}
    for file in dict.fromkeys(e.part.file for e in found if e.part.file.endswith(".toml")):
        keys = [key for e in found if e.part.file == file for key in _keys(e)]
        with slips:
            toml = parse_toml(folder, file, keys, remarks)
            if file == FILE:
                toml = migrated(toml, folder)
                keys.append("format")
            with slips:
                toml.know(keys)
            tomls[file] = toml
    return tomls


def _keys(entry: Entry) -> list[str]:
    """What a part of a TOML file is called at the file's top."""
    return [entry.part.name] if entry.part.name else _own_keys(entry)


def _own_keys(entry: Entry) -> list[str]:
    """The keys of a block that are not parts of their own."""
    inner = {e.attribute for e in entries(entry.row)}
    return [key for key in entry.row.model_fields if key not in inner]


def _part(source: _Source, entry: Entry, before: Mapping[str, Any]) -> Any:
    """What the scenario holds of one part; `before` are those read before it. Raises BadInput."""
    match entry.part:
        case Table():
            return _table(source, entry.attribute, entry.part, entry.row)
        case Numbers():
            return _parameters(source)
        case Grids(rasters=rasters):
            forest = before.get("forest")
            if forest is None or forest.landscape != "grid":
                return {}
            from anlan.sim.scenario.grids import read_grids  # numpy, which lists of names can spare

            return read_grids(source.folder, rasters, (forest.lon, forest.lat))
        case Kinds():
            return _kinds(source.tomls[entry.part.file], entry.part, source.slips)
        case Blocks():
            toml = source.tomls[entry.part.file]
            return toml_list(toml, entry.part.name, entry.row, source.slips)
        case Block():
            return _block(source, entry)
    raise TypeError(f"{entry.attribute}: nobody reads a {type(entry.part).__name__}")


def _table(
    source: _Source, attribute: str, table: Table, row: type[BaseModel]
) -> tuple[BaseModel, ...] | None:
    if table.missing_is_none and not source.folder.joinpath(table.file).is_file():
        return None
    given = read_table(
        source.folder,
        table.file,
        row,
        required=not table.optional,
        at_least=0 if table.optional else table.at_least,
        slips=source.slips,
        remarks=source.remarks,
    )
    nothing = bool(given.written) and not given.rows and not given.lost
    if table.optional and not table.missing_is_none and nothing:
        source.remarks.append(Remark("no_rows", table.file))
    if table.shipped and not given.rows:
        given = read_table(SHIPPED, table.file, row, at_least=table.at_least)
    source.lines[table.file] = given.lines
    if given.lost:
        source.lost[attribute] = given.lost
    source.headers[table.file] = given.written
    return given.rows


def _block(source: _Source, entry: Entry) -> BaseModel | None:
    """A `[name]`, or the keys at the top of a file with the parts that stand in it."""
    toml, name = source.tomls[entry.part.file], entry.part.name
    if name:
        if entry.optional and name not in toml.data:
            return None
        return toml_table(toml, name, entry.row)
    raw = {key: toml.data[key] for key in _own_keys(entry) if key in toml.data}
    for inner in entries(entry.row):
        raw[inner.attribute] = toml_list(toml, inner.part.name, inner.row, source.slips)
    return make(entry.row, raw, lambda key, problem: toml.wrong(problem, "", key))


def _kinds(toml: Toml, part: Kinds, slips: Slips) -> dict[str, BaseModel]:
    """Each `[name.<kind>]` by its kind; those with a slip are noted and left out.

    Raises BadInput where there is none.
    """
    raw = toml.data.get(part.name)
    such = f"[{part.name}.{next(iter(part.kinds))}]"
    if not isinstance(raw, dict) or not raw:
        raise bad_key(
            worded("is missing; name at least one, such as {such}", such=such), toml.file, part.name
        )
    found = {}
    for kind, keys in raw.items():
        with slips:
            found[kind] = _of_kind(toml, part, kind, keys)
    return found


def _of_kind(toml: Toml, part: Kinds, kind: str, keys: Any) -> BaseModel:
    """One `[name.<kind>]`. Raises BadInput."""
    if kind not in part.kinds:
        near = nearest(kind, part.kinds)
        raise toml.wrong(
            worded("no {name} of that kind; {near}", name=part.name, near=near), part.name, kind
        )
    table = f"{part.name}.{kind}"
    if not isinstance(keys, dict):
        raise toml.wrong(worded("is not a table; write [{table}]", table=table), part.name, kind)
    return make(part.kinds[kind].row, keys, partial(_wrong_in, toml, table))


def _wrong_in(toml: Toml, table: str, key: str | None, problem: str) -> BadInput:
    return toml.wrong(problem, table, key)


def _parameters(source: _Source) -> dict[str, Parameter]:
    """The parameters of a run, the scenario's own rows in their place. Raises BadInput.

    Those that only the derivation of the shipped tables reads are not among them.
    """
    found = {k: p for k, p in shipped_parameters().items() if not k.startswith(DERIVED)}
    file = "parameters.csv"
    own = read_table(source.folder, file, Parameter, required=False, remarks=source.remarks)
    seen: set[str] = set()
    for line, row in zip(own.lines, own.rows, strict=True):
        with source.slips:
            if row.name not in found:
                raise bad(no_parameter(row.name, found), own.file, line, "name")
            if row.name in seen:
                problem = worded("{name} is there twice; keep one", name=row.name)
                raise bad(problem, own.file, line, "name")
            seen.add(row.name)
            _within_shipped(row, found[row.name], own.file, line)
            found[row.name] = row
    return found


def _within_shipped(own: Parameter, ships: Parameter, file: str, line: int) -> None:
    """Refuses a range wider than the shipped one, beyond which a number has no meaning.

    Raises BadInput.
    """
    for column in ("value", "low", "high"):
        given = getattr(own, column)
        if not ships.low <= given <= ships.high:
            problem = worded(
                "{given:g} is outside the range of {name}; give {low:g} to {high:g}",
                given=given,
                name=own.name,
                low=ships.low,
                high=ships.high,
            )
            raise bad(problem, file, line, column)


def shipped_parameters() -> dict[str, Parameter]:
    """Every parameter of `scenarios/parameters/*.csv` by its name. Raises BadInput."""
    folder = SHIPPED / "parameters"
    files = [(path, path.stat()) for path in sorted(folder.glob("*.csv"))]
    return dict(_parameters_of(tuple((p, s.st_mtime_ns, s.st_size) for p, s in files)))


@lru_cache(maxsize=2)
def _parameters_of(files: tuple[tuple[Path, int, int], ...]) -> Mapping[str, Parameter]:
    """Those of some files, (path, when it was written, its size): every scenario reads them."""
    found: dict[str, Parameter] = {}
    for path, _, _ in files:
        table: FileRows[Parameter] = read_table(SHIPPED, f"parameters/{path.name}", Parameter)
        for line, row in zip(table.lines, table.rows, strict=True):
            if row.name in found:
                raise bad(
                    worded("{name} is there twice; keep one", name=row.name),
                    table.file,
                    line,
                    "name",
                )
            if not row.name.startswith(f"{path.stem}."):
                raise bad(
                    worded("{name} must begin with {stem}.", name=row.name, stem=path.stem),
                    table.file,
                    line,
                    "name",
                )
            found[row.name] = row
    return found
