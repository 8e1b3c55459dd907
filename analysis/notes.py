"""What a scenario may do in silence, said before it is played: valid, but maybe not meant."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np

from anlan.analysis.map_frames import frame_note
from anlan.analysis.notes_rivers import odd_of_rivers
from anlan.analysis.unusual import unusual
from anlan.analysis.words import trait, word
from anlan.sim import Odd, Places, Streams, Typhoon, land_of, odd, start_time
from anlan.sim.scenario.registry import entries
from anlan.sim.scenario.schema import Scenario, TyphoonHazard, WeatherHazard

SEA_DRAWS = 20  # of the storm, to see how high the sea may stand


def notes(scenario: Scenario, lang: str, at: Callable[[], Places] = Places) -> list[str]:
    """One sentence for each thing that a planner should know of before trusting the runs.

    `at` gives where its rows stand in its files, and is asked only where something is odd; without
    it a row is named by what it holds.
    """
    unlikely = [*odd(scenario), *odd_of_rivers(scenario), *unusual(scenario)]
    places = at() if unlikely else Places()
    found = (
        *(_odd(one, places, scenario, lang) for one in unlikely),
        *_weather(scenario, lang),
        *_forest(scenario, lang),
        *_tools(scenario, lang),
        *_dikes(scenario, lang),
        *frame_note(scenario, lang),
    )
    return list(found)


def notes_of_files(at: Places, lang: str) -> list[str]:
    """One sentence for each thing that was done with a scenario's files to read them."""
    return [word(f"note.{r.key}", lang, file=r.file, **r.fill) for r in at.remarks]


def _odd(one: Odd, at: Places, scenario: Scenario, lang: str) -> str:
    """Where it stands, and what was taken at its word."""
    fill = {name: _hint(v, lang) if isinstance(v, Mapping) else v for name, v in one.fill.items()}
    return word(f"note.{one.key}", lang, **{"where": _where(one, at, scenario, lang), **fill})


def _hint(texts: Mapping[str, str], lang: str) -> str:
    """A question after what was told; nothing where there is none."""
    return trait("between_sentences", lang) + texts[lang] if texts[lang] else ""


def _where(one: Odd, at: Places, scenario: Scenario, lang: str) -> str:
    if one.index is None:
        return one.file
    line = at.line_of(one.file, one.index)
    if line is not None:
        return word("note.at_row", lang, file=one.file, row=line, column=one.column)
    entry = next(e for e in entries(type(scenario)) if e.part.file == one.file)
    row = entry.of(scenario)[one.index]
    # A fix, an hour and a load of stock have no id: their second name or their time tells them.
    name = getattr(row, "time", None) or getattr(row, next(iter(type(row).model_fields)))
    shown = name.isoformat(timespec="minutes") if isinstance(name, datetime) else name
    return word("note.at_name", lang, file=one.file, name=shown, column=one.column)


def _weather(scenario: Scenario, lang: str) -> Iterator[str]:
    """The weather table is held at its ends, where the run goes on."""
    plain = scenario.hazard(WeatherHazard) is not None
    if not scenario.weather or not (plain or scenario.forest):
        return
    start = start_time(scenario)
    late = scenario.weather[0].time - start
    end = start + timedelta(hours=scenario.settings.duration_h)
    short = end - scenario.weather[-1].time
    for key, span in (("late", late), ("short", short)):
        if span > timedelta(0):
            whole_h = scenario.settings.duration_h
            missing_h = min(span / timedelta(hours=1), whole_h)
            yield word(f"note.weather_{key}", lang, h=f"{missing_h:.3g}", whole=whole_h)


