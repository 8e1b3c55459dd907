"""The present does not read the future: weather that changes after a tick leaves all before alone.

A run is played twice with the same seed, the same bulletins (forecasts are messages, made
beforehand) and the same weather up to a tick t; after it the second one meets another storm. Then

- both runs, stopped after t, have written the same ledger to the bit;
- of both runs, played to their end, all that was known at t is the same to the bit (`KNOWN` says
  table by table what that is);
- what the whole run tells of the time up to t is what the stopped run told: nothing is rewritten;
- and the other storm does reach facts after t, or the test would show nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.engine import Engine, prepare
from anlan.sim.fires.forest import ForestFires
from anlan.sim.forcing.base import Forcing, Sky
from anlan.sim.forcing.fire_weather import Sky as FireSky
from anlan.sim.forcing.fire_weather import SkyError, Weather
from anlan.sim.ledger import NEVER, TABLES
from anlan.sim.model import ResponseModel
from anlan.sim.scenario.read import shipped

Tables = dict[str, dict[str, NDArray[Any]]]
SEED = 20260101
# Scenarios that are cut short here, and those that still take long.
SHORT: dict[str, dict[str, str]] = {
    "fuling-forest-fire": {"settings.duration_h": "16"},
    "haimen-typhoon": {"settings.duration_h": "30", "settings.start_before_closest_h": "22"},
    "linyi-flood": {"settings.duration_h": "30"},
    "nantong-typhoon": {"settings.duration_h": "16", "settings.start_before_closest_h": "12"},
    "pingshan-forest-fire": {"settings.duration_h": "12"},
    "pingshan-typhoon": {"settings.duration_h": "30", "settings.start_before_closest_h": "22"},
}
LONG = {
    "fuling-forest-fire",
    "haimen-typhoon",
    "linyi-building-fire",
    "nantong-typhoon",
    "pingshan-forest-fire",
}
TICKS_OF = {"nantong-typhoon": 1, "haimen-typhoon": 2}  # else three
END = ""  # the time of a column that is settled at the end of a run only


@dataclass(frozen=True)
class Known:
    """What of a table's row is known at a tick.

    The row is there from the time `at` on (empty: from the start). Other times count once they
    have come. A column in `by` counts once that time has come; all others with the row. `sums`:
    rows that tell the same story are one, and their persons add up, since what comes later may
    split a row of people.
    """

    at: str
    by: Mapping[str, str] = field(default_factory=dict)
    sums: bool = False


HOURLY = Known("tick")
KNOWN: dict[str, Known] = {
    "message": Known("sent_tick", {"means": "received_tick"}),
    "threat": Known("tick"),
    "warning": Known("", sums=True),
    "evacuation": Known(
        "", {"order": "ordered_tick", "destination": "left_tick", "outcome": END}, sums=True
    ),
    "incident": Known(
        "occurred_tick",
        {"persons": "done_tick", "rescued": "done_tick", "died": "done_tick",
         "crew": "arrived_tick"},
    ),
    "casualty": Known("tick"),
    "muster": Known("called_tick"),
    "deployment": Known("sent_tick", {"outcome": "left_tick"}),
    "trip": Known("departed_tick", {"outcome": "arrived_tick"}),
    "request": Known("heard_tick"),
    "delivery": Known("departed_tick", {"trip": "arrived_tick"}),
    "store_level": HOURLY,
    "stock_level": HOURLY,
    "site_level": HOURLY,
    "shelter_level": HOURLY,
    "relief": Known("need_tick", sums=True),
    "resident_state": HOURLY,
    "hazard_level": HOURLY,
    "storm": HOURLY,
    "outage": Known("from_tick"),
    "road_closure": Known("closed_tick"),
    # A building burns by its own clock from minute to minute, and crews come to it by the tick.
    "fire": Known(
        "ignited_min",
        dict.fromkeys(
            # A fire may cross its line again, and flare up: its last time is told.
            ("controlled_min", "out_min", "fire_class", "engines_needed_max", "engines_peak",
             "water_l", "burnt_m2", "burnt_ha", "victims", "rescued", "died"),
            END,
        ) | {"first_crew": "arrived_min"},
    ),
    "fire_front": HOURLY,
    "fire_cell": Known("arrival_min"),
    "fire_line": HOURLY,
    "crew_level": HOURLY,
}  # fmt: skip


def known_at(tables: Tables, tick: int, tick_min: int) -> dict[str, Counter[Any]]:
    """Of each table the rows, as far as they are known at the end of a tick, and how many times
    each (or how many persons).
    """
    return {name: _known(name, tables[name], tick, float(tick * tick_min)) for name in TABLES}


def _known(name: str, columns: dict[str, NDArray[Any]], tick: int, minute: float) -> Counter[Any]:
    rule = KNOWN[name]
    assert not {rule.at, *rule.by, *rule.by.values()} - {*columns, END}, name
    if rule is HOURLY:  # whole rows, in their order: bytes do
        there = columns["tick"] <= tick
        return Counter({c: _bytes(v[there]) for c, v in columns.items()})
    come = {c: _come(v, TABLES[name][c][1], tick, minute) for c, v in columns.items()}
    times = [c for c in columns if TABLES[name][c][1] in ("tick", "min")]
    there = come[rule.at] if rule.at else np.logical_or.reduce([come[c] for c in times])
    shown = []
    for column, values in columns.items():
        if rule.sums and column == "persons":
            continue
        time = rule.by.get(column, column if column in times else None)
        decided = np.full(len(values), time is None) if not time else come[time]
        if values.dtype.kind == "f":
            decided = decided & ~np.isnan(values)  # which is not even like itself
        shown.append(np.where(decided, values, None)[there].tolist())
    found: Counter[Any] = Counter()
    persons = columns["persons"][there].tolist() if rule.sums else [1] * int(there.sum())
    for row, count in zip(zip(*shown, strict=True), persons, strict=True):
        found[row] += count
    return found


def _bytes(values: NDArray[Any]) -> Any:
    return tuple(values.tolist()) if values.dtype == object else values.tobytes()


def _come(values: NDArray[Any], unit: str, tick: int, minute: float) -> NDArray[np.bool_]:
    """Which times have come; of what is no time, none."""
    if unit == "tick":
        return np.asarray((values != NEVER) & (values <= tick))
    if unit == "min":
        return np.asarray(values <= minute)  # false for what is not a number
    return np.zeros(len(values), dtype=bool)


# -- another storm after a tick -------------------------------------------------------------------

# What the weather is like after the tick: nothing like before, and hard enough to break things.
# The second number is how hard; two places need more than three hundred.
WORSE: dict[str, Callable[[NDArray[Any], float], NDArray[Any]]] = {
    "wind_ms": lambda x, hard: 0.8 * x + 10.0 * hard,
    "gust_ms": lambda x, hard: 0.9 * x + 18.0 * hard,
    "rain_mm_h": lambda x, hard: 0.3 * x + 8.0 * hard,
    "sea_level_m": lambda x, hard: x + 2.0 * hard,
}
HARD = {"tiny": 3.0, "tiny-fire": 3.0}


def changed(forcing: Forcing, tick: int, hard: float) -> Forcing:
    """The same forcing up to a tick and another after it; what was said of it stays as it is."""
    sky = forcing.sky
    assert sky is not None
    rows = {
        f.name: _after(getattr(sky, f.name), tick, partial(WORSE[f.name], hard=hard))
        for f in fields(Sky)
    }
    path = forcing.path
    if path is not None:
        moved = {f.name: _after(getattr(path, f.name), tick, lambda x: x + 1) for f in fields(path)}
        path = replace(path, **moved)
    return replace(forcing, sky=Sky(**rows), path=path)


def _after(values: NDArray[Any], tick: int, change: Callable[[Any], Any]) -> NDArray[Any]:
    found = values.copy()
    found[tick + 1 :] = change(values[tick + 1 :])
    assert (found[: tick + 1] == values[: tick + 1])[np.isfinite(values[: tick + 1])].all()
    return found


@dataclass(frozen=True)
class Turned(Weather):
    """Weather over a forest fire that turns round and gets up at a minute."""

    from_min: float = 0.0

    def at(self, minute: float, error: SkyError | None = None) -> FireSky:
        """As it was until then; after it against the wind of before, and hard."""
        sky = super().at(minute, error)
        if minute < self.from_min:
            return sky
        turned = (sky.wind_to_rad + 2.0) % (2.0 * np.pi)
        return replace(sky, humidity_pct=15.0, wind_ms=sky.wind_ms + 8.0, wind_to_rad=turned)


def model_of(engine: Engine, after: int | None = None) -> ResponseModel:
    """A run at its beginning; `after`: the tick after which another storm comes."""
    streams = Streams(SEED, 0)
    forcing = engine.forcing(streams)
    if after is not None:
        forcing = changed(forcing, after, HARD.get(engine.scenario.settings.id, 1.0))
    model = ResponseModel(engine.world, forcing, streams)
    for source in model.parts.sources:
        if isinstance(source, ForestFires) and after is not None:
            w = source.weather
            series = {f.name: getattr(w, f.name) for f in fields(w)}
            from_min = float((after + 1) * engine.scenario.settings.tick_min)
            source.weather = Turned(**series, from_min=from_min)
    return model


def stopped(model: ResponseModel, tick: int) -> Tables:
    """The ledger of a run that ends with a tick."""
    for _ in range(tick + 1):
        model.step()
    model.finish()
    return model.ledger.tables()


def differing(a: Tables, b: Tables) -> list[str]:
    """Columns that are not the same to the bit, row by row."""
    return [
        f"{name}.{c}" for name in TABLES for c in TABLES[name] if not _same(a[name][c], b[name][c])
    ]


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    if a.dtype == object:
        return a.tolist() == b.tolist()
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


# -- the tests ------------------------------------------------------------------------------------

CASES = [
    pytest.param(name, marks=[pytest.mark.long] if name in LONG else []) for name, _, _ in shipped()
]


@pytest.mark.parametrize("name", CASES)
def test_the_present_does_not_read_the_future(name: str) -> None:
    scenario = sim.load(name, SHORT.get(name, {}))
    engine = prepare(scenario)
    tick_min = scenario.settings.tick_min
    whole = model_of(engine).run().tables()
    random = Random(f"{name} {SEED}")
    for tick in sorted(random.sample(range(int(0.8 * scenario.ticks)), TICKS_OF.get(name, 3))):
        then = stopped(model_of(engine), tick)
        assert differing(then, stopped(model_of(engine, after=tick), tick)) == [], tick
        other = model_of(engine, after=tick).run().tables()
        known = known_at(whole, tick, tick_min)
        assert_same(known, known_at(other, tick, tick_min), tick)
        assert_same(known, known_at(then, tick, tick_min), tick)
        reached = {column.split(".")[0] for column in differing(whole, other)}
        assert reached - {"hazard_level", "storm"}, tick


def assert_same(a: dict[str, Counter[Any]], b: dict[str, Counter[Any]], tick: int) -> None:
    """Nothing known in the one that is not known in the other."""
    for name in TABLES:
        if a[name] != b[name]:
            only = [
                [(row, count) for row, count in one.items() if other[row] != count][:3]
                for one, other in ((a[name], b[name]), (b[name], a[name]))
            ]
            pytest.fail(f"{name} at tick {tick}: {only[0]} in the one, {only[1]} in the other")


def test_every_table_says_what_is_known_of_it_when() -> None:
    assert KNOWN.keys() == TABLES.keys()


def test_a_forecast_of_another_storm_does_change_what_is_done_before_it() -> None:
    """Bulletins are not held for nothing: drawn from the other storm they raise another level."""
    scenario = sim.load("tiny")
    engine = prepare(scenario)
    streams = Streams(SEED, 0)
    forcing = engine.forcing(streams)
    calm = replace(forcing, bulletins=())
    facts = [
        stopped(ResponseModel(engine.world, f, streams), 120)["message"]["kind"].tolist()
        for f in (forcing, calm)
    ]
    assert "signal" in facts[0]
    assert "signal" not in facts[1]
