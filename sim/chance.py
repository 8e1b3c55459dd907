"""Chance belongs to things: a draw is keyed by (seed, run, stream, id of the thing, draw number).

Nothing else enters: no row number, no count, no order in which anybody asks. So two variants of a
plan meet the same disaster and the same people, and a row moved within its table, or one more
team, lorry, store or shelter, leaves every draw as it was.

A thing is known by its id, or as the n-th of a thing (the third household of a community). Its
64-bit key is a hash of that. A draw mixes the key with the stream's own 128 bits by the
finaliser of SplitMix64, twice: all of it whole-number arithmetic, the same to the bit on every
processor. Whoever needs a sequence (waiting times one after another) takes a Philox generator
keyed the same way.

Sources: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators" (finaliser,
with Stafford's constants, variant 13); Salmon et al. 2011, "Parallel random numbers: as easy as
1, 2, 3" (Philox, and the idea of a counter in the place of a state).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_BLOCK = 16_384  # keys mixed at a time, so that they stay in the processor's cache


# ---- streams -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stream:
    """One use of chance: its name, and what kind of thing draws from it."""

    name: str
    of: str


_declared: dict[str, tuple[Stream, str]] = {}


def stream(name: str, of: str) -> Stream:
    """Declare a stream. A name that another module has declared, or this one twice, is refused.

    Raises ValueError.
    """
    module = sys._getframe(1).f_globals.get("__name__", "")
    known = _declared.get(name)
    if known is not None and known != (Stream(name, of), module):
        raise ValueError(f"stream {name} is declared in {known[1]} already")
    found = Stream(name, of)
    _declared[name] = (found, module)
    return found


def declared() -> dict[str, tuple[Stream, str]]:
    """Name -> (stream, module that declares it), of the modules imported so far."""
    return dict(sorted(_declared.items()))


# ---- things ------------------------------------------------------------------------------------


def keys_of(ids: Iterable[str]) -> Keys:
    """(n,) the key of each thing that has an id."""
    found = (hashlib.blake2b(i.encode(), digest_size=8).digest() for i in ids)
    return np.frombuffer(b"".join(found), dtype="<u8").astype(np.uint64)


def numbered(keys: Keys, numbers: NDArray[np.integer]) -> Keys:
    """The keys of the number-th part of each thing; shapes broadcast."""
    with np.errstate(over="ignore"):
        found = np.asarray(keys + (numbers.astype(np.uint64) + np.uint64(1)) * _GOLDEN)
    return _mixed(found.reshape(-1)).reshape(found.shape)


def members(keys: Keys, counts: NDArray[np.integer]) -> Keys:
    """(sum of counts,) the keys of the members 0, 1, ... of each thing, thing by thing."""
    starts = np.cumsum(counts) - counts
    number = np.arange(int(counts.sum())) - np.repeat(starts, counts)
    return numbered(np.repeat(keys, counts), number)


def _mix(block: Keys, spare: Keys) -> None:
    """The finaliser, in place; `spare` has the same length."""
    for shift, factor in ((30, _FIRST), (27, _SECOND)):
        np.right_shift(block, np.uint64(shift), out=spare)
        np.bitwise_xor(block, spare, out=block)
        np.multiply(block, factor, out=block)
    np.right_shift(block, np.uint64(31), out=spare)
    np.bitwise_xor(block, spare, out=block)


def _mixed(keys: Keys) -> Keys:
    out = keys.copy()
    spare = np.empty(min(len(out), _BLOCK), dtype=np.uint64)
    for begin in range(0, len(out), _BLOCK):
        block = out[begin : begin + _BLOCK]
        _mix(block, spare[: len(block)])
    return out


# ---- draws -------------------------------------------------------------------------------------


class Streams:
    """The draws of one run."""

    def __init__(self, seed: int, run: int) -> None:
        self.seed = seed
        self.run = run

    def _hash(self, of: Stream, size: int, *more: object) -> bytes:
        text = "|".join(map(str, (self.seed, self.run, of.name, *more)))
        return hashlib.blake2b(text.encode(), digest_size=size).digest()

    def bits(self, of: Stream, keys: Keys, draw: int = 0) -> Keys:
        """(n,) 64 random bits of each thing."""
        both = self._hash(of, 16, draw)
        first, second = (np.uint64(int.from_bytes(b, "little")) for b in (both[:8], both[8:]))
        out = np.empty(len(keys), dtype=np.uint64)
        spare = np.empty(min(len(keys), _BLOCK), dtype=np.uint64)
        with np.errstate(over="ignore"):
            for begin in range(0, len(keys), _BLOCK):
                block = out[begin : begin + _BLOCK]
                np.bitwise_xor(keys[begin : begin + _BLOCK], first, out=block)
                _mix(block, spare[: len(block)])
                np.add(block, second, out=block)
                _mix(block, spare[: len(block)])
        return out

    def uniform(self, of: Stream, keys: Keys, draw: int = 0) -> F32:
        """(n,) uniform draws in [0, 1), float32, one a thing."""
        top = (self.bits(of, keys, draw) >> np.uint64(40)).astype(np.float32)
        top *= np.float32(2.0**-24)
        return top

    def uniform64(self, of: Stream, keys: Keys, draw: int = 0) -> F64:
        """(n,) uniform draws in (0, 1), float64, one a thing; never 0, so logarithms are safe."""
        top = (self.bits(of, keys, draw) >> np.uint64(11)).astype(np.float64)
        top += 0.5
        top *= 2.0**-53
        return top

    def normal(self, of: Stream, keys: Keys, draw: int = 0) -> F32:
        """(n,) standard normal draws, float32: each a uniform through the inverse normal."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.uniform64(of, keys, draw)), dtype=np.float32)

    def one(self, of: Stream, thing: str, draw: int = 0) -> float:
        """One uniform draw in [0, 1) of a thing that draws now and then."""
        bits = int.from_bytes(self._hash(of, 8, thing, draw), "little")
        return (bits >> 11) * 2.0**-53

    def one_normal(self, of: Stream, thing: str, draw: int = 0) -> float:
        """One standard normal draw of a thing, with the 24 bits of a float32 like all of them."""
        from scipy.special import ndtri

        return float(np.float32(ndtri(max(self.one(of, thing, draw), 2.0**-54))))

    def generator(self, of: Stream, thing: str) -> np.random.Generator:
        """A fresh generator of a thing's own, for draws one after another."""
        key = int.from_bytes(self._hash(of, 16, thing), "little")
        return np.random.Generator(np.random.Philox(key=key))
