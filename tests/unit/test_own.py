"""Measures and policies of one's own: from Python, from a study file, in worker processes."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import anlan
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.own.measures import BUILT_IN as BUILT_IN_MEASURES
from anlan.analysis.study.asked import read_asked
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.schema import Design, Factor, Outputs, Study
from anlan.app.cli import main
from anlan.sim import SHIPPED
from anlan.sim.study import own_modules, own_policies, source_sha256

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "own"
SHORT = {"settings.duration_h": 6, "settings.start_before_closest_h": 4}
SETS = [part for key, value in SHORT.items() for part in ("--set", f"{key}={value}")]
TINY = anlan.load("tiny", {k: str(v) for k, v in SHORT.items()})
FIRES = anlan.load("tiny-fire")  # in which crews are sent


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers is gone after it. The terminal is wide enough for a label a line."""
    monkeypatch.setenv("COLUMNS", "300")
    kept = (MEASURES, own_policies._own, own_modules._loaded, *own_policies.SEATS.values())
    before, path, modules = [dict(one) for one in kept], list(sys.path), set(sys.modules)
    yield
    for one, old in zip(kept, before, strict=True):
        one.clear()
        one.update(old)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if "my_" in name:
            del sys.modules[name]


def example(folder: Path) -> Path:
    """The study of docs/examples/own, six hours of it and two runs a variant, in a folder."""
    shutil.copytree(EXAMPLE, folder / "own")
    file = folder / "own" / "study.toml"
    text = file.read_text(encoding="utf-8").replace("replications = 4", "replications = 2")
    sets = "".join(f'"{key}" = {value}\n' for key, value in SHORT.items())
    file.write_text(text.replace("[set]\n", f"[set]\n{sets}"), encoding="utf-8")
    return file


def residents(facts: Any) -> float:
    """How many live there."""
    return float(facts.residents.sum())


def no_number(facts: Any) -> Any:
    return None


# -- the example of the documentation ----------------------------------------------------------


@pytest.mark.long
def test_the_example_is_played_in_workers_from_the_command_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    told = ["--lang", "en", "study", str(example(tmp_path)), "--out", str(out), "--workers", "2"]
    assert main(told) == 0
    shown = capfd.readouterr()
    assert "executed the module" in shown.err
    assert "my.away_person_h; policy.dispatch=shortest-job-first" in shown.err
    assert "Time away from home" in shown.out
    results = anlan.results(out)
    found = results.outcomes.set_index(["variant", "measure"])
    assert found.loc[(0, "my.away_person_h"), "estimate"] > 0
    assert found.loc[(1, "my.away_person_h"), "estimate"] == 0  # nobody is ordered to leave
    assert found.loc[(1, "evacuation.ordered_persons"), "high"] == 0
    assert "Time away from home" in (out / "report.en.html").read_text(encoding="utf-8")
    dictionary = (out / "dictionary.csv").read_text(encoding="utf-8-sig")
    assert "measures.parquet,my.away_person_h,person_h,离家总时长" in dictionary
    told_of = results.manifest["own"]
    assert told_of["modules"] == ["my_measures"]
    assert {p["name"] for p in told_of["policies"]} == {"shortest-job-first", "nobody-moves"}


@pytest.mark.long
def test_a_folder_is_read_merged_and_compared_without_its_code(tmp_path: Path) -> None:
    """By another process, which never loaded the module; nothing of the folder is executed."""
    file, out = example(tmp_path), tmp_path / "out"
    anlan.study(file, out)
    (tmp_path / "own" / "my_measures.py").unlink()
    merged = tmp_path / "merged"
    for arguments, said in (
        (["compare", str(out), "--measure", "my.away_person_h"], "Time away from home"),
        (["merge", str(out), "--out", str(merged)], "Time away from home"),
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "anlan.app", "--lang", "en", *arguments],
            capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
            env=os.environ | {"COLUMNS": "200"},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert said in ran.stdout
    assert (merged / "measures.parquet").read_bytes() == (out / "measures.parquet").read_bytes()


