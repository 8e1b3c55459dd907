"""What every row is made of: the class Row, and numbers, ids and times with their hard ranges.

A hard range is wide of every real value, so that a slip of the hand is said and not waited for.
A field's name is its column's name, so the unit is in the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from anlan.sim.scenario.errors import shown, worded

Mark = Literal["found", "known", "assumption"]
Level = Literal["IV", "III", "II", "I"]
LEVELS: tuple[Level, ...] = ("IV", "III", "II", "I")  # of response, lowest first
Id = Annotated[str, Field(pattern=r"^[a-z0-9\p{Han}][a-z0-9\p{Han}._-]*$", max_length=64)]


class Row(BaseModel):
    """A row of a table: frozen, and an unknown column is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(Row):
    """One text in the two languages."""

    zh: str
    en: str


def refuse(faults: Iterable[str]) -> None:
    """Raise ValueError with all that is wrong with a row as a whole, if anything is."""
    if found := tuple(faults):
        raise ValueError(*found)


def _number(least: float, most: float) -> Any:
    return Field(ge=least, le=most, allow_inf_nan=False)


Share = Annotated[float, _number(0.0, 1.0)]
# Integers of this size still add up within 64 bits.
Count = Annotated[int, Field(ge=0, le=10**12)]
Number = Annotated[float, _number(-1e12, 1e12)]
Lon = Annotated[float, _number(-180.0, 180.0)]
Lat = Annotated[float, _number(-90.0, 90.0)]
HeightM = Annotated[float, _number(-500.0, 9000.0)]
FarKm = Annotated[float, _number(0.0, 20_000.0)]
LengthM = Annotated[float, _number(0.01, 1000.0)]  # of a part of a building, or of a gap
Minutes = Annotated[float, _number(0.0, 14_400.0)]  # ten days
RateMmH = Annotated[float, _number(0.0, 1000.0)]
Persons = Annotated[int, Field(ge=0, le=10_000_000)]
Members = Annotated[int, Field(ge=0, le=100_000)]
Vehicles = Annotated[int, Field(ge=0, le=10_000)]
WindMs = Annotated[float, _number(0.0, 120.0)]


@dataclass(frozen=True)
class Years:
    """The hard range of a time: from the beginning of one year to the end of another."""

    first: int
    last: int

    def check(self, time: datetime) -> datetime:
        """The time, if it lies in these years. Raises ValueError."""
        if not self.first <= time.year <= self.last:
            raise ValueError(
                worded(
                    "{time} is not in the years {first} to {last}; give a time such as {such}",
                    time=time.isoformat(),
                    first=self.first,
                    last=self.last,
                    such=A_TIME,
                )
            )
        return time


A_TIME = "2022-09-14T18:00:00Z"
CENTURIES = Years(1900, 2100)


def _written_out(value: Any) -> Any:
    """Refuses digits alone, which would be taken for seconds since 1970. Raises ValueError."""
    number = isinstance(value, (int, float))
    if number or (isinstance(value, str) and re.fullmatch(r"[\d.\s]+", value)):
        raise ValueError(
            worded(
                "{value} is not a time; give a time such as {such}", value=shown(value), such=A_TIME
            )
        )
    return value


Time = Annotated[
    datetime, BeforeValidator(_written_out), AfterValidator(CENTURIES.check), CENTURIES
]
