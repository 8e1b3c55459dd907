"""The population of each measure that says what is better is fixed by the disaster.

Whatever a planner takes away or doubles, on the same seeds the same persons, fires and arrests are
in it, to the bit; and a run that can be judged can still be judged.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.capabilities.levels import Cell, cells, levels
from anlan.analysis.capabilities.listed import measures_looked_at
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.measure import Measure
from anlan.analysis.measures.population import RESIDENTS, Population
from anlan.analysis.measures.registry import MEASURES
from anlan.sim.scenario.schema import Scenario

SEED = 1
# What a sum over all residents may count.
SUMS = ("person", "person_h", "incident", "building", "home", "road", "m2", "ha", "m_h")
LONG = ("linyi-flood-stress", "linyi-building-fire-stress", "pingshan-typhoon-stress")


def judged() -> Iterator[Measure]:
    """The measures of which it is said what is better, those of the worst town too."""
    return (m for m in MEASURES.values() if m.better != "none")


def populations() -> dict[str, Population]:
    return {m.over.name: m.over for m in judged()}


def played(scenario: Scenario) -> Facts:
    return Facts(scenario, sim.run(scenario, seed=SEED).tables())


def differing(as_is: Facts, changed: Facts, cell: Cell | None = None) -> list[str]:
    """The populations, and the measures that only one of two runs can judge, that are not alike."""
    names = [
        name
        for name, over in populations().items()
        if not (cell and cell.listed.shapes(over.shaped_by))
        if not np.array_equal(over.counts(as_is), over.counts(changed))
    ]
    looked_at = measures_looked_at(cell.listed if cell else None)
    can = [[np.isnan(MEASURES[m].function(f)) for m in looked_at] for f in (as_is, changed)]
    return names + [m for m, a, b in zip(looked_at, *can, strict=True) if a != b]


def slips(scenario: Scenario, only: tuple[str, ...] = (), wanted: str = "none double") -> list[str]:
    """A line for each capability (of some, or of all) and level that changes a population."""
    as_is = played(scenario)
    assert any(over.counts(as_is).any() for over in populations().values() if over != RESIDENTS)
    return [
        f"{cell.id} {level}: {differs}"
        for cell in cells(scenario)
        if not only or cell.id in only
        for level, changed in levels(scenario, cell).scenarios.items()
        if level in wanted.split()
        if (differs := differing(as_is, played(changed), cell))
    ]


def test_a_share_or_a_mean_names_its_population() -> None:
    """Only sums and counts, and shares of all residents, may be over everybody."""
    of_all = ("warning.heard", "power.", "phone.", "flood.", "road.", "arrest.survivors")
    for measure in judged():
        assert isinstance(measure.over, Population), measure.name
        if measure.over is RESIDENTS and not measure.name.startswith(of_all):
            assert measure.unit in SUMS, measure.name


@pytest.mark.parametrize("name", ["tiny", "tiny-fire"])
def test_no_capability_changes_who_is_counted(name: str) -> None:
    assert slips(sim.load(name)) == []


@pytest.mark.long
def test_a_flood_counts_the_same_people_whatever_is_taken_away() -> None:
    """With a flood, outages and closed roads; all capabilities and levels: the long test."""
    scenario = sim.load("linyi-flood-stress").replace(parameters={"residents.scale": 100.0})
    counted = {name: over.counts(played(scenario)).sum() for name, over in populations().items()}
    assert (
        min(
            counted[n]
            for n in ("unsafe_homes", "in_peril", "at_risk", "at_risk_10h", "cut_off_10h")
        )
        > 0
    )
    some = ("teams", "bags", "mobile-pumps", "shelters", "stock", "kits", "discovery", "call-up")
    assert slips(scenario, some, "none") == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("capability", "run"), [("call-up", 0), ("call-up", 5), ("shelters", 0), ("boats", 0)]
)
def test_taking_it_away_from_haimen_never_improves_the_first_hour(
    capability: str, run: int
) -> None:
    """Runs in which it did, while incidents were counted and waiting at the base tired crews."""
    scenario = sim.load("haimen-typhoon").replace(parameters={"residents.scale": 10.0})
    cell = next(c for c in cells(scenario) if c.id == capability)
    without = levels(scenario, cell).scenarios["none"]
    as_is, less = (Facts(s, sim.run(s, 1, run).tables()) for s in (scenario, without))
    share, hours = (
        [MEASURES[name].function(facts) for facts in (as_is, less)]
        for name in ("rescue.safe_or_reached_60min_share", "rescue.unreached_person_h")
    )
    assert share[1] <= share[0]
    # Other people in the water are another queue, in which one run's hours may be fewer by chance.
    assert capability == "shelters" or hours[1] >= hours[0]


@pytest.mark.long
def test_drains_are_what_changes_who_is_at_risk_and_then_their_shares_are_not_compared() -> None:
    scenario = sim.load("linyi-flood-stress").replace(parameters={"residents.scale": 100.0})
    cell = next(c for c in cells(scenario) if c.id == "drains")
    without = levels(scenario, cell).scenarios["none"]
    assert "unsafe_homes" in differing(played(scenario), played(without))
    assert differing(played(scenario), played(without), cell) == []
    assert "relief.within_10h_share" not in measures_looked_at(cell.listed)
    assert "flood.flooded_homes" in measures_looked_at(cell.listed)


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_no_capability_of_a_stress_event_changes_who_is_counted(name: str) -> None:
    scenario = sim.load(name).replace(parameters={"residents.scale": 50.0})
    assert slips(scenario) == []
