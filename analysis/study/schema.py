"""The study file: a scenario, its factors, a design, how many runs, what to keep.

`study.toml` and the `Study` object say the same. Reading checks every key;
`variants_of_study` asks the scenario whether it takes the factors.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from anlan.analysis.verdict.stopping import Stopping
from anlan.sim import SHIPPED, folder_of
from anlan.sim.scenario.errors import BadInput, Slips, bad, bad_key, one_line, shown, worded
from anlan.sim.scenario.rows import Given, make
from anlan.sim.scenario.schema import Id, Row, Words
from anlan.sim.scenario.toml import Toml, parse_toml, toml_list, toml_table

FILE = "study.toml"
BLOCKS = ("study", "set", "factor", "design", "stop", "outputs")
MOST_RUNS = 1_000_000  # a larger study is probably a slip; `most_runs` in [study] says it is not

MOST_VALUE = 1e12  # beyond it no number of a scenario lies
Count = Annotated[int, Field(ge=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Value = float | str


class Factor(Row, Given):
    """What varies: a dotted name as for `--set`, between two ends or over some values."""

    name: str
    low: Finite | None = None
    high: Finite | None = None
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False  # round to whole numbers
    levels: Annotated[int, Field(ge=2)] | None = None  # of a full grid
    values: tuple[Value, ...] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ends = self.low is not None and self.high is not None
        for key, given in (("low", self.low), ("high", self.high), ("values", self.values)):
            for value in given if isinstance(given, tuple) else (given,):
                if isinstance(value, float) and not abs(value) <= MOST_VALUE:  # nor nan
                    raise ValueError(
                        worded(
                            "{key}: {value:g} is no value that a number can have",
                            key=key,
                            value=value,
                        )
                    )
        if self.values is not None:
            if self.low is not None or self.high is not None or self.levels is not None:
                raise ValueError(worded("give low and high, or values, not both"))
            if len(set(self.values)) < 2:
                raise ValueError(worded("values: give at least two different ones"))
            return self
        if not ends:
            raise ValueError(worded("give low and high, or values"))
        assert self.low is not None
        assert self.high is not None
        if not self.low < self.high:
            raise ValueError(
                worded("low {low:g} is not less than high {high:g}", low=self.low, high=self.high)
            )
        if self.scale == "log" and self.low <= 0:
            raise ValueError(
                worded("low {low:g} is not more than 0, as a log scale needs", low=self.low)
            )
        return self


class Design(Row, Given):
    """Which variants: points of the factors' space."""

    kind: Literal["grid", "lhs", "sobol", "morris", "table", "assumptions"]
    samples: Count | None = None  # lhs: points; sobol: base; morris: trajectories; sets
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1  # of the design alone
    indices: bool = True  # sobol: Saltelli's points, from which indices come; else the sequence
    levels: Annotated[int, Field(ge=2)] = 4  # morris
    file: str | None = None  # table: a CSV file beside study.toml, a column a factor

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind not in ("grid", "table") and self.samples is None:
            raise ValueError(worded("samples: a design {kind} needs how many", kind=self.kind))
        if self.kind in ("grid", "table") and self.samples is not None:
            raise ValueError(worded("samples: a design {kind} takes none", kind=self.kind))
        if (self.kind == "table") != (self.file is not None):
            raise ValueError(worded("file: goes with the design table, and only with it"))
        if self.kind == "sobol" and self.samples is not None and self.samples & (self.samples - 1):
            raise ValueError(
                worded(
                    "samples: {samples} is not a power of two, as Sobol' needs",
                    samples=self.samples,
                )
            )
        if self.kind == "morris" and self.levels % 2:
            raise ValueError(
                worded("levels: {levels} is not even, as Morris needs", levels=self.levels)
            )
        return self


class Outputs(Row, Given):
    """What is kept of every run; targets' measures are kept in any case."""

    measures: tuple[str, ...] | Literal["all"] = "all"
    outcomes: tuple[str, ...] = ()  # measures of which each variant has an estimate and interval
    tables: tuple[str, ...] = ()  # digests such as series, places, breaks
    ledgers: Annotated[int, Field(ge=0)] = 0  # whole ledgers of so many runs a variant


class Head(Row, Given):
    """`[study]`: what is asked, of which scenario, in how many runs."""

    id: Id
    question: Words
    scenario: str
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    replications: Count | None = None
    common_random_numbers: bool = True
    most_runs: Count = MOST_RUNS
    modules: tuple[str, ...] = ()  # of one's own: measures and policies; loaded when it is played


