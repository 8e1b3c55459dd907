"""`anlan study`: from a study file to a dataset."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.study.naming import what_label, what_unit
from anlan.analysis.text.numbers import amount, ends_text
from anlan.analysis.verdict.target import JUDGED, counted
from anlan.analysis.words import word
from anlan.analysis.words.names import said
from anlan.app.modules import use_of_study
from anlan.app.over_assumptions import show_over
from anlan.app.playing import SOME_FAILED, How, play_and_show
from anlan.app.progress import say
from anlan.app.show import console, say_event, say_scale, table

if TYPE_CHECKING:
    import pandas as pd

    from anlan.analysis.results.folder import Results
    from anlan.analysis.study.checked import CheckedStudy

MOST_SHOWN, MOST_FACTORS = 40, 3  # rows and factors of the verdict table on a screen


def run_study(file: Path, out: Path | None, how: How, estimate: bool, lang: str) -> int:
    """Play a study, or a share of it, and merge it; the exit code."""
    from anlan.analysis.study.checked import check_study
    from anlan.analysis.study.schema import Study

    asked = Study.read(file)
    use_of_study(asked, lang)
    checked = check_study(asked)
    _say_plan(checked, how.workers, estimate, lang)
    if estimate:
        return 0
    home = out if out is not None else Path("out") / checked.study.id

    share_done = partial(word, "cli.study.shard_done", lang, study=file)
    return play_and_show(checked, home, how, show_variants, share_done, lang)


def _say_plan(checked: CheckedStudy, workers: int, estimate: bool, lang: str) -> None:
    """How many variants and runs; where an estimate is asked for, how long they will take."""
    counts = {"variants": f"{len(checked.variants):,}", "runs": f"{checked.most_runs:,}"}
    text = word("cli.study.plan", lang, id=checked.study.id, **counts)
    if estimate:
        from anlan.analysis.plots.cost import drawing_s
        from anlan.analysis.study.cost import pilot

        first, kept = checked.batch.of_variant(0), len(checked.measures)
        cost = pilot(first, checked.study.seed, kept, checked.batch.digest)
        cost = replace(cost, rest_s=drawing_s(checked))
        told = cost.text(checked.most_runs, workers, lang)
        text = word("cli.study.plan_cost", lang, plan=text, cost=told)
    say(text)


def show_variants(results: Results, lang: str) -> int:
    """Verdicts by variant, and what else a reader should know; the exit code."""
    manifest, out = results.manifest, console()
    n, m = manifest["targets_judged"]
    out.print(word("verdicts.judged_study", lang, n=n, m=m))
    _show_targets(results, lang)
    _show_outcomes(results, lang)
    show_over(results, lang)
    say_event(results.scenario, out, lang)
    say_scale(manifest["people_per_row"], out, lang)
    rows = sum(assumed for assumed, _ in manifest["assumed_rows"].values())
    parameters = len(manifest["assumed_parameters"])
    out.print(word("cli.study.assumed", lang, rows=f"{rows:,}", parameters=parameters))
    counts = {"runs": manifest["runs"], "failures": manifest["failures"]}
    out.print(word("cli.study.done", lang, out=results.folder, **counts), soft_wrap=True)
    if manifest["failures"]:
        out.print(word("cli.study.failed", lang, failures=manifest["failures"]))
    return SOME_FAILED if manifest["failures"] else 0


def _show_targets(results: Results, lang: str) -> None:
    """Verdicts by variant, or, where a screen cannot hold them, how many variants meet a target."""
    rows = results.targets.merge(results.variants, on="variant")
    rows = rows[rows["id"].isin([t.id for t in results.judged()])]
    if len(results.factors) > MOST_FACTORS or len(rows) > MOST_SHOWN:
        _show_counts(results, rows, lang)
        return
    columns = ("target", "estimate", "interval", "runs", "verdict")
    heads = [word(f"table.{key}", lang) for key in columns]
    shown = table(word("cli.study.table", lang), [*results.factors, *heads])
    for row in rows.to_dict("records"):
        target = results.target(row["id"])
        unit = what_unit(target)
        shown.add_row(
            *(_setting(row[f]) for f in results.factors),
            said(target.text, lang),
            amount(row["estimate"], unit, lang),
            ends_text(row["low"], row["high"], unit, lang),
            str(row["applicable_runs"]),
            word(f"verdict.{row['verdict']}", lang),
        )
    console().print(shown)


def _show_outcomes(results: Results, lang: str) -> None:
    """The measures that the study names as outcomes, by variant, as far as a screen holds them."""
    rows = results.outcomes.merge(results.variants, on="variant")
    if not len(rows):
        return
    factors = results.factors if len(results.factors) <= MOST_FACTORS else []
    lead = [word("cli.compare.variant", lang), *factors, word("cli.study.outcome", lang)]
    heads = [word(f"table.{key}", lang) for key in ("estimate", "interval", "runs")]
    shown = table(word("cli.study.outcomes", lang), [*lead, *heads])
    for row in rows.head(MOST_SHOWN).to_dict("records"):
        shown.add_row(
            str(row["variant"]),
            *(_setting(row[f]) for f in factors),
            what_label(row["measure"], lang),
            amount(row["estimate"], row["unit"], lang),
            ends_text(row["low"], row["high"], row["unit"], lang),
            str(row["applicable_runs"]),
        )
    console().print(shown)
    if len(rows) > MOST_SHOWN:
        console().print(word("cli.study.more_outcomes", lang, n=len(rows) - MOST_SHOWN))


def _setting(value: object) -> str:
    return value if isinstance(value, str) else format(value, "g")


def _show_counts(results: Results, rows: pd.DataFrame, lang: str) -> None:
    heads = [word(f"verdict.{v}", lang) for v in (*JUDGED, "unjudged")]
    title = word("cli.study.counts", lang, n=len(results.variants))
    lead = [word("table.target", lang), word("cli.study.range", lang)]
    shown = table(title, [*lead, *heads], right=(2, 3, 4, 5))
    for target in results.judged():
        mine = rows[rows["id"] == target.id]
        ends = ends_text(mine["estimate"].min(), mine["estimate"].max(), what_unit(target), lang)
        counts = [str(n) for n in counted(mine["verdict"].to_list())]
        shown.add_row(said(target.text, lang), ends, *counts)
    console().print(shown)
    console().print(word("cli.study.more", lang))
