"""What the sky brings: fixes of a storm, weather by the hour, measured rain."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from anlan.sim.scenario.errors import worded
from anlan.sim.scenario.schema.base import Id, Lat, Lon, Row, Time, WindMs

# The most that was ever measured in an hour is some 401 mm (Shangdi, Inner Mongolia, 3 July 1975);
# more is a code for "missing", such as 999.9.
HourMm = Annotated[float, Field(ge=0.0, le=450.0, allow_inf_nan=False)]
SizeKm = Annotated[float, Field(ge=1.0, le=3000.0, allow_inf_nan=False)]


class Fix(Row):
    """A storm's position (`tracks.csv`); wind is the agency's mean over `wind_averaging_min`.

    Its size is optional. A gale radius is how far winds of `gale_ms` (34 knots where it is empty;
    the Japan Meteorological Agency gives 30) blow: by quadrant, or the longest and the shortest
    and whither the longest points.
    """

    storm: Id
    name_zh: str
    name_en: str
    time: Time
    lat: Lat
    lon: Lon
    wind_ms: WindMs | None
    # empty: as goes with the wind
    pressure_hpa: Annotated[float, Field(ge=850.0, le=1050.0, allow_inf_nan=False)] | None
    wind_averaging_min: Annotated[int, Field(ge=1, le=10)]
    rmax_km: SizeKm | None = None  # radius of the largest wind
    gale_ms: Annotated[float, Field(ge=10.0, le=30.0, allow_inf_nan=False)] | None = None
    gale_ne_km: SizeKm | None = None
    gale_se_km: SizeKm | None = None
    gale_sw_km: SizeKm | None = None
    gale_nw_km: SizeKm | None = None
    gale_long_km: SizeKm | None = None
    gale_short_km: SizeKm | None = None
    gale_long_to: Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"] | None = None
    outer_km: SizeKm | None = None  # radius of the outermost closed isobar
    outer_hpa: Annotated[float, Field(ge=950.0, le=1050.0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _has_strength(self) -> Fix:
        if self.pressure_hpa is None and not self.wind_ms:
            raise ValueError(
                worded("neither wind_ms nor pressure_hpa says how strong it is; give one")
            )
        return self


class WeatherHour(Row):
    """The weather from `time` on, straight to the next row (`weather.csv`)."""

    time: Time
    temperature_c: Annotated[float, Field(ge=-60.0, le=60.0, allow_inf_nan=False)]
    humidity_pct: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]
    wind_ms: WindMs  # 10-minute mean
    wind_from_deg: Annotated[float, Field(ge=0.0, le=360.0, allow_inf_nan=False)]
    rain_mm_h: HourMm


class GaugeHour(Row):
    """Measured rain over the hour that begins at `time` (`gauge.csv`, optional)."""

    time: Time
    rain_mm: HourMm
