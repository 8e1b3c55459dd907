"""What a run's ledger says of a fact: a number a run, in the fact's unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from anlan.analysis.digests.series import Arrays
from anlan.analysis.measures.evacuation import sheltered_share
from anlan.analysis.measures.facts import Facts, Tables
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.validation import spots
from anlan.analysis.validation.facts import Fact
from anlan.sim import start_time
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Scenario

Look = Callable[[Facts, str], float]
TABLE = "facts"


def moved_share_by(facts: Facts, at: str) -> float:
    """Of all residents, who had left home by an hour, told to or not."""
    return moved_by(facts, _tick(facts, at)) / _residents(facts)


def moved_persons(facts: Facts, _at: str) -> float:
    """Residents who left home."""
    return moved_by(facts, facts.end)


def moved_by(facts: Facts, tick: int) -> float:
    """Residents who had left home by a tick."""
    rows = facts.tables["evacuation"]
    left = rows["left_tick"]
    return float(rows["persons"][(left != NEVER) & (left <= tick)].sum())


def sheltered_share_peak(facts: Facts, _at: str) -> float:
    """Of all residents, those in shelters in the hour when they were most."""
    rows = facts.tables["shelter_level"]
    if not len(rows["tick"]):
        return 0.0
    inside = np.bincount(rows["tick"], weights=rows["occupants"])
    return float(inside.max()) / _residents(facts)


def sheltered_of_moved(facts: Facts, _at: str) -> float:
    """Of those who were told to leave and arrived, who went to a shelter."""
    return sheltered_share(facts)


def deaths(facts: Facts, _at: str) -> float:
    """All deaths."""
    return MEASURES["harm.deaths"].function(facts)


def power_out_share(facts: Facts, _at: str) -> float:
    """Of all residents, those without power in the hour when they were most."""
    return MEASURES["power.out_peak_share"].function(facts)


def burnt_ha(facts: Facts, at: str) -> float:
    """Land burnt by a forest fire by the end."""
    rows = facts.tables["fire_front"]
    mine = rows["burnt_ha"][rows["fire"] == at]
    return float(mine.max()) if len(mine) else 0.0


def out_h(facts: Facts, at: str) -> float:
    """Hours from a fire's ignition until it is out; to the end of the run if it never is."""
    rows = facts.tables["fire"]
    mine = np.flatnonzero(rows["fire"] == at)
    if not len(mine):
        return float("nan")
    out_min = float(rows["out_min"][mine[0]])
    end_min = out_min if np.isfinite(out_min) else facts.end_min
    return (end_min - float(rows["ignited_min"][mine[0]])) / 60.0


def waterlogged_auc(facts: Facts, _at: str) -> float:
    """The chance that a community with a known waterlogging spot stood deeper than one without."""
    rows = facts.tables["hazard_level"]
    names = [c.community for c in facts.scenario.communities]
    number = {name: n for n, name in enumerate(names)}
    deepest_m = np.zeros(len(names))
    at = np.array([number[name] for name in rows["community"].tolist()])
    np.maximum.at(deepest_m, at, rows["depth_m"])
    return spots.auc(deepest_m, spots.held(names))


LOOKS: dict[str, Look] = {
    look.__name__: look
    for look in (
        moved_share_by,
        moved_persons,
        sheltered_share_peak,
        sheltered_of_moved,
        deaths,
        power_out_share,
        waterlogged_auc,
        burnt_ha,
        out_h,
    )
}


@dataclass(frozen=True)
class FactDigest:
    """Keeps of a run what its ledger says of some facts."""

    asked: tuple[tuple[str, str, str], ...]  # (fact, look, at)

    @classmethod
    def of(cls, facts: tuple[Fact, ...]) -> FactDigest:
        """For those facts that a run's ledger is asked about."""
        return cls(tuple((f.id, f.look, f.at) for f in facts if f.look in LOOKS))

    def __call__(self, scenario: Scenario, tables: Tables) -> Mapping[str, Arrays]:
        """`facts` -> column of each fact's id -> one value."""
        facts = Facts(scenario, tables)
        return {TABLE: {name: np.array([LOOKS[look](facts, at)]) for name, look, at in self.asked}}


def _residents(facts: Facts) -> float:
    return float(sum(c.residents for c in facts.scenario.communities))


def _tick(facts: Facts, at: str) -> int:
    """The tick in which an hour lies; ISO 8601 with its offset."""
    passed_min = (datetime.fromisoformat(at) - start_time(facts.scenario)).total_seconds() / 60.0
    return int(passed_min // facts.scenario.settings.tick_min)
