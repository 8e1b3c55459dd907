"""`python3 dev.py plan-to-model`: play what the map of the plans has not played, and write it.

Each parameter that the map names is played at both ends of its range in its scenario, to see
whether the ledger changes; what is in the table already is not played again but with `--again`.
Stopped at any moment, the same command goes on where it was.
Then the map is held against the registries and the tables of what was played: a line a slip and
exit code 1, and the page is not written; without any slip docs/plan-to-model.md is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from time import monotonic

from anlan.analysis.plan_map.played import Tried, keep_changes, not_played, pairs
from anlan.analysis.plan_map.slips import lost, slips, unnamed
from anlan.app.docs.markdown import DOCS
from anlan.app.docs.plan_to_model import PAGE, page
from anlan.app.docs.what_counts import FIGURES
from anlan.sim.study import write_text

MINUTES = 60.0
SLIPS = 1  # exit code where the map is not so


def main(arguments: Sequence[str]) -> int:
    """Check the names, play, check the states, write the page; the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py plan-to-model", description=__doc__)
    parser.add_argument("--again", action="store_true", help="play all of it anew")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin nothing after these")
    asked = parser.parse_args(arguments)
    folder = DOCS / FIGURES
    found = [*lost(), *unnamed()]
    if not found:
        play(folder, asked.again, monotonic() + 60.0 * asked.minutes)
        found = slips(folder)
    if found:
        print("\n".join(found), file=sys.stderr)
        return SLIPS
    write_text(DOCS / PAGE, page())
    print(f"wrote docs/{PAGE}")
    return 0


def play(folder: Path, again: bool, until: float) -> None:
    """Play what the table lacks, or all of it, as far as the time goes; each is kept at once."""
    missing = pairs() if again else not_played(folder)
    for scenario, mine in groupby(missing, key=lambda pair: pair[0]):
        if monotonic() >= until:
            return
        tried = Tried(scenario)
        for _, parameter in mine:
            if monotonic() >= until:
                return
            keep_changes(folder, [tried.change(parameter)])
            print(f"{scenario}: {parameter}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
