"""Which verdicts turn from one plan to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anlan.analysis.results.folder import Results
from anlan.analysis.verdict.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd

WORST_FIRST = ("not met", "undecided", "met")
BETTER, WORSE, OTHER = "better", "worse", "other"  # how a verdict turns; nothing where it stays
COLUMNS = ("variant", "id", "verdict", "estimate", "low", "high", "runs", "base_verdict", "turns")


def verdicts_of(plans: Mapping[int, Results], base: int) -> pd.DataFrame:
    """A row a (plan, target): `COLUMNS`, the base's own among them.

    `turns`: better or worse, in the order of `WORST_FIRST`; other where a target is judged in one
    of the two only, or is in one of the two plans only.
    """
    import pandas as pd

    judged = {number: {v.id: v for v in one.verdicts} for number, one in plans.items()}
    rows: list[dict[str, Any]] = []
    for number, found in judged.items():
        for name in dict.fromkeys([*judged[base], *found]):
            rows.append({"variant": number, **_row(name, judged[base].get(name), found.get(name))})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(name: str, before: Verdict | None, now: Verdict | None) -> dict[str, Any]:
    told: dict[str, Any] = {"id": name, "verdict": now.verdict if now is not None else ""}
    for column in ("estimate", "low", "high"):
        told[column] = getattr(now, column, float("nan"))
    told["runs"] = now.applicable_runs if now is not None else 0
    was = before.verdict if before is not None else ""
    return {**told, "base_verdict": was, "turns": _turns(was, told["verdict"])}


def _turns(was: str, now: str) -> str:
    if was == now:
        return ""
    if was not in WORST_FIRST or now not in WORST_FIRST:
        return OTHER
    return BETTER if WORST_FIRST.index(now) > WORST_FIRST.index(was) else WORSE
