"""What has a reason not to matter is taken away, halved or doubled together, in a few runs.

Where such runs leave all measures as they are to the bit, none of what was changed in them
matters; else they are split in two and played again, down to single ones. So some dozen runs stand
for hundreds. What two changes do could in principle cancel to the bit; the reasons have to hold
besides, in these runs too (`judged.judge_cell`).
Source: group screening, Watson 1961, Technometrics 3: 371-388.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.capabilities.levels import Cell, levels
from anlan.analysis.capabilities.played import Variant
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

Play = Callable[[Sequence[Variant], int], bool]  # whether all runs of the variants are there


def together(
    scenario: Scenario, cells: Iterable[Cell], level: str
) -> tuple[Scenario, tuple[Cell, ...]]:
    """The scenario with all of these at a level, one upon the other, and those that could be.

    Where a part is at its level already, since the whole that it belongs to is, it counts as well.
    """
    inside = []
    for cell in cells:
        made = levels(scenario, cell, (level,))
        scenario = made.scenarios.get(level, scenario)
        if level not in made.refused:
            inside.append(cell)
    return scenario, tuple(inside)


@dataclass(frozen=True)
class Groups:
    """The scenario of which groups are taken away; `base`: its measures as it is, a row a run."""

    scenario: Scenario
    seed: int
    folder: Path
    base: pd.DataFrame
    play: Play

    def quiet(
        self, wanted: Mapping[Cell, Sequence[str]], runs: int
    ) -> dict[Cell, dict[str, Variant]]:
        """Cell -> level -> the runs that stand for it, of those that move nothing at any level.

        `wanted`: the levels that each cell has. Cells of which not all could be played are missing.
        """
        every = dict.fromkeys(level for found in wanted.values() for level in found)
        left = {level: [tuple(c for c in wanted if level in wanted[c])] for level in every}
        found: dict[Cell, dict[str, Variant]] = {cell: {} for cell in wanted}
        while any(left.values()):
            left = self._round(left, runs, found)
        return {c: found[c] for c in wanted if set(found[c]) == set(wanted[c])}

    def _round(
        self,
        left: Mapping[str, Sequence[tuple[Cell, ...]]],
        runs: int,
        found: Mapping[Cell, dict[str, Variant]],
    ) -> dict[str, list[tuple[Cell, ...]]]:
        """Play each group once, all at once; the halves of those that move anything."""
        made = [(level, *self._made(group, level)) for level in left for group in left[level]]
        if not self.play([variant for _, variant, _ in made], runs):
            return {}
        halves: dict[str, list[tuple[Cell, ...]]] = {level: [] for level in left}
        for level, variant, inside in made:
            if self._still(variant, runs):
                for cell in inside:
                    found[cell][level] = variant
            elif len(inside) > 1:
                middle = len(inside) // 2
                halves[level] += [inside[:middle], inside[middle:]]
        return halves

    def _made(self, group: Sequence[Cell], level: str) -> tuple[Variant, tuple[Cell, ...]]:
        scenario, inside = together(self.scenario, group, level)
        return Variant.of(scenario, self.seed, self.folder), inside

    def _still(self, variant: Variant, runs: int) -> bool:
        """Whether all measures of its runs are those of the scenario as it is, to the bit."""
        return variant.results(runs)[0].equals(self.base.head(runs))
