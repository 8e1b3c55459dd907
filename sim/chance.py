"""Named random streams: a draw is keyed by (seed, run, stream name, entity, draw number).

The key picks a Philox counter-based generator; the entity is the place in the array or the
counter. So a draw never depends on who asked first, nor on how many teams or trucks there
are: two variants of a plan meet the same disaster and the same people.
Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; numpy's Philox.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


class Streams:
    """The random streams of one run."""

    def __init__(self, seed: int, run: int) -> None:
        self.seed = seed
        self.run = run

    def _key(self, name: str) -> int:
        text = f"{self.seed}|{self.run}|{name}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")

    def generator(self, name: str) -> np.random.Generator:
        """A fresh generator for the stream: the i-th draw belongs to entity i."""
        return np.random.Generator(np.random.Philox(key=self._key(name)))

    def uniform(self, name: str, n: int) -> NDArray[np.float32]:
        """n uniform draws in [0, 1), float32; draw i belongs to entity i."""
        return self.generator(name).random(n, dtype=np.float32)

    def normal(self, name: str, n: int) -> NDArray[np.float32]:
        """n standard normal draws, float32; draw i belongs to entity i.

        Each is one uniform through the inverse normal, so draw i does not depend on n.
        """
        from scipy.special import ndtri

        return ndtri(self.generator(name).random(n)).astype(np.float32)

    def one(self, name: str, entity: int, draw: int = 0) -> float:
        """One uniform draw in [0, 1) of an entity that draws now and then."""
        bits = np.random.Philox(key=self._key(name), counter=(entity << 64) + draw)
        return float(np.random.Generator(bits).random())
