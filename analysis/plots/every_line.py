"""Each line of a text is drawn in the language of the picture, not only a text of one line.

A pan-CJK font has several shapes of a character and of a comma; matplotlib 3.11 asks for those of
`text.language`, but hands a text of several lines on without it, and the font's own (here
traditional) shapes are drawn. For the time of a drawing its renderers are told once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Said:
    """What a renderer asks a text for, where it is handed none."""

    def get_language(self) -> Any:
        import matplotlib as mpl

        return mpl.rcParams["text.language"]

    def get_fontfeatures(self) -> None:
        return None


@contextmanager
def in_every_line() -> Iterator[None]:
    """Draw inside this."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.backends.backend_svg import RendererSVG

    if "text.language" not in mpl.rcParams:  # before matplotlib 3.11 there are no languages
        yield
        return
    renderers: tuple[Any, ...] = (RendererAgg, RendererSVG)
    plain = [renderer.draw_text for renderer in renderers]
    for renderer, draw in zip(renderers, plain, strict=True):
        renderer.draw_text = _telling(draw)
    try:
        yield
    finally:
        for renderer, draw in zip(renderers, plain, strict=True):
            renderer.draw_text = draw


def _telling(draw: Any) -> Any:
    def draw_text(
        self: Any, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        draw(self, gc, x, y, s, prop, angle, ismath, mtext if mtext is not None else _Said())

    return draw_text
