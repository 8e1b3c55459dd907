"""`anlan compare`: what differs between the variants of a study, or between two folders of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.format import amount, ends_text, number
from anlan.analysis.measures import MEASURES
from anlan.analysis.study.compare import differences
from anlan.analysis.study.data import load
from anlan.analysis.words import word
from anlan.app.folder import path_text, read_results
from anlan.app.show import console, table
from anlan.sim.scenario.errors import BadInput, nearest, shown
from anlan.sim.scenario.schema import Scenario, Target

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("what", "variant", "base", "other", "difference", "interval", "pairs", "saved")


def compare(
    folders: Sequence[Path],
    base: int,
    measures: Sequence[str],
    confidence: float,
    lang: str,
    csv: Path | None = None,
) -> int:
    """Print paired differences to the variant `base`; raises BadInput."""
    runs, scenario, told = _runs(folders, base, lang)
    for name in measures:
        if name not in runs.columns:
            known = [c for c in runs.columns if c in MEASURES]
            raise BadInput(f"--measure {shown(name)}: not in the data; {nearest(name, known)}")
    targets = [] if measures else [
        t for t in scenario.plan.targets if t.kind == "performance" and t.measure in runs
    ]  # fmt: skip
    found = differences(runs, base, measures, targets, confidence)
    if csv is not None:
        from anlan.analysis.files import write_text

        write_text(csv, found.to_csv(index=False, lineterminator="\n"))
    _show(found, {t.id: t for t in targets}, told, confidence, lang)
    return 0


def _runs(
    folders: Sequence[Path], base: int, lang: str
) -> tuple[pd.DataFrame, Scenario, dict[int, str]]:
    """(variant, run and measures; the scenario; what each variant is called)."""
    if len(folders) == 1:
        data = load(folders[0])
        if not data.study.common_random_numbers:
            raise BadInput(f"{folders[0]}: its variants have chances of their own, so runs are no "
                           "pairs; see targets.parquet for each by itself")  # fmt: skip
        if base not in set(data.variants["variant"]):
            raise BadInput(f"--base {base}: the study has variants 0 to {len(data.variants) - 1}")
        rows = data.variants.to_dict("records")
        told = {int(r["variant"]): _setting(r) for r in rows}
        return data.measures, data.scenario, told
    if len(folders) != 2:
        raise BadInput("give the folder of a study, or two folders that anlan run left")
    import pandas as pd

    for folder in folders:
        if (folder / "study.json").is_file():
            raise BadInput(
                f"{path_text(folder)}: holds a study; compare its variants by themselves"
            )
    found = [read_results(folder, lang) for folder in folders]
    seeds = [json.loads((f / "manifest.json").read_text(encoding="utf-8"))["seed"] for f in folders]
    if seeds[0] != seeds[1]:
        raise BadInput(f"{path_text(folders[1])}: its seed is {seeds[1]}, the other's {seeds[0]}; "
                       "runs are pairs only with the same seed")  # fmt: skip
    frames = [r.measures.assign(variant=n) for n, r in enumerate(found)]
    return pd.concat(frames), found[0].scenario, {n: str(f) for n, f in enumerate(folders)}


def _setting(row: dict[Any, Any]) -> str:
    said = [f"{k}={v if isinstance(v, str) else format(v, 'g')}" for k, v in row.items()]
    return ", ".join(s for s in said if not s.startswith("variant="))


def _show(
    found: pd.DataFrame,
    targets: dict[str, Target],
    told: dict[int, str],
    confidence: float,
    lang: str,
) -> None:
    title = word("cli.compare.title", lang, confidence=f"{100 * confidence:g}")
    shown_ = table(title, [word(f"cli.compare.{c}", lang) for c in COLUMNS], right=(2, 3, 4))
    for row in found.to_dict("records"):
        target = targets.get(row["name"])
        measure = MEASURES[target.measure if target else row["name"]]
        unit = "share" if row["kind"] == "share" else measure.unit
        label = getattr(target.text, lang) if target else measure.label(lang)
        values = [amount(row[c], unit, lang) for c in ("base_value", "other_value", "difference")]
        ends = ends_text(row["low"], row["high"], unit, lang)
        saved = number(row["variance_ratio"])
        shown_.add_row(
            label, _called(row["variant"], told), *values, ends, str(row["pairs"]), saved
        )
    console().print(shown_)
    console().print(word("cli.compare.note", lang))


def _called(variant: int, told: dict[int, str]) -> str:
    return f"{variant}: {told[variant]}" if told.get(variant) else str(variant)
