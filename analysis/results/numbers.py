"""Which numbers a finished folder holds, as one hash: what was made from them is known by it."""

from __future__ import annotations

import hashlib

from anlan.analysis.results.folder import Results
from anlan.analysis.study.tables import MEASURES_FILE, SCENARIO_FILE, STUDY_FILE, TARGETS_FILE


def numbers_sha256(results: Results) -> str:
    """SHA-256 over the measures, the verdicts, and what was asked."""
    found = hashlib.sha256()
    for file in (MEASURES_FILE, TARGETS_FILE, SCENARIO_FILE, STUDY_FILE):
        with (results.folder / file).open("rb") as opened:
            found.update(hashlib.file_digest(opened, "sha256").digest())
    return found.hexdigest()
