"""A table that an import replaces is kept beside it, never in place of an earlier one."""

from __future__ import annotations

from pathlib import Path

from anlan.sim.scenario.tables import read_text
from anlan.sim.study import write_table


def set_aside(home: Path, file: str, new: str) -> str:
    """Keep the table that there is as `<table>.before.csv`, or `.before.2.csv` and so on; the name
    of the file with it. Raises OSError.

    `new`: the text that takes its place; where that is the same nothing would be lost.
    """
    stem = file.removesuffix(".csv")
    text, name, number = read_text(home, file) or "", f"{stem}.before.csv", 1
    while (home / name).exists():
        if text == new or (home / name).read_bytes().decode("utf-8-sig", "replace") == text:
            return name
        number += 1
        name = f"{stem}.before.{number}.csv"
    write_table(home / name, text)
    return name
