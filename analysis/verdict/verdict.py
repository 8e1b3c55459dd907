"""One target, judged, and the verdicts of a whole plan."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from anlan.analysis.text.layout import aligned
from anlan.analysis.text.numbers import amount, ends_text, percent
from anlan.analysis.verdict.target import JUDGED, Finding
from anlan.analysis.words import FALLBACK, LANGS, word

TABLE = ("target", "rule", "estimate", "interval", "runs", "verdict")


@dataclass(frozen=True)
class Verdict:
    """One target, judged. `estimate`, `low`, `high` are in the unit that the bound is in.

    `texts` and `notes`: the target, and what the runs can and cannot prove, by language. `hinge`:
    the one assumed number that alone decides it (empty for none), its value and that at which the
    verdict turns.
    """

    id: str
    texts: Mapping[str, str]
    source: str
    kind: str
    measure: str
    statistic: str
    limit: float
    at_least: float | None
    confidence: float
    unit: str
    estimate: float
    low: float
    high: float
    runs: int
    applicable_runs: int
    verdict: Finding
    notes: Mapping[str, str]
    hinge: str = ""
    hinge_value: float = math.nan
    turns_at: float = math.nan

    @property
    def on_share_of_runs(self) -> bool:
        """Whether the interval is of a share of runs, and not of a mean or a number of the data."""
        return self.statistic.startswith("share_of_runs")

    @property
    def judged(self) -> bool:
        """Whether it is judged; what is not counts neither way."""
        return self.verdict in JUDGED

    @property
    def of_runs(self) -> bool:
        """Whether runs, or seasons, judge it."""
        return self.kind in ("performance", "season")

    @property
    def bound(self) -> float:
        """What the interval is held against."""
        if self.on_share_of_runs and self.at_least is not None:
            return self.at_least
        return self.limit

    @property
    def at_most(self) -> bool:
        """Whether small is good; a share of runs is always good when large."""
        return not self.on_share_of_runs and self.statistic.endswith("at_most")

    @property
    def bound_unit(self) -> str:
        """The unit of the bound and of the interval."""
        return "share" if self.on_share_of_runs else self.unit

    def text(self, lang: str) -> str:
        """The target in a language."""
        return self.texts[lang]

    def note(self, lang: str) -> str:
        """What the runs can and cannot prove, in a language."""
        return self.notes[lang]

    def rule_text(self, lang: str) -> str:
        """What the target asks: '≤ 60 min in ≥ 95% of runs'."""
        sign = "≤" if self.statistic.endswith("at_most") else "≥"
        kind = "share" if self.on_share_of_runs else "mean"
        kind = "season" if self.kind == "season" else kind if self.of_runs else "value"
        limit = f"{sign} {amount(self.limit, self.unit, lang)}"
        least = "" if self.at_least is None else percent(self.at_least)
        return word(f"rule.{kind}", lang, limit=limit, least=least)

    def interval_text(self, lang: str) -> str:
        """'71.0% – 83.0%'; nothing for a structural target."""
        if not self.of_runs or math.isnan(self.estimate):
            return ""
        return ends_text(self.low, self.high, self.bound_unit, lang)

    def row(self, lang: str) -> list[str]:
        """The cells of `TABLE`."""
        return [
            self.text(lang),
            self.rule_text(lang),
            amount(self.estimate, self.bound_unit, lang),
            self.interval_text(lang),
            str(self.applicable_runs) if self.of_runs else "",
            word(f"verdict.{self.verdict}", lang),
        ]

    def flat(self) -> dict[str, Any]:
        """The verdict as verdict.json has it: a text a language, null for what is not finite."""
        return {key: _finite(value) for name in FIELDS for key, value in self._columns(name)}

    def _columns(self, name: str) -> list[tuple[str, Any]]:
        value = getattr(self, name)
        if name in BY_LANGUAGE:
            return [(BY_LANGUAGE[name] + lang, text) for lang, text in value.items()]
        return [(name, value)]


FIELDS = tuple(field.name for field in fields(Verdict))
BY_LANGUAGE = {"texts": "", "notes": "note_"}  # field -> what stands before the language in JSON


def columns() -> list[str]:
    """The keys of an object of verdict.json."""
    return [
        key
        for name in FIELDS
        for key in ([BY_LANGUAGE[name] + lang for lang in LANGS] if name in BY_LANGUAGE else [name])
    ]


class Verdicts(list[Verdict]):
    """The verdicts of a plan; prints as a table."""

    def exit_code(self) -> int:
        """0 all that are judged are met, 1 some not met, 3 some undecided or nothing judged."""
        found = {v.verdict for v in self if v.judged}
        return 1 if "not met" in found else 0 if found == {"met"} else 3

    @property
    def judged(self) -> int:
        """How many are judged."""
        return sum(v.judged for v in self)

    def headline(self, lang: str = FALLBACK) -> str:
        """'9 of 18 targets judged: 6 met, 2 not met, 1 undecided.' It heads every verdict."""
        counts = {"met": self.count("met"), "failed": self.count("not met")}
        counts["open"] = self.count("undecided")
        return word("verdicts.judged", lang, n=self.judged, m=len(self), **counts)

    def count(self, outcome: object) -> int:
        """How many have an outcome (a plain list would count equal entries)."""
        return sum(v.verdict == outcome for v in self)

    def to_json(self) -> str:
        """A JSON list, one object a target; NaN and infinity are null."""
        rows = [verdict.flat() for verdict in self]
        return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False)

    def table(self, lang: str = FALLBACK) -> str:
        """A plain table for a terminal, headed by how many are judged."""
        head = [word(f"table.{key}", lang) for key in TABLE]
        return f"{self.headline(lang)}\n{aligned([head, *(v.row(lang) for v in self)])}"

    def __str__(self) -> str:
        return self.table()


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
