"""What a picture is: a name, the words under it, and a way to draw it with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Drawn(NamedTuple):
    """A figure and the numbers that are plotted in it, the same in every language.

    The figure's title is worked out from the table alone.
    """

    figure: Figure
    table: pd.DataFrame


class Picture(NamedTuple):
    """One picture of some results.

    `name`: of its files. `key`: its title stands in words/words.csv under `picture.<key>`, what it
    shows under `picture.<key>.text`. `about`: what it is about, where there are several of a kind.
    `draw` raises BadInput where there is nothing to draw.
    """

    name: str
    key: str
    about: str
    draw: Callable[[], Drawn]
