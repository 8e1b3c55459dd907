"""A study that was checked against its scenario, and so can be played."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from anlan.analysis.digests.digest import RunDigest
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.own.described import described, identities
from anlan.analysis.own.measures import OwnMeasure, own_measures, playable
from anlan.analysis.study.assumed import with_assumptions
from anlan.analysis.study.schema import Study, Value
from anlan.analysis.study.variants import Variants, loaded, runs_each, variants_of_study
from anlan.analysis.verdict.stopping import named
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study import (
    Batch,
    Carried,
    Digest,
    OwnPolicy,
    check_seed,
    code_sha256,
    fingerprint,
    loaded_modules,
    policies_used,
    source_sha256,
)


@dataclass(frozen=True)
class CheckedStudy:
    """A study that can be played: its variants, what is kept of a run, and the batch to play.

    `targets`: those that the stopping rule looks at; none without a rule.
    """

    study: Study
    variants: Variants
    measures: tuple[str, ...]
    batch: Batch
    targets: tuple[Target, ...] = ()
    further: str | None = None  # name and hash of the digest that was added to the study's own

    @property
    def scenario(self) -> Scenario:
        """The scenario with [set] applied, before any factor is set."""
        return self.variants.scenario

    @property
    def runs_each(self) -> int:
        """The most runs that a variant can get."""
        return runs_each(self.study)

    @property
    def most_runs(self) -> int:
        """The most runs of all variants together."""
        return len(self.variants) * self.runs_each

    def targets_of(self, variant: int) -> tuple[Target, ...]:
        """The targets that the stopping rule looks at, as a variant has them."""
        rule = self.study.stop
        if rule is None or not any(name.startswith("target.") for name in self.variants.names):
            return self.targets
        return named(rule, self.batch.of_variant(variant).plan)

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What makes two studies the same, so that one can go on with the other's runs."""
        changes = json.dumps(self.batch.variants, sort_keys=True, ensure_ascii=False)
        return {
            "study": self.study.id,
            "scenario": fingerprint(self.scenario),
            "variants": hashlib.sha256(changes.encode()).hexdigest(),
            "seed": self.study.seed,
            "common": self.study.common_random_numbers,
            "outputs": self.study.outputs.model_dump(mode="json"),
            "digest": self.further,
            "own": identities(self.own_measures, self.own_policies),
            "code": code_sha256(),
        }

    @property
    def own_measures(self) -> tuple[OwnMeasure, ...]:
        """The measures of one's own that are kept."""
        return own_measures(self.measures)

    @cached_property
    def own_policies(self) -> tuple[OwnPolicy, ...]:
        """The policies of one's own that the scenario, or a variant, names."""
        return policies_used(self.scenario, self.batch.variants)

    def described(self) -> dict[str, Any]:
        """What a folder says of all that is not anlan's own."""
        return described(self.study.modules, self.own_measures, self.own_policies)

    @property
    def shape(self) -> tuple[int, int]:
        """(variants, runs of each at most)."""
        return len(self.variants), self.runs_each


@dataclass(frozen=True)
class Both:
    """Two digests of a run as one."""

    first: Digest
    second: Digest

    def __call__(self, scenario: Scenario, tables: Any) -> dict[str, Any]:
        """The tables of both; those of the second stand where both have one of a name."""
        return {**self.first(scenario, tables), **self.second(scenario, tables)}


def check_study(
    study: Study,
    scenario: Scenario | None = None,
    values: Sequence[tuple[Value, ...]] | None = None,
    digest: Digest | None = None,
    forgiving: bool = True,
    kept: Sequence[str] | None = None,
) -> CheckedStudy:
    """Check a study whole: factors, values, design, outputs. Raises BadInput.

    `scenario` stands in the place of the one that the study names, with [set] applied already, and
    `values` in that of its design. `digest` gives further tables of every run. Not `forgiving`: a
    run that raises ends the study, else it is a row of the table of failures. `kept`: the measures
    that are kept, where that was settled before.
    """
    check_seed(study.seed)
    scenario = loaded(study) if scenario is None else scenario
    study = with_assumptions(study, scenario)
    found = variants_of_study(study, scenario, values)
    measures = _measures(study, found.scenario) if kept is None else tuple(kept)
    own: Digest = RunDigest(measures, study.outputs.tables)
    changes = found.changes()
    used = policies_used(found.scenario, changes)
    batch = Batch(
        scenario=found.scenario,
        seed=study.seed,
        ledgers=study.outputs.ledgers,
        digest=own if digest is None else Both(own, digest),
        variants=changes,
        common=study.common_random_numbers,
        forgiving=forgiving,
        own=Carried(loaded_modules(), (*own_measures(measures), *used)),
    )
    targets = named(study.stop, found.scenario.plan) if study.stop is not None else ()
    further = None
    if digest is not None:
        named_so = getattr(digest, "__qualname__", type(digest).__qualname__)
        further = f"{named_so} {source_sha256(digest)}"
    return CheckedStudy(study, found, measures, batch, targets, further)


def _measures(study: Study, scenario: Scenario) -> tuple[str, ...]:
    """The measures kept: those asked for, and those that the plan's targets go by."""
    judged = {t.measure for t in scenario.plan.targets}
    if study.outputs.measures == "all":
        wanted = {*playable(), *judged}
    else:
        wanted = {*study.outputs.measures, *study.outputs.outcomes, *judged}
    return tuple(m for m in MEASURES if m in wanted)
