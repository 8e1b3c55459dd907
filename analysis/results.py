"""What an output folder holds, read back: the one thing that pictures and the report look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.digests import TABLES as DIGEST
from anlan.analysis.verdict import Verdicts, judge
from anlan.sim.ledger import TABLES as LEDGER
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.registry import Table, entries
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Results:
    """The results of a scenario's runs in a folder, each table read when first asked for."""

    scenario: Scenario
    folder: Path

    @classmethod
    def of_folder(cls, folder: str | Path) -> Results:
        """Read a folder that `evaluate` wrote, from that folder alone."""
        text = (Path(folder) / "scenario.json").read_text(encoding="utf-8")
        return cls(Scenario.model_validate_json(text), Path(folder))

    @cached_property
    def measures(self) -> pd.DataFrame:
        return self._read("measures")

    @cached_property
    def series(self) -> pd.DataFrame:
        return self._read("series")

    @cached_property
    def places(self) -> pd.DataFrame:
        return self._read("places")

    @cached_property
    def responses(self) -> pd.DataFrame:
        return self._read("responses")

    @cached_property
    def road_closed(self) -> pd.DataFrame:
        return self._read("road_closed")

    @cached_property
    def shelter_use(self) -> pd.DataFrame:
        return self._read("shelter_use")

    @cached_property
    def breaks(self) -> pd.DataFrame:
        return self._read("breaks")

    @cached_property
    def fires(self) -> pd.DataFrame:
        return self._read("fires")

    @cached_property
    def fire_fronts(self) -> pd.DataFrame:
        return self._read("fire_fronts")

    @cached_property
    def fire_cells(self) -> pd.DataFrame:
        return self._read("fire_cells")

    @cached_property
    def verdicts(self) -> Verdicts:
        return judge(self.measures, self.scenario.plan, self.scenario)

    @property
    def runs(self) -> int:
        return len(self.measures)

    @cached_property
    def kept(self) -> list[int]:
        """The runs whose ledgers were kept."""
        path = self.folder / "ledger" / "hazard_level.parquet"
        if not path.exists():
            return []
        rows = _sql("select distinct run from read_parquet(?) order by run", [str(path)])
        return [int(run) for run in rows["run"]]

    def ledger(self, run: int) -> dict[str, dict[str, NDArray[Any]]]:
        """One kept run's ledger: table -> column -> array."""
        tables: dict[str, dict[str, NDArray[Any]]] = {}
        for name, columns in LEDGER.items():
            frame = self.ledger_table(name, run)
            tables[name] = {
                c: frame[c].to_numpy(dtype=object if spec[0] == "str" else np.dtype(spec[0]))
                for c, spec in columns.items()
            }
        return tables

    def ledger_table(self, name: str, run: int | None = None) -> pd.DataFrame:
        """One table of the kept ledgers, of one run or (with its column `run`) of all."""
        import pandas as pd

        path = self.folder / "ledger" / f"{name}.parquet"
        if not path.exists():
            return pd.DataFrame(columns=["run", *LEDGER[name]])
        which = "" if run is None else f" where run = {int(run)}"
        return _sql(f"select * from read_parquet(?){which}", [str(path)])

    @cached_property
    def start(self) -> datetime:
        """When the runs begin: local clock time without its offset, as pictures show it."""
        return start_time(self.scenario).replace(tzinfo=None)

    def clock(self, hour: float) -> datetime:
        """Local clock time so many hours after the start."""
        return self.start + timedelta(hours=float(hour))

    def clocks(self, hours: Any) -> list[datetime]:
        return [self.clock(h) for h in hours]

    def curve(self, name: str) -> tuple[Floats, Floats]:
        """(H,) hours and (runs, H) values of one of the digest's series."""
        rows = self.series[self.series["series"] == name]
        table = rows.pivot(index="run", columns="hour", values="value")
        return table.columns.to_numpy(dtype=float), table.to_numpy(dtype=float)

    def _read(self, name: str) -> pd.DataFrame:
        import pandas as pd

        path = self.folder / f"{name}.parquet"
        if name.startswith("fire") and not path.exists():  # written before there were fires
            return pd.DataFrame(columns=["run", *DIGEST[name]])
        return _sql("select * from read_parquet(?)", [str(path)])


def _sql(query: str, values: list[Any]) -> pd.DataFrame:
    import duckdb

    with duckdb.connect() as connection:  # in memory, of its own: no state between calls
        frame: pd.DataFrame = connection.execute(query, values).df()
    return frame


def names(scenario: Scenario, lang: str) -> dict[str, str]:
    """Every id of a table's rows with its name in a language; a road is named by its two ends."""
    column = f"name_{lang}"
    town = {t.town: getattr(t, column) for t in scenario.towns}
    found: dict[str, str] = {
        c.community: _in_town(getattr(c, column), town[c.town], lang) for c in scenario.communities
    }
    for entry in entries(type(scenario)):
        part = entry.part
        if isinstance(part, Table) and len(part.key) == 1 and column in entry.row.model_fields:
            for row in entry.of(scenario):
                found.setdefault(getattr(row, part.key[0]), getattr(row, column))
    for r in scenario.roads:
        found[r.road] = f"{found[r.from_community]} – {found[r.to_community]}"
    return found


def _in_town(name: str, town: str, lang: str) -> str:
    if town in name:
        return name
    return f"{town}{name}" if lang == "zh" else f"{name} ({town})"
