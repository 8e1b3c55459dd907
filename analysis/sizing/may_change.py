"""The planner's list of what may change: a CSV or TOML file, a row a capacity.

`what`, `where` (see `levers`), `at_least`, `at_most`, `step` and `unit_cost`. Without `at_least` it
is what there is today; without `unit_cost` the price is that of the list of costs (`prices`).
All slips of a file are told at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from anlan.analysis.sizing.levers import Lever, lever, with_amounts
from anlan.analysis.sizing.prices import Price, price_of
from anlan.analysis.sizing.problem import Knob
from anlan.sim.scenario.errors import BadInput, Slips, bad, bad_key, shown, worded
from anlan.sim.scenario.rows import Given
from anlan.sim.scenario.schema import Row, Scenario
from anlan.sim.scenario.tables import read_table
from anlan.sim.scenario.toml import read_toml, toml_list

BLOCK = "may_change"
MOST_LEVELS = 2000
Amount = Annotated[float, Field(ge=0.0, le=1e12, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, le=1e12, allow_inf_nan=False)]


class MayChange(Row, Given):
    """What may change, between which amounts, in which steps, and what one more costs."""

    what: str
    where: str | None = None
    at_least: Amount | None = None
    at_most: Amount
    step: Positive
    unit_cost: Positive | None = None

    @model_validator(mode="after")
    def _fits(self) -> MayChange:
        if self.at_least is not None and self.at_least > self.at_most:
            raise ValueError(
                worded(
                    "at_least {at_least:g} is more than at_most {at_most:g}",
                    at_least=self.at_least,
                    at_most=self.at_most,
                )
            )
        return self


@dataclass(frozen=True)
class Choice:
    """A capacity that may change: the lever, its levels and its price."""

    lever: Lever
    levels: tuple[float, ...]
    price: Price

    @property
    def knob(self) -> Knob:
        """What the search sees of it."""
        return Knob(self.lever.id, self.levels, self.price.unit_cost, self.lever.today)


Wrong = Callable[[int, str | None, BadInput], BadInput]


def read_choices(scenarios: Sequence[Scenario], path: Path, prices: Sequence[Price]
                 ) -> list[Choice]:  # fmt: skip
    """What a file says may change. Raises BadInput: file, row, column, all slips at once."""
    slips = Slips()
    if path.suffix == ".toml":
        toml = read_toml(path.parent, path.name, (BLOCK,))
        asked = toml_list(toml, BLOCK, MayChange)

        def wrong(n: int, column: str | None, error: BadInput) -> BadInput:
            key = ".".join(filter(None, (f"{BLOCK}[{n + 1}]", column)))
            return bad_key(error.told, path.name, key, toml.line(BLOCK, column, n))
    else:
        table = read_table(path.parent, path.name, MayChange, at_least=1)
        asked = table.rows

        def wrong(n: int, column: str | None, error: BadInput) -> BadInput:
            return bad(error.told, path.name, table.lines[n], column)

    found = choices(scenarios, asked, prices, wrong, slips)
    slips.raise_first()
    return found


def choices(
    scenarios: Sequence[Scenario],
    asked: Sequence[MayChange],
    prices: Sequence[Price],
    wrong: Wrong | None = None,
    slips: Slips | None = None,
) -> list[Choice]:
    """Rows as choices, each in every scenario. Raises BadInput, all slips at once."""
    noted = Slips() if slips is None else slips
    said = wrong or _as_object
    found = list[Choice]()
    for n, row in enumerate(asked):
        with noted:
            found.append(_choice(scenarios, row, prices, n, said))
    for n, one in enumerate(found):
        twice = {(one.lever.attribute, k, one.lever.column) for k in one.lever.keys}
        for other in found[:n]:
            both = twice & {
                (other.lever.attribute, k, other.lever.column) for k in other.lever.keys
            }
            if both:
                problem = worded("is changed by {other} as well; keep one", other=other.lever.id)
                noted.note(said(n, "what", BadInput(problem)))
    if slips is None:
        noted.raise_first()
    return found


def _as_object(n: int, column: str | None, error: BadInput) -> BadInput:
    where = ".".join(filter(None, (f"{BLOCK}[{n + 1}]", column)))
    return BadInput(worded("{where}: {problem}", where=where, problem=error.told))


def _choice(
    scenarios: Sequence[Scenario], row: MayChange, prices: Sequence[Price], n: int, said: Wrong
) -> Choice:
    levers = list[Lever]()
    for scenario in scenarios:
        try:
            levers.append(lever(scenario, row.what, row.where))
        except BadInput as error:
            column = "where" if str(error).startswith("where") else "what"
            raise said(n, column, error) from None
    if any(one != levers[0] for one in levers):
        problem = worded("{what} is not the same in all scenarios", what=shown(row.what))
        raise said(n, "what", BadInput(problem))
    one = levers[0]
    levels = _levels(one, row, n, said)
    for scenario in scenarios:
        for end in (levels[0], levels[-1]):
            try:
                with_amounts(scenario, [(one, end)])
            except BadInput as error:
                column = "at_most" if end == levels[-1] else "at_least"
                raise said(n, column, error) from None
    price = price_of(one, row.unit_cost, prices)
    if price is None:
        problem = worded("no price of {what} is listed; give a unit_cost", what=shown(one.what))
        raise said(n, "unit_cost", BadInput(problem))
    return Choice(one, levels, price)


def _levels(one: Lever, row: MayChange, n: int, said: Wrong) -> tuple[float, ...]:
    least = one.today if row.at_least is None else row.at_least
    for column, value in (("at_least", least), ("at_most", row.at_most), ("step", row.step)):
        if one.whole and not float(value).is_integer():
            problem = worded("{given} is no whole number, as a count needs", given=f"{value:g}")
            raise said(n, column, BadInput(problem))
    if row.at_most < least:
        problem = worded("{most} is less than the {today} of today; give more, or an at_least",
                         most=f"{row.at_most:g}", today=f"{least:g}")  # fmt: skip
        raise said(n, "at_most", BadInput(problem))
    count = math.floor((row.at_most - least) / row.step + 1e-9) + 1
    if count > MOST_LEVELS:
        problem = worded("{count} levels are more than {most}; take larger steps",
                         count=count, most=MOST_LEVELS)  # fmt: skip
        raise said(n, "step", BadInput(problem))
    found = {least + i * row.step for i in range(count)} | {row.at_most}
    if least <= one.today <= row.at_most:
        found.add(one.today)
    return tuple(sorted(found))
