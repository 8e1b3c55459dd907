"""Response surface: a target or a measure over two factors, as the runs gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.study_style import played
from anlan.analysis.plots.style import INK, VERDICT_MARK, canvas, empty
from anlan.analysis.study.naming import Labels, what_label, what_unit
from anlan.analysis.text.numbers import amount, number
from anlan.analysis.verdict.target import bound_of
from anlan.analysis.what_counts.outcomes import outcomes
from anlan.analysis.words import word
from anlan.sim.scenario.errors import BadInput, nearest, worded
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, BODY = 8.4, 5.0  # inches
COLOURS = "cividis"  # even in lightness, and the same to the colour-blind
WRITTEN = 64  # cells in which the value is written


def draw(
    runs: pd.DataFrame,
    variants: pd.DataFrame,
    factors: tuple[str, str],
    what: str | Target,
    lang: str,
    labels: Labels | None = None,
) -> Drawn:
    """A cell a combination where the two factors make a full grid, else a dot a combination.

    Other factors that vary are averaged over, and said to be; then no verdict is marked.
    Raises BadInput for an unknown factor or one that is not a number.
    """
    labels = labels or {}
    points, alone = surface(runs, variants, factors, what)
    judged = isinstance(what, Target) and alone
    caption = word(f"caption.response_surface{'' if judged else '_mean'}", lang)
    caption += "" if alone else word("caption.response_pooled", lang)
    caption += played(runs.groupby("variant").size(), lang)
    title = _title(points, what, judged, lang)
    if not len(points):
        return empty(title, caption, lang, points)
    figure = canvas(WIDTH, BODY, title, caption)
    axes = figure.add_subplot()
    axes.grid(False)
    unit = what_unit(what)
    limits = (0.0, 1.0) if unit == "share" and isinstance(what, Target) else (None, None)
    style: dict[str, Any] = {"cmap": COLOURS, "vmin": limits[0], "vmax": limits[1]}
    grid = points.pivot(index="y", columns="x", values="estimate")
    full = len(grid) > 1 and len(grid.columns) > 1 and bool(grid.notna().all(axis=None))
    if full:
        image: Any = _cells(axes, grid, style)
        _limit(axes, grid, what)
    else:
        image = axes.scatter(points["x"], points["y"], c=points["estimate"], s=46, zorder=2,
                             edgecolor="white", linewidth=0.6, **style)  # fmt: skip
    if full and len(points) <= WRITTEN:
        _write(axes, points, image, unit, lang, judged)
    elif judged:
        _verdicts(axes, points, image)
    axes.set_xlabel(labels.get(factors[0], factors[0]))
    axes.set_ylabel(labels.get(factors[1], factors[1]))
    bar = figure.colorbar(image, ax=axes, pad=0.02)
    bar.ax.yaxis.set_major_formatter(lambda v, _: amount(v, unit, lang) if unit else number(v))
    bar.outline.set_visible(False)
    return Drawn(figure, points)


def surface(
    runs: pd.DataFrame, variants: pd.DataFrame, factors: tuple[str, str], what: str | Target
) -> tuple[pd.DataFrame, bool]:
    """A row a combination: x, y, estimate, verdict; and whether no other factor varies."""
    others = [c for c in variants.columns if c not in ("variant", *factors)]
    for name in factors:
        if name not in variants.columns or name == "variant":
            raise BadInput(
                worded(
                    "no factor {name}; {near}",
                    name=name,
                    near=nearest(name, map(str, variants.columns)),
                )
            )
        if not pd.api.types.is_numeric_dtype(variants[name]):
            raise BadInput(
                worded("factor {name} is not a number: it has no place on an axis", name=name)
            )
    alone = bool((variants[others].nunique() <= 1).all()) if others else True
    table = outcomes(runs, what).merge(variants, on="variant")
    table = table.rename(columns={factors[0]: "x", factors[1]: "y"})
    if not alone or table.duplicated(["x", "y"]).any():
        pooled = table.groupby(["x", "y"], as_index=False)["estimate"].mean()
        return pooled.assign(verdict="").dropna(subset="estimate"), False
    return table[["x", "y", "estimate", "verdict"]].dropna(subset="estimate"), True


def _cells(axes: Axes, grid: pd.DataFrame, style: dict[str, Any]) -> Any:
    x, y = grid.columns.to_numpy(dtype=float), grid.index.to_numpy(dtype=float)
    image = axes.pcolormesh(_edges(x), _edges(y), grid.to_numpy(), zorder=1, edgecolor="white",
                            linewidth=0.6, **style)  # fmt: skip
    if len(x) <= 12:
        axes.set_xticks(x)
    if len(y) <= 12:
        axes.set_yticks(y)
    return image


def _edges(centres: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Any:
    """Where the cells of rising centres meet: half way."""
    between = (centres[1:] + centres[:-1]) / 2
    return np.r_[2 * centres[0] - between[0], between, 2 * centres[-1] - between[-1]]


def _limit(axes: Axes, grid: pd.DataFrame, what: str | Target) -> None:
    """A line along the cells' sides between results that reach the target's limit and others."""
    if not isinstance(what, Target):
        return
    from matplotlib.collections import LineCollection

    bound = bound_of(what)
    reached = grid.to_numpy(dtype=float) >= bound
    x, y = (_edges(e.to_numpy(dtype=float)) for e in (grid.columns, grid.index))
    across = np.argwhere(reached[:, 1:] != reached[:, :-1])
    along = np.argwhere(reached[1:] != reached[:-1])
    sides = [[(x[j + 1], y[i]), (x[j + 1], y[i + 1])] for i, j in across]
    sides += [[(x[j], y[i + 1]), (x[j + 1], y[i + 1])] for i, j in along]
    for colour, width in (("white", 4.2), (INK, 2.2)):
        axes.add_collection(LineCollection(sides, colors=colour, linewidths=width, zorder=3,
                                           capstyle="round"))  # fmt: skip


def _ink(image: Any, value: float) -> str:
    """Dark on light cells, white on dark ones."""
    red, green, blue, _ = image.cmap(image.norm(value))
    return INK if 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 else "white"


def _write(
    axes: Axes, points: pd.DataFrame, image: Any, unit: str, lang: str, judged: bool
) -> None:
    """The value in each cell, with the verdict's mark above it."""
    for at in points.itertuples():
        ink = _ink(image, float(str(at.estimate)))
        text = (
            amount(float(str(at.estimate)), unit, lang, short=True) if unit else f"{at.estimate:g}"
        )
        axes.annotate(text, (at.x, at.y), (0, -6 if judged else 0), textcoords="offset points",
                      ha="center", va="center", size=7.5, color=ink, zorder=4)  # fmt: skip
        if judged:
            axes.annotate(SIGNS[str(at.verdict)], (at.x, at.y), (0, 6), ha="center", va="center",
                          textcoords="offset points", size=9, color=ink, zorder=4)  # fmt: skip


SIGNS = {"met": "○", "not met": "✕", "undecided": "◇", "nothing to judge": "–"}


def _verdicts(axes: Axes, points: pd.DataFrame, image: Any) -> None:
    """The verdict's mark on each point."""
    for outcome, group in points.groupby("verdict"):
        inks = [_ink(image, v) for v in group["estimate"]]
        axes.scatter(group["x"], group["y"], marker=VERDICT_MARK[str(outcome)], s=16, zorder=4,
                     facecolor="none", edgecolor=inks, linewidth=0.9)  # fmt: skip


def _title(points: pd.DataFrame, what: str | Target, judged: bool, lang: str) -> str:
    name, n = what_label(what, lang), len(points)
    if judged:
        count = points["verdict"].value_counts()
        return word("title.response_surface", lang, what=name, n=n, met=count.get("met", 0),
                    failed=count.get("not met", 0), open=count.get("undecided", 0))  # fmt: skip
    low, high = (
        amount(float(end), what_unit(what) or "share", lang)
        for end in (points["estimate"].min(), points["estimate"].max())
    )
    return word("title.response_surface_mean", lang, what=name, n=n, low=low, high=high)
