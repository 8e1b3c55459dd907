"""The documentation says what is so: generated pages are fresh, links lead on, examples run."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from anlan.analysis.digests.tables import TABLES as DIGEST
from anlan.analysis.study.checked import check_study
from anlan.analysis.study.schema import BLOCKS, Study
from anlan.analysis.words import LANGS
from anlan.app.docs.formats import STUDY, block_of, scenario_format, study_columns
from anlan.app.docs.pages import stale
from anlan.app.language import of_arguments, of_environment
from anlan.sim.scenario import schema
from anlan.sim.scenario.dictionary import described, said
from anlan.sim.scenario.registry import Kinds
from anlan.sim.scenario.schema import Scenario

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EXAMPLES = [
    "README.md", "README.zh.md", "docs/tutorial.md", "docs/studies.md", "docs/comparing.md",
    "docs/statistics.md", "docs/deadline.md", "docs/explain.md", "docs/sizing.md",
]  # fmt: skip
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_generated_pages_are_up_to_date() -> None:
    assert stale() == []  # else: python3 dev.py docs


def test_every_column_is_described_once_and_nothing_else_is() -> None:
    """A scenario's beside the registry, a study's beside the page's maker."""
    of_scenario = {(c.file, c.name) for part in described(Scenario) for c in part.columns}
    of_study = {(name, key) for name, (row, _) in STUDY.items() for key in row.model_fields}
    assert set(said()) == of_scenario
    assert set(study_columns()) == of_study
    assert all(s.en and s.zh for s in said().values())
    assert all(texts[lang] for texts in study_columns().values() for lang in LANGS)
    for file, exist in (("sim/scenario", of_scenario), ("app/docs", of_study)):
        lines = (ROOT / file / "columns.csv").read_text(encoding="utf-8").splitlines()
        assert len(lines) == 1 + len(exist)


def test_every_time_is_said_to_need_its_offset_since_it_is_refused_without() -> None:
    times = [
        c
        for part in described(Scenario)
        for c in part.columns
        if "datetime" in str(c.spec.annotation)
    ]
    assert len(times) > 4
    for column in times:
        assert "offset" in column.en
        assert "带时区" in column.zh
        assert "local time" not in column.en


def test_every_kind_of_row_is_in_the_registry_and_on_the_page() -> None:
    rows = {v for v in vars(schema).values() if isinstance(v, type) and issubclass(v, schema.Row)}
    known = set()
    for part in described(Scenario):
        kinds = part.entry.part.kinds if isinstance(part.entry.part, Kinds) else {}
        known |= {kind.row for kind in kinds.values()} or {part.entry.row}
    assert known == rows - {schema.Row, schema.Words}
    page = scenario_format()
    assert [p.title for p in described(Scenario) if f"## `{p.title}`" not in page] == []
    optional = {p.title for p in described(Scenario) if p.optional}
    assert not optional & {"towns.csv", "communities.csv", "plan.toml"}


def test_every_block_of_a_study_file_is_described() -> None:
    """[set] alone has no keys to describe: docs/studies.md tells of it."""
    blocks = {block_of(name) for name in STUDY}
    assert blocks == set(BLOCKS) - {"set"}
    keys = {key for model, _ in STUDY.values() for key in model.model_fields}
    parts = {"factors", "design", "stop", "outputs", "set", "folder"}
    assert set(Study.model_fields) - parts <= keys
    tables = study_columns()["study.toml [outputs]", "tables"]["en"]
    assert set(re.findall(r"\w+", tables.partition(":")[2])) == set(DIGEST) - {"measures"}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [t for t in LINK.findall(text) if not (page.parent / t).exists()] == []


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def code(page: str, language: str) -> list[str]:
    """The fenced blocks of a language in a page."""
    text = text_of(page)
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.S)


