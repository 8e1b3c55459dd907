"""Runs of a scenario at any point, left on disk as the parts of a study.

A point and a block of seeds are one variant, whose number tells both; so each finished chunk is a
part like any other, appears by one rename, and whoever was killed goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from anlan.analysis.digests.digest import RunDigest
from anlan.analysis.own.described import identities
from anlan.analysis.own.measures import OwnMeasure, own_measures
from anlan.analysis.sizing.levers import Lever, with_amounts
from anlan.analysis.sizing.may_change import Choice
from anlan.analysis.sizing.needs import NEEDS, needs
from anlan.analysis.sizing.problem import Goal, Point
from anlan.analysis.sizing.targets import Targets, goal_of
from anlan.analysis.statistics.sequences import Floats
from anlan.analysis.verdict.target import good_runs
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study import (
    PARTS,
    Batch,
    Carried,
    Chunk,
    OwnPolicy,
    Player,
    code_sha256,
    fingerprint,
    loaded_modules,
    local_players,
    mend,
    policies_used,
    query,
    stamp,
    sweep,
)

if TYPE_CHECKING:
    import pandas as pd

BLOCKS = 16  # of seeds, that a point may be played in
AS_IT_IS = 0  # the variant of the scenario as it is today, which need be no point


class Played(Protocol):
    """Of what is asked, what runs hang on."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What may change."""
        ...

    @property
    def seed(self) -> int:
        """Of the search."""
        ...


@dataclass(frozen=True)
class SizeDigest(RunDigest):
    """The measures that are judged by, and what was needed where."""

    def __call__(self, scenario: Scenario, tables: Any) -> dict[str, Any]:
        """table -> column -> array."""
        return {**super().__call__(scenario, tables), NEEDS: needs(scenario, tables)}


@dataclass(frozen=True)
class SizeBatch(Batch):
    """Runs of points. `levers` with the levels of each."""

    levers: tuple[tuple[Lever, tuple[float, ...]], ...] = ()

    def of_variant(self, variant: int) -> Scenario:
        """The scenario of a point; the last one asked for is kept."""
        number = variant // BLOCKS
        key = (id(self), number)
        if not (_kept and _kept[0][0] == key):
            _kept[:] = [(key, self._made(number))]
        return _kept[0][1]

    def _made(self, number: int) -> Scenario:
        point = point_of(number - 1, tuple(len(levels) for _, levels in self.levers))
        if number == AS_IT_IS:
            return self.scenario
        chosen = [(lever, levels[i]) for (lever, levels), i in zip(self.levers, point, strict=True)]
        return with_amounts(self.scenario, chosen)

    def seed_of(self, variant: int) -> int:
        """The seed of a block: that of the command for the search, else one of its own."""
        return seed_of_block(self.seed, variant % BLOCKS)


_kept: list[tuple[tuple[int, int], Scenario]] = []


def seed_of_block(seed: int, block: int) -> int:
    """The seed with which a block is played; `anlan run --seed` plays the same runs with it."""
    if block == 0:
        return seed
    text = f"{seed}|fresh {block}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=4).digest(), "little")


def number_of(point: Point, counts: Sequence[int]) -> int:
    """A point's number among all."""
    found = 0
    for level, count in zip(point, counts, strict=True):
        found = found * count + level
    return found


def point_of(number: int, counts: Sequence[int]) -> Point:
    """The point of a number."""
    found = []
    for count in reversed(counts):
        number, level = divmod(number, count)
        found.append(level)
    return tuple(reversed(found))


