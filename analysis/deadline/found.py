"""What was found of the last moment of each order, as tables and as sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.deadline.clearance import clearance
from anlan.analysis.deadline.leads import Grid, answer
from anlan.analysis.deadline.orders import given_by, questions, signal_of
from anlan.analysis.deadline.played import (
    AS_PLANNED,
    Asked,
    Event,
    Played,
    Show,
    event_of,
    play_as_planned,
    play_order,
)
from anlan.analysis.deadline.timing import CLEARED, SAID
from anlan.analysis.measures.facts import Floats
from anlan.analysis.results.folder import Results
from anlan.analysis.verdict.stopping import Stopping
from anlan.analysis.verdict.target import bound_of
from anlan.sim import start_time
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.schema import SIGNALS, Scenario
from anlan.sim.study import (
    LARGEST_COUNT,
    MOST_WORKERS,
    Progress,
    check_number,
    check_scenario,
    check_seed,
    check_whole,
    folder_given,
    texts_given,
    using,
)

if TYPE_CHECKING:
    import pandas as pd

MOVE = "move"
LAST = ("order", "target", "answer", "event_h", "met_h", "lead_h", "not_met_h", "not_met_lead_h",
        "too_early_h", "planned_h", "spare_h", "signal", "known_h", "known_share", "at_h",
        "estimate", "low", "high", "bound", "runs")  # fmt: skip
HOURS = ("order", "target", "hour", "lead_h", "clock", "night", "known_share", "estimate", "low",
         "high", "bound", "runs", "verdict")  # fmt: skip


@dataclass(frozen=True)
class Deadlines:
    """The last moments of a plan's orders. All times are hours from the start of a run.

    `last`: a row an order and target (`LAST`); `hours`: a row an order, target and hour that was
    played (`HOURS`); `towns`: clearance times by town, of the plan as it is (`order` and `hour`
    empty) and of the order to move at each hour. `untargeted`: orders for which the plan has no
    target that runs judge.
    """

    scenario: Scenario
    asked: Asked
    event: Event
    last: pd.DataFrame
    hours: pd.DataFrame
    towns: pd.DataFrame
    untargeted: tuple[str, ...]
    held: Any = field(default=None, repr=False, compare=False)  # keeps a temporary folder alive

    @property
    def grid(self) -> Grid:
        """The hours among which was searched."""
        return Grid(self.event.median_h, self.asked.step_h)

    def clock(self, hour: float) -> datetime:
        """Local clock time so many hours after the start."""
        return clock(self.scenario, hour)

    def __str__(self) -> str:
        return self.last.to_string(index=False)


def deadline(
    scenario: Scenario,
    orders: Sequence[str] = (),
    targets: Sequence[str] = (),
    runs: int = 300,
    seed: int = 1,
    step_h: float = 1.0,
    workers: int = 1,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Deadlines:
    """The latest hour at which each order of a plan still meets its target, and clearance times.

    The same as `anlan deadline` without pictures. `orders`: move, muster, open, stores; all that
    the plan gives where none is named. `targets`: ids; those that each order is given for where
    none is named. `runs`: the most that an hour gets. Raises BadInput.
    """
    check_scenario(scenario)
    check_whole("workers", workers, 1, MOST_WORKERS)
    check_number("step_h", step_h, 0.0, math.inf)
    orders, targets = texts_given("orders", orders), texts_given("targets", targets)
    asked = asked_for(scenario, seed, runs, step_h, workers)
    questions(scenario, orders, targets)
    named = folder_given(folder)
    held = TemporaryDirectory(prefix="anlan-") if named is None else None
    home = named or Path(held.name if held is not None else "")
    with using(home):
        return find(asked, orders, targets, home, lambda _: nullcontext(progress), held)


def asked_for(scenario: Scenario, seed: int, runs: int, step_h: float, workers: int) -> Asked:
    """What is asked, checked. Raises BadInput."""
    check_seed(seed)
    check_whole("runs", runs, 1, LARGEST_COUNT)
    tick_h = scenario.settings.tick_min / 60.0
    if not tick_h - 1e-9 <= step_h <= scenario.settings.duration_h:
        raise BadInput(
            worded(
                "step {step_h:g} h: give {tick_h:.2g} to {duration_h:g} hours, no finer "
                "than a tick of the run",
                step_h=step_h,
                tick_h=tick_h,
                duration_h=scenario.settings.duration_h,
            )
        )
    return Asked(scenario, seed, runs, step_h, workers=workers)


def find(
    asked: Asked,
    orders: Sequence[str],
    targets: Sequence[str],
    home: Path,
    show: Show,
    held: Any = None,
) -> Deadlines:
    """Play what is missing in a folder that is claimed, and answer. Raises BadInput."""
    import pandas as pd

    scenario = asked.scenario
    judged = questions(scenario, orders, targets)
    names = tuple(dict.fromkeys(t.id for found in judged.values() for t in found))
    rule = Stopping(targets=names, batch=min(20, asked.most_runs), most_runs=asked.most_runs)
    planned = play_as_planned(asked, rule, home, show)
    event = event_of(planned)
    grid = Grid(event.median_h, asked.step_h)
    played = [
        play_order(asked, order, own, grid, home, show) for order, own in judged.items() if own
    ]
    hours = [row for one in played for row in _hours(one, planned)]
    last = [row for one in played for row in _last(one, planned)]
    return Deadlines(
        scenario,
        asked,
        event,
        pd.DataFrame(last, columns=list(LAST)),
        pd.DataFrame(hours, columns=list(HOURS)),
        _towns(played, planned),
        tuple(order.id for order, own in judged.items() if not own),
        held,
    )


def clock(scenario: Scenario, hour: float) -> datetime:
    """Local clock time so many hours after the start of a run."""
    return start_time(scenario).replace(tzinfo=None) + timedelta(hours=float(hour))


def is_night(scenario: Scenario, hour: float) -> bool:
    """Whether most people are asleep, by the parameters of the day."""
    when = clock(scenario, hour)
    of_day = when.hour + when.minute / 60.0
    return of_day >= scenario.p("day.night_from_h") or of_day < scenario.p("day.night_to_h")


def _hours(played: Played, planned: Results) -> Iterator[dict[str, Any]]:
    scenario, frame = planned.scenario, played.judged()
    called_for = _first(planned, "signal", _signals_from(signal_of(played.order, scenario)))
    for target in played.targets:
        for row in frame[frame["id"] == target.id].to_dict("records"):
            hour = float(row["hour"])
            yield {
                "order": played.order.id,
                "target": target.id,
                "hour": hour,
                "lead_h": played.grid.event_h - hour,
                "clock": clock(scenario, hour).isoformat(sep=" ", timespec="minutes"),
                "night": is_night(scenario, hour),
                "known_share": float((called_for <= hour).mean()),
                **{key: row[key] for key in ("estimate", "low", "high")},
                "bound": bound_of(target),
                "runs": int(row["applicable_runs"]),
                "verdict": row["verdict"],
            }


def _last(played: Played, planned: Results) -> Iterator[dict[str, Any]]:
    scenario, order, frame = planned.scenario, played.order, played.judged()
    signal, event_h = signal_of(order, scenario), played.grid.event_h
    levels: set[str] = {r.level for r in given_by(order, scenario)}
    planned_h = _median(_first(planned, "level", levels))
    called_for = _first(planned, "signal", _signals_from(signal))
    for target in played.targets:
        found = answer(played.outcomes(target.id))
        rows = frame[frame["id"] == target.id]
        at_h = found.met_h if not math.isnan(found.met_h) else float(rows["hour"].min())
        row = rows[rows["hour"] == at_h].iloc[0]
        yield {
            "order": order.id,
            "target": target.id,
            "answer": found.kind,
            "event_h": event_h,
            "met_h": found.met_h,
            "lead_h": event_h - found.met_h,
            "not_met_h": found.not_met_h,
            "not_met_lead_h": event_h - found.not_met_h,
            "too_early_h": found.too_early_h,
            "planned_h": planned_h,
            "spare_h": found.met_h - planned_h,
            "signal": signal,
            "known_h": _median(called_for),
            "known_share": float((called_for <= at_h).mean()),
            "at_h": at_h,
            **{key: float(row[key]) for key in ("estimate", "low", "high")},
            "bound": bound_of(target),
            "runs": int(row["applicable_runs"]),
        }


def _signals_from(signal: str) -> set[str]:
    names: list[str] = list(SIGNALS)
    return set(names[names.index(signal) :])


def _first(planned: Results, kind: str, contents: set[str]) -> Floats:
    """(runs,) the hour at which something was first said in each run as planned, else infinite."""
    table = planned.table(SAID)
    rows = table[(table["kind"] == kind) & table["content"].isin(contents)]
    first = rows.groupby("run")["hour"].min()
    found: Floats = first.reindex(planned.measures["run"]).fillna(np.inf).to_numpy(dtype=float)
    return found


def _median(hours: Floats) -> float:
    """The hour by which half of the runs have it; NaN where fewer ever do."""
    ordered = np.sort(hours)
    middle = float(ordered[(len(ordered) - 1) // 2]) if len(ordered) else math.nan
    return middle if math.isfinite(middle) else math.nan


def _towns(played: Sequence[Played], planned: Results) -> pd.DataFrame:
    """Clearance by town: as planned, and with the order to move at each hour."""
    import pandas as pd

    parts = [clearance(planned.table(CLEARED).assign(order=AS_PLANNED, hour=math.nan),
                       ("order",)).assign(hour=math.nan)]  # fmt: skip
    for one in played:
        if one.order.id == MOVE:
            table = one.table(CLEARED).assign(order=MOVE)
            parts.append(clearance(table, ("order", "hour")))
    whole = pd.concat(parts, ignore_index=True)
    lead = ["order", "hour"]
    return whole[[*lead, *(c for c in whole.columns if c not in lead)]]
