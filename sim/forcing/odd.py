"""What is odd about a storm's strength: winds that do not go with its pressure, or are not given.

The words are those of `analysis`, as for `sim.scenario.odd`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from anlan.sim.forcing.track import (
    BLANK_BELOW_MS,
    TrackRules,
    fixes_of,
    ten_minute_ms,
    wind_from_deficit_ms,
)
from anlan.sim.scenario.check_sky import DEEP_HPA
from anlan.sim.scenario.clock import chosen_storm, start_time
from anlan.sim.scenario.odd import Found, Odd, told
from anlan.sim.scenario.schema import Fix, Scenario

# Of the wind that goes with the pressure. Best tracks of the storms that ship lie at 1.1 to 1.4
# times, knots for m/s at 1.9 times that, m/s for knots at half.
HIGH_TIMES, LOW_TIMES = 1.7, 0.4


def odd_of_storm(scenario: Scenario) -> list[Odd]:
    """What is odd about the strength of the storm that the scenario names."""
    storm = chosen_storm(scenario)
    rows = [(i, f) for i, f in enumerate(scenario.tracks) if f.storm == storm]
    return [*_winds(scenario, rows), *_blanks(scenario, rows)] if rows else []


def _usual_ms(scenario: Scenario, fix: Fix) -> float:
    """The 10-minute wind that goes with a fix's pressure, m/s; NaN where it has none."""
    if fix.pressure_hpa is None:
        return float("nan")
    rules = TrackRules.read(scenario)
    deficit = max(rules.environment_pressure_hpa - fix.pressure_hpa, rules.min_deficit_hpa)
    at = np.array([deficit]), np.array([fix.lat])
    return float(wind_from_deficit_ms(*at, rules.air_density_kg_m3)[0])


def _winds(scenario: Scenario, rows: list[tuple[int, Fix]]) -> Iterator[Odd]:
    """Winds much above or below what goes with the pressure: in knots, or in another unit."""
    ratio = TrackRules.read(scenario).one_min_ratio
    found: dict[str, list[Found]] = {"wind_high": [], "wind_low": []}
    for i, fix in rows:
        usual, given = _usual_ms(scenario, fix), ten_minute_ms(fix, ratio)
        said = {"ms": f"{fix.wind_ms:g}", "usual": f"{usual:.0f}"} if fix.wind_ms else {}
        said["hpa"] = f"{fix.pressure_hpa or 0.0:g}"
        if given > max(HIGH_TIMES * usual, BLANK_BELOW_MS):
            found["wind_high"].append((i, said))
        elif given < LOW_TIMES * usual and (fix.pressure_hpa or DEEP_HPA) < DEEP_HPA:
            found["wind_low"].append((i, said))
    # The strongest says most: of a weak storm winds and pressures go less well together.
    for key, those in found.items():
        those.sort(key=lambda one: -float(str(one[1].get("ms", 0.0))))
        yield from told(key, "tracks.csv", "wind_ms", those)


def _blanks(scenario: Scenario, rows: list[tuple[int, Fix]]) -> Iterator[Odd]:
    """Fixes that say half of how strong the storm is, and what was taken for the other half."""
    fixes = fixes_of(scenario, start_time(scenario))
    nought: list[Found] = []
    deep: list[Found] = []
    no_pressure: list[Found] = []
    some = any(f.wind_ms for _, f in rows)
    for (i, fix), taken, deficit in zip(rows, fixes.wind_ms, fixes.deficit_hpa, strict=True):
        said = {"taken": f"{taken:.3g}", "hpa": f"{fix.pressure_hpa or 0.0:g}"}
        if fix.wind_ms == 0:
            nought.append((i, said))
        elif fix.pressure_hpa is None:
            around = TrackRules.read(scenario).environment_pressure_hpa - deficit
            no_pressure.append((i, {"taken": f"{around:.0f}", "ms": f"{fix.wind_ms or 0.0:g}"}))
        elif fix.wind_ms is None and some and fix.pressure_hpa <= DEEP_HPA:
            deep.append((i, said | {"usual": f"{_usual_ms(scenario, fix):.0f}"}))
    yield from told("wind_nought", "tracks.csv", "wind_ms", nought)
    yield from told("wind_blank", "tracks.csv", "wind_ms", deep)
    yield from told("no_pressure", "tracks.csv", "pressure_hpa", no_pressure)
