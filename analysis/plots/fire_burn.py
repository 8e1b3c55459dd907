"""Burn probability: in what share of the runs each place burnt, on the shaded relief."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.plots.maps import height_in
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.relief import cells_of, extent, land_caption, marks, relief, window_of
from anlan.analysis.plots.style import canvas, runs_caption
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word
from anlan.sim import land_of

if TYPE_CHECKING:
    from anlan.sim import Landscape

WIDTH = 8.4
STEPS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)  # share of the runs
FILLS = ("#FEE8C8", "#FDCE92", "#FC9D59", "#EF6548", "#BE1F1B", "#5F0010")
OFTEN = 0.5


def draw(results: Results, lang: str) -> Drawn:
    """One map over all runs."""
    from matplotlib.colors import BoundaryNorm, ListedColormap

    land = land_of(results.scenario)
    share = burn_share(results, land)
    window = window_of(land, *np.nonzero(share))
    caption = word("caption.fire_burn", lang) + land_caption(results, lang)
    caption += runs_caption(results, lang, "")
    tall = height_in(results.scenario, window, WIDTH - 1.4)
    figure = canvas(WIDTH, tall, _title(results, share, land, lang), caption)
    axes = figure.add_subplot()
    relief(axes, land, window)
    edges = [1e-9, *STEPS[1:-1], 1.0 + 1e-9]
    image: Any = axes.imshow(
        np.ma.masked_equal(share, 0.0), cmap=ListedColormap(FILLS),
        norm=BoundaryNorm(edges, len(FILLS)), extent=extent(land), origin="upper",
        interpolation="nearest", alpha=0.85, zorder=2,
    )  # fmt: skip
    marks(axes, results.scenario, window, lang)
    bar = figure.colorbar(image, ax=axes, shrink=0.6, pad=0.015)
    bar.set_ticks(edges, labels=[percent(s) for s in STEPS])
    bar.set_label(word("axis.burn_share", lang))
    return Drawn(figure, cells_of(share, "share_of_runs"))


def burn_share(results: Results, land: Landscape) -> Floats:
    """(rows, cols) share of the runs in which a cell burnt, in whichever fire."""
    cells = results.table("fire_cells", ("row", "col")).drop_duplicates()
    flat = cells["row"].to_numpy(dtype=np.int64) * land.cols + cells["col"].to_numpy(dtype=np.int64)
    count = np.bincount(flat, minlength=land.rows * land.cols)
    return count.reshape(land.rows, land.cols) / results.run_count


def _title(results: Results, share: Floats, land: Landscape, lang: str) -> str:
    often = float(np.count_nonzero(share >= OFTEN)) * land.cell_ha
    fires = results.table("fires", ("kind", "fire"))
    count = fires[fires["kind"] == "forest"]["fire"].nunique()
    return word("title.fire_burn", lang, n=count, ha=number(float(share.sum()) * land.cell_ha),
                often=number(often))  # fmt: skip
