"""What of a run's ledger was known at a tick, and whether two runs knew the same.

`KNOWN` says, table by table, from which time on a row is there and when its columns are settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER, TABLES
from anlan.sim.model import ResponseModel

Tables = dict[str, dict[str, NDArray[Any]]]
END = ""  # the time of a column that is settled at the end of a run only


@dataclass(frozen=True)
class Known:
    """What of a table's row is known at a tick.

    The row is there from the time `at` on (empty: from the start). Other times count once they
    have come. A column in `by` counts once that time has come; all others with the row. `sums`:
    rows that tell the same story are one, and their persons add up, since what comes later may
    split a row of people; so do the columns in `adds`, once their time has come. `late_ticks`: by
    so much later the columns in `by` count.
    """

    at: str
    by: Mapping[str, str] = field(default_factory=dict)
    sums: bool = False
    adds: Mapping[str, str] = field(default_factory=dict)
    late_ticks: int = 0


HOURLY = Known("tick")
KNOWN: dict[str, Known] = {
    "message": Known("sent_tick", {"means": "received_tick"}),
    "threat": Known("tick"),
    "warning": Known("", sums=True),
    "evacuation": Known(
        "",  {
            "order": "ordered_tick", "destination": "left_tick", "outcome": END,
            "home_at_risk": END, "away_person_ticks": END,
            "harmed_persons": END, "died_persons": END,
        }, sums=True, adds={"driven_persons": "left_tick", "queue_person_min": "left_tick"},
    ),
    "at_risk": Known("from_tick", {"fate": END}, sums=True),
    "in_peril": Known("from_tick", {"incident": END, "fate": END}, sums=True),
    "incident": Known(
        "occurred_tick",
        {"persons": "done_tick", "rescued": "done_tick", "died": "done_tick",
         # of the crew that was there first, which is known when it is
         "crew": "arrived_tick", "mustered_min": "arrived_min", "departed_min": "arrived_min"},
    ),
    "arrest": Known("occurred_min", {"survival_share": END, "survived": END}),
    "casualty": Known("tick"),
    "wound": Known("since_min", {"ambulance": "fetched_min", "hospital": "hospital_min"}),
    "muster": Known("called_tick"),
    "deployment": Known("sent_tick", {"outcome": "left_tick"}),
    # A known limit: a lorry's way through a tick is looked at as the next one begins, by the roads
    # of then. So it is settled a tick after it was over.
    "trip": Known(
        "departed_tick",
        dict.fromkeys(("outcome", "arrived_tick", "arrived_min"), "arrived_min"),
        late_ticks=1,
    ),
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
    "road_load": HOURLY,
    "bagged": Known("ordered_tick", {"orders": END, "bags": END}),
    "dike": Known(
        "",
        dict.fromkeys(("boils", "rung", "let_in_m3"), END)
        | {"unaided_min": "unaided_min", "broken_min": "broken_min"},
    ),
    "flooded": Known("", {"homes": END, "homes_unaided": END, "homes_behind_bags": END}),
    "pumped": Known("ordered_tick", {"orders": END, "pumped_m3": END}),
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
    return {name: _known(name, tables[name], tick, tick_min) for name in TABLES}


def _known(name: str, columns: dict[str, NDArray[Any]], tick: int, tick_min: int) -> Counter[Any]:
    rule, minute = KNOWN[name], float(tick * tick_min)
    used = {rule.at, *rule.by, *rule.by.values(), *rule.adds, *rule.adds.values()}
    assert not used - {*columns, END}, name
    if rule is HOURLY:  # whole rows, in their order: bytes do
        there = columns["tick"] <= tick
        return Counter({c: _bytes(v[there]) for c, v in columns.items()})
    come = {c: _come(v, TABLES[name][c][1], tick, minute) for c, v in columns.items()}
    for c in set(rule.by.values()) - {END} if rule.late_ticks else ():
        late = tick - rule.late_ticks
        come[c] = _come(columns[c], TABLES[name][c][1], late, float(late * tick_min))
    times = [c for c in columns if TABLES[name][c][1] in ("tick", "min")]
    there = come[rule.at] if rule.at else np.logical_or.reduce([come[c] for c in times])
    shown = []
    for column, values in columns.items():
        if (rule.sums and column == "persons") or column in rule.adds:
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
    for column, time in rule.adds.items():
        shares = np.where(come[time], columns[column], 0)[there].tolist()
        for row, share in zip(zip(*shown, strict=True), shares, strict=True):
            found[column, row] += share
    # The order in which parts of persons x minutes are added is no fact.
    return Counter({k: round(v, 6) for k, v in found.items()})


def _bytes(values: NDArray[Any]) -> Any:
    return tuple(values.tolist()) if values.dtype == object else values.tobytes()


def _come(values: NDArray[Any], unit: str, tick: int, minute: float) -> NDArray[np.bool_]:
    """Which times have come; of what is no time, none."""
    if unit == "tick":
        return np.asarray((values != NEVER) & (values <= tick))
    if unit == "min":
        return np.asarray(values <= minute)  # false for what is not a number
    return np.zeros(len(values), dtype=bool)


def stopped(model: ResponseModel, tick: int) -> Tables:
    """The ledger of a run that ends with a tick."""
    for _ in range(tick + 1):
        model.step()
    model.finish()
    return model.ledger.tables()


def differing(a: Tables, b: Tables) -> list[str]:
    """Columns that are not the same to the bit, row by row."""
    return [
        f"{name}.{c}"
        for name in TABLES
        for c in TABLES[name]
        if _bytes(a[name][c]) != _bytes(b[name][c])
    ]


def assert_same(a: dict[str, Counter[Any]], b: dict[str, Counter[Any]], tick: int) -> None:
    """Nothing known in the one that is not known in the other."""
    for name in TABLES:
        if a[name] != b[name]:
            only = [
                [(row, count) for row, count in one.items() if other[row] != count][:3]
                for one, other in ((a[name], b[name]), (b[name], a[name]))
            ]
            pytest.fail(f"{name} at tick {tick}: {only[0]} in the one, {only[1]} in the other")