@dataclass
class ScenarioStorm:
    """A scenario that points are played in, with its folder and who plays."""

    targets: Targets
    choices: Sequence[Choice]
    batch: SizeBatch
    home: Path
    player: Player
    workers: int
    left_out: set[str] = field(default_factory=set)  # targets that no run puts to the test
    frames: dict[int, pd.DataFrame] = field(default_factory=dict)

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What its runs are judged by."""
        return tuple(goal_of(t) for t in self.judged)

    @property
    def judged(self) -> tuple[Target, ...]:
        """The targets behind the goals."""
        return tuple(t for t in self.targets.runs if t.id not in self.left_out)

    def play(self, point: Point | None, block: int, runs: Sequence[int]) -> Floats:
        """(runs, goals) the values, played where they are not on disk. None: as it is today."""
        frame = self.measures(point, block, runs)
        columns = [self.values_of(target, frame) for target in self.judged]
        return np.stack(columns, axis=1) if columns else np.empty((len(runs), 0))

    def values_of(self, target: Target, frame: pd.DataFrame) -> Floats:
        """What a target's goal is held against, of runs as a table."""
        values: Floats = frame[target.measure].to_numpy(dtype=float)
        if goal_of(target).share:
            values = np.where(np.isnan(values), np.nan, good_runs(target, values))
        return values

    def measures(self, point: Point | None, block: int, runs: Sequence[int]) -> pd.DataFrame:
        """A row a run, in the order asked for, with the measures that are kept."""
        variant = self._variant(point, block)
        frame = self._there(variant)
        missing = [r for r in runs if r not in frame.index]
        if missing:
            chunks = list(self._chunks(variant, missing))
            for _ in self.player.play(chunks):
                pass
            del self.frames[variant]
            frame = self._there(variant)
        return frame.loc[list(runs)]

    def _variant(self, point: Point | None, block: int) -> int:
        counts = [len(c.levels) for c in self.choices]
        now = point is not None and all(
            c.levels[i] == c.lever.today for c, i in zip(self.choices, point, strict=True)
        )
        number = AS_IT_IS if point is None or now else 1 + number_of(point, counts)
        return number * BLOCKS + block

    def _there(self, variant: int) -> pd.DataFrame:
        if variant not in self.frames:
            self.frames[variant] = self.table(variant, "measures").set_index("run")
        return self.frames[variant]

    def needs(self, block: int, runs: int) -> pd.DataFrame:
        """What was needed where, in the first runs of the scenario as it is."""
        found = self.table(self._variant(None, block), NEEDS)
        return found[found["run"] < runs].drop_duplicates()

    def table(self, variant: int, name: str) -> pd.DataFrame:
        """A table of all runs of a variant that are there; a run is taken once."""
        import pandas as pd

        ours = f"variants-{variant:06d}-{variant:06d}-runs-*"
        files = sorted(str(p) for p in (self.home / PARTS).glob(f"{ours}/{name}.parquet"))
        if not files:
            return pd.DataFrame(columns=["variant", "run", *self.targets.measures])
        sql = "SELECT * FROM read_parquet(?, union_by_name = true) ORDER BY run"
        found = query(sql, [files])
        return found.drop_duplicates("run") if name == "measures" else found

    def _chunks(self, variant: int, runs: Sequence[int]) -> Iterator[Chunk]:
        """Neighbouring runs together, as many chunks as there are workers where that can be."""
        size = -(-len(runs) // self.workers)
        stretch: list[int] = []
        for run in sorted(runs):
            if stretch and (run != stretch[-1] + 1 or len(stretch) >= size):
                yield Chunk(variant, variant, stretch[0], stretch[-1])
                stretch = []
            stretch.append(run)
        if stretch:
            yield Chunk(variant, variant, stretch[0], stretch[-1])


def identity(asked: Played, targets: Targets) -> dict[str, Any]:
    """What must be the same for a scenario's runs to be gone on with; prices may be others."""
    grid = "|".join(f"{c.lever.id}:{','.join(map(repr, c.levels))}" for c in asked.choices)
    return {
        "of": "sizing",
        "scenario": fingerprint(targets.scenario),
        "variants": hashlib.sha256(grid.encode()).hexdigest(),
        "measures": list(targets.measures),
        "seed": asked.seed,
        "own": identities(*_own(targets)),
        "code": code_sha256(),
    }


def identity_of_all(asked: Played, targets: Sequence[Targets]) -> dict[str, Any]:
    """The same of a folder: that of its runs, or of those in the folders within it together."""
    first, *others = (identity(asked, one) for one in targets)
    if not others:
        return first
    each = (first, *others)
    together = {key: [one[key] for one in each] for key in ("scenario", "measures")}
    return first | together | {"own": {k: v for one in each for k, v in one["own"].items()}}


def _own(targets: Targets) -> tuple[tuple[OwnMeasure, ...], tuple[OwnPolicy, ...]]:
    """What is not anlan's own of all that a scenario's runs go by."""
    return own_measures(targets.measures), policies_used(targets.scenario, ({},))


@contextmanager
def storm(asked: Played, targets: Targets, home: Path, workers: int) -> Iterator[ScenarioStorm]:
    """A scenario ready to be played in a folder. Raises BadInput where it holds other runs."""
    stamp(home, identity(asked, targets))
    sweep(home)
    mend(home)
    digest = SizeDigest(targets.measures)
    batch = SizeBatch(
        scenario=targets.scenario,
        seed=asked.seed,
        ledgers=0,
        digest=digest,
        own=Carried(loaded_modules(), tuple(chain(*_own(targets)))),
        levers=tuple((c.lever, c.levels) for c in asked.choices),
    )
    with local_players(batch, home, workers) as player:
        yield ScenarioStorm(targets, asked.choices, batch, home, player, workers)
