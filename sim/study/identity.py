"""Whose runs a folder holds: a stamp that is compared before anything is added to it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.files import write_text
from anlan.sim.study.parts import PARTS, STAMP

MOST_SEED = 2**63 - 1


def check_seed(seed: int) -> None:
    """Raise BadInput for a seed that no stream takes."""
    if not 0 <= seed <= MOST_SEED:
        raise BadInput(f"seed must be a whole number from 0 to 2^63 - 1, not {seed}")


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
        write_text(home / PARTS / STAMP, json.dumps(mine, ensure_ascii=False))
    elif there != mine:
        raise BadInput(
            f"{home}: holds runs of another scenario, seed or setting; choose another folder"
        )


def stamp_of(home: Path) -> dict[str, Any] | None:
    """What a folder's stamp says; None where there is none that can be read.

    Raises OSError where the folder is not ours to read.
    """
    try:
        found = json.loads((home / PARTS / STAMP).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) else None
