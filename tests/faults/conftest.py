"""What the tests of faults share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anlan.app.cli import main
from tests.faults.kept import STUDY, run_of
from tests.typed import Command, in_folder, without_pictures


def one_run_a_part(patch: pytest.MonkeyPatch) -> None:
    """How many runs a part holds goes by how quick the machine is: here each is one of its own."""
    patch.setattr("anlan.sim.study.pace.Pace.size", lambda _: 1)


@pytest.fixture(autouse=True)
def _parts(monkeypatch: pytest.MonkeyPatch) -> None:
    one_run_a_part(monkeypatch)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A finished run and a finished study, whole; pictures are left out."""
    home = tmp_path_factory.mktemp("kept")
    (home / "study.toml").write_text(STUDY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        without_pictures(patch)
        one_run_a_part(patch)
        assert main(run_of(home / "run")) in (0, 1, 3)
        study = ["study", str(home / "study.toml"), "--workers", "1", "--out", str(home / "study")]
        assert main(study) == 0
    return {kind: home / kind for kind in ("run", "study")}


@pytest.fixture
def copies(finished: dict[str, Path], tmp_path: Path) -> dict[str, Path]:
    """Copies of them that may be damaged."""
    return {k: Path(shutil.copytree(p, tmp_path / k)) for k, p in finished.items()}


@pytest.fixture
def anlan(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """Runs a command line in this process, in a folder of its own; pictures are left out."""
    without_pictures(monkeypatch)
    capfd.readouterr()
    return in_folder(tmp_path, capfd, monkeypatch, STUDY)
