"""What one crew does with its tools, played in a made-up scene: a boat, hand tools at a fire.

Nobody wrote down a scene of which people, tools and hours are all known, so the scene is made up:
there is more to do than the crew can, and nothing else holds it up.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.validation.facts import Alone, Fact
from anlan.sim import load, run, start_time
from anlan.sim.scenario.schema import GaugeHour, Scenario, TyphoonHazard

F64 = NDArray[np.float64]
SCENES = 12  # draws of a scene
BOAT_PEOPLE, RESIDENTS = 6, 400
RAIN_FROM_H, RAIN_UNTIL_H, RAIN_MM_H = 2, 10, 150.0
CALM_MS, CALM_HPA = 8.0, 1005.0  # a storm that keeps nobody ashore
LINE_PEOPLE = 20  # those of the tables of line rates
GRASS = 2  # the code of which the field of the tiny fire is made


def boat_persons_per_h(_fact: Fact, seed: int, draws: int) -> F64:
    """(scenes,) persons an hour that one boat brings out of a drowned village, to the last."""
    return np.array([persons / hours for persons, hours, _ in _boats(seed, draws)])


def boat_persons_per_sortie(_fact: Fact, seed: int, draws: int) -> F64:
    """(scenes,) persons aboard on a way back."""
    return np.array([persons / sorties for persons, _, sorties in _boats(seed, draws)])


def line_m_h(fact: Fact, seed: int, draws: int) -> F64:
    """(scenes,) m of line an hour that 20 people with hand tools build; `at`: the fuel."""
    return np.array([_line_m_h(fact.at, seed, n) for n in range(min(draws, SCENES))])


def break_m_h(fact: Fact, _seed: int, _draws: int) -> F64:
    """(1,) m of break an hour of one front, by the rule."""
    return np.array([fact.loaded().p("forest.break_m_h")])


HANDS: dict[str, Alone] = {
    look.__name__: look
    for look in (boat_persons_per_h, boat_persons_per_sortie, line_m_h, break_m_h)
}


@cache
def _boats(seed: int, draws: int) -> tuple[tuple[float, float, float], ...]:
    """(persons brought out, hours from the first work to the last, sorties) of each scene."""
    village = drowned_village()
    seats = int(village.p("team.boat_seats"))
    found = []
    for number in range(min(draws, SCENES)):
        rows = run(village, seed, number).table("incident")
        done = np.isfinite(rows["done_min"])
        persons = rows["rescued"][done].astype(float)
        hours = (rows["done_min"][done].max() - rows["started_min"][done].min()) / 60.0
        found.append((persons.sum(), float(hours), float(np.ceil(persons / seats).sum())))
    return tuple(found)


def drowned_village() -> Scenario:
    """400 people in low houses under more than a metre of water; a crew of six with one boat."""
    base = load("tiny")
    seat, port = base.communities
    low = {
        "residents": RESIDENTS, "households": RESIDENTS // 3, "low_lying_share": 1.0,
        "dangerous_share": 0.0, "dormitory_share": 0.0, "drain_mm_h": 0.0, "pump_mm_h": 0.0,
    }  # fmt: skip
    crew = {
        "community": port.community, "kind": "comprehensive", "members": BOAT_PEOPLE,
        "crew_size": BOAT_PEOPLE, "boats": 1, "capabilities": ("water",),
    }  # fmt: skip
    start = start_time(base)
    rain = tuple(
        GaugeHour(time=start + timedelta(hours=h), rain_mm=RAIN_MM_H)
        for h in range(RAIN_FROM_H, RAIN_UNTIL_H)
    )
    storm = base.hazard(TyphoonHazard)
    assert storm is not None
    calm = {"wind_ms": CALM_MS, "pressure_hpa": CALM_HPA}
    return base.model_copy(
        update={
            "communities": (seat, port.model_copy(update=low)),
            "teams": (base.teams[0].model_copy(update=crew),),
            "gauge": rain,
            "tracks": tuple(f.model_copy(update=calm) for f in base.tracks),
            "hazards": {**base.hazards, "typhoon": storm.model_copy(update={"rain": "gauge"})},
            "responses": (),
        }
    )


def _line_m_h(fuel: str, seed: int, number: int) -> float:
    """From the first cell of line to the last; NaN where nothing was built."""
    ledger = run(fire_in(fuel), seed, number)
    ticks = np.asarray(ledger.table("fire_line")["tick"])
    if not len(ticks):
        return float("nan")
    line_m = float(ledger.table("fire_front")["line_m"].max())
    return 60.0 * line_m / float(ticks.max() - ticks.min() + 1)  # a tick is a minute


def fire_in(fuel: str) -> Scenario:
    """The tiny fire's level field made of one fuel, in calm air; 20 people with hand tools."""
    base = load("tiny-fire")
    bed = next(f for f in base.fuels if f.fuel == fuel)
    others = tuple(f for f in base.fuels if f.fuel != fuel and f.code != GRASS)
    crew = {
        "community": "port", "kind": "town", "members": LINE_PEOPLE, "crew_size": LINE_PEOPLE,
        "capabilities": ("forest",),
    }  # fmt: skip
    return base.model_copy(
        update={
            "fuels": (bed.model_copy(update={"code": GRASS}), *others),
            "teams": (base.teams[0].model_copy(update=crew),),
            "settings": base.settings.model_copy(update={"duration_h": 10}),
            "hazards": {k: h for k, h in base.hazards.items() if k != "building_fire"},
            "building_fires": (),
        }
    )
