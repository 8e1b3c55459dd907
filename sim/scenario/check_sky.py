"""Whether there is one sky at most, and storms, weather and rain gauge can be read as such."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from anlan.sim.scenario.clock import chosen_track, closest_approach, start_time
from anlan.sim.scenario.errors import Slips, bad
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import HAZARD_KINDS, Fix, Scenario, TyphoonHazard, WeatherHazard

TOML = "scenario.toml"
HOUR = timedelta(hours=1)
DEEP_HPA = 990.0  # a storm's centre this deep has gales: no agency means calm by a wind of 0
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
    slips = Slips()
    for i, fix in enumerate(scenario.tracks):
        with slips:
            _check_given(fix, i, at)
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
        if problem:  # one slip puts all that follow out of order: the first says it
            with slips:
                raise at.wrong(problem, "tracks.csv", i, fix, "time")
            break
    slips.raise_first()
    typhoon = scenario.hazard(TyphoonHazard)
    if typhoon is not None:
        _check_approach(scenario, typhoon.storm)
        _check_meets(scenario, at)


def _check_given(fix: Fix, index: int, at: Places) -> None:
    """A deep storm has a wind: 0 is how agencies write that they give none."""
    if fix.wind_ms == 0 and fix.pressure_hpa is not None and fix.pressure_hpa <= DEEP_HPA:
        problem = (
            f"0 m/s at {fix.pressure_hpa:g} hPa is how agencies write that they give no wind; "
            "give it, or leave the cell empty in every row of the storm: it then comes of the "
            "pressure"
        )
        raise at.wrong(problem, "tracks.csv", index, fix, "wind_ms")


def _check_meets(scenario: Scenario, at: Places) -> None:
    """The run and the storm's track have some hours in common."""
    track, start = chosen_track(scenario), start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    if start < track[-1].time and track[0].time < end:
        return
    key = "start" if scenario.settings.start is not None else "start_before_closest_h"
    near, _ = closest_approach(scenario)
    when = "ends before the closest approach" if end <= near else "begins after the storm"
    problem = (
        f"the run {when} ({near.isoformat()}): it goes from {start.isoformat()} to "
        f"{end.isoformat()}, and the track only from {track[0].time.isoformat()} to "
        f"{track[-1].time.isoformat()}; give another beginning, or a longer duration_h"
    )
    raise at.wrong_key(problem, TOML, "scenario", key)


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
    if typhoon is not None and typhoon.rain == "gauge":
        _check_gauge_meets(scenario, at)


def _check_gauge_meets(scenario: Scenario, at: Places) -> None:
    """The rain that is asked for was measured while the run lasts."""
    start = start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    first, last = scenario.gauge[0], scenario.gauge[-1]
    if any(start - HOUR < g.time < end for g in scenario.gauge):
        return
    problem = (
        f"no row lies in the run, which goes from {start.isoformat()} to {end.isoformat()}; the "
        f"rows go from {first.time.isoformat()} to {last.time.isoformat()}; give the run's own "
        "hours"
    )
    raise at.wrong(problem, "gauge.csv", 0, first, "time")


def check_weather(scenario: Scenario, at: Places) -> None:
    """Weather is there where it is the sky, its rows in time."""
    if scenario.hazard(WeatherHazard) is not None and not scenario.weather:
        problem = "there is no weather.csv with rows for it; give one"
        raise at.wrong_key(problem, TOML, "hazard.weather", None)
    for i, (a, b) in enumerate(pairwise(scenario.weather)):
        if b.time <= a.time:
            problem = f"{b.time.isoformat()} is not after the row before; sort the rows by time"
            raise at.wrong(problem, "weather.csv", i + 1, b, "time")
