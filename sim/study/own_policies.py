"""Policies of one's own: registered by name, then named in [policy], `--set` or a study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from math import isfinite
from operator import index
from typing import Any, cast

from anlan.sim.command.tables import TABLES
from anlan.sim.fires.edge_work import TACTICS
from anlan.sim.scenario.errors import BadInput, nearest, shown, worded
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.own import OwnCodeError
from anlan.sim.study.own_modules import told
from anlan.sim.study.own_source import source_sha256

# key of [policy] -> the table in which its names stand
SEATS: dict[str, MutableMapping[str, Any]] = {
    **{key: cast("MutableMapping[str, Any]", table) for key, table in TABLES.items()},
    "tactics": cast("MutableMapping[str, Any]", TACTICS),
}
SECTION = "policy."
BUILT_IN = {(seat, name) for seat, table in SEATS.items() for name in table}


@dataclass(frozen=True)
class OwnPolicy:
    """A policy of one's own; without `function` one of which only the name is known here."""

    seat: str
    name: str
    function: Callable[..., Any] | None
    sha256: str = ""  # where there is no function

    @property
    def identity(self) -> str:
        """What says whether it is still the same."""
        return self.sha256 if self.function is None else source_sha256(self.function)

    def register(self) -> None:
        """Make it known by its name; it takes the place of one of that name from the same code."""
        seat, name = self.seat, self.name
        if (seat, name) in BUILT_IN:
            raise BadInput(
                worded(
                    "policy {name} of {seat} is anlan's own; choose another name",
                    name=shown(name),
                    seat=seat,
                )
            )
        there = _own.get((seat, name))
        if there is not None and not same_origin(there.function, self.function):
            raise BadInput(
                worded(
                    "policy {name} of {seat}: there are two of that name; keep one",
                    name=shown(name),
                    seat=seat,
                )
            )
        if self.function is None and there is not None and there.function is not None:
            return
        _own[seat, name] = self
        SEATS[seat][name] = _Seated(seat, name, self.function)


@dataclass(frozen=True)
class _Seated:
    """Sits in the seat: asks the policy, and says in one line what it does wrong."""

    seat: str
    name: str
    function: Callable[..., Any] | None

    def __call__(self, *given: Any) -> Any:
        who = worded("policy {name} of {seat}", name=self.name, seat=self.seat)
        if self.function is None:  # a finished study names it
            raise OwnCodeError(worded("{who}: its code is not loaded; name its module", who=who))
        try:
            found = self.function(*given)
        except Exception as error:
            raise OwnCodeError(
                worded("{where}: {problem}", where=who, problem=told(error))
            ) from error
        wrong = CHECKS[self.seat](found, *given) if self.seat in CHECKS else ""
        if wrong:
            raise OwnCodeError(worded("{where}: {problem}", where=who, problem=wrong))
        return found


def _wrong_pairs(found: Any, incidents: Any, crews: Any, eta: Any) -> str:
    """What is wrong with the pairs of a dispatch policy; empty where nothing is."""
    try:
        pairs = [(index(i), index(c)) for i, c in found]
    except (TypeError, ValueError):
        return worded("must give a list of pairs (incident, crew) of whole numbers")
    for i, c in pairs:
        if not (0 <= i < len(incidents) and 0 <= c < len(crews)):
            return worded(
                "({i}, {c}) is none of {incidents} incidents and {crews} crews",
                i=i,
                c=c,
                incidents=len(incidents),
                crews=len(crews),
            )
        if not isfinite(eta[i, c]):
            return worded("crew {c} cannot come to incident {i}, its time is infinite", c=c, i=i)
    sent = [c for _, c in pairs]
    return worded("sends a crew to two incidents") if len(set(sent)) < len(sent) else ""


def _wrong_sites(found: Any, short: Any, *_: Any) -> str:
    """What is wrong with the sites of a supply policy; empty where nothing is."""
    try:
        sites = [index(s) for s in found]
    except TypeError:
        return worded("must give a list of sites as whole numbers")
    if len(set(sites)) < len(sites):
        return worded("names a site twice")
    if all(0 <= s < len(short) for s in sites):
        return ""
    return worded("there are {sites} sites", sites=len(short))


CHECKS: dict[str, Callable[..., str]] = {"dispatch": _wrong_pairs, "supply": _wrong_sites}


_own: dict[tuple[str, str], OwnPolicy] = {}


def policy(seat: str, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a policy of one's own, as a decorator or by a call.

    `seat`: dispatch, supply or tactics, where the function is the policy; orders, levels or aid,
    where it is a class or function that makes one of a scenario. What each is given and gives
    stands in docs/extending.md. `name` is what a scenario's [policy], `--set policy.<seat>=<name>`
    and a study's factor call it. Raises BadInput.
    """
    if seat not in SEATS:
        raise BadInput(
            worded(
                "no seat {seat} of [policy]; {near}",
                seat=shown(seat),
                near=nearest(str(seat), SEATS),
            )
        )
    if not isinstance(name, str) or not name or not name.replace("-", "a").isidentifier():
        raise BadInput(
            worded("policy name {name}: use letters, digits, '-' and '_'", name=shown(name))
        )

    def registered(function: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(function):
            raise BadInput(
                worded(
                    "policy {name} of {seat}: {function} is no function or class",
                    name=name,
                    seat=seat,
                    function=shown(function),
                )
            )
        OwnPolicy(seat, name, function).register()
        return function

    return registered


def registered_policies() -> tuple[OwnPolicy, ...]:
    """Every policy that was registered here."""
    return tuple(_own.values())


def policies_used(
    scenario: Scenario, variants: Iterable[Mapping[str, str]]
) -> tuple[OwnPolicy, ...]:
    """Those of one's own that a scenario, or one of its variants, names."""
    named = {(seat, getattr(scenario.policy, seat)) for seat in SEATS}
    for changes in variants:
        named |= {
            (key.removeprefix(SECTION), text.strip())
            for key, text in changes.items()
            if key.startswith(SECTION)
        }
    return tuple(_own[key] for key in sorted(named & set(_own)))


def same_origin(one: Callable[..., Any] | None, other: Callable[..., Any] | None) -> bool:
    """Whether two functions come from one place, such as a cell of a notebook that runs again."""
    if one is None or other is None:
        return True
    return _origin(one) == _origin(other)


def _origin(function: Callable[..., Any]) -> tuple[str, str]:
    module = getattr(function, "__module__", None) or type(function).__module__
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return "__main__" if module == "__mp_main__" else module, name
