"""Which pages are generated, and which of them are old."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from anlan.app.docs.citation import PAGE as CODEMETA
from anlan.app.docs.citation import codemeta
from anlan.app.docs.clauses import clauses
from anlan.app.docs.formats import scenario_format, study_format
from anlan.app.docs.markdown import DOCS
from anlan.app.docs.plan_to_model import PAGE as PLAN_TO_MODEL
from anlan.app.docs.plan_to_model import page as plan_to_model
from anlan.app.docs.registries import ledger, measures, parameters, phases
from anlan.app.docs.validation import PAGE as VALIDATION
from anlan.app.docs.validation import page as validation
from anlan.app.docs.what_counts import PAGE as WHAT_COUNTS
from anlan.app.docs.what_counts import page as what_counts

PAGES: dict[str, Callable[[], str]] = {
    "parameters.md": parameters,
    "measures.md": measures,
    "clauses.md": clauses,
    "ledger.md": ledger,
    "phases.md": phases,
    "scenario-format.md": scenario_format,
    "study-format.md": study_format,
    WHAT_COUNTS: what_counts,
    VALIDATION: validation,
    PLAN_TO_MODEL: plan_to_model,
    CODEMETA: codemeta,
}


def stale() -> list[str]:
    """The pages whose committed text is not what would be written now."""
    return [name for name, page in PAGES.items() if _old(DOCS / name) != page()]


def _old(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` say which are old; the exit code."""
    if list(arguments) == ["--check"]:
        old = stale()
        if old:
            print(f"out of date: {', '.join(old)}; run python3 dev.py docs", file=sys.stderr)
        return 1 if old else 0
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8", newline="\n")
        print(f"wrote {(DOCS / name).resolve().relative_to(DOCS.parent)}")
    return 0
