"""Designs: points in the unit cube of the factors, and what each point sets.

Full grids and Latin hypercubes (McKay, Beckman, Conover 1979) and the plain Sobol' sequence by
scipy; Saltelli's and Morris' points by SALib, which also reads indices from them.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.study.assumed import ASSUMPTIONS, assumed_points
from anlan.analysis.study.extras import needed
from anlan.analysis.study.schema import Design, Factor, Study, Value
from anlan.sim.scenario.errors import BadInput, Slips, bad, nearest, shown, worded
from anlan.sim.scenario.tables import read_text

NO_LEVELS = worded("a grid needs levels or values")
Floats = NDArray[np.float64]


def variants_of(study: Study) -> int:
    """How many variants a study has, before any is made; -1 for a table, which must be read."""
    design, k = study.design, len(study.factors)
    if design is None:
        return 1
    n = design.samples or 0
    if design.kind == "grid":
        slips = Slips()
        for factor in study.factors:
            if factor.values is None and factor.levels is None:
                slips.note(study.wrong_factor(NO_LEVELS, factor, "levels"))
        slips.raise_first()
        return math.prod(_levels(f) for f in study.factors)
    if design.kind == "sobol":
        return n * (k + 2) if design.indices else n
    if design.kind == "morris":
        return n * (k + 1)
    return n if design.kind in ("lhs", ASSUMPTIONS) else -1


def points(study: Study) -> Floats:
    """(variants, factors) places in the unit cube, in which each factor runs from 0 to 1.

    Empty for a table, whose values stand in its file. Raises BadInput where SALib is missing.
    """
    design, k = study.design, len(study.factors)
    if design is None or design.kind == "table":
        return np.empty((0, k))
    if design.kind == "grid":
        axes = [np.arange(len(grid_values(f))) / (len(grid_values(f)) - 1) for f in study.factors]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, k)
    assert design.samples is not None  # the schema sees to it
    if design.kind == "lhs":
        from scipy.stats import qmc

        return np.asarray(qmc.LatinHypercube(k, rng=design.seed).random(design.samples))
    if design.kind == ASSUMPTIONS:
        return assumed_points(study.factor_names, design.samples, design.seed)
    if design.kind == "sobol" and not design.indices:
        from scipy.stats import qmc

        return np.asarray(qmc.Sobol(k, rng=design.seed).random(design.samples))
    return _salib(study, design)


def _salib(study: Study, design: Design) -> Floats:
    sample = needed(f"SALib.sample.{design.kind}").sample
    k = len(study.factors)
    problem = {"num_vars": k, "names": [f.name for f in study.factors], "bounds": [[0.0, 1.0]] * k}
    how: dict[str, Any] = {"num_levels": design.levels}
    if design.kind == "sobol":
        how = {"calc_second_order": False}
    return np.asarray(sample(problem, design.samples, seed=design.seed, **how), dtype=float)


def _levels(factor: Factor) -> int:
    """How many values a factor has on a full grid. Raises BadInput where nobody says it."""
    if factor.values is not None:
        return len(factor.values)
    if factor.levels is None:
        problem = worded("{where}: {problem}", where=factor.name, problem=NO_LEVELS)
        raise BadInput(worded("factor {told}", told=problem))
    return factor.levels


def grid_values(factor: Factor) -> tuple[Value, ...]:
    """The values of a factor on a full grid. Raises BadInput where it has no number of levels."""
    if factor.values is not None:
        return factor.values
    levels = _levels(factor)
    return tuple(value_at(factor, i / (levels - 1)) for i in range(levels))


def value_at(factor: Factor, place: float) -> Value:
    """The value at a place from 0 to 1."""
    if factor.values is not None:
        n = len(factor.values)
        return factor.values[min(n - 1, int(place * n))]
    assert factor.low is not None
    assert factor.high is not None
    if factor.scale == "log":
        value = factor.low * (factor.high / factor.low) ** place
    else:
        value = factor.low + (factor.high - factor.low) * place
    return float(round(value)) if factor.whole else float(value)


def values(study: Study) -> tuple[Floats, list[tuple[Value, ...]]]:
    """(the points, the factors' values at each point): a row a variant. Raises BadInput."""
    if study.design is None:
        return np.empty((1, 0)), [()]
    if study.design.kind == "table":
        return np.empty((0, len(study.factors))), _table(study, study.design)
    places = points(study)
    if study.design.kind == "grid":  # exactly the values, not what is near them
        grids = [grid_values(f) for f in study.factors]
        sizes = [len(g) for g in grids]
        at = np.stack(np.unravel_index(np.arange(math.prod(sizes)), sizes), axis=-1)
        return places, [tuple(g[i] for g, i in zip(grids, row, strict=True)) for row in at.tolist()]
    return places, [
        tuple(value_at(f, u) for f, u in zip(study.factors, row, strict=True))
        for row in places.tolist()
    ]


def _table(study: Study, design: Design) -> list[tuple[Value, ...]]:
    """The rows of a table of one's own: a column a factor, in any order."""
    assert design.file is not None
    text = read_text(study.folder, design.file)
    names = [f.name for f in study.factors]
    if text is None:
        problem = worded(
            "the file is missing; give a table with the columns {columns}",
            columns=", ".join(names),
        )
        raise bad(problem, design.file)
    lines = list(csv.reader(io.StringIO(text)))
    header = [c.strip() for c in lines[0]]
    slips = Slips()
    for column in header:
        if column not in names:
            problem = worded("no factor; {near}", near=nearest(column, names))
            slips.note(bad(problem, design.file, 1, column or worded("(empty)")))
    for name in names:
        if header.count(name) != 1:
            slips.note(bad(worded("the column must be there once"), design.file, 1, name))
    slips.raise_first()
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(c.strip() for c in cells):
            with slips:
                rows.append(_row(study, design.file, number, header, cells, slips))
    slips.raise_first()
    if not rows:
        raise bad(worded("has no row below its header; give at least one"), design.file)
    return rows


def _row(
    study: Study, file: str, number: int, header: list[str], cells: list[str], slips: Slips
) -> tuple[Value, ...]:
    """A row's values; every cell with a slip is noted. Raises BadInput for too many or few."""
    if len(cells) != len(header):
        raise bad(
            worded("{cells} cells, but the header has {header}", cells=len(cells),
                   header=len(header)),
            file,
            number,
        )  # fmt: skip
    given = dict(zip(header, cells, strict=True))
    found: list[Value] = []
    for factor in study.factors:
        with slips:
            found.append(_cell(given[factor.name].strip(), factor, file, number))
    return tuple(found)


def _cell(text: str, factor: Factor, file: str, row: int) -> Value:
    if factor.values is not None and any(isinstance(v, str) for v in factor.values):
        if text in {str(v) for v in factor.values}:
            return text
        near = nearest(text, [str(v) for v in factor.values])
        raise bad(
            worded("{text} is not one of the factor's values; {near}", text=shown(text), near=near),
            file,
            row,
            factor.name,
        )
    try:
        value = float(text)
    except ValueError:
        raise bad(
            worded("{text} is not a number", text=shown(text)), file, row, factor.name
        ) from None
    if not math.isfinite(value):
        raise bad(worded("{text} is not a finite number", text=shown(text)), file, row, factor.name)
    low, high = factor.low, factor.high
    if low is not None and high is not None and not low <= value <= high:
        raise bad(
            worded("{value:g} is not within {low:g} to {high:g}", value=value, low=low, high=high),
            file,
            row,
            factor.name,
        )
    return value


def text_of(value: Value) -> str:
    """A value as `--set` takes it."""
    if isinstance(value, str) or not math.isfinite(value):
        return str(value)  # one that is not finite is refused where it is set
    return str(int(value)) if value == int(value) else repr(value)