def test_other_code_does_not_go_on_with_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = example(tmp_path), tmp_path / "out"
    module = file.with_name("my_measures.py")
    anlan.study(file, out)
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace("Time away", "Hours away") + "\nprint('more')\n", "utf-8")
    anlan.study(file, out)  # what a measure is called, and what stands beside it, do not count
    module.write_text(text.replace("/ 60", "/ 61"), encoding="utf-8")
    with pytest.raises(anlan.BadInput, match="other code of a measure"):
        anlan.study(file, out)
    assert main(["--lang", "en", "study", str(file), "--out", str(out)]) == 2
    assert "other code of your own (measure my.away_person_h)" in capsys.readouterr().err


@pytest.mark.long
def test_folders_of_other_code_are_no_pairs(tmp_path: Path) -> None:
    file = example(tmp_path)
    module = file.with_name("my_measures.py")
    one = anlan.study(file, tmp_path / "one")
    module.write_text(module.read_text("utf-8").replace("/ 60", "/ 61"), encoding="utf-8")
    other = anlan.study(file, tmp_path / "other")
    with pytest.raises(anlan.BadInput, match=r"my\.away_person_h was worked out by other code"):
        anlan.compare(one, other)


# -- from Python -------------------------------------------------------------------------------


def test_a_measure_of_ones_own_goes_where_others_go() -> None:
    assert anlan.measure("my.residents", "person", label="Residents")(residents) is residents
    runs = anlan.replicate(TINY, runs=3)
    assert runs.measures["my.residents"].tolist() == [TINY.residents] * 3
    other = anlan.replicate(TINY.replace(policy={"supply": "nearest-first"}), runs=3)
    found = anlan.compare(runs, other, measures=["my.residents"]).differences
    assert found["difference"].tolist() == [0.0]
    target = TINY.plan.targets[-1].model_copy(update={"measure": "my.residents", "limit": 1.0})
    plan = TINY.plan.model_copy(update={"targets": (target,)})
    assert len(anlan.judge(runs.measures, plan)) == 1


def test_a_policy_of_ones_own_goes_where_others_go() -> None:
    asked: list[int] = []

    def nobody_goes(incidents: Any, crews: Any, eta: Any) -> list[Any]:
        asked.append(len(incidents))
        return []

    anlan.policy("dispatch", "nobody-goes")(nobody_goes)
    facts = anlan.run(FIRES.replace(policy={"dispatch": "nobody-goes"})).tables()
    assert max(asked) > 0
    assert len(facts["deployment"]["crew"]) == 0
    assert len(anlan.run(FIRES).tables()["deployment"]["crew"]) > 0
    assert anlan.load("tiny", {"policy.dispatch": "nobody-goes"}).policy.dispatch == "nobody-goes"


WRONG_PAIRS: dict[str, Any] = {
    "sends a crew to two incidents": lambda i, c, eta: [(0, 0), (0, 0)],
    "must give a list of pairs": lambda *_: 7,
    "is none of": lambda *_: [(0, 99)],
    "row .*: ZeroDivisionError": lambda *_: [1 // 0],
}


@pytest.mark.parametrize("said", WRONG_PAIRS)
def test_what_a_policy_does_wrong_is_one_line(said: str) -> None:
    anlan.policy("dispatch", "wrong")(WRONG_PAIRS[said])
    with pytest.raises(anlan.BadInput, match=f"^policy wrong of dispatch: .*{said}"):
        anlan.run(FIRES.replace(policy={"dispatch": "wrong"}))


@pytest.mark.parametrize(
    ("found", "said"), [(7, "list of sites"), ([0, 0], "twice"), ([0, 9], "there are 2 sites")]
)
def test_what_a_supply_policy_gives_wrong_is_told(found: Any, said: str) -> None:
    anlan.policy("supply", "wrong")(lambda *_: found)
    with pytest.raises(anlan.BadInput, match=said):
        own_policies.SEATS["supply"]["wrong"]([5, 6], [1.0, 2.0], [3.0, 4.0])


def test_a_measure_that_gives_no_number_ends_the_study_at_once(tmp_path: Path) -> None:
    anlan.measure("my.none")(no_number)
    study = Study(
        id="s", question={"zh": "问", "en": "?"}, scenario="tiny", replications=2, set=SHORT,
        outputs=Outputs(measures=("my.none",)),
    )  # fmt: skip
    with pytest.raises(anlan.BadInput, match=r"^measure my\.none: gave None; give one number"):
        anlan.study(study, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("harm.deaths",), "anlan's own"),
        (("run",), "anlan's own"),
        (("My Measure",), "small letters"),
        ((7,), "small letters"),
        (("my.x", "a\nb"), "short text"),
        (("my.x", "h", "more"), "higher"),
        (("my.x", "h", "none", {"fr": "x"}), "no language fr"),
        (("my.x", "h", "none", 7), "give a text"),
    ],
)
def test_what_cannot_be_a_measure_is_one_line(arguments: Any, said: str) -> None:
    with pytest.raises(anlan.BadInput, match=said):
        anlan.measure(*arguments)(residents)
    assert "my.x" not in MEASURES


