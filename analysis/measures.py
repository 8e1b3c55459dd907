"""The numbers of one run: one registry, each a plain function of the run's facts.

A measure is worked out for the district; a measure of `STARRED` also for each town, of which
`<name>.worst_town` is the worst. NaN where a run has nothing to judge (no incident, nobody
ordered to leave). Labels and definitions stand in words/words.csv under `measure.<name>`.

What did not happen counts: an incident that no crew reached and a person whom no relief
reached wait until the end of the run, and count as not reached in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anlan.analysis import fires
from anlan.analysis.context import Bools, Context, Floats, Ints, Tables, index_of, once, short_name
from anlan.analysis.words import word
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Scenario

Better = Literal["higher", "lower", "none"]
WORST = ".worst_town"
RESPONSIBLE_MIN = 5  # these three limits are the measures' own names
RESCUE_MIN = 60
RELIEF_H = 10
ITEMS = ("water_ml", "meal", "bedding", "clothing", "medicine")  # scenarios/items.csv
WARNINGS = ("signal", "level", "order")  # kinds of message that a responsible person acknowledges
TRAPS = ("collapse", "flood")  # kinds of incident that trap people

# (context, group of each community (C,), number of groups) -> a value a group
Grouped = Callable[[Context, Ints, int], Floats]


@dataclass(frozen=True)
class Measure:
    """A number of one run."""

    name: str
    unit: str
    better: Better
    function: Callable[[Context], float]

    def label(self, lang: str) -> str:
        """What to call it, in words."""
        base = word(f"measure.{self.name.removesuffix(WORST)}", lang)
        return base + word("worst_town_suffix", lang) if self.name.endswith(WORST) else base

    def definition(self, lang: str) -> str:
        """How it is worked out."""
        base = word(f"measure.{self.name.removesuffix(WORST)}.definition", lang)
        return base + word("worst_town_definition", lang) if self.name.endswith(WORST) else base


# ---- small helpers -------------------------------------------------------------------------


def _total(at: Ints, weights: Floats | Ints, group: Ints, n: int) -> Floats:
    """Sum of weights a group; rows whose community is unknown (-1) are left out."""
    known = at >= 0
    return np.bincount(group[at[known]], weights=weights[known], minlength=n).astype(float)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    out = np.full(len(bottom), np.nan)
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def _peak(values: Floats) -> float:
    return float(values.max()) if values.size else float("nan")


# ---- warning -------------------------------------------------------------------------------


def _heard(x: Context, group: Ints, n: int, before_gale: bool) -> Floats:
    table, at = x.tables["warning"], x.at("warning")
    by = x.gale_tick[at] if before_gale else np.full(len(at), x.end)
    in_time = (table["heard_tick"] >= 0) & (table["heard_tick"] < by)
    residents = np.bincount(group, weights=x.residents, minlength=n)
    if not (x.tables["message"]["kind"] == "signal").any():
        return np.full(n, np.nan)  # no warning was given, so none could be heard
    return _ratio(_total(at, table["persons"] * in_time, group, n), residents)


def heard_share(x: Context, group: Ints, n: int) -> Floats:
    return _heard(x, group, n, before_gale=False)


def heard_before_gale_share(x: Context, group: Ints, n: int) -> Floats:
    return _heard(x, group, n, before_gale=True)


def responsible_share(x: Context, group: Ints, n: int) -> Floats:
    """Warnings to a community's responsible persons acknowledged within five minutes."""
    table, at = x.tables["message"], x.at("message", "receiver")
    warnings = (at >= 0) & (index_of(table["kind"], WARNINGS) >= 0)
    delay = (table["received_tick"] - table["sent_tick"]) * x.scenario.settings.tick_min
    quick = (table["received_tick"] >= 0) & (delay <= RESPONSIBLE_MIN)
    return _ratio(_total(at, (warnings & quick) * 1, group, n), _total(at, warnings * 1, group, n))


def lead_h(x: Context) -> float:
    table, at = x.tables["warning"], x.at("warning")
    judged = (table["heard_tick"] >= 0) & (x.gale_tick[at] < x.end)
    persons = table["persons"][judged]
    if persons.sum() == 0:
        return float("nan")
    lead = (x.gale_tick[at] - table["heard_tick"])[judged]
    return float((lead * persons).sum() / persons.sum() * x.h_per_tick)


