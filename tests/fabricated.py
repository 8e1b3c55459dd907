"""A made-up district and made-up ledgers, for tests of what comes after the model.

The ledgers follow the tables' words but no model: they only have the right shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from anlan.analysis.measures.facts import Facts
from anlan.analysis.results.folder import Results
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.runs import study_of_runs
from anlan.sim.ledger import KEYS, NEVER, TABLES, Ledger, facts
from anlan.sim.ledger.facts import KEY, RECORDS
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
            "measure.wet_depth_m": _parameter("measure.wet_depth_m", 0.15),
            "store.usable_share": _parameter("store.usable_share", 0.97),
            "residents.scale": _parameter("residents.scale", 1.0),
            "storm.environment_pressure_hpa": _parameter("storm.environment_pressure_hpa", 1010.0),
            "storm.min_deficit_hpa": _parameter("storm.min_deficit_hpa", 1.0),
            "wind.one_min_ratio": _parameter("wind.one_min_ratio", 1.05),
            "wind.air_density_kg_m3": _parameter("wind.air_density_kg_m3", 1.15),
            "team.boat_crew": _parameter("team.boat_crew", 2.0),
            "team.saw_crew": _parameter("team.saw_crew", 2.0),
            "pump.unit_people": _parameter("pump.unit_people", 5.0),
            "pump.unit_m3_h": _parameter("pump.unit_m3_h", 1500.0),
        },
        items=tuple(_item(name) for name in ITEMS),
        towns=tuple(Town(town=t, name_zh=f"{i}号镇", name_en=f"Town {i}", lon=s[0], lat=s[1],
                         bus_seats_per_h=100, source="made up", mark="assumption")
                    for i, (t, s) in enumerate(zip(names, seats, strict=True))),
        communities=tuple(_community(c, t, s, rng) for c, t, s in places),
        roads=tuple(_road(i, places[i][0], places[i + 1][0]) for i in range(len(places) - 1)),
        teams=(Team(team="team-1", name_zh="队", name_en="Team", kind="town",
                    community=places[0][0], members=30, crew_size=6, boats=2,
                    capabilities=("rescue", "water"), source="made up", mark="known"),),
        stores=(Store(store="store-1", name_zh="区库", name_en="District store", level="district",
                      mode="physical", community=places[0][0], trucks=2, truck_kg=2000,
                      truck_m3=10, source="made up", mark="known"),),
        shelters=tuple(Shelter(shelter=f"{t}-s", name_zh=f"{i}号学校", name_en=f"School {i}",
                               level="town", community=f"{t}-c0", capacity=50, source="made up",
                               mark="known") for i, t in enumerate(names)),
        stock=tuple(Stock(holder="store-1", item=item, quantity=1000, mark="known")
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


def changed(scenario: Scenario, base: dict[str, Any], table: str, **columns: Any) -> Facts:
    """Facts of tables of which one is replaced, as far as its columns are given."""
    rows = {name: np.array(values) for name, values in columns.items()}
    return Facts(scenario, base | {table: base[table] | rows})


def fact[F: NamedTuple](record: type[F], **known: Any) -> F:
    """A fact of which only `known` matters: nothing else of it happened, or is there.

    A tick that is not given is NEVER, a number 0, a text empty; a minute that is not given begins
    the tick of its name (ticks of five minutes), or is not a number. The fact's own key must be
    given.
    """
    (table,) = (name for name, of in RECORDS.items() if of is record)
    columns = TABLES[table]
    assert known.keys() <= columns.keys(), f"{table} has no {sorted(known.keys() - columns.keys())}"
    assert all(c in known for c, of in KEYS.get(table, {}).items() if of == KEY), f"{table}: no key"
    nothing = {name: _nothing(name, spec[0]) for name, spec in columns.items()}
    return record(**nothing | begun(columns, known) | known)


TICK_OF = {"read_min": "known_tick"}  # others have the name of their tick


def begun(columns: Iterable[str], known: Mapping[str, Any]) -> dict[str, Any]:
    """The minutes at which known ticks of five minutes begin."""
    pairs = ((c, known.get(TICK_OF.get(c, c.replace("_min", "_tick")), NEVER)) for c in columns)
    return {
        c: np.where(np.asarray(tick) == NEVER, np.nan, np.asarray(tick) * 5.0)[()]
        for c, tick in pairs
        if c.endswith("_min")
    }


def _nothing(column: str, dtype: str) -> Any:
    if dtype == "str":
        return ""
    if column.endswith("_tick"):
        return NEVER
    return float("nan") if column.endswith("_min") else 0


def joined(*write: Callable[[Ledger], object]) -> dict[str, dict[str, Any]]:
    """The tables of a ledger that some functions write to; their keys join as a run's do."""
    ledger = Ledger()
    for facts_of in write:
        facts_of(ledger)
    tables = ledger.tables()
    for table, keys in KEYS.items():
        for column, refers in keys.items():
            held = tables[table][column].tolist()
            if refers == KEY:
                assert len(set(held)) == len(held), f"{table}.{column}: an id twice in {held}"
                continue
            (key,) = (name for name, of in KEYS[refers].items() if of == KEY)
            loose = set(held) - set(tables[refers][key].tolist()) - {""}
            assert not loose, f"{table}.{column}: {loose} is no {refers}"
    return tables


