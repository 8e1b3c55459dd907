"""The tables of `linyi-building-fire/`, `linyi-flood/` and of the stress event of each.

Run as `python -m anlan.scenarios.derivation.linyi [folder]`; places, teams, stores, shelters and
roads are the same in all; the rain gauge, rivers and their dikes are for the floods only.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from anlan.scenarios.derivation import stress
from anlan.scenarios.derivation.district import derive, table
from anlan.scenarios.derivation.files import SCENARIOS, write_tables
from anlan.scenarios.derivation.river_stages import river_tables


def main(target: Path = SCENARIOS) -> None:
    """Write every derived table into the four folders under the target."""
    common = derive("linyi")
    write_tables(target / "linyi-building-fire", common)
    rain = table("linyi", "gauge.csv")
    start = datetime.fromisoformat(str(rain[0]["time"]))
    rivers = river_tables("linyi", "flood", common["communities.csv"], start, len(rain))
    write_tables(target / "linyi-flood", {**common, **rivers, "gauge.csv": rain})
    stress.building_fire(target, "linyi", common)
    stress.flood(target, "linyi", common)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCENARIOS)
