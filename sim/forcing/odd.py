"""What is odd about a storm's strength: winds that do not go with its pressure, or are not given.

The words are those of `analysis`, as for `sim.scenario.odd`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from anlan.sim.forcing.track import (
    BLANK_BELOW_MS,
    F64,
    Fixes,
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
    if not rows:
        return []
    rules, fixes = TrackRules.read(scenario), fixes_of(scenario, start_time(scenario))
    # what goes with the pressure of each fix that has one, by its 10-minute mean
    usual_ms = wind_from_deficit_ms(fixes.deficit_hpa, fixes.lat, rules.air_density_kg_m3)
    usual_ms[[f.pressure_hpa is None for _, f in rows]] = np.nan
    return [*_winds(rules, rows, usual_ms), *_blanks(rules, rows, fixes, usual_ms)]


def _winds(rules: TrackRules, rows: list[tuple[int, Fix]], usual_ms: F64) -> Iterator[Odd]:
    """Winds much above or below what goes with the pressure: in knots, or in another unit."""
    found: dict[str, list[Found]] = {"wind_high": [], "wind_low": []}
    for (i, fix), usual in zip(rows, usual_ms, strict=True):
        given = ten_minute_ms(fix, rules.one_min_ratio)
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


def _blanks(
    rules: TrackRules, rows: list[tuple[int, Fix]], fixes: Fixes, usual_ms: F64
) -> Iterator[Odd]:
    """Fixes that say half of how strong the storm is, and what was taken for the other half."""
    nought: list[Found] = []
    deep: list[Found] = []
    no_pressure: list[Found] = []
    some = any(f.wind_ms for _, f in rows)
    taken_of = zip(rows, fixes.wind_ms, fixes.deficit_hpa, usual_ms, strict=True)
    for (i, fix), taken, deficit, usual in taken_of:
        said = {"taken": f"{taken:.3g}", "hpa": f"{fix.pressure_hpa or 0.0:g}"}
        if fix.wind_ms == 0:
            nought.append((i, said))
        elif fix.pressure_hpa is None:
            around = rules.environment_pressure_hpa - deficit
            no_pressure.append((i, {"taken": f"{around:.0f}", "ms": f"{fix.wind_ms or 0.0:g}"}))
        elif fix.wind_ms is None and some and fix.pressure_hpa <= DEEP_HPA:
            deep.append((i, said | {"usual": f"{usual:.0f}"}))
    yield from told("wind_nought", "tracks.csv", "wind_ms", nought)
    yield from told("wind_blank", "tracks.csv", "wind_ms", deep)
    yield from told("no_pressure", "tracks.csv", "pressure_hpa", no_pressure)
