"""A made-up district and made-up ledgers, for tests of what comes after the model.

The ledgers follow the tables' words but no model: they only have the right shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from anlan.analysis.results.folder import Results
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.runs import study_of_runs
from anlan.sim.ledger import Ledger
from anlan.sim.scenario.schema import (
    Assumption,
    Community,
    Fix,
    Item,
    Parameter,
    Plan,
    Policy,
    Response,
    Road,
    Scenario,
    Settings,
    Shelter,
    Stock,
    Store,
    Target,
    Team,
    Town,
    TyphoonHazard,
    Words,
)
from anlan.sim.study.chunk import LEDGER, write_tables
from anlan.sim.study.parts import PARTS, Chunk, part

ITEMS = {
    "water_ml": "饮用水",
    "meal": "餐食",
    "bedding": "床被",
    "clothing": "衣物",
    "medicine": "药品",
}


def district(towns: int = 2, villages: int = 2, duration_h: int = 12) -> Scenario:
    """A district of `towns` towns with `villages` communities each, 100 residents apiece."""
    rng = np.random.default_rng(5)
    names = [f"t{i}" for i in range(towns)]
    seats = [(121.0 + 0.1 * (i % 4), 31.8 + 0.08 * (i // 4)) for i in range(towns)]
    places = [(f"{t}-c{j}", t, seat) for t, seat in zip(names, seats, strict=True)
              for j in range(villages)]  # fmt: skip
    return Scenario(
        settings=Settings(
            id="made-up", name=_words("假想区", "Made-up district"), summary=_words("无", "none"),
            district=_words("假想区", "Made-up"), tick_min=5, duration_h=duration_h,
            population_seed=1, utc_offset_h=8.0, start_before_closest_h=duration_h / 2,
            coast=((120.9, 31.7), (121.5, 31.74), (121.55, 32.1)),
        ),
        hazards={"typhoon": TyphoonHazard(storm="line")},
        policy=Policy(dispatch="nearest-idle", supply="most-short-first"),
        responses=(Response(level="IV", signal="blue", move=(), muster=("town",),
                            open_shelters=True),),
        parameters={
            "measure.gale_ms": _parameter("measure.gale_ms", 17.2),
            "store.usable_share": _parameter("store.usable_share", 0.97),
            "residents.scale": _parameter("residents.scale", 1.0),
        },
        items=tuple(_item(name) for name in ITEMS),
        towns=tuple(Town(town=t, name_zh=f"{i}号镇", name_en=f"Town {i}", lon=s[0], lat=s[1],
                         bus_seats_per_h=100, source="made up", mark="assumption")
                    for i, (t, s) in enumerate(zip(names, seats, strict=True))),
        communities=tuple(_community(c, t, s, rng) for c, t, s in places),
        roads=tuple(_road(i, places[i][0], places[i + 1][0]) for i in range(len(places) - 1)),
        teams=(Team(team="team-1", name_zh="队", name_en="Team", kind="town",
                    community=places[0][0], members=30, crew_size=6, boats=2,
                    capabilities=("rescue", "water"), source="made up", mark="assumption"),),
        stores=(Store(store="store-1", name_zh="区库", name_en="District store", level="district",
                      mode="physical", community=places[0][0], trucks=2, truck_kg=2000,
                      truck_m3=10, source="made up", mark="assumption"),),
        shelters=tuple(Shelter(shelter=f"{t}-s", name_zh=f"{i}号学校", name_en=f"School {i}",
                               level="town", community=f"{t}-c0", capacity=50, source="made up",
                               mark="assumption") for i, t in enumerate(names)),
        stock=tuple(Stock(holder="store-1", item=item, quantity=1000, mark="assumption")
                    for item in ITEMS),
        tracks=_track(),
        gauge=(),
        assumptions=(Assumption(file="roads.csv", zh="道路为虚构", en="roads are made up",
                                source="made up"),),
        plan=Plan(title=_words("假想预案", "Made-up plan"), source="made up", targets=targets()),
    )  # fmt: skip


def targets() -> tuple[Target, ...]:
    rows: list[tuple[str, str, str, float, float | None]] = [
        ("store", "structure.towns_with_store_share", "value_at_least", 1.0, None),
        ("team", "structure.largest_flood_team_members", "value_at_least", 30.0, None),
        ("deaths", "harm.deaths", "share_of_runs_at_most", 0.0, 0.8),
        ("rescue", "rescue.response_min_mean", "mean_at_most", 60.0, None),
        ("relief", "relief.within_10h_share", "mean_at_least", 0.9, None),
        ("gale", "evacuation.before_gale_share", "share_of_runs_at_least", 0.95, 0.9),
    ]
    return tuple(
        Target(id=i, kind="structural" if m.startswith("structure.") else "performance",
               measure=m, statistic=s, limit=limit, at_least=least, source="made up",
               text=_words(f"指标{i}", f"target {i}"))
        for i, m, s, limit, least in rows
    )  # fmt: skip


def finished_folder(
    folder: Path, scenario: Scenario, ledgers: Sequence[dict[str, dict[str, Any]]], kept: int = 1
) -> Results:
    """A finished folder of made-up runs, merged and judged as played ones are."""
    study = study_of_runs(scenario, len(ledgers), keep_ledgers=kept)
    checked = check_study(study, scenario)
    (folder / PARTS).mkdir(parents=True)
    for run, tables in enumerate(ledgers):
        found = checked.batch.digest(scenario, tables)
        if run < kept:
            found = {**found, **{f"{LEDGER}{name}": rows for name, rows in tables.items()}}
        with part(folder, Chunk(0, 0, run, run).name) as scratch:
            write_tables(scratch, {name: [((0, run), rows)] for name, rows in found.items()})
    finish_study(checked, folder)
    return Results(folder)


def empty_tables() -> dict[str, dict[str, Any]]:
    """The tables of a run in which nothing at all was written down."""
    return Ledger().tables()


def made_up_ledger(scenario: Scenario, run: int) -> dict[str, dict[str, Any]]:
    """A run's tables, full of rows, reproducible from the run's number."""
    rng = np.random.default_rng([7, run])
    ledger = Ledger()
    people = np.array([c.residents for c in scenario.communities])
    names = np.array([c.community for c in scenario.communities], dtype=object)
    ticks = np.arange(scenario.ticks_per_h - 1, scenario.ticks, scenario.ticks_per_h)
    _hazard_rows(ledger, scenario, rng, names, ticks)
    _people_rows(ledger, scenario, rng, names, people, ticks)
    _incident_rows(ledger, scenario, rng, names)
    _supply_rows(ledger, scenario, rng, ticks)
    return ledger.tables()


def _hazard_rows(ledger: Ledger, s: Scenario, rng: Any, names: Any, ticks: Any) -> None:
    hours, n = len(ticks), len(names)
    strength = np.exp(-(((np.arange(hours) - hours * 0.55) / (hours * 0.2)) ** 2))
    wind = (8 + 18 * rng.uniform(0.8, 1.2) * strength)[:, None] * rng.uniform(0.9, 1.1, n)
    rain = np.cumsum(strength)[:, None] * rng.uniform(5, 9, n)
    depth = np.clip(rain - 25, 0, None) / 100
    ledger.add_many(
        "hazard_level", tick=np.repeat(ticks, n), community=np.tile(names, hours),
        wind_ms=wind.ravel(), gust_ms=1.5 * wind.ravel(), rain_mm=rain.ravel(),
        depth_m=depth.ravel(), power_out=(wind > 24).ravel(), phone_out=(wind > 25.5).ravel(),
        cut_off=((depth > 0.2) & (rng.random((1, n)) < 0.3)).ravel(),
    )  # fmt: skip
    ledger.add_many(
        "storm", tick=ticks, lon=np.linspace(122, 120.5, hours), lat=np.linspace(30, 33.5, hours),
        pressure_hpa=np.linspace(960, 990, hours), max_wind_ms=np.linspace(40, 20, hours),
        sea_level_m=2 * strength,
    )  # fmt: skip
    for road in s.roads:
        if rng.random() < 0.3:
            start = int(rng.integers(s.ticks // 2, s.ticks))
            ledger.add("road_closure", road.road, road.from_community, road.to_community, "water",
                       start, min(start + 20, s.ticks) if rng.random() < 0.5 else -1)  # fmt: skip


def _people_rows(
    ledger: Ledger, s: Scenario, rng: Any, names: Any, people: Any, ticks: Any
) -> None:
    n, hours = len(names), len(ticks)
    ledger.add_many("warning", community=names, heard_tick=rng.integers(0, s.ticks // 3, n),
                    persons=(people * 0.9).astype(int))  # fmt: skip
    ledger.add_many("message", sent_tick=np.full(n, 2), received_tick=2 + rng.integers(0, 3, n),
                    kind="order", sender="command", receiver=names, content="III",
                    means="phone")  # fmt: skip
    left = rng.integers(s.ticks // 4, s.ticks // 2, n)
    shelters = np.array([x.shelter for x in s.shelters], dtype=object)
    ledger.add_many(
        "evacuation", community=names, dwelling="dangerous", ordered_tick=10, heard_tick=12,
        left_tick=left, arrived_tick=np.where(rng.random(n) < 0.9, left + 6, -1),
        destination=shelters[rng.integers(0, len(shelters), n)], outcome="arrived",
        persons=people // 10,
    )  # fmt: skip
    grow = np.clip((np.arange(hours) - hours // 4) / (hours / 4), 0, 1)
    fill = rng.uniform(0.4, 1.1, len(s.shelters))
    capacity = np.array([x.capacity for x in s.shelters])
    occupants = np.minimum(grow[:, None] * fill * capacity, capacity).astype(int)
    ledger.add_many(
        "shelter_level", tick=np.repeat(ticks, len(shelters)), shelter=np.tile(shelters, hours),
        occupants=occupants.ravel(), reserved=0, capacity=np.tile(capacity, hours),
        open=np.repeat(grow > 0, len(shelters)),
    )  # fmt: skip
    need = rng.integers(s.ticks // 3, s.ticks // 2, len(shelters))
    wait = rng.integers(0, s.ticks // 2, len(shelters))
    ledger.add_many("relief", site=shelters, kind="shelter", need_tick=need,
                    relief_tick=np.where(rng.random(len(shelters)) < 0.9, need + wait, -1),
                    ended_tick=-1,
                    persons=40)  # fmt: skip
    if rng.random() < 0.3:
        ledger.add("casualty", s.ticks // 2, names[0], "flood", "died", "60-79", 1)
    ledger.add("casualty", s.ticks // 2, names[-1], "wind", "injured", "15-59", 3)


def _incident_rows(ledger: Ledger, s: Scenario, rng: Any, names: Any) -> None:
    for i in range(30):
        occurred = int(rng.integers(s.ticks // 3, s.ticks - 20))
        reached = rng.random() < 0.85
        arrived = min(occurred + 3 + int(rng.exponential(8)), s.ticks - 1) if reached else -1
        ledger.add("incident", i, str(rng.choice(["collapse", "flood", "injury"])),
                   names[rng.integers(len(names))], "", occurred, occurred + 2, occurred + 3,
                   occurred + 3, arrived, arrived + 4 if reached else -1, 3, 3 if reached else 0,
                   0, "team-1.1" if reached else "", 1)  # fmt: skip


def _supply_rows(ledger: Ledger, s: Scenario, rng: Any, ticks: Any) -> None:
    hours = len(ticks)
    use = np.clip(np.arange(hours) - hours // 4, 0, None) / hours
    for item in s.items:
        needed = (use * rng.uniform(800, 1600)).astype(int)
        issued = np.minimum(needed, 1000)
        ledger.add_many("stock_level", tick=ticks, item=item.item, at_stores=1000 - issued,
                        on_trucks=0, at_sites=0, received=0, issued=issued, lost=0, needed=needed,
                        persons_short=(needed - issued) // 10)  # fmt: skip
        ledger.add_many("site_level", tick=ticks, site=s.shelters[0].shelter, kind="shelter",
                        item=item.item, stock=0, owed=needed - issued, persons=40,
                        persons_short=(needed - issued) // 10)  # fmt: skip
    ledger.add("delivery", "store-1", s.shelters[0].shelter, "meal", 1000, 20, 30, 36, "truck-1")
    idle = rng.integers(0, 3, hours)
    ledger.add_many("crew_level", tick=ticks, off_duty=0, mustering=0, idle=idle, travelling=0,
                    working=5 - idle)  # fmt: skip


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


def _parameter(name: str, value: float) -> Parameter:
    return Parameter(name=name, value=value, unit="m/s", low=value, high=value, source="made up",
                     mark="assumption", zh="大风", en="gale")  # fmt: skip


def _item(name: str) -> Item:
    return Item(item=name, name_zh=ITEMS[name], name_en=name, unit="piece", kg_per_unit=1,
                m3_per_unit=0.01, need_per_h=0, need_per_meal=0, need_on_entry_permille=0,
                source="made up", mark="assumption")  # fmt: skip


def _community(name: str, town: str, seat: tuple[float, float], rng: Any) -> Community:
    return Community(
        community=name, town=town, name_zh=f"{name}村", name_en=name, kind="village",
        lon=seat[0] + rng.uniform(-0.04, 0.04), lat=seat[1] + rng.uniform(-0.03, 0.03),
        residents=100, households=40, elevation_m=3, coast_km=5, area_km2=2, curve_number=80,
        drain_mm_h=10, pump_mm_h=5, generator=False, dangerous_share=0.1, dormitory_share=0.05,
        low_lying_share=0.1, boat_share=0, mark="assumption",
    )  # fmt: skip


def _road(i: int, a: str, b: str) -> Road:
    return Road(road=f"r{i}", from_community=a, to_community=b, length_km=3, speed_kmh=40,
                trees_per_km=50, dip_m=0.2, mark="assumption")  # fmt: skip


def _track() -> tuple[Fix, ...]:
    begin = datetime(2022, 9, 13, tzinfo=UTC)
    return tuple(
        Fix(storm="line", name_zh="直线", name_en="Line", time=begin + timedelta(hours=6 * k),
            lat=27.0 + 1.2 * k, lon=123.0 - 0.4 * k, wind_ms=35, pressure_hpa=970,
            wind_averaging_min=2)
        for k in range(9)
    )  # fmt: skip
