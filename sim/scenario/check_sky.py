"""Whether there is one sky at most, and storms, weather and rain gauge can be read as such."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from anlan.sim.scenario.clock import chosen_track, closest_approach, start_time
from anlan.sim.scenario.errors import Slips, all_of, bad, either, worded
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
        problem = worded(
            "there is one sky, and {named} give one each; keep one", named=all_of(named)
        )
        raise at.wrong_key(problem, TOML, f"hazard.{named[-1]}", None)
    needy = [name for name in scenario.hazards if HAZARD_KINDS[name].under_sky]
    if needy and not named:
        blocks = either([f"[hazard.{name}]" for name in skies])
        problem = worded(
            "it goes by the weather, and no hazard gives wind and rain; name {blocks} too",
            blocks=blocks,
        )
        raise at.wrong_key(problem, TOML, f"hazard.{needy[0]}", None)


def check_fixes(scenario: Scenario, at: Places) -> None:
    """Each storm's fixes can be, and go forward in time."""
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
            problem = worded(
                "{time} is not after {before}, the fix of {storm} before it; sort the storm's "
                "fixes by time",
                time=fix.time.isoformat(),
                before=before.isoformat(),
                storm=fix.storm,
            )
        elif fix.time - before > MAX_GAP:
            problem = worded(
                "{time} is {days} days after the fix of {storm} before it; give fixes at most "
                "{most} days apart",
                time=fix.time.isoformat(),
                days=(fix.time - before).days,
                storm=fix.storm,
                most=MAX_GAP.days,
            )
        if problem:  # one slip puts all that follow out of order: the first says it
            slips.note(at.wrong(problem, "tracks.csv", i, fix, "time"))
            break
    slips.raise_first()


def check_storm(scenario: Scenario, at: Places) -> None:
    """The chosen storm passes the district, and the run has some hours in common with it."""
    typhoon = scenario.hazard(TyphoonHazard)
    if typhoon is not None:
        _check_approach(scenario, typhoon.storm)
        _check_meets(scenario, at)


def _check_given(fix: Fix, index: int, at: Places) -> None:
    """A deep storm has a wind: 0 is how agencies write that they give none. The centre is deeper
    than what lies around it.
    """
    if fix.wind_ms == 0 and fix.pressure_hpa is not None and fix.pressure_hpa <= DEEP_HPA:
        problem = worded(
            "0 m/s at {pressure_hpa:g} hPa is how agencies write that they give no wind; give "
            "it, or leave the cell empty in every row of the storm: it then comes of the pressure",
            pressure_hpa=fix.pressure_hpa,
        )
        raise at.wrong(problem, "tracks.csv", index, fix, "wind_ms")
    outer, centre = fix.outer_hpa, fix.pressure_hpa
    if outer is not None and centre is not None and outer <= centre:
        problem = worded(
            "{outer_hpa:g} hPa around a centre of {pressure_hpa:g}; give the outermost closed "
            "isobar, which is higher, or leave the cell empty",
            outer_hpa=outer,
            pressure_hpa=centre,
        )
        raise at.wrong(problem, "tracks.csv", index, fix, "outer_hpa")


def _check_meets(scenario: Scenario, at: Places) -> None:
    """The run and the storm's track have some hours in common."""
    track, start = chosen_track(scenario), start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    if start < track[-1].time and track[0].time < end:
        return
    key = "start" if scenario.settings.start is not None else "start_before_closest_h"
    near, _ = closest_approach(scenario)
    ends, begins = worded("ends before the closest approach"), worded("begins after the storm")
    when = ends if end <= near else begins
    problem = worded(
        "the run {when} ({near}): it goes from {start} to {end}, and the track only from {first} "
        "to {last}; give another beginning, or a longer duration_h",
        when=when,
        near=near.isoformat(),
        start=start.isoformat(),
        end=end.isoformat(),
        first=track[0].time.isoformat(),
        last=track[-1].time.isoformat(),
    )
    raise at.wrong_key(problem, TOML, "scenario", key)


def _check_approach(scenario: Scenario, storm: str) -> None:
    track = chosen_track(scenario)
    near, _ = closest_approach(scenario)
    if not track[0].time < near < track[-1].time:
        raise bad(
            worded(
                "the storm {storm} is nearest to the district at an end of its track ({near}); "
                "give fixes before and after its closest approach",
                storm=storm,
                near=near.isoformat(),
            ),
            "tracks.csv",
            None,
            "time",
        )


def check_gauge(scenario: Scenario, at: Places) -> None:
    """Measured rain is there where it is asked for, an hour a row."""
    typhoon = scenario.hazard(TyphoonHazard)
    if typhoon is not None and typhoon.rain == "gauge" and not scenario.gauge:
        problem = worded(
            "rain is gauge, but there is no gauge.csv with rows; give one, or write r-clipper"
        )
        raise at.wrong_key(problem, TOML, "hazard.typhoon", "rain")
    slips = Slips()
    for i, (a, b) in enumerate(pairwise(scenario.gauge)):
        if b.time - a.time < timedelta(hours=1):
            problem = worded(
                "{time} is less than an hour after the row before; give one row an hour, in time",
                time=b.time.isoformat(),
            )
            slips.note(at.wrong(problem, "gauge.csv", i + 1, b, "time"))
    slips.raise_first()
    if typhoon is not None and typhoon.rain == "gauge":
        _check_gauge_meets(scenario, at)


def _check_gauge_meets(scenario: Scenario, at: Places) -> None:
    """The rain that is asked for was measured while the run lasts."""
    start = start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    first, last = scenario.gauge[0], scenario.gauge[-1]
    if any(start - HOUR < g.time < end for g in scenario.gauge):
        return
    problem = worded(
        "no row lies in the run, which goes from {start} to {end}; the rows go from {first} to "
        "{last}; give the run's own hours",
        start=start.isoformat(),
        end=end.isoformat(),
        first=first.time.isoformat(),
        last=last.time.isoformat(),
    )
    raise at.wrong(problem, "gauge.csv", 0, first, "time")


def check_weather(scenario: Scenario, at: Places) -> None:
    """Weather is there where it is the sky, its rows in time."""
    if scenario.hazard(WeatherHazard) is not None and not scenario.weather:
        problem = worded("there is no weather.csv with rows for it; give one")
        raise at.wrong_key(problem, TOML, "hazard.weather", None)
    slips = Slips()
    for i, (a, b) in enumerate(pairwise(scenario.weather)):
        if b.time <= a.time:
            problem = worded(
                "{time} is not after the row before; sort the rows by time", time=b.time.isoformat()
            )
            slips.note(at.wrong(problem, "weather.csv", i + 1, b, "time"))
    slips.raise_first()
