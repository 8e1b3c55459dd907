"""scenario.toml of an older format rewritten as text, its comments kept where they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.migrate import FILE, FORMAT, format_of, migrated
from anlan.sim.scenario.toml import HEADER, parse_toml

KEY = re.compile(r"\s*([A-Za-z_]\w*)\s*=")
COMMENT = re.compile(r"#.*$")
BEGINS = ("start", "start_before_closest_h")


def rewritten(folder: Path) -> str | None:
    """The folder's scenario.toml in the newest format; None where it is that already.

    Raises BadInput where the file is written in a way that lines cannot be moved in; it says in
    full what to change by hand.
    """
    toml = parse_toml(folder, FILE, ("format",))
    if format_of(toml) == FORMAT:
        return None
    wanted = migrated(toml, folder).data
    text = _from_1(toml.text, wanted)
    try:
        same = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise BadInput(
            worded(
                "{file}: its lines cannot be moved by itself; {wanted}",
                file=FILE,
                wanted=_by_hand(wanted),
            )
        )
    return text


@dataclass
class _Block:
    """The lines of a `[name]` with its header; of what stands before the first one, no name."""

    name: str
    lines: list[str]

    def add(self, lines: list[str]) -> None:
        """Put lines behind the last one that is neither empty nor a comment."""
        at = max(
            (n for n, line in enumerate(self.lines, 1) if line.strip() and not _is_comment(line)),
            default=len(self.lines),
        )
        self.lines[at:at] = lines


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _from_1(text: str, wanted: Mapping[str, Any]) -> str:
    """The text of a file of format 1 with its lines where format 2 has them."""
    end = "\r\n" if "\r\n" in text else "\n"
    hazards = wanted.get("hazard", {})
    blocks = _blocks(text, end)
    sky = next((kind for kind in hazards if kind not in ("building_fire", "forest_fire")), "")
    named = {sky}
    begins: list[str] = []
    for block in blocks:
        if block.name == "hazard":
            begins = _turn_hazard(block, sky, hazards.get(sky, {}), wanted.get("scenario", {}))
        elif block.name == "fire":
            _turn_fire(block, "building_fire" in hazards)
            named.add("building_fire")
    for block in blocks:
        if block.name == "scenario":
            block.add(begins)
        elif block.name == "hazard":
            more = [kind for kind in hazards if kind not in named]
            block.add([line for kind in more for line in (end, f"[hazard.{kind}]{end}")])
        elif not block.name:
            _say_format(block, end)
    return "".join(line for block in blocks for line in block.lines)


def _blocks(text: str, end: str) -> list[_Block]:
    blocks = [_Block("", [])]
    for line in text.splitlines():
        if header := HEADER.match(line):
            blocks.append(_Block(header[1], []))
        blocks[-1].lines.append(line + end)
    return blocks


def _say_format(block: _Block, end: str) -> None:
    """The format at the top, behind the comments that introduce the file."""
    lines = [line for line in block.lines if not re.match(r"\s*format\s*=", line)]
    while lines and not lines[-1].strip():
        lines.pop()
    block.lines = [*lines, *([end] if lines else []), f"format = {FORMAT}{end}", end]


def _turn_hazard(
    block: _Block, sky: str, keys: Mapping[str, Any], scenario: Mapping[str, Any]
) -> list[str]:
    """Make [hazard] the block of its kind; gives the lines that belong to [scenario]."""
    kept, begins = [block.lines[0].replace("hazard", f"hazard.{sky}", 1)], []
    for line in block.lines[1:]:
        key = found[1] if (found := KEY.match(line)) else ""
        if key in BEGINS and key in scenario:
            begins.append(line.lstrip())
        elif key in keys or not key:
            kept.append(line)
        elif comment := COMMENT.search(line):  # what is said of a key that goes may say more
            kept.append(line[comment.start() :])
    block.lines = kept
    return begins


def _turn_fire(block: _Block, named: bool) -> None:
    """Make [fire] a hazard, or leave only its comments."""
    if named:
        block.lines = [
            line.replace("fire", "hazard.building_fire", 1)
            if n == 0
            else re.sub(r"^(\s*)random_buildings\b", r"\1random", line)
            for n, line in enumerate(block.lines)
        ]
    else:
        block.lines = [line for line in block.lines[1:] if not KEY.match(line)]


def _by_hand(wanted: Mapping[str, Any]) -> str:
    """What to write in place of the hazards of format 1."""
    settings = wanted.get("scenario", {})
    begins = "; ".join(f"{key} = {_toml(settings[key])}" for key in BEGINS if key in settings)
    blocks = "; ".join(
        " ".join([f"[hazard.{kind}]", *(f"{key} = {_toml(v)}" for key, v in keys.items())])
        for kind, keys in wanted.get("hazard", {}).items()
    )
    return worded(
        "write format = {format} at its top, {begins} in [scenario], and in place of [hazard] and "
        "[fire]: {blocks}",
        format=FORMAT,
        begins=begins or "start",
        blocks=blocks,
    )


def _toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return f'"{value}"' if isinstance(value, str) else str(value)
