"""Pages of what a user writes: the scenario's folder and the study file."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from anlan.analysis.study.dictionary import manifest_words
from anlan.analysis.study.schema import Design, Factor, Head, Outputs
from anlan.analysis.verdict.stopping import Stopping
from anlan.analysis.words import FALLBACK, LANGS, trait, word
from anlan.analysis.words.names import said
from anlan.app.docs.markdown import (
    DOCS,
    NOTE,
    head,
    in_one_line,
    languages,
    paragraphs,
    table,
)
from anlan.sim import expected, expected_in_toml
from anlan.sim.scenario.dictionary import Described, described
from anlan.sim.scenario.registry import Entry, Grids, Rows, Table, entries
from anlan.sim.scenario.schema import Scenario

# a block of a study file -> its row, and whether it may be left out; what it is stands in the word
# list under `docs.study.<block>`. [set] has no keys of its own and is told in docs/studies.md
STUDY: dict[str, tuple[type[BaseModel], bool]] = {
    "study.toml [study]": (Head, False),
    "study.toml [[factor]]": (Factor, True),
    "study.toml [design]": (Design, True),
    "study.toml [stop]": (Stopping, True),
    "study.toml [outputs]": (Outputs, True),
}


def block_of(title: str) -> str:
    """`study.toml [[factor]]` -> factor."""
    return title.partition(" ")[2].strip("[]")


def scenario_format(kind: type[Scenario] = Scenario) -> str:
    """docs/scenario-format.md: each file of a scenario and each column, off the registry."""
    out = [
        f"# {in_one_line('docs.scenario')}\n\n{NOTE}",
        (DOCS / "parts" / "scenario-format.md").read_text(encoding="utf-8"),
    ]
    for part in described(kind):
        what = _sentences({lang: said(part, lang) for lang in LANGS})
        out.append(f"## `{part.title}`{_may(part.optional)}\n\n{what}\n")
        out.append(_about_rows(part.entry))
        out.append(_columns(part))
    out.append(f"## {in_one_line('docs.grids')}\n")
    out.append((DOCS / "parts" / "grids.md").read_text(encoding="utf-8"))
    rows = (
        [f"`{file}`{_may(raster.optional)}", *(said(raster, lang) for lang in languages())]
        for entry in entries(kind)
        if isinstance(entry.part, Grids)
        for file, raster in entry.part.rasters.items()
    )
    out.append(table(["file", *head("docs.what")], rows))
    return "\n".join(filter(None, out))


def _sentences(texts: Mapping[str, str]) -> str:
    """A text in each language, with a full stop."""
    found = []
    for lang in languages():
        text = texts[lang]
        found.append(text[0].upper() + text[1:] + trait("full_stop", lang))
    return " ".join(found)


def _about_rows(entry: Entry) -> str:
    """How `--set` names a row, and whether rows may be added; nothing of a single block."""
    part = entry.part
    if not isinstance(part, Rows) or not part.key:
        return ""
    names = ".".join(f"<{column}>" for column in part.key)
    alone = isinstance(part, Table) and part.amount
    told = [f"`--set {entry.section}.{names}{'' if alone else '.<column>'}=…`."]
    if isinstance(part, Table) and part.rows_vary:
        told.append(in_one_line("docs.rows_vary"))
    return " ".join(told) + "\n"


def _columns(part: Described) -> str:
    """A table of one file's columns or keys."""
    if not part.columns:
        return in_one_line("docs.no_keys") + "\n"
    rows = (
        [
            f"`{c.name}`",
            f"an id in {' or '.join(c.refers)}" if c.refers else _takes(c.spec, c.file),
            c.unit,
            _default(c.spec, c.file),
            "yes" if c.capacity else "moves" if c.stands else "",
            *(said(c, lang) for lang in languages()),
        ]
        for c in part.columns
    )
    heads = ["column or key", "takes", "unit", "may be left out", in_one_line("docs.capacity")]
    return table([*heads, *head("docs.what")], rows)


def study_format() -> str:
    """docs/study-format.md: each block and key of a study file, and each key of its manifest."""
    described_keys = study_columns()
    out = [f"# {in_one_line('docs.study')}\n\n{NOTE}", *paragraphs("docs.study.text")]
    for name, (model, optional) in STUDY.items():
        what = {lang: word(f"docs.study.{block_of(name)}", lang) for lang in LANGS}
        out.append(f"## `{name}`{_may(optional)}\n\n{_sentences(what)}\n")
        rows = (
            [
                f"`{key}`",
                _takes(spec, name),
                _default(spec, name),
                *(described_keys[name, key][lang] for lang in languages()),
            ]
            for key, spec in model.model_fields.items()
        )
        out.append(table(["key", "takes", "may be left out", *head("docs.what")], rows))
    out.append(f"## `manifest.json`\n\n{in_one_line('docs.manifest')}\n")
    keys = (
        [f"`{key}`", *(texts[lang] for lang in languages())]
        for key, texts in manifest_words().items()
    )
    out.append(table(["key", *head("docs.what")], keys))
    return "\n".join(out)


def _default(spec: FieldInfo, file: str) -> str:
    """Whether a key or column may be left out, and what holds then, as the file writes it."""
    if spec.is_required():
        return ""
    held = spec.default
    if held in (None, "", ()):
        return "yes"
    if ".toml" in file:
        return f"yes ({json.dumps(held)})"
    return f"yes ({held:g})" if isinstance(held, int | float) else f"yes ({held})"


def _may(optional: bool) -> str:
    return f" ({in_one_line('docs.may')})" if optional else ""


def _takes(spec: FieldInfo, file: str) -> str:
    """What a cell or a key takes, in words."""
    takes: Any = expected_in_toml if ".toml" in file else expected
    text: str = takes(spec.annotation, spec.metadata)
    return text


def study_columns() -> dict[tuple[str, str], dict[str, str]]:
    """(block, key) of a study file -> what it is, by language."""
    with files(__package__).joinpath("columns.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        (r["file"], r["column"]): {lang: r.get(lang) or r[FALLBACK] for lang in LANGS} for r in rows
    }
