"""A table of hospitals without rows is a district without beds; without the file it is unknown."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from anlan.analysis.notes import notes
from anlan.sim import SHIPPED, load, run
from anlan.sim.study import fingerprint

DISTRICT = "linyi-building-fire-stress"


@pytest.mark.long
def test_no_rows_are_no_beds_and_no_file_is_not_modelled(tmp_path: Path) -> None:
    folder = tmp_path / "district"
    shutil.copytree(SHIPPED / DISTRICT, folder)
    file = folder / "hospitals.csv"
    head = file.read_text(encoding="utf-8").splitlines()[0]
    listed = load(str(folder))
    file.write_text(head + "\n", encoding="utf-8")
    empty = load(str(folder))
    file.unlink()
    unknown = load(str(folder))
    assert listed.hospitals
    assert empty.hospitals == ()
    assert unknown.hospitals is None
    assert len({fingerprint(s) for s in (listed, empty, unknown)}) == 3
    arrived = [run(s).tables()["wound"]["hospital_min"] for s in (listed, empty, unknown)]
    driven = [int((~np.isnan(minutes)).sum()) for minutes in arrived]
    assert driven[0] > 0
    assert driven[1] == 0
    assert driven[2] >= driven[0]
    assert any("no row" in note for note in notes(empty, "en"))
    assert not any("no row" in note for note in notes(unknown, "en"))
