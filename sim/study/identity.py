"""Whose runs a folder holds: a stamp that is compared before anything is added to it."""

from __future__ import annotations

import hashlib
import json
from operator import index
from pathlib import Path
from typing import Any

from anlan.sim.scenario.errors import BadInput, shown, worded
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.parts import PARTS, STAMP
from anlan.sim.study.sums import read_sealed, write_sealed

MOST_SEED = 2**63 - 1
LARGEST_COUNT = 10**9  # of runs, seasons, ledgers: more is a slip
MOST_WORKERS = 1024  # each is a process of its own


def check_whole(name: str, value: object, least: int, most: int) -> None:
    """Raise BadInput for what is no whole number from `least` to `most`; true is none, 1.0 is none.

    What Python is called with is checked as the command line checks it.
    """
    try:
        found = None if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        found = None
    if found is None or not least <= found <= most:
        upto = {MOST_SEED: "2^63 - 1", LARGEST_COUNT: f"{LARGEST_COUNT:,}"}.get(most, str(most))
        raise BadInput(
            worded(
                "{name} must be a whole number from {least} to {upto}, not {value}",
                name=name,
                least=least,
                upto=upto,
                value=shown(value),
            )
        )


def check_scenario(scenario: object) -> None:
    """Raise BadInput for what is no scenario, such as its name."""
    if not isinstance(scenario, Scenario):
        raise BadInput(
            worded(
                "give a scenario, anlan.load(<name or folder>), not {scenario}",
                scenario=shown(scenario),
            )
        )


def check_seed(seed: int) -> None:
    """Raise BadInput for a seed that no stream takes."""
    check_whole("seed", seed, 0, MOST_SEED)


def scenario_text(scenario: Scenario) -> str:
    """The whole scenario as one line of sorted JSON."""
    return json.dumps(scenario.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 of the whole scenario, which names it."""
    return hashlib.sha256(scenario_text(scenario).encode()).hexdigest()


def stamp(home: Path, mine: dict[str, Any]) -> None:
    """Say whose runs these are. Raises BadInput in a folder that holds those of another study."""
    there = stamp_of(home)
    if there is None:
        write_sealed(home / PARTS / STAMP, mine)
    elif there != mine:
        what = (
            worded("with other code of a measure, policy or digest of one's own")
            if _only(there, mine, {"own", "digest"})
            else worded("of another scenario, seed or setting")
        )
        raise BadInput(
            worded("{home}: holds runs {what}; choose another folder", home=home, what=what)
        )


def _only(there: dict[str, Any], mine: dict[str, Any], keys: set[str]) -> bool:
    """Whether two stamps differ in nothing else."""
    return {k for k in there.keys() | mine.keys() if there.get(k) != mine.get(k)} <= keys


def stamp_of(home: Path) -> dict[str, Any] | None:
    """What a folder's stamp says; None where there is none.

    Raises Spoilt for one that is damaged, OSError where the folder is not ours to read.
    """
    return read_sealed(home / PARTS / STAMP)
