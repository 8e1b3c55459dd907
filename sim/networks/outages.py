"""Outages of a network: where it is out, since when and why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER, Ledger, facts

Bools = NDArray[np.bool_]


class Outages:
    """What of a network is out where, and since when; writes each outage when it ends."""

    def __init__(self, network: str, place_ids: list[str], ledger: Ledger) -> None:
        self.network = network
        self.place_ids = place_ids
        self.ledger = ledger
        self.out: Bools = np.zeros(len(place_ids), dtype=bool)
        self.since = np.full(len(place_ids), NEVER, dtype=np.int64)
        self.cause = [""] * len(place_ids)
        self.number = 0  # of places where it is out
        self.version = 0  # goes up whenever it fails or comes back anywhere

    def begin(self, places: NDArray[np.int64], tick: int, cause: str) -> None:
        """It fails at some places that had it."""
        if not len(places):
            return
        self.number += len(places)
        self.version += 1
        self.out[places] = True
        self.since[places] = tick
        for place in places.tolist():
            self.cause[place] = cause

    def end(self, places: NDArray[np.int64], tick: int) -> None:
        """It is back at some places that lacked it; NEVER at the end of the run."""
        if not len(places):
            return
        self.number -= len(places)
        self.version += 1
        for place in places.tolist():
            self.ledger.add(
                facts.Outage(
                    network=self.network,
                    community=self.place_ids[place],
                    from_tick=int(self.since[place]),
                    to_tick=tick,
                    cause=self.cause[place],
                )
            )
        self.out[places] = False

    def finish(self) -> None:
        """Write down what is still out at the end."""
        for place in np.flatnonzero(self.out).tolist():
            self.end(np.array([place]), NEVER)