@pytest.mark.parametrize(
    "page",
    # The Chinese README has the code of the English one but for the language that it asks for.
    [pytest.param(p, marks=pytest.mark.long) if p == "README.zh.md" else p for p in EXAMPLES],
)
def test_python_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand, but on the tiny scenario, with few runs and in one process."""
    if page == "docs/studies.md":
        pytest.importorskip("SALib")
    monkeypatch.chdir(tmp_path)
    blocks = code(page, "python")
    assert blocks
    scope: dict[str, object] = {"__name__": "__main__"}
    for block in blocks:
        exec(_made_small(block), scope)


def _made_small(block: str) -> str:
    block = block.replace("haimen-typhoon", "tiny").replace("haimen-jd-district-store", "store-1")
    return re.sub(r"runs=\d+", "runs=2", re.sub(r"workers=\d+", "workers=1", block))


@pytest.mark.parametrize(
    "page",
    [
        *EXAMPLES,
        "CONTRIBUTING.md",
        "docs/cluster.md",
        "docs/document.md",
        "docs/view.md",
        "docs/view.zh.md",
    ],
)
def test_commands_in_the_docs_are_ones_that_exist(page: str) -> None:
    """Every `anlan …` line of a shell block is taken by the command line's own parser."""
    for line in "\n".join(code(page, "sh")).splitlines():
        words = line.split("#")[0].split()
        if words[:1] == ["anlan"] and "--help" not in words and "--version" not in words:
            _taken(words)


def _taken(words: list[str]) -> None:
    """Raises where the command line does not take the words."""
    from anlan.app.cli import build

    sub = build("en").commands[words[1]]
    sub.make_context(words[1], words[2:])  # raises for an unknown option


def test_the_study_files_in_the_docs_are_sound(tmp_path: Path) -> None:
    """The whole one as it stands, and with its replications replaced by the rule of the other."""
    whole, rule = code("docs/studies.md", "toml")
    for n, text in enumerate((whole, re.sub(r"replications.*", "", whole) + rule)):
        path = tmp_path / f"study{n}.toml"
        path.write_text(text, encoding="utf-8")
        checked = check_study(Study.read(path))
        assert len(checked.variants) == 16
    assert [t.id for t in checked.targets] == ["no-deaths", "moved-before-gale"]


def test_exit_codes_in_the_docs_are_those_of_the_command() -> None:
    from anlan.app import cli, playing

    told = {int(n) for n in re.findall(r"^\| (\d+) \|", text_of("docs/studies.md"), re.M)}
    assert told == {0, playing.SOME_FAILED, playing.STOPPED, cli.BAD_INPUT, cli.A_BUG}


def test_files_for_clusters_are_well_formed(tmp_path: Path) -> None:
    """Shell scripts and YAML parse, Python compiles; every `anlan` line in them is valid."""
    page = "docs/cluster.md"
    yaml = pytest.importorskip("yaml")
    assert all(yaml.safe_load(text)["kind"] == "DaskCluster" for text in code(page, "yaml"))
    for text in code(page, "python"):
        compile(text, page, "exec")
    for n, text in enumerate(code(page, "bash")):
        script = tmp_path / f"{n}.sh"
        script.write_text(text, encoding="utf-8")
        subprocess.run(["bash", "-n", script], check=True)
    lines = re.sub(r"\$\w+", "1", "\n".join(code(page, "bash")).replace("\\\n", " "))
    found = [shlex.split(line, comments=True) for line in lines.splitlines()]
    commands = [words for words in found if words[:1] == ["anlan"]]
    assert len(commands) == 4
    for words in commands:
        _taken(words)


def test_both_readmes_have_the_same_commands_and_sections() -> None:
    english, chinese = "README.md", "README.zh.md"
    assert code(english, "sh")
    assert _bare(english) == _bare(chinese)
    heads = [
        len(re.findall(r"^## ", (ROOT / page).read_text(encoding="utf-8"), re.M))
        for page in (english, chinese)
    ]
    assert heads[0] == heads[1] > 3


def _bare(page: str) -> list[str]:
    """The commands without their comments and without the language that they ask for."""
    lines = "\n".join(code(page, "sh")).splitlines()
    return [re.sub(r"--lang (zh|en)", "", line.split("#")[0]).strip() for line in lines]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_TW"}, "zh"),
    ],
)
def test_language_follows_the_locale(environ: dict[str, str], expected: str) -> None:
    assert of_environment(environ) == expected


def test_an_asked_for_language_comes_first() -> None:
    assert of_arguments(["run", "tiny", "--lang", "en"], {"LANG": "zh_CN"}) == "en"
    assert of_arguments(["run", "--lang=zh"], {}) == "zh"
    assert of_arguments(["run", "--lang"], {"LANG": "zh_CN"}) == "zh"
