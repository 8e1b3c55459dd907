"""Many runs, whole on disk: of one scenario or of many variants of it.

`parts` names what is finished, `chunk` plays some neighbouring runs and leaves them as one part,
`players` hands chunks to this process, to worker processes or to a Dask cluster (`cluster`), `pace`
says how many runs a chunk holds, `play` goes on until all that is wanted is there, `merge` makes
one file a table, `identity` says whose runs a folder holds, `sums` whether a file is what it was,
`mending` takes away parts that are not, `in_use` who works in a folder. The merged tables do not
depend on the number of workers, on what was killed, or on how often the study was interrupted.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anlan.sim.study.arguments import check_digest, check_number, folder_given, texts_given
    from anlan.sim.study.chunk import FAILURES, LEDGER, Batch, Digest, Spent, failure, play_chunk
    from anlan.sim.study.cluster import cluster_players
    from anlan.sim.study.code import code_sha256, data_sha256
    from anlan.sim.study.files import (
        WRITTEN,
        edited,
        set_aside,
        telling,
        whole,
        write_table,
        write_text,
        written,
    )
    from anlan.sim.study.identity import (
        LARGEST_COUNT,
        MOST_SEED,
        MOST_WORKERS,
        check_scenario,
        check_seed,
        check_whole,
        fingerprint,
        scenario_text,
        stamp,
        stamp_of,
    )
    from anlan.sim.study.in_use import LOCK, InUse, check_unused, using
    from anlan.sim.study.mending import check_parts, mend
    from anlan.sim.study.merge import merge_parts, table_file
    from anlan.sim.study.own import Carried, OwnCodeError, Registered
    from anlan.sim.study.own_modules import (
        OwnModule,
        load_modules,
        loaded_modules,
        told,
    )
    from anlan.sim.study.own_policies import (
        OwnPolicy,
        policies_used,
        policy,
        registered_policies,
        same_origin,
    )
    from anlan.sim.study.own_source import source_sha256
    from anlan.sim.study.parts import (
        PARTS,
        STAMP,
        Bools,
        Chunk,
        cut,
        done,
        finished,
        part,
        sweep,
    )
    from anlan.sim.study.play import Costs, Playing, Progress, play_wanted
    from anlan.sim.study.players import Player, local_players
    from anlan.sim.study.sums import (
        SUMS,
        Spoilt,
        first_spoilt,
        is_sound,
        read_sealed,
        read_sums,
        write_sealed,
        write_sums,
    )
    from anlan.sim.study.tables import KEYS, copy_as_csv, query, write_columns

_ROOMS = {
    "arguments": ("check_digest", "check_number", "folder_given", "texts_given"),
    "chunk": ("FAILURES", "LEDGER", "Batch", "Digest", "Spent", "failure", "play_chunk"),
    "cluster": ("cluster_players",),
    "code": ("code_sha256", "data_sha256"),
    "files": (
        "WRITTEN", "edited", "set_aside", "telling", "whole", "write_table", "write_text",
        "written",
    ),
    "identity": (
        "LARGEST_COUNT", "MOST_SEED", "MOST_WORKERS", "check_scenario", "check_seed", "check_whole",
        "fingerprint", "scenario_text", "stamp", "stamp_of",
    ),
    "own": ("Carried", "OwnCodeError", "Registered"),
    "own_modules": ("OwnModule", "load_modules", "loaded_modules", "told"),
    "own_policies": ("OwnPolicy", "policies_used", "policy", "registered_policies", "same_origin"),
    "own_source": ("source_sha256",),
    "in_use": ("LOCK", "InUse", "check_unused", "using"),
    "mending": ("check_parts", "mend"),
    "merge": ("merge_parts", "table_file"),
    "parts": ("PARTS", "STAMP", "Bools", "Chunk", "cut", "done", "finished", "part", "sweep"),
    "play": ("Costs", "Playing", "Progress", "play_wanted"),
    "players": ("Player", "local_players"),
    "sums": (
        "SUMS", "Spoilt", "first_spoilt", "is_sound", "read_sealed", "read_sums", "write_sealed",
        "write_sums",
    ),
    "tables": ("KEYS", "copy_as_csv", "query", "write_columns"),
}  # fmt: skip
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "FAILURES",
    "KEYS",
    "LARGEST_COUNT",
    "LEDGER",
    "LOCK",
    "MOST_SEED",
    "MOST_WORKERS",
    "PARTS",
    "STAMP",
    "SUMS",
    "WRITTEN",
    "Batch",
    "Bools",
    "Carried",
    "Chunk",
    "Costs",
    "Digest",
    "InUse",
    "OwnCodeError",
    "OwnModule",
    "OwnPolicy",
    "Player",
    "Playing",
    "Progress",
    "Registered",
    "Spent",
    "Spoilt",
    "check_digest",
    "check_number",
    "check_parts",
    "check_scenario",
    "check_seed",
    "check_unused",
    "check_whole",
    "cluster_players",
    "code_sha256",
    "copy_as_csv",
    "cut",
    "data_sha256",
    "done",
    "edited",
    "failure",
    "fingerprint",
    "finished",
    "first_spoilt",
    "folder_given",
    "is_sound",
    "load_modules",
    "loaded_modules",
    "local_players",
    "mend",
    "merge_parts",
    "part",
    "play_chunk",
    "play_wanted",
    "policies_used",
    "policy",
    "query",
    "read_sealed",
    "read_sums",
    "registered_policies",
    "same_origin",
    "scenario_text",
    "set_aside",
    "source_sha256",
    "stamp",
    "stamp_of",
    "sweep",
    "table_file",
    "telling",
    "texts_given",
    "told",
    "using",
    "whole",
    "write_columns",
    "write_sealed",
    "write_sums",
    "write_table",
    "write_text",
    "written",
]


def __getattr__(name: str) -> Any:
    """Import late: a reader of a finished folder needs no model."""
    if name not in _HOME:
        raise AttributeError(f"module 'anlan.sim.study' has no attribute {name!r}")
    return getattr(import_module(f"anlan.sim.study.{_HOME[name]}"), name)
