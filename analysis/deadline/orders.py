"""The orders that a plan gives, which of its targets each is given for, and who names it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anlan.sim.scenario.errors import BadInput, nearest, shown, worded
from anlan.sim.scenario.schema import SIGNALS, Response, Scenario, Target


@dataclass(frozen=True)
class Order:
    """One kind of order. `key` is what `--set` calls its hour; `given` whether a response has it.

    `measures`: how the names of the measures begin that the order is given for.
    """

    id: str
    key: str
    given: Callable[[Response], bool]
    measures: tuple[str, ...]


ORDERS: dict[str, Order] = {
    order.id: order
    for order in (
        Order("move", "orders.move_h", lambda r: bool(r.move), ("evacuation.",)),
        Order("muster", "orders.muster_h", lambda r: bool(r.muster), ("rescue.", "fire.")),
        Order("open", "orders.open_h", lambda r: r.open_shelters,
              ("evacuation.", "shelter.", "relief.no_roof")),
        Order("stores", "orders.stores_h", lambda r: True, ("relief.within", "shortage.")),
    )
}  # fmt: skip


def given_by(order: Order, scenario: Scenario) -> tuple[Response, ...]:
    """The responses of a scenario that give an order, lowest first."""
    if order.id == "stores" and not any(store.asked_at is None for store in scenario.stores):
        return ()
    return tuple(r for r in scenario.responses if order.given(r))


def signal_of(order: Order, scenario: Scenario) -> str:
    """The lowest signal at which the plan gives an order."""
    return min((r.signal for r in given_by(order, scenario)), key=SIGNALS.index)


def chosen_orders(scenario: Scenario, names: Sequence[str] = ()) -> tuple[Order, ...]:
    """The orders that are asked about: all that the plan gives where none is named.

    Raises BadInput for one that there is not, or that the plan does not give.
    """
    for name in names:
        if name not in ORDERS:
            raise BadInput(
                worded(
                    "order {name}: there is none; {near}",
                    name=shown(name),
                    near=nearest(name, ORDERS),
                )
            )
        if not given_by(ORDERS[name], scenario):
            raise BadInput(
                worded("order {name}: no response of this plan gives it; name another", name=name)
            )
    wanted = names or tuple(ORDERS)
    return tuple(o for o in ORDERS.values() if o.id in wanted and given_by(o, scenario))


def chosen_targets(scenario: Scenario, order: Order, names: Sequence[str] = ()) -> list[Target]:
    """The targets by which an order is judged: those that are named, else those it is given for.

    Raises BadInput for a name that is none of a target that runs judge.
    """
    judged = {t.id: t for t in scenario.plan.targets if t.kind == "performance"}
    for name in names:
        if name not in judged:
            raise BadInput(
                worded(
                    "target {name}: runs judge none; {near}",
                    name=shown(name),
                    near=nearest(name, judged),
                )
            )
    if names:
        return [judged[name] for name in dict.fromkeys(names)]
    return [t for t in judged.values() if t.measure.startswith(order.measures)]


def questions(
    scenario: Scenario, orders: Sequence[str] = (), targets: Sequence[str] = ()
) -> dict[Order, list[Target]]:
    """Each order that is asked about with the targets that judge it.

    Raises BadInput for names that there are not, or where no target is left to judge by.
    """
    found = {o: chosen_targets(scenario, o, targets) for o in chosen_orders(scenario, orders)}
    if not any(found.values()):
        raise BadInput(
            worded(
                "{id}: the plan has no target that these orders are given for and runs judge",
                id=scenario.id,
            )
        )
    return found
