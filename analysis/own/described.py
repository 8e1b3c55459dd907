"""What a finished folder says of what was not anlan's own, and how a reader of it takes that.

Nothing of it is executed: a folder of results is data as a scenario's is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from anlan.analysis.own.measures import Described, OwnMeasure, check_name
from anlan.analysis.words import LANGS
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.study import OwnPolicy

NOTHING: dict[str, Any] = {"modules": [], "measures": [], "policies": []}


def described(
    modules: Iterable[str], measures: Iterable[OwnMeasure], policies: Iterable[OwnPolicy]
) -> dict[str, Any]:
    """As JSON: which modules were named, what each measure is, which policies there were."""
    return {
        "modules": list(modules),
        "measures": [
            {
                "name": m.name,
                "unit": m.unit,
                "better": m.better,
                "label": {lang: m.label(lang) for lang in LANGS},
                "definition": {lang: m.definition(lang) for lang in LANGS},
                "sha256": m.identity,
            }
            for m in measures
        ],
        "policies": [{"seat": p.seat, "name": p.name, "sha256": p.identity} for p in policies],
    }


def declare(told: Mapping[str, Any] | None, where: str) -> None:
    """Make known what a folder describes, unless its code is here. Raises BadInput."""
    try:
        for one in (told or NOTHING)["measures"]:
            name, unit, better = (str(one[key]) for key in ("name", "unit", "better"))
            check_name(name)
            texts = ({k: str(v) for k, v in one[key].items()} for key in ("label", "definition"))
            labels, defined = texts
            OwnMeasure(
                name, unit, better, Described(name),  # type: ignore[arg-type]
                labels=labels, definitions=defined, sha256=str(one["sha256"]),
            ).register()  # fmt: skip
        for one in (told or NOTHING)["policies"]:
            OwnPolicy(str(one["seat"]), str(one["name"]), None, str(one["sha256"])).register()
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            worded("{where}: what it says of measures of one's own is spoilt", where=where)
        ) from error


def identities(measures: Iterable[OwnMeasure], policies: Iterable[OwnPolicy]) -> dict[str, str]:
    """Name -> hash of the source, of all that is not anlan's own."""
    found = {f"measure {m.name}": m.identity for m in measures}
    return found | {f"policy {p.seat}.{p.name}": p.identity for p in policies}
