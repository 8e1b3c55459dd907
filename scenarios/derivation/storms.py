"""tracks.csv: the agency's six-hourly fixes with its gale radii; one without pressure is left out.

Wind and radii are both of the Japan Meteorological Agency, so that they go together: its longest
and shortest radius of 30 knots. The radius of the largest wind it does not give.
"""

from __future__ import annotations

from collections.abc import Mapping

from anlan.scenarios.derivation.files import FACTS, Record, read_rows

GALE_MS = "15.43"  # 30 knots
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
Names = Mapping[str, tuple[str, str, str]]  # in the facts -> id, Chinese, English


def tracks(storms: Names) -> list[Record]:
    """The fixes of the named storms, storm by storm in the given order."""
    facts = read_rows(FACTS / "tracks.csv")
    sizes = {(r["sid"], r["time_utc"]): r for r in read_rows(FACTS / "sizes.csv")
             if r["agency"] == "JMA"}  # fmt: skip
    return [
        {
            "storm": slug,
            "name_zh": chinese,
            "name_en": english,
            "time": fact["time_utc"],
            "lat": fact["lat"],
            "lon": fact["lon"],
            "wind_ms": fact["max_wind_ms"],
            "pressure_hpa": fact["min_pressure_hpa"],
            "wind_averaging_min": fact["wind_averaging"].removesuffix("-min"),
            **_gales(sizes.get((fact["sid"], fact["time_utc"]), {})),
        }
        for storm, (slug, chinese, english) in storms.items()
        for fact in facts
        if fact["name_en"] == storm and fact["min_pressure_hpa"]
    ]


def _gales(size: Mapping[str, str]) -> Record:
    """How far 30 knots blow; nothing where the agency gives no radius."""
    longest, shortest = size.get("r30kt_long_km", ""), size.get("r30kt_short_km", "")
    pointing = size.get("r30kt_dir", "")
    given = bool(longest and shortest)
    return {
        "gale_ms": GALE_MS if given else "",
        "gale_long_km": longest if given else "",
        "gale_short_km": shortest if given else "",
        "gale_long_to": pointing if given and pointing in COMPASS else "",
    }
