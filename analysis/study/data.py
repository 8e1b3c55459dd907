"""A finished study read back: pandas tables and a DuckDB view of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.study.about import MEASURES_FILE, PLACE, TARGETS_FILE, VARIANTS_FILE
from anlan.analysis.study.schema import Study
from anlan.sim.scenario.errors import BadInput, nearest, shown
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study.chunk import FAILURES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass(frozen=True)
class StudyData:
    """The tables of a finished study, each read when first asked for."""

    folder: Path

    @cached_property
    def study(self) -> Study:
        text = (self.folder / "study.json").read_text(encoding="utf-8")
        return Study.model_validate_json(text)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario before any factor is set."""
        text = (self.folder / "scenario.json").read_text(encoding="utf-8")
        return Scenario.model_validate_json(text)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(
            (self.folder / "manifest.json").read_text(encoding="utf-8")
        )
        return facts

    @property
    def factors(self) -> list[str]:
        return [f.name for f in self.study.factors]

    @cached_property
    def variants(self) -> pd.DataFrame:
        """`variant` and a column a factor."""
        frame = self._read(VARIANTS_FILE)
        return frame[["variant", *self.factors]]

    @cached_property
    def places(self) -> pd.DataFrame:
        """`variant` and each factor's place from 0 to 1, as SALib takes it; empty for a table."""
        frame = self._read(VARIANTS_FILE)
        found = {f: frame[f"{f}{PLACE}"] for f in self.factors if f"{f}{PLACE}" in frame}
        return frame[["variant"]].assign(**found)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """`variant`, `run`, and a column a measure; sorted by variant and run."""
        return self._read(MEASURES_FILE)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The measures with the factors' values of each run's variant."""
        return self.variants.merge(self.measures, on="variant", validate="one_to_many")

    @cached_property
    def targets(self) -> pd.DataFrame:
        """A row a variant and target of the plan: verdict, estimate, interval."""
        return self._read(TARGETS_FILE)

    @cached_property
    def failures(self) -> pd.DataFrame:
        """Runs that could not be played: variant, run, seed, what was raised and where."""
        return self._read(f"{FAILURES}.parquet")

    def indices(self, what: str | Target) -> tuple[pd.DataFrame, str]:
        """Sensitivity indices of a Sobol' or Morris study, and the column to rank by.

        `what`: a measure or a target. See `analysis.study.sensitivity`; `ranked` puts factors in
        order as far as their intervals part. Raises BadInput for another design.
        """
        from anlan.analysis.study.sensitivity import Problem, morris, sobol

        design, names = self.study.design, tuple(self.factors)
        if design is None or design.kind not in ("sobol", "morris") or not design.indices:
            raise BadInput("indices need a design sobol or morris")
        problem = Problem(names, (0.0,) * len(names), (1.0,) * len(names))
        if design.kind == "sobol":
            return sobol(problem, self.measures, what, second_order=False), "total"
        table = morris(problem, self.measures, self.places, what, levels=design.levels)
        return table, "mu_star"

    def target(self, name: str) -> Target:
        """The plan's target of an id. Raises BadInput."""
        found = {t.id: t for t in self.scenario.plan.targets}
        if name not in found:
            raise BadInput(f"no target {shown(name)}; {nearest(name, found)}")
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
            file = str(path).replace("'", "''")
            db.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{file}')")
        db.execute("CREATE VIEW runs AS SELECT * FROM variants JOIN measures USING (variant)")
        return db

    def _read(self, file: str) -> pd.DataFrame:
        from anlan.sim.study.tables import query

        return query("SELECT * FROM read_parquet(?)", [str(self.folder / file)])


def load(folder: str | Path) -> StudyData:
    """The tables of a finished study. Raises BadInput where the folder holds none."""
    path = Path(folder)
    for file in ("study.json", "manifest.json", MEASURES_FILE, VARIANTS_FILE):
        if not (path / file).is_file():
            raise BadInput(f"{path}: holds no finished study ({file} is missing)")
    return StudyData(path)
