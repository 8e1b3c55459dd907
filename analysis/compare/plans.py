"""What is compared: finished runs as they are, scenarios as they are to be played."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anlan.analysis.compare.events import check_events
from anlan.analysis.results.folder import Results
from anlan.sim import load
from anlan.sim.scenario.errors import BadInput, shown, worded
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import PARTS, SUMS, code_sha256, fingerprint

RUNS, SEED = 80, 1  # where neither is asked for and nothing is finished yet
NAMED = 8  # digits of a hash in the name of a plan's folder


@dataclass(frozen=True)
class Asked:
    """A plan as it was given: finished, or a scenario that is still to be played.

    `called`: what it is called; where it was given by nothing else, its folder or its id.
    """

    called: str
    what: Results | Scenario

    @property
    def scenario(self) -> Scenario:
        """What it plays; of a study before any factor is set."""
        return self.what.scenario if isinstance(self.what, Results) else self.what


def is_finished(path: Path) -> bool:
    """Whether a folder holds runs, finished or begun, and is no scenario's."""
    return path.is_dir() and any((path / name).exists() for name in (SUMS, PARTS, "manifest.json"))


def asked(plan: Results | Scenario | str | Path) -> Asked:
    """A plan as Python gives it: results, a scenario, or the name or folder of one. BadInput."""
    if isinstance(plan, Results):
        return Asked(str(plan.folder), plan)
    if isinstance(plan, Scenario):
        return Asked(plan.id, plan)
    if isinstance(plan, str | Path):
        return Asked(str(plan), load(plan))
    raise BadInput(
        worded(
            "compare takes results (anlan.results(folder)), scenarios and their names, not {plan}",
            plan=shown(plan),
        )
    )


def check_several(plans: Sequence[Asked]) -> None:
    """Raise BadInput where there is nothing to compare: no plan, or one that has no variants."""
    if len(plans) > 1 or (plans and isinstance(plans[0].what, Results)
                          and len(plans[0].what.variants) > 1):  # fmt: skip
        return
    if not plans:
        raise BadInput(
            worded("compare: nothing cannot be compared; give two plans, or results of a study")
        )
    raise BadInput(
        worded(
            "compare: {plan} alone cannot be compared; give two plans, or results of a study",
            plan=plans[0].called,
        )
    )


def settled(plans: Sequence[Asked], runs: int | None, seed: int | None) -> tuple[int, int]:
    """How many runs, and of which seed, what is not finished is played with.

    As was asked, else as many and the one that the first of the finished has. Raises BadInput for a
    seed that is none of the finished runs'.
    """
    there = [plan.what for plan in plans if isinstance(plan.what, Results)]
    for one in there:
        if seed is not None and one.study.seed != seed:
            raise BadInput(
                worded(
                    "{folder}: its seed is {seed}, not {wanted}; runs are pairs only with the "
                    "same seed",
                    folder=one.folder,
                    seed=one.study.seed,
                    wanted=seed,
                )
            )
    first = there[0] if there else None
    if seed is None:
        seed = first.study.seed if first is not None else SEED
    if runs is None:
        runs = (first.study.replications or RUNS) if first is not None else RUNS
    return runs, seed


def check_asked(plans: Sequence[Asked], other_events: bool, option: str) -> None:
    """Raise BadInput, before anything is played, where nothing or no pairs would come of it."""
    if not plans:
        raise BadInput(worded("give the folder of a study, or folders to compare"))
    if not other_events:
        check_events([(plan.called, plan.scenario) for plan in plans], option)


def folder_of_plan(home: Path, scenario: Scenario, seed: int) -> Path:
    """Where a scenario's runs are kept below the folder of a comparison.

    By what it holds and what plays it: so what was played before is taken as it is, and what was
    edited since is played anew beside it.
    """
    told = f"{fingerprint(scenario)} {code_sha256()} {seed}"
    return home / f"{scenario.id}-{hashlib.sha256(told.encode()).hexdigest()[:NAMED]}"
