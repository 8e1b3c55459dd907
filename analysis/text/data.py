"""Data files that stand beside the code that reads them."""

from __future__ import annotations

import csv
import io
from importlib.resources import files


def rows_of(package: str, file: str) -> list[dict[str, str]]:
    """The rows of a CSV file of a package (`__package__` of whoever asks), by their headers."""
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))