def made_up_ledger(
    scenario: Scenario, run: int, *more: Callable[[Ledger], object]
) -> dict[str, dict[str, Any]]:
    """A run's tables, full of rows, reproducible from the run's number; and what `more` writes."""
    rng = np.random.default_rng([7, run])
    people = np.array([c.residents for c in scenario.communities])
    names = np.array([c.community for c in scenario.communities], dtype=object)
    ticks = np.arange(scenario.ticks_per_h - 1, scenario.ticks, scenario.ticks_per_h)
    return joined(
        lambda ledger: _hazard_rows(ledger, scenario, rng, names, ticks),
        lambda ledger: _people_rows(ledger, scenario, rng, names, people, ticks),
        lambda ledger: _incident_rows(ledger, scenario, rng, names),
        lambda ledger: _supply_rows(ledger, scenario, rng, ticks),
        *more,
    )


def _hazard_rows(ledger: Ledger, s: Scenario, rng: Any, names: Any, ticks: Any) -> None:
    hours, n = len(ticks), len(names)
    strength = np.exp(-(((np.arange(hours) - hours * 0.55) / (hours * 0.2)) ** 2))
    wind = (8 + 18 * rng.uniform(0.8, 1.2) * strength)[:, None] * rng.uniform(0.9, 1.1, n)
    rain = np.cumsum(strength)[:, None] * rng.uniform(5, 9, n)
    depth = np.clip(rain - 25, 0, None) / 100
    ledger.add_many(
        facts.HazardLevel, tick=np.repeat(ticks, n), community=np.tile(names, hours),
        wind_ms=wind.ravel(), gust_ms=1.5 * wind.ravel(), rain_mm=rain.ravel(),
        depth_m=depth.ravel(), power_out=(wind > 24).ravel(), phone_out=(wind > 25.5).ravel(),
        cut_off=((depth > 0.2) & (rng.random((1, n)) < 0.3)).ravel(),
    )  # fmt: skip
    ledger.add_many(
        facts.Storm, tick=ticks, lon=np.linspace(122, 120.5, hours),
        lat=np.linspace(30, 33.5, hours), pressure_hpa=np.linspace(960, 990, hours),
        max_wind_ms=np.linspace(40, 20, hours), sea_level_m=2 * strength,
    )  # fmt: skip
    for road in s.roads:
        if rng.random() < 0.3:
            start = int(rng.integers(s.ticks // 2, s.ticks))
            opened = min(start + 20, s.ticks) if rng.random() < 0.5 else NEVER
            ledger.add(
                facts.RoadClosure(
                    road=road.road, from_community=road.from_community,
                    to_community=road.to_community, reason="water", closed_tick=start,
                    opened_tick=opened,
                )
            )  # fmt: skip


def _people_rows(
    ledger: Ledger, s: Scenario, rng: Any, names: Any, people: Any, ticks: Any
) -> None:
    n, hours = len(names), len(ticks)
    ledger.add_many(facts.WarningHeard, community=names,
                    heard_tick=rng.integers(0, s.ticks // 3, n),
                    persons=(people * 0.9).astype(int))  # fmt: skip
    orders = np.array([f"order/III/{name}" for name in names], dtype=object)
    ticks_of = {"sent_tick": np.full(n, 2), "received_tick": 2 + rng.integers(0, 3, n)}
    ledger.add_many(facts.Message, message=orders, kind="order", sender="command", receiver=names,
                    about="", content="III", means="phone", **ticks_of,
                    **begun(("sent_min", "received_min"), ticks_of))  # fmt: skip
    left = rng.integers(s.ticks // 4, s.ticks // 2, n)
    shelters = np.array([x.shelter for x in s.shelters], dtype=object)
    ledger.add_many(
        facts.Evacuation, community=names, dwelling="dangerous", order=orders, ordered_tick=10,
        heard_tick=12, left_tick=left,
        arrived_tick=np.where(rng.random(n) < 0.9, left + 6, NEVER),
        destination=shelters[rng.integers(0, len(shelters), n)], outcome="arrived",
        home_at_risk=True, persons=people // 10, away_person_ticks=people * 10,
        harmed_persons=0, died_persons=0,
        driven_persons=0, queue_person_min=0.0,
    )  # fmt: skip
    grow = np.clip((np.arange(hours) - hours // 4) / (hours / 4), 0, 1)
    fill = rng.uniform(0.4, 1.1, len(s.shelters))
    capacity = np.array([x.capacity for x in s.shelters])
    occupants = np.minimum(grow[:, None] * fill * capacity, capacity).astype(int)
    ledger.add_many(
        facts.ShelterLevel, tick=np.repeat(ticks, len(shelters)), shelter=np.tile(shelters, hours),
        occupants=occupants.ravel(), reserved=0, capacity=np.tile(capacity, hours),
        open=np.repeat(grow > 0, len(shelters)),
    )  # fmt: skip
    need = rng.integers(s.ticks // 3, s.ticks // 2, len(shelters))
    wait = rng.integers(0, s.ticks // 2, len(shelters))
    ledger.add_many(facts.Relief, site=shelters, kind="shelter", need_tick=need,
                    relief_tick=np.where(rng.random(len(shelters)) < 0.9, need + wait, NEVER),
                    ended_tick=NEVER, persons=40)  # fmt: skip
    since = rng.integers(s.ticks // 3, s.ticks // 2, n)
    ledger.add_many(
        facts.AtRisk, community=names, way="home", cause="flood", again=False, from_tick=since,
        lacks_tick=since, ended_tick=NEVER, warned=rng.random(n) < 0.9, ordered=rng.random(n) < 0.5,
        state=np.where(left + 6 < since, "sheltered", "home").astype(object),
        roof_tick=left + 6, relief_tick=np.where(rng.random(n) < 0.9, since + wait.mean(), NEVER),
        spared=False, fate="well", persons=people // 10,
    )  # fmt: skip
    _casualty_rows(ledger, s, names, dies=rng.random() < 0.3)


def _casualty_rows(ledger: Ledger, s: Scenario, names: Any, dies: bool) -> None:
    """Perhaps somebody drowns at the first place; three are hurt outdoors at the last."""
    tick = s.ticks // 2
    if dies:
        flood = f"flood/{names[0]}/{tick}"
        ledger.add(fact(facts.Incident, incident=flood, kind="flood", community=names[0],
                        occurred_tick=tick, persons=1, died=1, cases=1))  # fmt: skip
        ledger.add(fact(facts.Casualty, incident=flood, tick=tick, community=names[0],
                        cause="flood", outcome="died", age_band="60-79", persons=1))  # fmt: skip
    wind = f"wind/{names[-1]}/0/0"
    ledger.add(fact(facts.Incident, incident=wind, kind="injury", community=names[-1],
                    occurred_tick=tick, persons=3, cases=1))  # fmt: skip
    ledger.add(fact(facts.Casualty, incident=wind, tick=tick, community=names[-1], cause="wind",
                    outcome="injured", age_band="15-59", persons=3))  # fmt: skip


def _incident_rows(ledger: Ledger, s: Scenario, rng: Any, names: Any) -> None:
    for i in range(30):
        occurred = int(rng.integers(s.ticks // 3, s.ticks - 20))
        reached = rng.random() < 0.85
        arrived = min(occurred + 3 + int(rng.exponential(8)), s.ticks - 1) if reached else NEVER
        kind = str(rng.choice(["collapse", "flood", "injury"]))
        place = names[rng.integers(len(names))]
        ledger.add(
            fact(
                facts.Incident, incident=f"{kind}/{place}/{i}", kind=kind, community=place,
                occurred_tick=occurred, found_tick=occurred + 1, reported_tick=occurred + 2,
                known_tick=occurred + 3, dispatched_tick=occurred + 3, arrived_tick=arrived,
                done_tick=arrived + 4 if reached else NEVER, persons=3,
                rescued=3 if reached else 0, died=0, crew="team-1.1" if reached else "", cases=1,
            )
        )  # fmt: skip


def _supply_rows(ledger: Ledger, s: Scenario, rng: Any, ticks: Any) -> None:
    hours = len(ticks)
    use = np.clip(np.arange(hours) - hours // 4, 0, None) / hours
    for item in s.items:
        needed = (use * rng.uniform(800, 1600)).astype(int)
        issued = np.minimum(needed, 1000)
        ledger.add_many(facts.StockLevel, tick=ticks, item=item.item, at_stores=1000 - issued,
                        on_trucks=0, at_sites=0, received=0, issued=issued, lost=0, needed=needed,
                        persons_short=(needed - issued) // 10)  # fmt: skip
        ledger.add_many(facts.SiteLevel, tick=ticks, site=s.shelters[0].shelter, kind="shelter",
                        item=item.item, stock=0, owed=needed - issued, persons=40,
                        persons_at_risk=30, persons_short=(needed - issued) // 10)  # fmt: skip
    deliver(ledger, s.shelters[0].shelter, "meal", 1000, departed_tick=30)
    idle = rng.integers(0, 3, hours)
    ledger.add_many(facts.CrewLevel, tick=ticks, off_duty=0, mustering=0, idle=idle, travelling=0,
                    working=5 - idle)  # fmt: skip


def deliver(ledger: Ledger, site: str, item: str, quantity: int, departed_tick: int) -> None:
    """A lorry of store-1 answers a request of a site, on the way for six ticks."""
    asked, came, lorry = departed_tick - 10, departed_tick + 6, "store-1/1"
    request, trip = f"{site}/{departed_tick}", f"{lorry}/{departed_tick}"
    ledger.add(facts.Request(request=request, site=site, wanted_tick=asked, heard_tick=asked,
                             means="phone"))  # fmt: skip
    ledger.add(fact(facts.Trip, trip=trip, agent=lorry, kind="truck", purpose="delivery",
                    departed_tick=departed_tick, arrived_tick=came, distance_km=3.0,
                    outcome="arrived"))  # fmt: skip
    ledger.add(
        facts.Delivery(
            request=request, trip=trip, store="store-1", site=site, item=item, quantity=quantity,
            requested_tick=asked, departed_tick=departed_tick, arrived_tick=came, truck=lorry,
        )
    )  # fmt: skip


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
