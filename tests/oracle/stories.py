"""What the oracle's households write down at the end of a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anlan.sim.ledger import facts
from tests.oracle.persons import DWELLINGS, NEVER, Household

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.sim.ledger import Ledger

# In the order of their codes: rows of the evacuation table are sorted by them.
OUTCOMES = (
    "not_heard",
    "refused",
    "waiting",
    "no_place",
    "no_road",
    "travelling",
    "arrived",
    "overtaken",
)


def write_warning(households: Sequence[Household], ledger: Ledger) -> None:
    """One row for all people of a place who heard in the same tick; who never did come last."""
    heard: dict[tuple[int, float], int] = {}
    names = {home.place.number: home.place.name for home in households}
    for home in households:
        when = math.inf if home.heard_warning_tick == NEVER else home.heard_warning_tick
        key = (home.place.number, when)
        heard[key] = heard.get(key, 0) + home.size
    for (place, when), persons in sorted(heard.items()):
        tick = NEVER if math.isinf(when) else int(when)
        ledger.add(facts.WarningHeard(names[place], tick, persons))


def write_evacuation(
    households: Sequence[Household], orders: Sequence[str], shelters: Sequence[str], ledger: Ledger
) -> None:
    """One row for all households of a place with the same story: told to leave, or gone."""
    rows: dict[tuple[int, ...], list[Household]] = {}
    for home in households:
        if home.ordered_tick != NEVER or home.left_tick != NEVER:
            rows.setdefault(_story(home), []).append(home)
    for _, alike in sorted(rows.items()):
        home = alike[0]
        place, code = home.place.name, _destination(home)
        ledger.add(
            facts.Evacuation(
                community=place,
                dwelling=home.dwelling,
                order=f"order/{orders[home.order]}/{place}" if home.order != NEVER else "",
                ordered_tick=home.ordered_tick,
                heard_tick=home.heard_order_tick,
                left_tick=home.left_tick,
                arrived_tick=home.arrived_tick,
                destination={-1: "kin", -2: "none"}.get(code) or shelters[code],
                outcome=home.outcome,
                persons=sum(h.size for h in alike),
            )
        )


def _story(home: Household) -> tuple[int, ...]:
    """What rows are told apart and sorted by."""
    return (
        home.place.number,
        DWELLINGS.index(home.dwelling),
        home.order,
        home.ordered_tick,
        home.heard_order_tick,
        home.left_tick,
        home.arrived_tick,
        _destination(home),
        OUTCOMES.index(home.outcome),
    )


def _destination(home: Household) -> int:
    """A shelter by its number, kin, or nowhere."""
    if home.destination is None:
        return -2
    return -1 if home.destination == "kin" else int(home.destination.number)
