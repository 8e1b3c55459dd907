"""The tables of `scenarios/linyi-earthquake-sketch/`: those of Linyi's other scenarios.

Run as `python -m anlan.scenarios.derivation.linyi_quake [folder]`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from anlan.scenarios.derivation.district import derive
from anlan.scenarios.derivation.files import SCENARIOS, write_tables


def main(target: Path = SCENARIOS) -> None:
    """Write every derived table into the folder under the target."""
    write_tables(target / "linyi-earthquake-sketch", derive("linyi"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCENARIOS)