def _tools(scenario: Scenario, lang: str) -> Iterator[str]:
    """Teams that lack a tool, and tools that do nothing; each said once for all teams."""
    teams = scenario.teams
    told = {
        "no_saw": [t for t in teams if "engineering" in t.capabilities and not t.saws],
        "idle_saws": [t for t in teams if t.saws and "engineering" not in t.capabilities],
        "idle_boats": [t for t in teams if t.boats and "water" not in t.capabilities],
        "idle_ambulances": [t for t in teams if t.ambulances and scenario.hospitals is None],
        "idle_aeds": [t for t in teams if t.aeds and t.kind != "first_responder"],
        "idle_bags": [t for t in teams if t.bags and "water" not in t.capabilities],
        "idle_pumps": [t for t in teams if t.pumps_m3_h and "water" not in t.capabilities],
    }
    for key, found in told.items():
        if found:
            yield word(f"note.{key}", lang, n=len(found), first=found[0].team)
    yield from _too_many(scenario, lang)
    if scenario.hospitals and not any(t.ambulances for t in teams):
        yield word("note.no_ambulance", lang)
    if scenario.hospitals is not None and not scenario.hospitals:
        yield word("note.no_hospital_row", lang)


def _too_many(scenario: Scenario, lang: str) -> Iterator[str]:
    """Teams with more of a tool than all their members could use at once, each kind in one line."""
    p, one = scenario.p, 1.0
    tools = (  # column, members whom one of it takes, how much one of it is
        ("boats", p("team.boat_crew"), one),
        ("saws", p("team.saw_crew"), one),
        ("pumps_m3_h", p("pump.unit_people"), p("pump.unit_m3_h")),
        ("aeds", one, one),
    )
    for column, people, unit in tools:
        most = {t.team: math.ceil(t.members / people) * unit for t in scenario.teams}
        found = [t for t in scenario.teams if (getattr(t, column) or 0) > most[t.team]]
        if found:
            first = max(found, key=lambda t: getattr(t, column) / max(1, t.members))
            has, can = getattr(first, column), most[first.team]
            yield word("note.too_many", lang, n=len(found), column=column, first=first.team,
                       has=f"{has:,g}", members=first.members, can=f"{can:,g}",
                       people=f"{people:g}", unit=f"{unit:,g}")  # fmt: skip


def _dikes(scenario: Scenario, lang: str) -> Iterator[str]:
    """Dikes by the sea against which that of the scenario's storm never stands."""
    by_sea = [d for d in scenario.dikes if not d.river]
    if not by_sea or scenario.hazard(TyphoonHazard) is None:
        return
    sea_m = highest_sea_m(scenario)
    ground_m = {c.community: c.elevation_m for c in scenario.communities}
    head_m = scenario.p("dike.boil_head_m")
    dry = [d for d in by_sea if sea_m <= ground_m[d.community] + head_m]
    if dry:
        lowest_m = min(ground_m[d.community] for d in dry)
        yield word("note.high_dikes", lang, n=len(dry), first=dry[0].dike, draws=SEA_DRAWS,
                   sea=f"{sea_m:.2f}", ground=f"{lowest_m:.2f}", head=f"{head_m:g}")  # fmt: skip


def highest_sea_m(scenario: Scenario) -> float:
    """Highest level of the sea in some draws of the storm: those of the first runs of seed 1.

    The sea goes by the place nearest to it alone, so the others are left out.
    """
    shore = min(scenario.communities, key=lambda c: (c.coast_km, c.community))
    storm = Typhoon(scenario.model_copy(update={"communities": (shore,), "roads": ()}))
    skies = (storm.draw(Streams(1, run)).sky for run in range(SEA_DRAWS))
    return max(float(sky.sea_level_m.max()) for sky in skies if sky is not None)


def _forest(scenario: Scenario, lang: str) -> Iterator[str]:
    """Forest fires that nobody can fight, and a district that has less forest than its map."""
    if scenario.forest is None:
        return
    if scenario.ignitions:
        crews = [t for t in scenario.teams if "forest" in t.capabilities]
        if not any(t.crews for t in crews):
            yield word("note.no_forest_crew", lang)
        burning = [f for f in scenario.fuels if f.ks > 0]
        if not any(f.hand_m_h_person or f.blower_m_h_person for f in burning):
            yield word("note.no_line", lang)
    whole_ha = scenario.forest.district_forest_ha
    if whole_ha is not None:
        land = land_of(scenario)
        map_ha = float(np.count_nonzero(land.forest) * land.cell_ha)
        if map_ha > whole_ha:
            amounts = {"map": f"{map_ha:,.0f}", "whole": f"{whole_ha:,.10g}"}
            yield word("note.district_forest", lang, **amounts)
