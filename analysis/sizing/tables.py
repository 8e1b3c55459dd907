"""The answer as tables: what to buy, what confirms it, and what goes beside it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlan.analysis.sizing.levers import Lever, set_texts
from anlan.analysis.sizing.played import seed_of_block
from anlan.analysis.sizing.problem import Point
from anlan.analysis.sizing.sized import Size
from anlan.analysis.text.numbers import percent
from anlan.analysis.verdict.bounds import bound_on
from anlan.analysis.verdict.hinge import ASSUMPTION, with_parameter
from anlan.analysis.words import LANGS, trait, word
from anlan.analysis.words.names import names, said
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study import write_table, write_text

if TYPE_CHECKING:
    import pandas as pd

FILE = "size.json"
TABLES = ("shopping", "confirmed", "apart", "next", "curve", "prices", "moving")


def label(scenario: Scenario, lever: Lever, lang: str) -> str:
    """What a capacity is called: the thing's name and what its column means."""
    if not lever.attribute:
        return said(scenario.parameters[lever.keys[0][0]], lang)
    part = next(d for d in described(type(scenario)) if d.entry.attribute == lever.attribute)
    called = names(scenario, lang)
    if len(lever.keys) == 1 and len(lever.keys[0]) > 1:  # an amount: the item's unit says the rest
        unit = next((i.unit for i in scenario.items if i.item == lever.keys[0][-1]), "")
        who = trait("between_parts", lang).join(called.get(k, k) for k in lever.keys[0])
        return f"{who} ({unit})" if unit else who
    column = next((said(c, lang) for c in part.columns if c.name == lever.column), "")
    if len(lever.keys) == 1:
        who = trait("between_parts", lang).join(called.get(k, k) for k in lever.keys[0])
        return trait("colon", lang).join(filter(None, (who, column if column else "")))
    where = f" ({lever.where})" if lever.where else ""
    return trait("colon", lang).join((said(part, lang) + where, column))


