"""What counts as a heat map: which capability moves which measure, and whether the right way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

ROW, COLUMN = 0.24, 0.3  # inches
LEFT_IN, ABOVE_IN = 3.4, 2.4  # for the names of capabilities and of measures
NOT_PLAYED = ("none_there", "unplayed")
