"""Which code made a study's numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# what the numbers of a study come from
CODE = ("sim/**/*.py", "analysis/measures/*.py", "analysis/digests/*.py")


@cache
def code_sha256() -> str:
    """SHA-256 over the code that makes a study's numbers."""
    found = hashlib.sha256()
    for path in sorted({p for pattern in CODE for p in ROOT.glob(pattern)}):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()