class Study(Head):
    """A whole study. `set`: what every variant sets anew; `stop`: runs end by a rule."""

    set: dict[str, Value] = Field(default={})
    factors: tuple[Factor, ...] = ()
    design: Design | None = None  # None: one variant, the scenario itself
    stop: Stopping | None = None
    outputs: Outputs = Outputs()
    folder: Path = Field(default=Path(), exclude=True)  # of the study file
    _toml: Toml | None = PrivateAttr(default=None)  # the study file, where there is one

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if problems := [problem for problem, *_ in self._misfits()]:
            raise ValueError(*problems)
        return self

    def _misfits(self) -> Iterator[tuple[str, str, str | None, int | None]]:
        """What of its parts does not go together: (what is wrong, table, key, which table)."""
        if (self.replications is None) == (self.stop is None):
            problem = worded("give replications, or a rule [stop], one of the two")
            yield problem, "study", None if self.replications is None else "replications", None
        finds_own = self.design is not None and self.design.kind == "assumptions"
        if bool(self.factors) != (self.design is not None) and not finds_own:
            given = 0 if self.factors else None
            table = "factor" if self.factors else "design"
            yield worded("factors and a design go together"), table, None, given
        seen = set[str]()
        for i, factor in enumerate(self.factors):
            if factor.name in seen:
                problem = worded("the factor {name} is there twice; keep one",
                                 name=shown(factor.name))  # fmt: skip
                yield problem, "factor", "name", i
            seen.add(factor.name)
            if factor.name in self.set:
                problem = worded("{name} is a factor and in [set]; keep one",
                                 name=shown(factor.name))  # fmt: skip
                yield problem, "factor", "name", i

    @property
    def modules_at(self) -> str:
        """Where modules of one's own are named: file, row and key, where it comes from a file."""
        return self._toml.place("study", "modules") if self._toml is not None else "study.modules"

    @classmethod
    def read(cls, path: str | Path) -> Study:
        """The study of a file. Raises BadInput that names the file, the row and the key."""
        path = Path(path)
        try:
            there = path.is_file()
        except (OSError, ValueError):  # a name too long for the disk, or with a NUL
            there = False
        if not there:
            raise BadInput(
                worded(
                    "{path}: there is no such file; give a study's {file}",
                    path=shown(path),
                    file=FILE,
                )
            )
        toml = parse_toml(path.parent, path.name, BLOCKS)
        slips, parts = Slips(), dict[str, Any]()
        with slips:
            toml.know(BLOCKS)
        with slips:
            parts |= dict(toml_table(toml, "study", Head))
        if "factor" in toml.data:
            with slips:
                parts["factors"] = toml_list(toml, "factor", Factor)
        for block, model in (("design", Design), ("stop", Stopping), ("outputs", Outputs)):
            if block in toml.data:
                with slips:
                    parts[block] = toml_table(toml, block, model)
        parts["set"] = _settings(toml, slips)
        slips.raise_first()
        whole = parts | {"folder": path.parent}
        parted: Study = cls.model_construct(None, **whole)
        for problem, table, key, index in parted._misfits():
            slips.note(toml.wrong(problem, table, key, index))
        slips.raise_first()
        study = make(cls, whole, lambda key, problem: bad(problem, path.name, None, key))
        study._toml = toml
        return study

    def wrong(
        self, problem: str, table: str, key: str | None, index: int | None = None
    ) -> BadInput:
        """The BadInput for a key of the study, with file and row where it comes from a file."""
        if self._toml is not None:
            return self._toml.wrong(problem, table, key, index)
        where = ".".join(part for part in (table, key) if part)
        return BadInput(one_line(worded("{where}: {problem}", where=where, problem=problem)))

    def wrong_factor(self, problem: str, factor: Factor, key: str) -> BadInput:
        """The BadInput for a key of a factor."""
        at = self.factors.index(factor) if factor in self.factors else None
        if self._toml is None or at is None or len(self._toml.data.get("factor", ())) <= at:
            told = worded("{where}: {problem}", where=factor.name, problem=problem)
            return BadInput(one_line(worded("factor {told}", told=told)))
        return self._toml.wrong(problem, "factor", key, at)

    @property
    def factor_names(self) -> tuple[str, ...]:
        """The factors' dotted names, in the order of the file."""
        return tuple(f.name for f in self.factors)

    @property
    def scenario_folder(self) -> Path:
        """The scenario's folder: a shipped name, or a folder in that of the study file.

        Raises BadInput where there is none, or where the path leaves the study's folder.
        """
        try:
            return self._found_folder()
        except (OSError, ValueError) as error:  # a name too long for the disk, or with a NUL
            if isinstance(error, BadInput):
                raise
            raise bad_key(
                worded(
                    "{scenario} cannot be a folder's name; give a shipped scenario's name or a "
                    "folder",
                    scenario=shown(self.scenario),
                ),
                FILE,
                "study.scenario",
            ) from None

    def _found_folder(self) -> Path:
        """The scenario's folder. Raises BadInput, and whatever the disk makes of the name."""
        if (SHIPPED / self.scenario / "scenario.toml").is_file() and "/" not in self.scenario:
            return SHIPPED / self.scenario
        path = self.folder / self.scenario
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise BadInput(
                worded(
                    "study.scenario: {scenario} leaves the study's folder; put the study "
                    'beside the scenario and write "."',
                    scenario=shown(self.scenario),
                )
            )
        if path.is_dir():
            return folder_of(path)
        return folder_of(self.scenario)


def _settings(toml: Toml, slips: Slips) -> dict[str, Value]:
    """What `[set]` sets; what is no value of a number or text is noted."""
    given = toml.data.get("set", {})
    if not isinstance(given, dict):
        slips.note(toml.wrong(worded('write "<dotted name>" = <value>'), "set", None))
        return {}
    found: dict[str, Value] = {}
    for name, value in given.items():
        with slips:
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                problem = worded("{value} is no number or text; give one", value=shown(value))
                raise toml.wrong(problem, "set", name)
            if not isinstance(value, str) and not abs(value) <= MOST_VALUE:  # nor nan
                problem = worded(
                    "{value} is no value that a number can have; give another", value=shown(value)
                )
                raise toml.wrong(problem, "set", name)
            found[name] = value if isinstance(value, str) else float(value)
    return found
