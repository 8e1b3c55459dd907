"""What simple formulas come to, for those that no program has worked out or has worked out wrongly.

Only sums, products and rounding over cells of the same sheet: all else gives None.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

from anlan.app.workbook.cells import Cell, Spot, number_of

_REF = r"([A-Za-z]{1,3})(\d{1,7})"
_DEEPEST = 40
_LONGEST = 500
_MOST_CELLS = 100_000
_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class _CannotTell(Exception):  # noqa: N818 (not an error: the answer is "unknown")
    pass


def value_of(formula: str, cells: Mapping[Spot, Cell], depth: int = 0) -> float | None:
    """What a formula comes to; None where that cannot be told."""
    if depth > _DEEPEST or len(formula) > _LONGEST or "!" in formula:
        return None
    text = formula.lstrip("=+ ").replace("$", "")
    text = re.sub(rf"{_REF}:{_REF}", r"AREA('\1', \2, '\3', \4)", text)
    try:
        tree = ast.parse(text, mode="eval").body
        return _number(_value(tree, cells, depth))
    except (_CannotTell, SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError,
            MemoryError):  # fmt: skip
        return None


def _number(value: float | list[float]) -> float:
    if isinstance(value, list) or not math.isfinite(value):
        raise _CannotTell
    return value


def _value(node: ast.AST, cells: Mapping[Spot, Cell], depth: int) -> float | list[float]:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            one, other = _value(left, cells, depth), _value(right, cells, depth)
            return _OPERATORS[type(op)](_number(one), _number(other))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_value(operand, cells, depth))
        case ast.Name(id=name) if found := re.fullmatch(_REF, name):
            return _of_cell(cells, (int(found[2]), number_of(found[1])), depth, in_sum=False)
        case ast.Call(func=ast.Name(id=name), args=given):
            return _called(name.upper(), given, cells, depth)
    raise _CannotTell


def _called(
    name: str, given: list[ast.expr], cells: Mapping[Spot, Cell], depth: int
) -> float | list[float]:
    if name == "AREA":
        left, top, right, bottom = (a.value for a in given if isinstance(a, ast.Constant))
        return _area(cells, (str(left), str(top), str(right), str(bottom)), depth)
    values = [_value(a, cells, depth) for a in given]
    flat = [v for one in values for v in (one if isinstance(one, list) else [one])]
    if name == "SUM":
        return sum(flat)
    if name == "PRODUCT":
        return math.prod(flat)
    if name == "ROUND" and len(flat) == 2:
        scale = 10.0 ** int(flat[1])
        return math.floor(abs(flat[0]) * scale + 0.5) / scale * math.copysign(1.0, flat[0])
    raise _CannotTell


def _area(cells: Mapping[Spot, Cell], ends: tuple[str, str, str, str], depth: int) -> list[float]:
    left, right = number_of(ends[0]), number_of(ends[2])
    top, bottom = int(ends[1]), int(ends[3])
    if (right - left + 1) * (bottom - top + 1) > _MOST_CELLS:
        raise _CannotTell
    spots = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
    return [_of_cell(cells, spot, depth, in_sum=True) for spot in spots if spot in cells]


def _of_cell(cells: Mapping[Spot, Cell], spot: Spot, depth: int, in_sum: bool) -> float:
    cell = cells.get(spot)
    if cell is None:
        return 0.0
    if cell.formula:
        inner = value_of(cell.formula, cells, depth + 1)
        if inner is not None:
            return inner
    if isinstance(cell.raw, (int, float)) and not isinstance(cell.raw, bool):
        return float(cell.raw)
    if in_sum and cell.is_text:
        return 0.0  # a sum leaves text out, which is how 9人 gets lost
    raise _CannotTell
