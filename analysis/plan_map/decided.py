"""Whether the table of what counts decides that a part of a system moves an outcome."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from anlan.analysis.plan_map.listed import Part

if TYPE_CHECKING:
    import pandas as pd

HELPS = ("helps", "both")  # verdicts of cells in which something moves the right way
# What becomes of people, places and fires. How well a system does its own work (how many calls are
# answered, how soon an engine is there) is no outcome.
OUTCOMES = (
    "harm.*", "rescue.un*", "rescue.never_*", "relief.*", "shortage.*", "evacuation.left_share",
    "evacuation.arrived_share", "evacuation.before_gale_share", "flood.*", "road.cut_off_*",
    "fire.buildings", "fire.burnt_*", "fire.spread_share", "fire.building_deaths", "fire.victims",
    "fire.forest_*", "fire.damage_permille", "fire.out_*", "fire.class_worst", "fire.crew_deaths",
    "arrest.survivors*",
)  # fmt: skip


def is_outcome(measure: str) -> bool:
    """Whether a measure says what became of people or fires."""
    return any(fnmatchcase(measure, pattern) for pattern in OUTCOMES)


def moved(
    part: Part, cells: pd.DataFrame, effects: pd.DataFrame
) -> dict[str, dict[str, list[str]]]:
    """Capability -> scenario -> the outcomes of the part that it moves the right way there."""
    outcomes = [measure for measure in part.measures if is_outcome(measure)]
    right = effects[(effects["way"] == "right") & effects["measure"].isin(outcomes)]
    good = cells[cells["verdict"].isin(HELPS)]
    decided = set(zip(good["scenario"], good["capability"], strict=True))
    found: dict[str, dict[str, list[str]]] = {}
    for capability in part.capabilities:
        mine = right[right["capability"] == capability]
        for scenario, rows in mine.groupby("scenario", sort=False):
            if (scenario, capability) in decided:
                there = set(rows["measure"])
                found.setdefault(capability, {})[str(scenario)] = [
                    measure for measure in outcomes if measure in there
                ]
    return found
