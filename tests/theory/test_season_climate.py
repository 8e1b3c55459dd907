"""Weather and ignitions of seasons against the normals, chains and shares that they stand for.

Expected values are written down here anew, from the reference on design events (W1-W20, W26, W50,
W51, D12), so that a slip in a table shows.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from anlan.sim import load
from anlan.sim.scenario.schema import Scenario
from anlan.sim.season.climate import DAYS, Climate, climate_of
from anlan.sim.season.ignitions import (
    IgnitionRules,
    daily_rates,
    draw_ignitions,
    usual,
    walk_km,
)
from anlan.sim.season.weather import Days, DayWindRules, draw_days, hourly, vapour_kpa

YEARS = 4000
Ints = NDArray[np.int64]
RAIN_MM = {
    "fuling": (17.0, 16.9, 41.5, 116.7, 176.2, 188.3, 153.0, 118.4, 114.2, 111.7, 53.8, 22.9),
    "pingshan": (34, 43, 67, 150, 234, 347, 318, 354, 254, 63, 36, 32),
}
WET_DAYS = {
    "fuling": (8.9, 9.0, 11.7, 15.7, 16.1, 16.0, 13.1, 10.9, 13.3, 15.4, 11.9, 9.4),
    "pingshan": (5.9, 8.5, 10.8, 12.4, 15.6, 18.5, 16.8, 17.5, 14.6, 6.6, 5.3, 5.3),
}
P_AFTER_DRY = {  # W7, W19; after a wet day 0.25 more
    "fuling": (0.22, 0.24, 0.28, 0.39, 0.39, 0.40, 0.32, 0.26, 0.33, 0.37, 0.30, 0.23),
    "pingshan": (0.14, 0.23, 0.26, 0.31, 0.38, 0.46, 0.41, 0.42, 0.37, 0.16, 0.13, 0.13),
}
DISTRICTS = tuple(RAIN_MM)


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    return {name: load(f"{name}-forest-fire") for name in DISTRICTS}


@pytest.fixture(scope="module")
def normal(scenarios: dict[str, Scenario]) -> dict[str, Days]:
    """Years without the drought state: what the normals are fitted to."""
    return {
        name: draw_days(climate_of(s), 1, range(YEARS), drought=False)
        for name, s in scenarios.items()
    }


@pytest.mark.long
@pytest.mark.parametrize("name", DISTRICTS)
def test_rain_and_wet_days_of_each_month(
    name: str, scenarios: dict[str, Scenario], normal: dict[str, Days]
) -> None:
    climate, days = climate_of(scenarios[name]), normal[name]
    for m in range(12):
        of_month = climate.month == m
        rain_mm = float(days.rain_mm[:, of_month].sum()) / YEARS
        wet = float(days.wet[:, of_month].sum()) / YEARS
        assert rain_mm == pytest.approx(RAIN_MM[name][m], rel=0.05), m
        assert wet == pytest.approx(WET_DAYS[name][m], rel=0.03), m


@pytest.mark.parametrize("name", DISTRICTS)
def test_the_chain_has_the_published_steps(name: str, scenarios: dict[str, Scenario]) -> None:
    climate = climate_of(scenarios[name])
    wanted = np.array(P_AFTER_DRY[name])
    assert np.abs(climate.wet_after_dry() - wanted).max() < 0.006
    assert np.abs(climate.wet_after_wet() - wanted - 0.25).max() < 0.006


def test_the_amount_of_a_wet_day_is_gengs_gamma(scenarios: dict[str, Scenario]) -> None:
    """D15: August at Fuling, mean 10.86, scale 17.72, shape 0.613."""
    scale, shape = climate_of(scenarios["fuling"]).rain_gamma()
    assert scale[7] == pytest.approx(17.72, rel=0.005)
    assert shape[7] == pytest.approx(0.613, rel=0.005)


def test_hot_days_at_fuling(normal: dict[str, Days]) -> None:
    """D12: 25.5 days of 35 degrees and more, 11.5 of 37."""
    tmax = normal["fuling"].tmax_c
    assert float((tmax >= 35.0).sum()) / YEARS == pytest.approx(25.5, rel=0.10)
    assert float((tmax >= 37.0).sum()) / YEARS == pytest.approx(11.5, rel=0.10)


def longest_spells(days: Days, months: tuple[int, ...], climate: Climate) -> Ints:
    """(seasons,) the longest dry spell within some months (0 January), days."""
    inside = np.isin(climate.month, months)
    longest = np.zeros(len(days.wet), dtype=np.int64)
    run = np.zeros(len(days.wet), dtype=np.int64)
    for day in range(DAYS):
        run = np.where(days.wet[:, day] | ~inside[day], 0, run + 1)
        longest = np.maximum(longest, run)
    return longest


@pytest.mark.parametrize(
    ("name", "months", "mean", "ten", "fifty"),
    [
        ("fuling", (6, 7, 8), 10, 15, 19),
        ("fuling", (1, 2, 3, 4), 11, 15, 20),
        ("pingshan", (9, 10, 11, 0, 1, 2), 23, 33, 43),
    ],
)
def test_longest_dry_spells_without_the_drought_state(
    name: str, months: tuple[int, ...], mean: float, ten: float, fifty: float,
    scenarios: dict[str, Scenario], normal: dict[str, Days],
) -> None:  # fmt: skip
    """W26: mean, and what comes in one of ten and one of fifty years."""
    longest = longest_spells(normal[name], months, climate_of(scenarios[name]))
    assert float(longest.mean()) == pytest.approx(mean, abs=0.6)
    assert float(np.quantile(longest, 0.90)) == pytest.approx(ten, abs=1.0)
    assert float(np.quantile(longest, 0.98)) == pytest.approx(fifty, abs=1.5)


def test_a_drought_is_long_and_dry(scenarios: dict[str, Scenario]) -> None:
    climate = climate_of(scenarios["fuling"])
    days = draw_days(climate, 1, range(YEARS))
    length = days.drought.sum(axis=1)
    years = length > 0
    assert float(years.mean()) == pytest.approx(0.08, abs=0.015)
    assert length[years].min() >= 35
    assert length[years].max() <= 55
    inside = climate.day_of_year[np.flatnonzero(days.drought.any(axis=0))]
    assert (inside.min(), inside.max()) == (191, 243)
    assert float(days.wet[days.drought].mean()) < 0.15  # against 0.35 to 0.42 otherwise


def test_a_season_has_its_own_weather_whoever_else_is_drawn(
    scenarios: dict[str, Scenario],
) -> None:
    climate = climate_of(scenarios["pingshan"])
    alone, among = draw_days(climate, 3, range(7, 8)), draw_days(climate, 3, range(5, 9))
    for field in ("rain_mm", "tmax_c", "humidity14_pct", "wind14_ms", "wind_from_deg", "drought"):
        assert np.array_equal(getattr(alone, field)[0], getattr(among, field)[2]), field


def test_hours_of_a_day_keep_maximum_and_vapour(scenarios: dict[str, Scenario]) -> None:
    scenario = scenarios["fuling"]
    days = draw_days(climate_of(scenario), 1, range(1))
    found = hourly(days, 0, 210, 2, DayWindRules.read(scenario))
    day = found.temperature_c[:24]
    assert day[15] == pytest.approx(days.tmax_c[0, 210])
    assert day.argmin() == 6
    assert day[6] == pytest.approx(days.tmax_c[0, 210] - days.range_c[0, 210])
    vapour = found.humidity_pct[:24] / 100.0 * vapour_kpa(day)
    assert np.ptp(vapour[found.humidity_pct[:24] < 100.0]) < 1e-5 * vapour.max()
    assert found.at(15 * 60.0).wind_ms == pytest.approx(days.wind14_ms[0, 210], rel=1e-6)


# -- ignitions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "months", "share"),
    [("fuling", (6, 7, 8), 0.28), ("pingshan", (9, 10, 11, 0, 1, 2, 3), 0.89)],
)
def test_months_have_their_share_of_the_ignitions(
    name: str, months: tuple[int, ...], share: float, scenarios: dict[str, Scenario]
) -> None:
    """Droughts and all, as the records have them (W40, W47)."""
    scenario = scenarios[name]
    climate = climate_of(scenario)
    rates = daily_rates(scenario, draw_days(climate, 7, range(YEARS)), np.zeros(YEARS))
    inside = np.isin(climate.month, months)
    assert float(rates[:, inside].sum() / rates.sum()) == pytest.approx(share, abs=0.03)


def test_a_drought_year_at_fuling_has_two_fires_more(scenarios: dict[str, Scenario]) -> None:
    """W51: 0.6 recorded fires in an ordinary year, two more in a drought year."""
    scenario = scenarios["fuling"]
    days = draw_days(climate_of(scenario), 11, range(YEARS))
    a_year = daily_rates(scenario, days, np.zeros(YEARS)).sum(axis=1)
    dry = days.drought.any(axis=1)
    assert float(a_year[~dry].mean()) == pytest.approx(0.6, abs=0.06)
    assert float(a_year[dry].mean() - a_year[~dry].mean()) == pytest.approx(2.0, abs=0.3)
    assert usual(scenario).boost > 1.0


def test_rates_hours_and_kinds_of_ignitions(scenarios: dict[str, Scenario]) -> None:
    """Counts within four standard deviations of Poisson's; hours as W49."""
    scenario, years = scenarios["pingshan"], 400
    found = [one for n in range(years) for one in draw_ignitions(scenario, 1, n)[1]]
    fires = [one for one in found if one.recorded]
    assert abs(len(fires) - 1.1 * years) < 4.0 * (1.1 * years) ** 0.5
    assert abs(len(found) - 12.1 * years) < 4.0 * (12.1 * years) ** 0.5
    noon = np.mean([12 <= one.minute % 1440 / 60 < 15 for one in found])
    assert noon == pytest.approx(0.32, abs=0.03)
    near = np.mean([one.walk_km <= 0.2 for one in found])
    assert near == pytest.approx(0.60, abs=0.03)
    assert {one.cause for one in fires} <= {
        "farming", "rites", "smoking", "children", "other", "natural"
    }  # fmt: skip
    qingming = [one for one in found if one.cause == "rites" and one.day in (277, 278, 279)]
    april = [one for one in found if one.cause == "rites" and 274 <= one.day < 304]
    assert len(qingming) / len(april) == pytest.approx(0.57, abs=0.12)  # 36 of 63; W50: 60 %


def test_ways_from_a_road_join(scenarios: dict[str, Scenario]) -> None:
    rules = IgnitionRules.read(scenarios["fuling"])
    assert walk_km(rules, 0.0, 1.0) == pytest.approx(0.2)
    assert walk_km(rules, 0.7, 0.0) == pytest.approx(0.2)
    assert walk_km(rules, 0.9, 1.0) == pytest.approx(2.0)
