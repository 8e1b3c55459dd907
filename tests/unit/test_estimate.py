"""What `anlan study --estimate` says of time: starting, workers, pictures and report included."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.analysis.study.cost import Pilot

STUDY = """
[study]
id = "x"
question = { zh = "问", en = "asked" }
scenario = "tiny"
seed = 1
replications = 6
[[factor]]
name = "parameters.residents.comply_low_lying"
values = [0.8, 0.9]
[design]
kind = "grid"
"""


def test_time_counts_the_start_of_every_process_and_what_comes_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    found = Pilot(seconds=0.5, values=1, start_s=4.0, rest_s=10.0)
    assert found.cpu_s(20) == found.wall_s(20) == 4.0 + 10.0 + 10.0
    assert found.cpu_s(20, workers=2) == 4.0 * 3 + 10.0 + 10.0
    assert found.wall_s(20, workers=2) == 4.0 * 2 + 5.0 + 10.0
    assert found.wall_s(20, workers=4) == 4.0 * 3 + 5.0 + 10.0  # four start on two cores
    said = found.text(20, 2)
    assert "some 23 s on 2 of these cores (32 s of CPU" in said


@pytest.mark.long
def test_the_estimate_lies_within_half_as_much_again_of_the_cpu_taken(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    command = [sys.executable, "-m", "anlan.app", "study", "study.toml", "--lang", "en",
               "--workers", "1"]  # fmt: skip
    said = subprocess.run([*command, "--estimate"], cwd=tmp_path, capture_output=True, text=True,
                          check=True)  # fmt: skip
    cpu = re.search(r"\((\d+) s of CPU", said.stdout + said.stderr)
    assert cpu
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert 1 / 1.5 <= float(cpu[1]) / taken <= 1.5
