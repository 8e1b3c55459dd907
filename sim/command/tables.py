"""Who can sit in which seat of command, by the names that [policy] of a scenario uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anlan.sim.command.aid import AtLevel
from anlan.sim.command.desk import Desk
from anlan.sim.command.levels import ByTriggers
from anlan.sim.command.orders import ByLevelAndThreat
from anlan.sim.command.picture import AllAtOnce
from anlan.sim.command.policies import DISPATCH, SUPPLY
from anlan.sim.command.seats import AidSeat, LevelSeat, OrderSeat, Seats
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario

LEVELS: dict[str, Callable[[Scenario], LevelSeat]] = {
    "by-triggers": lambda s: ByTriggers(s.triggers, s.responses),
}
ORDERS: dict[str, Callable[[Scenario], OrderSeat]] = {
    "by-level-and-threat": lambda s: ByLevelAndThreat(),
}
AID: dict[str, Callable[[Scenario], AidSeat]] = {"at-level": lambda s: AtLevel()}

# key of [policy] -> the names that it may have
TABLES: dict[str, Mapping[str, object]] = {
    "dispatch": DISPATCH,
    "supply": SUPPLY,
    "levels": LEVELS,
    "orders": ORDERS,
    "aid": AID,
}


@dataclass(frozen=True)
class DutyRules(Rules, prefix="response"):
    """How many read reports."""

    desks: int


def seats_of(scenario: Scenario) -> Seats:
    """Who sits where by the scenario's [policy]. Raises KeyError for a name that is not there."""
    policy = scenario.policy
    return Seats(
        desk=Desk(DutyRules.read(scenario).desks),
        picture=AllAtOnce(),
        levels=LEVELS[policy.levels](scenario),
        orders=ORDERS[policy.orders](scenario),
        dispatch=DISPATCH[policy.dispatch],
        supply=SUPPLY[policy.supply],
        aid=AID[policy.aid](scenario),
    )
