"""Runs of one scenario as a study: one variant, everything kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anlan.analysis.digests.digest import DIGESTS
from anlan.analysis.study.schema import Outputs, Study
from anlan.analysis.words import word
from anlan.sim.scenario.schema import Scenario, Words

KEEP = 20  # ledgers kept where nobody says: enough to look into, some megabytes each


def study_of_runs(
    scenario: Scenario,
    runs: int,
    seed: int = 1,
    keep_ledgers: int = KEEP,
    changes: Mapping[str, str] | None = None,
    modules: Sequence[str] = (),
) -> Study:
    """The study that plays a scenario as it is, in `runs` runs.

    `changes`: what was set anew to make the scenario, key -> value as for `--set`.
    `modules`: those of one's own that were named.
    """
    return Study(
        id=scenario.id,
        question=Words(
            **{lang: word("study.question_of_runs", lang) for lang in Words.model_fields}
        ),
        scenario=scenario.id,
        seed=seed,
        replications=runs,
        set=dict(changes or {}),
        modules=tuple(modules),
        outputs=Outputs(tables=tuple(DIGESTS), ledgers=keep_ledgers),
    )
