"""Seeded draws of the derivation: the i-th draw of a name belongs to the i-th entity."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


def uniform(seed: float, name: str, n: int) -> Floats:
    """n draws in [0, 1) of a named stream."""
    key = hashlib.blake2b(f"{seed:g}|{name}".encode(), digest_size=16).digest()
    bits = np.random.Philox(key=int.from_bytes(key, "little"))
    return np.random.Generator(bits).random(n)


def normal(seed: float, name: str, n: int) -> Floats:
    """n standard normal draws of a named stream, each one uniform through the inverse."""
    return np.asarray(ndtri(np.maximum(uniform(seed, name, n), 1e-12)), dtype=np.float64)


def whole_shares(total: int, weights: Floats) -> list[int]:
    """`total` as whole numbers in proportion to `weights`, by largest remainder.

    Hamilton's method: round down, then give what is left to the largest remainders.
    """
    exact = total * weights / weights.sum()
    down = np.floor(exact).astype(int)
    order = np.argsort(-(exact - down), kind="stable")
    down[order[: total - int(down.sum())]] += 1
    return [int(n) for n in down]
