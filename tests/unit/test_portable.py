"""Functions whose last bits do not hang on the processor, and that nothing else is used."""

from __future__ import annotations

import ast
from math import inf

import numpy as np
import pytest

from anlan.sim import portable
from tests.house import ROOT

# What numpy, scipy or the C library works out in one way or another, by the processor.
FUNCTIONS = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt"),
    *("power", "float_power", "pow", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("arcsin", "arccos", "arctan", "arctan2", "asin", "acos", "atan", "atan2"),
    *("ndtr", "ndtri", "dot", "matmul", "einsum", "inner"),
}
LIBRARIES = {"np", "numpy", "math", "special", "scipy.special"}
BARE = {"ndtr", "ndtri"}  # that are imported by their own names
# Who uses one all the same, since what comes out is only compared, or made whole ticks or steps.
COMPARED = {
    "sim/chance.py": "ndtri: draws of 24 bits, out of 53",
    "sim/fires/harm.py": "** 2: a distance, compared with a reach",
    "sim/nature/building/growth.py": "** 2 of a whole number, which is exact",
    "sim/nature/building/outbreaks.py": "ndtri goes into an exponential; a count of victims",
    "sim/nature/building/victims.py": "ndtri goes into an exponential",
    "sim/nature/forest/attack.py": "a line rate, made whole cells; a rule to check against",
    "sim/nature/forest/edge.py": "@ of whole numbers, which is exact",
    "sim/nature/forest/intensity.py": "flames, compared with what crews stand",
    "sim/networks/fragility.py": "gusts that break things, compared with the gust",
    "sim/networks/trees.py": "gusts that break trees, compared with the gust",
    "sim/people/draws.py": "thresholds of people, compared; minutes and hours, made ticks",
    "sim/people/notice.py": "minutes, made ticks",
    "sim/people/spread.py": "shares reached, compared with draws",
    "sim/place/landscape/synthetic.py": "powers of a half, which are exact",
    "sim/scenario/clock.py": "the nearest of some distances, made a tick",
    "sim/season/weather.py": "ndtri, gamma and its inverse: what comes of them is rounded",
}


def used(source: str) -> set[str]:
    """The functions, and the operators ** and @, that a source uses other than from `portable`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in LIBRARIES:
            found |= {node.attr} & FUNCTIONS
        elif isinstance(node, ast.Name):
            found |= {node.id} & BARE
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            found.add("@")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            # a whole power of two or ten is exact
            base = node.left.value if isinstance(node.left, ast.Constant) else None
            found |= set() if base in (2, 2.0, 10) else {"**"}
    return found


def test_what_hangs_on_the_processor_is_used_only_where_it_decides_nothing() -> None:
    using = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "sim").rglob("*.py")
        if path.name != "portable.py" and used(path.read_text(encoding="utf-8"))
    }
    assert sorted(using) == sorted(COMPARED)


@pytest.mark.parametrize(
    "source", ["np.exp(a)", "math.log(a)", "a ** 0.46", "a @ b", "ndtri(u)", "scipy.special.ndtr"]
)
def test_a_use_would_be_seen(source: str) -> None:
    assert used(source)
    assert not used("portable.exp(a) * 2.0**-53 + np.sqrt(b) + 10**12")


def test_values_are_rounded_to_twenty_bits() -> None:
    values = np.random.default_rng(3).lognormal(0.0, 20.0, 10_000)
    values[::2] *= -1.0
    rounded = portable.rounded(values)
    mantissa, _ = np.frexp(rounded)
    assert (mantissa * 2.0**portable.BITS == np.rint(mantissa * 2.0**portable.BITS)).all()
    assert np.abs(rounded / values - 1.0).max() <= portable.RESOLUTION
    assert (portable.rounded(rounded) == rounded).all()
    assert portable.rounded([0.0, -0.0, 1.0, 2.0**-30, 3e5]).tolist() == [0, 0, 1, 2.0**-30, 3e5]


def test_neighbours_become_the_same() -> None:
    """A last bit more or less: of a million values, none comes out on another side."""
    values = np.random.default_rng(4).random(1_000_000) + 0.5
    assert (portable.rounded(values) == portable.rounded(np.nextafter(values, inf))).all()


@pytest.mark.parametrize(
    "name", ["exp", "sin", "cos", "tan", "arctan", "log", "log1p", "log10", "power", "arctan2"]
)
def test_functions_are_numpys_own_in_float64(name: str) -> None:
    one = np.linspace(0.1, 3.0, 500)
    more = (one[::-1].copy(),) if name in ("power", "arctan2") else ()
    exact = getattr(np, name)(one, *more)
    assert getattr(portable, name)(one, *more) == pytest.approx(exact, rel=portable.RESOLUTION)
    # single precision is worked out in double: nothing of its own last bits is left
    single = getattr(portable, name)(*(v.astype(np.float32) for v in (one, *more)))
    again = getattr(portable, name)(
        *(v.astype(np.float32).astype(np.float64) for v in (one, *more))
    )
    assert single.dtype == np.float64
    assert (single == again).all()