@dataclass(frozen=True)
class Sized:
    """A size with its tables, each a pandas frame; what `anlan.size` gives."""

    size: Size
    folder: Path

    @property
    def outcome(self) -> str:
        """enough, none (no such capacity within the bounds), open, or unmoved."""
        return self.size.found.outcome

    @property
    def least(self) -> bool:
        """Whether nothing cheaper would do, which was proved."""
        return self.size.found.least

    @property
    def cost(self) -> float:
        """What the list costs more than what there is today."""
        return self.size.problem.cost(self.size.found.point)

    def amounts(self, point: Point | None = None) -> dict[str, float]:
        """How much of each capacity, by what it is called in the list of what may change."""
        size = self.size
        found = size.problem.amounts(size.found.point if point is None else point)
        return {c.lever.id: a for c, a in zip(size.asked.choices, found, strict=True)}

    @cached_property
    def shopping(self) -> pd.DataFrame:
        """What, where, how many more than today, and what it costs: a row a capacity."""
        size, scenario = self.size, self.size.asked.scenarios[0]
        amounts = self.amounts().values()
        return _frame(
            {
                "what": c.lever.id,
                **{lang: label(scenario, c.lever, lang) for lang in LANGS},
                "today": c.lever.today,
                "enough": amount,
                "more": amount - c.lever.today,
                "unit_cost": c.price.unit_cost,
                "cost": c.price.unit_cost * (amount - c.lever.today),
                "price_mark": c.price.mark,
                "price_source": c.price.source,
            }
            for c, amount in zip(size.asked.choices, amounts, strict=True)
        )

    @cached_property
    def confirmed(self) -> pd.DataFrame:
        """Each attempt with fresh runs, a row a target."""
        asked = self.size.asked
        return _frame(
            {
                "attempt": n + 1,
                "scenario": asked.scenarios[j.storm].id,
                "target": j.goal,
                "estimate": j.estimate,
                "low": _finite(j.low),
                "high": _finite(j.high),
                "runs": j.runs,
                "state": j.state,
                "seed": seed_of_block(asked.seed, a.block),
                "alpha": a.alpha,
                **_columns(self.amounts(a.point)),
            }
            for n, a in enumerate(self.size.found.attempts)
            for j in a.judged
        )

    @cached_property
    def apart(self) -> pd.DataFrame:
        """Targets that the size is not judged by, and why."""
        return _frame(
            {
                "scenario": a.scenario,
                "target": a.target.id,
                "why": a.why,
                "hangs_on": a.hinge.what if a.hinge else "",
                "assumed": a.hinge.value if a.hinge else math.nan,
                "turns_at": a.hinge.turns_at if a.hinge else math.nan,
                "kept_share": a.kept,
                "runs": a.of_runs,
            }
            for a in self.size.apart
        )

    @cached_property
    def next(self) -> pd.DataFrame:
        """What one step more than today changes, a row a capacity and target, paired."""
        size, rows = self.size, []
        for b in size.bought:
            choice, one = size.asked.choices[b.knob], size.storms[b.storm]
            gain = b.gain
            rows.append({
                "what": choice.lever.id,
                "from": choice.levels[size.problem.today[b.knob]],
                "to": choice.levels[b.level],
                "cost": b.cost,
                "scenario": one.targets.scenario.id,
                "target": one.goals[b.goal].id,
                "today": gain.base_value,
                "then": gain.other_value,
                "difference": gain.interval.estimate,
                "low": _finite(gain.interval.low),
                "high": _finite(gain.interval.high),
                "pairs": gain.pairs,
            })  # fmt: skip
        return _frame(rows)

    @cached_property
    def curve(self) -> pd.DataFrame:
        """Cost, and the share of runs in which every target's limit is kept."""
        return _frame(
            {
                "cost": c.cost, "kept_share": c.kept.estimate, "low": c.kept.low,
                "high": c.kept.high, "runs": c.runs, "confirmed": c.confirmed,
                **_columns(self.amounts(c.point)),
            }
            for c in self.size.curve
        )  # fmt: skip

    @cached_property
    def prices(self) -> pd.DataFrame:
        """The cheapest list with each price halved and doubled; only the same list is confirmed.

        `cost_of_confirmed`: of the confirmed list at these prices. `cheaper_today`: an unconfirmed
        one that would cost less at today's prices too.
        """
        return _frame(
            {
                "price_of": p.what, "times": p.times, "cost": p.cost,
                "cost_of_confirmed": p.of_confirmed, "confirmed": p.confirmed,
                "cheaper_today": p.today, **_columns(self.amounts(p.point)),
            }
            for p in self.size.prices
        )  # fmt: skip

    @cached_property
    def moving(self) -> pd.DataFrame:
        """What today's stock would gain if it lay where it is best, and what would move."""
        return _frame(
            {
                "scenario": scenario, "item": m.item, "now_min": m.now_min,
                "best_min": m.best_min, "sooner_min": m.now_min - m.best_min,
                "needed_a_run": m.needed, "short_share": m.short, "runs": m.runs,
                "from": there, "to": here, "quantity": quantity,
            }
            for scenario, m in self.size.moving
            for there, here, quantity in (m.moves or (("", "", 0.0),))
        )  # fmt: skip

    def command(self) -> str:
        """The command that plays the fresh runs that confirmed, or empty where there is none."""
        size = self.size
        last = size.found.attempts[-1] if size.found.attempts else None
        amounts = size.problem.amounts(size.found.point)
        pairs = list(zip((c.lever for c in size.asked.choices), amounts, strict=True))
        scenario = size.asked.scenarios[0]
        sets = set_texts(pairs, scenario)
        if last is None or sets is None or not last.judged:
            return ""
        told = "".join(f" --set {one}" for one in sets)
        runs = max(j.runs for j in last.judged)
        seed = seed_of_block(size.asked.seed, last.block)
        return f"anlan run {scenario.id}{told} --runs {runs} --seed {seed}"

    def summary(self) -> dict[str, Any]:
        """What stands in `size.json`."""
        size = self.size
        return {
            "outcome": self.outcome,
            "least": self.least,
            "cost": self.cost,
            "scenarios": [s.id for s in size.asked.scenarios],
            "confidence": size.asked.confidence,
            "seed": size.asked.seed,
            "runs": size.played,
            "most_runs": size.asked.most_runs,
            "amounts": self.amounts(),
            "says": {lang: headline(self, lang) for lang in LANGS},
            "forbids": [list(pair) for pair in size.forbids],
            "rest": list(size.rest),
            "unsettled": list(size.unsettled),
            "command": self.command(),
        }


