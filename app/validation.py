"""`python3 dev.py validation`: play what the observed facts ask for, and write the page.

Stopped at any moment, the same command goes on where it was: runs are kept by the hash of code and
data.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from anlan.analysis.validation.beside import Budget, compare
from anlan.analysis.validation.facts import Fact, facts
from anlan.app.docs.markdown import DOCS
from anlan.app.docs.validation import PAGE, TABLE, page
from anlan.sim.study import write_text

RUNS_FOLDER = ".validation"
RUNS, DRAWS = 40, 400


def main(arguments: Sequence[str]) -> int:
    """Play, compare, write the table and the page; the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py validation", description=__doc__)
    add = parser.add_argument
    add("--runs", type=int, default=RUNS, help="of each scenario")
    add("--draws", type=int, default=DRAWS, help="of each storm where nobody acts")
    add("--workers", type=int, default=min(os.cpu_count() or 1, 2))
    add("--folder", default=RUNS_FOLDER, help="where the runs are kept")
    groups = list(dict.fromkeys(f.group for f in facts()))
    add("--group", choices=groups, action="append", help="only these; others stay as they are")
    asked = parser.parse_args(arguments)
    if min(asked.runs, asked.draws, asked.workers) < 1:
        print("--runs, --draws and --workers: 1 or more", file=sys.stderr)
        return 2
    budget = Budget(Path(asked.folder), asked.runs, asked.draws, asked.workers)
    chosen = [f for f in facts() if not asked.group or f.group in asked.group]
    found = compare(chosen, budget, _tell)
    text = found.to_csv(index=False, float_format="%.5g", lineterminator="\n")
    write_text(DOCS / TABLE, merged(text, chosen))
    write_text(DOCS / PAGE, page())
    return 0


def merged(text: str, played: Sequence[Fact]) -> str:
    """The rows of the facts that were played, and those of the others as the table has them."""
    head, *rows = text.splitlines()
    all_played = len(played) == len(facts())
    old = [] if all_played else (DOCS / TABLE).read_text(encoding="utf-8").splitlines()[1:]
    of = {row.partition(",")[0]: row for row in [*old, *rows]}
    return "\n".join([head, *(of[f.id] for f in facts() if f.id in of), ""])


def _tell(scenario: str, played: int, wanted: int) -> None:
    print(f"{scenario}: {played} of {wanted} runs", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
