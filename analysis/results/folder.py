"""A finished folder of runs, read back: the one thing that pictures and reports look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.digests.tables import TABLES
from anlan.analysis.measures.facts import Floats
from anlan.analysis.own.described import declare
from anlan.analysis.results.tables import column, columns_of, read_table, text
from anlan.analysis.study.design import text_of
from anlan.analysis.study.naming import measure_named
from anlan.analysis.study.schema import Study
from anlan.analysis.study.tables import (
    FAILURES_FILE,
    FORMAT,
    MANIFEST_FILE,
    MEASURES_FILE,
    OUTCOME_COLUMNS,
    OUTCOMES_FILE,
    POINT,
    SCENARIO_FILE,
    STUDY_FILE,
    TARGETS_FILE,
    VARIANTS_FILE,
)
from anlan.analysis.verdict.judged import judge_variant
from anlan.analysis.verdict.verdict import Verdicts
from anlan.analysis.words import FALLBACK, LANGS
from anlan.analysis.words.ledger import column_types, ledger_tables
from anlan.sim import override, start_time
from anlan.sim.scenario.errors import BadInput, nearest, shown, worded
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study import KEYS, SUMS, Spoilt, check_whole, first_spoilt, is_sound, read_sums

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

# How pictures of results are drawn: (results, language) -> files. The pipeline says it, since
# pictures are made from results and not the other way round.
drawing: list[Callable[[Results, str], list[Path]]] = []
AT_ONCE = 5_000  # runs up to which all measures are read together: some 20 MB
AGAIN = worded("the command that made these results makes them anew")


@dataclass(frozen=True)
class Results:
    """The tables of a finished study, each read when first asked for.

    A run of a scenario as it is is a study of one variant, with the number 0. With `variant` set
    all tables are those of that variant alone, and the scenario is its own (see `only`).
    """

    folder: Path
    variant: int | None = None
    held: Any = field(default=None, repr=False, compare=False)  # keeps a temporary folder alive
    # what others have worked out of these results, by its name: once for all who show it
    worked_out: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    # -- what was asked --------------------------------------------------------------------------

    @cached_property
    def study(self) -> Study:
        """The study that was played."""
        return Study.model_validate_json(self._text(STUDY_FILE))

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario: of one variant its own, of several before any factor is set."""
        scenario = Scenario.model_validate_json(self._text(SCENARIO_FILE))
        if self.variant is None or not self.factors:
            return scenario
        row = self.variants.iloc[0]
        values = ((f, row[f]) for f in self.factors)
        return override(
            scenario, {f: text_of(v if isinstance(v, str) else float(v)) for f, v in values}
        )

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Where the numbers come from."""
        facts: dict[str, Any] = json.loads(self._text(MANIFEST_FILE))
        return facts

    @property
    def factors(self) -> list[str]:
        """The names of the factors."""
        return list(self.study.factor_names)

    @cached_property
    def variants(self) -> pd.DataFrame:
        """`variant` and a column a factor."""
        return self._read(VARIANTS_FILE)[["variant", *self.factors]]

    @cached_property
    def points(self) -> pd.DataFrame:
        """`variant` and each factor's place from 0 to 1, as SALib takes it; empty for a table."""
        frame = self._read(VARIANTS_FILE)
        found = {f: frame[f"{f}{POINT}"] for f in self.factors if f"{f}{POINT}" in frame}
        return frame[["variant"]].assign(**found)

    def only(self, variant: int) -> Results:
        """The results of one variant. Raises BadInput for one that is not there."""
        last = int(replace(self, variant=None).variants["variant"].max())
        check_whole("variant", variant, 0, last)
        return replace(self, variant=variant)

    # -- what came out ---------------------------------------------------------------------------

    @cached_property
    def measures(self) -> pd.DataFrame:
        """`variant`, `run`, and a column a measure; sorted by variant and run."""
        return self._read(MEASURES_FILE)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The measures with the factors' values of each run's variant."""
        return self.variants.merge(self.measures, on="variant", validate="one_to_many")

    @cached_property
    def run_count(self) -> int:
        """How many runs were played to their end."""
        counted = self._read(MEASURES_FILE, ("count(*) AS runs",))
        return int(counted["runs"].iloc[0])

    def measure(self, name: str) -> pd.DataFrame:
        """`variant`, `run` and one measure: where there are too many runs for all measures.

        By its name or its label in any language. Raises BadInput for one that was not kept.
        """
        kept = [n for n in self._measure_names if n not in KEYS]
        found = measure_named(str(name), kept)
        if self.run_count <= AT_ONCE:  # a question for each would cost more than all at once
            return self.measures[[*KEYS, found]].copy()
        return self._read(MEASURES_FILE, (*KEYS, column(found)))

    def has_measure(self, name: str) -> bool:
        """Whether a measure was kept; one may be newer than the results."""
        return name in self._measure_names

    @cached_property
    def _measure_names(self) -> list[str]:
        return columns_of(self.folder / MEASURES_FILE)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """A row a variant and target of the plan: verdict, estimate, interval."""
        return self._read(TARGETS_FILE)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """A row a variant and measure that the study named as an outcome: estimate, interval.

        Empty where it named none.
        """
        import pandas as pd

        if not (self.folder / OUTCOMES_FILE).is_file():
            return pd.DataFrame(columns=["variant", *OUTCOME_COLUMNS])
        return self._read(OUTCOMES_FILE)

    @cached_property
    def failures(self) -> pd.DataFrame:
        """Runs that could not be played: variant, run, seed, what was raised and where."""
        return self._read(FAILURES_FILE)

    @cached_property
    def verdicts(self) -> Verdicts:
        """The plan's targets, judged from the runs of one variant.

        Raises BadInput where there are several: `only(variant).verdicts`, or the table `targets`.
        """
        if self.variant is None and len(self.variants) > 1:
            raise BadInput(
                worded(
                    "{folder}: holds {count} variants; choose one with only(number), or look "
                    "at targets",
                    folder=self.folder,
                    count=len(self.variants),
                )
            )
        judged = sorted({t.measure for t in self.scenario.plan.targets if t.kind == "performance"})
        frame = self._read(MEASURES_FILE, (*KEYS, *map(column, judged)))
        played = self.run_count + len(self.failures)
        return judge_variant(frame, self.scenario, self.study.stop, played).verdicts

    def has(self, table: str) -> bool:
        """Whether a table of `digests.tables`, or a digest of one's own, was kept."""
        file = f"{table}.parquet"
        return file in self._sums or (self.folder / file).is_file()

    def table(self, name: str, columns: Sequence[str] = ()) -> pd.DataFrame:
        """A table that is kept of every run, or some columns of it, led by `variant` and `run`.

        One that was not kept is empty. Raises BadInput for one that there is not.
        """
        import pandas as pd

        there = {path.stem for path in self.folder.glob("*.parquet")}
        if name not in TABLES and name not in there:
            raise BadInput(
                worded(
                    "no table {name}; {near}",
                    name=shown(name),
                    near=nearest(str(name), {*TABLES, *there}),
                )
            )
        known = columns_of(self.folder / f"{name}.parquet") if name in there else TABLES[name]
        for one in columns:
            if one not in known:
                raise BadInput(
                    worded(
                        "table {name}: no column {one}; {near}",
                        name=name,
                        one=shown(one),
                        near=nearest(str(one), known),
                    )
                )
        if not self.has(name):
            return pd.DataFrame(columns=[*KEYS, *(columns or TABLES[name])])
        some = tuple(column(c) for c in (*KEYS, *columns)) if columns else ("*",)
        return self._read(f"{name}.parquet", some)

    def curve(self, name: str) -> tuple[Floats, Floats]:
        """(H,) hours and (runs, H) values of one of the curves in the table `series`.

        Raises BadInput for a curve that there is not.
        """
        if not self.has("series"):
            return np.empty(0), np.empty((0, 0))
        where = f"series = {text(str(name))}"
        rows = self._read("series.parquet", ("run", "hour", "value"), where)
        if not len(rows):
            curves = self._read("series.parquet", ("DISTINCT series",))["series"]
            if len(curves):
                raise BadInput(
                    worded(
                        "no curve {name}; {near}",
                        name=shown(name),
                        near=nearest(str(name), map(str, curves)),
                    )
                )
        table = rows.pivot(index="run", columns="hour", values="value")
        return table.columns.to_numpy(dtype=float), table.to_numpy(dtype=float)

    def plot(self, lang: str = FALLBACK) -> list[Path]:
        """Draw every picture into the folder's `figures/`, its numbers beside it; the files.

        `lang`: zh or en. A folder of `replicate` without a name goes with these results.
        """
        if lang not in LANGS:
            raise BadInput(
                worded(
                    "lang {lang} is none; give one of {words}",
                    lang=shown(lang),
                    words=", ".join(LANGS),
                )
            )
        return drawing[0](self, lang)

    # -- ledgers ---------------------------------------------------------------------------------

    @cached_property
    def kept(self) -> list[int]:
        """The runs whose ledgers were kept, in any variant."""
        if not self.study.outputs.ledgers or not (self.folder / "ledger").is_dir():
            return []
        rows = self._read(MEASURES_FILE, ("DISTINCT run",), f"run < {self.study.outputs.ledgers}")
        return sorted(int(run) for run in rows["run"])

    def ledger(self, run: int, variant: int | None = None) -> dict[str, dict[str, NDArray[Any]]]:
        """One kept run's ledger: table -> column -> array.

        Raises IndexError for a run whose ledger was not kept.
        """
        if run not in self.kept:
            raise IndexError(f"run {run}: ledgers are kept of the runs {self.kept or 'none'}")
        tables: dict[str, dict[str, NDArray[Any]]] = {}
        for name in ledger_tables():
            frame = self.ledger_table(name, run, variant)
            tables[name] = {
                key: frame[key].to_numpy(dtype=dtype) for key, dtype in column_types(name).items()
            }
        return tables

    def ledger_table(
        self, name: str, run: int | None = None, variant: int | None = None
    ) -> pd.DataFrame:
        """One table of the kept ledgers, of one run or (with its column `run`) of all.

        Of the variant that is named, else of the results' own, else of the first.
        """
        import pandas as pd

        if name not in ledger_tables():
            near = nearest(str(name), ledger_tables())
            raise BadInput(
                worded("the ledger has no table {name}; {near}", name=shown(name), near=near)
            )
        file = f"ledger/{name}.parquet"
        if file not in self._sums and not (self.folder / file).is_file():
            return pd.DataFrame(columns=[*KEYS, *column_types(name)])
        chosen = variant if variant is not None else self.variant or 0
        where = f"variant = {int(chosen)}" + ("" if run is None else f" AND run = {int(run)}")
        return self.only(chosen)._read(file, ("*",), where)

    # -- the clock -------------------------------------------------------------------------------

    @cached_property
    def start(self) -> datetime:
        """When the runs begin: local clock time without its offset, as pictures show it."""
        return start_time(self.scenario).replace(tzinfo=None)

    def clock(self, hour: float) -> datetime:
        """Local clock time so many hours after the start."""
        return self.start + timedelta(hours=float(hour))

    def clocks(self, hours: Any) -> list[datetime]:
        """The same of many hours."""
        return [self.clock(h) for h in hours]

    # -- asking ----------------------------------------------------------------------------------

    def indices(self, what: str | Target) -> tuple[pd.DataFrame, str]:
        """Sensitivity indices of a Sobol' or Morris study, and the column to rank by.

        `what`: a measure or a target. See `analysis.what_counts.sensitivity`; `ranked` puts factors
        in order as far as their intervals part. Raises BadInput for another design.
        """
        from anlan.analysis.what_counts.sensitivity import Problem, morris, sobol

        design, names = self.study.design, tuple(self.factors)
        if design is None or design.kind not in ("sobol", "morris") or not design.indices:
            raise BadInput(worded("indices need a design sobol or morris"))
        problem = Problem(names, (0.0,) * len(names), (1.0,) * len(names))
        measures = self.measure(what.measure if isinstance(what, Target) else what)
        if design.kind == "sobol":
            return sobol(problem, measures, what), "total"
        return morris(problem, measures, self.points, what, levels=design.levels), "mu_star"

    def target(self, name: str) -> Target:
        """The plan's target of an id. Raises BadInput."""
        found = {t.id: t for t in self.scenario.plan.targets}
        if name not in found:
            raise BadInput(
                worded("no target {name}; {near}", name=shown(name), near=nearest(name, found))
            )
        return found[name]

    def judged(self) -> list[Target]:
        """The targets that runs judge: those of the stopping rule, else all of the plan."""
        found = [t for t in self.scenario.plan.targets if t.kind == "performance"]
        stop = self.study.stop
        if stop is not None and stop.targets != "all":
            found = [t for t in found if t.id in stop.targets]
        return found

    def db(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB with a view a table, and the view `runs`: measures with their factors.

        Nothing is read into memory before it is asked for; close it when done.
        """
        import duckdb

        db = duckdb.connect()
        for path in sorted(self.folder.glob("*.parquet")):
            self._check(path.name)
            db.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet({text(path)})")
        db.execute("CREATE VIEW runs AS SELECT * FROM variants JOIN measures USING (variant)")
        return db

    # -- reading ---------------------------------------------------------------------------------

    def _read(self, file: str, columns: Sequence[str] = ("*",), where: str = "") -> pd.DataFrame:
        """A table of the results' own variant, or of all."""
        conditions = [where] if where else []
        if self.variant is not None:
            conditions.append(f"variant = {int(self.variant)}")
        self._check(file)
        return read_table(self.folder / file, columns, conditions)

    def _text(self, file: str) -> str:
        self._check(file)
        return (self.folder / file).read_text(encoding="utf-8")

    @cached_property
    def _sums(self) -> dict[str, str]:
        """File -> checksum, of all that the study wrote."""
        return read_sums(self.folder) or {}

    def _check(self, file: str) -> None:
        """Raise Spoilt for a file that is missing or not what the study wrote."""
        wanted = self._sums.get(file)
        if wanted is not None and not is_sound(self.folder / file, wanted):
            raise Spoilt(self.folder / file, AGAIN)


def load(folder: str | Path) -> Results:
    """The results in a folder that `anlan run` or `anlan study` has finished.

    Raises BadInput where the folder holds none, or those of a version whose files were others. Each
    file is held against its checksum when it is read; `check_files` does so with all at once.
    """
    if not isinstance(folder, str | Path):
        raise BadInput(
            worded("give the folder of a finished study, not {folder}", folder=shown(folder))
        )
    path = Path(folder)
    sums = read_sums(path)
    if sums is None:
        raise _unfinished(path)
    wanted = sums.get(MANIFEST_FILE, "")
    if not is_sound(path / MANIFEST_FILE, wanted):
        raise Spoilt(path / MANIFEST_FILE, AGAIN)
    results = Results(path)
    if results.manifest.get("format") != FORMAT:
        raise _other_version(path)
    declare(results.manifest.get("own"), f"{path / MANIFEST_FILE}")
    return results


def _unfinished(path: Path) -> BadInput:
    """Why a folder without checksums that can be read is none of results."""
    if (path / SUMS).exists():
        return Spoilt(path / SUMS, AGAIN)
    try:
        manifest = json.loads((path / MANIFEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return BadInput(
            worded("{path}: holds no finished study ({sums} is missing)", path=path, sums=SUMS)
        )
    if isinstance(manifest, dict) and manifest.get("format") == FORMAT:
        return Spoilt(path / SUMS, AGAIN)
    return _other_version(path)


def _other_version(path: Path) -> BadInput:
    return BadInput(
        worded(
            "{path}: made by another version of anlan, whose files were others; play it again with "
            "this one (the same command with --overwrite)",
            path=path,
        )
    )


def check_files(folder: Path) -> None:
    """Raise Spoilt for the first file of a finished folder that is missing or not what it was."""
    file = first_spoilt(folder)
    if file is not None:
        raise Spoilt(folder / file, AGAIN)
