"""Whether there is one sky at most, and storms, weather and rain gauge can be read as such."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from anlan.sim.scenario.clock import chosen_track, closest_approach
from anlan.sim.scenario.errors import bad
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import HAZARD_KINDS, Scenario, TyphoonHazard, WeatherHazard

TOML = "scenario.toml"
MAX_GAP = timedelta(days=30)  # between two fixes: no agency leaves a storm alone for so long


def check_sky(scenario: Scenario, at: Places) -> None:
    """Of the hazards that give wind and rain there is one at most; without any it is calm and dry.

    What goes by the weather (`Kind.under_sky`) is not left without.
    """
    skies = [name for name, kind in HAZARD_KINDS.items() if kind.sky]
    named = [name for name in scenario.hazards if name in skies]
    if len(named) > 1:
        problem = f"there is one sky, and {' and '.join(named)} give one each; keep one"
        raise at.wrong_key(problem, TOML, f"hazard.{named[-1]}", None)
    needy = [name for name in scenario.hazards if HAZARD_KINDS[name].under_sky]
    if needy and not named:
        blocks = " or ".join(f"[hazard.{name}]" for name in skies)
        problem = f"it goes by the weather, and no hazard gives wind and rain; name {blocks} too"
        raise at.wrong_key(problem, TOML, f"hazard.{needy[0]}", None)


def check_tracks(scenario: Scenario, at: Places) -> None:
    """Each storm's fixes go forward in time; the chosen one passes the district."""
    last: dict[str, datetime] = {}
    for i, fix in enumerate(scenario.tracks):
        before = last.get(fix.storm)
        last[fix.storm] = fix.time
        if before is None:
            continue
        problem = ""
        if fix.time <= before:
            problem = (
                f"{fix.time.isoformat()} is not after {before.isoformat()}, the fix of "
                f"{fix.storm} before it; sort the storm's fixes by time"
            )
        elif fix.time - before > MAX_GAP:
            problem = (
                f"{fix.time.isoformat()} is {(fix.time - before).days} days after the fix of "
                f"{fix.storm} before it; give fixes at most {MAX_GAP.days} days apart"
            )
        if problem:
            raise at.wrong(problem, "tracks.csv", i, fix, "time")
    typhoon = scenario.hazard(TyphoonHazard)
    if typhoon is not None:
        _check_approach(scenario, typhoon.storm)


def _check_approach(scenario: Scenario, storm: str) -> None:
    track = chosen_track(scenario)
    near, _ = closest_approach(scenario)
    if not track[0].time < near < track[-1].time:
        raise bad(
            f"the storm {storm} is nearest to the district at an end of its track "
            f"({near.isoformat()}); give fixes before and after its closest approach",
            "tracks.csv",
            None,
            "time",
        )


def check_gauge(scenario: Scenario, at: Places) -> None:
    """Measured rain is there where it is asked for, an hour a row."""
    typhoon = scenario.hazard(TyphoonHazard)
    if typhoon is not None and typhoon.rain == "gauge" and not scenario.gauge:
        problem = "rain is gauge, but there is no gauge.csv with rows; give one, or write r-clipper"
        raise at.wrong_key(problem, TOML, "hazard.typhoon", "rain")
    for i, (a, b) in enumerate(pairwise(scenario.gauge)):
        if b.time - a.time < timedelta(hours=1):
            problem = (
                f"{b.time.isoformat()} is less than an hour after the row before; "
                "give one row an hour, in time"
            )
            raise at.wrong(problem, "gauge.csv", i + 1, b, "time")


def check_weather(scenario: Scenario, at: Places) -> None:
    """Weather is there where it is the sky, its rows in time."""
    if scenario.hazard(WeatherHazard) is not None and not scenario.weather:
        problem = "there is no weather.csv with rows for it; give one"
        raise at.wrong_key(problem, TOML, "hazard.weather", None)
    for i, (a, b) in enumerate(pairwise(scenario.weather)):
        if b.time <= a.time:
            problem = f"{b.time.isoformat()} is not after the row before; sort the rows by time"
            raise at.wrong(problem, "weather.csv", i + 1, b, "time")
