"""What was changed of the scenario that ships: in the title, and as a list at the top."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from anlan.analysis.results.folder import Results
from anlan.analysis.study.edited import CHANGED, MOST, Edit
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import names, said
from anlan.sim.scenario.dictionary import said as said_of_columns
from anlan.sim.scenario.schema import Scenario

SHOWN = 30  # edits in the list; the manifest holds more
FURTHER = re.compile("[,;，；（(]")  # where what a column means goes on into particulars


def changed(results: Results, lang: str) -> tuple[str, list[str]]:
    """What was changed in a sentence or two, and a line for each change.

    No sentence for a folder that does not know. Values that came by --set are named by the command
    that gave them before the sentence: they are among the lines, and are no lines of their own.
    """
    manifest = results.manifest
    if "edits" not in manifest:
        return "", []
    edits: Sequence[Edit] | None = manifest["edits"]
    if edits is None:
        return _after(manifest, word("changed.own", lang), lang), []
    if not edits:
        sentence = word("changed.nothing", lang, scenario=manifest["scenario"])
        return _after(manifest, sentence, lang), []
    lines = edit_lines(edits, (results.scenario,), lang)
    if len(edits) > SHOWN:
        lines.append(word("changed.more", lang, n=len(edits) - SHOWN))
    sentence = word("changed.some", lang, scenario=manifest["scenario"], n=_count(edits))
    return _after(manifest, sentence, lang), lines


def changed_title(results: Results, lang: str) -> str:
    """What stands in a title behind the scenario's name: the one change, or how many there are.

    Nothing for the scenario as it ships, or for one of one's own.
    """
    edits: Sequence[Edit] = results.manifest.get("edits") or ()
    if len(edits) == 1:
        return word("changed.title_one", lang, what=edit_lines(edits, (results.scenario,), lang)[0])
    return word("changed.title", lang, n=_count(edits)) if edits else ""


def edit_lines(
    edits: Sequence[Edit], scenarios: Sequence[Scenario], lang: str, most: int = SHOWN
) -> list[str]:
    """The first edits in words; rows are called as the first of the scenarios calls them."""
    called: dict[str, str] = {}
    for scenario in scenarios:
        parameters = {p.name: said(p, lang) for p in scenario.parameters.values()}
        called = names(scenario, lang) | parameters | called
    return [_line(edit, called, lang) for edit in edits[:most]]


def _count(edits: Sequence[Edit]) -> str:
    return f"{MOST}+" if len(edits) >= MOST else str(len(edits))


def _after(manifest: Mapping[str, Any], sentence: str, lang: str) -> str:
    """The sentence after what --set, or [set] of a study, was given."""
    text = trait("comma", lang).join(f"{k}={v}" for k, v in manifest["set"].items())
    if not text:
        return sentence
    return trait("between_sentences", lang).join((word("changed.set", lang, text=text), sentence))


def _line(edit: Edit, called: Mapping[str, str], lang: str) -> str:
    row = _with_name(edit["row"], called, lang)
    where = trait("colon", lang).join(part for part in (edit["file"], row) if part)
    if edit["how"] != CHANGED or not edit["column"]:
        return word(f"changed.{edit['how']}", lang, where=where)
    blank = word("changed.blank", lang)
    was, now = edit["was"] or blank, edit["is"] or blank
    column = _with_words(edit["file"], edit["column"], lang)
    return word("changed.value", lang, where=where, column=column, was=was, now=now)


def _with_name(row: str, called: Mapping[str, str], lang: str) -> str:
    """A row's id with what it is called; of several ids (a store and an item) each."""
    found = [called[row]] if row in called else [called.get(one, "") for one in row.split()]
    if not found or not all(found):
        return row
    return word("changed.called", lang, id=row, name=trait("between_parts", lang).join(found))


def _with_words(file: str, column: str, lang: str) -> str:
    """A column with what it means, without the particulars."""
    found = said_of_columns().get((file, column))
    if found is None:
        return column
    return word("changed.called", lang, id=column, name=FURTHER.split(said(found, lang))[0].strip())
