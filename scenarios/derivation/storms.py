"""tracks.csv: the agency's six-hourly fixes; one without pressure is left out."""

from __future__ import annotations

from collections.abc import Mapping

from anlan.scenarios.derivation.files import FACTS, Record, read_rows

Names = Mapping[str, tuple[str, str, str]]  # in the facts -> id, Chinese, English


def tracks(storms: Names) -> list[Record]:
    """The fixes of the named storms, storm by storm in the given order."""
    facts = read_rows(FACTS / "tracks.csv")
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
        }
        for storm, (slug, chinese, english) in storms.items()
        for fact in facts
        if fact["name_en"] == storm and fact["min_pressure_hpa"]
    ]
