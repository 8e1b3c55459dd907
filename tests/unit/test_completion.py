"""Tab in a shell: what is offered, over the protocol that the shell's own script speaks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from anlan.app import completion
from anlan.app.cli import COMMANDS, main
from anlan.app.completion import stepwise

HEAVY = ("numpy", "pandas", "matplotlib", "mesa", "duckdb")
CAPABILITIES = {"rescue", "water", "engineering", "medical", "fire", "forest", "air", "micro"}


def asked(words: Sequence[str]) -> dict[str, str]:
    """The variables by which bash asks for the last of some words."""
    given = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    return given | {completion.ASKED: "complete_bash"}


def offered(
    words: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    for name, value in asked(words).items():
        monkeypatch.setenv(name, value)
    assert main([]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return told.out.split()


def test_the_first_word_comes_without_anything_heavy() -> None:
    code = (
        "import sys; sys.argv = ['anlan']; from anlan.app.cli import main; main();"
        f"print(*[m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked(["anlan", ""]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.split() == list(COMMANDS)
    assert run.stderr.split() == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["check", "tiny"], {"tiny", "tiny-fire"}),
        (["compare", "tiny", "tiny-"], {"tiny-fire"}),
        (["run", "tiny", "--no-p"], {"--no-pictures"}),
        (["run", "tiny", "--set", "teams.team-1.bo"], {"teams.team-1.boats"}),
        (["run", "tiny", "--seed", "2", "--set", "stock.store-1.w"], {"stock.store-1.water_ml"}),
        (["size", "tiny", "--set", "teams.team-1.capabilities", "="], CAPABILITIES),
        (["run", "tiny", "--set", "teams.team-1.capabilities", "=", "wa"], {"water"}),
        (["compare", "tiny", "--set", "a", "=", "1", "--measure", "harm.d"], None),
        (["deadline", "tiny", "--target", "no-"], {"no-deaths"}),
        (["deadline", "tiny", "--order", "m"], {"move", "muster"}),
        (["report", "--lang", ""], {"zh", "en"}),
        (["run", "no-such-scenario", "--set", "teams."], set()),
        (["explain", "no-such-folder", "--target", ""], set()),
        (["no-such-command", "a"], set()),
    ],
)  # fmt: skip
def test_a_word_is_completed(
    words: list[str],
    wanted: set[str] | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = offered(["anlan", *words], monkeypatch, capsys)
    if wanted is None:  # measures: those that there are
        from anlan.analysis.measures.registry import MEASURES

        wanted = {name for name in MEASURES if name.startswith(words[-1])}
        assert wanted
    assert set(found) == wanted


def test_zsh_is_told_what_names_mean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "anlan run tiny --set teams.team-1.boa")
    monkeypatch.setenv(completion.ASKED, "complete_zsh")
    assert main([]) == 0
    assert '"teams.team-1.boats":"救援队：艇数"' in capsys.readouterr().out


def test_many_names_are_offered_step_by_step() -> None:
    names = {f"teams.team-{n}.{what}": "" for n in range(40) for what in ("boats", "members")}
    assert [n for n, _ in stepwise(names | {"roads.a.km": ""}, "")] == ["teams.", "roads."]
    steps = [n for n, _ in stepwise(names, "tea")]  # "teams." alone would end the word
    assert steps == [f"teams.team-{n}." for n in range(40)]
    assert len(stepwise(names, "teams.team-7.")) == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_once_it_is_installed(tmp_path: Path) -> None:
    here = Path(sys.executable).parent
    if not (here / "anlan").exists():
        pytest.skip("anlan is not installed as a command here")
    env = os.environ | {"HOME": str(tmp_path), "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    script = """
        anlan --lang zh --install-completion || exit 1
        source ~/.bash_completions/anlan.sh
        COMP_WORDS=(anlan run tiny --set teams.team-1.capabilities = me) COMP_CWORD=6
        _anlan_completion anlan
        echo "${COMPREPLY[@]}"
    """
    run = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    said, found = run.stdout.splitlines()
    assert said.startswith("已为 bash 装好补全")
    assert found == "medical"
