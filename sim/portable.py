"""Powers, logarithms and sines whose last bits do not hang on the processor.

Sums, products, quotients and square roots are the same everywhere: IEEE 754 fixes each bit. The
functions here are not. numpy and the C library choose among several ways of working them out by
what a processor can do (AVX2, AVX-512, FMA), and these differ in the last bit. So each is worked
out in float64 and rounded to fewer significant bits: what was nearly the same becomes the same.
Powers and logarithms keep 20 bits (half a millionth of their value), angles and their sines 26
(a storm's centre within a metre); both are far finer than anything here is known. Whoever uses
them for all that is not plain arithmetic, from the same inputs, gets the same results.

It is all but certain, not certain: two values that differ in their last bit are rounded to
different ones if a border of the rounding lies between them, once in 2**33 times (2**27 for
angles). numpy's ways differ in every twentieth power or exponential and every thousandth sine, so
a million values are otherwise on another processor with a chance of some 6e-6. What is only
compared with something, or made whole ticks, needs no rounding: there a last bit decides nothing,
but for a chance of about 2**-50 a value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]

BITS = 20  # that are kept of a power or logarithm, of 53
ANGLE_BITS = 26  # that are kept of an angle, or of its sine
RESOLUTION = 2.0**-BITS  # no value is off by more than half of this share of itself


def rounded(values: ArrayLike, bits: int = BITS) -> F64:
    """Finite values, float64, to some significant bits (Veltkamp's splitting; Dekker 1971).

    The shape is kept. Beyond 1e290 in size there is no room to split: NaN comes out.
    """
    exact = np.asarray(values, dtype=np.float64)
    high = np.asarray(exact * (2.0 ** (53 - bits) + 1.0))
    return np.asarray(high - (high - exact), dtype=np.float64)


def _of(function: Callable[..., Any], bits: int) -> Callable[..., F64]:
    """A function of numpy, worked out in float64 and rounded."""

    def worked_out(*values: ArrayLike) -> F64:
        return rounded(function(*(np.asarray(v, dtype=np.float64) for v in values)), bits)

    return worked_out


exp, power = _of(np.exp, BITS), _of(np.power, BITS)
log, log1p, log10 = _of(np.log, BITS), _of(np.log1p, BITS), _of(np.log10, BITS)
sin, cos, tan = _of(np.sin, ANGLE_BITS), _of(np.cos, ANGLE_BITS), _of(np.tan, ANGLE_BITS)
arctan, arctan2 = _of(np.arctan, ANGLE_BITS), _of(np.arctan2, ANGLE_BITS)
