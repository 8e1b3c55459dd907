"""What is decided beforehand: levels and policies, the plan's targets, numbers, assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from anlan.sim.scenario.errors import worded
from anlan.sim.scenario.registry import Blocks
from anlan.sim.scenario.schema.base import (
    Count,
    Id,
    Lat,
    Level,
    Lon,
    Mark,
    Number,
    Row,
    Time,
    Words,
    refuse,
)
from anlan.sim.scenario.schema.place import Dwelling
from anlan.sim.scenario.schema.teams import TeamKind

Signal = Literal["blue", "yellow", "orange", "red"]
SIGNALS: tuple[Signal, ...] = ("blue", "yellow", "orange", "red")


class Settings(Row):
    """`[scenario]` of scenario.toml: names, clock and length.

    A run begins at `start`, or `start_before_closest_h` before the closest approach of the
    typhoon, rounded down to a full hour. A stress event is a design event, stronger than what is on
    record, and no forecast; it states a return period, or in which way it is exaggerated, or both.
    """

    id: Id
    name: Words
    summary: Words
    district: Words
    event: Literal["case", "stress"] = "case"
    # of the quantity that `name` or `exaggeration` says
    return_period_y: Annotated[float, Field(gt=1.0, le=100_000.0, allow_inf_nan=False)] | None = (
        None
    )
    exaggeration: Words | None = None
    start: Time | None = None
    start_before_closest_h: (
        Annotated[float, Field(gt=0.0, le=720.0, allow_inf_nan=False)] | None
    ) = None
    tick_min: Literal[1, 2, 5, 10, 15, 20, 30, 60]
    duration_h: Annotated[int, Field(ge=1, le=24 * 60)]
    population_seed: Count
    utc_offset_h: Annotated[float, Field(ge=-12.0, le=14.0)]
    command_community: Id | None = None  # seat of the command; else the first by id
    coast: tuple[tuple[Lon, Lat], ...] = ()  # coast or bank as drawn on the map; assumption

    @model_validator(mode="after")
    def _fits(self) -> Settings:
        refuse(self._faults())
        return self

    def _faults(self) -> Iterator[str]:
        """What no one key of it tells."""
        if (self.start is None) == (self.start_before_closest_h is None):
            yield worded(
                "a run begins once; give start, a time such as 2022-08-17T12:00:00+08:00, or "
                "start_before_closest_h, hours before the typhoon's closest approach"
            )
        stated = self.return_period_y is not None or self.exaggeration is not None
        if stated != (self.event == "stress"):
            yield worded(
                'only an event "stress" states return_period_y, exaggeration or both, and it must'
            )


class Policy(Row):
    """`[policy]`: which policy sits in which seat of command (see sim/command/tables.py)."""

    dispatch: str
    supply: str
    levels: str = "by-triggers"
    orders: str = "by-level-and-threat"
    aid: str = "at-level"
    tactics: str = "flank-or-break"


class Response(Row):
    """What one response level sets going (`scenario.toml`, `[[response]]`), lowest first."""

    level: Level
    signal: Signal
    move: tuple[Dwelling, ...]  # who is told to leave
    muster: tuple[TeamKind, ...]  # which teams are called in
    open_shelters: bool
    contraflow: bool = False  # whether the roads that are prepared for it are turned


Hour = Annotated[float, Field(ge=0.0, le=24 * 60, allow_inf_nan=False)]


class Orders(Row):
    """`[orders]`: orders that are given at an hour of the run, whatever the level in force.

    An order without an hour goes with the response levels, as `[[response]]` says. One with an hour
    is given once, to all whom any level names, and no more by a level until the stand-down.
    """

    move_h: Hour | None = None
    muster_h: Hour | None = None
    open_h: Hour | None = None
    stores_h: Hour | None = None
    contraflow_h: Hour | None = None

    @property
    def hours(self) -> dict[str, float]:
        """Key -> hour of the run, of those that have one."""
        return {key: hour for key, hour in dict(self).items() if hour is not None}


def timed_or_not(given: object) -> object:
    """The orders of a scenario that says nothing of their hours: none has one."""
    return Orders() if given is None else given


class Trigger(Row):
    """What gives a grade of warning (`scenarios/triggers.csv`, or the scenario's own).

    A threat of this kind, whose `quantity` is expected to be `at_least` so much within `within_h`
    hours (0: it is there already), gives the signal.
    """

    trigger: Id
    kind: Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=64)]
    quantity: Annotated[str, Field(pattern=r"^[a-z_0-9]+$", max_length=64)]
    within_h: Annotated[float, Field(ge=0.0, le=240.0, allow_inf_nan=False)]
    at_least: Annotated[float, Field(ge=0.0, le=1e9, allow_inf_nan=False)]
    signal: Signal
    source: str
    mark: Mark


class Target(Row):
    """A number that the plan promises (`plan.toml`, `[[target]]`).

    kind "structural": `measure` names a structural check that is read off the data.
    kind "performance": `measure` names a measure of a run; `statistic` says how the runs are
    put together: share_of_runs_at_most / share_of_runs_at_least (of `limit`, judged against
    `at_least`), or mean_at_most / mean_at_least (judged against `limit`).
    kind "season": `measure` names a measure of years of forest fires, played by `anlan seasons`;
    mean_at_most / mean_at_least, pooled over the years.
    kind "not_in_model": a clause that nothing here can judge; `why` says what is missing, `unit`
    what its number counts.
    """

    id: Id
    kind: Literal["structural", "performance", "season", "not_in_model"]
    measure: str = ""
    statistic: Literal[
        "value_at_least",
        "value_at_most",
        "share_of_runs_at_most",
        "share_of_runs_at_least",
        "mean_at_most",
        "mean_at_least",
    ]
    limit: Number
    at_least: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = 0.95
    source: str
    text: Words
    why: Words | None = None
    unit: Literal["", "share", "permille", "h", "min", "person", "piece", "time"] = ""

    @model_validator(mode="after")
    def _fits(self) -> Target:
        refuse(self._faults())
        return self

    def _faults(self) -> Iterator[str]:
        """What no one key of it tells."""
        outside = self.kind == "not_in_model"
        if outside != (self.why is not None):
            yield worded("why says what the model lacks: with kind not_in_model, and only there")
        if outside != (not self.measure):
            yield worded("measure goes with every kind but not_in_model")
        if bool(self.unit) and not outside:
            yield worded("unit goes with kind not_in_model; a measure has its own")
        structural = self.statistic.startswith("value_") and not outside
        of_season = self.kind == "season"
        if structural != (self.kind == "structural") or (
            of_season and not self.statistic.startswith("mean_")
        ):
            yield worded(
                "statistic {statistic} does not go with kind {kind}",
                statistic=self.statistic,
                kind=self.kind,
            )
        if self.statistic.startswith("share_of_runs") and self.at_least is None:
            yield worded("a share of runs needs at_least, between 0 and 1")


class Plan(Row):
    """`plan.toml`: whose plan, and its targets."""

    title: Words
    source: str
    targets: Annotated[
        tuple[Target, ...],
        Blocks(
            "plan.toml",
            "target",
            en="a number that it promises",
            zh="预案承诺的一个数",
            key=("id",),
        ),
    ]


class Assumption(Row):
    """What the scenario assumes about a file's rows, in words (`assumptions.csv`)."""

    file: str
    zh: str
    en: str
    source: str


class Parameter(Row):
    """A number that the model uses, with where it comes from (`scenarios/parameters/*.csv`)."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
    value: Number
    unit: str
    low: Number
    high: Number
    source: str
    mark: Mark
    zh: str
    en: str

    @model_validator(mode="after")
    def _in_range(self) -> Parameter:
        if not self.low <= self.value <= self.high:
            raise ValueError(
                worded(
                    "value {value:g} outside its range {low:g} to {high:g}",
                    value=self.value,
                    low=self.low,
                    high=self.high,
                )
            )
        return self
