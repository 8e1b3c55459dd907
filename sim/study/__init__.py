"""Many runs, whole on disk: of one scenario or of many variants of it.

`parts` names what is finished, `chunk` plays some neighbouring runs and leaves them as one part,
`players` hands chunks to this process, to worker processes or to a Dask cluster (`cluster`), `pace`
says how many runs a chunk holds, `play` goes on until all that is wanted is there, `merge` makes
one file a table, `identity` says whose runs a folder holds. The merged tables do not depend on the
number of workers, on what was killed, or on how often the study was interrupted.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anlan.sim.study.chunk import FAILURES, LEDGER, Batch, Digest, Spent, failure, play_chunk
    from anlan.sim.study.cluster import cluster_players
    from anlan.sim.study.code import code_sha256, data_sha256
    from anlan.sim.study.files import whole, write_table, write_text
    from anlan.sim.study.identity import (
        LARGEST_COUNT,
        MOST_SEED,
        MOST_WORKERS,
        check_seed,
        check_whole,
        fingerprint,
        scenario_text,
        stamp,
        stamp_of,
    )
    from anlan.sim.study.merge import merge_parts
    from anlan.sim.study.parts import PARTS, STAMP, Bools, Chunk, cut, done, finished, part
    from anlan.sim.study.play import Costs, Playing, Progress, play_wanted
    from anlan.sim.study.players import Player, local_players
    from anlan.sim.study.tables import KEYS, copy_as_csv, query, write_columns

_ROOMS = {
    "chunk": ("FAILURES", "LEDGER", "Batch", "Digest", "Spent", "failure", "play_chunk"),
    "cluster": ("cluster_players",),
    "code": ("code_sha256", "data_sha256"),
    "files": ("whole", "write_table", "write_text"),
    "identity": (
        "LARGEST_COUNT", "MOST_SEED", "MOST_WORKERS", "check_seed", "check_whole",
        "fingerprint", "scenario_text", "stamp", "stamp_of",
    ),
    "merge": ("merge_parts",),
    "parts": ("PARTS", "STAMP", "Bools", "Chunk", "cut", "done", "finished", "part"),
    "play": ("Costs", "Playing", "Progress", "play_wanted"),
    "players": ("Player", "local_players"),
    "tables": ("KEYS", "copy_as_csv", "query", "write_columns"),
}  # fmt: skip
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "FAILURES",
    "KEYS",
    "LARGEST_COUNT",
    "LEDGER",
    "MOST_SEED",
    "MOST_WORKERS",
    "PARTS",
    "STAMP",
    "Batch",
    "Bools",
    "Chunk",
    "Costs",
    "Digest",
    "Player",
    "Playing",
    "Progress",
    "Spent",
    "check_seed",
    "check_whole",
    "cluster_players",
    "code_sha256",
    "copy_as_csv",
    "cut",
    "data_sha256",
    "done",
    "failure",
    "fingerprint",
    "finished",
    "local_players",
    "merge_parts",
    "part",
    "play_chunk",
    "play_wanted",
    "query",
    "scenario_text",
    "stamp",
    "stamp_of",
    "whole",
    "write_columns",
    "write_table",
    "write_text",
]


def __getattr__(name: str) -> Any:
    """Import late: a reader of a finished folder needs no model."""
    if name not in _HOME:
        raise AttributeError(f"module 'anlan.sim.study' has no attribute {name!r}")
    return getattr(import_module(f"anlan.sim.study.{_HOME[name]}"), name)
