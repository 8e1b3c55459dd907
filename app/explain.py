"""`anlan explain`: why the targets of finished runs are not met, and what relaxing a link gains."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.words import word
from anlan.analysis.words.names import said
from anlan.app.folder import alone, on_disk, read_whole
from anlan.app.playing import stoppable
from anlan.app.progress import progress
from anlan.app.show import console, table

if TYPE_CHECKING:
    from rich.table import Table

    from anlan.analysis.explain.explanation import Explanation
    from anlan.analysis.results.folder import Results
    from anlan.sim.scenario.schema import Target

TABLES = ("links", "places", "causes", "worst", "gains")


@dataclass(frozen=True)
class Asked:
    """What was typed: which targets (all of them with `every`), and how many experiments."""

    targets: tuple[str, ...]
    every: bool
    confirm: int
    variant: int | None
    workers: int | None
    confidence: float


def explain_folder(folder: Path, asked: Asked, csv: Path | None, lang: str) -> int:
    """Say why targets are not met, and put it into the report; the exit code. Raises BadInput."""
    results = read_whole(folder, lang)
    if asked.variant is not None:
        results = results.only(asked.variant)
    return stoppable(partial(_explain, results, asked, csv, lang), folder, lang)


def _explain(results: Results, asked: Asked, csv: Path | None, lang: str) -> int:
    from anlan.analysis.explain.explanation import explain

    every = [t.id for t in results.scenario.plan.targets if t.kind == "performance"]
    targets = asked.targets or (every if asked.every else None)
    folder = results.folder
    held = alone(folder, lang) if asked.confirm else nullcontext()
    with on_disk(folder, lang), held:  # experiments are played, and kept, in the folder
        with progress(lang) as tell:
            found = explain(
                results, targets, asked.confirm, asked.workers or os.cpu_count() or 1,
                asked.confidence, tell,
            )  # fmt: skip
        if asked.confirm and len(found.gains):
            _keep(results, found, lang)
    if csv is not None:
        with on_disk(csv, lang):
            write_tables(found, csv)
    _show(found, lang)
    return 0


def write_tables(found: Explanation, folder: Path) -> None:
    """Each of the tables as a CSV file of its name."""
    from anlan.sim.study import write_table

    for name in TABLES:
        frame = getattr(found, name)
        write_table(folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))


def _keep(results: Results, found: Explanation, lang: str) -> None:
    """The experiments beside the runs, and the report made anew with them."""
    from anlan.analysis.explain.confirmed import save
    from anlan.analysis.pipeline import show

    save(results, found.gains)
    if results.variant is None:
        show(results, lang)


def _show(found: Explanation, lang: str) -> None:
    from anlan.analysis.chains.targets import has_chain

    out, told = console(), found.sentences(lang)
    if not told:
        out.print(word("report.why.none", lang))
    for target in found.targets:
        out.print(told[target.id])
        if has_chain(target) and len(found.links[found.links["target"] == target.id]):
            out.print(_table(target, found, lang))
    if len(found.links):
        out.print(word("cli.explain.note", lang))


def _table(target: Target, found: Explanation, lang: str) -> Table:
    from anlan.analysis.chains.targets import counted
    from anlan.analysis.report.why import HEADS, link_rows

    rows = found.links[found.links["target"] == target.id]
    cases, runs = word(f"case.{counted(target)}", lang), int(rows["runs"].iloc[0])
    title = word("cli.explain.title", lang, target=said(target.text, lang), runs=runs, cases=cases)
    heads = [word(f"why.head.{head}", lang) for head in ("link", *HEADS)]
    shown = table(title, heads, right=(1, 3, 4, 5))
    for cells in link_rows(target, found, lang):
        shown.add_row(*cells)
    return shown
