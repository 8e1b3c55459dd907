"""Design rain: depth by duration and return period, for an area, as a storm nested in itself.

The pattern is Keifer and Chu's (1957, "Chicago"), carried beyond the range of the rain formula:
for each duration d the window that begins r d before the peak and ends (1 - r) d after it holds
just the depth that belongs to d. So every duration up to a day has the same return period.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from anlan.scenarios.derivation.chance import Floats
from anlan.scenarios.derivation.design import Design
from anlan.scenarios.derivation.files import TABLES, Record, read_rows

L_S_HA_MM_MIN = 6e-3  # one litre a second on a hectare is so many millimetres in a minute
FORMULA_MIN = 180.0  # the formulas hold up to here; beyond it stand depths of their own
LEAST_MIN = 5.0  # and from here
DAY_MIN = 1440.0


def formula_mm(design: Design, minutes: Floats) -> Floats:
    """Depth at a point, mm, by q = A (1 + C lg P) / (t + b)^n in litres a second and hectare."""
    rare = 1.0 + design["rain_c"] * np.log10(design["return_period_y"])
    q = design["rain_a"] * rare / (minutes + design["rain_b"]) ** design["rain_n"]
    return np.asarray(q * minutes * L_S_HA_MM_MIN)


def point_mm(design: Design, minutes: Floats) -> Floats:
    """Depth at a point, mm, of durations up to a day: straight between stated ones in logarithms.

    Below the shortest stated duration the first slope goes on.
    """
    depths = design.beginning("depth_")
    stated = {60.0 * float(hours.removesuffix("h_mm")): mm for hours, mm in depths}
    if "rain_a" in design:
        within = np.array([LEAST_MIN, 15.0, 30.0, 60.0, 120.0, FORMULA_MIN])
        stated |= dict(zip(within.tolist(), formula_mm(design, within).tolist(), strict=True))
    at = np.log(np.array(sorted(stated)))
    depth = np.log(np.array([stated[t] for t in sorted(stated)]))
    asked = np.log(np.maximum(minutes, 1e-9))
    first = depth[0] + (asked - at[0]) * (depth[1] - depth[0]) / (at[1] - at[0])
    table = np.exp(np.where(asked < at[0], first, np.interp(asked, at, depth)))
    if "rain_a" not in design:
        return np.asarray(table)
    inside = (minutes >= LEAST_MIN) & (minutes <= FORMULA_MIN)
    return np.asarray(np.where(inside, formula_mm(design, minutes), table))


def areal_share(area_km2: float, minutes: Floats) -> Floats:
    """Share of a point's depth that an area has: straight in the logarithms of area and time."""
    rows = read_rows(TABLES / "areal_reduction.csv")
    areas = np.log([float(r["area_km2"]) for r in rows])
    hour, day = (
        float(np.interp(np.log(area_km2), areas, [float(r[c]) for r in rows]))
        for c in ("share_1h", "share_24h")
    )
    long = np.log(np.maximum(minutes, 60.0) / 60.0) / np.log(24.0)
    return np.asarray(hour + (day - hour) * long)


def depth_mm(design: Design, minutes: Floats) -> Floats:
    """Mean depth over the district, mm, of durations up to a day, exaggerated if that is said."""
    factor = design.get("rain_factor", 1.0)
    return factor * point_mm(design, minutes) * areal_share(design["area_km2"], minutes)


def fallen_mm(design: Design, minutes: Floats) -> Floats:
    """What has fallen by some minutes after the peak (before it: negative), mm since the start."""
    r = design["rain_peak_share"]
    before = np.minimum(np.maximum(-minutes, 0.0) / r, DAY_MIN)
    after = np.minimum(np.maximum(minutes, 0.0) / (1.0 - r), DAY_MIN)
    total = depth_mm(design, np.array([DAY_MIN]))[0]
    left = np.where(before > 0, depth_mm(design, before), 0.0)
    right = np.where(after > 0, depth_mm(design, after), 0.0)
    return np.asarray(r * (total - left) + (1.0 - r) * right)


def gauge(design: Design, start: datetime, hours: int) -> list[Record]:
    """The rain of each hour; the wettest hour holds the peak such that it is the design hour."""
    edges = [start + timedelta(hours=h) for h in range(hours + 1)]
    fallen = fallen_mm(design, _since_peak(design, edges))
    return [
        {"time": time.isoformat(), "rain_mm": round(float(mm), 2)}
        for time, mm in zip(edges, np.diff(fallen), strict=False)
    ]


def rates_mm_h(design: Design, times: list[datetime]) -> list[float]:
    """Rates at even times, mm/h: the mean over the step around each, so straight lines between
    them hold the whole rain.
    """
    half = (times[1] - times[0]) / 2
    low, high = (
        fallen_mm(design, _since_peak(design, [t + s for t in times])) for s in (-half, half)
    )
    per_h = timedelta(hours=1) / (2 * half)
    return [round(float(mm) * per_h, 2) for mm in high - low]


def _since_peak(design: Design, times: list[datetime]) -> Floats:
    """Minutes since the peak, which stands r of an hour after the stated hour begins."""
    peak = design.time("rain_peak_hour") + timedelta(hours=design["rain_peak_share"])
    return np.array([(t - peak).total_seconds() / 60.0 for t in times])
