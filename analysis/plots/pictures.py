"""Which pictures there are of some results, and all of them drawn."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path

from anlan.analysis.explain.counted import has_failed
from anlan.analysis.plots.over_assumptions import draw as draw_over
from anlan.analysis.plots.picture import Drawn, Picture
from anlan.analysis.plots.study import study_pictures
from anlan.analysis.results.folder import Results
from anlan.analysis.results.over_assumptions import over_assumptions
from anlan.sim.scenario.errors import BadInput

OVER = "over_assumptions"  # verdicts over what is assumed, where that was played
FIGURES = "figures"  # the folder of the pictures
# pictures of the runs of one variant, in report order -> the tables of every run that each is drawn
# from; the module of that name has `draw(results, lang) -> Figure`
OF_RUNS: dict[str, tuple[str, ...]] = {
    "verdict": (),
    "narrowing": (),
    "district_map": ("places", "road_closed"),
    "fire_burn": ("fires", "fire_cells"),
    "fire_front": ("fires", "fire_cells"),
    "fire_containment": ("fires", "fire_cells", "fire_fronts"),
    "fire_arrival": ("fires",),
    "response": ("responses", "fires"),
    "helped": ("places",),
    "items": ("series", "store_out"),
    "teams": ("series",),
    "shelters": ("series", "shelter_use"),
    "timeline": (),
}
# those that say why targets are not met, where any is not: as above
WHY = {"why_links": ("late",), "why_map": ("late",), "why_worst": ("late_worst",)}
FIRES = {
    "fire_burn": "forest",
    "fire_front": "forest",
    "fire_containment": "forest",
    "fire_arrival": "building",
}  # pictures that are drawn only where there was such a fire


def pictures(results: Results, lang: str) -> list[Picture]:
    """The pictures of some results, in report order."""
    if not results.run_count:
        return []
    over = over_assumptions(results)
    told = [Picture(OVER, OVER, "", partial(draw_over, over, lang))] if over is not None else []
    if over is not None and over.results is results:
        return told
    if len(results.variants) > 1:
        return study_pictures(results, lang)
    runs = results.only(int(results.variants["variant"].iloc[0]))
    found = [Picture(name, name, "", partial(_draw, name, runs, lang)) for name in of_runs(runs)]
    return [*found[:1], *told, *found[1:]]


def of_runs(results: Results) -> list[str]:
    """The names of the pictures of one variant: those for which the tables were kept."""
    kinds = set(results.table("fires", ("kind",))["kind"])
    found = [
        name
        for name, tables in OF_RUNS.items()
        if all(results.has(t) for t in tables) and (name not in FIRES or FIRES[name] in kinds)
    ]
    return found + (_of_why(results) if has_failed(results) else [])


def _of_why(results: Results) -> list[str]:
    return [name for name, tables in WHY.items() if all(results.has(t) for t in tables)]


def _draw(name: str, results: Results, lang: str) -> Drawn:
    drawn: Drawn = import_module(f"anlan.analysis.plots.{name}").draw(results, lang)
    return drawn


def draw_pictures(results: Results, lang: str) -> list[Path]:
    """Draw every picture into the results' folder, and its numbers beside it; the files' paths.

    Pictures that were drawn before in another language stay while their numbers are the same; those
    of which there is nothing to draw any more go.
    """
    from anlan.analysis.plots.style import save, styled

    folder = results.folder / FIGURES
    paths: list[Path] = []
    stale = {*OF_RUNS, *WHY, OVER}
    with styled():
        for picture in pictures(results, lang):
            stale.add(picture.name)
            try:
                paths += save(picture.draw(), folder, picture.name, lang)
            except BadInput:  # no run was judged, or all outcomes are equal
                continue
            stale.remove(picture.name)
    _remove(folder, stale)
    return paths


def forget_pictures(results: Results, lang: str) -> None:
    """Remove every picture from the results' folder, and its numbers."""
    names = {picture.name for picture in pictures(results, lang)}
    _remove(results.folder / FIGURES, names | {*OF_RUNS, *WHY, OVER})


def _remove(folder: Path, names: set[str]) -> None:
    for path in [path for name in names for path in folder.glob(f"{name}.*")]:
        path.unlink()
