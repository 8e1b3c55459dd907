"""Which rows of the table stand, though they were played on another machine or with older code.

A row stands where the code and the data are those that it was played with. Where either has
changed it stands only if nothing that was tried came out otherwise: the first run of the scenario
as it is, and with none, half and double of all capabilities at once, leaves the same ledger,
measures and reasons to the bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.capabilities.conducted import Budget, scenario_of
from anlan.analysis.capabilities.levels import cells
from anlan.analysis.capabilities.listed import LEVELS, Played
from anlan.analysis.capabilities.played import Variant, code_key, play
from anlan.analysis.capabilities.reasons import CellDigest
from anlan.analysis.capabilities.screened import together
from anlan.analysis.digests.series import Arrays
from anlan.analysis.measures.facts import Tables
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import data_sha256

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12  # characters of a hash that the table keeps
SEAL_TABLE = "seal"
UNPLAYED = "unplayed"


@dataclass(frozen=True)
class Stamp:
    """What a row came from: hashes of the code, of the data, and of what the tried runs left."""

    code: str
    data: str
    seal: str = ""


@dataclass(frozen=True)
class SealDigest:
    """Of a run only a hash of all that it left: its ledger, its measures and what held in it."""

    def __call__(self, scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
        """table -> column -> array of one value."""
        found = hashlib.sha256()
        for part in (tables, CellDigest()(scenario, tables)):
            for piece in pieces(part):
                found.update(piece)
        return {SEAL_TABLE: {"sha256": np.array([found.hexdigest()], dtype=object)}}


def stamp_of(scenario: Scenario) -> Stamp:
    """What a row that is played now comes from, but for the seal."""
    return Stamp(code_key(scenario)[:SHOWN], data_sha256(scenario)[:SHOWN])


def seal_of(scenario: Scenario, budget: Budget) -> str:
    """A hash of what the tried runs leave; empty where the time is over before all are played."""
    variants = list(_tried(scenario, budget))
    if not play(variants, 1, budget.workers, budget.deadline):
        return ""
    found = hashlib.sha256()
    for variant in variants:
        found.update("".join(map(str, variant.table(SEAL_TABLE)["sha256"])).encode())
    return found.hexdigest()[:SHOWN]


def standing(rows: pd.DataFrame, played: Played, budget: Budget) -> tuple[Collection[str], Stamp]:
    """The capabilities whose rows (of the scenario's in the table) stand, and what they come from.

    The runs that the seal is of are played where there are rows of other code or data that have
    one, and where no row has.
    """
    scenario = scenario_of(played)
    now = stamp_of(scenario)
    rows = rows[(rows["scenario"] == played.scenario) & (rows["verdict"] != UNPLAYED)]
    same = (rows["code"] == now.code) & (rows["data"] == now.data)
    seals = set(rows["seal"][same]) - {""}
    seal = seals.pop() if seals and same.all() else seal_of(scenario, budget)
    sealed = (rows["seal"] == seal) & (rows["seal"] != "")
    return set(rows["capability"][same | sealed]), Stamp(now.code, now.data, seal)


def _tried(scenario: Scenario, budget: Budget) -> Iterator[Variant]:
    """The scenario as it is, and at each level of all capabilities that are not one of a kind."""
    whole = [cell for cell in cells(scenario) if not cell.value]
    for tried in (scenario, *(together(scenario, whole, level)[0] for level in LEVELS)):
        yield Variant.of(tried, budget.seed, Path(budget.folder), SealDigest())


def pieces(tables: Mapping[str, Mapping[str, np.ndarray]]) -> Iterator[bytes]:
    """All that tables hold, piece by piece in the order of their names: for a hash of them."""
    for table in sorted(tables):
        for column in sorted(tables[table]):
            values = np.asarray(tables[table][column])
            yield f"{table}.{column}.{values.dtype.kind}.{len(values)}".encode()
            if values.dtype.kind in "OU":  # text: its width in memory says nothing
                yield "\0".join(map(str, values.tolist())).encode()
            else:
                yield np.ascontiguousarray(values).tobytes()
