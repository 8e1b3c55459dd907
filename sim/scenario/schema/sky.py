"""What the sky brings: fixes of a storm, weather by the hour, measured rain."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from anlan.sim.scenario.schema.base import Id, Lat, Lon, RateMmH, Row, Time, WindMs


class Fix(Row):
    """A storm's position (`tracks.csv`); wind is the agency's mean over `wind_averaging_min`."""

    storm: Id
    name_zh: str
    name_en: str
    time: Time
    lat: Lat
    lon: Lon
    wind_ms: WindMs | None
    pressure_hpa: Annotated[float, Field(ge=850.0, le=1050.0, allow_inf_nan=False)]
    wind_averaging_min: Annotated[int, Field(ge=1, le=10)]


class WeatherHour(Row):
    """The weather from `time` on, straight to the next row (`weather.csv`)."""

    time: Time
    temperature_c: Annotated[float, Field(ge=-60.0, le=60.0, allow_inf_nan=False)]
    humidity_pct: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]
    wind_ms: WindMs  # 10-minute mean
    wind_from_deg: Annotated[float, Field(ge=0.0, le=360.0, allow_inf_nan=False)]
    rain_mm_h: RateMmH


class GaugeHour(Row):
    """Measured rain over the hour that begins at `time` (`gauge.csv`, optional)."""

    time: Time
    rain_mm: RateMmH
