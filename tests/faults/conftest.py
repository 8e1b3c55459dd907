"""What the tests of faults share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anlan.app.cli import main
from tests.faults.kept import STUDY, Command, Result, run_of


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A finished run and a finished study, whole; pictures are left out."""
    home = tmp_path_factory.mktemp("kept")
    (home / "study.toml").write_text(STUDY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("anlan.analysis.plots.pictures.draw_pictures", lambda *_: None)
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
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr("anlan.analysis.plots.pictures.draw_pictures", lambda *_: None)
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    capfd.readouterr()

    def run(*arguments: str | Path) -> Result:
        code = main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Result(code, out, err)

    return run