def write(sized: Sized) -> None:
    """Leave the tables and the summary in the folder."""
    for name in TABLES:
        frame = getattr(sized, name)
        write_table(sized.folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    text = json.dumps(sized.summary(), ensure_ascii=False, indent=1)
    write_text(sized.folder / FILE, text + "\n")


def headline(sized: Sized, lang: str) -> str:
    """The answer in one sentence."""
    size, found = sized.size, sized.size.found
    forbids = trait("between_names", lang).join(
        said(_target(size, scenario, name).text, lang) for scenario, name in size.forbids
    )
    key = "least" if sized.outcome == "enough" and sized.least else sized.outcome
    if sized.outcome == "enough" and not any(a.judged for a in found.attempts):
        key = f"{key}_by_data"
    return word(
        f"size.says.{key}", lang, cost=f"{sized.cost:,.10g}", targets=forbids,
        confidence=f"{size.asked.confidence:.4g}", attempts=len(found.attempts),
        runs=f"{size.played:,}",
    )  # fmt: skip


def rest_text(size: Size, lang: str) -> Iterator[str]:
    """Where no capacity meets all: how to ask for the other targets, and what is left open."""
    if asked := " ".join(f"--target {name}" for name in size.rest):
        yield word("size.rest", lang, targets=asked)
    if size.found.outcome == "none":
        scenarios = {s.id: s for s in size.asked.scenarios}
        for scenario, name in size.forbids:
            yield from bounded_text(scenarios[scenario], _target(size, scenario, name), lang)
    if size.unsettled:
        plans = [s.plan for s in size.asked.scenarios]
        texts = [
            said(next(t for p in plans for t in p.targets if t.id == name).text, lang)
            for name in size.unsettled
        ]
        yield word("size.unsettled", lang, targets=trait("between_names", lang).join(texts))


def bounded_text(scenario: Scenario, target: Target, lang: str) -> Iterator[str]:
    """Of a target that forbids: the assumptions that bound it whatever capacity there is.

    It is within their bound on the mean, so that no single one of them is shown to decide it.
    """
    bound = bound_on(target)
    if bound is None:
        return
    best = bound.best(scenario)
    assumed = [
        name for name in bound.parameters
        if scenario.parameters[name].mark == ASSUMPTION
        and bound.best(with_parameter(scenario, name, bound.easiest)) != best
    ]  # fmt: skip
    if not assumed:
        return
    yield word(
        "size.bounded", lang, target=said(target.text, lang), best=percent(best),
        limit=percent(target.limit), names=trait("between_names", lang).join(assumed),
    )  # fmt: skip


def _target(size: Size, scenario: str, name: str) -> Any:
    plan = next(s.plan for s in size.asked.scenarios if s.id == scenario)
    return next(t for t in plan.targets if t.id == name)


def apart_text(size: Size, lang: str) -> Iterator[str]:
    """A line for each target that is told apart."""
    for one in size.apart:
        hinge = one.hinge
        why = "assumed_data" if one.why == "assumed" and hinge is None else one.why
        yield word(
            f"size.apart.{why}", lang, target=said(one.target.text, lang),
            what=hinge.what if hinge else "", value=f"{hinge.value:.6g}" if hinge else "",
            turns_at=f"{hinge.turns_at:.6g}" if hinge else "",
            share="" if math.isnan(one.kept) else f"{100 * one.kept:.0f}", runs=one.of_runs,
        )  # fmt: skip


def _columns(amounts: Mapping[str, float]) -> dict[str, float]:
    return {f"amount.{name}": value for name, value in amounts.items()}


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def _frame(rows: Iterator[dict[str, Any]] | Sequence[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows))
