"""Ages of the 2020 census by county, from the table to the residents of a run."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.scenarios.derivation.files import FACTS, read_rows
from anlan.scenarios.derivation.units import AGES, read_counties
from anlan.sim.place.population import settle
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import DWELLINGS

BANDS = ("share_0_14", "share_60_79", "share_80_plus")
AT = (0, 2, 3)  # of the bands in AGE_BANDS


def test_census_rows_add_up_and_agree_with_the_bulletin() -> None:
    rows = {r["code"]: r for r in read_rows(FACTS / "county_census.csv")}
    for row in rows.values():
        ages = sum(int(n) for band, n in row.items() if band.startswith("age_"))
        assert ages == int(row["residents"]) == int(row["urban"]) + int(row["rural"] or 0)
    of = {r["code"]: int(r["population"]) for r in read_rows(FACTS / "census.csv")
          if r["year"] == "2020"}  # fmt: skip
    for code in ("320614", "320612", "440310", "500102"):
        assert int(rows[code]["residents"]) == of[code]
    both = int(rows["320613"]["residents"]) + int(rows["320611"]["residents"])
    assert both == of["320613"]  # Gangzha is part of Chongchuan now


def test_every_community_has_its_county_s_ages() -> None:
    """Rudong is the oldest county of Nantong, its development zone the youngest."""
    scenario = sim.load("nantong-typhoon")
    county_of = {t.town: t.county for t in scenario.towns}
    found = {county_of[c.town]: tuple(getattr(c, b) for b in BANDS) for c in scenario.communities}
    assert found == {c.id: c.ages for c in read_counties("nantong")}
    old = {county: ages[1] + ages[2] for county, ages in found.items()}
    assert (min(old, key=old.__getitem__), max(old, key=old.__getitem__)) == ("etdz", "rudong")
    assert tuple(AGES) == BANDS


@pytest.mark.parametrize("name", ["pingshan-typhoon", "fuling-forest-fire"])
def test_residents_have_the_ages_of_the_census(name: str) -> None:
    """Within what chance allows, outside site dormitories; as shares of all, within a hundredth."""
    scenario = sim.load(name)
    people = settle(scenario)
    outside = people.dwelling[people.household] != DWELLINGS.index("dormitory")
    for band, column in zip(AT, BANDS, strict=True):
        share = getattr(scenario.communities[0], column)
        spread = np.sqrt(share * (1 - share) / outside.sum())
        assert (people.age_band[outside] == band).mean() == pytest.approx(share, abs=4.5 * spread)
        assert (people.age_band == band).mean() == pytest.approx(share, abs=0.01)


def test_each_community_s_own_ages_are_drawn_and_empty_is_the_parameter() -> None:
    scenario = sim.load("pingshan-typhoon")
    first, second, third = (c.community for c in scenario.communities[:3])
    own = dict(zip(BANDS, (0.5, 0.3, 0.2), strict=True))
    none = dict.fromkeys(BANDS)
    people = settle(scenario.replace(communities={first: own, second: none, third: own}))
    band = [people.age_band[people.community[people.household] == n] for n in range(3)]
    dormitory = people.dwelling[people.household] == DWELLINGS.index("dormitory")
    assert set(people.age_band[(people.community[people.household] == 0) & ~dormitory]) == {0, 2, 3}
    usual = scenario.p("residents.share_80_plus")
    assert (band[1] == 3).mean() == pytest.approx(usual, abs=0.01)
    assert (band[2] == 3).mean() == pytest.approx(0.2, abs=0.02)


def test_older_people_need_more_help() -> None:
    """Twice as many of 80 and over: more households with somebody who needs help to move."""
    scenario = sim.load("haimen-typhoon")
    old = scenario.communities[0].share_80_plus
    assert old is not None
    frail = []
    for factor in (0.0, 0.5, 1.0, 2.0):
        change = {c.community: {"share_80_plus": old * factor} for c in scenario.communities}
        frail.append(int(settle(scenario.replace(communities=change)).assisted.sum()))
    assert frail == sorted(frail)
    assert frail[-1] > 1.1 * frail[2] > 1.1 * frail[0]


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        ({"share_0_14": 0.2, "share_60_79": None, "share_80_plus": None}, "all three or none"),
        ({"share_0_14": 0.5, "share_60_79": 0.5, "share_80_plus": 0.1}, "more than 1"),
    ],
)
def test_ages_that_cannot_be_are_said(ages: dict[str, float | None], said: str) -> None:
    scenario = sim.load("pingshan-typhoon")
    with pytest.raises(BadInput, match=said):
        scenario.replace(communities={scenario.communities[0].community: ages})
