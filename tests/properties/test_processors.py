"""On another processor of the same kind the facts are the same to the bit.

numpy chooses its loops by what a processor can do (AVX2, AVX-512, …), OpenBLAS its kernels and the
C library its functions. A process that is told to do without plays the same runs: its ledgers must
have the same digest. That holds for the numpy and scipy versions that requirements.txt pins, on
x86-64; other versions and other architectures may round a sine or an exponential in another way.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache

import pytest

PLAY = """
import hashlib, sys
from anlan import sim
from anlan.sim.engine import prepare
scenario = sim.load(sys.argv[1])
prepared = prepare(scenario)
print(hashlib.sha256(repr([
    (run, name, column, values.tolist())
    for run in range(int(sys.argv[2]))
    for name, columns in prepared.run(1, run).tables().items()
    for column, values in columns.items()
]).encode()).hexdigest())
"""
FEATURES = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(" ".join(f for f in __cpu_dispatch__ if __cpu_features__[f]))
"""
SINES = """
import hashlib, math
print(hashlib.sha256(repr([math.sin(0.001 * n) for n in range(20_000)]).encode()).hexdigest())
"""
# Names that the C library does not know, or a C library without such names, change nothing.
PLAIN_C = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"
UP_TO_AVX2 = ("X86_V3", "AVX2", "FMA3")  # what may stay on where AVX-512 is to be off


@cache
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


def switched_off(level: str) -> dict[str, str]:
    """The environment of a process that uses nothing beyond a level."""
    dispatched = said_by(FEATURES).split()
    if level == "avx2":
        off, kernels = [f for f in dispatched if f not in UP_TO_AVX2], "Haswell"
    else:
        off, kernels = dispatched, "Prescott"
    if not off:
        pytest.skip("numpy uses nothing here that could be switched off")
    changes = {"NPY_DISABLE_CPU_FEATURES": " ".join(off), "OPENBLAS_CORETYPE": kernels}
    return changes if level == "avx2" else {**changes, "GLIBC_TUNABLES": PLAIN_C}


@pytest.mark.parametrize("level", ["none", "avx2"])
def test_they_really_are_off(level: str) -> None:
    changes = switched_off(level)
    off = changes["NPY_DISABLE_CPU_FEATURES"].split()
    assert "X86_V2" not in off  # numpy's own least
    left = said_by(FEATURES, **changes).split()
    assert left == [f for f in said_by(FEATURES).split() if f not in off]
    assert level == "avx2" or left == []


def test_the_c_library_has_another_sine_to_offer() -> None:
    """Where it has none, the runs below try numpy's loops alone."""
    if said_by(SINES, GLIBC_TUNABLES=PLAIN_C) == said_by(SINES):
        pytest.skip("this C library, or this processor, has one way only")


@pytest.mark.parametrize("level", ["none", "avx2"])
@pytest.mark.parametrize(
    ("name", "runs"),
    [
        pytest.param("tiny", 3, marks=pytest.mark.long),
        ("tiny-fire", 3),
        pytest.param("haimen-typhoon", 2, marks=pytest.mark.long),
        pytest.param("nantong-typhoon", 1, marks=pytest.mark.long),
        pytest.param("linyi-building-fire", 3, marks=pytest.mark.long),
        pytest.param("linyi-flood", 1, marks=pytest.mark.long),
        pytest.param("linyi-earthquake-sketch", 2, marks=pytest.mark.long),
        pytest.param("pingshan-typhoon", 1, marks=pytest.mark.long),
        pytest.param("pingshan-forest-fire", 2, marks=pytest.mark.long),
        pytest.param("fuling-forest-fire", 1, marks=pytest.mark.long),
    ],
)
def test_without_simd_the_facts_are_the_same(name: str, runs: int, level: str) -> None:
    assert said_by(PLAY, name, str(runs), **switched_off(level)) == said_by(PLAY, name, str(runs))
