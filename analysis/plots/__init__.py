"""One function a picture, one module a picture; each is drawn from an output folder's results."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from anlan.analysis.results import Results

# name of the file -> the module's function `draw(results, lang) -> Figure`, in report order
PICTURES = (
    "verdict",
    "district_map",
    "response_time",
    "stock",
    "shelters",
    "timeline",
)
FOREST = ("fire_burn", "fire_front", "fire_containment")  # after the map, where forests burn
BUILDING = ("fire_arrival",)  # where buildings burn


def pictures(results: Results) -> tuple[str, ...]:
    """The pictures of these results, in report order: those of fires only where there are some."""
    kinds = set(results.fires["kind"])
    fires = (FOREST if "forest" in kinds else ()) + (BUILDING if "building" in kinds else ())
    after = PICTURES.index("district_map") + 1
    return PICTURES[:after] + fires + PICTURES[after:]


def draw_all(
    results: Results, folder: Path, lang: str, progress: Callable[[str], None] | None = None
) -> list[Path]:
    """Draw every picture as PNG and SVG into `folder`; returns the files' paths."""
    from anlan.analysis.plots.style import save, styled

    paths: list[Path] = []
    with styled():
        for name in pictures(results):
            if progress:
                progress(name)
            figure = import_module(f"analysis.plots.{name}").draw(results, lang)
            paths += save(figure, folder, name)
    return paths
