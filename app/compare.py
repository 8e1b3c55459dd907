"""`anlan compare`: what differs between the variants of finished folders, run by run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from anlan.analysis.compare.differences import differences
from anlan.analysis.compare.folders import Together, check_measures, put_together
from anlan.analysis.compare.moved import MOST_VARIANTS, Moved, moved
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.study.naming import what_label
from anlan.analysis.text.numbers import amount, ends_text, number
from anlan.analysis.words import word
from anlan.app.folder import read_whole
from anlan.app.show import console, table
from anlan.sim.scenario.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

OTHER_EVENTS = "--other-events"
MOST_MOVED = 25  # rows of what moved
COLUMNS = ("what", "variant", "base", "other", "difference", "interval", "pairs", "saved")


def show_differences(
    folders: Sequence[Path],
    base: int,
    measures: Sequence[str],
    confidence: float,
    csv: Path | None,
    other_events: bool,
    lang: str,
) -> int:
    """Print paired differences to the variant `base`; raises BadInput."""
    results = [read_whole(folder, lang) for folder in folders]
    together = put_together(results, other_events, OTHER_EVENTS)
    if len(together.called) < 2:
        raise BadInput("nothing to compare: give the folder of a study, or two folders of runs")
    if base not in together.called:
        last = len(together.called) - 1
        raise BadInput(f"--base {base}: there are variants 0 to {last}")
    measures = check_measures(together, measures)
    targets = () if measures else together.targets
    if not measures and len(together.called) <= MOST_VARIANTS:
        _show_moved(moved(together.runs, base, confidence), together, confidence, lang)
    if csv is not None:
        every = measures or [m for m in MEASURES if m in together.runs.columns]
        _write(csv, differences(together.runs, base, every, targets, confidence))
    found = differences(together.runs, base, measures, targets, confidence)
    title = word("cli.compare.title", lang, confidence=f"{100 * confidence:g}")
    console().print(_table(title, found, together, lang))
    console().print(word("cli.compare.note", lang))
    return 0


def _write(csv: Path, found: pd.DataFrame) -> None:
    """The differences as a file. Raises BadInput where it cannot be written."""
    from anlan.sim.study import write_table

    try:
        write_table(csv, found.to_csv(index=False, lineterminator="\n"))
    except OSError as error:
        raise BadInput(f"--csv {csv}: cannot be written: {error.strerror}") from None


def _show_moved(found: Moved, together: Together, confidence: float, lang: str) -> None:
    """What differs in any run over all measures, what is beyond chance first."""
    counts = {"n": found.clear, "open": len(found.rows) - found.clear, "same": found.same}
    title = word("cli.compare.moved", lang, confidence=f"{100 * confidence:g}", **counts)
    if not len(found.rows):
        console().print(title, style="bold")
        return
    console().print(_table(title, found.rows.head(MOST_MOVED), together, lang))
    if len(found.rows) > MOST_MOVED:
        console().print(word("cli.compare.more", lang, n=len(found.rows) - MOST_MOVED))


def _table(title: str, found: pd.DataFrame, together: Together, lang: str) -> Table:
    targets = {t.id: t for t in together.targets}
    shown = table(title, [word(f"cli.compare.{c}", lang) for c in COLUMNS], right=(2, 3, 4))
    for row in found.to_dict("records"):
        target = targets.get(row["name"])
        measure = target.measure if target is not None else row["name"]
        unit = "share" if row["kind"] == "share" else MEASURES[measure].unit
        label = what_label(measure if target is None else target, lang)
        values = [amount(row[c], unit, lang) for c in ("base_value", "other_value", "difference")]
        ends = ends_text(row["low"], row["high"], unit, lang)
        saved = number(row["variance_ratio"])
        called = _called(row["variant"], together.called)
        shown.add_row(label, called, *values, ends, str(row["pairs"]), saved)
    return shown


def _called(variant: int, called: dict[int, str]) -> str:
    return f"{variant}: {called[variant]}" if called.get(variant) else str(variant)
