"""What all tests share: hypothesis's settings. Examples are few and fixed, so that a run of the
tests is quick and says the same thing twice; HYPOTHESIS_PROFILE=search looks further."""

import gc
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from anlan.sim import checks
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario
from tests.house import ROOT

settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there by now stays to the end: the garbage collector need not look at it again."""
    gc.freeze()


read_anew = checks.load_as
Stamps = tuple[tuple[str, int, int], ...]


@cache
def _read_once(kind: type[Scenario], folder: Path, stamps: Stamps) -> Scenario:
    return read_anew(kind, folder)


def _load_as(kind: type[Scenario], folder: Path, also: Sequence[checks.Check] = ()) -> Scenario:
    """A shipped scenario is read once for all tests of a process: it cannot be changed in place."""
    if folder.parent != ROOT / "scenarios":
        return read_anew(kind, folder, also)
    files: Any = ((path.name, path.stat()) for path in sorted(folder.iterdir()))
    found = _read_once(kind, folder, tuple((n, s.st_mtime_ns, s.st_size) for n, s in files))
    for look in also:
        look(found, Places())
    return found


checks.load_as = _load_as
