"""What Python is called with, checked as the command line checks it: each slip in one line."""

from __future__ import annotations

import math
from numbers import Real
from os import PathLike, fspath
from pathlib import Path

from anlan.sim.scenario.errors import BadInput, shown, worded


def check_number(name: str, value: object, above: float, below: float) -> None:
    """Raise BadInput for what is no number between two; true is none."""
    number = math.nan
    if isinstance(value, bool):
        pass
    elif isinstance(value, Real):
        number = float(value)
    if not above < number < below:
        raise BadInput(
            worded(
                "{name} {value}: give a number between {above} and {below}",
                name=name, value=shown(value), above=f"{above:g}", below=f"{below:g}",
            )
        )  # fmt: skip


def texts_given(name: str, value: object) -> tuple[str, ...]:
    """One text, or several, as several. Raises BadInput for anything else."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple | set | frozenset):
        raise _no_texts(name, value)
    for one in value:
        if not isinstance(one, str):
            raise _no_texts(name, one)
    return tuple(value)


def check_digest(value: object) -> None:
    """Raise BadInput for a digest that cannot be called, such as the name of a table."""
    if value is not None and not callable(value):
        raise BadInput(
            worded(
                "digest must be a function of a scenario and its tables, not {value}",
                value=shown(value),
            )
        )


def folder_given(value: object) -> Path | None:
    """A folder that was named, if any was. Raises BadInput for what is no path."""
    if value is None:
        return None
    if isinstance(value, str | PathLike):
        return Path(fspath(value))
    raise BadInput(worded("folder must be the path of one, not {value}", value=shown(value)))


def _no_texts(name: str, value: object) -> BadInput:
    said = worded(
        "{name} must be texts, such as a list of them, not {value}", name=name, value=shown(value)
    )
    return BadInput(said)
