"""On another processor of the same kind the facts are the same to the bit.

numpy chooses its loops by what a processor can do (AVX2, AVX-512, …), and OpenBLAS its kernels. A
process that is told to do without plays the same run: its ledger must have the same digest. That
holds for the numpy and scipy versions that requirements.txt pins, on x86-64; other versions and
other architectures may round a sine or an exponential in another way.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PLAY = """
import hashlib, sys
from anlan import sim
from anlan.sim.engine import prepare
scenario = sim.load(sys.argv[1])
print(hashlib.sha256(repr([
    (name, column, values.tolist())
    for name, columns in prepare(scenario).run(1, 0).tables().items()
    for column, values in columns.items()
]).encode()).hexdigest())
"""
FEATURES = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(" ".join(f for f in __cpu_dispatch__ if __cpu_features__[f]))
"""


def said_by(program: str, *arguments: str, **changes: str) -> str:
    """What a Python process of its own prints, in a changed environment."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, **changes},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def without_simd() -> dict[str, str]:
    """The environment of a process that uses nothing beyond what every x86-64 has."""
    dispatched = said_by(FEATURES)
    if not dispatched:
        pytest.skip("numpy uses nothing here that could be switched off")
    return {"NPY_DISABLE_CPU_FEATURES": dispatched, "OPENBLAS_CORETYPE": "Prescott"}


OPEN = pytest.mark.xfail(strict=True, reason="last bits of wind, rain and of a fire front differ")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("tiny", marks=OPEN),
        "tiny-fire",
        pytest.param("haimen-typhoon", marks=[OPEN, pytest.mark.long]),
        pytest.param("linyi-building-fire", marks=pytest.mark.long),
        pytest.param("pingshan-forest-fire", marks=[OPEN, pytest.mark.long]),
        pytest.param("linyi-earthquake-sketch", marks=pytest.mark.long),
    ],
)
def test_without_simd_the_facts_are_the_same(name: str) -> None:
    plain = without_simd()
    assert "SSE2" not in plain["NPY_DISABLE_CPU_FEATURES"].split()  # part of every x86-64
    assert said_by(FEATURES, **plain) == ""  # they really are off
    assert said_by(PLAY, name, **plain) == said_by(PLAY, name)
