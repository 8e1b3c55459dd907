"""Scripts whose worker processes cannot start end in one line, and never hang."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "import anlan\nanlan.replicate(anlan.load('tiny'), runs=4, workers=2)\n"


@pytest.mark.long
def test_a_script_without_its_guard_ends_in_its_one_line(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        capture_output=True, text=True, timeout=180, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert 'if __name__ == "__main__":' in done.stderr


@pytest.mark.long
def test_a_script_from_standard_input_is_told_to_be_a_file() -> None:
    done = subprocess.run(
        [sys.executable, "-"],
        input=SCRIPT, capture_output=True, text=True, timeout=180, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "save it as a file" in done.stderr
