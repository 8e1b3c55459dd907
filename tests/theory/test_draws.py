"""Draws are as even and as independent as chance should be, whatever key they go by."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from anlan.sim.chance import Keys, Streams, keys_of, members, numbered, stream

A = stream("test.a", "thing")
B = stream("test.b", "thing")
N = 200_000
LEAST_P = 1e-4  # a fixed seed: a right generator fails a test so sharp once in ten thousand


def many() -> Keys:
    """Members of members, as residents are."""
    return members(
        members(keys_of(f"place-{n}" for n in range(50)), np.full(50, 1000)), np.full(50_000, 4)
    )


@pytest.mark.parametrize("draw", [0, 1, 17])
def test_uniform_draws_are_even(draw: int) -> None:
    """Kolmogorov and Smirnov's test of all, and a chi-square of the lowest bits."""
    streams, keys = Streams(1, 0), many()
    assert len(np.unique(keys)) == len(keys) == N
    assert stats.kstest(streams.uniform64(A, keys, draw), "uniform").pvalue > LEAST_P
    bits = streams.bits(A, keys, draw)
    for shift in (0, 8, 24, 40, 56):
        byte = ((bits >> np.uint64(shift)) & np.uint64(255)).astype(np.int64)
        assert stats.chisquare(np.bincount(byte, minlength=256)).pvalue > LEAST_P


def test_normal_draws_are_normal() -> None:
    assert stats.kstest(Streams(2, 5).normal(A, many()), "norm").pvalue > LEAST_P


def test_draws_that_differ_in_one_part_of_the_key_are_unrelated() -> None:
    """Seed, run, stream, draw number, the next member: no correlation, and no pair alike."""
    keys = many()
    base = Streams(1, 0).uniform64(A, keys)
    others = {
        "seed": Streams(2, 0).uniform64(A, keys),
        "run": Streams(1, 1).uniform64(A, keys),
        "stream": Streams(1, 0).uniform64(B, keys),
        "draw": Streams(1, 0).uniform64(A, keys, 1),
        "neighbour": np.roll(base, 1),
        "key beside": Streams(1, 0).uniform64(A, keys + np.uint64(1)),
    }
    for what, other in others.items():
        assert stats.pearsonr(base, other).pvalue > LEAST_P, what
        both = np.histogram2d(base, other, bins=32, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(both.ravel()).pvalue > LEAST_P, what


def test_plain_keys_do_as_well() -> None:
    """Numbers one after another, of one thing: the finaliser spreads them."""
    u = Streams(3, 1).uniform64(A, numbered(keys_of(["x"]), np.arange(N)))
    assert stats.kstest(u, "uniform").pvalue > LEAST_P
    plain = Streams(3, 1).uniform64(A, np.arange(N, dtype=np.uint64))
    assert stats.kstest(plain, "uniform").pvalue > LEAST_P
    assert stats.pearsonr(plain[1:], plain[:-1]).pvalue > LEAST_P


def test_single_draws_are_even() -> None:
    streams = Streams(1, 0)
    u = [streams.one(A, f"thing-{n}", d) for n in range(2000) for d in range(5)]
    assert stats.kstest(u, "uniform").pvalue > LEAST_P
    z = [streams.one_normal(A, f"thing-{n}") for n in range(5000)]
    assert stats.kstest(z, "norm").pvalue > LEAST_P
