"""A study from its file to its tables: variants, rounds of runs, one merged dataset.

Every finished chunk is on disk; a study that was stopped at any moment goes on from there. With
a stopping rule each variant is looked at after every batch of its own runs, so what it is
given depends neither on the workers nor on the other variants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.digests import Chosen
from anlan.analysis.measures import MEASURES
from anlan.analysis.outputs import now
from anlan.analysis.study.schema import Study
from anlan.analysis.study.stopping import TargetStatus, decide, named, runs_to_add
from anlan.analysis.study.variants import Variants, runs_each, variants
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Target
from anlan.sim.study.chunk import Batch
from anlan.sim.study.code import code_sha256
from anlan.sim.study.files import write_whole
from anlan.sim.study.parts import PARTS, Bools, Chunk, cut, done, finished, sweep
from anlan.sim.study.players import Player, players
from anlan.sim.study.runs import Progress, fingerprint, stamp
from anlan.sim.study.tables import query

if TYPE_CHECKING:
    import pandas as pd

    from anlan.analysis.study.data import StudyData

Ints = NDArray[np.int64]
SHARES = 20  # chunks a worker at least, so that the last ones end together
CHUNK_S = 5.0  # a chunk that takes much longer would lose more when it is killed
MOST_CHUNK = 500
BEGUN = "begun.txt"  # among the parts: when the study was begun


@dataclass
class Ready:
    """A study that has been checked, and its batch."""

    study: Study
    variants: Variants
    measures: tuple[str, ...]
    batch: Batch
    targets: tuple[Target, ...] = ()  # of the stopping rule
    statuses: dict[int, list[TargetStatus]] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        return len(self.variants) * runs_each(self.study)


def ready(study: Study) -> Ready:
    """Check a study whole: factors, values, design, outputs. Raises BadInput."""
    found = variants(study)
    measures = _measures(study, found)
    batch = Batch(
        scenario=found.scenario,
        seed=study.seed,
        kept=study.outputs.ledgers,
        digest=Chosen(measures, study.outputs.tables),
        variants=found.changes(),
        common=study.common_random_numbers,
        forgiving=True,
    )
    targets = named(study.stop, found.scenario.plan) if study.stop is not None else ()
    return Ready(study, found, measures, batch, targets)


def _measures(study: Study, found: Variants) -> tuple[str, ...]:
    """The measures kept: those asked for, and those that the plan's targets go by."""
    if study.outputs.measures == "all":
        return tuple(MEASURES)
    judged = {t.measure for t in found.scenario.plan.targets}
    wanted = {*study.outputs.measures, *judged}
    return tuple(m for m in MEASURES if m in wanted)


def identity(it: Ready) -> dict[str, Any]:
    """What makes two studies the same, so that one can go on with the other's runs."""
    import json

    changes = json.dumps(it.batch.variants, sort_keys=True, ensure_ascii=False)
    return {
        "study": it.study.id,
        "scenario": fingerprint(it.variants.scenario),
        "variants": hashlib.sha256(changes.encode()).hexdigest(),
        "seed": it.study.seed,
        "common": it.study.common_random_numbers,
        "outputs": it.study.outputs.model_dump(mode="json"),
        "code": code_sha256(),
    }


def play(
    it: Ready,
    home: Path,
    workers: int = 1,
    shard: tuple[int, int] = (1, 1),
    run_s: float = 1.0,
    progress: Progress | None = None,
    player: Callable[[Batch, Path], AbstractContextManager[Player]] | None = None,
) -> None:
    """Play all runs of a study that are not there yet, or shard i of n of them.

    `player` plays elsewhere than on this machine's workers. `run_s`: about how long a run takes.
    """
    stamp(home, identity(it))
    if when_begun(home) is None:
        write_whole(home / PARTS / BEGUN, now())
    sweep(home)
    tell = progress or (lambda _done, _total: None)
    with player(it.batch, home) if player else players(it.batch, home, workers) as play_:
        while True:
            there, wanted = there_and_wanted(it, home, shard)
            missing = wanted & ~there
            if not missing.any():
                return
            count, total = int((wanted & there).sum()), int(wanted.sum())
            tell(count, total)
            size = _chunk_size(int(missing.sum()), workers, run_s)
            for chunk in play_(cut(missing, size, varied=True)):
                count += chunk.size
                tell(min(count, total), total)


