"""What was asked, written down among the parts before the first run.

So that shards can be merged, and a folder gone on with, from the folder alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from anlan.analysis.own.described import declare
from anlan.analysis.study.checked import CheckedStudy, check_study
from anlan.analysis.study.schema import Study
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import (
    PARTS,
    Spoilt,
    check_parts,
    finished,
    mend,
    read_sealed,
    stamp,
    stamp_of,
    write_sealed,
)

ASKED = "asked.json"  # among the parts


def now() -> str:
    """The local time with its offset, as ISO 8601."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def write_asked(home: Path, checked: CheckedStudy, begun: str | None = None) -> None:
    """Write down study, scenario and when it was begun; the first time stands."""
    told = _told(home) or {}
    table = checked.study.design is not None and checked.study.design.kind == "table"
    asked = {
        "begun": begun or told.get("begun") or now(),
        "study": checked.study.model_dump(mode="json"),
        "scenario": checked.scenario.model_dump(mode="json"),
        "own": checked.described(),
        "measures": list(checked.measures),
        "values": checked.variants.values if table else None,  # else the design gives them again
    }
    write_sealed(home / PARTS / ASKED, asked)


def read_asked(home: Path) -> CheckedStudy:
    """The study whose runs a folder holds. Raises BadInput where there is none."""
    path = home / PARTS / ASKED
    told = read_sealed(path)
    if told is None and stamp_of(home) is None:
        raise BadInput(worded("{home}: holds no part of a study", home=home))
    if told is None:
        raise Spoilt(path, worded("name the study's file before the folders"))
    values = told["values"]
    study = Study.model_validate(told["study"])
    declare(told.get("own"), f"{home / PARTS / ASKED}")
    return check_study(
        study,
        Scenario.model_validate(told["scenario"]),
        None if values is None else [tuple(row) for row in values],
        kept=told.get("measures"),
    )


def ledgers_asked(home: Path) -> int | None:
    """Of how many runs the folder's study keeps the ledgers; None where there is no study.

    Raises Spoilt where the folder no more says whose runs it holds.
    """
    outputs = (stamp_of(home) or {}).get("outputs")
    return None if outputs is None else int(outputs["ledgers"])


def when_begun(home: Path) -> str | None:
    """When the study of a folder was begun, as ISO 8601; None where nobody wrote it down."""
    told = _told(home)
    return None if told is None else str(told["begun"])


def _told(home: Path) -> dict[str, Any] | None:
    """What was asked; None where nobody can say: whoever knows the study writes it down again."""
    try:
        return read_sealed(home / PARTS / ASKED)
    except Spoilt:
        return None


def check_shards(checked: CheckedStudy, homes: Sequence[Path]) -> None:
    """Raise BadInput for a folder that holds no sound part of a study's runs."""
    for other in homes:
        there = stamp_of(other)
        if there is None:
            raise BadInput(worded("{other}: holds no part of a study", other=other))
        if there != checked.identity:
            raise BadInput(
                worded(
                    "{other}: holds runs of another study, or of another version of anlan",
                    other=other,
                )
            )
        check_parts(other)


def gather(checked: CheckedStudy, homes: Sequence[Path], home: Path) -> None:
    """Bring the parts of several folders of one study into `home`. Raises BadInput."""
    check_shards(checked, homes)
    stamp(home, checked.identity)
    mend(home)
    for other in homes:
        for chunk in finished(other):
            target = home / PARTS / chunk.name
            if other.resolve() != home.resolve() and not target.exists():
                beside = target.with_name(f".copy-{os.getpid()}-{chunk.name}")
                shutil.copytree(other / PARTS / chunk.name, beside)
                os.replace(beside, target)
    begun = [text for folder in (home, *homes) if (text := when_begun(folder)) is not None]
    write_asked(home, checked, min(begun, key=datetime.fromisoformat) if begun else None)
