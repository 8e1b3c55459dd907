"""What of the hazard reached the district in the runs: without it, a target met says little."""

from __future__ import annotations

from collections.abc import Iterator

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.plots.style import spread
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import amount, number
from anlan.analysis.words import trait, word
from anlan.sim import chosen_track, closest_approach

# Of these, those that were anything at all in some run.
SHOWN = (
    "hazard.max_wind_ms",
    "hazard.max_gust_ms",
    "hazard.max_rain_mm",
    "hazard.max_depth_m",
    "fire.buildings",
    "fire.burnt_ha",
)


def reached(results: Results, lang: str) -> str:
    """A sentence: the largest wind, rain, water and fire, and how near the storm's track comes.

    Means over the runs, in brackets where nine of ten runs lie.
    """
    said = [*_measures(results, lang), *_storm(results, lang)]
    if not said:
        return word("reached.nothing", lang)
    return word("reached.line", lang, what=trait("comma", lang).join(said))


def _measures(results: Results, lang: str) -> Iterator[str]:
    for name in SHOWN:
        if not results.has_measure(name):
            continue
        values = results.measure(name)[name].dropna().to_numpy(dtype=float)
        if not values.any():
            continue
        low, high = map(number, spread(values))
        measure = MEASURES[name]
        mean = amount(float(values.mean()), measure.unit, lang)
        yield word("reached.one", lang, name=measure.label(lang), mean=mean, low=low, high=high)


def _storm(results: Results, lang: str) -> Iterator[str]:
    if chosen_track(results.scenario):
        km = closest_approach(results.scenario)[1]
        yield word("reached.storm", lang, km=number(km))
