"""The tables of `pingshan-typhoon/`, `pingshan-forest-fire/` and of the stress event of each.

Run as `python -m anlan.scenarios.derivation.pingshan [folder]`; places, teams, stores, shelters and
roads are the same in all, storms are for the typhoon only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from anlan.scenarios.derivation import stress
from anlan.scenarios.derivation.district import derive, table
from anlan.scenarios.derivation.files import SCENARIOS, write_tables
from anlan.scenarios.derivation.storms import tracks

STORMS = {
    "MANGKHUT": ("mangkhut-2018", "山竹", "Mangkhut"),
    "SAOLA": ("saola-2023", "苏拉", "Saola"),
    "KOMPASU": ("kompasu-2021", "圆规", "Kompasu"),
    "LIONROCK": ("lionrock-2021", "狮子山", "Lionrock"),
    "CEMPAKA": ("cempaka-2021", "查帕卡", "Cempaka"),
    "LUPIT": ("lupit-2021", "卢碧", "Lupit"),
}


def main(target: Path = SCENARIOS) -> None:
    """Write every derived table into the four folders under the target."""
    common = derive("pingshan")
    write_tables(target / "pingshan-typhoon", {**common, "tracks.csv": tracks(STORMS)})
    stress.typhoon(target, "pingshan", common)
    files = ("ignitions.csv", "peaks.csv", "belts.csv", "water_points.csv",
             "season_months.csv", "season_numbers.csv")  # fmt: skip
    given = {f: table("pingshan", f) for f in files}
    write_tables(target / "pingshan-forest-fire", {**common, **given})
    stress.forest_fire(target, "pingshan", {**common, **given})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCENARIOS)
