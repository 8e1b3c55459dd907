"""Whether the run has a beginning, the responses stand in order and orders have a content."""

from __future__ import annotations

from itertools import pairwise

from anlan.sim.scenario.errors import Slips, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import LEVELS, SIGNALS, Scenario, TyphoonHazard

TOML = "scenario.toml"


def check_begin(scenario: Scenario, at: Places) -> None:
    """A run that begins before a typhoon's closest approach has a typhoon."""
    settings = scenario.settings
    if settings.start_before_closest_h is not None and scenario.hazard(TyphoonHazard) is None:
        problem = worded(
            "there is no [hazard.typhoon] to count from; give start, a time such as "
            "2022-08-17T12:00:00+08:00"
        )
        raise at.wrong_key(problem, TOML, "scenario", "start_before_closest_h")


def check_responses(scenario: Scenario, at: Places) -> None:
    """Levels and signals rise from one response to the next."""
    slips = Slips()
    for key, order in (("level", LEVELS), ("signal", SIGNALS)):
        ranks = [order.index(getattr(r, key)) for r in scenario.responses]
        for i, (a, b) in enumerate(pairwise(ranks)):
            if b <= a:
                problem = worded(
                    "{level} does not stand above {before} of the response before it; write the "
                    "responses lowest first, in the order {order}",
                    level=order[b],
                    before=order[a],
                    order=", ".join(order),
                )
                slips.note(at.wrong_key(problem, TOML, "response", key, i + 1))
    slips.raise_first()


def check_orders(scenario: Scenario, at: Places) -> None:
    """An order with an hour has it within the run, and some response that gives it."""
    last, slips = scenario.settings.duration_h, Slips()
    given = {
        "move_h": any(r.move for r in scenario.responses),
        "muster_h": any(r.muster for r in scenario.responses),
        "open_h": any(r.open_shelters for r in scenario.responses),
    }
    for key, hour in scenario.orders.hours.items():
        with slips:
            if hour >= last:
                problem = worded(
                    "{hour:g} is after the run; give less than {last:g} hours",
                    hour=hour,
                    last=last,
                )
                raise at.wrong_key(problem, TOML, "orders", key)
            if not given.get(key, True):
                problem = worded(
                    "no response gives this order; leave {key} out, or name it in a [[response]]",
                    key=key,
                )
                raise at.wrong_key(problem, TOML, "orders", key)
    slips.raise_first()


def check_contraflow(scenario: Scenario, at: Places) -> None:
    """Whoever orders contraflow has a road that can be turned; else the order does nothing."""
    if any(road.contraflow_to is not None for road in scenario.roads):
        return
    slips = Slips()
    given: list[tuple[str, str, int | None]] = [
        ("response", "contraflow", i) for i, r in enumerate(scenario.responses) if r.contraflow
    ]
    if scenario.orders.contraflow_h is not None:
        given.append(("orders", "contraflow_h", None))
    for block, key, index in given:
        problem = worded(
            "no road names contraflow_to, so there are no lanes to turn; name it in roads.csv, or "
            "leave {key} out",
            key=key,
        )
        slips.note(at.wrong_key(problem, TOML, block, key, index))
    slips.raise_first()