# ---- evacuation ----------------------------------------------------------------------------


def _evacuated(x: Context, group: Ints, n: int, when: str, before_gale: bool = False) -> Floats:
    rows = x.evacuees
    by = x.gale_tick[rows["at"]] if before_gale else np.full(len(rows["at"]), x.end)
    done = (rows[when] >= 0) & (rows[when] < by)
    ordered = _total(rows["at"], rows["persons"], group, n)
    return _ratio(_total(rows["at"], rows["persons"] * done, group, n), ordered)


def left_share(x: Context, group: Ints, n: int) -> Floats:
    return _evacuated(x, group, n, "left_tick")


def arrived_share(x: Context, group: Ints, n: int) -> Floats:
    return _evacuated(x, group, n, "arrived_tick")


def before_gale_share(x: Context, group: Ints, n: int) -> Floats:
    return _evacuated(x, group, n, "arrived_tick", before_gale=True)


def ordered_persons(x: Context) -> float:
    return float(x.evacuees["persons"].sum())


def sheltered_share(x: Context) -> float:
    rows = x.evacuees
    arrived = rows["persons"] * (rows["arrived_tick"] >= 0)
    to_shelter = index_of(rows["destination"], x.shelters) >= 0
    return float((arrived * to_shelter).sum() / arrived.sum()) if arrived.sum() else float("nan")


def no_place_persons(x: Context) -> float:
    rows = x.evacuees
    return float(rows["persons"][rows["outcome"] == "no_place"].sum())


# ---- rescue --------------------------------------------------------------------------------


def incidents(x: Context) -> float:
    return float(x.rescues["cases"].sum())


def response_min_mean(x: Context, group: Ints, n: int) -> Floats:
    rows = x.rescues
    count = _total(rows["at"], rows["cases"], group, n)
    return _ratio(_total(rows["at"], rows["wait_min"] * rows["cases"], group, n), count)


def response_min_p90(x: Context) -> float:
    wait = np.repeat(x.rescues["wait_min"], x.rescues["cases"])
    return float(np.quantile(wait, 0.9, method="inverted_cdf")) if len(wait) else float("nan")


def reached_share(x: Context, group: Ints, n: int) -> Floats:
    rows = x.rescues
    count = _total(rows["at"], rows["cases"], group, n)
    return _ratio(_total(rows["at"], rows["cases"] * rows["reached"], group, n), count)


def within_60min_share(x: Context, group: Ints, n: int) -> Floats:
    rows = x.rescues
    count = _total(rows["at"], rows["cases"], group, n)
    quick = rows["reached"] & (rows["wait_min"] <= RESCUE_MIN)
    return _ratio(_total(rows["at"], rows["cases"] * quick, group, n), count)


def rescued_persons(x: Context) -> float:
    return float(x.rescues["rescued"].sum())


def never_reached_persons(x: Context) -> float:
    return float(x.rescues["persons"][~x.rescues["reached"]].sum())


# ---- relief and shortage -------------------------------------------------------------------


def persons_in_need(x: Context) -> float:
    return float(x.reliefs["persons"].sum())


def first_relief_h_mean(x: Context, group: Ints, n: int) -> Floats:
    rows = x.reliefs
    waited = _total(rows["at"], rows["persons"] * rows["wait_h"], group, n)
    return _ratio(waited, _total(rows["at"], rows["persons"], group, n))


def relief_late(x: Context) -> Bools:
    """The rows of relief that were late: more than ten hours in need, or never relieved."""
    rows = x.reliefs
    late: Bools = rows["never"] | (rows["wait_h"] > RELIEF_H)
    return late


def within_10h_share(x: Context, group: Ints, n: int) -> Floats:
    rows = x.reliefs
    late = relief_late(x)
    judged = late | rows["reached"]  # a need that soon ended by itself is neither
    in_time = _total(rows["at"], rows["persons"] * (judged & ~late), group, n)
    return _ratio(in_time, _total(rows["at"], rows["persons"] * judged, group, n))


def relief_never_persons(x: Context) -> float:
    return float(x.reliefs["persons"][x.reliefs["never"]].sum())