def when_begun(home: Path) -> str | None:
    """When the study of a folder was begun, as ISO 8601; None where nobody wrote it down."""
    try:
        return (home / PARTS / BEGUN).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def there_and_wanted(it: Ready, home: Path, shard: tuple[int, int] = (1, 1)) -> tuple[Bools, Bools]:
    """(variants, runs) which are finished, and which of a shard should be by now."""
    mine = _mine(it, shard)
    there = done(_inside(it, finished(home)), len(it.variants), runs_each(it.study))
    upto = _wanted(it, home, there, mine)
    return there, mine & (np.arange(there.shape[1]) < upto[:, None])


def _chunk_size(runs: int, workers: int, run_s: float) -> int:
    by_time = int(CHUNK_S / max(run_s, 1e-3))
    return max(1, min(MOST_CHUNK, by_time, runs // (workers * SHARES)))


def _inside(it: Ready, chunks: Sequence[Chunk]) -> list[Chunk]:
    return [c for c in chunks if c.first < runs_each(it.study)]


def _mine(it: Ready, shard: tuple[int, int]) -> Bools:
    """(variants, runs) what shard i of n plays: whole variants where a rule ends their runs."""
    (i, n), shape = shard, (len(it.variants), runs_each(it.study))
    if it.study.stop is not None:
        return np.broadcast_to((np.arange(shape[0]) % n == i - 1)[:, None], shape)
    total = shape[0] * shape[1]
    mine = np.zeros(total, dtype=bool)
    mine[total * (i - 1) // n : total * i // n] = True
    return mine.reshape(shape)


def _wanted(it: Ready, home: Path, there: Bools, mine: Bools) -> Ints:
    """(variants,) how many runs each variant should have now."""
    n = np.full(len(there), runs_each(it.study), dtype=np.int64)
    rule = it.study.stop
    if rule is None:
        return n
    frames = dict(_judged(it, home))
    for v in np.flatnonzero(mine.any(axis=1)).tolist():
        played = int(there[v].sum())
        whole = played // rule.batch * rule.batch if played < rule.most_runs else played
        frame = frames.get(v)
        if frame is not None and whole:
            it.statuses[v] = decide(_rows_of(frame, whole), it.targets, rule, it.statuses.get(v))
        n[v] = whole + (runs_to_add(it.statuses.get(v, []), whole, rule) if whole else rule.batch)
    return n


def _rows_of(frame: pd.DataFrame, runs: int) -> pd.DataFrame:
    """A row a run: one that could not be played has nothing to judge."""
    return frame.set_index("run").reindex(range(runs)).reset_index()


def _judged(it: Ready, home: Path) -> Iterator[tuple[int, pd.DataFrame]]:
    """(variant, its runs so far) with the measures that the rule's targets go by."""
    parts = [home / PARTS / c.name / "measures.parquet" for c in finished(home)]
    files = [str(p) for p in parts if p.exists()]
    if not files:
        return
    columns = ", ".join(f'"{m}"' for m in sorted({t.measure for t in it.targets}))
    sql = f"SELECT variant, run, {columns} FROM read_parquet(?)"
    frames = query(sql, [files]).drop_duplicates(["variant", "run"])  # chunks may overlap
    for variant, frame in frames.groupby("variant"):
        yield int(str(variant)), frame


def check_shard(text: str) -> tuple[int, int]:
    """`i/n` as numbers. Raises BadInput."""
    i, _, n = text.partition("/")
    if not (i.isdecimal() and n.isdecimal() and 1 <= int(i) <= int(n)):
        raise BadInput(f"--shard {text}: write i/n, such as 3/10, with i from 1 to n")
    return int(i), int(n)


def conduct(
    study: Study | str | Path,
    out: str | Path,
    workers: int = 1,
    progress: Progress | None = None,
) -> StudyData:
    """Check, play and finish a study in the folder `out`; going on where it stopped.

    The same as `anlan study` without pictures. Raises BadInput.
    """
    from anlan.analysis.study.cost import pilot
    from anlan.analysis.study.data import load
    from anlan.analysis.study.finish import finish

    it = ready(study if isinstance(study, Study) else Study.read(study))
    run_s = pilot(it.batch.of_variant(0), it.study.seed).seconds
    play(it, Path(out), workers, run_s=run_s, progress=progress)
    finish(it, Path(out))
    return load(out)
