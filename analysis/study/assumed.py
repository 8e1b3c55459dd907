"""What is assumed, as factors of a study: every assumed number that a run reads, over its range."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.study.applies import read_in_a_run
from anlan.analysis.study.schema import Design, Factor, Outputs, Study
from anlan.analysis.words import word
from anlan.sim.scenario.schema import Parameter, Scenario, Words

Floats = NDArray[np.float64]
ASSUMPTIONS: Final = (
    "assumptions"  # the kind of the design; also the folder beside the runs of a plan
)
PARAMETERS = "parameters."
# units in which a number is a whole one, where its value and both ends are
WHOLE = {"count", "grade", "1 or 2", "crew", "trip", "person", "person/person", "unit", "pole", "d"}


def with_assumptions(study: Study, scenario: Scenario) -> Study:
    """The study with a factor for each number that is assumed; one of another design as it is.

    A factor that the study gives itself stays as it gives it, and what [set] sets is no longer
    assumed.
    """
    if study.design is None or study.design.kind != ASSUMPTIONS:
        return study
    known = {*study.factor_names, *study.set}
    found = [f for f in assumed_factors(scenario) if f.name not in known]
    return study.model_copy(update={"factors": (*study.factors, *found)})


def assumed_factors(scenario: Scenario) -> list[Factor]:
    """A factor a parameter that is marked as an assumption, has a range and is read in a run."""
    return [
        Factor(name=PARAMETERS + p.name, low=p.low, high=p.high, whole=_whole(p))
        for p in sorted(scenario.parameters.values(), key=lambda p: p.name)
        if p.mark == "assumption" and p.low < p.high and read_in_a_run(p.name, scenario)
    ]


def _whole(row: Parameter) -> bool:
    ends = (row.value, row.low, row.high)
    return row.unit in WHOLE and all(float(end).is_integer() for end in ends)


def assumed_points(names: tuple[str, ...], samples: int, seed: int) -> Floats:
    """(samples, names) places from 0 to 1: a Latin hypercube, each column drawn by its name.

    Of every factor each of `samples` equal parts of its range is taken once. One factor more or
    less leaves the columns of the others as they are.
    """
    from scipy.stats import qmc

    columns = [
        qmc.LatinHypercube(1, rng=np.random.default_rng(_key(seed, name))).random(samples)
        for name in names
    ]
    return np.hstack(columns) if columns else np.empty((samples, 0))


def _key(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:16], "big")


def study_of_assumptions(
    scenario: Scenario,
    sets: int,
    runs: int,
    seed: int = 1,
    changes: dict[str, str] | None = None,
    modules: tuple[str, ...] = (),
) -> Study:
    """The study that plays a scenario under `sets` sets of assumptions, `runs` runs in each."""
    return Study(
        id=f"{scenario.id}-{ASSUMPTIONS}",
        question=Words(**{lang: word("over.question", lang) for lang in Words.model_fields}),
        scenario=scenario.id,
        seed=seed,
        replications=runs,
        set=dict(changes or {}),
        modules=modules,
        design=Design(kind=ASSUMPTIONS, samples=sets, seed=seed % 2**32),
        outputs=Outputs(measures=()),
    )
