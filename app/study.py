"""`anlan study`, `anlan merge`: from a study file to a dataset."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.format import amount, ends_text
from anlan.analysis.study.conduct import Ready, check_shard, identity, play, ready
from anlan.analysis.study.naming import what_unit
from anlan.analysis.study.schema import Study
from anlan.analysis.words import word
from anlan.app.folder import claim
from anlan.app.progress import progress, say
from anlan.app.show import console, say_scale, table

if TYPE_CHECKING:
    import pandas as pd

    from anlan.analysis.study.cost import Pilot
    from anlan.analysis.study.data import StudyData
    from anlan.sim.study.chunk import Batch
    from anlan.sim.study.players import Player

STOPPED, SOME_FAILED = 130, 4
MOST_SHOWN, MOST_FACTORS = 40, 3  # rows and factors of the verdict table on a screen


def run_study(
    file: Path,
    *,
    out: Path | None,
    workers: int,
    cluster: str | None,
    shard: str | None,
    overwrite: bool,
    estimate: bool,
    lang: str,
) -> int:
    """Play a study, or a share of it, and merge it; the exit code."""
    share = check_shard(shard) if shard is not None else None
    study = Study.read(file)
    it = ready(study)
    cost = _pilot(it)
    _tell_plan(it, cost, workers, lang)
    if estimate:
        return 0
    home = out if out is not None else Path("out") / study.id
    begun = claim(home, identity(it), overwrite, lang)
    if begun:
        say(word("cli.study.goes_on", lang, out=home, done=begun))
    try:
        with progress(lang, draws=False) as show:
            play(it, home, workers, share or (1, 1), cost.seconds, show, _elsewhere(cluster))
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # one Ctrl-C is enough
        say(word("cli.run.stopped", lang, out=home))
        return STOPPED
    if share is not None and share[1] > 1:
        i, n = share
        console().print(word("cli.study.shard_done", lang, i=i, n=n, study=file, out=home))
        return 0
    return _finish(it, home, lang)


def merge_study(file: Path, homes: Sequence[Path], out: Path | None, lang: str) -> int:
    """Put together what the shards of a study have left; the exit code."""
    from anlan.analysis.study.finish import gather

    it = ready(Study.read(file))
    home = out if out is not None else homes[0]
    gather(it, homes, home)
    return _finish(it, home, lang)


def _elsewhere(
    address: str | None,
) -> Callable[[Batch, Path], AbstractContextManager[Player]] | None:
    if address is None:
        return None
    from anlan.sim.study.cluster import cluster

    return partial(cluster, address=address)


def _pilot(it: Ready) -> Pilot:
    from anlan.analysis.study.cost import pilot

    return pilot(it.batch.of_variant(0), it.study.seed, len(it.measures))


def _tell_plan(it: Ready, cost: Pilot, workers: int, lang: str) -> None:
    told = cost.text(it.runs, workers, lang)
    counts = {"variants": f"{len(it.variants):,}", "runs": f"{it.runs:,}"}
    say(word("cli.study.plan", lang, id=it.study.id, cost=told, **counts))


def _finish(it: Ready, home: Path, lang: str) -> int:
    """Merge, draw, and say what came out."""
    from anlan.analysis.study.data import load
    from anlan.analysis.study.finish import finish

    finish(it, home)
    data = load(home)
    _draw(data, lang)
    _show(data, lang)
    say_scale(it.variants.people_per_row(), console(), lang)
    console().print(_assumed(data, lang))
    failures = len(data.failures)
    counts = {"runs": len(data.measures), "failures": failures}
    console().print(word("cli.study.done", lang, out=home, **counts), soft_wrap=True)
    if failures:
        console().print(word("cli.study.failed", lang, failures=failures))
    return SOME_FAILED if failures else 0


def _assumed(data: StudyData, lang: str) -> str:
    """How much of what the study stands on nobody has published."""
    rows = sum(assumed for assumed, _ in data.manifest["assumed_rows"].values())
    parameters = len(data.manifest["assumed_parameters"])
    return word("cli.study.assumed", lang, rows=f"{rows:,}", parameters=parameters)


def _draw(data: StudyData, lang: str) -> None:
    from anlan.analysis.plots.study import draw_study

    draw_study(data, data.folder / "figures", lang)


def _show(data: StudyData, lang: str) -> None:
    """Verdicts by variant, or, where a screen cannot hold them, how many variants meet a target."""
    rows = data.targets.merge(data.variants, on="variant")
    rows = rows[rows["id"].isin([t.id for t in data.judged()])]
    if len(data.factors) > MOST_FACTORS or len(rows) > MOST_SHOWN:
        _show_counts(data, rows, lang)
        return
    heads = [
        word(f"table.{k}", lang) for k in ("target", "estimate", "interval", "runs", "verdict")
    ]
    shown = table(word("cli.study.table", lang), [*data.factors, *heads])
    for row in rows.to_dict("records"):
        target = data.target(row["id"])
        unit = what_unit(target)
        shown.add_row(
            *(f"{row[f]:g}" if not isinstance(row[f], str) else row[f] for f in data.factors),
            getattr(target.text, lang),
            amount(row["estimate"], unit, lang),
            ends_text(row["low"], row["high"], unit, lang),
            str(row["applicable_runs"]),
            word(f"verdict.{row['verdict']}", lang),
        )
    console().print(shown)


def _show_counts(data: StudyData, rows: pd.DataFrame, lang: str) -> None:
    verdicts = ("met", "not met", "undecided")
    heads = [word(f"verdict.{v}", lang) for v in verdicts]
    title = word("cli.study.counts", lang, n=len(data.variants))
    lead = [word("table.target", lang), word("cli.study.range", lang)]
    shown = table(title, [*lead, *heads], right=(2, 3, 4))
    for target in data.judged():
        mine = rows[rows["id"] == target.id]
        ends = ends_text(mine["estimate"].min(), mine["estimate"].max(), what_unit(target), lang)
        counts = [str(int((mine["verdict"] == v).sum())) for v in verdicts]
        shown.add_row(getattr(target.text, lang), ends, *counts)
    console().print(shown)
    console().print(word("cli.study.more", lang))