def _shortage(item: str) -> Callable[[Context], float]:
    def person_h(x: Context) -> float:
        table = x.tables["stock_level"]
        if item not in x.item_names:
            return float("nan")
        rows = x.item_at("stock_level") == x.item_names.index(item)
        tick, short = table["tick"][rows].astype(np.int64), table["persons_short"][rows]
        if not len(tick):
            return 0.0
        step = np.diff(tick, prepend=2 * tick[0] - tick[1] if len(tick) > 1 else tick[0] - 1)
        return float((step * short).sum() * x.h_per_tick)

    return person_h


def _shortage_by_town(item: str) -> Grouped:
    def person_h(x: Context, group: Ints, n: int) -> Floats:
        if item not in x.item_names:
            return np.full(n, np.nan)
        rows = x.item_at("site_level") == x.item_names.index(item)
        # hourly rows, so a person short at a row is a person-hour
        short = x.tables["site_level"]["persons_short"][rows]
        return _total(x.site_at("site_level")[rows], short, group, n)

    return person_h


# ---- shelters, harm, networks --------------------------------------------------------------


@once
def shelter_use(x: Context) -> Floats:
    """(H, S) occupants by hour and shelter."""
    table = x.tables["shelter_level"]
    ticks, place = x.hours("shelter_level")
    out = np.zeros((len(ticks), len(x.shelters)))
    out[place, index_of(table["shelter"], x.shelters)] = table["occupants"]
    return out


def peak_use_share(x: Context, group: Ints, n: int) -> Floats:
    if not x.shelters:
        return np.full(n, np.nan)
    places = _total(x.shelter_home, x.shelter_capacity, group, n)
    use = shelter_use(x)
    if not len(use):
        return _ratio(np.zeros(n), places)
    member = group[x.shelter_home][:, None] == np.arange(n)[None, :]
    return _ratio((use @ member).max(axis=0), places)


def full_shelters(x: Context) -> float:
    table = x.tables["shelter_level"]
    taken = table["occupants"] + table["reserved"]
    full = (taken >= table["capacity"]) & (table["capacity"] > 0) & table["open"]
    return float(len(set(table["shelter"][full])))


def _casualties(outcome: str) -> Grouped:
    def persons(x: Context, group: Ints, n: int) -> Floats:
        table = x.tables["casualty"]
        hit = table["outcome"] == outcome
        return _total(x.at("casualty"), table["persons"] * hit, group, n)

    return persons


def trapped_persons(x: Context) -> float:
    rows = x.rescues
    return float(rows["persons"][index_of(rows["kind"], TRAPS) >= 0].sum())


@once
def closed_roads(x: Context) -> Ints:
    """(T,) how many roads are closed for a lorry at each tick, each counted once."""
    table = x.tables["road_closure"]
    names = tuple(r.road for r in x.scenario.roads)
    road = index_of(table["road"], names)
    change = np.zeros((len(names), x.end + 1), dtype=np.int32)
    opened = np.where(table["opened_tick"] == NEVER, x.end, table["opened_tick"])
    np.add.at(change, (road, np.clip(table["closed_tick"], 0, x.end)), 1)
    np.add.at(change, (road, np.clip(opened, 0, x.end)), -1)
    closed: Ints = (change.cumsum(axis=1)[:, :-1] > 0).sum(axis=0).astype(np.int64)
    return closed


def closed_peak_roads(x: Context) -> float:
    return _peak(closed_roads(x).astype(float))


def _peak_residents(column: str, share: bool) -> Callable[[Context], float]:
    def peak(x: Context) -> float:
        persons = _peak(x.hazard(column) @ x.residents)
        return persons / float(x.residents.sum()) if share else persons

    return peak


def busy_peak_share(x: Context) -> float:
    table = x.tables["crew_level"]
    busy = table["travelling"] + table["working"]
    crews = busy + table["off_duty"] + table["mustering"] + table["idle"]
    return _peak(_ratio(busy, crews)) if len(crews) and crews.max() > 0 else float("nan")


def _hazard_peak(column: str) -> Callable[[Context], float]:
    return lambda x: _peak(x.hazard(column))


# ---- the registry --------------------------------------------------------------------------


def _district(grouped: Grouped) -> Callable[[Context], float]:
    def value(x: Context) -> float:
        return float(grouped(x, np.zeros(len(x.communities), dtype=np.int64), 1)[0])

    return value


