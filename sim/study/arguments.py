"""What Python is called with, checked as the command line checks it: each slip in one line."""

from __future__ import annotations

import math
from numbers import Real
from os import PathLike, fspath
from pathlib import Path

from anlan.sim.scenario.errors import BadInput, shown


def check_number(name: str, value: object, above: float, below: float) -> None:
    """Raise BadInput for what is no number between two; true is none."""
    number = math.nan
    if isinstance(value, bool):
        pass
    elif isinstance(value, Real):
        number = float(value)
    if not above < number < below:
        raise BadInput(f"{name} {shown(value)}: give a number between {above:g} and {below:g}")


def texts_given(name: str, value: object) -> tuple[str, ...]:
    """One text, or several, as several. Raises BadInput for anything else."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple | set | frozenset):
        raise BadInput(f"{name} must be texts, such as a list of them, not {shown(value)}")
    for one in value:
        if not isinstance(one, str):
            raise BadInput(f"{name} must be texts, such as a list of them, not {shown(one)}")
    return tuple(value)


def folder_given(value: object) -> Path | None:
    """A folder that was named, if any was. Raises BadInput for what is no path."""
    if value is None:
        return None
    if isinstance(value, str | PathLike):
        return Path(fspath(value))
    raise BadInput(f"folder must be the path of one, not {shown(value)}")
