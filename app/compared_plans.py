"""What `anlan compare` is given: finished folders are read, scenarios played, each in a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from anlan.analysis.compare.plans import (
    Asked,
    check_asked,
    folder_of_plan,
    is_finished,
    settled,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.words import trait, word
from anlan.analysis.words.errors import in_words
from anlan.app.folder import claimed, on_disk, path_text, read_whole, tell_what_is_there
from anlan.app.modules import use_named
from anlan.app.playing import How, play
from anlan.app.progress import say
from anlan.app.targets import check_changed, load_judged
from anlan.sim import folder_of, override
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import PARTS, SUMS, write_text

OTHER_EVENTS = "--other-events"
MARK = "compare.json"  # in a folder of a comparison: that it is one, written before any run
LONGEST_NAME = 80


@dataclass(frozen=True)
class Given:
    """What was typed: plans, what `--set` makes of the first, modules of one's own."""

    plans: Sequence[str]
    changes: Mapping[str, str]
    modules: tuple[str, ...] = ()
    other_events: bool = False


@dataclass(frozen=True)
class Plays:
    """How scenarios are played: None is the usual."""

    runs: int | None = None
    seed: int | None = None
    workers: int | None = None
    out: Path | None = None


def plans_of(given: Given, lang: str) -> list[Asked]:
    """The plans in the order in which they were typed; what --set makes is the last.

    Every slip is told before anything is played. Raises BadInput.
    """
    use_named(given.modules, lang)
    found = [_plan(name, lang) for name in given.plans]
    if given.changes:
        found.append(_changed(given, found[0], lang))
    check_asked(found, given.other_events, OTHER_EVENTS)
    return found


def _plan(name: str, lang: str) -> Asked:
    """Results where a folder holds some, else a scenario."""
    if is_finished(Path(name)):
        return Asked(name, read_whole(Path(name), lang))
    try:
        folder_of(name)
    except BadInput as error:
        if Path(name).exists():
            return Asked(name, read_whole(Path(name), lang))
        why = in_words(error, lang)
        raise BadInput(word("cli.bad.no_plan", lang, name=name, why=why)) from None
    return Asked(name, load_judged(name, {}, lang))


def _changed(given: Given, first: Asked, lang: str) -> Asked:
    """The first plan with what --set changes."""
    text = trait("comma", lang).join(f"{key}={value}" for key, value in given.changes.items())
    called = trait("colon", lang).join((first.called, text))
    if isinstance(first.what, Scenario):
        return Asked(called, load_judged(first.called, given.changes, lang))
    scenario = override(first.scenario, dict(given.changes))
    check_changed(scenario, given.changes, lang)
    return Asked(called, scenario)


def home_of(plans: Sequence[Asked], out: Path | None) -> Path | None:
    """The folder of the comparison; None where nothing is played and none was asked for."""
    if out is not None or all(isinstance(plan.what, Results) for plan in plans):
        return out
    names = [Path(plan.called).name or plan.scenario.id for plan in plans]
    changed = any("=" in name for name in names)
    kept = [
        plan.scenario.id if "=" in name else name for plan, name in zip(plans, names, strict=True)
    ]
    name = "-".join(dict.fromkeys(kept)) + ("-set" if changed else "")
    return Path("out") / f"compare-{name}"[:LONGEST_NAME]


def claim(home: Path, plans: Sequence[Asked], lang: str) -> None:
    """Mark the folder as one of comparisons. Raises BadInput where it holds something else."""
    import json

    ours = (home / MARK).is_file()
    with on_disk(home, lang):
        held = [p.name for p in home.iterdir()] if home.is_dir() else []
        if (held and not ours) or any(name in held for name in (PARTS, SUMS)):
            raise BadInput(word("cli.bad.out_foreign", lang, out=path_text(home)))
        home.mkdir(parents=True, exist_ok=True)
        told = {"compared": [plan.called for plan in plans]}
        write_text(home / MARK, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def played(
    plans: Sequence[Asked], given: Given, plays: Plays, home: Path | None, lang: str
) -> list[Results]:
    """The results of every plan; scenarios are played, going on from what is there."""
    runs, seed = settled(plans, plays.runs, plays.seed)
    found = []
    how = How(plays.workers or os.cpu_count() or 1)
    for i, plan in enumerate(plans, start=1):
        if isinstance(plan.what, Results):
            found.append(plan.what)
            continue
        assert home is not None  # home_of gives one where anything is played
        say(word("cli.compare.playing", lang, i=i, n=len(plans), called=plan.called))
        changes = given.changes if i > len(given.plans) else {}
        found.append(_play(plan.what, changes, given.modules, (runs, seed), home, how, lang))
    return found


def _play(
    scenario: Scenario,
    changes: Mapping[str, str],
    modules: tuple[str, ...],
    runs_and_seed: tuple[int, int],
    home: Path,
    how: How,
    lang: str,
) -> Results:
    """The runs of one scenario, in a folder as `anlan run` leaves it, without pictures."""
    from anlan.analysis import pipeline
    from anlan.analysis.study.checked import check_study
    from anlan.analysis.study.runs import KEEP, study_of_runs

    runs, seed = runs_and_seed
    study = study_of_runs(scenario, runs, seed, KEEP, changes, modules)
    checked = check_study(study, scenario)
    folder = folder_of_plan(home, scenario, seed)
    with claimed(folder, checked.identity, False, lang) as there:
        tell_what_is_there(folder, there, checked.most_runs, lang)
        play(checked, folder, replace(how, overwrite=False), lang)
        with on_disk(folder, lang):
            return pipeline.finish(checked, folder)
