"""One sorted file a table from all the parts that hold it."""

from __future__ import annotations

from pathlib import Path

from anlan.sim.study.chunk import LEDGER
from anlan.sim.study.parts import PARTS, Bools, Chunk, finished, share_out
from anlan.sim.study.tables import merge, sorter


def merge_parts(home: Path, wanted: Bools) -> list[str]:
    """Merge the wanted runs, (variants, runs), each taken once; the names of the tables.

    Tables of digests are left in the folder `home`, those of ledgers in its folder `ledger`.
    """
    variants, runs = wanted.shape
    inside = [c for c in finished(home) if c.first_run < runs and c.first_variant < variants]
    folders = {home / PARTS / c.name: pieces for c, pieces in share_out(inside, wanted)}
    names = sorted({f.stem for folder in folders for f in folder.glob("*.parquet")})
    with sorter(home) as db:
        for name in names:
            files = {d / f"{name}.parquet": pieces for d, pieces in folders.items()}
            files = {f: pieces for f, pieces in files.items() if f.exists()}
            only = {f: _any_of(pieces) for f, pieces in files.items() if pieces is not None}
            merge(db, list(files), home / table_file(name), only)
    return names


def table_file(name: str) -> str:
    """Where a table of parts is merged, as seen from the folder of the study."""
    folder = "ledger/" if name.startswith(LEDGER) else ""
    return f"{folder}{name.removeprefix(LEDGER)}.parquet"


def _any_of(pieces: list[Chunk]) -> str:
    """The SQL condition that a row belongs to one of some pieces."""
    return " OR ".join(
        f"(variant BETWEEN {c.first_variant} AND {c.last_variant} "
        f"AND run BETWEEN {c.first_run} AND {c.last_run})"
        for c in pieces
    )