@pytest.mark.parametrize(
    ("seat", "name", "said"),
    [
        ("dispach", "x", "did you mean dispatch"),
        ("dispatch", "nearest-idle", "anlan's own"),
        ("dispatch", "a b", "letters"),
        ("dispatch", None, "letters"),
    ],
)
def test_what_cannot_be_a_policy_is_one_line(seat: str, name: Any, said: str) -> None:
    with pytest.raises(anlan.BadInput, match=said):
        anlan.policy(seat, name)(residents)


def test_two_of_one_name_are_refused_and_the_same_again_is_not() -> None:
    anlan.measure("my.x")(residents)
    anlan.measure("my.x")(residents)
    with pytest.raises(anlan.BadInput, match="two of that name"):
        anlan.measure("my.x")(no_number)


def test_a_function_that_no_worker_can_import_is_refused() -> None:
    anlan.measure("my.x")(lambda facts: 1.0)
    with pytest.raises(anlan.BadInput, match="worker processes cannot be given a function"):
        anlan.replicate(TINY, runs=2, workers=2)
    assert anlan.replicate(TINY, runs=1).measures["my.x"].tolist() == [1.0]


TYPED_IN = """
import anlan
@anlan.measure("my.x")
def mine(facts):
    return 1.0
try:
    anlan.replicate(anlan.load("tiny"), runs=2, workers=2)
except anlan.BadInput as error:
    print(error)
"""


@pytest.mark.long
def test_a_function_that_was_typed_in_is_refused_with_workers() -> None:
    ran = subprocess.run(
        [sys.executable, "-"], input=TYPED_IN, capture_output=True, text=True, cwd=ROOT,
        timeout=300, check=False,
    )  # fmt: skip
    assert "stands in no file" in ran.stdout, ran.stderr
    assert "Traceback" not in ran.stderr


# -- modules -----------------------------------------------------------------------------------

BAD_MODULES = {
    "def f(:\n": "row 1: SyntaxError",
    "x = 1\n1 / 0\n": "row 2: ZeroDivisionError",
    "raise SystemExit(3)\n": "SystemExit",
    "import no_such_package\n": "ModuleNotFoundError",
    "import anlan\nanlan.measure('harm.deaths')(len)\n": "anlan's own",
}


@pytest.mark.parametrize("text", BAD_MODULES)
def test_what_a_module_raises_is_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_bad.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["run", "tiny", "--runs", "1", "--module", "my_bad", "--out", "out"]) == 2
    err = capsys.readouterr().err
    assert BAD_MODULES[text] in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["my_none", "../x", "a b", "", "x" * 999, "my_none.py", "\0"])
def test_a_module_that_is_not_there_is_one_line(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "en", "check", "tiny", "--module", name]) == 2
    err = capsys.readouterr().err
    assert err.startswith("anlan: --module: ")
    assert err.count("\n") == 1


def test_a_module_must_not_have_the_name_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["--lang", "en", "check", "tiny", "--module", "numpy"]) == 2
    assert "rename it" in capsys.readouterr().err


def test_nothing_of_a_scenario_or_of_results_is_executed(tmp_path: Path) -> None:
    """Neither a module beside a scenario's files, nor one that a finished folder names."""
    folder = tmp_path / "tiny"
    shutil.copytree(ROOT / "scenarios" / "tiny", folder)
    (folder / "my_measures.py").write_text("raise RuntimeError('executed')", encoding="utf-8")
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write('\n[study]\nmodules = ["my_measures"]\n')
    with pytest.raises(anlan.BadInput, match="study"):
        anlan.load(folder)
    study = Study(
        id="s", question={"zh": "问", "en": "?"}, scenario="tiny", replications=1, set=SHORT,
        modules=("my_measures",), folder=tmp_path,
    )  # fmt: skip
    checked = check_study(study)
    from anlan.analysis.study.play import play_study

    play_study(checked, tmp_path / "out")
    finish_study(checked, tmp_path / "out")
    assert read_asked(tmp_path / "out").study.modules == ("my_measures",)
    assert anlan.results(tmp_path / "out").study.modules == ("my_measures",)
    assert "my_measures" not in sys.modules


