"""What was changed of the scenario that ships: a list at the top of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from anlan.analysis.results.folder import Results
from anlan.analysis.study.edited import CHANGED, MOST, Edit
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import names

SHOWN = 30  # edits in the list; the manifest holds more


def changed(results: Results, lang: str) -> tuple[str, list[str]]:
    """A sentence, and a line for each change; no sentence for a folder that does not know.

    Values that came by --set are named by the command that gave them as well.
    """
    manifest = results.manifest
    if "edits" not in manifest:
        return "", []
    lines = [word("changed.set", lang, text=text)] if (text := _given(manifest, lang)) else []
    edits: Sequence[Edit] | None = manifest["edits"]
    if edits is None:
        return word("changed.own", lang), lines
    if not edits:
        return word("changed.nothing", lang, scenario=manifest["scenario"]), lines
    called = names(results.scenario, lang)
    lines += [_line(edit, called, lang) for edit in edits[:SHOWN]]
    if len(edits) > SHOWN:
        lines.append(word("changed.more", lang, n=len(edits) - SHOWN))
    n = f"{MOST}+" if len(edits) >= MOST else str(len(edits))
    return word("changed.some", lang, scenario=manifest["scenario"], n=n), lines


def _given(manifest: Mapping[str, Any], lang: str) -> str:
    """What --set, or [set] of a study, was given."""
    return trait("comma", lang).join(f"{k}={v}" for k, v in manifest["set"].items())


def _line(edit: Edit, called: Mapping[str, str], lang: str) -> str:
    row = edit["row"]
    if row in called:
        row = word("changed.called", lang, id=row, name=called[row])
    where = trait("colon", lang).join(part for part in (edit["file"], row) if part)
    if edit["how"] != CHANGED or not edit["column"]:
        return word(f"changed.{edit['how']}", lang, where=where)
    blank = word("changed.blank", lang)
    was, now = edit["was"] or blank, edit["is"] or blank
    return word("changed.value", lang, where=where, column=edit["column"], was=was, now=now)
