"""What all tabs share: the scenarios that can be chosen, the laid-out districts, where to save."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from anlan.analysis.words.names import said
from anlan.app.view.desk import Desks
from anlan.app.view.jobs import Pool
from anlan.app.view.map import Ground
from anlan.sim import load, shipped


class Host:
    """The page's server, as its tabs know it. `given`: the scenario that the command named."""

    def __init__(self, pool: Pool, desks: Desks, given: str, home: Path) -> None:
        self.pool = pool
        self.desks, self.given, self.home = desks, given, home
        self.ground = lru_cache(maxsize=16)(self._ground)

    def _ground(self, folder: Path) -> Ground:
        return Ground(load(folder))

    def choices(self, lang: str) -> dict[str, str]:
        """Scenario -> what it is called: the one that was given, those that ship, those saved."""
        found = {name: said(title, lang) for name, title, _ in shipped()}
        saved = sorted(p for p in self.home.glob("*") if (p / "scenario.toml").is_file())
        found |= {str(path): path.name for path in saved}
        return {self.given: found.get(self.given, Path(self.given).name)} | found