def test_a_folder_cannot_put_its_measure_in_the_place_of_anlans(tmp_path: Path) -> None:
    out = tmp_path / "out"
    anlan.replicate(TINY, runs=1, folder=out)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    one = {"name": "harm.deaths", "unit": "", "better": "none", "label": {}, "definition": {}}
    for told in ({"measures": [one | {"sha256": ""}], "policies": []}, {"measures": 7}, 7):
        text = json.dumps(manifest | {"own": told})
        (out / "manifest.json").write_text(text, encoding="utf-8")
        with pytest.raises(anlan.BadInput):
            anlan.results(out)
    assert set(MEASURES) == set(BUILT_IN_MEASURES)


# -- outcomes ----------------------------------------------------------------------------------


def test_an_outcome_that_is_no_target_has_its_interval(tmp_path: Path) -> None:
    study = Study(
        id="s", question={"zh": "问", "en": "?"}, scenario="tiny", replications=4, set=SHORT,
        factors=(Factor(name="parameters.team.shift_h", low=8, high=12),),
        design=Design(kind="lhs", samples=2),
        outputs=Outputs(measures=("harm.deaths",), outcomes=("hazard.max_gust_ms",)),
    )  # fmt: skip
    results = anlan.study(study, tmp_path)
    assert list(results.outcomes["variant"]) == [0, 1]
    values = results.measures.query("variant == 1")["hazard.max_gust_ms"]
    row = results.outcomes.iloc[1]
    assert row["estimate"] == pytest.approx(values.mean())
    assert row["median"] == pytest.approx(values.median())
    half = 3.182446 * values.std() / math.sqrt(4)  # Student's t, 3 degrees of freedom, 97.5 %
    assert row["high"] - row["estimate"] == pytest.approx(half, rel=1e-5)


def test_an_unknown_outcome_is_refused() -> None:
    study = Study(
        id="s", question={"zh": "问", "en": "?"}, scenario="tiny", replications=1,
        outputs=Outputs(outcomes=("harm.death",)),
    )  # fmt: skip
    with pytest.raises(anlan.BadInput, match=r"outputs\.outcomes: .*did you mean harm\.deaths"):
        check_study(study)


# -- the hash ----------------------------------------------------------------------------------

LIMIT = 3


def helper(value: int) -> int:
    return value + LIMIT


def calls(facts: Any) -> float:
    return helper(1)


def test_the_hash_follows_what_a_function_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    before = source_sha256(calls)
    assert source_sha256(calls) == before
    monkeypatch.setitem(globals(), "LIMIT", 4)
    assert source_sha256(calls) != before


@pytest.mark.long
def test_the_command_line_runs_with_a_module(tmp_path: Path) -> None:
    out, module = tmp_path / "out", EXAMPLE / "my_measures.py"
    told = ["run", "tiny", "--runs", "1", *SETS, "--out", str(out), "--module", str(module)]
    assert main([*told, "--set", "policy.dispatch=shortest-job-first"]) in (0, 1, 3)
    assert "my.away_person_h" in anlan.results(out).measures.columns


def test_modules_that_do_not_load_are_told_with_the_cells_that_are_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A policy that one of them would have brought is not told of as missing."""
    folder = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    teams, scenario = folder / "teams.csv", folder / "scenario.toml"
    spoilt = teams.read_text(encoding="utf-8").replace("seat,8,", "seat,eight,")
    teams.write_text(spoilt, encoding="utf-8")
    own = scenario.read_text(encoding="utf-8").replace("nearest-idle", "mine")
    scenario.write_text(own, encoding="utf-8")
    (tmp_path / "broken.py").write_text("import nothing_here\n", encoding="utf-8")
    named = ["--module", str(tmp_path / "broken"), "--module", "no_such_module"]
    assert main(["check", str(folder), *named]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3, told
    assert "broken.py, row 1: ModuleNotFoundError" in told[0]
    assert "no module no_such_module" in told[1]
    assert "teams.csv, row 2, column members: eight" in told[2]