def _worst(grouped: Grouped, better: Better) -> Callable[[Context], float]:
    def value(x: Context) -> float:
        by_town = grouped(x, x.town_of, len(x.towns))
        judged = by_town[~np.isnan(by_town)]
        if not len(judged):
            return float("nan")
        return float(judged.min() if better == "higher" else judged.max())

    return value


def _plain() -> list[tuple[str, str, Better, Callable[[Context], float]]]:
    return [
        ("warning.lead_h", "h", "higher", lead_h),
        ("evacuation.ordered_persons", "person", "none", ordered_persons),
        ("evacuation.sheltered_share", "share", "none", sheltered_share),
        ("evacuation.no_place_persons", "person", "lower", no_place_persons),
        ("rescue.incidents", "incident", "none", incidents),
        ("rescue.response_min_p90", "min", "lower", response_min_p90),
        ("rescue.rescued_persons", "person", "none", rescued_persons),
        ("rescue.never_reached_persons", "person", "lower", never_reached_persons),
        ("relief.persons_in_need", "person", "none", persons_in_need),
        ("relief.never_persons", "person", "lower", relief_never_persons),
        ("shelter.full_shelters", "shelter", "lower", full_shelters),
        ("harm.trapped_persons", "person", "lower", trapped_persons),
        ("road.closed_peak_roads", "road", "lower", closed_peak_roads),
        ("road.cut_off_peak_persons", "person", "lower", _peak_residents("cut_off", False)),
        ("power.out_peak_share", "share", "lower", _peak_residents("power_out", True)),
        ("phone.out_peak_share", "share", "lower", _peak_residents("phone_out", True)),
        ("crew.busy_peak_share", "share", "none", busy_peak_share),
        ("hazard.max_wind_ms", "m/s", "none", _hazard_peak("wind_ms")),
        ("hazard.max_gust_ms", "m/s", "none", _hazard_peak("gust_ms")),
        ("hazard.max_rain_mm", "mm", "none", _hazard_peak("rain_mm")),
        ("hazard.max_depth_m", "m", "none", _hazard_peak("depth_m")),
        *fires.ROWS,
    ]


STARRED: list[tuple[str, str, Better, Grouped]] = [
    ("warning.heard_share", "share", "higher", heard_share),
    ("warning.heard_before_gale_share", "share", "higher", heard_before_gale_share),
    ("warning.responsible_5min_share", "share", "higher", responsible_share),
    ("evacuation.left_share", "share", "higher", left_share),
    ("evacuation.arrived_share", "share", "higher", arrived_share),
    ("evacuation.before_gale_share", "share", "higher", before_gale_share),
    ("rescue.response_min_mean", "min", "lower", response_min_mean),
    ("rescue.reached_share", "share", "higher", reached_share),
    ("rescue.within_60min_share", "share", "higher", within_60min_share),
    ("relief.first_relief_h_mean", "h", "lower", first_relief_h_mean),
    ("relief.within_10h_share", "share", "higher", within_10h_share),
    ("shelter.peak_use_share", "share", "lower", peak_use_share),
    ("harm.deaths", "person", "lower", _casualties("died")),
    ("harm.injured", "person", "lower", _casualties("injured")),
]

ORDER = ("warning", "evacuation", "rescue", "fire", "relief", "shortage", "shelter", "harm",
         "road", "power", "phone", "crew", "hazard")  # fmt: skip


def _registry() -> dict[str, Measure]:
    rows = [Measure(*row) for row in _plain()]
    for name, unit, better, grouped in STARRED:
        rows.append(Measure(name, unit, better, _district(grouped)))
        rows.append(Measure(name + WORST, unit, better, _worst(grouped, better)))
    for item in ITEMS:
        name = f"shortage.{short_name(item)}_person_h"
        rows.append(Measure(name, "person_h", "lower", _shortage(item)))
        by_town = _worst(_shortage_by_town(item), "lower")
        rows.append(Measure(name + WORST, "person_h", "lower", by_town))
    rows.sort(key=lambda m: ORDER.index(m.name.split(".")[0]))  # stable: groups stay together
    return {m.name: m for m in rows}


MEASURES: dict[str, Measure] = _registry()


def measure_run(scenario: Scenario, tables: Tables) -> dict[str, float]:
    """Every measure of one run, by name; NaN where there is nothing to judge."""
    context = Context(scenario, tables)
    return {name: measure.function(context) for name, measure in MEASURES.items()}
